"""What unify reads of the graph, and what it becomes: rules R1 to R8 of docs/decisions/0003-identity.md."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub import keys
from hub.frozen import dataclass
from hub.golden import Register, stored
from hub.identity import Claim, Node
from hub.pipeline.unify.lens import Lens
from hub.reprs import discreet
from hub.store import Item, Key, Put, Store, Write


@discreet("rounds")
class Reading(dict[Key, Item | None]):
    """The items read for one event: each once, unless asked for afresh; None for one that does not exist.

    `rounds` counts the batch reads.
    """

    def __init__(self, store: Store, lens: Lens | None = None) -> None:
        self.store = store
        self.lens = lens or Lens()
        self.rounds = 0

    def load(self, wanted: Iterable[Key], *, fresh: bool = False) -> None:
        """Read what is not there yet (or all of it afresh) in one batch."""
        missing = [key for key in dict.fromkeys(wanted) if fresh or key not in self]
        if missing:
            found = self.store.read(self.lens.places(missing))
            self.rounds += 1
            for key in missing:
                self[key] = self.lens.seen(key, found)

    def commit(self, writes: Sequence[Write]) -> None:
        """Write what follows from the reading. Raises as the store does."""
        self.store.commit(self.lens.stored(writes))

    def item(self, key: Key, kind: str) -> Item:
        """The item, or an empty one of version 0 to be put as new."""
        return self[key] or Item(key, kind)

    def present(self, wanted: Iterable[Key]) -> list[Item]:
        """Those of the items, already loaded, that exist."""
        return [item for key in dict.fromkeys(wanted) if (item := self[key]) is not None]


@discreet("entity", "id", "epoch", "names")
@dataclass(frozen=True, slots=True)
class Changed:
    """An entity whose golden values moved: what the outbox tells. `epoch`: its version after the commit.

    `back`: a record, then the fields of which its own system says otherwise: they are put back there.
    """

    entity: str
    id: str
    epoch: int
    fields: dict[str, Any]
    names: tuple[str, ...]
    customer: str
    created: bool
    back: tuple[str, ...] = ()


@discreet("id", "news")
@dataclass(frozen=True, slots=True)
class Outcome:
    """What one telling becomes: the entity that its record belongs to, the writes, the entities that changed.

    `news`: something was told that we had not written ourselves.
    """

    id: str
    fields: dict[str, Any]
    writes: tuple[Put, ...] = ()
    changed: tuple[Changed, ...] = ()
    news: bool = True


def node(record: Item, *, login: bool = False) -> Node:
    """A record as the graph sees it."""
    data = record.data
    detached = frozenset(data.get("detached", ()))
    return Node(record.key.pk, data["created"], frozenset(data["claims"]), detached, login)


def registers(record: Item, names: Iterable[str] | None = None) -> dict[str, Register]:
    """What a record said last, by field; of these fields only, where some are named."""
    held = record.data.get("registers", {})
    return stored(held if names is None else {name: held[name] for name in names if name in held})


def told_until(record: Item) -> str:
    """When the record was told something last, by its source's clock."""
    stamps = (
        stamp[0]
        for _, run, other in record.data.get("registers", {}).values()
        for stamp in (run[-1], *([other] if other else []))
    )
    return max(stamps, default="")


def claim(item: Item, *, strong: bool) -> Claim:
    """A claim as the graph sees it; an absent one is asserted by nobody yet."""
    data = item.data
    return Claim(
        item.key.pk,
        data.get("strong", strong),
        frozenset(data.get("records", ())),
        data.get("why", ""),
        data.get("ruled", ""),
        frozenset(data.get("detached", ())),
    )


def claim_data(claim: Claim) -> dict[str, Any]:
    """A claim as it is stored."""
    told = {"why": claim.why, "ruled": claim.ruled, "detached": sorted(claim.detached)}
    data = {"strong": claim.strong, "records": sorted(claim.records), "demoted": claim.demoted}
    return data | {name: value for name, value in told.items() if value}


def claim_key(pk: str) -> Key:
    """The key of a claim from its partition key."""
    return Key(pk, "CLAIM")


def record_key(pk: str) -> Key:
    """The key of a record from its partition key."""
    return Key(pk, "REC")


def root_key(record: Item) -> Key:
    """The key of the entity that a record belongs to."""
    return keys.root(record.data["entity"], record.data["root"])


def values(root: Item) -> dict[str, Any]:
    """The golden values of a root without their provenance."""
    return {name: told[0] for name, told in root.data.get("fields", {}).items()}


def with_data(item: Item, **data: Any) -> Item:
    """The item with some of its data replaced."""
    return rewritten(item, {**item.data, **data})


def rewritten(item: Item, data: dict[str, Any]) -> Item:
    """The item with this data instead of its own."""
    return Item(item.key, item.kind, data, item.version, item.ttl, item.agenda, item.at)


def moved_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields whose golden value is another now; times of the record itself are no news."""
    moved = {name for name, value in after.items() if before.get(name) != value}
    moved.update(name for name in before.keys() - after.keys() if before[name] is not None)
    return tuple(sorted(moved - {"created_at", "updated_at"}))
