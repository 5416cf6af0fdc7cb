"""One graph under several peppers: claims that lie under an older one are seen and written under the newest.

What the rules of identity see never depends on a pepper: an identifier is one claim. It lies at one place:
whoever writes it under a newer pepper leaves a stone at its older places in the same transaction, so that a
worker that does not know the newer one cannot begin a second life of it. Records keep the names under
which they asserted until `rekey` renames them. Why it is built so: docs/decisions/0017-pepper-and-consent.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub import keys
from hub.errors import HubError, RecordError, RetryError
from hub.identity import Pepper
from hub.reprs import discreet
from hub.store import TRANSACTION_ITEMS, Item, Key, Put, Write

CLAIM, RECORD = "CLAIM", "REC"
MOVED = "moved"
STONE_DAYS = 35
"""Longer than a worker knows the secret of yesterday, or a message waits."""


class Moved(HubError):
    """What was read does not fit together: somebody wrote in between. Read again."""


class NewPepperError(RetryError):
    """An identifier lies under a pepper that this worker does not know yet: read the secret again."""


@discreet()
@dataclass(slots=True)
class Lens:
    """`pepper`: the newest one, None where there is only one. `older`: claim -> its keys under older peppers,
    as far as they are known: from the values of an event, or from the names that records hold."""

    pepper: Pepper | None = None
    older: dict[str, tuple[str, ...]] = field(default_factory=dict)
    now: float = 0.0
    _lying: dict[Key, dict[Key, int]] = field(default_factory=dict)
    _seen: dict[Key, Item] = field(default_factory=dict)
    _names: dict[Key, dict[str, str]] = field(default_factory=dict)

    def places(self, wanted: Iterable[Key]) -> list[Key]:
        """What has to be read for these keys."""
        if not self.older:
            return list(wanted)
        return [place for key in wanted for place in (key, *self._olds(key))]

    def seen(self, key: Key, found: Mapping[Key, Item]) -> Item | None:
        """The item as the graph sees it. Raises Moved for a torn reading, NewPepperError."""
        item = found.get(key)
        if key.sk == CLAIM:
            return self._claim(key, item, {old: found.get(old) for old in self._olds(key)})
        if key.sk == RECORD and item is not None and self.pepper is not None and self.pepper.below:
            return self._record(item)
        return item

    def stored(self, writes: Sequence[Write]) -> list[Write]:
        """The writes as the table gets them. Raises RecordError where they no longer fit a transaction."""
        if not self._lying and not self._names:
            return list(writes)
        moving = {w.item.key: w.item for w in writes if isinstance(w, Put) and w.item.key.sk == CLAIM}
        moving |= dict(self._carried(writes, moving))
        rest = [w for w in writes if not (isinstance(w, Put) and w.item.key in moving)]
        made = [self._named(write, moving) for write in rest]
        made += [Put(item) for item in moving.values()]
        made += [Put(self._stone(old, version)) for key in moving for old, version in self._old_of(key)]
        if len(made) > TRANSACTION_ITEMS:
            raise RecordError("component-too-large", "moving them needs more than one transaction")
        return made

    def lift(self, old: str) -> str:
        """The key of a claim under the newest pepper; where it lies from before is known from then on."""
        new = keys.lifted_claim(old, self.pepper) if self.pepper else old
        if self.pepper and new != old and new not in self.older:
            self.older[new] = tuple(_between(self.pepper, old))
        return new

    def _olds(self, key: Key) -> list[Key]:
        return [Key(pk, CLAIM) for pk in self.older.get(key.pk, ())] if key.sk == CLAIM else []

    def _old_of(self, key: Key) -> Iterable[tuple[Key, int]]:
        return self._lying.get(key, {}).items()

    def _claim(self, key: Key, item: Item | None, olds: Mapping[Key, Item | None]) -> Item | None:
        self._lying.pop(key, None)
        if item is not None:
            if MOVED in item.data:
                raise NewPepperError("new-pepper", 5)
            return item
        live = [old for old in olds.values() if old is not None and MOVED not in old.data]
        if not live and any(olds.values()):
            raise Moved("torn reading")
        if olds:
            self._lying[key] = {place: old.version if old else 0 for place, old in olds.items()}
        if not live:
            return None
        self._seen[key] = replace(live[0], key=key, version=0)
        return self._seen[key]

    def _record(self, item: Item) -> Item:
        """The record with its claims under the newest pepper; how it names them itself is kept."""
        names = {self.lift(pk): pk for pk in item.data["claims"]}
        self._names.pop(item.key, None)
        if all(new == old for new, old in names.items()):
            return item
        self._names[item.key] = names
        return replace(item, data=renamed(item.data, self.lift))

    def _carried(self, writes: Sequence[Write], moving: Mapping[Key, Item]) -> Iterator[tuple[Key, Item]]:
        """Claims that a record names newly and nobody wrote, because they are demoted: they move, too."""
        for write in writes:
            if isinstance(write, Put) and write.item.key.sk == RECORD:
                known = self._names.get(write.item.key, {})
                for pk in write.item.data["claims"]:
                    key = Key(pk, CLAIM)
                    if pk not in known and key in self._lying and key in self._seen and key not in moving:
                        yield key, self._seen[key]

    def _named(self, write: Write, moving: Mapping[Key, Item]) -> Write:
        names = self._names.get(write.item.key) if isinstance(write, Put) else None
        if not isinstance(write, Put) or not names:
            return write
        kept = {new: old for new, old in names.items() if Key(new, CLAIM) not in moving}
        return Put(replace(write.item, data=renamed(write.item.data, lambda pk: kept.get(pk, pk))))

    def _stone(self, key: Key, version: int) -> Item:
        data = {"strong": False, "records": [], "demoted": False, MOVED: True}
        return Item(key, "claim", data, version, int(self.now) + STONE_DAYS * 86_400)


def renamed(value: Any, name: Callable[[str], str]) -> Any:
    """A value with every claim's key in it under another name; lists of keys stay sorted."""
    if isinstance(value, dict):
        return {_name(key, name): renamed(inner, name) for key, inner in value.items()}
    if isinstance(value, list):
        made = [renamed(inner, name) for inner in value]
        return sorted(made) if made and all(_is_claim(inner) for inner in made) else made
    return _name(value, name)


def _name(value: Any, name: Callable[[str], str]) -> Any:
    return name(value) if _is_claim(value) else value


def _is_claim(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("ID#")


def _between(pepper: Pepper, old: str) -> Iterator[str]:
    """The keys of a claim under the peppers from below this one down to the one that made `old`."""
    below = pepper.below
    while below is not None:
        pk = keys.lifted_claim(old, below)
        yield pk
        below = below.below if pk != old else None
