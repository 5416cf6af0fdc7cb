"""What Shopify asks of us by law: signed, answered at once, done by the clock."""

import json

import pytest

from hub import keys
from hub.demo.stage import signed
from hub.pipeline.erase import erase, erasure_of
from hub.pipeline.receive import Arrival, receive
from hub.pipeline.serve import Question, serve
from hub.store import Item, Put
from tests.hub.pipeline.erase.people import BY_HAND, Lived, kinds, left, left_at_vendors
from tests.journey import PUBLIC, ROOT

KEY = {"authorization": "Bearer key"}


def ask(day, name, **body):
    """The sample of this name comes in, with some of its body replaced: the status of the answer."""
    request = sample(day, name, **body)
    status = day.post(request)
    day.rest()
    return status


def sample(day, name, **body):
    file = ROOT / f"events/shopify/{name}.json"
    if not body:
        return signed(day.catalog, PUBLIC, "shopify", "co", file, day.clock())
    from hub.demo.vendors import secrets_of
    from hub.demo.vendors.webhooks import Endpoint

    told = json.loads(file.read_text())
    told = {**told, "body": {**told["body"], **body}}
    return Endpoint.of(day.catalog.connectors["shopify"], "co").request(
        PUBLIC, told, secrets_of("shopify.co"), day.clock()
    )


def requests(day):
    return [item for item in day.hub.store.items() if item.kind == "request"]


def api(day, method, path, body=None):
    content = b"" if body is None else json.dumps(body).encode()
    return serve(day.hub, Question(method, path, headers=KEY, body=content))


@pytest.mark.parametrize("name", ["customers-redact", "customers-data-request", "shop-redact"])
def test_a_request_that_is_not_signed_by_shopify_is_401_and_one_that_is_200(name):
    day = Lived()
    request = sample(day, name)
    parts = request.url.removeprefix(PUBLIC)
    headers = {**request.headers, "X-Shopify-Hmac-Sha256": "d3Jvbmc="}
    assert receive(day.hub, Arrival("POST", parts, "", headers, request.body)).status == 401
    assert ask(day, name) == 200
    assert len(requests(day)) == 1
    assert ask(day, name) == 200
    assert len(requests(day)) == 1


def test_customers_redact_erases_the_customer_and_keeps_nothing_of_the_request():
    day = Lived()
    assert ask(day, "customers-redact") == 200
    day.minutes()
    issued = erasure_of(day.hub.store, day.id).data["certificate"]
    assert (issued["actor"], issued["reason"]) == ("shopify.co", "customers/redact")
    told = {one["destination"]: one["state"] for one in issued["receipts"]}
    assert told["shopify.co.customer"] == "asked-by-them"
    assert told["hubspot.main.contact"] == "done"
    assert left(day) == []
    assert left_at_vendors(day) <= BY_HAND
    assert left(day, ("8120044231001",)) == []


def test_a_customer_whom_nobody_knows_is_suppressed_all_the_same():
    day = Lived()
    customer = {"id": 4711, "email": "nadie.sabe@correo.example", "phone": None}
    assert ask(day, "customers-redact", customer=customer) == 200
    day.minutes()
    assert len(day.customers()) == 1
    [erasure] = [item for item in day.hub.store.items() if item.kind == "erasure"]
    assert erasure.data["state"] == "done"
    assert erasure.data["certificate"]["suppressions"] == 2
    [known] = [e for e in day.history if e.topic == "customers/create" and e.connector == "shopify"]
    record = {**known.record, **customer, "first_name": "Nadie"}
    from dataclasses import replace

    day.again([replace(known, id="4711", event_id=("old",), record=record)])
    assert len(day.customers()) == 1
    assert left(day, ("nadie.sabe@correo.example",)) == []


def test_the_identifiers_of_a_request_that_belong_to_somebody_else_stay_theirs():
    day = Lived()
    stranger = {"id": 4712, "email": "lucia.fernandez@correo.example", "phone": None}
    assert ask(day, "customers-redact", customer=stranger, orders_to_redact=[]) == 200
    day.minutes()
    assert day.customers() == [], "an email that names one customer means that customer"


def test_a_data_request_leaves_an_export_for_a_person():
    day = Lived()
    assert ask(day, "customers-data-request") == 200
    erase(day.hub)
    [listed] = api(day, "GET", "/v1/parked").data["parked"]
    assert (listed["kind"], listed["state"], listed["reason"]) == ("request", "for-a-person", "export")
    exported = json.loads(day.hub.archive.get(listed["export"]))
    assert exported["fields"]["email"]["value"] == "lucia.fernandez@correo.example"
    assert listed["customer"] == day.id
    assert left(day, ("8120044231001",)), "the export does not change what is known"


def test_a_data_request_about_nobody_says_so():
    day = Lived()
    ask(day, "customers-data-request", customer={"id": 1, "email": None, "phone": None})
    erase(day.hub)
    [listed] = api(day, "GET", "/v1/parked").data["parked"]
    assert listed["state"] == "unknown"


def test_a_shop_that_leaves_takes_its_records_and_people_known_elsewhere_stay():
    day = Lived()
    assert ask(day, "shop-redact") == 200
    day.minutes()
    [customer] = day.customers()
    assert not [pk for pk in customer.data["records"] if pk.startswith("REC#shopify#")]
    assert len(customer.data["records"]) == 5
    assert customer.data["fields"]["phone"][0] == "+573105550147"
    word = customer.data["fields"]["email"]
    assert word[1] == "REC#odoo#main#partner#57", "the others only told it back to us; Odoo had it before"
    assert not [told for told in customer.data["fields"].values() if told[1].startswith("REC#shopify#")]
    here = [
        i.key.pk
        for i in day.hub.store.items()
        if i.kind in ("record", "timeline") and "#shopify#" in i.key.pk
    ]
    assert here == []
    raw = "".join(text for name, text in day.hub.archive.texts.items() if name.startswith("raw/"))
    assert '"connector":"shopify"' not in raw
    [request] = requests(day)
    assert request.data["state"] == "done"
    found = api(day, "GET", f"/v1/customers/{customer.data['id']}")
    assert found.status == 200
    assert "8120044231001" not in json.dumps(found.data)
    day.again([event for event in day.history if event.connector == "shopify"])
    assert [i.key.pk for i in day.hub.store.items() if i.kind == "record" and "#shopify#" in i.key.pk] == []


def test_a_shop_s_own_customers_are_erased_with_it():
    day = Lived()
    [known] = [e for e in day.history if e.topic == "customers/create" and e.connector == "shopify"]
    from dataclasses import replace

    at = "2026-11-20T18:00:00Z"
    record = {"id": 88, "first_name": "Sola", "updated_at": at, "created_at": at, "phone": "+573015550188"}
    received = "2026-11-20T18:30:00.000000Z"
    day.again([replace(known, id="88", event_id=("sola",), record=record, received_at=received)])
    assert len(day.customers()) == 2
    ask(day, "shop-redact")
    day.minutes(10)
    assert len(day.customers()) == 1
    assert left(day, ("573015550188", "Sola")) == []


def test_small_budgets_come_to_the_same_end():
    day = Lived()
    day.erase(rounds=400, pages=1)
    assert left(day) == []
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"
    other = Lived()
    other.erase()
    assert kinds(day) == kinds(other)


def test_a_shop_that_leaves_takes_back_what_authorised_us():
    day = Lived()
    for account in ("shopify.co", "hubspot.main"):
        day.hub.store.commit([Put(Item(keys.token(account), "token", {"values": {"access_token": "t"}}))])
    assert ask(day, "shop-redact") == 200
    day.minutes()
    assert [item.key for item in day.hub.store.items() if item.kind == "token"] == [
        keys.token("hubspot.main")
    ]
