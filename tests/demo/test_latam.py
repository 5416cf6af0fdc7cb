"""The day of examples/latam, with the shipped files, the hub in memory and simulated vendors."""

import pytest

from hub.demo.overlay import overlay
from tests.journey import ROOT, Day

EMAIL = "lucia.fernandez@correo.example"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The whole day, and what was written during it."""
    project = overlay(ROOT, ROOT / "examples/latam", tmp_path_factory.mktemp("latam") / "project")
    day = Day(project, minutes=(0, 30, 60 * 24))
    day.story()
    day.later(3600)
    return day


def calls(day, account):
    made = [call for call in day.town.journal.calls() if call["account"] == account]
    return [str(call["facts"].get("call", call["path"])) for call in made]


def test_one_buyer_is_one_customer_in_every_system(lived):
    (customer,) = lived.customers()
    assert {pk.split("#")[1] for pk in customer.data["records"]} >= {"vtex", "whatsapp", "hubspot"}


def test_the_order_is_invoiced_once_and_its_buyer_entered_before(lived):
    writes = [call for call in calls(lived, "siigo.main") if call.endswith((".create", ".update"))]
    assert writes == ["customer.create", "sale.create"]
    (invoice,) = lived.town.simulated["siigo.main"].state()["sale"].values()
    assert invoice


def test_sales_and_marketing_have_the_contact_and_she_is_thanked_once(lived):
    assert calls(lived, "mailchimp.main") == ["member.upsert"]
    assert calls(lived, "emblue.main") == ["event.send"]
    assert len([call for call in calls(lived, "whatsapp.co") if call.endswith("/messages")]) == 1
    (contact,) = [row for row in lived.town.state()["hubspot.main"]["contact"].values() if EMAIL in str(row)]
    assert contact


def test_all_of_it_again_changes_nothing(lived):
    before = len(lived.town.journal.calls())
    lived.live(2, 0, 1, 0, edit=False)
    lived.later(3600)
    written = [call for call in lived.town.journal.calls()[before:] if call["method"] != "GET"]
    assert written == []
