"""Any value: which one is taken, and as what."""

from typing import Any

from hub import values
from hub.expressions.functions.registry import function
from hub.expressions.limits import limited

_YES = frozenset({"true", "1", "yes", "sí", "si", "sim"})
_NO = frozenset({"false", "0", "no", "não", "nao"})
_LONGEST_NUMBER = 100


@function(
    "root()",
    "The whole scope, for use inside a filter.",
    ("list[?x == root().y]", {"list": [{"x": 1}], "y": 1}, [{"x": 1}]),
    ("list[?x == root().y] | [0].z", {"list": [{"x": 1, "z": "a"}, {"x": 2, "z": "b"}], "y": 2}, "b"),
    takes_null=True,
)
def _root(scope: Any) -> Any:
    return scope


@function(
    "coalesce(value, …)",
    "The first value that is neither null nor empty text; false counts as a value.",
    ("coalesce(a, b)", {"a": "", "b": "x"}, "x"),
    ("coalesce(a, b)", {"a": False, "b": True}, False),
    ("coalesce(a, b, 'guest')", {"a": None}, "guest"),
    takes_null=True,
)
def _coalesce(*arguments: Any) -> Any:
    return next((value for value in arguments if value is not None and value != ""), None)


@function(
    "text(value)",
    "A number, boolean or text as text; null stays null.",
    ("text(id)", {"id": 12}, "12"),
    ("text(id)", {"id": 12.0}, "12"),
    ("text(id)", {"id": None}, None),
)
def _text(value: Any) -> str:
    return limited(values.plain(value))


@function(
    "number(value[, comma])",
    "A number, or the number that a text says; `comma` is its decimal sign, the other of . and , groups.",
    ("number(x)", {"x": " 12.50 "}, 12.5),
    ("number(x, ',')", {"x": "1.234,56"}, 1234.56),
    ("number(x, '.')", {"x": "1,234"}, 1234),
)
def _number(value: Any, comma: str = "") -> Any:
    if comma not in ("", ".", ","):
        raise ValueError("not a decimal sign")
    if comma and isinstance(value, str):
        value = _short(value).replace(".,".replace(comma, ""), "").replace(comma, ".")
    return values.normalise("number", value)


@function(
    "boolean(value)",
    "True or false of what vendors write: true, 1, yes, sí, sim; false, 0, no, não, in any case of letters.",
    ("boolean(x)", {"x": "Sí"}, True),
    ("boolean(x)", {"x": "0"}, False),
    ("boolean(x)", {"x": 1}, True),
)
def _boolean(value: Any) -> bool:
    word = _short(values.plain(value)).strip().lower()
    if word not in _YES and word not in _NO:
        raise ValueError("not a boolean")
    return word in _YES


def _short(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("too large")
    return text
