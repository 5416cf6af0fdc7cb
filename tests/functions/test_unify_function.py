"""What unify says of events whose fields are not as they were."""

from dataclasses import replace

import pytest

from functions import unify as function
from hub import keys
from hub.catalog import Catalog
from hub.drift.expectation import claims
from hub.expressions.compiler import loaded
from hub.identity import Guards
from hub.mapping import compiler
from hub.messages import Event
from hub.samples import Samples
from hub.secrets import MemorySecrets
from tests.envelopes import message
from tests.hub.drift.project import order, person, write
from tests.memory_hub import memory_hub

STAGE, UPDATED = (f"mappings/shop.customer.yaml:{line}:3" for line in (7, 8))


@pytest.fixture
def hub(tmp_path, monkeypatch):
    hub = memory_hub(
        catalog=Catalog.read(write(tmp_path)), secrets=MemorySecrets({"pepper": [{"1": "pepper"}]})
    )
    monkeypatch.setattr(function, "current", lambda: hub)
    return hub


@pytest.fixture
def say(hub, caplog):
    """Hands events to the function: what it logged, and the customers and orders that there are now."""

    def said(*told):
        caplog.clear()
        records = [message(f"m-{number}", one.dumps(), one.group) for number, one in enumerate(told)]
        assert function.handler({"Records": records}, None) == {"batchItemFailures": []}
        return [(one.levelname, one.message, getattr(one, "place", "")) for one in caplog.records]

    return said


def event(record, resource="customer", id="1"):
    return Event("shop", "co", resource, resource, id, (id,), "2026-11-23T04:00:00.000000Z", None, record)


def kept(hub, told):
    """What became of an event, by the store's marker."""
    key = keys.event(told.key)
    return hub.store.read([key])[key].data["status"]


def test_an_event_as_it_was_says_nothing_of_drift(say):
    assert say(event(person())) == [("INFO", "applied", "")]


def test_each_field_that_drifted_is_one_line_with_its_place_and_the_event_is_applied(say, hub):
    told = event(person(kind="X", changed=["never"]))
    assert say(told) == [
        ("INFO", "applied", ""),
        ("WARNING", "drift", STAGE),
        ("WARNING", "drift", UPDATED),
    ]
    assert kept(hub, told) == "applied"


def test_an_event_that_the_rules_do_not_allow_is_parked_and_its_line_counted(say, hub):
    told, place = event(order(code=...), "order"), "mappings/shop.order.yaml:3:3"
    assert say(told) == [("INFO", "parked", place), ("WARNING", "drift", place)]
    assert kept(hub, told) == "parked"


def test_an_event_that_is_parked_for_another_reason_is_no_drift(say):
    assert say(event(person(), id="")) == [("INFO", "parked", "")]


def test_an_event_that_would_join_too_much_is_in_quarantine_and_counted_for_the_alarm(say, hub):
    hub.catalog.entities["customer"].__dict__["guards"] = Guards(records=1)
    told = event(person(id=2), id="2")
    assert say(event(person()), told) == [
        ("INFO", "applied", ""),
        ("INFO", "parked", ""),
        ("WARNING", "quarantined", ""),
    ]
    assert kept(hub, told) == "parked"


def test_an_event_that_comes_again_is_not_counted_again(say):
    say(event(person(kind="X")))
    assert say(event(person(kind="X"))) == [("INFO", "duplicate", "")]


@pytest.fixture
def promised(hub, tmp_path):
    """The mappings as the build has them: with what their samples promise."""
    catalog = hub.catalog
    samples = Samples(tmp_path, catalog)
    for name, mapping in catalog.mappings.items():
        text = compiler.module(
            mapping.document, mapping.leaves, mapping.empty, claims=claims(mapping, samples)
        )
        catalog.mappings[name] = replace(mapping, code=lambda text=text: loaded(text, "built"))


@pytest.mark.usefixtures("promised")
def test_a_field_that_vanished_is_counted_with_its_line_and_the_event_is_mapped(say, hub):
    assert say(event(person())) == [("INFO", "applied", "")]
    whole = person(id=2)
    told = event({name: value for name, value in whole.items() if name != "kind"}, id="2")
    assert say(told) == [("INFO", "applied", ""), ("WARNING", "drift", STAGE)]
    assert kept(hub, told) == "applied"


@pytest.mark.usefixtures("promised")
def test_a_value_of_another_kind_is_counted_even_where_it_is_understood(say):
    told = event(person(kind=5))
    assert say(told) == [("INFO", "applied", ""), ("WARNING", "drift", STAGE)]


def test_no_line_holds_a_value(say, caplog):
    say(event(person(kind="Secretísimo", changed=["Secretísimo"])))
    assert "Secret" not in str([vars(one) for one in caplog.records])
