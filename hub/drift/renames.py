"""What is gone and what is new under another name."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from hub.drift.differences import Difference
from hub.drift.forms import fits
from hub.drift.reads import written
from hub.drift.shape import ITEMS, Facts, Path, Shape

_LIKELY: Final = 0.55
_NAMED: Final = 0.5
"""How alike two names must be where their values do not say that they are one."""


@dataclass(frozen=True, slots=True)
class Rename:
    """`old` seems to be called `new`. `likely`: from 0 to 1; `why`: what is alike."""

    old: Path
    new: Path
    likely: float
    why: str


def renames(before: Shape, now: Shape, found: list[Difference]) -> dict[Path, Rename]:
    """The renames by old path; each new path is at most one of them, the likeliest."""
    gone = [one.path for one in found if one.what == "vanished"]
    new = [one.path for one in found if one.what == "new"]
    pairs = [_pair(before, now, old, other) for old in gone for other in new if old[:-1] == other[:-1]]
    chosen: dict[Path, Rename] = {}
    for one in sorted((pair for pair in pairs if pair), key=lambda pair: (-pair.likely, pair.old, pair.new)):
        if one.old not in chosen and one.new not in {other.new for other in chosen.values()}:
            chosen[one.old] = one
    return chosen


def _pair(before: Shape, now: Shape, old: Path, new: Path) -> Rename | None:
    one, other = before.paths[old], now.paths[new]
    if one.told and other.told and not (one.told & other.told and _fit(one, other)):
        return None
    name, values = alike(old[-1], new[-1]), _shared(before, now, old, new)
    likely = 0.6 * name + 0.4 * values if values is not None else name
    if likely < _LIKELY or (name < _NAMED and not values):
        return None
    reasons = ["name"] * (name >= _NAMED) + ["values"] * bool(values) + ["form"] * bool(one.forms)
    return Rename(old, new, round(min(likely, 0.99), 2), ", ".join(reasons))


def written_rename(rename: Rename) -> str:
    """A rename as people write it."""
    return f"{written(rename.old)} → {written(rename.new)}"


def alike(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: as letters, and as the words they are made of."""
    words, others = parts(one), parts(other)
    joined, joined_other = "".join(words), "".join(others)
    if joined == joined_other:
        return 1.0
    letters = SequenceMatcher(None, joined, joined_other, autojunk=False).ratio()
    common = len(set(words) & set(others)) / max(len(set(words) | set(others)), 1)
    return max(letters, common)


def parts(name: str) -> list[str]:
    """The words of a name, in small letters: `firstName`, `first_name` and `FIRST NAME` have two."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-zÀ-ÿ]+", " ", name)
    return spaced.lower().split()


def _fit(one: Facts, other: Facts) -> bool:
    known = frozenset(one.forms)
    return all(fits(known, form) for form in other.forms)


def _shared(before: Shape, now: Shape, old: Path, new: Path) -> float | None:
    """How much of the values, or of an object's names, is the same; None where that says nothing."""
    one, other = before.paths[old], now.paths[new]
    if "object" in one.told:
        mine, theirs = _members(before, old), _members(now, new)
        return len(mine & theirs) / max(len(mine | theirs), 1)
    if one.told != {"text"} or not one.words or not other.words:
        return None
    common = len(one.words & other.words) / min(len(one.words), len(other.words))
    return common or None


def _members(shape: Shape, path: Path) -> frozenset[str]:
    return frozenset(
        inner[-1]
        for inner in shape.paths
        if len(inner) == len(path) + 1 and inner[:-1] == path and inner[-1] != ITEMS
    )
