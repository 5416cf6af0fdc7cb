"""The syntax tree of an expression with the place of every node, which the parser's own tree lacks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hub.expressions import syntax

_TOKEN = re.compile(
    r"'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\])*\"|[A-Za-z_]\w*|-?\d+|\|\||&&|[<>=!]=|\[\]|\[\?|\S"
)
_OPERATORS = {"or_expression": ("||",), "and_expression": ("&&",), "pipe": ("|",)}
_COMPARATORS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@dataclass(frozen=True, slots=True)
class Node:
    """A node: `kind` and `value` as the parser says, `start` where its name or operator stands in the text.

    `quoted`: of a field, whether its name is in double quotes.
    """

    kind: str
    value: Any
    children: tuple["Node", ...]
    start: int
    quoted: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The names of a plain path, empty for anything else."""
        if self.kind == "field":
            return (self.value,)
        parts = [child.path for child in self.children] if self.kind == "subexpression" else []
        return tuple(name for part in parts for name in part) if parts and all(parts) else ()

    def calls(self, *names: str) -> bool:
        """Whether it is a call of one of these functions."""
        return self.kind == "function_expression" and self.value in names

    def nodes(self) -> Iterator["Node"]:
        """The node and all below it."""
        yield self
        for child in self.children:
            yield from child.nodes()


@lru_cache(maxsize=4096)
def tree(source: str) -> Node:
    """The tree of a text. Raises ExpressionError."""
    return _Placing(source).node(syntax.parse(source))


class _Placing:
    """Goes through a tree in the order of the text, and finds each node's token."""

    def __init__(self, source: str) -> None:
        self._tokens = [(match.start(), match[0]) for match in _TOKEN.finditer(source)]
        self._next = 0

    def node(self, data: dict[str, Any]) -> Node:
        kind, value = data["type"], data.get("value")
        inner = [child for child in data["children"] if isinstance(child, dict)]
        if kind in {"or_expression", "and_expression", "pipe", "comparator"}:
            words = _OPERATORS.get(kind) or (_COMPARATORS[str(value)],)
            left = self.node(inner[0])
            start = self._find(*words)
            return Node(kind, value, (left, self.node(inner[1])), start)
        if kind == "filter_projection":
            left, start = self.node(inner[0]), self._find("[?")
            condition = self.node(inner[2])
            return Node(kind, value, (left, self.node(inner[1]), condition), start)
        if kind in {"flatten", "projection", "value_projection"}:
            return self._projected(kind, value, inner)
        start, quoted = self._start(kind, value)
        return Node(kind, value, tuple(self.node(child) for child in inner), start, quoted)

    def _projected(self, kind: str, value: Any, inner: list[dict[str, Any]]) -> Node:
        left = self.node(inner[0])
        start = self._find("[]") if kind == "flatten" else self._star(left)
        return Node(kind, value, (left, *(self.node(child) for child in inner[1:])), start)

    def _star(self, left: Node) -> int:
        """Where `[*]` or `*` stands; that of a flattened or sliced list is the list's own."""
        sliced = left.kind == "index_expression" and left.children[-1].kind == "slice"
        return (
            left.children[-1].start if sliced else left.start if left.kind == "flatten" else self._bracket()
        )

    def _bracket(self) -> int:
        star = self._find("*")
        before = self._tokens[max(self._next - 2, 0)]
        return before[0] if before[1] == "[" else star

    def _start(self, kind: str, value: Any) -> tuple[int, bool]:
        if kind == "field":
            start = self._find(value, _quoted(value))
            return start, self._tokens[self._next - 1][1].startswith('"')
        if kind == "function_expression":
            return self._find(value), False
        if kind == "key_val_pair":
            return self._find(value, _quoted(value)), False
        if kind == "literal":
            return self._literal(), False
        words = {"not_expression": "!", "expref": "&", "current": "@", "index": "[", "slice": "["}
        return self._find(words[kind]) if kind in words else self._here(), False

    def _here(self) -> int:
        return self._tokens[min(self._next, len(self._tokens) - 1)][0]

    def _literal(self) -> int:
        while not self._tokens[self._next][1].startswith(("'", "`")):
            self._next += 1
        self._next += 1
        return self._tokens[self._next - 1][0]

    def _find(self, *words: str) -> int:
        """The next token that is one of these; the present one where the text writes it otherwise."""
        for index in range(self._next, len(self._tokens)):
            if self._tokens[index][1] in words:
                self._next = index + 1
                return self._tokens[index][0]
        return self._here()


def _quoted(name: Any) -> str:
    return f'"{name}"'
