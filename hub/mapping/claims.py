"""What the samples of a mapping promise of each record: a promise that a record breaks is drift."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.mapping.running import ABSENT, Path, walk

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What the samples show at a path of the mapping's scope.

    `kinds`: of values (number, text, …), empty where none was ever told. `always`: every record has the
    key, be it with null. `beside`: every record with a value at this path, if not ().
    """

    path: Names
    kinds: frozenset[str]
    always: bool
    beside: Names = ()

    def broken(self, scope: dict[str, Any], empty: Any = ABSENT) -> str:
        """`vanished`, `changed` (a kind that no sample shows), or nothing."""
        value = walk(scope, self.path)
        if value is ABSENT:
            whole = not self.beside or tells(walk(scope, self.beside), empty)
            return "vanished" if self.always and whole else ""
        changed = self.kinds and tells(value, empty) and kind(value) not in self.kinds
        return "changed" if changed else ""


def frozen(claims: Iterable[tuple[Path, Claim]]) -> tuple[Any, ...]:
    """The claims of leaves as literals."""
    return tuple((path, one.path, tuple(sorted(one.kinds)), one.always, one.beside) for path, one in claims)


def thawed(facts: Iterable[Any]) -> Iterator[tuple[Path, Claim]]:
    """The claims of leaves, of their literals."""
    return ((path, Claim(names, frozenset(kinds), *more)) for path, names, kinds, *more in facts)


def kind(value: Any) -> str:
    """JSON's kind of a value: null, boolean, number, text, list or object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def tells(value: Any, empty: Any = ABSENT) -> bool:
    """Whether a value says something: no null, no blank text, and not the connector's "no value"."""
    if value is None or value is ABSENT or value == "":
        return False
    return empty is ABSENT or type(value) is not type(empty) or bool(value != empty)
