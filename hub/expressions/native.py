"""JMESPath's own functions, as jmespath.py has them; without its interpreter, which is slow to import.

An argument of a wrong type is EvaluationError("wrong-type-in-<function>").
"""

import json
import math
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

from hub.expressions.error import EvaluationError
from hub.expressions.limits import fits

By = Callable[[Any], Any]
"""An expression reference (`&name`): a function of one item."""

_KINDS: dict[type, str] = {
    str: "string",
    bool: "boolean",
    list: "array",
    dict: "object",
    float: "number",
    int: "number",
    type(None): "null",
    FunctionType: "expref",
}

_ANY = frozenset({"any"})
_ORDERED = frozenset({"number", "string"})


class Native(NamedTuple):
    """A function: how many arguments it takes (`most` None: any number), and what runs."""

    least: int
    most: int | None
    call: Callable[..., Any]


NATIVE: dict[str, Native] = {}


def _function(*signature: str, variadic: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function of this name; what its arguments may be: `array-number|array-string`."""
    types = [_types(one) for one in signature]

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        name = call.__name__.strip("_")

        def checked(*arguments: Any) -> Any:
            for (kinds, items), argument in zip(types, arguments, strict=False):
                if kinds is not _ANY and _KINDS.get(type(argument)) not in kinds:
                    raise _wrong(name)
                if items:
                    _check_items(name, argument, items)
            return call(*arguments)

        NATIVE[name] = Native(len(signature), None if variadic else len(signature), checked)
        return call

    return register


def _types(text: str) -> tuple[frozenset[str], list[str]]:
    """The kinds that an argument may have, and those that the items of an array may have."""
    parts = [part.partition("-") for part in text.split("|")]
    kinds = frozenset(kind for kind, _, _ in parts)
    return _ANY if kinds == _ANY else kinds, [items for _, _, items in parts if items]


def _check_items(name: str, array: list[Any], allowed: list[str]) -> None:
    """All items are of one of the kinds: of the first one's where several are allowed."""
    kinds = {_KINDS.get(type(item)) for item in array}
    if len(kinds) > 1 or not kinds <= set(allowed):
        raise _wrong(name)


def _wrong(name: str) -> EvaluationError:
    return EvaluationError(f"wrong-type-in-{name}")


@_function("number")
def _abs(number: Any) -> Any:
    return abs(number)


@_function("array-number")
def _avg(numbers: list[Any]) -> Any:
    return sum(numbers) / len(numbers) if numbers else None


@_function("number")
def _ceil(number: float) -> int:
    return math.ceil(number)


@_function("array|string", "any")
def _contains(subject: Any, wanted: Any) -> bool:
    return wanted in subject


@_function("string", "string")
def _ends_with(text: str, suffix: str) -> bool:
    return text.endswith(suffix)


@_function("number")
def _floor(number: float) -> int:
    return math.floor(number)


@_function("string", "array-string")
def _join(separator: str, texts: list[str]) -> str:
    fits(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


@_function("object")
def _keys(record: dict[str, Any]) -> list[str]:
    return list(record)


@_function("string|array|object")
def _length(value: Any) -> int:
    return len(value)


@_function("expref", "array")
def _map(by: By, items: list[Any]) -> list[Any]:
    return [by(item) for item in items]


@_function("array-number|array-string")
def _max(values: list[Any]) -> Any:
    return max(values) if values else None


@_function("array", "expref")
def _max_by(items: list[Any], by: By) -> Any:
    return max(items, key=_key("max_by", by, _ORDERED)) if items else None


@_function("object", variadic=True)
def _merge(*records: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for record in records:
        merged.update(record)
    return merged


@_function("array-number|array-string")
def _min(values: list[Any]) -> Any:
    return min(values) if values else None


@_function("array", "expref")
def _min_by(items: list[Any], by: By) -> Any:
    return min(items, key=_key("min_by", by, _ORDERED)) if items else None


@_function("any", variadic=True)
def _not_null(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


@_function("array|string")
def _reverse(value: Any) -> Any:
    return value[::-1]


@_function("array-string|array-number")
def _sort(values: list[Any]) -> list[Any]:
    return sorted(values)


@_function("array", "expref")
def _sort_by(items: list[Any], by: By) -> list[Any]:
    if not items:
        return items
    kind = _KINDS.get(type(by(items[0])), "")
    if kind not in _ORDERED:
        raise _wrong("sort_by")
    return sorted(items, key=_key("sort_by", by, frozenset({kind})))


@_function("string", "string")
def _starts_with(text: str, prefix: str) -> bool:
    return text.startswith(prefix)


@_function("array-number")
def _sum(numbers: list[Any]) -> Any:
    return sum(numbers)


@_function("any")
def _to_array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@_function("any")
def _to_number(value: Any) -> Any:
    """A number as it is, that of a text, null where it is none that JSON has."""
    if value is None or isinstance(value, list | dict | bool):
        return None
    if isinstance(value, int | float):
        return value
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        return number if math.isfinite(number) else None
    return None


@_function("any")
def _to_string(value: Any) -> str:
    return value if isinstance(value, str) else _encoded(value)


def _encoded(value: Any) -> str:
    """The JSON of a value, given up as soon as it is too large: a shared part may stand in it often."""
    parts: list[str] = []
    length = 0
    for part in json.JSONEncoder(separators=(",", ":"), default=str).iterencode(value):
        length += len(part)
        fits(length)
        parts.append(part)
    return "".join(parts)


@_function("any")
def _type(value: Any) -> str | None:
    kind = _KINDS.get(type(value))
    return None if kind == "expref" else kind


@_function("object")
def _values(record: dict[str, Any]) -> list[Any]:
    return list(record.values())


def _key(name: str, by: By, allowed: frozenset[str]) -> By:
    """What items are ordered by, of the allowed kinds only."""

    def key(item: Any) -> Any:
        value = by(item)
        if _KINDS.get(type(value)) not in allowed:
            raise _wrong(name)
        return value

    return key
