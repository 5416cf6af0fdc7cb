"""What the shipped connectors and mappings make of answers and consents, beyond their own tests."""

import json

import pytest

from hub.catalog import Catalog
from hub.connector import HttpResponse, Request
from hub.mapping import Context
from tests.journey import ROOT

AT = "2026-11-20T16:00:00.000000Z"


@pytest.fixture(scope="module")
def catalog():
    return Catalog.read(ROOT)


@pytest.mark.parametrize(
    ("connector", "status", "body", "kind"),
    [
        ("hubspot", 207, {"status": "COMPLETE", "numErrors": 1}, "reject"),
        ("hubspot", 409, {"category": "CONFLICT"}, "reject"),
        ("klaviyo", 409, {"errors": [{"code": "duplicate_profile"}]}, "reject"),
        ("odoo", 404, {"name": "odoo.exceptions.MissingError"}, "missing"),
        ("odoo", 422, {"name": "odoo.exceptions.ValidationError"}, "reject"),
        ("square", 429, {"errors": [{"code": "RATE_LIMITED"}]}, "retry"),
        ("whatsapp", 400, {"error": {"code": 130429}}, "retry"),
        ("whatsapp", 400, {"error": {"code": 131026}}, "reject"),
        ("whatsapp", 401, {"error": {"code": 190}}, "pause"),
        ("woocommerce", 400, {"code": "registration-error-email-exists"}, "retry"),
        ("woocommerce", 400, {"code": "woocommerce_rest_invalid_id"}, "missing"),
        ("woocommerce", 400, {"code": "rest_invalid_param"}, "reject"),
    ],
)
def test_an_answer_means_what_the_vendor_means_by_it(catalog, connector, status, body, kind):
    response = HttpResponse(status, {"content-type": "application/json"}, json.dumps(body).encode())
    assert catalog.connectors[connector].meaning(response).kind == kind


def test_hubspot_says_in_milliseconds_how_long_to_wait(catalog):
    headers = {"x-hubspot-ratelimit-interval-milliseconds": "10000"}
    outcome = catalog.connectors["hubspot"].meaning(HttpResponse(429, headers, b"{}"))
    assert (outcome.kind, outcome.after) == ("retry", 10.0)


def consents(catalog, mapping, record):
    account = next(
        one for key, one in catalog.accounts.items() if key.startswith(mapping.partition(".")[0] + ".")
    )
    told = catalog.mappings[mapping].inward(record, Context(account=account, received_at=AT)).consents
    return [(one.channel, one.purpose, one.address, one.state, one.at) for one in told]


def test_shopify_tells_of_email_and_text_messages_apart(catalog):
    when = "2026-11-20T11:10:04-05:00"
    record = {
        "email": "Lucia.Fernandez@correo.example",
        "phone": "310 555 0147",
        "email_marketing_consent": {"state": "subscribed", "consent_updated_at": when},
        "sms_marketing_consent": {"state": "unsubscribed", "consent_updated_at": when},
    }
    assert consents(catalog, "shopify.customer", record) == [
        ("email", "marketing", "lucia.fernandez@correo.example", "granted", "2026-11-20T16:10:04.000000Z"),
        ("sms", "marketing", "+573105550147", "denied", "2026-11-20T16:10:04.000000Z"),
    ]


@pytest.mark.parametrize(("ticked", "states"), [(True, ["granted"]), (False, [])])
def test_a_guest_who_ticks_the_box_allows_what_one_who_does_not_leaves_open(catalog, ticked, states):
    sample = json.loads((ROOT / "events/shopify/checkout.json").read_text(encoding="utf-8"))
    body = json.dumps(sample["body"] | {"buyer_accepts_marketing": ticked}).encode()
    shopify = catalog.connectors["shopify"]
    (event,) = shopify.events(Request("POST", "https://hub.example", {}, sample["headers"], body), "co", AT)
    ((_, _, guest),) = shopify.contained(event, event.record)
    assert [one[3] for one in consents(catalog, "shopify.customer", guest)] == states


@pytest.mark.parametrize(("optout", "states"), [("true", ["denied"]), ("false", ["unknown"]), (None, [])])
def test_hubspot_tells_only_who_opted_out(catalog, optout, states):
    properties = {"email": "a@correo.example", "hs_email_optout": optout, "lastmodifieddate": AT}
    assert [one[3] for one in consents(catalog, "hubspot.contact", {"properties": properties})] == states


def test_square_tells_only_who_unsubscribed(catalog):
    record = {
        "email_address": "a@correo.example",
        "updated_at": AT,
        "preferences": {"email_unsubscribed": True},
    }
    assert consents(catalog, "square.customer", record) == [
        ("email", "marketing", "a@correo.example", "denied", AT)
    ]


@pytest.mark.parametrize(
    ("said", "states"),
    [("Alta", ["granted"]), ("BAJA", ["denied"]), ("stop", ["denied"]), ("Hola", []), (None, [])],
)
def test_one_word_on_whatsapp_decides(catalog, said, states):
    record = {"wa_id": "573105550147", "name": None, "said": said, "at": "1795184700"}
    told = consents(catalog, "whatsapp.contact", record)
    assert [one[3] for one in told] == states
    assert {one[2] for one in told} <= {"+573105550147"}


def test_a_message_without_a_name_leaves_the_name_as_it_was(catalog):
    account = catalog.accounts["whatsapp.co"]
    record = {"wa_id": "573105550147", "name": None, "said": None, "at": "1795184700"}
    told = catalog.mappings["whatsapp.contact"].inward(record, Context(account=account, received_at=AT))
    assert "given_name" not in told.fields


def test_the_ping_of_woocommerce_is_answered_and_a_wrong_signature_is_not(catalog):
    sample = json.loads((ROOT / "events/woocommerce/ping.json").read_text(encoding="utf-8"))
    connector = catalog.connectors["woocommerce"]
    ping = Request("POST", "https://hub.example", {}, sample["headers"], sample["body"].encode())
    assert connector.handshake(ping, {}).status == 200
    headers = sample["headers"] | {"x-wc-webhook-topic": "order.updated"}
    forged = Request("POST", "https://hub.example", {}, headers, sample["body"].encode())
    assert connector.handshake(forged, {}) is None


@pytest.mark.parametrize(("token", "status"), [("right", 200), ("wrong", 401)])
def test_whatsapp_is_greeted_with_its_challenge(catalog, token, status):
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
    reply = catalog.connectors["whatsapp"].handshake(
        Request("GET", "https://hub.example", query), {"verify_token": "right"}
    )
    assert (reply.status, reply.body) == (status, "1158201444" if status == 200 else "")


def test_every_topic_of_a_connector_in_use_has_a_sample(catalog):
    for name, connector in catalog.in_use().connectors.items():
        told = set()
        for file in (ROOT / "events" / name).glob("*.json"):
            sample = json.loads(file.read_text(encoding="utf-8"))
            if isinstance(sample["body"], str):
                continue
            request = Request(
                "POST", "https://hub.example", {}, sample["headers"], json.dumps(sample["body"]).encode()
            )
            told |= {event.topic for event in connector.events(request, "x", AT)}
        assert told == {*connector.reception.topics, *connector.asks}, name
