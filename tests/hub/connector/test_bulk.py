"""Requests for several records: how they are put together, and what the answer says of each."""

import json
from types import SimpleNamespace

import pytest

from hub.connector import Connector, HttpResponse
from hub.documents import parse
from hub.errors import RecordError

FILE = """
base_url: https://shop.example
auth: {bearer: token}
limit: [10 per 1s]
responses:
  - {if: "status == `207`", then: reject}
  - {if: "status == `200` && body.code == 'busy'", then: retry}
resources:
  contact:
    upsert:
      request: PUT /contacts
      body: {options: {update: true}, list: {items: [{ref: "{key}", mail: "{record.email}"}]}}
      headers: {X-Call: "7"}
      cost: 2
      limit: [5 per 1s]
      id: id
      bulk:
        at: list.items
        max: 3
        name: ref
        once: lower(mail)
        results: {at: done, name: ref, id: contact.id, record: contact}
        errors: {at: failed, name: context.refs}
    update:
      request: "PATCH /contacts/{id}"
      body: "{record}"
      bulk:
        request: POST /contacts/update
        body: {items: [{id: "{id}", values: "{record}"}]}
        at: items
        max: 2
        name: id
        results: {at: "[]", name: id}
"""
ACCOUNT = SimpleNamespace(name="shop.co", key="co", base_url=None, settings={})


@pytest.fixture(scope="module")
def shop():
    return Connector(parse(FILE, "connectors/shop.yaml"))


@pytest.fixture(scope="module")
def upsert(shop):
    return shop.resources["contact"].upsert.bulk


def scope(n, **changes):
    return {"record": {"email": f"A{n}@x.co"}, "id": None, "key": f"k{n}", "customer": {}, **changes}


def request_of(bulk, *scopes):
    entries = [bulk.entry(one, ACCOUNT) for one in scopes]
    return bulk.render({"entries": entries, "first": scopes[0]}, ACCOUNT, {"token": "t"})


def answer(body, status=200):
    return HttpResponse(status, {}, json.dumps(body).encode())


def test_the_list_of_the_body_holds_an_entry_for_each(upsert):
    request = request_of(upsert, scope(1), scope(2))
    assert (request.method, request.url) == ("PUT", "https://shop.example/contacts")
    assert json.loads(request.body) == {
        "options": {"update": True},
        "list": {"items": [{"ref": "k1", "mail": "A1@x.co"}, {"ref": "k2", "mail": "A2@x.co"}]},
    }
    assert request.headers["X-Call"] == "7"


def test_a_request_of_its_own_takes_the_place_of_the_one_for_one(shop):
    update = shop.resources["contact"].update.bulk
    request = request_of(update, scope(1, id="7"), scope(2, id="8"))
    assert (request.method, request.url) == ("POST", "https://shop.example/contacts/update")
    assert [one["id"] for one in json.loads(request.body)["items"]] == ["7", "8"]


def test_it_costs_what_one_costs_unless_it_says_so(shop, upsert):
    demand = shop.demand(upsert)
    assert [limit.name for limit in demand.limits] == ["10 per 1s", "PUT /contacts 5 per 1s"]
    assert (demand.cost, upsert.most, upsert.name) == (2.0, 3, "upsert")


def test_an_entry_knows_what_the_answer_calls_it_and_which_record_it_is_of(upsert):
    entry = upsert.entry(scope(1), ACCOUNT)
    assert (entry.name, entry.once) == ("k1", "a1@x.co")


@pytest.mark.parametrize("wrong", [{"key": None}, {"record": {"email": None}}])
def test_an_entry_without_a_name_cannot_be_sent(upsert, wrong):
    with pytest.raises(RecordError):
        upsert.entry(scope(1, **wrong), ACCOUNT)


def test_each_is_read_by_its_name_whatever_the_order(upsert):
    done = [{"ref": "k2", "contact": {"id": 12, "mail": "b"}}, {"ref": "k1", "contact": {"id": 11}}]
    told = upsert.told(answer({"done": done, "failed": [{"context": {"refs": ["k3", "k4"]}}]}, 207))
    assert {name: one.id for name, one in told.written.items()} == {"k1": "11", "k2": "12"}
    assert told.written["k2"].record == {"id": 12, "mail": "b"}
    assert told.refused == {"k3", "k4"}


@pytest.mark.parametrize(
    "body",
    [
        {"done": [{"ref": "k1"}, {"ref": "k1"}]},
        {"done": [{"ref": "k1"}], "failed": [{"context": {"refs": "k1"}}]},
        {"done": [{"ref": None}, {}, "k1", 7]},
        {"done": []},
        {"done": {"ref": "k1"}},
        None,
    ],
)
def test_what_is_told_twice_or_without_a_name_says_nothing(upsert, body):
    told = upsert.told(answer(body))
    assert (told.written, told.refused) == ({}, frozenset())


def test_an_answer_that_tells_of_each_is_understood_whatever_its_status_means_for_one(shop, upsert):
    one = shop.resources["contact"].upsert
    mixed = answer({"id": "1", "done": [], "failed": []}, 207)
    assert shop.meaning(mixed, upsert).kind == "done"
    assert shop.meaning(mixed, one).kind == "reject"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"done": []}, 200, "done"),
        ({"id": "1"}, 200, "unknown"),
        ({"failed": []}, 207, "reject"),
        ({"code": "busy", "done": []}, 200, "retry"),
        ({"done": []}, 400, "reject"),
        ({"done": []}, 503, "retry"),
    ],
)
def test_any_other_answer_means_what_it_means(shop, upsert, body, status, kind):
    assert shop.meaning(answer(body, status), upsert).kind == kind
