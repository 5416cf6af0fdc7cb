"""The shape of many JSON values, in bounded memory: what stands at each path, how often, in which forms."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hub.drift.forms import PERSONAL, form, is_data
from hub.mapping.claims import kind

Path = tuple[str, ...]
"""Names from the outermost; `[]` for the items of a list, `*` for keys that are data themselves."""

ITEMS: Final = "[]"
ANY: Final = "*"
PATHS: Final = 10_000
VALUES: Final = 20
DEPTH: Final = 32
LONG: Final = 64
"""A text beyond this is prose, and no word of a list."""

REPEATED: Final = 3

_RARE = 0.2
_MANY = 20


@dataclass(slots=True)
class Facts:
    """What stands at one path. `kinds`, `forms`: how often each was seen; `shortest`, `longest`: of texts.

    `words`: the distinct scalars as JSON texts, at most VALUES; None where there are more, or prose.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    shortest: int | None = None
    longest: int | None = None
    words: frozenset[str] | None = frozenset()

    @property
    def count(self) -> int:
        """How often something stood here, null included."""
        return sum(self.kinds.values())

    @property
    def told(self) -> frozenset[str]:
        """The kinds other than null."""
        return frozenset(self.kinds) - {"null"}

    @property
    def listed(self) -> frozenset[str]:
        """The words of what can only be one of few: each came several times, and none looks personal."""
        if not self.words or self.forms.keys() & PERSONAL or self.told != {"text"}:
            return frozenset()
        return self.words if self.kinds["text"] >= REPEATED * len(self.words) else frozenset()

    def see(self, value: Any) -> None:
        """Take one value in."""
        name, looks = kind(value), form(value)
        self.kinds[name] = self.kinds.get(name, 0) + 1
        if looks:
            self.forms[looks] = self.forms.get(looks, 0) + 1
        if isinstance(value, str):
            self._measure(len(value), len(value))
        if isinstance(value, str | int | float):
            word = (
                None
                if isinstance(value, str) and len(value) > LONG
                else frozenset({json.dumps(value, ensure_ascii=False)})
            )
            self.words = _either(self.words, word)

    def take(self, other: "Facts") -> None:
        """Take in what others are."""
        for mine, theirs in ((self.kinds, other.kinds), (self.forms, other.forms)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        if other.shortest is not None and other.longest is not None:
            self._measure(other.shortest, other.longest)
        self.words = _either(self.words, other.words)

    def joined(self, other: "Facts") -> "Facts":
        """The facts of both."""
        both = Facts()
        both.take(self)
        both.take(other)
        return both

    def _measure(self, shortest: int, longest: int) -> None:
        self.shortest = shortest if self.shortest is None else min(self.shortest, shortest)
        self.longest = longest if self.longest is None else max(self.longest, longest)


@dataclass(slots=True)
class Shape:
    """The facts by path. `()` is the values themselves. `cut`: there were more than PATHS paths.

    Taking in is associative and commutative, and a new Shape is its identity: of too many paths those
    are kept that are first by depth and then by name, in whatever order they came.
    """

    paths: dict[Path, Facts] = field(default_factory=dict)
    cut: bool = False

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Shape":
        """The shape of values, which are read once and not kept."""
        shape = cls()
        for value in values:
            shape.see(value)
        return shape

    def see(self, value: Any) -> None:
        """Take one value in."""
        for path, inner in _walk(value, ()):
            self._at(path).see(inner)
            if len(self.paths) > 2 * PATHS:
                self._trim()
        self._trim()

    def merged(self, other: "Shape") -> "Shape":
        """The shape of the values of both."""
        both = Shape(cut=self.cut or other.cut)
        for path, facts in (*self.paths.items(), *other.paths.items()):
            both._at(path).take(facts)
        both._trim()
        return both

    def folded(self, keyed: Iterable[Path]) -> "Shape":
        """The shape with the members of the `keyed` objects under `*`."""
        known = frozenset(keyed)
        found = Shape(cut=self.cut)
        for path, facts in self.paths.items():
            found._at(_fold(path, known)).take(facts)
        return found

    def keyed(self) -> frozenset[Path]:
        """The objects whose keys are data: many keys, each of them rare."""
        members: dict[Path, list[int]] = {}
        for path, facts in self.paths.items():
            if path and path[-1] not in {ITEMS, ANY}:
                members.setdefault(path[:-1], []).append(facts.count)
        return frozenset(path for path, counts in members.items() if self._is_keyed(path, counts))

    def holders(self, path: Path) -> int:
        """How many objects (or lists) might have held something at a path."""
        above = self.paths.get(path[:-1])
        wanted = "list" if path[-1:] == (ITEMS,) else "object"
        return above.kinds.get(wanted, 0) if above else 0

    def _is_keyed(self, path: Path, counts: list[int]) -> bool:
        objects = self.paths[path].kinds.get("object", 0) if path in self.paths else 0
        return len(counts) > _MANY and max(counts) <= objects * _RARE

    def _at(self, path: Path) -> Facts:
        if path not in self.paths:
            self.paths[path] = Facts()
        return self.paths[path]

    def _trim(self) -> None:
        if len(self.paths) > PATHS:
            kept = sorted(self.paths, key=lambda path: (len(path), path))[:PATHS]
            self.paths = {path: self.paths[path] for path in kept}
            self.cut = True


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return None
    both = one | other
    return both if len(both) <= VALUES else None


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if len(path) >= DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, ANY if is_data(key) else key))
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, (*path, ITEMS))


def _fold(path: Path, keyed: frozenset[Path]) -> Path:
    """The path with `*` for each key of a keyed object."""
    return tuple(ANY if path[:depth] in keyed else name for depth, name in enumerate(path))
