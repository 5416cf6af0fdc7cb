"""The hub's state: one table of versioned items, read in batches, committed in one transaction.

Every guard is a version: an item is put when its version is still what was read (0: when there is
none yet), so the root's version is its epoch, a claim's its `ver`. Two implementations stand under
one contract suite: `store.dynamodb` and `store.memory`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from hub.errors import HubError
from hub.reprs import discreet

FORMAT = 1
TRANSACTION_ITEMS = 100
"""DynamoDB's limit of distinct items in one transaction."""


class Key(NamedTuple):
    """Partition key and sort key."""

    pk: str
    sk: str

    def __repr__(self) -> str:
        """The kind of item and whose it is, without the last parts: ids of a source may be a phone number."""
        parts = self.pk.split("#")
        shown = parts[: 3 if parts[0] in ("ACT", "NOTE") else 4]
        return f"Key({'#'.join(shown)}{'#…' if len(parts) > len(shown) else ''}, {self.sk.partition('#')[0]})"


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


Write = Put | Check | Delete


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

        Raises RetryError when the engine throttles beyond the retries.
        """
        ...

    def commit(self, writes: Sequence[Write]) -> None:
        """All writes or none, at most 100 on distinct keys.

        Raises Conflict when a version was another; RetryError when the outcome is unknown or the
        engine is busy (the caller reads again: what was written decides); ValueError over 100.
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
        """Items of the whole table, in the table's own order: for who has to look at each of them."""
        ...

    def take(self, key: Key, now: float, *, interval: float, burst: float, cost: float = 1.0) -> float:
        """Take `cost` tokens of a rate limit (GCRA) in one conditional write: 0.0, or the seconds to wait.

        `interval`: seconds per token; `burst`: how many tokens may be taken at once.
        """
        ...

    def block(self, key: Key, until: float) -> None:
        """Let nobody take tokens of this rate limit before `until` (Unix seconds); never shortens a block."""
        ...
