"""The write ledger: what we wrote to a destination, so that its webhook about it is known as an echo.

A ledger maps a canonical field to the values written last, newest first, each as [hash, at], with a third
member where the destination stored another form than was written: it tells that one from then on. Of a
composite (an address) the field stands for the members that were written together, and `address.country`
for a member that was not, because the destination does not take it: its webhook may tell it all the same.
Hashes only, so that it may lie in a delivery item. Pure: unify asks, deliver writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.golden import NEVER, Register, Stamp
from hub.messages import digest, dumps
from hub.reprs import discreet
from hub.times import from_epoch, to_epoch

OVERTAKEN = 600.0
"""Seconds by which a destination's clock may be off, where its answers do not tell its time: so long after
the next write it may still say that it has an older value."""

DEPTH = 4

Ledger = dict[str, list[list[str]]]


@discreet("at")
@dataclass(frozen=True, slots=True)
class Written:
    """What one delivery noted: its ledger, the marks of what its record had told by then (`seen`), and when
    the write that was noted `at` was `there` (canonical times).

    `exact`: by the destination's own clock, which the times of its tellings are of, too.
    """

    wrote: Mapping[str, list[list[str]]]
    seen: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    there: str = ""
    exact: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Written":
        """What the data of a delivery item say."""
        return cls(data.get("wrote", {}), data.get("seen", {}), *(data.get("landed") or ()))

    @classmethod
    def joined(cls, several: Sequence["Written"]) -> "Written":
        """What several deliveries noted of one record in turn: its entity was others before it was merged."""
        newest = max(several, key=lambda one: one.at)
        if len(several) == 1:
            return newest
        names = dict.fromkeys(name for one in several for name in one.wrote)
        wrote = {
            name: _latest(value for one in several for value in one.wrote.get(name, ())) for name in names
        }
        return cls(wrote, newest.seen, newest.at, newest.there, newest.exact)

    def is_echo(self, name: str, value: Any, at: str, held: Register | None = None) -> bool:
        """Whether `value` of a canonical field only repeats what we wrote. `at`: when its source had it.

        The value written last is no news, however late it is told; unless the record itself (`held`: what
        it said so far) told another one after our write, and before this one: then somebody has set it back.
        """
        if self._set_back(name, value, at, held):
            return False
        return self._repeats(name, self._taken(name, value, at), at)

    def is_doubtful(self, name: str, value: Any, at: str, held: Register | None = None) -> bool:
        """Whether an echo may be somebody who has set a value of ours again: an older one, told for a time
        after our last write, or the last one, and the record (`held`) was heard to say another since.
        """
        wrote = self.wrote.get(name)
        if not wrote or (self.exact and wrote[0][1] == self.at):
            return False
        if not self.is_last(name, value, at):
            return at > self._landed(wrote[0][1])
        moved = held is not None and mark(held) != self.seen.get(name, "")[:16]
        return moved and held is not None and held.value != value and at > held.last.at

    def is_last(self, name: str, value: Any, at: str) -> bool:
        """Whether a value is what we wrote last, or the form in which it was stored."""
        wrote = self.wrote.get(name)
        if not wrote:
            return False
        return fingerprint(self._taken(name, value, at)) in (wrote[0][0], *wrote[0][2:])

    def is_after(self, name: str, at: str) -> bool:
        """Whether the time `at` is surely later than our last write of a field."""
        wrote = self.wrote.get(name)
        return at > self._surely(wrote[0][1]) if wrote else False

    def stood(self, name: str, value: Any, at: str) -> bool:
        """Whether a telling for the time `at` says that what we wrote last was there still, or again."""
        return self.is_last(name, value, at) and self.is_after(name, at)

    def overwrote(self, name: str, at: str) -> Stamp | None:
        """When something else of ours stood in a field before it was told for the time `at`, if it is sure.

        A value that is told again after that is no confirmation: somebody has set it once more.
        """
        wrote = self.wrote.get(name)
        if not wrote or wrote[0][1] != self.at or at <= self._surely(self.at):
            return None
        return Stamp(self.there, "", 0)

    def stands(self, name: str, told: str, register: Register | None) -> str:
        """The fingerprint of what stands in a field whose `register` moved since our write: what we wrote, or
        what was `told` (a fingerprint) last. "" in doubt: what is written once too often does no harm.
        """
        wrote = self.wrote.get(name)
        if not wrote:
            return told
        at, ours = register.last.at if register else "", wrote[0][0]
        if at > self._surely(wrote[0][1]) or told == ours:
            return told
        return ours if self.exact and wrote[0][1] == self.at and at < self.there else ""

    def _taken(self, name: str, value: Any, at: str) -> Any:
        """Of a composite what the destination takes: members that it only tells again are left out."""
        if not isinstance(value, Mapping):
            return value
        inner = value.items()
        return {one: part for one, part in inner if not self._repeats(f"{name}.{one}", part, at)}

    def _set_back(self, name: str, value: Any, at: str, held: Register | None) -> bool:
        """Whether the record told another value surely after our write, and before this."""
        wrote = self.wrote.get(name)
        if held is None or not wrote or held.value == value or at <= held.last.at:
            return False
        return held.last.at > self._surely(wrote[0][1])

    def _repeats(self, name: str, value: Any, at: str) -> bool:
        """The value written last is there until something else is; an older one only until the next was: of
        which nobody knows while it has no outcome, and the one before is known to be there."""
        hashed, wrote = fingerprint(value), self.wrote.get(name, [])
        places = (place for place, (known, _, *form) in enumerate(wrote) if hashed in (known, *form))
        place = next(places, None)
        if not place:
            return place == 0
        if wrote[place][1] == self.at:
            return True
        return at <= min(self._surely(wrote[place - 1][1]), self._surely(wrote[0][1]))

    def _landed(self, noted: str) -> str:
        return self.there if noted == self.at else noted

    def _surely(self, noted: str) -> str:
        """By when, in the destination's own time, what was noted then stood there for sure."""
        there = self._landed(noted)
        exact = self.exact and noted == self.at
        return there if exact else from_epoch(to_epoch(there) + OVERTAKEN)


def _latest(values: Iterable[list[str]]) -> list[list[str]]:
    """These values, newest first, each where it was written last."""
    found: dict[str, list[str]] = {}
    for value in sorted(values, key=lambda one: one[1], reverse=True):
        found.setdefault(value[0], value)
    return list(found.values())


def entry(fields: Mapping[str, Any], at: str, before: Mapping[str, list[list[str]]] | None = None) -> Ledger:
    """The ledger after writing `fields` (canonical values, None for cleared) at `at` (canonical time)."""
    ledger: Ledger = {field: list(values) for field, values in (before or {}).items()}
    for name, value in fields.items():
        hashed = fingerprint(value)
        same = next((known for known in ledger.get(name, []) if known[0] == hashed), [])
        older = [known for known in ledger.get(name, []) if known is not same]
        ledger[name] = [[hashed, at, *same[2:]], *older][:DEPTH]
    return ledger


def read_back(ledger: Mapping[str, list[list[str]]], stored: Mapping[str, Any]) -> Ledger:
    """The ledger once the destination answered what it stored: its own form beside what was written."""
    noted = {field: list(values) for field, values in ledger.items()}
    for name, value in stored.items():
        if values := noted.get(name):
            form = fingerprint(value)
            values[0] = [*values[0][:2], *([form] if form != values[0][0] else [])]
    return noted


def fingerprint(value: Any) -> str:
    """16 hex digits that stand for a canonical value: 64 bits are plenty within one field's history.

    Null members of a composite (an address) are left out: a destination tells only those that it knows.
    """
    if isinstance(value, Mapping):
        value = {name: inner for name, inner in value.items() if inner is not None} or None
    return digest(dumps(value))[:16]


def mark(register: Register | Sequence[Any]) -> str:
    """What stands for what a record told last of a field: another mark is news from there. "" for nothing."""
    value, run = register[:2]
    return "" if tuple(run[-1]) == NEVER else fingerprint([value, run[-1]])
