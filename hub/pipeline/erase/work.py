"""One erasure at work: its item, what it counted so far, and how long this run may still take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import HubError
from hub.pipeline import Hub
from hub.pipeline.unify.state import with_data
from hub.reprs import discreet
from hub.store import Delete, Item, Put, Write

CHUNK = 99
"""Writes beside the erasure's own item in one transaction."""


class OutOfTime(HubError):
    """This run has done its share; the next one goes on where it stopped."""


@discreet()
@dataclass(slots=True)
class Work:
    """`pages`: how many pages of things to delete this run may still look at; `deadline`: Unix seconds."""

    hub: Hub
    item: Item
    pages: int
    deadline: float

    @property
    def data(self) -> dict[str, Any]:
        """The erasure's own data."""
        return self.item.data

    @property
    def id(self) -> str:
        """The erasure's id: that of the customer; of a request that of its event."""
        return str(self.data.get("customer") or self.item.key.pk.partition("#")[2])

    def spend(self) -> None:
        """One page was done: so each run gets on by one at least. Raises OutOfTime after the last one."""
        self.pages -= 1
        if self.pages <= 0 or self.hub.clock() >= self.deadline:
            raise OutOfTime("out of time")

    def commit(
        self, writes: Sequence[Write] = (), counted: Mapping[str, int] | None = None, **changes: Any
    ) -> None:
        """Write, with the erasure's item in the same transaction, so that what is counted was done once.

        `changes` of the item's data; None takes a name out.
        """
        counts = dict(self.data["counts"])
        for name, number in (counted or {}).items():
            if number:
                counts[name] = counts.get(name, 0) + number
        merged = {**self.data, "counts": counts, **changes}
        data = {name: value for name, value in merged.items() if value is not None}
        done = changes.get("state") == "done"
        at = {"agenda": None, "at": None} if done else {"agenda": self.item.agenda, "at": self.item.at}
        item = Item(self.item.key, self.item.kind, data, self.item.version, **at)
        self.hub.store.commit([*writes, Put(item)])
        self.item = with_data(Item(item.key, item.kind, data, item.version + 1, **at))

    def delete(self, items: Sequence[Item], puts: Sequence[Item] = ()) -> None:
        """Delete items and count them by kind; `puts` go with the first of them."""
        for start in range(0, max(len(items), 1), CHUNK - len(puts)):
            part = items[start : start + CHUNK - len(puts)]
            counted: dict[str, int] = {}
            for item in part:
                counted[item.kind] = counted.get(item.kind, 0) + 1
            if part or puts:
                self.commit([*(Delete(i.key, i.version) for i in part), *map(Put, puts)], counted)
            puts = ()
