"""One leaf of a mapping as data: where it stands, and where its value comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.expressions import Expression, compile
from hub.mapping.running import ABSENT, Path

_FROM = frozenset({"from", "lookup", "else", "required"})
_EACH = frozenset({"each", "fields"})


@dataclass(frozen=True, slots=True)
class Each:
    """A list: `levels` name what is gone through, outermost first; `fields` say what each item becomes."""

    levels: tuple[tuple[str, Expression], ...]
    fields: tuple[tuple[str, "Rule"], ...]


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

    @property
    def is_path(self) -> bool:
        """Whether it reads a plain path, so that an explicit "no value" clears."""
        return self.source is not None and self.source.path is not None

    def expressions(self) -> Iterator[Expression]:
        """All that it reads, the levels of a list first."""
        if self.source is not None:
            yield self.source
        for _, source in self.each.levels if self.each else ():
            yield source
        for _, inner in self.each.fields if self.each else ():
            yield from inner.expressions()


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
