"""The day of events/journey.json, with the shipped files, the hub in memory and the vendors of the demo."""

import random

import pytest

from tests.journey import ROOT, Day

EMAIL = "lucia.fernandez@correo.example"


@pytest.fixture(scope="module")
def lived():
    """The whole day."""
    day = Day()
    day.story()
    day.later(3600)
    return day


def writes(day):
    """The calls by which a vendor's records changed."""
    return [
        call
        for call in day.town.journal.calls()
        if call["facts"].get("changed") or call["facts"].get("created")
    ]


def systems(customer):
    return {pk.split("#")[1] for pk in customer.data["records"]}


def test_one_customer_stands_in_six_systems(lived):
    (customer,) = lived.customers()
    assert systems(customer) == {"shopify", "whatsapp", "square", "hubspot", "odoo", "woocommerce"}


def test_the_customer_has_the_best_of_what_each_system_knows(lived):
    (customer,) = lived.customers()
    values = {name: value[0] for name, value in customer.data["fields"].items()}
    assert values["email"] == EMAIL
    assert values["phone"] == "+573105550147"
    assert values["tax_id"] == "1018456789"
    assert (values["given_name"], values["family_name"]) == ("Lucía", "Fernández Ríos")
    assert values["address"]["line1"] == "Carrera 7 # 71-21"


def test_every_destination_has_her_once(lived):
    state = lived.town.state()
    assert set(state["hubspot.main"]["contact"]) == {"301", "302"}
    assert set(state["odoo.main"]["partner"]) == {"57", "58"}
    assert [row["email"] for row in state["klaviyo.main"]["profile"].values()] == [EMAIL]
    assert [row["email"] for row in state["woocommerce.co"]["customer"].values()] == [EMAIL]
    assert state["woocommerce.co"]["customer"]["201"]["billing"]["phone"] == "+573105550147"


def test_the_erp_keeps_its_own_spelling_of_her_name(lived):
    assert lived.town.state()["odoo.main"]["partner"]["57"]["name"] == "Fernández Ríos, Lucía"


def test_nothing_was_refused(lived):
    assert {call["status"] for call in lived.town.journal.calls()} <= {200, 201, 202}
    assert not lived.runner.store.agenda("parked").items


def test_the_sale_at_the_till_reaches_the_erp_once_its_buyer_is_there():
    day = Day()
    day.live(*range(5))
    day.later(3600)
    (sale,) = day.town.state()["odoo.main"]["order"].values()
    assert (sale["partner_id"], sale["client_order_ref"]) == (57, "square-b7SqLuciaOrder1")
    assert sale["order_line"][0][2]["price_unit"] == 249900


def test_a_sale_in_the_web_shop_is_an_event_and_a_sale_in_the_erp():
    day = Day()
    day.live(0, 7, 7)
    state = day.town.state()
    assert [row["metric"] for row in state["klaviyo.main"]["event"].values()] == ["Placed Order"]
    assert [row["client_order_ref"] for row in state["odoo.main"]["order"].values()] == [
        "shopify-5630418011245"
    ]


def test_a_cart_left_for_an_hour_is_brought_to_mind_where_that_was_allowed():
    day = Day()
    day.live(0)
    day.later(2 * 3600)
    assert [row["metric"] for row in day.town.state()["klaviyo.main"]["event"].values()] == ["Cart abandoned"]
    assert "message" not in day.town.state()["whatsapp.co"]


def test_a_cart_whose_owner_bought_in_the_shop_is_not_brought_to_mind(lived):
    metrics = [row["metric"] for row in lived.town.state()["klaviyo.main"]["event"].values()]
    assert metrics == ["Placed Order", "Placed Order"]


def test_everything_told_again_in_any_order_changes_nothing(lived):
    state, written = lived.town.state(), len(writes(lived))
    again = [number for number, chapter in enumerate(lived.chapters) if chapter.file] * 2
    random.Random(20261120).shuffle(again)
    lived.live(*again, edit=False)
    assert len(lived.customers()) == 1
    assert lived.town.state() == state
    assert len(writes(lived)) == written


def test_every_sample_event_is_one_that_its_connector_understands():
    day = Day()
    used = {one.connector for one in day.catalog.accounts.values()}
    for file in sorted((ROOT / "events").glob("*/*.json")):
        if file.name != "ping.json" and file.parent.name in used:
            assert day.sample(file.parent.name, account(day, file.parent.name), file) == 200, file


def account(day, connector):
    return next(key for key in day.catalog.accounts if key.startswith(f"{connector}.")).partition(".")[2]
