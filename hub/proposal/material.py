"""What an event offers to a mapping: its scalars and lists, with the values that were seen there."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.drift.forms import is_data
from hub.drift.shape import DEPTH, Path

PATHS = 2_000
"""Fields that are looked at; what comes behind them is left out."""

MOST = 3
"""Times as many scalars as around it make an object the home of the record."""


@dataclass(slots=True)
class Source:
    """One path of the record. `values`: those that say something, in the order of the samples."""

    path: Path
    values: list[Any] = field(default_factory=list)

    @property
    def value(self) -> Any:
        """The first value, None where none was told."""
        return self.values[0] if self.values else None


@dataclass(frozen=True, slots=True)
class Material:
    """The scalars and the lists of records, by path. `home`: the object that holds most of the scalars."""

    scalars: dict[Path, Source]
    lists: dict[Path, Source]
    home: Path

    @classmethod
    def of(cls, records: Iterable[Any], empty: Any = None) -> "Material":
        """What these records hold; keys that are data are left out. `empty`: what stands for no value."""
        scalars: dict[Path, Source] = {}
        lists: dict[Path, Source] = {}
        for record in records:
            for path, value in _walk(record, ()):
                held = lists if isinstance(value, list) else scalars
                if path not in held and len(held) >= PATHS:
                    continue
                source = held.setdefault(path, Source(path))
                if value is not None and value not in ("", []) and value is not empty:
                    source.values.append(value)
        return cls(scalars, lists, _home(scalars))

    def near(self, path: Path, found: Iterable[Path]) -> Path | None:
        """Of these paths the one in the nearest object around a path: beside it, else further out."""
        common = {one: len(one) - 1 for one in found if path[: len(one) - 1] == one[:-1]}
        return min(common, key=lambda one: (-common[one], len(one[-1]), one), default=None)


def _home(scalars: Iterable[Path]) -> Path:
    """The record itself, or the object in it that holds most: `properties`, `data.attributes`."""
    held = Counter(path[:-1] for path in scalars)
    largest = max(held, key=lambda path: (held[path], -len(path)), default=())
    around = sum(held[largest[:depth]] for depth in range(len(largest)))
    return largest if held[largest] >= MOST * max(around, 1) else ()


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and len(path) < DEPTH:
        for name, inner in value.items():
            if not is_data(name):
                yield from _walk(inner, (*path, name))
    elif path and not isinstance(value, dict):
        yield path, value
