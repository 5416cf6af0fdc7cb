"""hub customers: what people read and decide, over the API of a hub in memory."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from hub.cli import customers, main
from hub.cli.api import DEV
from hub.pipeline.serve import Question, serve
from tests.hub.cli.served import api
from tests.hub.pipeline.test_serve import ADA, PHONE
from tests.hub.pipeline.test_serve_explain import Town
from tests.hub.pipeline.world import event
from tests.journey import Day

PRINTED = Path(__file__).parent / "printed"
LUCIA = "lucia.fernandez@correo.example"


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Person:
    """Somebody at a keyboard, in front of one hub."""

    def __init__(self, hub, monkeypatch, capsys):
        self.api = api(hub)
        self.patch, self.capsys = monkeypatch, capsys
        monkeypatch.setattr(customers, "api_of", lambda arguments: self.api)
        monkeypatch.setattr("getpass.getuser", lambda: "ana")

    def says(self, *words, typed=None):
        """The exit code, and what is printed."""
        if typed is not None:
            self.patch.setattr("sys.stdin", Terminal(typed))
        code = main(["customers", *words])
        return code, self.capsys.readouterr().out

    def reads(self, *words):
        code, out = self.says(*words)
        assert code == 0, out
        return out


@pytest.fixture
def person(monkeypatch, capsys):
    return lambda world: Person(world.hub, monkeypatch, capsys)


@pytest.fixture(scope="module")
def lived():
    """The demo's day."""
    day = Day()
    day.story()
    day.hub.secrets.held["api-key"] = [{"key": "k-2"}]
    return day


@pytest.fixture
def couple():
    """A couple with one phone, taken for one person."""
    town = Town()
    town.tell(event("shop.co", "1", 1, name="Ada", **ADA, **PHONE))
    town.tell(event("crm.main", "9", 2, name="Bob", email="bob@correo.co", **PHONE))
    return town


def family():
    """A customer with something of everything that can be told of one."""
    town = Town()
    address = {"line1": "Calle 1", "city": "Cali"}
    town.tell(
        event("shop.co", "1", 1, name="Ada", tags=["club"], address={**address, "line2": "Apto 2"}, **ADA)
    )
    town.tell(event("shop.co", "2", 2, name="Ada R.", tags=["lana"], birth_date="1990-01-01", **ADA))
    town.tell(
        event(
            "crm.main", "9", 3, name="Ada Ruiz", address=address, email="info@tienda.co", tax_id="900123456"
        )
    )
    town.tell(event("pos.one", "7", 4, birth_date="1990-02-02", tax_id="900123456", **PHONE))
    town.tell(event("pos.one", "8", 5, name="Eve", tax_id="900123457", **PHONE))
    one, other = town.id_of("shop.co", "1"), town.id_of("crm.main", "9")
    town.decide("merge", ids=[one, other], reason="she called us")
    town.tell(event("crm.main", "10", 6, name="Ana", email="ana@correo.co", tax_id="900123456"))
    town.decide("shared", email="ana@correo.co", shared=True, reason="the shop's own")
    town.tell(event("shop.co", "3", 7, email="ada@correo.co"))
    record = {"source": "shop.co", "resource": "customer", "id": "3"}
    town.decide(f"{one}/split", records=[record], reason="her sister")
    return town


def golden(name, out):
    """What is printed is what the file says; where there is none yet, it is written to be read by people."""
    file = PRINTED / f"{name}.txt"
    if not file.exists():
        file.write_text(out, encoding="utf-8")
        pytest.fail(f"{file.name} is new: read it")
    assert out == file.read_text(encoding="utf-8")


# Explain, show, log


def test_explain_tells_the_story_of_the_demos_customer(person, lived):
    golden("explain-demo", person(lived).reads("explain", "--email", LUCIA))


def test_explain_tells_of_everything_that_can_happen_to_somebody(person):
    golden("explain-family", person(family()).reads("explain", "--external", "shop.co:customer:1"))


def test_explain_tells_of_who_was_split_off(person):
    golden("explain-split", person(family()).reads("explain", "--external", "shop.co:customer:3"))


def test_explain_in_utc_says_so(person, lived):
    out = person(lived).reads("explain", "--email", LUCIA, "--utc")
    assert "All times are UTC." in out
    assert "on 19 November 2026 at 13:05" in out


def test_no_story_uses_a_word_of_the_machine_or_shows_an_identifier(person, lived):
    for world in (lived, family()):
        whom = "shop.co:customer:1" if world is not lived else "square.bogota:customer:LUCIASQ0P2M7V5K3T9H1"
        out = person(world).reads("explain", "--external", whom).lower()
        for word in ("claim", "root", "register", "epoch", "hmac", "demote", "detach", "none", "null"):
            assert word not in out, word
        for value in (LUCIA, "3105550147", "ada@", "1018456789", "900123456"):
            assert value not in out, value


def test_explain_shows_values_to_who_asks_for_them(person, lived):
    assert LUCIA in person(lived).reads("explain", "--email", LUCIA, "--values")


def test_show_prints_fields_systems_journey_and_destinations(person, lived):
    out = person(lived).reads(
        "show", "--external", "square.bogota:customer:LUCIASQ0P2M7V5K3T9H1", "--limit", "3"
    )
    for said in ("given_name", "hubspot.main", "the journey", "checkouts/create", "klaviyo.main.profile"):
        assert said in out
    after = out.partition("--after ")[2].split()[0]
    assert "messages" in person(lived).reads("show", "--email", LUCIA, "--after", after)


def test_log_prints_what_happened_and_how_it_is_taken_back(person, couple):
    one = person(couple)
    id = couple.customer().data["id"]
    one.reads("split", id, "crm.main:customer:9", "--reason", "two people, one phone", "--yes")
    golden("log", one.reads("log", id))
    assert "Nothing was put together" in person(_alone()).reads("log", "--email", "ada@correo.co")


def _alone():
    town = Town()
    town.tell(event("shop.co", "1", 1, **ADA))
    return town


def test_programs_get_json(person, lived):
    one = person(lived)
    for action, name in (("show", "timeline"), ("explain", "identifiers"), ("log", "entries")):
        assert name in json.loads(one.reads(action, "--email", LUCIA, "--json"))


# Decisions


def test_a_decision_shows_what_would_become_of_it_and_asks(person, couple):
    one, id = person(couple), couple.customer().data["id"]
    words = ("split", id, "crm.main:customer:9", "--reason", "two people, one phone")
    code, out = one.says(*words, typed="n\n")
    assert (code, len(couple.customers())) == (1, 1)
    assert "Instead of 1 customer there would be 2 customers" in out
    assert out.endswith("do it? [y/N] nothing was changed\n")
    code, out = one.says(*words, typed="y\n")
    assert (code, len(couple.customers())) == (0, 2)
    golden("split", out)


def test_what_a_decision_prints_takes_it_back(person, couple):
    one, id = person(couple), couple.customer().data["id"]
    _, out = one.says("split", id, "crm.main:customer:9", "--reason", "x", "--yes")
    entry = out.partition("hub customers undo ")[2].split()[0]
    one.reads("undo", entry, "--reason", "it was one person", "--yes")
    assert couple.customer().data["id"] == id


def test_a_merge_and_a_shared_identifier_are_decided_by_name(person, couple):
    one = person(couple)
    one.reads("shared", "--phone", "3105550147", "--country", "CO", "--reason", "the office", "--yes")
    ids = [couple.id_of("shop.co", "1"), couple.id_of("crm.main", "9")]
    golden("merge", one.reads("merge", *ids, "--reason", "she called us", "--yes"))
    one.reads("shared", "--phone", "3105550147", "--country", "CO", "--reason", "no", "--yes", "--by-rules")
    assert "Nobody" in one.reads(
        "shared", "--phone", "3105550147", "--country", "CO", "--no", "--reason", "no", "--preview"
    )


def test_the_actor_is_who_is_logged_in_or_named(person, couple):
    one, id = person(couple), couple.customer().data["id"]
    one.reads("split", id, "crm.main:customer:9", "--reason", "x", "--yes")
    one.reads(
        "merge", *[root.data["id"] for root in couple.customers()], "--reason", "x", "--yes", "--actor", "eva"
    )
    entries = json.loads(one.reads("log", id, "--json"))["entries"]
    assert [told["actor"] for told in entries] == ["ana", "eva"]


def test_a_preview_asks_nobody_and_changes_nothing(person, couple):
    id = couple.customer().data["id"]
    out = person(couple).reads("split", id, "crm.main:customer:9", "--reason", "x", "--preview")
    assert "there would be" in out
    assert len(couple.customers()) == 1


def test_a_program_says_yes_or_preview(person, couple, capsys):
    one, id = person(couple), couple.customer().data["id"]
    words = ("split", id, "crm.main:customer:9", "--reason", "x")
    assert main(["customers", *words, "--json"]) == 1
    one.patch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["customers", *words]) == 1
    assert capsys.readouterr().err.count("--yes or --preview") == 2
    assert json.loads(one.reads(*words, "--json", "--yes"))["entry"]


# Who is meant, and values of people


def test_a_dash_asks_for_the_value_which_then_stands_in_no_history_and_no_address(person, lived):
    one = person(lived)
    code, _ = one.says("explain", "--email", "-", typed=f"{LUCIA}\n")
    assert code == 0
    assert not any("lucia" in url for url in one.api.client.asked)
    assert one.says("show", "--phone", "-", typed="\n")[0] == 1


def test_a_value_given_where_a_number_belongs_reaches_no_address(person, lived, capsys):
    one = person(lived)
    for words in (
        ["show", LUCIA],
        ["undo", LUCIA, "--reason", "x"],
        ["split", LUCIA, "a:b:c", "--reason", "x"],
    ):
        assert main(["customers", *words]) == 1
    assert one.api.client.asked == []
    assert LUCIA not in capsys.readouterr().err


def test_any_identifying_field_names_a_customer(person, couple):
    couple.tell(event("pos.one", "7", 9, tax_id="900123456", **PHONE))
    for words in (
        ["--tax-id", "900123456"],
        ["--by", "tax_id=900123456"],
        ["--external", "pos.one:customer:7"],
    ):
        assert couple.customer().data["id"] in person(couple).reads("show", *words)
    assert person(couple).says("show", "--by", "tax_id", typed="900123456\n")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "--email", "eva@correo.co"], "nobody is known"),
        (["show", "0" * 24], "there is no customer"),
        (["show", "--external", "shop.co"], "account:resource:id"),
        (["merge", "0" * 24, "1" * 24, "--reason", "x", "--yes"], "there is no customer"),
        (["explain", "abc"], "does not know the question"),
    ],
)
def test_what_the_hub_refuses_is_one_line(person, couple, capsys, words, said):
    person(couple)
    assert main(["customers", *words]) == 1
    assert said in capsys.readouterr().err


def test_a_key_that_the_hub_does_not_know_is_told(person, couple, capsys):
    person(couple).api = api(couple.hub, key="other")
    assert main(["customers", "show", "--email", "ada@correo.co"]) == 1
    assert "does not know this API key" in capsys.readouterr().err


# Which hub is asked


@pytest.fixture
def address(couple):
    """The hub behind a real socket."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self):
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query))
            answer = serve(couple.hub, Question(self.command, parts.path, query, headers, body))
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(json.dumps(answer.data).encode())

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hub_is_asked_by_its_address_and_a_file_with_the_key(address, tmp_path, capsys):
    key = tmp_path / "key"
    key.write_text("k-2\n")
    where = ["--url", address, "--key-file", str(key)]
    assert main(["customers", "explain", "--email", "ada@correo.co", *where]) == 0
    id = capsys.readouterr().out.split()[1]
    assert main(["customers", "split", id, "crm.main:customer:9", "--reason", "x", "--yes", *where]) == 0
    assert f"--reason … --url {address} --key-file {key}" in capsys.readouterr().out


def test_the_hub_of_this_machine_is_found_by_what_it_wrote_down(address, tmp_path, capsys):
    (tmp_path / "connectors").mkdir()
    words = ["customers", "show", "--email", "ada@correo.co", "--dev", "--root", str(tmp_path)]
    assert main(words) == 1
    assert "make dev" in capsys.readouterr().err
    file = tmp_path / DEV
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"url": address, "key": "k-2"}))
    assert main(words) == 0


class Aws:
    """A deployed stack and its key."""

    class exceptions:  # noqa: N801
        ResourceNotFoundException = KeyError

    def __init__(self, outputs):
        self.outputs = outputs

    def describe_stacks(self, StackName):  # noqa: N803
        return {"Stacks": [{"Outputs": self.outputs}]}

    def get_secret_value(self, SecretId, VersionStage):  # noqa: N803
        assert SecretId == "shop/api-key"
        return {"SecretString": json.dumps({"key": "k-2"})}


def test_a_deployed_stack_is_asked_with_its_own_key(address, monkeypatch, capsys):
    aws = Aws([{"OutputKey": "ApiUrl", "OutputValue": address}])
    monkeypatch.setattr(boto3, "client", lambda name: aws)
    assert main(["customers", "show", "--email", "ada@correo.co", "--stack", "shop"]) == 0
    aws.outputs = []
    assert main(["customers", "show", "--email", "ada@correo.co", "--stack", "shop"]) == 1
    assert "no stack of this hub" in capsys.readouterr().err


def test_what_aws_refuses_and_a_hub_that_is_away_are_one_line(monkeypatch, tmp_path, capsys):
    def refuse(name):
        raise NoCredentialsError

    monkeypatch.setattr(boto3, "client", refuse)
    assert main(["customers", "show", "abc"]) == 1
    assert main(["customers", "show", "abc", "--url", "http://127.0.0.1:9"]) == 1
    missing = ["--url", "http://127.0.0.1:9", "--key-file", str(tmp_path / "none")]
    assert main(["customers", "show", "abc", *missing]) == 1
    (tmp_path / "none").write_text("k")
    assert main(["customers", "show", "abc", *missing]) == 1
    said = capsys.readouterr().err
    for text in ("AWS: ", "say --key-file", "cannot be read", "no hub answers at http://127.0.0.1:9"):
        assert text in said
