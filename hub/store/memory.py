"""The store in memory: what tests, simulations and `hub try` run on; the same contract as DynamoDB."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hub.store import TRANSACTION_ITEMS, Conflict, Delete, Item, Key, Page, Put, Walk, Write, key_of


class MemoryStore:
    """A dictionary under a lock. `stream` holds what was written, in order, for whoever relays it.

    Data is kept as JSON text, as in the table, so that nothing is shared with the caller.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.stream: list[Item] = []
        self._items: dict[Key, tuple[Item, str]] = {}
        self._limits: dict[Key, list[float]] = {}
        self._lock = threading.RLock()

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The live items of these keys."""
        with self._lock:
            found = ((key, self._live(key)) for key in keys)
            return {key: item for key, item in found if item is not None}

    def commit(self, writes: Sequence[Write]) -> None:
        """All or none; raises Conflict with the keys whose version was another, ValueError over 100 items."""
        keys = [key_of(write) for write in writes]
        if len(keys) > TRANSACTION_ITEMS or len(set(keys)) < len(keys):
            raise ValueError("a transaction takes at most 100 distinct items")
        with self._lock:
            moved = [key for key, write in zip(keys, writes, strict=True) if not self._holds(key, write)]
            if moved:
                raise Conflict(moved)
            for write in writes:
                if isinstance(write, Put):
                    self._put(write.item)
                elif isinstance(write, Delete):
                    del self._items[write.key]

    def page(
        self, pk: str, *, prefix: str = "", after: str | None = None, limit: int = 50, reverse: bool = False
    ) -> Page:
        """Items of one partition in the order of the sort key."""
        with self._lock:
            keys = sorted((k for k in self._items if k.pk == pk and k.sk.startswith(prefix)), reverse=reverse)
            items = [item for key in keys if (item := self._live(key)) is not None]
        if after is not None:
            items = [item for item in items if (item.key.sk < after if reverse else item.key.sk > after)]
        return Page(items[:limit], items[limit - 1].key.sk if len(items) > limit else None)

    def agenda(self, name: str, *, until: str = "~", after: str | None = None, limit: int = 100) -> Page:
        """Items of one list of things to be done, oldest first."""
        with self._lock:
            keys = [key for key, (held, _) in self._items.items() if held.agenda == name]
            live = [item for key in keys if (item := self._live(key)) is not None]
        listed = sorted(((_position(i), i) for i in live), key=lambda pair: pair[0])
        due = [(p, i) for p, i in listed if (i.at or "") <= until and (after is None or p > after)]
        return Page([i for _, i in due[:limit]], due[limit - 1][0] if len(due) > limit else None)

    def walk(self, *, after: Key | None = None, limit: int = 100) -> Walk:
        """Items of the whole table, by key."""
        with self._lock:
            keys = [key for key in sorted(self._items) if after is None or key > after]
            items = [item for key in keys[:limit] if (item := self._live(key)) is not None]
        return Walk(items, keys[limit - 1] if len(keys) > limit else None)

    def take(self, key: Key, now: float, *, interval: float, burst: float, cost: float = 1.0) -> float:
        """Take tokens of a rate limit, or say how long to wait."""
        with self._lock:
            tat, blocked = self._limits.setdefault(key, [0.0, 0.0])
            wait = max(blocked - now, max(tat, now) + interval * cost - interval * burst - now)
            if wait > 0:
                return wait
            self._limits[key][0] = max(tat, now) + interval * cost
            return 0.0

    def block(self, key: Key, until: float) -> None:
        """Let nobody take tokens before `until`."""
        with self._lock:
            limit = self._limits.setdefault(key, [0.0, 0.0])
            limit[1] = max(limit[1], until)

    def items(self) -> list[Item]:
        """Every live item, in the order of the keys: what snapshots of tests compare."""
        with self._lock:
            return [item for key in sorted(self._items) if (item := self._live(key)) is not None]

    def _live(self, key: Key) -> Item | None:
        held = self._held(key)
        return replace(held[0], data=json.loads(held[1])) if held else None

    def _held(self, key: Key) -> tuple[Item, str] | None:
        """A live item without its data, and its data as text."""
        held = self._items.get(key)
        if held is None or (held[0].ttl is not None and held[0].ttl <= self.clock()):
            return None
        return held

    def _holds(self, key: Key, write: Write) -> bool:
        held = self._held(key)
        expected = write.item.version if isinstance(write, Put) else write.version
        return (held[0].version if held else 0) == expected

    def _put(self, item: Item) -> None:
        text = json.dumps(item.data)
        written = replace(item, version=item.version + 1)
        self._items[item.key] = (written, text)
        self.stream.append(replace(written, data=json.loads(text)))


def _position(item: Item) -> str:
    return f"{item.at}\x1f{item.key.pk}\x1f{item.key.sk}"
