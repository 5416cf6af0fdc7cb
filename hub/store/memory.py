"""The store in memory: what tests, simulations and `hub try` run on; the same contract as DynamoDB."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any, NamedTuple, overload

from hub.reprs import discreet
from hub.store import (
    NUMBERS,
    TRANSACTION_ITEMS,
    Conflict,
    Counted,
    Delete,
    Item,
    Key,
    Page,
    Put,
    Tally,
    Walk,
    Write,
    key_of,
)
from hub.store.order import Order
from hub.store.tally import Numbers, changed, holds

LAST = "\U0010ffff"
"""Above every character of a key."""


@discreet()
class Row(NamedTuple):
    """What is kept of one item: its data as JSON text, as in the table, so that nothing is shared."""

    text: Any
    key: Key
    kind: str
    version: int
    ttl: int | None
    agenda: str | None
    at: str | None


Decode = Callable[[Row], Item]


class Log(Sequence[Item]):
    """What was written, in order; each is decoded when it is looked at."""

    def __init__(self, decode: Decode) -> None:
        self.rows: list[Row] = []
        self._decode = decode

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        found = self.rows[index]
        return self._decode(found) if isinstance(found, Row) else [self._decode(row) for row in found]


class MemoryStore:
    """A dictionary under a lock, its keys in order. `stream`: what was written, for whoever relays it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.stream = Log(self._item)
        self._items: dict[Key, Row] = {}
        self._keys: Order[Key] = Order()
        self._agendas: dict[str, Order[tuple[str, Key]]] = {}
        self._numbers: dict[Key, Numbers] = {}
        self._lock = threading.RLock()

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The live items of these keys."""
        with self._lock:
            wanted = list(keys)
            found = {key: self._item(row) for key in wanted if (row := self._live(key)) is not None}
            if self._numbers:
                plain = {key: dict(self._numbers[key]) for key in wanted if key in self._numbers}
                found |= {key: Item(key, NUMBERS, numbers) for key, numbers in plain.items()}
            return found

    def commit(self, writes: Sequence[Write]) -> None:
        """All or none; raises Conflict with the keys whose version was another, ValueError over 100 items."""
        wanted = {key_of(write): write for write in writes}
        if len(writes) > TRANSACTION_ITEMS or len(wanted) < len(writes):
            raise ValueError("a transaction takes at most 100 distinct items")
        with self._lock:
            moved = [key for key, write in wanted.items() if not self._holds(key, write)]
            if moved:
                raise Conflict(moved)
            for write in writes:
                if isinstance(write, Put):
                    self._put(write.item)
                elif isinstance(write, Delete):
                    self._delete(write.key)
                elif isinstance(write, Tally):
                    self._numbers[write.key] = changed(write, self._numbers.get(write.key, {}))

    def page(
        self, pk: str, *, prefix: str = "", after: str | None = None, limit: int = 50, reverse: bool = False
    ) -> Page:
        """Items of one partition in the order of the sort key."""
        if reverse:
            keys = self._keys.downward((pk, prefix + LAST if after is None else after))
        else:
            keys = self._keys.upward((pk, prefix if after is None else max(prefix, after + "\0")))
        with self._lock:
            inside = takewhile(lambda key: key.pk == pk and key.sk.startswith(prefix), keys)
            items = self._first(inside, limit + 1)
        return Page(items[:limit], items[limit - 1].key.sk if len(items) > limit else None)

    def agenda(
        self,
        name: str,
        *,
        since: str = " ",
        until: str = "~",
        after: str | None = None,
        limit: int = 100,
        reverse: bool = False,
    ) -> Page:
        """Items of one list, oldest first."""
        at, pk, sk = after.split("\x1f") if after else ("", "", "")
        order = self._agendas.get(name, Order[tuple[str, Key]]())
        with self._lock:
            if reverse:
                listed = order.downward((at, (pk, sk)) if after else (until + LAST,))
                inside = takewhile(lambda one: one[0] >= since, listed)
            else:
                listed = order.upward(max((at, (pk, sk + "\0")), (since, ("", ""))))
                inside = takewhile(lambda one: one[0] <= until, listed)
            items = self._first((key for _, key in inside), limit + 1)
        last = items[limit - 1] if len(items) > limit else None
        return Page(items[:limit], f"{last.at}\x1f{last.key.pk}\x1f{last.key.sk}" if last else None)

    def walk(self, *, after: Key | None = None, limit: int = 100) -> Walk:
        """Items of the whole table, by key."""
        with self._lock:
            start = (after.pk, after.sk + "\0") if after else ("", "")
            keys = [key for _, key in zip(range(limit + 1), self._keys.upward(start), strict=False)]
            items = [self._item(row) for key in keys[:limit] if (row := self._live(key)) is not None]
        return Walk(items, keys[limit - 1] if len(keys) > limit else None)

    def count(self, tally: Tally) -> Counted:
        """Change plain numbers if they are within their bounds."""
        with self._lock:
            numbers = self._numbers.get(tally.key, {})
            done = holds(tally, numbers)
            if done:
                numbers = self._numbers[tally.key] = changed(tally, numbers)
            return Counted(done, dict(numbers))

    def items(self) -> list[Item]:
        """Every live item, in the order of the keys: what snapshots of tests compare."""
        with self._lock:
            return self._first(self._keys, len(self._items))

    def pack(self, data: dict[str, Any]) -> Any:
        """How data is kept."""
        return json.dumps(data, separators=(",", ":"))

    def unpack(self, text: Any) -> dict[str, Any]:
        """Data of its own from how it is kept."""
        found: dict[str, Any] = json.loads(text)
        return found

    def _first(self, keys: Iterable[Key], count: int) -> list[Item]:
        live: Iterator[Row] = (row for key in keys if (row := self._live(key)) is not None)
        return [self._item(row) for _, row in zip(range(count), live, strict=False)]

    def _item(self, row: Row) -> Item:
        return Item(row.key, row.kind, self.unpack(row.text), row.version, row.ttl, row.agenda, row.at)

    def _live(self, key: Key) -> Row | None:
        row = self._items.get(key)
        return None if row is None or (row.ttl is not None and row.ttl <= self.clock()) else row

    def _holds(self, key: Key, write: Write) -> bool:
        if isinstance(write, Tally):
            return holds(write, self._numbers.get(key, {}))
        row = self._live(key)
        expected = write.item.version if isinstance(write, Put) else write.version
        return (row.version if row else 0) == expected

    def _delete(self, key: Key) -> None:
        row = self._items.pop(key)
        self._keys.remove(key)
        if row.agenda is not None and row.at is not None:
            self._agendas[row.agenda].remove((row.at, key))

    def _put(self, item: Item) -> None:
        key, agenda = item.key, item.agenda
        row = Row(self.pack(item.data), key, item.kind, item.version + 1, item.ttl, agenda, item.at)
        held = self._items.get(key)
        if held is None:
            self._keys.add(key)
        elif held.agenda is not None and held.at is not None:
            self._agendas[held.agenda].remove((held.at, key))
        if agenda is not None and item.at is not None:
            self._agendas.setdefault(agenda, Order()).add((item.at, key))
        self._items[key] = row
        self.stream.rows.append(row)
