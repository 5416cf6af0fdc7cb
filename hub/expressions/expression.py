"""One expression: parsed once, evaluated often."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from jmespath import exceptions, parser, visitor
from jmespath.functions import Functions as Native

from hub.errors import HubError
from hub.expressions.functions import FUNCTIONS

_FIRST = frozenset(
    {"subexpression", "index_expression", "projection", "value_projection", "filter_projection"}
)
"""Nodes of which only the first child reads the scope; the others read what it gave."""

_NO_COMPARISON = "compare times with after(a, b) or before(a, b), numbers after to_number(x)"


class ExpressionError(HubError):
    """An expression is wrong at character `offset` (from 0): `message` says what, `hint` the cure."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class EvaluationError(HubError):
    """An expression has no value over this scope: `reason` is a slug; never says the values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Finding(NamedTuple):
    """A form that JMESPath allows and we do not."""

    code: str
    message: str
    offset: int
    hint: str


class _Functions(Native):
    """The native functions and ours; `root()` needs to know the scope."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def call_function(self, function_name: str, resolved_args: Iterable[Any]) -> Any:
        ours = FUNCTIONS.get(function_name)
        if function_name == "root":
            resolved_args = [self._root]
        return ours(*resolved_args) if ours else super().call_function(function_name, resolved_args)


class Expression:
    """A parsed expression. `names`: the first-level names that it reads; `paths`: with what follows each.

    `path`: its names where it is only a plain path (`a.b.c`), else None.
    """

    __slots__ = ("_rooted", "_tree", "names", "path", "paths", "source")

    def __init__(self, source: str, tree: Any) -> None:
        self.source = source
        self._tree = tree
        self._rooted = any(_calls(node, "root") for node in _nodes(tree))
        self.paths = frozenset(_paths(tree))
        self.names = frozenset(path[0] for path in self.paths)
        self.path = _path(tree)

    def __call__(self, scope: Any) -> Any:
        """Its value over a scope. Raises EvaluationError, without values."""
        if self.path:
            return _walk(scope, self.path)
        try:
            interpreter = _interpreter(scope) if self._rooted else _SHARED
            return interpreter.visit(self._tree, scope)
        except exceptions.JMESPathTypeError as error:
            raise EvaluationError(f"wrong-type-in-{error.function_name}") from None
        except (ValueError, TypeError, AttributeError, ArithmeticError, LookupError, OSError):
            raise EvaluationError("no-value") from None

    def findings(self) -> Iterator[Finding]:
        """Forms that are forbidden because they give wrong results for values that occur."""
        for node in _nodes(self._tree):
            yield from _forbidden(node, self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


@lru_cache(maxsize=4096)
def compile(source: str) -> Expression:
    """The expression of a text; cached. Raises ExpressionError."""
    if not source.strip():
        raise ExpressionError("the expression is empty", 0)
    try:
        tree: Any = parser.Parser().parse(source).parsed
    except exceptions.IncompleteExpressionError:
        raise ExpressionError("the expression ends too early", len(source)) from None
    except exceptions.LexerError as error:
        raise ExpressionError(_sentence(error.message), error.lexer_position) from None
    except exceptions.ParseError as error:
        message = f'"{error.token_value}" is not expected here'
        raise ExpressionError(message, error.lex_position) from None
    for node in _nodes(tree):
        _check_call(node, source)
    return Expression(source, tree)


def _sentence(message: str) -> str:
    if message.startswith("Unclosed"):
        return "the text has no end"
    return message[:1].lower() + message[1:]


def _interpreter(root: Any) -> visitor.TreeInterpreter:
    return visitor.TreeInterpreter(visitor.Options(custom_functions=_Functions(root)))


_SHARED = _interpreter(None)


def _walk(scope: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(scope, dict):
            return None
        scope = scope.get(name)
    return scope


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """The node and all below it."""
    yield tree
    for child in tree["children"]:
        if isinstance(child, dict):
            yield from _nodes(child)


def _calls(node: dict[str, Any], name: str) -> bool:
    return bool(node["type"] == "function_expression" and node["value"] == name)


def _path(tree: dict[str, Any]) -> tuple[str, ...] | None:
    if tree["type"] == "field":
        return (tree["value"],)
    if tree["type"] == "subexpression":
        parts = [_path(child) for child in tree["children"]]
        return tuple(name for part in parts if part for name in part) if all(parts) else None
    return None


def _paths(tree: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The paths that are read of the scope itself, and not of what another part gave."""
    kind, children = tree["type"], tree["children"]
    plain = _path(tree)
    if plain:
        yield plain
    elif kind == "subexpression" and not _is_whole(children[0]):
        yield from _led(children)
    elif kind in _FIRST or kind == "pipe":
        whole = _is_whole(children[0])
        for child in children[:2] if whole else children[:1]:
            yield from _paths(child)
    elif kind != "expref":
        for child in children:
            yield from _paths(child) if isinstance(child, dict) else ()


def _led(children: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The path that a chain of parts starts with: `a.b` of `a.b.{c: d}`."""
    start: list[str] = []
    for child in children:
        name = _path(child)
        if name is None:
            start += next(_paths(child), ()) if child["type"] in _FIRST else ()
            break
        start += name
    if start:
        yield tuple(start)
    else:
        yield from _paths(children[0])


def _is_whole(node: dict[str, Any]) -> bool:
    return node["type"] == "current" or _calls(node, "root")


def _check_call(node: dict[str, Any], source: str) -> None:
    if node["type"] != "function_expression":
        return
    name, count = node["value"], len(node["children"])
    native, ours = Native.FUNCTION_TABLE.get(name), FUNCTIONS.get(name)
    if native is None and ours is None:
        raise _unknown(name, source)
    least, most = (ours.least, ours.most) if ours else _arity(native["signature"])
    if count < least or (most is not None and count > most):
        wanted = (
            f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
        )
        hint = f"{ours.signature}: {ours.doc}" if ours else ""
        message = f"{name}() takes {wanted} argument{'' if wanted.endswith('1') else 's'}, not {count}"
        raise ExpressionError(message, _call_offset(name, source), hint)


def _arity(signature: tuple[dict[str, Any], ...]) -> tuple[int, int | None]:
    variadic = bool(signature and signature[-1].get("variadic"))
    return len(signature), None if variadic else len(signature)


def _unknown(name: str, source: str) -> ExpressionError:
    close = get_close_matches(name, [*FUNCTIONS, *Native.FUNCTION_TABLE], n=1)
    hint = f'did you mean "{close[0]}"?' if close else "`hub functions` lists them"
    return ExpressionError(f"there is no function {name}()", _call_offset(name, source), hint)


def _call_offset(name: str, source: str) -> int:
    match = re.search(rf"(?<![\w\"]){re.escape(name)}\s*\(", source)
    return match.start() if match else 0


def _forbidden(node: dict[str, Any], source: str) -> Iterator[Finding]:
    kind = node["type"]
    if _calls(node, "to_string"):
        offset = _call_offset("to_string", source)
        yield Finding("to-string", 'to_string() makes the text "null" of null', offset, "text(x) keeps null")
    if kind == "field" and node["value"] in _LITERALS:
        word = node["value"]
        match = re.search(rf"(?<![\w`\"'.]){word}(?!\w)", source)
        if match:
            message = f'"{word}" is the name of a field here'
            yield Finding("bare-literal", message, match.start(), f"write `{word}`")
    if kind == "comparator" and node["value"] in _ORDER and not all(map(_is_number, node["children"])):
        offset = _operator_offset(source, r"[<>]=?")
        message = "< and > compare texts by their characters"
        yield Finding("text-comparison", message, offset, _NO_COMPARISON)
    if kind == "or_expression" and any(_is_boolean(child) for child in node["children"]):
        message = "false || x gives x"
        hint = "coalesce(a, b) skips only null and empty text"
        yield Finding("or-on-boolean", message, _operator_offset(source, r"\|\|"), hint)


def _operator_offset(source: str, pattern: str) -> int:
    """Where an operator stands outside of quotes."""
    blanked = re.sub(r"'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\])*\"", _blank, source)
    match = re.search(pattern, blanked)
    return match.start() if match else 0


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


_LITERALS = frozenset({"null", "true", "false"})
_ORDER = frozenset({"lt", "lte", "gt", "gte"})
_NUMERIC = frozenset({"to_number", "length", "abs", "ceil", "floor", "sum", "avg", "unix_seconds"})


def _is_number(node: dict[str, Any]) -> bool:
    if node["type"] == "literal":
        return isinstance(node["value"], int | float) and not isinstance(node["value"], bool)
    return node["type"] == "function_expression" and node["value"] in _NUMERIC


def _is_boolean(node: dict[str, Any]) -> bool:
    return node["type"] == "literal" and isinstance(node["value"], bool)
