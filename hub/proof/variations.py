"""Many records like the samples, each a little different: what two mappings are compared over."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.documents import Step
from hub.mapping import ABSENT
from hub.proof.differences import shown

Path = tuple[Step, ...]

AS_IT_IS = "as it is"
_MIXED = 200
"""Records in which several values are changed at once, for each sample."""


@dataclass(frozen=True, slots=True)
class Variation:
    """A record, and in words what distinguishes it from the sample."""

    record: Any
    said: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One value set, or (ABSENT) taken out."""

    path: Path
    value: Any

    @property
    def said(self) -> str:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return (
            f"{where.removeprefix('.')} {'left out' if self.value is ABSENT else f'is {shown(self.value)}'}"
        )


def variations(
    base: Any, names: frozenset[str], inner: frozenset[str], words: Iterable[str]
) -> Iterator[Variation]:
    """A sample, then with one value changed, then with several.

    `names`: of the values that are worth a change; `inner`: those of them that stand inside of others;
    `words`: texts that a value may become. The same each time.
    """
    chance = random.Random(len(names))
    known = sorted(set(words))
    steps = [step for path, value in _places(base, names, inner) for step in _steps(path, value, known)]
    yield Variation(base, AS_IT_IS)
    yield from (Variation(changed(base, step.path, step.value), step.said) for step in steps)
    for _ in range(_MIXED if steps else 0):
        yield _mixed(base, chance.sample(steps, min(len(steps), chance.randint(2, 5))))


def changed(data: Any, path: Path, value: Any) -> Any:
    """The data with the value at a path set, or (ABSENT) taken out; what is beside it is shared.

    Objects on the way that are missing are made; a list that is shorter stays as it is.
    """
    if not path:
        return value
    step, inner = path[0], path[1:]
    if isinstance(data, list):
        number = int(step)
        if number >= len(data):
            return data
        return [*data[:number], *_kept(changed(data[number], inner, value)), *data[number + 1 :]]
    found = data if isinstance(data, dict) else {}
    other = changed(found.get(step, {}), inner, value)
    beside = {name: known for name, known in found.items() if name != step or other is not ABSENT}
    return beside if other is ABSENT else {**beside, step: other}


def _kept(value: Any) -> list[Any]:
    return [] if value is ABSENT else [value]


def _mixed(base: Any, steps: list[_Step]) -> Variation:
    record = base
    for step in steps:
        record = changed(record, step.path, step.value)
    return Variation(record, ", ".join(step.said for step in steps))


def _places(
    base: Any, names: frozenset[str], inner: frozenset[str], path: Path = ()
) -> Iterator[tuple[Path, Any]]:
    """Where the named values stand, or are missing."""
    pairs = base.items() if isinstance(base, dict) else enumerate(base) if isinstance(base, list) else ()
    for step, value in pairs:
        here = (*path, step)
        if step in names or isinstance(step, int):
            yield here, value
        yield from _places(value, names, inner, here)
    if isinstance(base, dict):
        missing = (inner if path else names) - base.keys()
        yield from (((*path, name), ABSENT) for name in sorted(missing))


def _steps(path: Path, value: Any, words: list[str]) -> Iterator[_Step]:
    """What a value may become."""
    spoken = value is None or value is ABSENT or isinstance(value, str)
    others = [ABSENT, None, "", *_others(value), *(words if spoken else [])]
    for other in others:
        if other is not value:
            yield _Step(path, other)


def _others(value: Any) -> list[Any]:
    """Values of the same kind, and of others."""
    if isinstance(value, dict):
        return [{}]
    if isinstance(value, list):
        return [[], value[::-1], value[:1], [*value, *value], [*value, None]]
    if isinstance(value, str):
        return [*_texts(value), True]
    if isinstance(value, bool):
        return [not value, "true", "false"]
    if isinstance(value, int | float):
        return [0, -1, value + 1, value + 0.5, f"{value + 2}", True]
    return [
        "x",
        " X y ",
        7,
        12.5,
        "0.05",
        True,
        False,
        "2021-03-04T05:06:07Z",
        "ana@correo.example",
        "BRL",
        {},
        [],
        [{}],
    ]


def _texts(value: str) -> list[str]:
    """Other texts, the same one as people write it, a number, times, phones of other countries."""
    found = [f"{value}x", value.upper(), value.lower(), f" {value} ", "7", "0.05"]
    found += ["2021-03-04T05:06:07Z", "2021-03-04 05:06:07"]
    if sum(letter.isdigit() for letter in value) > 7:
        found += [
            "34612345678",
            "5215512345678",
            f"{value[:-1]}{9 - int(value[-1])}" if value[-1].isdigit() else value,
        ]
    return [text for text in found if text != value]
