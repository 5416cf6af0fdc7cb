"""Recorded events: what is read of a folder, and what their connectors make of them."""

import gzip
import json

import pytest

from hub.catalog import Catalog
from hub.cli import main
from hub.errors import RecordError
from hub.messages import Event
from hub.plan.model import plan
from hub.plan.reading import Reader, UnansweredError
from hub.plan.recordings import Recorded, RecordingError, Recordings, read
from tests.hub.plan.scenarios import PROJECT, SCENARIOS, project

TOLD = Event(
    "shop",
    "co",
    "customer",
    "customer.changed",
    "701",
    ("s-1",),
    "2026-11-20T15:00:02.000000Z",
    None,
    {"id": 701},
)
SAMPLE = json.loads((PROJECT / "events" / "shop" / "customer-bruno.json").read_text())


@pytest.fixture(scope="module")
def catalog():
    return Catalog.read(PROJECT)


def test_samples_lie_in_folders_of_their_connectors_and_answers_beside_them():
    found = read(PROJECT / "events", "events/")
    assert [one.label for one in found.events][:2] == [
        "events/crm/contact.json",
        "events/shop/customer-ana-moved.json",
    ]
    assert found.answers.keys() == {("crm", "contact", "7"), ("crm", "contact", "8")}
    assert found.unread == []


def test_lines_are_messages_or_samples_that_name_their_connector(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        f"{TOLD.dumps()}\n\n{json.dumps({'connector': 'shop', 'account': 'co', **SAMPLE})}\n"
    )
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(TOLD.dumps().encode()))
    found = read(tmp_path)
    assert [(one.label, one.connector, one.account) for one in found.events] == [
        ("a.jsonl:1", "shop", "co"),
        ("a.jsonl:3", "shop", "co"),
        ("b.jsonl.gz:1", "shop", "co"),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99}', '{"format": 1}', '{"a": 1}', "[" * 100_000])
def test_what_is_no_event_is_named_and_left_out(tmp_path, text):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "x.json").write_text(text)
    (tmp_path / "crm" / "records").mkdir(parents=True)
    (tmp_path / "crm" / "records" / "contact.1.json").write_text("{")
    (tmp_path / "note.txt").write_text("of no interest")
    (tmp_path / "shop" / "customer.schema.json").write_text("{}")
    found = read(tmp_path)
    assert (found.events, found.answers) == ([], {})
    assert found.unread == ["crm/records/contact.1.json", "shop/x.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path, capsys):
    with pytest.raises(RecordingError, match="no folder"):
        read(tmp_path / "none")
    assert (
        main(["plan", "--root", str(PROJECT), "--against", str(PROJECT), "--events", str(tmp_path / "none")])
        == 2
    )
    assert "no folder" in capsys.readouterr().err


def test_events_of_another_folder_are_replayed(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recorded = tmp_path / "recorded"
    recorded.mkdir()
    (recorded / "shop.jsonl").write_text("\n".join([json.dumps({"connector": "shop", **SAMPLE}), "?"]))
    after = project(tmp_path / "after", *SCENARIOS["a-renamed-source-field"])
    assert main(["plan", "--root", str(after), "--against", str(PROJECT), "--events", "recorded"]) == 1
    said = capsys.readouterr().out
    assert "  events  recorded/\n" in said
    assert "1 entry not understood as a recorded event: recorded/shop.jsonl:2" in said
    assert "recorded/shop.jsonl:1  customer 702  B••• → (not told)" in said


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        (Recorded("x", "nobody", {"body": {}}), "no-connector"),
        (Recorded("x", "mail", {"body": {}}), "no-connector"),
        (Recorded("x", "shop", {"body": {}}, "us"), "no-account"),
        (Recorded("x", "shop", {"headers": [], "body": {}}), "no-sample"),
        (Recorded("x", "shop", {"headers": ["a"], "body": {}}), "no-sample"),
        (Recorded("x", "shop", {"body": "{"}), "bad-body"),
    ],
)
def test_what_cannot_be_received_is_rejected(catalog, recorded, reason):
    if recorded.told.get("headers") == []:
        assert Reader(catalog, {}).events(recorded) == []
        return
    with pytest.raises(RecordError) as caught:
        Reader(catalog, {}).events(recorded)
    assert caught.value.reason == reason


def event(**changes):
    return Event(**{**{name: getattr(TOLD, name) for name in TOLD.__dataclass_fields__}, **changes})


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (event(account="us"), "unknown-account"),
        (event(id=""), "missing-id"),
        (event(resource="cart"), "no-resource"),
        (event(record=None), "no-record"),
    ],
)
def test_what_cannot_be_mapped_is_rejected(catalog, told, reason):
    with pytest.raises(RecordError) as caught:
        Reader(catalog, {}).parts(told)
    assert caught.value.reason == reason


def test_what_the_same_mapping_made_of_an_event_is_taken_over(catalog):
    reader = Reader(catalog, {})
    (part,) = reader.parts(TOLD)
    assert reader.parts(TOLD, [part], frozenset({"shop.customer"}))[0] is part
    assert reader.parts(TOLD, [part], frozenset())[0] is not part


def test_a_deletion_has_no_fields(catalog):
    assert Reader(catalog, {}).parts(event(deleted=True, record=None)) == []


def test_a_thin_event_needs_the_answer_of_its_fetch(catalog):
    thin = event(connector="crm", account="main", resource="contact", id="7", record=None)
    with pytest.raises(UnansweredError):
        Reader(catalog, {}).events(Recorded("x", "crm", thin))
    answers = {("crm", "contact", "7"): ("y", {"id": 7, "email": "a@b.example"})}
    (fetched,) = Reader(catalog, answers).events(Recorded("x", "crm", thin))
    assert fetched.record["email"] == "a@b.example"


def test_an_answer_that_nothing_fetched_is_replayed_as_polled_where_that_is_done(catalog):
    answers = {("crm", "contact", "7"): ("y", {"id": 7, "changed": "2026-11-20T15:00:00Z"})}
    polled = Reader(catalog, answers).polled("crm", "contact", "7").told
    assert (polled.topic, polled.id, polled.at) == ("poll/contact", "7", "2026-11-20T15:00:00.000000Z")
    unversioned = {("crm", "contact", "7"): ("y", {"id": 7})}
    assert Reader(catalog, unversioned).polled("crm", "contact", "7").told.at is None
    for key in (("shop", "order", "1"), ("crm", "deal", "1"), ("nobody", "x", "1")):
        assert Reader(catalog, {key: ("y", {})}).polled(*key) is None


SHARED = """
receive:
  signature: {hmac: sha256, header: X-S, secret: app_secret}
  handshake: {if: query.mode == 'hello', answer: query.challenge}
  account:   {number: body.number}
  topic:     body.topic
  event_id:  body.key
resources:
  note: {topics: [note], id: text(body.id)}
"""


@pytest.fixture
def shared(tmp_path):
    folder = project(tmp_path / "shared")
    (folder / "connectors" / "talk.yaml").write_text(SHARED)
    with (folder / "accounts.yaml").open("a") as file:
        file.write('talk.one: {number: "1"}\ntalk.two: {number: "2", time_zone: America/Lima}\n')
    return Reader(Catalog.read(folder), {})


@pytest.mark.parametrize(("number", "account"), [("2", "two"), ("3", "unknown")])
def test_the_account_of_an_apps_event_is_found_in_its_body(shared, number, account):
    body = {"number": number, "topic": "note", "key": "k", "id": 1}
    assert [one.account for one in shared.events(Recorded("x", "talk", {"body": body}))] == [account]


def test_a_handshake_tells_nothing(shared):
    greeting = {"method": "GET", "query": {"mode": "hello", "challenge": "c"}, "body": ""}
    assert shared.events(Recorded("x", "talk", greeting)) == []


def test_progress_is_told_for_each_event(catalog):
    after = Catalog.of(
        (kind, one) for kind, one in catalog.documents if one.file != "mappings/shop.order.yaml"
    )
    seen = []
    recordings = Recordings([Recorded(f"x:{number}", "shop", TOLD) for number in range(3)])
    plan(catalog, after, recordings, calls=0, progress=lambda: seen.append(1))
    assert len(seen) == 3
