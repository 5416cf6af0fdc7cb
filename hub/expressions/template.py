"""What goes on the wire: literal JSON with `{expression}` in its texts."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hub.expressions.error import EvaluationError, ExpressionError
from hub.expressions.expression import Expression, compile
from hub.values import plain

Quote = Callable[[str], str]
_Part = str | Expression

_BRACE = re.compile(r"\{\{|\}\}|[{}]")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\])*\"")


class Template:
    """A literal with expressions in its texts. `expressions`: all of them, in order."""

    __slots__ = ("_render", "expressions", "literal")

    def __init__(self, literal: Any) -> None:
        self.literal = literal
        self.expressions: list[Expression] = []
        self._render = self._built(literal)

    def __call__(self, scope: Any, quote: Quote | None = None) -> Any:
        """The literal filled from a scope. `quote` is applied to what is filled into longer texts and alone.

        A text that is only one `{…}` keeps its type. Raises EvaluationError("missing-value") for null
        inside a longer text.
        """
        return self._render(scope, quote)

    def _built(self, literal: Any) -> Callable[[Any, Quote | None], Any]:
        if isinstance(literal, dict):
            members = {name: self._built(value) for name, value in literal.items()}
            return lambda scope, quote: {name: render(scope, quote) for name, render in members.items()}
        if isinstance(literal, list):
            items = [self._built(value) for value in literal]
            return lambda scope, quote: [render(scope, quote) for render in items]
        if isinstance(literal, str):
            return self._text(literal)
        return lambda scope, quote: literal

    def _text(self, text: str) -> Callable[[Any, Quote | None], Any]:
        parts = split(text)
        self.expressions += [part for part in parts if isinstance(part, Expression)]
        if len(parts) == 1 and isinstance(parts[0], Expression):
            return _alone(parts[0])
        return lambda scope, quote: "".join(_filled(part, scope, quote) for part in parts)


def template(literal: Any) -> Template:
    """The template of a literal; cached for texts. Raises ExpressionError, offset within the text."""
    return _of_text(literal) if isinstance(literal, str) else Template(literal)


@lru_cache(maxsize=4096)
def _of_text(text: str) -> Template:
    return Template(text)


def split(text: str) -> list[_Part]:
    """Literal texts and expressions in turn. Raises ExpressionError."""
    parts: list[_Part] = []
    literal: list[str] = []
    index = 0
    while found := _BRACE.search(text, index):
        literal.append(text[index : found.start()])
        index = found.end()
        if found[0] == "{":
            end = _closing(text, found.start())
            parts += ["".join(literal), _compiled(text, index, end)]
            literal, index = [], end + 1
        else:
            literal.append(found[0][0])
    literal.append(text[index:])
    return [part for part in (*parts, "".join(literal)) if part != ""]


def _closing(text: str, opening: int) -> int:
    """Where the brace closes, with the braces and quotes inside of the expression in pairs."""
    depth, index = 0, opening
    while index < len(text):
        quoted = _QUOTED.match(text, index)
        if quoted:
            index = quoted.end()
            continue
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
        index += 1
    raise ExpressionError("the { has no }", opening, "write {{ for a brace that is meant literally")


def _compiled(text: str, start: int, end: int) -> Expression:
    try:
        return compile(text[start:end])
    except ExpressionError as error:
        raise ExpressionError(error.message, start + error.offset, error.hint) from None


def _alone(expression: Expression) -> Callable[[Any, Quote | None], Any]:
    def render(scope: Any, quote: Quote | None) -> Any:
        value = expression(scope)
        if quote is None:
            return value
        return quote(_plain(value))

    return render


def _filled(part: _Part, scope: Any, quote: Quote | None) -> str:
    if isinstance(part, str):
        return part
    text = _plain(part(scope))
    return quote(text) if quote else text


def _plain(value: Any) -> str:
    if value is None:
        raise EvaluationError("missing-value")
    try:
        return plain(value)
    except ValueError:
        raise EvaluationError("not-a-text") from None
