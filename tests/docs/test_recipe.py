"""The README's recipe, step by step: three files and one line, and the new vendor's people are known."""

import hashlib
import json

import pytest

from hub.catalog import Catalog
from hub.cli import main
from hub.pipeline.receive import Arrival, receive
from hub.pipeline.serve import Question, serve
from hub.runner import Runner
from hub.samples.signing import Endpoint
from hub.secrets import MemorySecrets
from tests.docs.project import blocks, copy, write
from tests.memory_hub import PUBLIC, memory_hub

SECRET = {"signing_secret": "s3cret-of-posada"}
EVENT = "events/posada/guest-updated.json"


@pytest.fixture
def project(tmp_path):
    return copy(tmp_path)


@pytest.fixture
def extended(project):
    for block in blocks("README.md"):
        write(project, block)
    return project


@pytest.fixture
def hub(extended):
    """The hub of that project, in memory; nobody answers at the destinations."""
    secrets = {"posada.centro": [SECRET], "pepper": [{"1": "pepper"}], "api-key": [{"key": "key"}]}
    return memory_hub(catalog=Catalog.read(extended), secrets=MemorySecrets(secrets))


def tree(folder):
    """Every file with what it holds."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def sample(folder):
    return json.loads((folder / EVENT).read_text(encoding="utf-8"))


def post(hub, event, secret=SECRET):
    """The event as Posada posts it."""
    endpoint = Endpoint(hub.catalog.connectors["posada"], "centro")
    request = endpoint.request(PUBLIC, event, secret, hub.clock())
    return receive(hub, Arrival("POST", endpoint.path, "", request.headers, request.body)).status


def test_the_recipe_is_three_files_and_one_line_and_no_code(project):
    before = tree(project)
    lines = (project / "accounts.yaml").read_text(encoding="utf-8").splitlines()
    for block in blocks("README.md"):
        write(project, block)
    after = tree(project)
    assert after.keys() - before.keys() == {"connectors/posada.yaml", "mappings/posada.guest.yaml", EVENT}
    assert {name for name in before if after[name] != before[name]} == {"accounts.yaml"}
    assert len((project / "accounts.yaml").read_text(encoding="utf-8").splitlines()) == len(lines) + 1


def test_both_languages_tell_the_same_recipe(project, tmp_path_factory):
    other = copy(tmp_path_factory.mktemp("spanish"))
    for folder, page in ((project, "README.md"), (other, "README.es.md")):
        for block in blocks(page):
            write(folder, block)
    assert tree(project) == tree(other)


def test_the_files_pass_the_check(extended, monkeypatch, capsys):
    monkeypatch.chdir(extended)
    assert main(["check"]) == 0, capsys.readouterr().out


def test_a_signed_event_becomes_a_customer(hub, extended):
    assert post(hub, sample(extended)) == 200
    runner = Runner(hub)
    runner.unify()
    runner.route()
    assert [result.kind for result in runner.results] == ["applied"]
    found = serve(
        hub,
        Question(
            "POST",
            "/v1/customers/search",
            headers={"authorization": "Bearer key"},
            body=json.dumps({"phone": "315 555 0118", "country": "CO"}).encode(),
        ),
    ).data
    assert {name: told["value"] for name, told in found["fields"].items()} == {
        "email": "nora.campos@correo.example",
        "phone": "+573155550118",
        "given_name": "Nora",
        "family_name": "Campos",
        "created_at": "2026-11-20T15:00:00.000000Z",
        "updated_at": "2026-11-20T15:00:00.000000Z",
    }
    assert found["records"][0]["source"] == "posada.centro"
    assert hub.outbound.waiting, "the shipped flows tell the other systems of a new customer"


def test_the_same_event_again_changes_nothing(hub, extended):
    runner = Runner(hub)
    for _ in range(2):
        post(hub, sample(extended))
        runner.unify()
        hub.clock.now += 400
    assert [result.kind for result in runner.results] == ["applied", "duplicate"]


def test_an_event_that_posada_did_not_sign_is_refused(hub, extended):
    assert post(hub, sample(extended), {"signing_secret": "of somebody else"}) == 401
    assert hub.inbound.waiting == []


def test_a_guest_whom_the_shop_knows_is_the_same_customer(hub, extended):
    event = sample(extended)
    post(hub, event)
    known = {
        **event["body"],
        "id": "evt-9002",
        "guest": {**event["body"]["guest"], "id": 18, "first_name": None},
    }
    post(hub, {**event, "body": known})
    runner = Runner(hub)
    runner.unify()
    roots = [item for item in hub.store.items() if item.kind == "root" and item.data["state"] == "active"]
    assert [len(root.data["records"]) for root in roots] == [2]
