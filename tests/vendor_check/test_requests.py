"""Every request that the shipped connectors can make is one that the vendor's own OpenAPI file allows.

Shopify makes none; HubSpot's file may not be used outside of HubSpot; WooCommerce and Odoo publish none.
What those four take is checked against their documentation, by the vendors of the demo.
"""

import json

import pytest

from hub.catalog import Catalog
from tests.vendor_check.shared import ROOT, VENDORS, needs_shared
from tests.vendor_check.specification import Specification

SPECS = {
    "klaviyo": [
        Specification(VENDORS / f"specs/klaviyo/{name}.openapi.json")
        for name in ("profiles", "events", "data_privacy")
    ],
    "square": [Specification(VENDORS / "specs/square/api.json")],
    "whatsapp": [Specification(VENDORS / "specs/whatsapp/business-messaging-api_v23.0.yaml")],
}
SECRETS = {"klaviyo": {"api_key": "k"}, "square": {"access_token": "t"}, "whatsapp": {"access_token": "t"}}
RECORDS = {
    ("klaviyo", "profile"): {
        "email": "lucia.fernandez@correo.example",
        "phone": "+573105550147",
        "given_name": "Lucía",
        "family_name": "Fernández Ríos",
        "company": "Lana y Cía",
        "locale": "es-CO",
        "stage": "customer",
        "address": {
            "line1": "Carrera 7",
            "city": "Bogotá",
            "region": "DC",
            "postcode": "110231",
            "country": "CO",
        },
    },
    ("klaviyo", "event"): {
        "name": "Placed Order",
        "total": 199900,
        "currency": "COP",
        "items": [
            {
                "sku": "RUANA",
                "name": "Ruana",
                "quantity": 1,
                "price": {"amount": "199900.00", "currency": "COP"},
            }
        ],
        "reference": "#1042",
        "url": "https://tienda-co.example/o/1",
        "sent_at": "2026-11-20T16:20:11.000000Z",
    },
    ("whatsapp", "message"): {
        "template": "cart_reminder",
        "parameters": ["Lucía", "https://tienda-co.example/c"],
    },
}
CUSTOMER = {"id": "c-1", "email": "lucia.fernandez@correo.example", "phone": "+573105550147", "ids": {}}


@pytest.fixture(scope="module")
def catalog():
    return Catalog.read(ROOT)


def calls(connector):
    for resource in connector.resources.values():
        single = [
            getattr(resource, name)
            for name in ("get", "list", "upsert", "create", "update", "merge", "delete", "send")
        ]
        for call in [*filter(None, single), *resource.find]:
            yield resource, call


def mapped(catalog, connector, resource):
    if (connector, resource) not in RECORDS:
        return {}
    from hub.mapping import Context

    account = next(account for key, account in catalog.accounts.items() if key.startswith(f"{connector}."))
    context = Context(account=account, received_at="2026-11-20T16:20:13.000000Z")
    mapping = catalog.mappings_of(connector, resource)[0]
    return mapping.outward(RECORDS[connector, resource], CUSTOMER, context)


@needs_shared
@pytest.mark.parametrize("name", sorted(SPECS))
@pytest.mark.parametrize("page", [None, "next"])
def test_every_request_is_one_that_the_vendor_describes(catalog, name, page):
    connector = catalog.connectors[name]
    account = next(account for key, account in catalog.accounts.items() if key.startswith(f"{name}."))
    seen = 0
    for resource, call in calls(connector):
        scope = {
            "record": mapped(catalog, name, resource.name),
            "id": "01ABC",
            "other": "01XYZ",
            "key": "act-1",
            "customer": CUSTOMER,
            "since": "2026-11-20T00:00:00.000000Z",
            "page": page,
        }
        request = call.render(scope, account, SECRETS[name])
        body = None if request.body is None else without_documented(json.loads(request.body))
        told = [
            spec.request_problems(request.method, request.url, request.headers, body) for spec in SPECS[name]
        ]
        assert [] in told, f"{name}.{resource.name}.{call.name}: {min(told, key=len)}"
        seen += 1
    assert seen


@needs_shared
@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("CustomerCreatedEvent", "customer"),
        ("CustomerUpdatedEvent", "customer-updated"),
        ("CustomerDeletedEvent", "customer-deleted"),
        ("OrderCreatedEvent", "order"),
        ("OrderUpdatedEvent", "order-updated"),
        ("PaymentCreatedEvent", "payment"),
        ("PaymentUpdatedEvent", "payment-updated"),
    ],
)
def test_square_s_sample_events_have_square_s_shape(schema, file):
    event = json.loads((ROOT / f"events/square/{file}.json").read_text(encoding="utf-8"))
    assert SPECS["square"][0].value_problems(schema, without_documented(event["body"])) == []


@needs_shared
def test_square_s_fetched_order_has_square_s_shape():
    for file in (ROOT / "events/square/records").glob("order.*.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        assert SPECS["square"][0].value_problems("RetrieveOrderResponse", record) == []


@needs_shared
@pytest.mark.parametrize("file", ["message", "message-alta"])
def test_whatsapp_s_sample_messages_have_the_shape_of_its_own_examples(file):
    """The schema of incoming messages refuses the file's own examples, so these are what is compared with."""
    event = json.loads((ROOT / f"events/whatsapp/{file}.json").read_text(encoding="utf-8"))
    content = SPECS["whatsapp"][0].data["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]
    examples = content["application/json"]["examples"].values()
    assert shape(event["body"]) in [shape(example["value"]) for example in examples]


@needs_shared
def test_whatsapp_s_sample_status_has_whatsapp_s_shape():
    event = json.loads((ROOT / "events/whatsapp/status.json").read_text(encoding="utf-8"))
    value = event["body"]["entry"][0]["changes"][0]["value"]
    assert SPECS["whatsapp"][0].value_problems("StatusMessageValue", without_documented(value)) == []


def shape(value):
    """The names and kinds in a value, without what they hold."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__


DOCUMENTED = {"biz_opaque_callback_data", "deleted"}
"""Members that the vendor's guides describe (Square: its file's own example) and its schemas do not name."""


def without_documented(value):
    if isinstance(value, dict):
        return {name: without_documented(item) for name, item in value.items() if name not in DOCUMENTED}
    return [without_documented(item) for item in value] if isinstance(value, list) else value


@needs_shared
def test_a_misspelt_property_would_be_seen():
    body = {"data": {"type": "profile", "attributes": {"emial": "x"}}}
    headers = {"revision": "2026-07-15", "content-type": "application/vnd.api+json"}
    url = "https://a.klaviyo.com/api/profile-import"
    assert SPECS["klaviyo"][0].request_problems("POST", url, headers, body)
    assert SPECS["klaviyo"][0].request_problems("POST", url, {"content-type": "text/plain"}, body)
    assert SPECS["klaviyo"][0].request_problems(
        "POST", url + "?x=1", headers, {"data": {"type": "profile", "attributes": {}}}
    )
    assert SPECS["klaviyo"][0].request_problems("POST", "https://a.klaviyo.com/api/nothing", headers, body)
