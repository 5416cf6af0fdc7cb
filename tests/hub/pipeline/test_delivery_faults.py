"""Crashes at every call of a port, and messages in any order and number: the vendors end up the same."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import keys
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from tests.hub.pipeline.delivering import NOON, World
from tests.hub.pipeline.delivery_vendors import Crash

OPEN = (keys.DUE, keys.WAITING)
PORTS = (("store", "commit"), ("vendors", "send"), ("outbound", "send"))


class Fuse:
    """Crashes at the n-th call of the ports: before it, or after it has done its work."""

    def __init__(self, world: World, at: int, *, after: bool) -> None:
        self.count = 0
        self.at = at
        self.after = after
        for port, name in PORTS:
            self._arm(getattr(world, port), name)

    def _arm(self, port: Any, name: str) -> None:
        inner: Callable[..., Any] = getattr(port, name)

        def call(*args: Any, **named: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise Crash
            result = inner(*args, **named)
            if self.count == self.at and self.after:
                raise Crash
            return result

        setattr(port, name, call)


def journey(world: World) -> None:
    """A customer, their change, a paid order and a cart that is left: what unify has written of them."""
    pk = world.record("shop.co", "customer", "1", "c-1")
    ada = {"email": "ada@correo.example", "phone": "+573105550147", "given_name": "Ada"}
    world.entity("customer", "c-1", relay="later", **ada)
    world.entity("customer", "c-1", relay="later", stage="customer")
    world.entity("order", "o-1", relay="later", number="1001", status="paid", customer=pk)
    cart = {"status": "open", "created_at": "2026-11-23T17:30:00.000000Z"}
    world.entity("cart", "k-1", relay="later", customer=pk, **cart)
    world.consent("email", "marketing", "email", ada["email"])
    world.consent("chat", "marketing", "phone", ada["phone"])


def step(world: World, work: Callable[[], object]) -> None:
    """A process does this, and may be gone in the middle; what it had taken comes again."""
    try:
        work()
    except Crash:
        for stored in world.outbound.waiting:
            stored.until = 0.0


def run(world: World, fuse: Fuse | None = None) -> None:
    """Everything until nothing is due, with whatever the fuse does to it."""
    for image in sorted(world.pending(), key=lambda item: item.key):
        step(world, lambda image=image: world.route(image))
    while world.outbound.waiting or world.pending() or any(i.agenda in OPEN for i in world.store.items()):
        step(world, world.deliver)
        step(world, lambda: world.later(60))
        assert world.now < NOON + 86_400, "does not come to rest"


def crash_free(catalog) -> tuple[dict[str, Any], int]:
    world = World(catalog)
    journey(world)
    fuse = Fuse(world, 0, after=False)
    run(world)
    assert len(world.vendors.messages) == 1
    return world.vendors.state(), fuse.count


@pytest.fixture(scope="session")
def expected(catalog):
    return crash_free(catalog)


def test_the_journey_calls_each_port(expected):
    state, calls = expected
    assert {name: len(held) for name, held in state.items()} == {
        "contacts": 1,
        "partners": 1,
        "sales": 1,
        "events": 2,
    }
    assert calls > 30


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_of_a_port_changes_nothing_in_the_end(catalog, expected, after):
    state, calls = expected
    for at in range(1, calls + 1):
        world = World(catalog)
        journey(world)
        Fuse(world, at, after=after)
        run(world)
        assert world.vendors.state() == state, f"crash {at} of {calls}"
        assert len(world.vendors.messages) <= 1
        held = [item for item in world.acts() if item.data["state"] == "held"]
        sent = [item for item in world.acts() if item.data["state"] == "done"]
        assert len(held) + len(sent) == 3, f"crash {at} of {calls}"
        assert len(held) <= 1


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_messages_in_any_order_and_number_end_in_the_present_state(catalog, data):
    world = World(catalog)
    fields = st.sampled_from(["lead", "customer", "other"])
    messages: list[Delivery] = []
    for _ in range(data.draw(st.integers(1, 4))):
        world.entity("customer", "c-1", relay="never", email="ada@correo.example", stage=data.draw(fields))
        root = world.store.read([keys.root("customer", "c-1")])[keys.root("customer", "c-1")]
        told = [
            Delivery(destination, "customer", "c-1", root.version, "c-1", "sync")
            for destination in ("crm.main.contact", "erp.main.partner")
        ]
        messages += told
        for message in data.draw(st.lists(st.sampled_from(messages), max_size=3)):
            deliver(world.hub, message)
    for message in data.draw(st.permutations(messages)) + data.draw(st.permutations(messages)):
        deliver(world.hub, message)
    present = root.data["fields"]["stage"][0]
    assert [contact["stage"] for contact in world.vendors.contacts.values()] == [present]
    assert len(world.vendors.partners) == 1
    asked = len(world.vendors.asked)
    assert {deliver(world.hub, message) for message in messages} == {"unchanged"}
    assert len(world.vendors.asked) == asked
