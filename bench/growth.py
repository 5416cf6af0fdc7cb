"""Whether an event costs more among many customers, and a page more of a long timeline: it must not.

The customers are copies of one that was really told, under keys of their own: record, root and identifier, as
unify finds them. A known customer then tells another name, through all of unify.
"""

import gc
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from statistics import median
from typing import Any

from bench.meters import ENGINE, Bill, MeteredStore, WeighingStore, engine_table
from bench.rig import NOW, milliseconds, rig
from bench.rows import Row
from bench.units import sized, tell
from hub import identity, keys
from hub.pipeline.serve.exchange import Page
from hub.pipeline.serve.profile import timeline
from hub.store import Item, Key, Put
from hub.store.dynamodb import encode
from hub.store.memory import MemoryStore
from hub.times import from_epoch

GROUP = "an event of a known customer, {where}: {size:,} customers"
PAGE = "one page of 50 of a customer's timeline: {size:,} entries"
CUSTOMERS = (1_000, 10_000, 100_000, 1_000_000)
ON_ENGINE = (1_000, 20_000)
ENTRIES = (1, 100, 10_000, 100_000)
EVENTS = 40
NAMES = ("rounds", "transactions", "read", "table", "index")
TEMPLATE = 7_654_321
"""The number of the customer that the others are copies of: stands nowhere else in its items."""


def measure() -> Iterator[Row]:
    """The figures of growth."""
    yield from _customers()
    yield from _entries()
    if (ENGINE / "bin/python").is_file():
        with engine_table() as client:
            yield from _on_engine(client)


def _customers() -> Iterator[Row]:
    store, first, have = WeighingStore(lambda: NOW), None, 0
    gc.disable()
    for size in CUSTOMERS:
        for items in _batches(copies(range(have, size)), 30):
            MemoryStore.commit(store, [Put(item) for item in items])  # nothing of it is weighed
        store.stream.rows.clear()
        have = size
        first = first or _spent(store, size)[0]
        yield from _rows(store, size, "memory", first)
    gc.enable()


def _on_engine(client: Any) -> Iterator[Row]:
    store, first, have = MeteredStore.of("bench", client, lambda: NOW), None, 0
    for size in ON_ENGINE:
        for items in _batches(copies(range(have, size)), 25):
            told = [_parsed(item) for item in items]
            client.batch_write_item(RequestItems={"bench": [{"PutRequest": {"Item": one}} for one in told]})
        have = size
        first = first or _spent(store, size)[0]
        yield from _rows(store, size, "the engine", first)


def _parsed(item: Item) -> Any:
    return encode(Item(item.key, item.kind, json.loads(item.data)))  # type: ignore[arg-type]


def _rows(store: WeighingStore | MeteredStore, size: int, where: str, first: Bill) -> Iterator[Row]:
    bill, cost = _spent(store, size)
    group = GROUP.format(where=where, size=size)
    for name in NAMES:
        yield Row(group, name, getattr(bill, name), "an event", most=getattr(first, name))
    if bill.looked:
        yield Row(group, "rows that the store looked at", bill.looked, "an event", most=first.looked)
    yield Row(group, "CPU" if bill.looked else "CPU of this side", cost, "ms")


def _spent(store: WeighingStore | MeteredStore, size: int) -> tuple[Bill, float]:
    """The mean cost of events of customers all over the store; each tells the same event but once."""
    hub, record = rig(store), sized(1)
    _spent.turn = getattr(_spent, "turn", 0) + 1  # type: ignore[attr-defined]
    version = _spent.turn  # type: ignore[attr-defined]
    store.bill = Bill()
    step = size // EVENTS
    costs = [milliseconds(lambda n=n: tell(hub, record, n * step, version)) for n in range(EVENTS)]  # type: ignore[misc]
    return Bill(*(getattr(store.bill, name) / EVENTS for name in Bill.__slots__)), median(costs)


def copies(numbers: Iterable[int]) -> Iterator[Item]:
    """Customers as unify leaves them: record, root and identifier, their data as text."""
    store = WeighingStore(lambda: NOW)
    hub = rig(store)
    tell(hub, sized(1), TEMPLATE, 0)
    (pepper, *_) = identity.peppers(hub.secrets.get("pepper"))
    names = _names(pepper, TEMPLATE)
    told = [item for item in store.items() if item.kind in ("record", "root", "claim")]
    forms = [(_form(item.key.pk, names), _form(json.dumps(item.data), names), item) for item in told]
    for number in numbers:
        mine = _names(pepper, number)
        for pk, text, item in forms:
            yield Item(Key(pk % mine, item.key.sk), item.kind, text % mine)  # type: ignore[arg-type]


def _names(pepper: identity.Pepper, number: int) -> dict[str, str]:
    """What stands in the items of one customer and in no other's."""
    pk, email = f"REC#shopify#co#customer#{number}", f"person{number}@correo.example"
    claim = f"ID#customer#email#{identity.hashed(pepper, 'email', email)}"
    return {"record": pk, "root": identity.entity_id(pk), "claim": claim, "email": email}


def _form(text: str, names: dict[str, str]) -> str:
    """The text with places for the names."""
    text = text.replace("%", "%%")
    for place, name in names.items():
        text = text.replace(name, f"%({place})s")
    return text


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch


def _entries() -> Iterator[Row]:
    owner = keys.record("shopify", "co", "customer", "1")
    data = {"entity": "customer", "source": "shopify.co", "topic": "customers/update", "record": owner.pk}
    text = json.dumps({**data, "facts": {"told": ["email", "given_name"]}, "archive": ["raw/x", 0]})
    store, have = WeighingStore(lambda: NOW), 0
    for size in ENTRIES:
        for number in range(have, size):
            key = keys.timeline(owner, from_epoch(NOW + number), f"{number:016x}")
            MemoryStore.commit(store, [Put(Item(key, "timeline", text))])  # type: ignore[arg-type]
        have = size
        for page in (Page(50), Page(50, newest=True)):
            store.bill = Bill()
            timeline(store, [owner.pk], page)
            name = "newest first" if page.newest else "oldest first"
            group = PAGE.format(size=size)
            yield Row(group, f"{name}: queries", store.bill.queries, "queries", most=1)
            yield Row(group, f"{name}: rows that the store looked at", store.bill.looked, "rows", most=52)
            yield Row(group, f"{name}: read units", store.bill.read, "units", most=7)
