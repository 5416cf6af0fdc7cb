"""Which leaves and branches of a mapping its tests reach."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hub.documents import Document, Step
from hub.errors import FileError, RecordError
from hub.mapping import Mapping
from hub.mapping.points import Point
from hub.proof.examples import Example, parts

Path = tuple[Step, ...]

_LEAVES = frozenset({"value", "required", "each"})
_MISSED = {
    "value": "no test gives it a value",
    "required": "no test leaves it out, although it is required",
    "else": "no test has a value that is not listed",
    "unlisted": "no test has a value that is not listed",
    "each": "no test has an item",
    "|| left": "in no test the left side of || is the answer",
    "|| right": "in no test the right side of || is the answer",
    "&& left": "in no test the left side of && is the answer",
    "&& right": "in no test the right side of && is the answer",
    "comparison true": "in no test it is true",
    "comparison false": "in no test it is false",
    "filter enters": "no test has anything to filter",
    "filter keeps": "no test has an item that the filter keeps",
    "filter drops": "no test has an item that the filter drops",
    "loop enters": "no test has anything to go through",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the tests of a mapping reach. `missed`: the places that none does, each with what a test lacks."""

    mapping: Mapping
    points: tuple[Point, ...]
    reached: frozenset[int]
    missed: tuple[FileError, ...]

    @property
    def share(self) -> tuple[int, int]:
        """How many leaves and branches are reached, and how many there are."""
        return len(self.reached), len(self.points)

    @property
    def counts(self) -> str:
        """What is reached, in words."""
        (leaves, all_leaves), (branches, all_branches) = self.leaves, self.branches
        return f"{leaves} of {all_leaves} leaves, {branches} of {all_branches} branches reached"

    @property
    def leaves(self) -> tuple[int, int]:
        """How many leaves are reached, and how many there are."""
        return self._count(leaves=True)

    @property
    def branches(self) -> tuple[int, int]:
        """How many branches are reached, and how many there are."""
        return self._count(leaves=False)

    def lines(self) -> list[str]:
        """What a person reads of what is missed."""
        return [line for error in self.missed for line in error.render().splitlines()]

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        names = ("reached", "of")
        return {
            "percent": percent(self.share),
            "leaves": dict(zip(names, self.leaves, strict=True)),
            "branches": dict(zip(names, self.branches, strict=True)),
            "missed": [{"place": str(error.place), "what": error.message} for error in self.missed],
        }

    def _count(self, *, leaves: bool) -> tuple[int, int]:
        numbers = {point.number for point in self.points if (point.what in _LEAVES) is leaves}
        return len(numbers & self.reached), len(numbers)


def percent(share: tuple[int, int]) -> float:
    """A share as a percentage, which is 100 only where nothing is missing; all of nothing is all."""
    part, whole = share
    return int(1000 * part / whole) / 10 if whole else 100.0


def coverage(mapping: Mapping, tests: Iterable[Example]) -> Coverage:
    """Run tests on a mapping that notes what it reaches."""
    reached: set[int] = set()
    noting = replace(mapping, code=None, probe=reached.add)
    for test in tests:
        for record in test.records:
            _run(noting, test, record)
    known = noting.points
    missed = tuple(_missed(mapping.document, point, known) for point in known if point.number not in reached)
    return Coverage(mapping, known, frozenset(reached), missed)


def _run(mapping: Mapping, test: Example, record: Any) -> None:
    try:
        parts(mapping, test.inward, record, test.context)
    except RecordError:
        return


def _missed(document: Document, point: Point, known: tuple[Point, ...]) -> FileError:
    kind, _, word = point.what.partition(" ")
    said = f'no test has "{word}"' if kind == "lookup" else _MISSED[point.what]
    if point.path[0] == "both":
        said += " to write" if point.number >= _first_written(known) else " to read"
    return document.error("not-reached", said, *_path(document.data, point), offset=point.offset)


def _first_written(known: tuple[Point, ...]) -> int:
    """The number of the first point of the way out: where the pairs of `both` begin once more."""
    found = (
        point.number
        for before, point in pairwise(known)
        if point.path == known[0].path and before.path != point.path
    )
    return next(found, len(known))


def _path(data: Any, point: Point) -> Path:
    """Where a point stands: the text of its expression, the entry of a lookup, or the leaf."""
    path, leaf = point.path, data
    for step in path:
        leaf = leaf[step]
    kind, _, word = point.what.partition(" ")
    if kind == "lookup":
        return (*path, "lookup", _entry(leaf["lookup"], word))
    if not isinstance(leaf, dict) or point.offset is None:
        return (*path, "else") if point.what == "else" else path
    return (*path, "from")


def _entry(lookup: dict[str, Any], word: str) -> str:
    """The vendor's word of an entry, of which `word` may be ours."""
    return word if word in lookup else next((theirs for theirs, ours in lookup.items() if ours == word), word)
