"""What was expected and what came, where they differ, by path."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.documents import Step
from hub.errors import Place
from hub.mapping import ABSENT

Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is another. `path`: the test's key, and where in its value; ABSENT for what is left out.

    `line`: where in the mapping the value is from, None where no line gives it;
    `said`: why a record was refused.
    """

    path: Path
    expected: Any
    came: Any
    line: Place | None = None
    said: str = ""

    @property
    def at(self) -> str:
        """The path as people write it: `items[0].price`, `consent email.marketing.state`."""
        section, *inner = self.path
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner)
        return (
            text.removeprefix(".") if section == "expect" else f"{section} {text.removeprefix('.')}".rstrip()
        )


def pairs(expected: Any, came: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """The innermost values that differ, each with its path."""
    if isinstance(expected, dict) and isinstance(came, dict):
        for name in {**expected, **came}:
            yield from pairs(expected.get(name, ABSENT), came.get(name, ABSENT), (*path, name))
    elif isinstance(expected, list) and isinstance(came, list):
        for number in range(max(len(expected), len(came))):
            yield from pairs(_item(expected, number), _item(came, number), (*path, number))
    elif not same(expected, came):
        yield path, expected, came


def same(one: Any, other: Any) -> bool:
    """Equal, and not merely as Python's true and 1 are."""
    return bool(one == other) and shown(one) == shown(other)


def shown(value: Any) -> str:
    """A value as JSON, with whole numbers as such."""
    return "left out" if value is ABSENT else json.dumps(_number(value), ensure_ascii=False, sort_keys=True)


def _item(items: list[Any], number: int) -> Any:
    return items[number] if number < len(items) else ABSENT


def _number(value: Any) -> Any:
    """Whole numbers without a point: 5.0 and 5 are one number in JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _number(inner) for name, inner in value.items()}
    return [_number(inner) for inner in value] if isinstance(value, list) else value
