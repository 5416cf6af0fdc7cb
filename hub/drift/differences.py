"""What differs between the shape of the samples and that of what comes in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from hub.drift.forms import fits
from hub.drift.shape import ANY, ITEMS, Facts, Path, Shape

What = Literal["vanished", "changed", "narrowed", "widened", "new"]

EVENTS: Final = 5
"""Events that it takes to say that something is gone."""

_DOUBT: Final = 0.01
"""As likely as this may what is gone only have been missed."""

_SEVERAL: Final = 3
"""Samples from which it means something that a key was always there, or was never null."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that is not as the samples say. `said`: how, in numbers and kinds, without a value.

    vanished: gone. changed: of other kinds or forms. narrowed: some are gone. widened: more than there were.
    """

    path: Path
    what: What
    said: str


def differences(before: Shape, now: Shape, known: Shape | None = None) -> Iterator[Difference]:
    """The differences, outer paths first; what is inside of something new or gone is not told of.

    `known`: of further values, in which anything may be left out: what they show is neither new nor wider.
    """
    if now.paths:
        more = known or Shape()
        keyed = before.merged(now).merged(more).keyed()
        yield from _between(before.folded(keyed), now.folded(keyed), more.folded(keyed))


def gone(rate: float, chances: int) -> bool:
    """Whether what came at this rate, and in none of so many chances, has gone rather than been missed."""
    return chances >= EVENTS and (1 - rate) ** chances < _DOUBT


def _between(before: Shape, now: Shape, known: Shape) -> Iterator[Difference]:
    for path in sorted(before.paths.keys() | now.paths.keys(), key=lambda path: (len(path), path)):
        old, new, more = (shape.paths.get(path) for shape in (before, now, known))
        if old and new:
            yield from _of_both(path, _Pair(before, now, path), old, new, more or Facts())
        elif new and more:
            yield from _wider(path, more, new)
        elif old:
            yield from _vanished(path, _Pair(before, now, path), old)
        elif path[:-1] in before.paths and path[-1] not in {ITEMS, ANY} and "object" in _kinds(before, path):
            chances = now.holders(path)
            yield Difference(path, "new", f"in {new.count if new else 0} of {chances}")


@dataclass(frozen=True, slots=True)
class _Pair:
    """How many objects might have held something at a path, and how many there are now."""

    before: Shape
    now: Shape
    path: Path

    @property
    def old(self) -> int:
        return self.before.holders(self.path)

    @property
    def new(self) -> int:
        return self.now.holders(self.path)


def _kinds(shape: Shape, path: Path) -> frozenset[str]:
    return shape.paths[path[:-1]].told


def _vanished(path: Path, pair: _Pair, old: Facts) -> Iterator[Difference]:
    if path[-1:] in {(ITEMS,), (ANY,)} or not pair.old:
        return
    if gone(_rate(old.count, pair.old), pair.new):
        said = f"in {_of(old.count, pair.old)} of the samples, in none of {pair.new}"
        yield Difference(path, "vanished", said)


def _of_both(path: Path, pair: _Pair, old: Facts, new: Facts, more: Facts) -> Iterator[Difference]:
    if path and path[-1] not in {ITEMS, ANY} and old.count == pair.old >= _SEVERAL and new.count < pair.new:
        yield Difference(path, "widened", f"may be absent: {pair.new - new.count} of {pair.new}")
    known = old.joined(more)
    if "null" in new.kinds and "null" not in known.kinds and old.count >= _SEVERAL and new.told:
        yield Difference(path, "widened", f"may be null: {new.kinds['null']} of {new.count}")
    if not new.told:
        yield from _always_null(path, old, new)
    elif known.told:
        yield from _wider(path, known, new)
        yield from _narrower(path, old, new)


def _always_null(path: Path, old: Facts, new: Facts) -> Iterator[Difference]:
    if old.told and gone(_rate(old.count - old.kinds.get("null", 0), old.count), new.count):
        yield Difference(path, "narrowed", f"always null: {new.count} of {new.count}")


def _wider(path: Path, known: Facts, new: Facts) -> Iterator[Difference]:
    """Kinds and forms, or words of a short list, that were not there."""
    if not known.told or not new.told:
        return
    more = new.told - known.told
    if not known.told & new.told:
        yield Difference(path, "changed", f"{_listed(known.told)} → {_listed(new.told)}")
    elif more:
        yield Difference(path, "widened", f"{_listed(more)} too, beside {_listed(known.told)}")
    else:
        yield from _forms(path, known, new)
        words = new.listed - known.listed
        if known.listed and words:
            yield Difference(path, "widened", f"new values: {', '.join(sorted(words))}")


def _narrower(path: Path, old: Facts, new: Facts) -> Iterator[Difference]:
    """Kinds, or words of a short list, that do not come any more."""
    fewer = [one for one in old.told - new.told if gone(_rate(old.kinds[one], old.count), new.count)]
    if fewer and old.told & new.told:
        yield Difference(path, "narrowed", f"no {_listed(fewer)} any more in {new.count}")
    words = old.listed - new.listed
    if words and new.listed and gone(1 / len(old.listed) / 2, new.count):
        yield Difference(path, "narrowed", f"no longer: {', '.join(sorted(words))} in {new.count}")


def _forms(path: Path, old: Facts, new: Facts) -> Iterator[Difference]:
    known = frozenset(old.forms)
    strange = [one for one in new.forms if not fits(known, one)]
    if not strange or sum(old.forms.values()) < 2:
        return
    if len(strange) == len(new.forms):
        yield Difference(path, "changed", f"{_listed(known)} → {_listed(strange)}")
    else:
        count = sum(new.forms[one] for one in strange)
        yield Difference(path, "widened", f"{_listed(strange)} too ({count}), beside {_listed(known)}")


def _rate(count: int, chances: int) -> float:
    """How often something comes, as careful as few samples ask for (Krichevsky and Trofimov)."""
    return (count + 0.5) / (chances + 1)


def _of(count: int, chances: int) -> str:
    return f"all {chances}" if count == chances else f"{count} of {chances}"


def _listed(names: object) -> str:
    return " or ".join(sorted(names)) if isinstance(names, list | frozenset) else ""
