"""The hub's state: one table of versioned items, read in batches, committed in one transaction.

Every guard is a version: an item is put when its version is still what was read (0: when there is
none yet), so the root's version is its epoch, a claim's its `ver`. Two implementations stand under
one contract suite: `store.dynamodb` and `store.memory`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Any, NamedTuple, Protocol

from hub.errors import HubError
from hub.frozen import dataclass
from hub.reprs import discreet
from hub.store.key import Key
from hub.store.tally import Counted, Tally

__all__ = [
    "FORMAT",
    "NUMBERS",
    "TRANSACTION_ITEMS",
    "Check",
    "Conflict",
    "Counted",
    "Delete",
    "Item",
    "Key",
    "Page",
    "Put",
    "Store",
    "Tally",
    "Walk",
    "Write",
    "key_of",
]

FORMAT = 1
NUMBERS = "numbers"
"""The kind of an item of plain numbers."""
TRANSACTION_ITEMS = 100
"""DynamoDB's limit of distinct items in one transaction."""


@discreet("kind", "version")
@dataclass(frozen=True, slots=True)
class Item:
    """One item: `data` is JSON; `version` counts its writes from 1; 0 stands for not yet written.

    `ttl`: Unix seconds after which it is no more (readers see nothing from then on). `agenda`, `at`:
    partition and canonical time in the sparse index of things to be done; both or neither.
    """

    key: Key
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    ttl: int | None = None
    agenda: str | None = None
    at: str | None = None


@discreet("item")
@dataclass(frozen=True, slots=True)
class Put:
    """Write `item` as version `item.version + 1`, provided that `item.version` is still stored."""

    item: Item


@discreet("version")
@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, provided that the item of `key` still has `version` (0: is absent)."""

    key: Key
    version: int


@discreet("version")
@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the item of `key`, provided that it still has `version`."""

    key: Key
    version: int


Write = Put | Check | Delete | Tally


class Conflict(HubError):
    """The transaction was refused: `keys` are those whose version was another. Nothing was written."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = frozenset(keys)
        super().__init__("state moved")


@discreet()
class Page(NamedTuple):
    """Items in the order of the key, and the sort key (or index position) to go on after, or None."""

    items: list[Item]
    next: str | None


@discreet()
class Walk(NamedTuple):
    """A part of the table, and the key to go on after, or None at the end."""

    items: list[Item]
    next: Key | None


def key_of(write: Write) -> Key:
    """The key that a write is about."""
    return write.item.key if isinstance(write, Put) else write.key


class Store(Protocol):
    """What the use-cases need of a database."""

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The items of these keys, each strongly consistent (no snapshot across keys); absent are missing.

        Plain numbers come as an item of kind "numbers" and version 0.

        Raises RetryError when the engine throttles beyond the retries.
        """
        ...

    def commit(self, writes: Sequence[Write]) -> None:
        """All writes or none, at most 100 on distinct keys.

        Raises Conflict when a version was another (or the numbers of a Tally were, or somebody is just
        at them); RetryError when the outcome is unknown or the engine is busy (the caller reads again:
        what was written decides); ValueError over 100.
        """
        ...

    def page(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int = 50,
        reverse: bool = False,
    ) -> Page:
        """Items of one partition in the order of the sort key, strongly consistent."""
        ...

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
        """Items of a list with `at` from `since` to `until`, oldest first; eventually consistent."""
        ...

    def walk(self, *, after: Key | None = None, limit: int = 100) -> Walk:
        """Items of the whole table but plain numbers, in the table's own order."""
        ...

    def count(self, tally: Tally) -> Counted:
        """Change an item of plain numbers in one conditional write: whether it was, and the numbers.

        Raises RetryError when the engine is busy; nobody knows then whether it was written.
        """
        ...
