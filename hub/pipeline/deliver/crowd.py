"""Deliveries that go to a vendor in one call: the message that names them, and their writes.

Who belongs to a crowd is noted by the version of its state: whoever was touched since is left to others.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, cast

from hub import keys
from hub.connector import Bulk
from hub.messages import FORMAT, digest, dumps, escape
from hub.pipeline import Hub
from hub.pipeline.deliver.ahead import Ahead, about, shared
from hub.pipeline.deliver.target import Target
from hub.pipeline.flows import commit_once
from hub.queues import Message
from hub.reprs import discreet
from hub.store import TRANSACTION_ITEMS, Conflict, Item, Key, Put, Store, Write

BEGINS = '{"crowd":'
"""How the body of a crowd's message begins, and that of no delivery."""


@discreet()
class Member(NamedTuple):
    """One delivery: of this entity, with its customer ("" for none), as it was noted in this version."""

    id: str
    customer: str
    version: int


@discreet("destination", "entity")
@dataclass(frozen=True, slots=True)
class Crowd:
    """Deliveries of one kind of entity to one destination."""

    destination: str
    entity: str
    members: tuple[Member, ...]

    @property
    def message(self) -> Message:
        """As it lies on the queue: a group of its own, because versions keep the order, not the queue."""
        body = dumps({"crowd": [self.destination, self.entity, *map(list, self.members)], "format": FORMAT})
        return Message(body, digest(escape("crowd", body)), digest(body))

    @classmethod
    def loads(cls, body: str) -> Self:
        """The crowd of a message. Raises ValueError for another format."""
        data = json.loads(body)
        if data.get("format") != FORMAT:
            raise ValueError("unknown message format")
        destination, entity, *members = data["crowd"]
        return cls(destination, entity, tuple(Member(*member) for member in members))

    def key(self, member: Member) -> Key:
        """Where the state of a member's delivery lies."""
        return keys.delivery(self.destination, self.entity, member.id)


def room(bulk: Bulk | None, data: Mapping[str, Any]) -> int:
    """How many deliveries may share a call with one whose state is `data`: fewer where a call was refused."""
    return min(bulk.most, data.get("most", bulk.most)) if bulk else 1


class Gathered(Ahead):
    """A store that answers from what was read ahead, and writes what it was given when it is told to."""

    def __init__(self, store: Store, wanted: Sequence[Key]) -> None:
        super().__init__(store, wanted)
        self._puts: dict[Key, Put] = {}

    def look(self, wanted: Iterable[Key]) -> None:
        """Read these, too, in one round."""
        missing = [key for key in dict.fromkeys(wanted) if key not in self._held]
        found = self._store.read(missing) if missing else {}
        self._held |= {key: found.get(key) for key in missing}

    def commit(self, writes: Sequence[Write]) -> None:
        """Keep them: the first of each item, because all rest on what was read."""
        for write in cast("Sequence[Put]", writes):
            self._puts.setdefault(write.item.key, write)

    def flush(self) -> frozenset[Key]:
        """Write what was kept: the keys of what somebody else wrote first."""
        puts, self._puts = list(self._puts.values()), {}
        self._held.clear()
        return commit_most(self._store, puts)


def commit_most(store: Store, puts: Sequence[Put]) -> frozenset[Key]:
    """Write all of these in as few transactions as there can be, but for what somebody else wrote first:
    the keys of that."""
    lost: frozenset[Key] = frozenset()
    for start in range(0, len(puts), TRANSACTION_ITEMS):
        lost |= _most(store, puts[start : start + TRANSACTION_ITEMS])
    return lost


def _most(store: Store, puts: Sequence[Put]) -> frozenset[Key]:
    try:
        store.commit(puts)
    except Conflict as conflict:
        # Somebody may only have been at them just now: each is tried once more by itself.
        met = [put for put in puts if put.item.key in conflict.keys] or list(puts)
        lost = frozenset(put.item.key for put in met if not commit_once(store, put.item))
        rest = [put for put in puts if put not in met]
        return lost | (_most(store, rest) if rest else frozenset())
    return frozenset()


def gathered(hub: Hub, target: Target, crowd: Crowd) -> tuple[Gathered, list[Item]]:
    """The store over all that these are likely to ask for, and the states that nobody has touched."""
    states = [crowd.key(member) for member in crowd.members]
    known = [key for one in crowd.members for key in about(target, crowd.entity, one.id, one.customer)]
    store = Gathered(hub.store, list(dict.fromkeys([*states, *shared(target), *known])))
    found = store.read(states)
    held = [(found.get(key), member.version) for key, member in zip(states, crowd.members, strict=True)]
    mine = [item for item, version in held if item is not None and item.version == version]
    store.look(_further(store, target, crowd))
    return store, mine


def _further(store: Gathered, target: Target, crowd: Crowd) -> Iterable[Key]:
    """The records there that the entities are made of, and states of customers that were merged into them."""
    roots = store.read(keys.root(crowd.entity, member.id) for member in crowd.members).values()
    for root in roots:
        for pk in root.data.get("records", ()):
            if keys.told(pk).destination == target.name:
                yield Key(pk, "REC")
        for id in (*root.data.get("absorbed", ()), root.data.get("origin")):
            if id:
                yield keys.delivery(target.name, crowd.entity, id)
