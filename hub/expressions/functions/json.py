"""JSON inside of texts, as envelopes of queues carry it."""

import json
from typing import Any, NoReturn

from hub.expressions.functions.registry import function
from hub.expressions.limits import limited

_DEEPEST = 32


@function(
    "from_json(text)",
    "The value of a text that holds JSON; an error where it holds none, or is nested beyond 32.",
    ("from_json(x)", {"x": '{"a": [1]}'}, {"a": [1]}),
    ("from_json(Message).id", {"Message": '{"id": "7"}'}, "7"),
)
def _from_json(text: str) -> Any:
    try:
        value = json.loads(limited(text), parse_constant=_constant, parse_float=_float)
    except (RecursionError, json.JSONDecodeError):
        raise ValueError("not JSON") from None
    if _depth(value) > _DEEPEST:
        raise ValueError("too large")
    return value


def _constant(_: str) -> NoReturn:
    raise ValueError("not JSON")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("not JSON")
    return number


def _depth(value: Any) -> int:
    """How deep it is nested, one more than the limit where it is deeper."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        level = [inner for outer in level for inner in _members(outer)]
        depth += 1
    return depth


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
