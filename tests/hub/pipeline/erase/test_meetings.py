"""Events of a person and their erasure meet at any call of a port: nothing of the person is left."""

from contextlib import suppress
from dataclasses import replace

import pytest

from hub.errors import RetryError
from hub.pipeline import Hub
from hub.pipeline.erase import Order, begin, erasure_of
from hub.pipeline.unify import unify
from tests.hub.pipeline.erase.people import BY_HAND, Lived, left, left_at_vendors
from tests.hub.pipeline.erase.test_crashes import CALLS, Port, minute

NOW = "2026-11-20T17:30:00.000000Z"


class Meeting:
    """At one call of a port something else happens first."""

    def __init__(self, at, happens):
        self.calls = 0
        self.at = at
        self.happens = happens

    def counted(self, call):
        def run(*args, **kwargs):
            self.calls += 1
            if self.calls == self.at:
                self.happens()
            return call(*args, **kwargs)

        return run


def other(hub):
    """Another process at the same ports."""
    parts = ("catalog", "store", "inbound", "outbound", "archive", "secrets", "client", "random")
    return Hub(hub.settings, clock=hub.clock, sleep=hub.sleep, **{name: getattr(hub, name) for name in parts})


def watched(day, meeting, ports=CALLS):
    for port in ports:
        day.hub.__dict__[port] = Port(getattr(day.hub, port), CALLS[port], meeting)


def fresh(day, number):
    """An event of hers that nobody has seen yet, of now."""
    known = [e for e in day.history if e.topic in ("customers/create", "orders/create", "checkouts/create")]
    event = known[number % len(known)]
    return replace(event, event_id=("met", str(number)), received_at=NOW)


def told(hub, event):
    with suppress(RetryError):
        list(unify(hub, [event.dumps()]))


@pytest.mark.parametrize("part", range(4))
def test_an_event_comes_in_at_any_call_of_the_erasure(part, stride):
    for at in range(1 + part, 420, 4 * stride):
        day = Lived()
        beside = other(day.hub)
        watched(day, Meeting(at, lambda day=day, beside=beside, at=at: told(beside, fresh(day, at))))
        begin(day.hub, day.id, Order("tests", "she asked"))
        for _ in range(12):
            minute(day)
        assert erasure_of(day.hub.store, day.id).data["state"] == "done", at
        assert left(day) == [], at
        assert left_at_vendors(day) <= BY_HAND, at


@pytest.mark.parametrize("number", range(3))
def test_the_erasure_begins_at_any_call_of_an_event(number):
    for at in range(1, 12):
        day = Lived()
        beside = other(day.hub)
        begins = Meeting(
            at, lambda day=day, beside=beside: begin(beside, day.id, Order("tests", "she asked"))
        )
        watched(day, begins, ("store", "archive"))
        told(day.hub, fresh(day, number))
        begin(day.hub, day.id, Order("tests", "she asked"))
        day.again([fresh(day, number)])
        for _ in range(12):
            minute(day)
        assert left(day) == [], at
        assert left_at_vendors(day) <= BY_HAND, at
