"""What follows from events: vendors that take everything, calls that are the same where nothing differs."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.errors import RetryError
from hub.messages import Event
from hub.plan import consequences as module
from hub.plan.consequences import consequences
from hub.plan.reading import Reader
from hub.plan.recordings import read
from tests.hub.plan.scenarios import PROJECT, project

SHIPPED = Path(__file__).parents[3]
PEOPLE = 15
"""More than the CRM of the project takes in a second."""


def told(number):
    record = {"id": number, "email": f"p{number}@correo.example", "changed": "2026-11-20T15:00:00Z"}
    key = (f"s-{number}",)
    return Event(
        "shop",
        "co",
        "customer",
        "customer.changed",
        str(number),
        key,
        "2026-11-20T15:00:02.000000Z",
        None,
        record,
    )


def world(folder):
    return consequences(Catalog.read(folder), [(f"x:{number}", told(number)) for number in range(PEOPLE)])


def test_neither_limits_nor_what_answers_mean_keep_anything_from_being_written(tmp_path):
    rule = ("connectors/crm.yaml", "status == `409`", "status == `200`")
    found = world(project(tmp_path / "project", rule))
    assert Counter((call.destination, call.request.partition("?")[0]) for call in found.calls) == {
        ("crm.main.contact", "GET /contacts"): PEOPLE,
        ("crm.main.contact", "POST /contacts"): PEOPLE,
        ("mail.main.profile", "POST /profiles"): PEOPLE,
    }
    assert (found.troubles, found.parked) == ({}, {})


def test_the_key_of_a_repetition_is_no_part_of_a_call():
    catalog = Catalog.read(PROJECT)
    recordings = read(PROJECT / "events")
    reader = Reader(catalog, recordings.answers)
    events = [(one.label, event) for one in recordings.events for event in reader.events(one)]
    calls = {call.request: call for call in consequences(catalog, events).calls}
    assert "idempotency-key" not in calls["POST /events"].headers
    assert calls["POST /events"].headers["authorization"] == "Key secret"


def test_the_shipped_samples_make_a_world_of_the_shipped_files():
    catalog = Catalog.read(SHIPPED)
    recordings = read(SHIPPED / "events")
    reader = Reader(catalog, recordings.answers)
    used = catalog.in_use().connectors
    ours = [one for one in recordings.events if one.connector in used]
    found = consequences(catalog, [(one.label, event) for one in ours for event in reader.events(one)])
    sources = {*catalog.accounts}
    assert {call.destination.rpartition(".")[0] for call in found.calls} <= sources
    assert "POST /crm/v3/objects/contacts/merge" in {call.request for call in found.calls}


def test_the_same_events_make_the_same_world():
    assert world(PROJECT) == world(PROJECT)


def test_an_event_that_comes_twice_is_applied_once():
    twice = [("x:1", told(1)), ("x:2", replace(told(1), received_at="2026-11-20T15:00:03.000000Z"))]
    found = consequences(Catalog.read(PROJECT), twice)
    assert len(found.known) == 1
    assert found.parked == {}


def test_a_delivery_whose_state_moved_is_left_to_the_sweep(monkeypatch):
    seen = []

    def moved(hub, delivery):
        seen.append(delivery.destination)
        raise RetryError("moved")

    monkeypatch.setattr(module, "deliver", moved)
    found = consequences(Catalog.read(PROJECT), [("x:1", told(1))])
    assert found.calls == []
    assert set(seen) == {"crm.main.contact", "mail.main.profile"}


@pytest.mark.parametrize(("text", "value"), [("", None), ("[1]", [1]), ("a=1&b=", {"a": "1", "b": ""})])
def test_a_body_is_decoded_as_it_was_written(text, value):
    assert module._decoded(text) == value
