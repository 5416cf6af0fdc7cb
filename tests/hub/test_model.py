"""Entities, accounts, owners and flows as their files say."""

import pytest

from hub.accounts import Account, Owners, accounts
from hub.documents import parse
from hub.entity import Entity
from hub.flow import Flow, quiet_hours, seconds

ENTITY = """
name: order
customer: true
fields:
  reference: {type: text, identifies: strong, keep: {priority: [erp, shop]}, required: true}
  status:    {type: text, values: [open, paid], pii: true}
  items:     {type: list, of: {sku: text, price: money, quantity: number}}
  tags:      {type: list, keep: union}
"""


@pytest.fixture
def order():
    return Entity(parse(ENTITY, "entities/order.yaml"))


def test_an_entity_knows_its_fields(order):
    assert order.name == "order"
    assert order.customer is True
    reference, status = order.fields["reference"], order.fields["status"]
    assert (reference.keep, reference.roles, reference.identifies) == ("priority", ("erp", "shop"), "strong")
    assert (status.keep, status.roles, status.identifies, status.pii) == ("newest", (), "", True)
    assert order.fields["tags"].keep == "union"
    assert [field.name for field in order.identifying] == ["reference"]
    assert reference.required


def test_a_field_takes_only_its_values(order):
    assert order.fields["status"].normalise(" paid ") == "paid"
    with pytest.raises(ValueError, match="not one of the values"):
        order.fields["status"].normalise("gone")


def test_what_a_list_holds_is_in_normal_form_too(order):
    items = [
        {
            "sku": " A1 ",
            "quantity": "2",
            "price": {"amount": "5", "currency": "cop"},
            "note": "x",
            "name": None,
        }
    ]
    assert order.fields["items"].normalise(items) == [
        {"sku": "A1", "quantity": 2, "price": {"amount": "5.00", "currency": "COP"}, "note": "x"}
    ]
    assert order.fields["tags"].normalise([" a ", 5]) == ["a", 5]


def test_an_account_is_one_line():
    found = accounts(
        parse("shopify.co: {role: shop, shop: tienda, country: CO}\nx.y: null\n", "accounts.yaml")
    )
    shop = found["shopify.co"]
    assert (shop.connector, shop.key, shop.role, shop.country, shop.time_zone) == (
        "shopify",
        "co",
        "shop",
        "CO",
        "UTC",
    )
    assert shop.settings["shop"] == "tienda"
    assert found["x.y"] == Account("x.y", "x", "y")


def test_a_field_may_have_an_owner():
    owners = Owners(parse("customer: {tax_id: erp}", "owners.yaml"))
    assert owners.owner("customer", "tax_id") == "erp"
    assert owners.owner("customer", "email") is None
    assert owners.owner("order", "status") is None


FLOW = """
on: cart
if: cart.status == 'open'
wait: 1h
cancel: {order: "after(order.placed_at, cart.created_at)"}
purpose: marketing
quiet: 21:00-08:00
once: cart.id
send:
  - hubspot.contact
  - {to: klaviyo.main.event, with: {name: "'Cart abandoned'"}}
"""


def test_a_flow_says_who_hears_of_what_and_when():
    flow = Flow(parse(FLOW, "flows/abandoned.yaml"))
    scope = {"cart": {"id": "c1", "status": "open", "created_at": "2026-01-01T00:00:00Z"}}
    assert (flow.name, flow.on, flow.wait, flow.purpose) == ("abandoned", "cart", 3600.0, "marketing")
    assert flow.condition(scope) is True
    assert flow.once(scope) == "c1"
    assert flow.quiet == ("21:00", "08:00")
    assert flow.cancel["order"]({**scope, "order": {"placed_at": "2026-01-02T00:00:00Z"}}) is True
    plain, message = flow.send
    assert (plain.to, plain.fields) == ("hubspot.contact", None)
    assert message.fields["name"](scope) == "Cart abandoned"


def test_a_short_flow_always_applies_and_at_once():
    flow = Flow(parse("on: customer\nsend: [a.b]\n", "flows/x.yaml"))
    assert (flow.condition, flow.wait, flow.purpose, flow.quiet, flow.once, flow.cancel) == (
        None,
        None,
        None,
        None,
        None,
        {},
    )


def test_durations_and_hours_are_written_as_people_say_them():
    assert [seconds(text) for text in ("30s", "30m", "1h", "2d")] == [30, 1800, 3600, 172800]
    assert quiet_hours("21:00-08:00") == ("21:00", "08:00")
    with pytest.raises(ValueError, match="duration"):
        seconds("an hour")
    with pytest.raises(ValueError, match="hours"):
        quiet_hours("9-17")
