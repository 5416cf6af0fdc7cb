"""The write ledger: what we wrote to a destination, so that its webhook about it is known as an echo.

A ledger maps a canonical field to the values written last, newest first, each as [hash, noted]; behind them
stand, where there is one, the time at which it was noted first (of a value that was written again and again)
and the form in which the destination stored it, where that is another. Of a composite (an address) the field
stands for the members that were written together, and `address.country` for a member that was not, because
the destination does not take it: its webhook may tell it all the same. Hashes only, so that it may lie in a
delivery item. Pure: unify asks, deliver writes.

**The rule.** A telling of a value for a time repeats a write of ours where that write may have landed before,
and nothing shows that another value stood there in between: no later write of ours that surely landed, and
no word of the record itself. When a write landed is known by the destination's own clock, or by ours (its
clock may be off by OVERTAKEN), or not at all: then it may land until QUIET is over. One that was answered
with an older time than it can have changed nothing: what stood there then is no write of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from hub.golden import NEVER, Register, Stamp
from hub.messages import digest, dumps
from hub.reprs import discreet
from hub.times import from_epoch, to_epoch

OVERTAKEN = 600.0
"""Seconds by which a destination's clock may be off, where its answers do not tell its time: so long after
the next write it may still say that it has an older value."""

QUIET = 75.0
"""Seconds after which a request whose outcome is unknown can no longer land: the client's timeout + 60."""

DEPTH = 4
"""Values of a field that are known as ours."""

RECENT = 6
"""Writes of which it is known when they landed, beside those that the values speak of."""

Ledger = dict[str, list[list[str]]]

Landed = Mapping[str, Sequence[Any]]
"""The last writes of a record, all of its fields at a time, by when they were noted: [when it was there,
whether by the destination's own clock]; nothing of one without an outcome that we know of."""


@discreet("hash")
class Mark(NamedTuple):
    """One value of a field as we wrote it: its hash, when it was noted last and first (since which no other
    value has taken its place for good), the hashes that stand for it."""

    hash: str
    noted: str
    first: str
    forms: frozenset[str]

    @classmethod
    def of(cls, kept: Sequence[str]) -> "Mark":
        """The mark as it lies in a ledger."""
        known, noted, *rest = kept
        first = next((one for one in rest if len(one) != DIGITS), noted)
        return cls(known, noted, first, frozenset([known, *(one for one in rest if len(one) == DIGITS)]))


DIGITS = 16


@discreet()
@dataclass(frozen=True)
class Written:
    """What one delivery noted: its ledger, the marks of what its record had told by then (`seen`), and when
    its writes were there (`landed`)."""

    wrote: Mapping[str, list[list[str]]]
    seen: Mapping[str, str] = field(default_factory=dict)
    landed: Landed = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Written":
        """What the data of a delivery item say."""
        return cls(data.get("wrote", {}), data.get("seen", {}), landings(data.get("landed")))

    @classmethod
    def joined(cls, several: Sequence["Written"]) -> "Written":
        """What several deliveries noted of one record in turn: its entity was others before it was merged."""
        newest = max(several, key=lambda one: max(one.landed, default=""))
        if len(several) == 1:
            return newest
        names = dict.fromkeys(name for one in several for name in one.wrote)
        wrote = {
            name: _latest(value for one in several for value in one.wrote.get(name, ())) for name in names
        }
        return cls(wrote, newest.seen, {at: when for one in several for at, when in one.landed.items()})

    def is_echo(
        self, name: str, value: Any, at: str, held: Register | None = None, *, timed: bool = True
    ) -> bool:
        """Whether `value` of a canonical field only repeats what we wrote. `at`: when its source had it.

        `held`: what the record itself said so far. `timed`: whether the source says the time itself.
        """
        if timed and self._is_before(name, value, at):
            return False
        other = max((one.at for one in held.run if one.at < at), default="") if held else ""
        since = other if held and held.value != value else ""
        return self._repeats(name, self._taken(name, value, at), at, since)

    def made(self, fields: Mapping[str, Any]) -> bool:
        """Whether a record that is told as it was created may be what the last write of all made: that had
        all of these fields at once."""
        marks = {name: self._marks(name) for name in fields}
        return all(self.is_last(name, value, "") for name, value in fields.items() if marks[name])

    def aims_at(self, other: "Written", names: Iterable[str]) -> bool:
        """Whether a request may have been for the record that `other` wrote: with all of its identifiers that
        both wrote, of these `names`, and one at least."""
        both = [name for name in names if name in self.wrote and name in other.wrote]
        hashes = ([{mark.hash for mark in one._marks(name)} for one in (self, other)] for name in both)
        return bool(both) and all(one & another for one, another in hashes)

    def before(self, at: str) -> "Written":
        """What was noted before `at`: what a search found is older than the write that follows it."""
        wrote = {
            name: [left for one in kept if (left := _until(one, at))] for name, kept in self.wrote.items()
        }
        return Written(wrote, self.seen, {one: when for one, when in self.landed.items() if one < at})

    def is_doubtful(self, name: str, value: Any, at: str, held: Register | None = None) -> bool:
        """Whether an echo may be somebody who has set a value of ours again: an older one, told for a time
        after our last write, or the last one, and the record (`held`) was heard to say another since.
        """
        marks = self._marks(name)
        if not marks:
            return False
        if not self.is_last(name, value, at):
            return at > self._there(marks[0].noted)
        if held is None or held.value == value or mark(held) == self.seen.get(name, "")[:DIGITS]:
            return False
        return self._earliest(marks[0].noted) < held.last.at < at

    def is_last(self, name: str, value: Any, at: str) -> bool:
        """Whether a value is what we wrote last, or the form in which it was stored."""
        marks = self._marks(name)
        return bool(marks) and fingerprint(self._taken(name, value, at)) in marks[0].forms

    def stood(self, name: str, value: Any, at: str) -> bool:
        """Whether a telling for the time `at` says that what we wrote last was there still, or again: we had
        written it by then, and what is told is no write of ours."""
        if not self.is_last(name, value, at):
            return False
        noted = self._noted(self._marks(name)[0])
        return not self._lands(noted, at, at) and any(self._surely(one) < at for one in noted)

    def was_silent(self, name: str, at: str, until: str) -> bool:
        """Whether we surely wrote a field before `at`, and then surely nothing `until` then."""
        marks = self._marks(name)
        noted = (noted for one in marks for noted in (one.first, one.noted) if self._settled(noted))
        return any(self._surely(one) < at for one in noted) and not self.may_write(name, at, until)

    def may_write(self, name: str, after: str, by: str) -> bool:
        """Whether a write of ours may have landed `after` and `by` then."""
        return self._may_land({*self.landed, *(one.noted for one in self._marks(name))}, after, by)

    def overwrote(self, name: str, value: Any, at: str) -> Stamp | None:
        """When something else of ours stood in a field before it was told for the time `at`, if it is sure.

        A value that is told again after that is no confirmation: somebody has set it once more.
        """
        told = fingerprint(value)
        sure = (one.noted for one in self._marks(name) if self._settled(one.noted) and told not in one.forms)
        noted = next((one for one in sure if self._surely(one) < at), None)
        return Stamp(self._there(noted), "", 0) if noted else None

    def stands(self, name: str, told: str, register: Register | None) -> str:
        """The fingerprint of what stands in a field whose `register` moved since our write: what we wrote, or
        what was `told` (a fingerprint) last. "" in doubt: what is written once too often does no harm.
        """
        marks = self._marks(name)
        if not marks:
            return told
        at, ours = register.last.at if register else "", marks[0]
        if at > self._surely(ours.noted) or told == ours.hash:
            return told
        return ours.hash if self._is_exact(ours.noted) and at < self._there(ours.noted) else ""

    def _noted(self, own: Mark) -> set[str]:
        """When a value was written, as far as we know: each write of a record is one of all its fields."""
        return {own.first, own.noted, *(one for one in self.landed if own.first < one < own.noted)}

    def _marks(self, name: str) -> list[Mark]:
        return [Mark.of(kept) for kept in self.wrote.get(name, ())]

    def _taken(self, name: str, value: Any, at: str) -> Any:
        """Of a composite what the destination takes: members that it only tells again are left out."""
        if not isinstance(value, Mapping):
            return value
        inner = value.items()
        return {one: part for one, part in inner if not self._repeats(f"{name}.{one}", part, at)}

    def _is_before(self, name: str, value: Any, at: str) -> bool:
        """Whether a value is told for a time at which none of our writes of the field can have landed: then
        it is the record's own word, also where we wrote the same later."""
        marks = self._marks(name)
        told = fingerprint(self._taken(name, value, at))
        return all(at < self._earliest(one.first) for one in marks if told in one.forms)

    def _repeats(self, name: str, value: Any, at: str, other: str = "") -> bool:
        """Whether one of our writes explains a value. `other`: when the record told another, before this."""
        hashed, marks = fingerprint(value), self._marks(name)
        place = next((place for place, one in enumerate(marks) if hashed in one.forms), None)
        if place is None or (place and at > self._until(marks, place)):
            return False
        return not other or self._may_land(self._noted(marks[place]), other, at)

    def _until(self, marks: Sequence[Mark], place: int) -> str:
        """Until when an older value of ours may be there: the next ones that had an outcome replaced it, but
        for a write of it without one, which may land after them."""
        own = marks[place]
        newer = (noted for one in marks[:place] for noted in (one.first, one.noted) if noted > own.noted)
        replaced = min((self._surely(noted) for noted in newer if self._settled(noted)), default=FOREVER)
        late = (self._surely(noted) for noted in (own.first, own.noted) if not self._settled(noted))
        return max((replaced, *late))

    def _may_land(self, noted: Iterable[str], after: str, by: str) -> bool:
        """Whether one of these writes may have landed `after` and `by` then, as far back as we know all."""
        recent = sorted(self.landed)[-RECENT:]
        if len(recent) == RECENT and self._surely(recent[0]) >= after:
            return True
        return self._lands(noted, after, by)

    def _lands(self, noted: Iterable[str], after: str, by: str) -> bool:
        """Whether one of these writes, of which we know, may have landed `after` and `by` then."""
        return any(self._surely(one) >= after and self._earliest(one) <= by for one in noted)

    def _settled(self, noted: str) -> bool:
        return bool(self.landed.get(noted))

    def _is_exact(self, noted: str) -> bool:
        return self._settled(noted) and bool(self.landed[noted][1])

    def _there(self, noted: str) -> str:
        return str(self.landed[noted][0]) if self._settled(noted) else noted

    def _earliest(self, noted: str) -> str:
        """Before when, in the destination's own time, what was noted then surely was not there."""
        earliest = from_epoch(to_epoch(noted) + max(self._ahead - QUIET, -OVERTAKEN))
        return max(earliest, self._there(noted)) if self._is_exact(noted) else earliest

    def _surely(self, noted: str) -> str:
        """By when, in the destination's own time, what was noted then stood there if it ever did."""
        if self._is_exact(noted):
            return self._there(noted)
        late = OVERTAKEN if self._settled(noted) else OVERTAKEN + QUIET
        surely = from_epoch(to_epoch(self._there(noted)) + late)
        over = from_epoch(to_epoch(noted) + QUIET)
        then = (self._there(one) for one in self.landed if one >= over and self._is_exact(one))
        return min([surely, *then])

    @cached_property
    def _ahead(self) -> float:
        """Seconds by which the destination's clock is ahead of ours, QUIET less at least, by writes of which
        it told its own time: the most of them, as one that changed nothing has an older time."""
        told = (noted for noted in self.landed if self._is_exact(noted))
        return max((to_epoch(self._there(one)) - to_epoch(one) for one in told), default=-OVERTAKEN)


FOREVER = "9999"
"""Later than any time."""


def landings(kept: Any) -> dict[str, list[Any]]:
    """When the writes of a delivery were there, as its item has it; of the last one alone, from before."""
    if isinstance(kept, Mapping):
        return {noted: list(when) for noted, when in kept.items()}
    return {kept[0]: kept[1:]} if kept else {}


def _latest(values: Iterable[list[str]]) -> list[list[str]]:
    """These values, newest first, each where it was written last."""
    found: dict[str, list[str]] = {}
    for value in sorted(values, key=lambda one: one[1], reverse=True):
        known = found.get(value[0])
        found[value[0]] = _again(known, known[1], value) if known else value
    return list(found.values())


def _until(kept: Sequence[str], at: str) -> list[str]:
    """A value as it is kept of what was noted before `at`; nothing where nothing was."""
    one = Mark.of(kept)
    noted = one.noted if one.noted < at else one.first
    return [one.hash, noted, *(form for form in kept[2:] if len(form) == DIGITS)] if noted < at else []


def _again(kept: Sequence[str], at: str, before: Sequence[str]) -> list[str]:
    """A value as it is kept that is noted at `at`, and was noted `before`."""
    first = min(Mark.of(before).first, Mark.of(kept).first)
    forms = [one for one in kept[2:] if len(one) == DIGITS]
    return [kept[0], at, *([first] if first < at else []), *forms]


def entry(fields: Mapping[str, Any], at: str, before: Mapping[str, list[list[str]]] | None = None) -> Ledger:
    """The ledger after writing `fields` (canonical values, None for cleared) at `at` (canonical time)."""
    ledger: Ledger = {field: list(values) for field, values in (before or {}).items()}
    for name, value in fields.items():
        hashed = fingerprint(value)
        same = next((known for known in ledger.get(name, []) if known[0] == hashed), [])
        older = [known for known in ledger.get(name, []) if known is not same]
        ledger[name] = [_again(same, at, same) if same else [hashed, at], *older][:DEPTH]
    return ledger


def remembered(landed: Landed, wrote: Mapping[str, list[list[str]]]) -> dict[str, list[Any]]:
    """What is kept of `landed`: the last ones, and those of which a ledger speaks."""
    noted = {one for kept in wrote.values() for value in kept for one in value[1:]}
    noted.update(sorted(landed)[-RECENT:])
    return {at: [*when] for at, when in sorted(landed.items()) if at in noted}


def came_with(kept: Sequence[Sequence[str]], created: str) -> bool:
    """Whether a record that was `created` then may have been by a request with this value, as it is kept."""
    noted = to_epoch(kept[0][1])
    return from_epoch(noted - OVERTAKEN) <= created <= from_epoch(noted + QUIET + OVERTAKEN)


def read_back(ledger: Mapping[str, list[list[str]]], stored: Mapping[str, Any]) -> Ledger:
    """The ledger once the destination answered what it stored: its own form beside what was written."""
    noted = {field: list(values) for field, values in ledger.items()}
    for name, value in stored.items():
        if values := noted.get(name):
            form = fingerprint(value)
            times = [values[0][0], *(one for one in values[0][1:] if len(one) != DIGITS)]
            values[0] = [*times, *([form] if form != values[0][0] else [])]
    return noted


def fingerprint(value: Any) -> str:
    """16 hex digits that stand for a canonical value: 64 bits are plenty within one field's history.

    Null members of a composite (an address) are left out: a destination tells only those that it knows.
    """
    if isinstance(value, Mapping):
        value = {name: inner for name, inner in value.items() if inner is not None} or None
    return digest(dumps(value))[:DIGITS]


def mark(register: Register | Sequence[Any]) -> str:
    """What stands for what a record told last of a field: another mark is news from there. "" for nothing."""
    value, run = register[:2]
    return "" if tuple(run[-1]) == NEVER else fingerprint([value, run[-1]])
