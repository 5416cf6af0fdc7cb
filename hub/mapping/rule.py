"""The leaves of a mapping: how one value is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hub.documents import Step
from hub.expressions import Expression, compile
from hub.values import plain

Path = tuple[Step, ...]


class Absent(Enum):
    """The value of what is not there: another thing than null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

_FROM = frozenset({"from", "lookup", "else", "required"})
_EACH = frozenset({"each", "fields"})


class Unlisted(Exception):
    """A lookup does not list the value."""


@dataclass(frozen=True, slots=True)
class Each:
    """A list: `levels` name what is gone through, outermost first; `fields` say what each item becomes."""

    levels: tuple[tuple[str, Expression], ...]
    fields: tuple[tuple[str, "Rule"], ...]

    def __call__(self, scope: dict[str, Any], settings: dict[str, Any]) -> Any:
        """The items; null where there is nothing to go through. Raises EvaluationError, Unlisted."""
        scopes = list(_scopes(scope, self.levels))
        return [self._item(inner, settings) for inner in scopes] if scopes else None

    def _item(self, scope: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
        found = {name: rule(scope, settings) for name, rule in self.fields}
        return {name: value for name, value in found.items() if value is not None and value is not ABSENT}


@dataclass(frozen=True, slots=True)
class Rule:
    """One leaf. `path`: where it stands in the file. Exactly one of `source`, `each` and `setting` is set."""

    path: Path
    source: Expression | None = None
    each: Each | None = None
    setting: str | None = None
    lookup: dict[str, Any] | None = None
    otherwise: Any = ABSENT
    required: bool = False

    def __call__(self, scope: dict[str, Any], settings: dict[str, Any]) -> Any:
        """The value; null for none; ABSENT where a plain path leads nowhere.

        Raises EvaluationError, and Unlisted where the lookup does not list the value.
        """
        if self.setting is not None:
            return settings.get(self.setting)
        if self.each is not None:
            return self.each(scope, settings)
        value = self._read(scope)
        return value if self.lookup is None or value is ABSENT or value is None else self._looked_up(value)

    @property
    def is_path(self) -> bool:
        """Whether it reads a plain path, so that an explicit "no value" clears."""
        return self.source is not None and self.source.path is not None

    def _read(self, scope: dict[str, Any]) -> Any:
        if self.source is None:
            return ABSENT
        path = self.source.path
        return self.source(scope) if path is None else walk(scope, path)

    def _looked_up(self, value: Any) -> Any:
        lookup = self.lookup or {}
        key = _key(value)
        if key in lookup:
            return lookup[key]
        if self.otherwise is not ABSENT:
            return self.otherwise
        raise Unlisted


def walk(scope: Any, path: tuple[str, ...]) -> Any:
    """The value at a path: ABSENT without its last key, null below a null."""
    for name in path:
        if scope is None:
            return None
        if not isinstance(scope, dict) or name not in scope:
            return ABSENT
        scope = scope[name]
    return scope


def is_leaf(data: Any) -> bool:
    """Whether this part of `in:` or `out:` is a leaf, and not an object of leaves."""
    if not isinstance(data, dict):
        return True
    keys = data.keys()
    return bool(keys) and (
        ("from" in keys and keys <= _FROM) or ("each" in keys and keys <= _EACH) or keys == {"setting"}
    )


def leaves(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The leaves of a part, each with its path in the file."""
    if is_leaf(data):
        yield path, data
        return
    for name, inner in data.items():
        yield from leaves(inner, (*path, name))


def rule(data: Any, path: Path) -> Rule:
    """The rule of a leaf at `path`. Raises ExpressionError."""
    if not isinstance(data, dict):
        return Rule(path, compile(data))
    if "setting" in data:
        return Rule(path, setting=data["setting"])
    if "each" in data:
        levels = tuple((name, compile(source)) for name, source in data["each"].items())
        fields = tuple((name, rule(leaf, (*path, "fields", name))) for name, leaf in data["fields"].items())
        return Rule(path, each=Each(levels, fields))
    return Rule(
        path,
        compile(data["from"]),
        lookup=data.get("lookup"),
        otherwise=data.get("else", ABSENT),
        required=bool(data.get("required", False)),
    )


def reverse(lookup: dict[str, Any], value: Any) -> Any:
    """The vendor's word for a canonical value. Raises Unlisted."""
    for vendor, ours in lookup.items():
        if ours == value:
            return vendor
    raise Unlisted


def _key(value: Any) -> str | None:
    try:
        return plain(value)
    except ValueError:
        return None


def _scopes(scope: dict[str, Any], levels: tuple[tuple[str, Expression], ...]) -> Iterator[dict[str, Any]]:
    if not levels:
        yield scope
        return
    (name, source), *inner = levels
    items = source(scope)
    for item in items if isinstance(items, list) else ():
        yield from _scopes({**scope, name: item}, tuple(inner))
