"""The inverse of a template: what stood in its holes, given what was made of it."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.expressions import Expression, compile, syntax
from hub.expressions.syntax import Tree
from hub.expressions.template import split
from hub.simulator.trees import tree_of

Known = Callable[[Expression], tuple[bool, Any]]
"""Whether an expression's value is known beforehand (an account's setting, a secret), and the value."""


@dataclass(slots=True)
class Reader:
    """Walks a literal and a value side by side.

    `known`: expressions whose value is no news; `lenient`: what is null was left out; `plain`: all values
    are texts, as in a form; `beside`: a path of a member that the literal does not have (an idempotency key).
    `captured`: expression -> what stood in its hole; `score`: how much of the literal was found.
    """

    known: Known
    lenient: bool = False
    plain: bool = False
    beside: tuple[str, ...] = ()
    captured: dict[str, Any] = field(default_factory=dict)
    score: int = 0

    def matches(self, literal: Any, value: Any, path: tuple[str, ...] = ()) -> bool:
        """Whether the value may have been made of the literal."""
        if isinstance(literal, str):
            return self.text(literal, value)
        if isinstance(literal, dict):
            return isinstance(value, dict) and self._members(literal, value, path)
        if isinstance(literal, list):
            return isinstance(value, list) and self._items(literal, value, path)
        self.score += 1
        return _same(literal, value, self.plain)

    def text(self, literal: str, value: Any, hole: str = "(.*?)", decode: Callable[[str], str] = str) -> bool:
        """Whether a text with holes fits; a text that is only one hole takes any value."""
        parts = split(literal)
        if len(parts) == 1 and isinstance(parts[0], Expression):
            return self._hole(parts[0], value)
        if not isinstance(value, str):
            return False
        pattern = "".join(self._part(part, hole) for part in parts)
        found = re.fullmatch(pattern, value, re.DOTALL)
        if found is None:
            return False
        self.score += sum(len(part) for part in parts if isinstance(part, str))
        holes = [part for part in parts if isinstance(part, Expression) and not self.known(part)[0]]
        return all(map(self._keep, holes, map(decode, found.groups())))

    def _part(self, part: str | Expression, hole: str) -> str:
        if isinstance(part, str):
            return re.escape(part)
        known, value = self.known(part)
        return re.escape(str(value)) if known else hole

    def _hole(self, expression: Expression, value: Any) -> bool:
        known, wanted = self.known(expression)
        if known:
            self.score += 1
            return _same(wanted, value, self.plain)
        tree = tree_of(expression.source)
        if tree["type"] == "function_expression" and tree["value"] == "merge":
            return self._merged(expression, tree, value)
        return self._keep(expression, value)

    def _merged(self, expression: Expression, tree: Tree, value: Any) -> bool:
        """`merge({kind: 'x'}, record, {id: id})`: what was added stands in it, the rest is the record."""
        parts = tree["children"]
        base = next((number for number, one in enumerate(parts) if syntax.path(one)), -1)
        if base < 0:
            return isinstance(value, dict) and self._keep(expression, value)
        before, after = _pairs(parts[:base]), _pairs(parts[base + 1 :])
        if not isinstance(value, dict) or not all(name in value for name in before | after):
            return False
        self.score += len(before) + len(after)
        rest = {name: one for name, one in value.items() if name not in after}
        path = syntax.path(parts[base])
        fitting = all(self._added(one, value[name]) for name, one in after.items())
        return fitting and (path is None or self._keep(compile(".".join(path)), rest))

    def _added(self, tree: Tree, value: Any) -> bool:
        """Whether a member may be what was added; what one path gives (`to_number(id)`) is noted as that."""
        if tree["type"] == "literal":
            return _same(tree["value"], value, self.plain)
        paths = syntax.paths(tree)
        return len(paths) != 1 or self._keep(compile(".".join(next(iter(paths)))), value)

    def _keep(self, expression: Expression, value: Any) -> bool:
        """Note what stood in a hole; two of one expression hold the same."""
        held = self.captured.setdefault(expression.source, value)
        return _same(held, value, plain=True)

    def _members(self, literal: dict[str, Any], value: dict[str, Any], path: tuple[str, ...]) -> bool:
        more = [name for name in value if name not in literal and not self._is_beside((*path, name))]
        missing = [name for name in literal if name not in value]
        if more or not all(self._may_lack(literal[name]) for name in missing):
            return False
        shared = [name for name in literal if name in value]
        self.score += len(shared)
        return all(self.matches(literal[name], value[name], (*path, name)) for name in shared)

    def _items(self, literal: list[Any], value: list[Any], path: tuple[str, ...]) -> bool:
        return len(literal) == len(value) and all(
            self.matches(one, other, (*path, "")) for one, other in zip(literal, value, strict=True)
        )

    def _is_beside(self, path: tuple[str, ...]) -> bool:
        return path == self.beside[: len(path)]

    def _may_lack(self, literal: Any) -> bool:
        """Whether what was made of a literal may be left out: it holds nothing but holes."""
        if not (self.lenient or self.plain):
            return False
        if isinstance(literal, dict | list):
            inner = list(literal.values()) if isinstance(literal, dict) else literal
            return self.plain and all(map(self._may_lack, inner))
        return literal is None or (isinstance(literal, str) and _is_hole(literal))


def _pairs(parts: Sequence[Tree]) -> dict[str, Tree]:
    """The members of the objects that are written out among some parts."""
    objects = [one for one in parts if one["type"] == "multi_select_dict"]
    return {pair["value"]: pair["children"][0] for one in objects for pair in one["children"]}


def _is_hole(text: str) -> bool:
    parts = split(text)
    return len(parts) == 1 and isinstance(parts[0], Expression)


def _same(one: Any, other: Any, plain: bool) -> bool:
    if not plain or isinstance(one, dict | list) or isinstance(other, dict | list):
        return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)
    return _text(one) == _text(other)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def leaves(value: Any) -> list[Any]:
    """The scalars in a value."""
    if isinstance(value, dict | list):
        inner: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value
        return [leaf for one in inner for leaf in leaves(one)]
    return [value]
