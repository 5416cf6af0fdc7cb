"""What can be changed in the text of an expression, so that it means something else."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from hub.expressions import ExpressionError, compile

Names = tuple[str, ...]
Siblings = Callable[[Names], list[str]]
"""From a path to the names that stand beside its last one."""

_TOKEN = re.compile(
    r"""(?P<text>'(?:\\.|[^'\\])*')|(?P<literal>`(?:\\.|[^`\\])*`)|(?P<quoted>"(?:\\.|[^"\\])*")"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<number>-?\d+)|(?P<sign>\[\?|&&|\|\||[=!<>]=|[^\s\w])"""
)
_SIGNS = {"==": "!=", "!=": "==", "&&": "||", "||": "&&", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_PAIRS = (
    ("lower", "upper"),
    ("after", "before"),
    ("money", "minor"),
    ("md5", "sha256"),
    ("iso_time", "unix_seconds"),
    ("starts_with", "ends_with"),
    ("min", "max"),
    ("min_by", "max_by"),
    ("sum", "avg"),
    ("ceil", "floor"),
    ("keys", "values"),
    ("date", "time"),
    ("unix_millis", "unix_seconds"),
    ("first_surname", "second_surname"),
    ("given_names", "surnames"),
    ("is_tax_id", "tax_id"),
    ("pad", "truncate"),
)
NEIGHBOURS = {one: other for pair in _PAIRS for one, other in (pair[::-1], pair)}
_OPEN, _CLOSED = frozenset("([{") | {"[?"}, frozenset(")]}")


class Change(NamedTuple):
    """A changed expression: where its text begins to differ, what changed, and the whole new text."""

    offset: int
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


_START = _Token("sign", "", 0, 0)


def changes(source: str, siblings: Siblings) -> Iterator[Change]:
    """Every change of one expression that is an expression again."""
    for change in _Text(source, siblings).changes():
        if change.text != source and _is_expression(change.text):
            yield change


def texts(source: str) -> Iterator[str]:
    """The texts that an expression compares with, or gives."""
    for token in _tokens(source):
        if token.kind == "text":
            yield token.text[1:-1]
        elif token.kind == "literal":
            yield from (value for value in _scalars(_json(token)) if isinstance(value, str))


def names(source: str, *, inner: bool = False) -> frozenset[str]:
    """Every name in an expression, of whatever it is; `inner`: only those behind a point."""
    tokens = _tokens(source)
    found = (token for before, token in pairwise([_START, *tokens]) if not inner or before.text == ".")
    return frozenset(token.text.strip('"') for token in found if token.kind in {"name", "quoted"})


def _tokens(source: str) -> list[_Token]:
    return [_Token(str(one.lastgroup), one[0], one.start(), one.end()) for one in _TOKEN.finditer(source)]


def _is_expression(text: str) -> bool:
    try:
        compile(text)
    except ExpressionError:
        return False
    return True


class _Text:
    """The text of one expression, taken apart."""

    def __init__(self, source: str, siblings: Siblings) -> None:
        self._source = source
        self._siblings = siblings
        self._tokens = _tokens(source)

    def changes(self) -> Iterator[Change]:
        for number, token in enumerate(self._tokens):
            yield from getattr(self, f"_of_{token.kind}")(number, token)

    def _of_text(self, number: int, token: _Token) -> Iterator[Change]:
        text = token.text[1:-1]
        zone = text == "UTC" or re.fullmatch(r"[A-Z]\w+/\w+", text)
        yield self._changed(token, "'Asia/Tokyo'" if zone else "'another'" if text == "other" else "'other'")

    def _of_literal(self, number: int, token: _Token) -> Iterator[Change]:
        for what, value in _literals(_json(token)):
            text = json.dumps(value, ensure_ascii=False).replace("`", "\\`")
            yield Change(token.start, what, self._with(token.start, token.end, f"`{text}`"))

    def _of_sign(self, number: int, token: _Token) -> Iterator[Change]:
        if token.text in _SIGNS:
            yield self._changed(token, _SIGNS[token.text])
        if token.text == "!":
            yield Change(token.start, "! dropped", self._with(token.start, token.end, ""))
        if token.text == "[?":
            end = self._closing(number)
            yield Change(token.start, "filter dropped", self._with(token.start, end.end, "[*]"))

    def _of_number(self, number: int, token: _Token) -> Iterator[Change]:
        if self._sign(number - 1) == "[" and self._sign(number + 1) == "]":
            yield self._changed(token, "-1" if token.text == "0" else "0")

    def _of_name(self, number: int, token: _Token) -> Iterator[Change]:
        if self._sign(number + 1) == "(":
            yield from self._of_call(number, token)
        elif self._sign(number + 1) == ":":
            yield self._changed(token, f"{token.text}_")
        elif self._sign(number + 1) != ".":
            path = self._path(number)
            others = self._siblings(path) or [f"{token.text.strip(chr(34))}_"]
            yield from (self._changed(token, _name(other)) for other in others)

    _of_quoted = _of_name

    def _of_call(self, number: int, token: _Token) -> Iterator[Change]:
        if token.text in NEIGHBOURS:
            yield self._changed(token, NEIGHBOURS[token.text])
        end = self._closing(number + 1)
        arguments = self._arguments(number + 1)
        if len(arguments) == 1:
            inner = self._source[slice(*arguments[0])]
            yield Change(token.start, f"{token.text}() dropped", self._with(token.start, end.end, inner))
        for left, right in pairwise(arguments):
            first, second = self._source[slice(*left)], self._source[slice(*right)]
            between = self._source[left[1] : right[0]]
            text = self._with(left[0], right[1], second + between + first)
            yield Change(left[0], f"{first} and {second} exchanged", text)

    def _path(self, number: int) -> Names:
        """The names that lead to a name, itself the last; an empty one for what is no name."""
        path = [self._tokens[number].text.strip('"')]
        while path[0] and self._sign(number - 1) == ".":
            number -= 2
            known = self._tokens[number].kind in {"name", "quoted"}
            path.insert(0, self._tokens[number].text.strip('"') if known else "")
        return tuple(path)

    def _arguments(self, opening: int) -> list[tuple[int, int]]:
        """Where the arguments of a call begin and end."""
        found, depth, start = [], 0, opening + 1
        for number in range(opening + 1, len(self._tokens)):
            text = self._tokens[number].text
            if depth == 0 and text in {",", ")"}:
                found += [(self._tokens[start].start, self._tokens[number - 1].end)] if number > start else []
                start = number + 1
            depth += (text in _OPEN) - (text in _CLOSED)
            if depth < 0:
                break
        return found

    def _closing(self, opening: int) -> _Token:
        depth = 0
        for token in self._tokens[opening:]:
            depth += (token.text in _OPEN) - (token.text in _CLOSED)
            if depth == 0:
                return token
        return self._tokens[-1]

    def _sign(self, number: int) -> str:
        inside = 0 <= number < len(self._tokens)
        return self._tokens[number].text if inside and self._tokens[number].kind == "sign" else ""

    def _changed(self, token: _Token, text: str) -> Change:
        return Change(token.start, f"{token.text} became {text}", self._with(token.start, token.end, text))

    def _with(self, start: int, end: int, text: str) -> str:
        return self._source[:start] + text + self._source[end:]


def _name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else json.dumps(name, ensure_ascii=False)


def _json(token: _Token) -> Any:
    """The value of a literal; as jmespath.py does, what is no JSON is a text."""
    text = token.text[1:-1].replace("\\`", "`").strip()
    try:
        return json.loads(text)
    except ValueError:
        return text


def _literals(value: Any) -> Iterator[tuple[str, Any]]:
    """A literal with one scalar in it changed."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ((what, {**value, name: other}) for what, other in _literals(inner))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            rest = value[number + 1 :]
            yield from ((what, [*value[:number], other, *rest]) for what, other in _literals(inner))
    elif value is not None:
        other = _other(value)
        yield f"{json.dumps(value, ensure_ascii=False)} became {json.dumps(other)}", other


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else "another" if value == "other" else "other"


def _scalars(value: Any) -> Iterator[Any]:
    """The scalars inside of a value."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    else:
        yield value
