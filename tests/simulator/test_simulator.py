"""The simulated vendor: which call a request is, what it keeps, what it refuses, how it misbehaves."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hub.accounts import sample
from hub.catalog import Catalog
from hub.client import HttpClient
from hub.connector import Connector, HttpRequest
from hub.demo import vendors
from hub.demo.vendors.server import VendorServer
from hub.demo.vendors.simulated import Simulated
from hub.documents import parse
from hub.errors import RecordError, RetryError
from hub.runner import Clock
from hub.samples.signing import invented
from hub.simulator import Fault, SimulationError, Simulator
from hub.simulator.samples import Samples

ROOT = Path(__file__).parents[2]
CATALOG = Catalog.read(ROOT)
NOW = 1_795_406_400.0


class Shop:
    """A simulated vendor with what is needed to ask it."""

    def __init__(self, name, samples=None, connector=None):
        self.connector = connector or CATALOG.connectors[name]
        self.account = sample(self.connector)
        self.secrets = invented(self.connector, self.account.name)
        self.clock = Clock(NOW)
        held = Samples.read(ROOT, name) if samples is None else samples
        self.vendor = Simulator(self.connector, self.account, dict(self.secrets), held, self.clock)

    def request(self, resource, call, number=None, **scope):
        return self.call(resource, call, number).render(scope, self.account, self.secrets)

    def call(self, resource, call, number=None):
        part = getattr(self.connector.resources[resource], call)
        return part if number is None else part[number]

    def ask(self, resource, call, number=None, **scope):
        self.clock.now += 60
        return self.vendor.answer(self.request(resource, call, number, **scope))


def test_calls_with_one_request_line_are_told_apart_by_their_bodies():
    odoo = Shop("odoo")
    asked = {
        "list": odoo.request("partner", "list", since="2026-11-20T00:00:00.000000Z", page=0),
        "find": odoo.request("partner", "find", 0, record={"vat": "900123456"}),
        "update": odoo.request("partner", "update", id="7", record={"email": "a@correo.example"}),
        "archive": odoo.request("partner", "archive", id="7"),
        "delete": odoo.request("partner", "delete", id="7"),
    }
    assert {name: odoo.vendor.recognise(one).pattern.name for name, one in asked.items()} == {
        name: name for name in asked
    }
    found = odoo.vendor.recognise(asked["find"]).heard
    assert found.captured == {"coalesce(record.vat, '-')": "900123456"}


def test_a_request_that_is_none_of_the_file_s_is_refused():
    with pytest.raises(RecordError, match="unknown-request"):
        Shop("odoo").vendor.answer(HttpRequest("GET", "https://tienda.odoo.com/nothing", {}))


def test_what_is_written_is_found_by_what_names_it():
    shop = Shop("woocommerce")
    record = {"email": "ada@correo.example", "first_name": "Ada"}
    id = shop.call("customer", "create").id_of(shop.ask("customer", "create", record=record))
    find = shop.call("customer", "find", 0)
    assert find.id_of(shop.ask("customer", "find", 0, record=record)) == id
    assert find.records_of(shop.ask("customer", "find", 0, record={"email": "b@correo.example"})) == []
    assert find.records_of(shop.ask("customer", "find", 0, record={})) == []
    changed = shop.ask("customer", "update", id=id, record={"first_name": "Ana"})
    assert shop.call("customer", "update").stored(changed)["first_name"] == "Ana"
    assert shop.ask("customer", "update", id="404404", record={}).status == 400
    assert shop.ask("customer", "delete", id=id).status == 200
    assert shop.vendor.shelf.records["customer"] == {}


def test_a_fetched_record_is_the_sample_with_its_own_id():
    square = Shop("square")
    (stored,) = square.vendor.shelf.seed("order", NOW)
    record = square.connector.resources["order"].get.record(square.ask("order", "get", id=stored.id))
    assert (record["id"], record["state"]) == (stored.id, "COMPLETED")
    assert square.ask("order", "get", id="nobody").status == 404


def test_who_is_not_authorised_is_refused():
    shop = Shop("klaviyo")
    request = shop.request("profile", "upsert", record={"email": "ada@correo.example"})
    stranger = HttpRequest(
        request.method, request.url, {**request.headers, "Authorization": "x"}, request.body
    )
    assert shop.vendor.answer(stranger).status == 401
    assert shop.vendor.answer(request).status == 200


def test_calls_beyond_a_limit_are_refused_and_counted():
    shop = Shop("klaviyo")
    request = shop.request("profile", "delete", id="1")
    statuses = [shop.vendor.answer(request).status for _ in range(5)]
    assert statuses.count(429) == 2
    assert shop.vendor.meter.over == {"3 per 1s": 2}
    shop.clock.now += 1.1
    assert shop.vendor.answer(request).status != 429


def test_an_answer_says_how_long_to_wait_where_the_file_reads_it():
    told = Shop("hubspot").vendor.too_many(7.0)
    assert told.headers["x-hubspot-ratelimit-interval-milliseconds"] == "7000.0"
    assert Shop("odoo").vendor.too_many(7.0).headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("fault", "applied"), [({"silent": True}, 0), ({"silent": True, "applied": True}, 1)]
)
def test_silence_is_the_client_s_timeout(fault, applied):
    shop = Shop("klaviyo")
    shop.vendor.misbehave(Fault(names=("upsert",), **fault))
    with pytest.raises(RetryError, match="timeout"):
        shop.ask("profile", "upsert", record={"email": "ada@correo.example"})
    assert len(shop.vendor.shelf.records["profile"]) == applied
    assert shop.ask("profile", "upsert", record={"email": "ada@correo.example"}).status == 200


def test_a_line_that_cannot_be_turned_round_is_named_and_an_example_helps():
    text = """
base_url: https://api.odd.example
auth: {bearer: token}
resources:
  thing:
    create: {request: POST /things, body: "{record}", id: "join('-', [kind, number])"}
"""
    odd = Connector(parse(text, "connectors/odd.yaml"))
    with pytest.raises(SimulationError, match=r"connectors/odd\.yaml:6"):
        Shop("odd", Samples(), odd).ask("thing", "create", record={"a": 1})
    example = {"thing.create": {"status": 201, "body": {"kind": "x", "number": "9"}}}
    shop = Shop("odd", Samples(answers=example), odd)
    assert shop.call("thing", "create").id_of(shop.ask("thing", "create", record={"a": 1})) == "x-9"
    assert list(shop.vendor.shelf.records["thing"]) == ["x-9"]


def test_a_vendor_is_served_over_http():
    shop = Shop("klaviyo")
    served = Simulator(
        shop.connector,
        sample(shop.connector),
        shop.secrets,
        Samples(),
        shop.clock,
    )
    with VendorServer(
        more=lambda url: {"klaviyo.sample": Simulated(served, f"{url}/klaviyo.sample")}
    ) as server:
        served.account = replace(served.account, base_url=f"{server.url}/klaviyo.sample")
        request = shop.connector.resources["profile"].upsert.render(
            {"record": {"email": "ada@correo.example"}}, served.account, shop.secrets
        )
        response = HttpClient().send(request)
        assert response.status == 200
        assert json.loads(response.body)["data"]["id"] in served.shelf.records["profile"]
        server.town.faults.append(vendors.Fault("klaviyo.sample", 2, "refuse"))
        with pytest.raises(RetryError):
            HttpClient().send(request)
