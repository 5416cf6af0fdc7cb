"""What becomes known of a record whose upsert tells no id."""

import json
from types import SimpleNamespace

import pytest

from hub.connector import Connector, HttpResponse, Outcome
from hub.documents import parse
from hub.pipeline.deliver import calls as made
from hub.pipeline.deliver.calls import StoppedError
from hub.pipeline.deliver.writing import write_record

CONTACTS = """
base_url: https://mail.example
resources:
  contact:
    upsert: {request: PUT /contacts, body: {contacts: ["{record}"]}}
    find:
      - {request: "GET /contacts?phone={record.phone}", records: found, id: "found[0].id"}
      - {request: "GET /contacts?email={record.email}", records: found, id: "found[0].id"}
"""


class Calls:
    """The calls of one delivery: `answers` in their order."""

    missed = gone = None
    is_now = made.Calls.is_now

    def __init__(self, answers, file=CONTACTS):
        resource = Connector(parse(file, "connectors/mail.yaml")).resources["contact"]
        self.target = SimpleNamespace(resource=resource, name="mail.main.contact")
        self.answers, self.asked = answers, []

    def make(self, call, scope):
        self.asked.append(call.name)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def lost(self, id):
        self.missed = id


def says(body):
    return HttpResponse(200, {}, json.dumps(body).encode())


def written(answers, remote=None, file=CONTACTS):
    calls = Calls(answers, file)
    case = SimpleNamespace(delivery=SimpleNamespace(destination="mail.main.contact"), data={})
    subject = SimpleNamespace(entity="customer", id="c-1", epoch=1)
    desire = SimpleNamespace(record={"email": "a@correo.example"}, customer={}, remote=remote)
    return calls, write_record(calls, case, subject, desire)


def test_the_searches_are_asked_in_order():
    calls, done = written([says({"job": "j"}), None, says({"found": [{"id": "7"}]})])
    assert done.id == "7"
    assert calls.asked == ["upsert", "find", "find"]


def test_a_known_id_is_not_looked_up():
    calls, done = written([says({"job": "j"})], remote="7")
    assert done.id == "7"
    assert calls.asked == ["upsert"]


@pytest.mark.parametrize(
    "answer",
    [None, says({"found": []}), StoppedError(Outcome("retry")), says({"found": [{"id": 1}, {"id": 2}]})],
)
def test_a_record_that_is_not_found_yet_is_written_all_the_same(answer):
    _, done = written([says({"job": "j"}), answer, says({"found": []})])
    assert done.id is None


@pytest.mark.parametrize(("found", "gone"), [([{"id": "8"}], "7"), ([{"id": "7"}], None), ([], None)])
def test_an_id_that_an_update_missed_is_looked_up_anew(found, gone):
    """What no search finds just after an upsert may still be at the old one: the search may be behind."""
    file = CONTACTS + '    update: {request: "PATCH /contacts/{id}", body: "{record}"}\n'
    answers = [None, says({"job": "j"}), says({"found": []}), says({"found": found})]
    calls, done = written(answers, remote="7", file=file)
    assert calls.asked == ["update", "upsert", "find", "find"]
    assert done.id == (found[0]["id"] if found else None)
    assert calls.gone == gone
