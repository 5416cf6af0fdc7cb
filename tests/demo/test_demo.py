"""`hub demo` as a newcomer runs it: the whole stack, the story, what came out, and all of it again."""

import re

import pytest

from hub.cli import main

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the demo prints, and its exit code, with the functions' policies enforced."""
    from contextlib import redirect_stdout
    from io import StringIO

    with redirect_stdout(StringIO()) as out:
        code = main(["demo", "--auth"])
    return code, out.getvalue()


def rows(text, title):
    """The cells of the table below a title."""
    below = text.partition(f"\n{title}\n")[2].partition("\n\n")[0].splitlines()
    head = next(n for n, line in enumerate(below) if set(line) <= set("- ") and line.strip())
    columns = [match.span() for match in re.finditer("-+", below[head])]
    return [[line[start:end].strip() for start, end in columns] for line in below[head + 1 :]]


def test_one_customer_stands_in_six_systems_and_each_field_says_who_told_it(said):
    _, text = said
    systems = {system for system, _, _ in rows(text, "known in")}
    assert systems == {
        "shopify.co",
        "whatsapp.co",
        "square.bogota",
        "hubspot.main",
        "odoo.main",
        "woocommerce.co",
    }
    told = {field: source for field, _, source, _ in rows(text.partition("One customer")[2], "")}
    assert told["tax_id"] == "odoo.main partner"
    assert told["stage"] == "hubspot.main contact"


def test_it_says_why_it_is_one_person(said):
    story = " ".join(said[1].partition("Why is it one person?")[2].partition("One journey")[0].split())
    assert "is known in 6 systems" in story
    assert "It began with Odoo partner 57, on 19 November 2026" in story
    assert "both gave the email l•••@correo.example (Odoo on 19 Nov at 13:05, a cart in Shopify" in story
    assert "because both gave the phone ending 0147" in story
    assert "lucia.fernandez" not in story


def test_the_journey_is_told_in_the_order_in_which_it_happened(said):
    times = [when for when, *_ in rows(said[1], "One journey\n===========")]
    assert len(times) >= 8
    assert times == sorted(times)


def test_a_write_that_met_a_rate_limit_was_made_later(said):
    statuses = [status for *_, status, _ in rows(said[1], "Everybody has been told\n=======================")]
    assert statuses.count("429") == 1
    assert {status for status in statuses if status != "429"} <= {"200", "201", "202"}


def test_the_reminder_of_the_cart_was_not_sent_to_somebody_who_has_bought(said):
    assert "flow abandoned-cart: cancelled" in said[1]


def test_all_of_it_again_changed_nothing(said):
    code, text = said
    assert re.search(r"\d+ items in the table, 0 changed; 0 calls written to vendors", text)
    assert code == 0
