"""The traits of customers, kept in the very transaction in which an order's root changes.

What an order counts for is an item of its own under the record of its customer, so that what is taken away
is exactly what was counted, whatever rule counted it. The customer's root holds the sums of each of its
records: they follow a record to another root, and the root's version guards them (docs/decisions/0019).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub import keys
from hub.pipeline.unify.lens import Moved
from hub.pipeline.unify.state import Changed, Outcome, Reading, record_key, root_key, values
from hub.pipeline.unify.telling import Telling
from hub.reprs import discreet
from hub.store import Item, Key, Put, Store
from hub.traits import Contribution, Sums, contribution, fold, minus, plus

ORDER = "order"
CUSTOMER = "customer"

TRAITS = "traits"
"""The member of a customer's root that holds the sums by record; the outbox names a change of them so."""


@discreet()
@dataclass(frozen=True, slots=True)
class Entry:
    """A change of one counted order: its item as it is read, what it counted for and what it will."""

    item: Item
    before: Contribution | None
    after: Contribution | None

    @property
    def leaves(self) -> str:
        """When the order was placed, where it is no order of the record any more; else ""."""
        stays = self.after is not None and self.after.orders
        return self.before.at if self.before and self.before.orders and not stays else ""


@discreet()
@dataclass(slots=True)
class After:
    """What is stored once the writes of an event are: what it puts, over what was read."""

    reading: Reading
    puts: dict[Key, Item]

    def get(self, key: Key) -> Item | None:
        """The item as it will be."""
        return self.puts.get(key) or self.before(key)

    def before(self, key: Key) -> Item | None:
        """The item as it was read."""
        self.reading.load([key])
        return self.reading[key]


def expected(telling: Telling, record: Item) -> list[Key]:
    """The counted order that a telling of a known record most likely changes: to be read along."""
    if telling.entity != ORDER or not telling.customer:
        return []
    at = telling.fields.get("placed_at") or min(telling.created, record.data["created"])
    return [keys.counted(telling.customer, at, record.data["root"])]


def counted(reading: Reading, outcomes: Sequence[Outcome], now: float) -> list[Outcome]:
    """The outcomes with what their orders do to the traits of customers.

    Raises Moved when what was read does not fit together. Reads nothing where no order's root is put.
    """
    puts = [write.item for one in outcomes for write in one.writes]
    if not any(map(_is_order, puts)):
        return list(outcomes)
    after = After(reading, {item.key: item for item in puts})
    entries = list(_entries(after))
    homes = {pk: _home(after, pk) for pk in dict.fromkeys(entry.item.key.pk for entry in entries)}
    writes: dict[Key, Item] = {}
    changed: dict[str, Changed] = {}
    for pk, home in homes.items():
        if home is not None:
            found = [entry for entry in entries if entry.item.key.pk == pk]
            writes |= {entry.item.key: _entry_item(entry, now) for entry in found}
            root = _recounted(reading.store, writes.get(home.key, home), pk, found)
            writes[root.key] = root
            changed |= _changed(after, root)
    return _told(outcomes, writes, changed)


def carried(root: Item, before: Iterable[Item]) -> Item:
    """The root of a customer with the sums of its records, taken over from the roots that had them before."""
    held = {pk: sums for old in before for pk, sums in old.data.get(TRAITS, {}).items()}
    return _with_sums(root, {pk: sums for pk, sums in held.items() if pk in root.data["records"]})


def sums_of(root: Item | None) -> Sums:
    """What the orders of a customer come to, from its root."""
    return fold(map(Sums.of, root.data.get(TRAITS, {}).values())) if root else Sums()


def recompute(store: Store, record: str) -> Sums:
    """What the orders counted under a record (its partition key) come to, added up anew."""
    sums = Sums()
    for item in _walk(store, record):
        sums = plus(sums, Contribution.of(item.data))
    return sums


def _entries(after: After) -> Iterator[Entry]:
    """What of the counted orders is another now: under the former customer or time, and under the new."""
    wanted: dict[Key, Contribution | None] = {}
    orders = [item for item in after.puts.values() if _is_order(item)]
    for order in orders:
        if held := _place(after.before(order.key)):
            wanted.setdefault(held, None)
        if place := _place(order):
            wanted[place] = contribution(values(order))
    after.reading.load(wanted)
    for key, counts in wanted.items():
        item = after.reading.item(key, "counted")
        before = Contribution.of(item.data) if item.data else None
        if before != counts:
            yield Entry(item, before, counts)


def _is_order(item: Item) -> bool:
    return item.kind == "root" and bool(item.data["entity"] == ORDER)


def _place(order: Item | None) -> Key | None:
    """Where an order is counted, whether it counts or not; None where it has no customer."""
    if order is None or order.data["state"] != "active" or not order.data.get("customer"):
        return None
    fields = values(order)
    at = fields.get("placed_at") or fields.get("created_at", "")
    return keys.counted(order.data["customer"], at, order.data["id"])


def _home(after: After, pk: str) -> Item | None:
    """The root that a customer record belongs to; None where there is none (any more): nothing is counted."""
    record = after.get(record_key(pk))
    root = after.get(root_key(record)) if record and record.data.get("root") else None
    if root is None or root.data["state"] not in ("active", "merged"):
        return None
    if pk not in root.data.get("records", ()):
        raise Moved("torn reading")
    return root


def _recounted(store: Store, root: Item, pk: str, entries: Sequence[Entry]) -> Item:
    """The root of a customer after counted orders of one of its records changed."""
    held = root.data.get(TRAITS, {})
    sums = Sums.of(held.get(pk, {}))
    first, last = sums.first, sums.last
    if any(entry.leaves and entry.leaves in (first, last) for entry in entries):
        first, last = _ends(store, pk, {entry.item.key for entry in entries})
    for entry in entries:
        sums = minus(sums, entry.before, first, last) if entry.before else sums
    for entry in entries:
        sums = plus(sums, entry.after) if entry.after else sums
    return _with_sums(root, {**held, pk: sums.plain()})


def _ends(store: Store, pk: str, without: set[Key]) -> tuple[str, str]:
    """When the first and the last order of a record were placed, those in `without` aside.

    Read after the customer's root, whose version guards it: whoever counts an order writes the root.
    """
    first, last = (
        next((item.data["at"] for item in found if item.key not in without and item.data.get("orders")), "")
        for found in (_walk(store, pk), _walk(store, pk, reverse=True))
    )
    return first, last


def _walk(store: Store, pk: str, *, reverse: bool = False) -> Iterator[Item]:
    after: str | None = None
    while True:
        page = store.page(pk, prefix=keys.COUNTED, after=after, reverse=reverse)
        yield from (item for item in page.items if item.data)
        if page.next is None:
            return
        after = page.next


def _entry_item(entry: Entry, now: float) -> Item:
    """The item of a counted order; one that counts no more is over at once, as if it had never been."""
    if entry.after is None:
        return replace(entry.item, data={}, ttl=int(now))
    return replace(entry.item, data=entry.after.plain(), ttl=None)


def _with_sums(root: Item, sums: dict[str, Any]) -> Item:
    """The root with these sums by record; a record of which nothing counts has none."""
    found = {pk: data for pk, data in sorted(sums.items()) if data}
    rest = {name: value for name, value in root.data.items() if name != TRAITS}
    return replace(root, data={**rest, TRAITS: found} if found else rest)


def _changed(after: After, root: Item) -> dict[str, Changed]:
    """What the outbox tells of a customer whose traits are others now."""
    held = after.before(root.key)
    if held is not None and sums_of(held) == sums_of(root):
        return {}
    id = root.data["id"]
    return {id: Changed(CUSTOMER, id, root.version + 1, values(root), (TRAITS,), "", created=False)}


def _told(outcomes: Sequence[Outcome], writes: dict[Key, Item], changed: dict[str, Changed]) -> list[Outcome]:
    """The outcomes with these items instead of their own; what none of them has goes to the last."""
    told = []
    for outcome in outcomes:
        puts = tuple(Put(writes.pop(write.item.key, write.item)) for write in outcome.writes)
        told.append(
            replace(outcome, writes=puts, changed=tuple(_with(changed, one) for one in outcome.changed))
        )
    more = (*told[-1].writes, *map(Put, writes.values()))
    return [*told[:-1], replace(told[-1], writes=more, changed=(*told[-1].changed, *changed.values()))]


def _with(changed: dict[str, Changed], one: Changed) -> Changed:
    """A change with the traits beside its other names."""
    if one.entity != CUSTOMER or changed.pop(one.id, None) is None or TRAITS in one.names:
        return one
    return replace(one, names=(*one.names, TRAITS))
