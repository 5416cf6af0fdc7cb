"""unify: what one event reads and writes on the fast path, and whether that grows with what is there."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any, cast

from bench.rig import NOW, CountingStore, milliseconds, rig, sample
from bench.rows import Row
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.unify import unify
from hub.times import from_epoch

FAST = "unify: a known customer tells more (no new identifier)"
SLOW = "unify: a customer who is new"
RUNS = 200
SIZES = (10, 2000)


def measure() -> Iterator[Row]:
    """The figures of unify: new customers, then the fast path among few and among many."""
    hub = rig()
    store = cast(CountingStore, hub.store)
    _tell(hub, 999_999, 1)  # what a source tells in a minute is noted once, with its first event
    yield from _new(hub, store)
    for size in SIZES:
        _populate(hub, size)
        yield from _fast(hub, store, size)


def _new(hub: Hub, store: CountingStore) -> Iterator[Row]:
    store.forget()
    costs = [milliseconds(lambda n=n: _tell(hub, n, 1)) for n in range(1_000_000, 1_000_000 + RUNS)]  # type: ignore[misc]
    yield Row(SLOW, "batch reads per event", store.rounds / RUNS, "rounds")
    yield Row(SLOW, "transactions per event", store.transactions / RUNS, "transactions", most=1)
    yield Row(SLOW, "queries per event", store.queries / RUNS, "queries", most=0)
    yield Row(SLOW, "CPU per event, mapping included", median(costs), "ms CPU")


def _fast(hub: Hub, store: CountingStore, size: int) -> Iterator[Row]:
    """One customer with `size` earlier events tells more."""
    group = f"{FAST}, {size:,} customers, {size:,} events of this one"
    store.forget()
    first = size + 10
    costs = [milliseconds(lambda n=n: _tell(hub, 1, n)) for n in range(first, first + RUNS)]  # type: ignore[misc]
    yield Row(group, "batch reads per event", store.rounds / RUNS, "rounds", most=2)
    yield Row(group, "transactions per event", store.transactions / RUNS, "transactions", most=1)
    yield Row(group, "queries per event", store.queries / RUNS, "queries", most=0)
    yield Row(group, "items read per event", store.items_read / RUNS, "items")
    yield Row(group, "items written per event", store.items_written / RUNS, "items")
    yield Row(group, "CPU per event, mapping included", median(costs), "ms CPU")


def _populate(hub: Hub, size: int) -> None:
    for n in range(1, size + 1):
        _tell(hub, n, 1)
        _tell(hub, 1, n)


def _tell(hub: Hub, customer: int, version: int) -> None:
    """The version-th telling of a customer of the web shop."""
    (result,) = unify(hub, [_event(hub, customer, version).dumps()])
    if result.kind not in ("applied", "duplicate"):
        raise RuntimeError(f"an event was {result.kind}: {result.reason}")


def _event(hub: Hub, customer: int, version: int) -> Event:
    at = from_epoch(NOW - 900_000 + version)
    body: dict[str, Any] = sample("shopify/customer.json")["body"]
    record = {
        **body,
        "id": customer,
        "email": f"person{customer}@correo.example",
        "phone": f"+57310{customer % 10_000_000:07d}",
        "first_name": f"Persona {version}",
        "updated_at": at,
    }
    event = Event(
        "shopify",
        "co",
        "customer",
        "customers/update",
        str(customer),
        (f"{customer}-{version}",),
        from_epoch(NOW),
    )
    return replace(event, at=at, record=record)
