"""The syntax of expressions: a text parsed once, and what its tree says. Nothing else imports jmespath."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jmespath import exceptions, parser

from hub.expressions.error import ExpressionError, Finding
from hub.expressions.functions import FUNCTIONS
from hub.expressions.native import NATIVE

Tree = dict[str, Any]
"""A node: its `type`, `children`, and a `value` where the type has one."""

_FIRST = frozenset(
    {"subexpression", "index_expression", "projection", "value_projection", "filter_projection"}
)
"""Nodes of which only the first child reads the scope; the others read what it gave."""

LONGEST = 10_000
"""Characters of an expression; the longest that people wrote had some hundreds."""

DEEPEST = 200
"""Nodes in each other: all that walk a tree may recurse."""

_TOO_DEEP = "the expression is nested too deeply"
_NO_COMPARISON = "compare times with after(a, b) or before(a, b), numbers after to_number(x)"


@lru_cache(maxsize=4096)
def parse(source: str) -> Tree:
    """The tree of a text whose functions are known and take as many arguments; the same for all who ask.

    Raises ExpressionError.
    """
    if not source.strip():
        raise ExpressionError("the expression is empty", 0)
    if len(source) > LONGEST:
        raise ExpressionError(f"the expression is longer than {LONGEST:,} characters", 0)
    try:
        tree: Any = parser.Parser().parse(source).parsed
    except exceptions.IncompleteExpressionError:
        raise ExpressionError("the expression ends too early", len(source)) from None
    except exceptions.LexerError as error:
        raise ExpressionError(_sentence(error.message), error.lexer_position) from None
    except exceptions.ParseError as error:
        message = f'"{error.token_value}" is not expected here'
        raise ExpressionError(message, error.lex_position) from None
    except ValueError:  # more digits than Python reads
        raise ExpressionError("a number is too long", 0) from None
    except RecursionError:
        raise ExpressionError(_TOO_DEEP, 0) from None
    if _depth(tree) > DEEPEST:
        raise ExpressionError(_TOO_DEEP, 0, "name parts of it in the mapping, or write it in two leaves")
    for node in _nodes(tree):
        _check_call(node, source)
    return dict(tree)


def paths(tree: Tree) -> frozenset[tuple[str, ...]]:
    """The paths that are read of the scope itself, and not of what another part gave."""
    return frozenset(_paths(tree))


def findings(source: str) -> Iterator[Finding]:
    """Forms that are forbidden because they give wrong results for values that occur."""
    tree = parse(source)
    for node in _nodes(tree):
        yield from _forbidden(node, source)
    if "!" in source:
        yield from _early_nots(tree, source)


def _depth(tree: Any) -> int:
    """How many nodes stand in each other, at most; looked at level by level, however deep."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in _below(node)]
    return depth


def _below(node: Any) -> list[Any]:
    """The nodes (and the lists and objects of a literal) right below."""
    if isinstance(node, list):
        return node
    if not isinstance(node, dict):
        return []
    return [*node.get("children", ()), node.get("value")] if "type" in node else list(node.values())


def _sentence(message: str) -> str:
    if message.startswith("Unclosed"):
        return "the text has no end"
    return message[:1].lower() + message[1:]


def _nodes(tree: Any) -> Iterator[Tree]:
    """The node and all below it."""
    yield tree
    for child in tree["children"]:
        if isinstance(child, dict):
            yield from _nodes(child)


def _calls(node: Tree, name: str) -> bool:
    return bool(node["type"] == "function_expression" and node["value"] == name)


def blocks(tree: Tree) -> int:
    """How many blocks of Python stand in each other in the statements of a node, at most."""
    own = {"projection": 3, "value_projection": 3, "filter_projection": 3, "expref": 1}.get(tree["type"], 1)
    children = [child for child in tree["children"] if isinstance(child, dict)]
    return own + max(map(blocks, children)) if children else 0


def path(tree: Tree) -> tuple[str, ...] | None:
    """The names of a plain path (`a.b.c`), None for any other expression."""
    if tree["type"] == "field":
        return (tree["value"],)
    if tree["type"] == "subexpression":
        parts = [path(child) for child in tree["children"]]
        return tuple(name for part in parts if part for name in part) if all(parts) else None
    return None


def _paths(tree: Tree) -> Iterator[tuple[str, ...]]:
    """The paths that are read of the scope itself, and not of what another part gave."""
    kind, children = tree["type"], tree["children"]
    plain = path(tree)
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
        name = path(child)
        if name is None:
            start += next(_paths(child), ()) if child["type"] in _FIRST else ()
            break
        start += name
    if start:
        yield tuple(start)
    else:
        yield from _paths(children[0])


def _is_whole(node: Tree) -> bool:
    return node["type"] == "current" or _calls(node, "root")


def _check_call(node: Tree, source: str) -> None:
    if node["type"] != "function_expression":
        return
    name, count = node["value"], len(node["children"])
    ours = FUNCTIONS.get(name)
    known = ours or NATIVE.get(name)
    if known is None:
        raise _unknown(name, source)
    least, most = known.least, known.most
    if count < least or (most is not None and count > most):
        wanted = (
            f"{least}" if least == most else f"at least {least}" if most is None else f"{least} to {most}"
        )
        hint = f"{ours.signature}: {ours.doc}" if ours else ""
        message = f"{name}() takes {wanted} argument{'' if wanted.endswith('1') else 's'}, not {count}"
        raise ExpressionError(message, _call_offset(name, source), hint)


def _unknown(name: str, source: str) -> ExpressionError:
    close = get_close_matches(name, [*FUNCTIONS, *NATIVE], n=1)
    hint = f'did you mean "{close[0]}"?' if close else "`hub functions` lists them"
    return ExpressionError(f"there is no function {name}()", _call_offset(name, source), hint)


def _call_offset(name: str, source: str) -> int:
    match = re.search(rf"(?<![\w\"]){re.escape(name)}\s*\(", source)
    return match.start() if match else 0


def _forbidden(node: Tree, source: str) -> Iterator[Finding]:
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


def _early_nots(tree: Tree, source: str) -> Iterator[Finding]:
    """`!a.b`: JMESPath reads b of !a, which is true or false."""
    early = {id(node["children"][0]) for node in _nodes(tree) if node["type"] in _FIRST | {"flatten"}}
    nots = [node for node in _written(tree) if node["type"] == "not_expression"]
    for node, match in zip(nots, re.finditer(r"!(?!=)", _blanked(source)), strict=True):
        if id(node) in early:
            wanted = _PATH.match(source, match.end())
            message = "! takes only what stands right behind it: the rest is read of true or false"
            hint = f"write !({wanted[0] if wanted else '…'})"
            yield Finding("early-not", message, match.start(), hint)


def offsets(tree: Tree, source: str) -> dict[int, int]:
    """Where the operators of nodes (`||`, `&&`, `[?`, comparisons) stand in the text, by the node's `id`."""
    blanked = _blanked(source)
    places = {token: iter(re.finditer(pattern, blanked)) for token, pattern in _TOKENS.items()}
    found: dict[int, int] = {}
    for node in _in_order(tree):
        match = next(places[_TOKEN[node["type"]]], None)
        found[id(node)] = match.start() if match else 0
    return found


def _children(tree: Tree) -> list[Tree]:
    """The nodes right below, as they stand in the text."""
    children = [child for child in tree["children"] if isinstance(child, dict)]
    if tree["type"] == "filter_projection":
        return [children[0], children[2], children[1]]
    return children


def _written(tree: Tree) -> Iterator[Tree]:
    """The node and all below it, as they stand in the text; an operator before what it stands between."""
    yield tree
    for child in _children(tree):
        yield from _written(child)


def _in_order(tree: Tree) -> Iterator[Tree]:
    """The nodes with an operator, as their operators stand in the text."""
    for number, child in enumerate(_children(tree)):
        if number == 1 and tree["type"] in _TOKEN:
            yield tree
        yield from _in_order(child)


def _operator_offset(source: str, pattern: str) -> int:
    """Where an operator stands outside of quotes."""
    match = re.search(pattern, _blanked(source))
    return match.start() if match else 0


def _blanked(source: str) -> str:
    """The text with blanks for what stands in quotes."""
    return re.sub(r"'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\])*\"", _blank, source)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


_TOKENS = {"or": r"\|\|", "and": "&&", "filter": r"\[\?", "comparator": r"[<>=!]=|[<>]"}
_TOKEN = {
    "or_expression": "or",
    "and_expression": "and",
    "filter_projection": "filter",
    "comparator": "comparator",
}
_PATH = re.compile(r"(?:[\w.@*]|\"[^\"]*\"|\[[^\[\]]*\])++(?!\()")
_LITERALS = frozenset({"null", "true", "false"})
_ORDER = frozenset({"lt", "lte", "gt", "gte"})
_NUMERIC = frozenset(
    {"to_number", "number", "length", "abs", "ceil", "floor", "sum", "avg"}
    | {"unix_seconds", "unix_millis", "minor_units"}
)


def _is_number(node: Tree) -> bool:
    if node["type"] == "literal":
        return isinstance(node["value"], int | float) and not isinstance(node["value"], bool)
    return node["type"] == "function_expression" and node["value"] in _NUMERIC


def _is_boolean(node: Tree) -> bool:
    return node["type"] == "literal" and isinstance(node["value"], bool)
