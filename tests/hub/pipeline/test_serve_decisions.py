"""What an operator decides by the API, and the journal of it."""

import json
import logging

import pytest

from tests.hub.pipeline.test_serve import ADA, PHONE
from tests.hub.pipeline.test_serve_explain import WHY, Town
from tests.hub.pipeline.world import event, snapshot

SHOP = {"source": "shop.co", "resource": "customer", "id": "1"}
CRM = {"source": "crm.main", "resource": "customer", "id": "9"}
POS = {"source": "pos.one", "resource": "customer", "id": "7"}
BOB = {"email": "bob@correo.co"}


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def strangers(town):
    town.tell(event("shop.co", "1", 1, name="Ada", **ADA))
    town.tell(event("crm.main", "9", 2, name="Bob", **BOB))
    return town


@pytest.fixture
def couple(town):
    """A couple with one phone, taken for one person."""
    town.tell(event("shop.co", "1", 1, name="Ada", **ADA, **PHONE))
    town.tell(event("crm.main", "9", 2, name="Bob", **BOB, **PHONE))
    return town


def ids(town):
    return [town.id_of("shop.co", "1"), town.id_of("crm.main", "9")]


def log(town, id, **query):
    return town.get(f"{id}/log", **query).data


# Merge, split, shared, undo


def test_a_merge_answers_who_belonged_where_before_and_after_and_how_it_is_taken_back(strangers):
    one, other = ids(strangers)
    answer = strangers.decide("merge", ids=[other, one])
    assert answer.status == 200
    assert answer.data["before"] == {one: [SHOP], other: [CRM]}
    assert answer.data["after"] == {one: [CRM, SHOP]}
    assert (answer.data["customer"], answer.data["preview"]) == (one, False)
    assert answer.data["entry"] == f"{one}-2"
    undone = strangers.decide(f"{one}/undo", entry=answer.data["entry"])
    assert undone.data["after"] == {one: [SHOP], other: [CRM]}


def test_a_split_takes_the_named_records_out(couple):
    id = couple.customer().data["id"]
    answer = couple.decide(f"{id}/split", records=[CRM])
    assert sorted(answer.data["after"].values(), key=str) == [[CRM], [SHOP]]
    assert couple.id_of("crm.main", "9") != id


def test_a_new_record_that_has_what_both_have_joins_again_who_was_split(couple):
    """A source says that they are one: nobody has decided on that record."""
    id = couple.customer().data["id"]
    couple.decide(f"{id}/split", records=[CRM])
    couple.tell(event("pos.one", "7", 9, **BOB, **PHONE))
    assert len(couple.customer().data["records"]) == 3


def test_a_shared_identifier_joins_nobody_until_somebody_says_otherwise(couple):
    id = couple.customer().data["id"]
    answer = couple.decide("shared", phone="310 555 0147", country="CO", shared=True)
    assert len(answer.data["after"]) == 2
    assert couple.search(**PHONE).status == 409
    assert len(couple.decide("shared", **PHONE, shared=None).data["after"]) == 1
    couple.decide("shared", **PHONE, shared=True)
    assert couple.decide("shared", **PHONE, shared=False).data["after"] == {id: [CRM, SHOP]}


def test_a_preview_says_what_would_become_of_it_and_writes_nothing(couple):
    id = couple.customer().data["id"]
    before, written = snapshot(couple.store), len(couple.store.stream)
    for path, body in [
        (f"{id}/split", {"records": [CRM]}),
        ("shared", {**PHONE, "shared": True}),
    ]:
        answer = couple.decide(path, **body, preview=True)
        assert (answer.data["preview"], answer.data["entry"], len(answer.data["after"])) == (True, None, 2)
    assert (snapshot(couple.store), len(couple.store.stream)) == (before, written)


def test_destinations_hear_of_a_decision_by_the_outbox(strangers):
    told = len(strangers.outbox())
    strangers.decide("merge", ids=ids(strangers))
    (image,) = strangers.outbox()[told:]
    assert image.data["cause"]["actor"] == "ana"


def test_a_decision_in_the_way_of_others_is_asked_again(couple, monkeypatch):
    from hub.pipeline import decide

    def torn(*_):
        raise decide.Moved("torn reading")

    monkeypatch.setattr(decide, "survey", torn)
    id = couple.customer().data["id"]
    assert couple.decide(f"{id}/split", records=[CRM]).status == 503


# What is refused


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("merge", {"ids": ["0" * 24, "1" * 24]}),
        ("{id}/undo", {"entry": "{id}-99"}),
        ("{id}/undo", {"entry": f"{'0' * 24}-1"}),
        (f"{'0' * 24}/split", {"records": [SHOP]}),
        ("shared", {"email": "eve@correo.co", "shared": True}),
    ],
)
def test_what_is_not_there_is_404(couple, path, body):
    id = couple.customer().data["id"]
    body = json.loads(json.dumps(body).replace("{id}", id))
    answer = couple.decide(path.replace("{id}", id), **body)
    assert answer.status == 404
    assert "eve" not in json.dumps(answer.data)


def test_what_cannot_be_decided_is_409_with_the_reason(couple):
    id = couple.customer().data["id"]
    refused = [
        couple.decide("merge", ids=[id, id]),
        couple.decide(f"{id}/split", records=[POS]),
        couple.decide(f"{id}/split", records=[CRM, SHOP]),
        couple.decide("shared", **PHONE, shared=None),
    ]
    assert [answer.status for answer in refused] == [409] * 4
    assert [answer.data["message"] for answer in refused] == [
        "they are one customer already",
        "name records of this customer, as `show` lists them",
        "some record has to stay",
        "that is how it is already",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": ["a"]},
        {"ids": "eve@correo.co"},
        {"ids": [1, 2]},
        {"ids": ["a", "b"], "preview": "eve@correo.co"},
        {"ids": ["a", "b"], "eve@correo.co": 1},
        {"ids": ["a", "b"], "actor": ""},
        {"ids": ["a", "b"], "actor": "  "},
        {"ids": ["a", "b"], "reason": None},
        {"ids": ["a", "b"], "reason": "eve@correo.co" * 99},
    ],
)
def test_a_merge_that_is_not_clear_is_400_and_repeats_nothing(strangers, body):
    answer = strangers.decide("merge", **body)
    assert (answer.status, answer.data["error"]) == (400, "bad-request")
    assert "eve" not in json.dumps(answer.data)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("split", {"records": []}),
        ("split", {"records": ["shop.co:customer:1"]}),
        ("split", {"records": [{"source": "shop.co", "id": "1"}]}),
        ("split", {"records": [SHOP] * 26}),
        ("undo", {"entry": "LOG#000000000002"}),
        ("undo", {"entry": 3}),
        ("undo", {}),
    ],
)
def test_a_split_or_an_undoing_that_is_not_clear_is_400(couple, path, body):
    assert couple.decide(f"{couple.customer().data['id']}/{path}", **body).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {**PHONE},
        {**PHONE, "shared": "yes"},
        {**PHONE, "shared": 1},
        {"shared": True},
        {**PHONE, **ADA, "shared": True},
        {"name": "Ada", "shared": True},
        {"external_id": SHOP, "shared": True},
    ],
)
def test_a_word_on_an_identifier_that_is_not_clear_is_400(couple, body):
    assert couple.decide("shared", **body).status == 400


def test_decisions_need_the_key(couple):
    for path in ("merge", "shared", f"{'0' * 24}/split", f"{'0' * 24}/undo"):
        assert couple.ask("POST", f"/v1/customers/{path}", WHY, headers={}).status == 401
        assert couple.ask("GET", f"/v1/customers/{path}").status in (404, 405)


# The journal


def test_the_journal_tells_each_change_with_who_and_why_or_by_which_event(town):
    town.tell(event("shop.co", "1", 1, **ADA))
    town.tell(event("pos.one", "7", 2, **PHONE))
    town.tell(event("crm.main", "9", 3, **ADA, **PHONE))
    id = town.customer().data["id"]
    town.decide(f"{id}/split", records=[POS])
    first, second = log(town, id)["entries"]
    assert (first["op"], first["event"]) == ("merge", {"source": "crm.main", "topic": "customer/told"})
    assert [one["name"] for one in first["via"]] == ["email", "phone"]
    assert sorted(map(len, first["before"].values())) == [1, 1]
    assert (second["op"], second["actor"], second["reason"]) == ("split", "ana", "two people, one phone")
    assert log(town, id, order="newest")["entries"] == [second, first]


def test_who_was_split_off_has_the_journal_of_where_it_came_from(couple):
    id = couple.customer().data["id"]
    split = couple.decide(f"{id}/split", records=[CRM]).data
    told = log(couple, couple.id_of("crm.main", "9"))
    assert [one["entry"] for one in told["entries"]] == [split["entry"]]
    undone = couple.decide(f"{couple.id_of('crm.main', '9')}/undo", entry=split["entry"])
    assert undone.status == 200


def test_pages_of_a_journal_give_each_entry_once_in_both_directions(strangers):
    one, other = ids(strangers)
    for _ in range(4):
        strangers.now += 60
        entry = strangers.decide("merge", ids=[one, other]).data["entry"]
        strangers.now += 60
        strangers.decide(f"{one}/undo", entry=entry)
    everything = [told["entry"] for told in log(strangers, one)["entries"]]
    assert len(everything) == len(set(everything)) == 8
    for limit in ("1", "3", "8"):
        assert pages(strangers, one, limit=limit) == everything
        assert pages(strangers, one, limit=limit, order="newest") == everything[::-1]
    assert sorted(pages(strangers, other, limit="2")) == sorted(everything)


def pages(town, id, **query):
    found, after = [], {}
    while True:
        page = log(town, id, **query, **after)
        found += [one["entry"] for one in page["entries"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


@pytest.mark.parametrize("after", ["x", "eve@correo.co", f"{'0' * 24}-", "LOG#000000000001"])
def test_a_page_that_cannot_be_is_400(couple, after):
    assert couple.get(f"{couple.customer().data['id']}/log", after=after).status == 400


# No value of a person where it does not belong


def test_neither_the_journal_nor_a_log_nor_a_key_holds_a_value(couple, caplog):
    caplog.set_level(logging.DEBUG)
    id = couple.customer().data["id"]
    couple.decide("shared", **PHONE, shared=True)
    couple.decide(f"{id}/undo", entry=log(couple, id)["entries"][-1]["entry"])
    couple.decide(f"{id}/split", records=[CRM])
    told = json.dumps([log(couple, id), *[item.data for item in couple.store.items() if item.kind == "log"]])
    keys = "".join(item.key.pk + item.key.sk for item in couple.store.items())
    for value in ("ada@correo.co", "bob@correo.co", "3105550147"):
        assert value not in told
        assert value not in keys
        assert value not in caplog.text
