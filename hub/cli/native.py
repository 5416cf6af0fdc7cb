"""JMESPath's own functions, for people: what they do, in our words, with examples that are run as tests."""

from typing import Any

from hub.expressions import Function
from hub.expressions.native import NATIVE

_ITEMS = {"items": [{"sku": "T-2", "price": 5}, {"sku": "T-1", "price": 8}]}

_TOLD: dict[str, tuple[str, str, tuple[str, Any, Any]]] = {
    "abs": ("number", "The number without its sign.", ("abs(x)", {"x": -5}, 5)),
    "avg": ("list", "The mean of a list of numbers; null of an empty one.", ("avg(x)", {"x": [1, 2]}, 1.5)),
    "ceil": ("number", "The next whole number that is not smaller.", ("ceil(x)", {"x": 1.2}, 2)),
    "contains": (
        "list or text, wanted",
        "Whether a list holds a value, or a text holds another one.",
        ("contains(tags, 'vip')", {"tags": ["new", "vip"]}, True),
    ),
    "ends_with": ("text, end", "Whether a text ends so.", ("ends_with(x, '.co')", {"x": "tienda.co"}, True)),
    "floor": ("number", "The next whole number that is not greater.", ("floor(x)", {"x": 1.8}, 1)),
    "join": (
        "separator, list",
        "The texts of a list as one; an error where one of them is no text: see words().",
        ("join(', ', x)", {"x": ["a", "b"]}, "a, b"),
    ),
    "keys": (
        "object",
        "The names of the members of an object.",
        ("keys(x)", {"x": {"a": 1, "b": 2}}, ["a", "b"]),
    ),
    "length": (
        "list, object or text",
        "How many items, members or characters it has; an error of null.",
        ("length(x)", {"x": ["a", "b"]}, 2),
    ),
    "map": (
        "&expression, list",
        "The value of an expression for each item; nulls stay, other than in list[].name.",
        ("map(&sku, x)", {"x": [{"sku": "T-1"}, {}]}, ["T-1", None]),
    ),
    "max": (
        "list",
        "The greatest of numbers or of texts; null of an empty list.",
        ("max(x)", {"x": [1, 3]}, 3),
    ),
    "max_by": (
        "list, &expression",
        "The item for which the expression is greatest.",
        ("max_by(items, &price).sku", _ITEMS, "T-1"),
    ),
    "merge": (
        "object, …",
        "One object with the members of all; the last one's where several have one.",
        ("merge(a, b)", {"a": {"x": 1}, "b": {"x": 2, "y": 3}}, {"x": 2, "y": 3}),
    ),
    "min": (
        "list",
        "The smallest of numbers or of texts; null of an empty list.",
        ("min(x)", {"x": [1, 3]}, 1),
    ),
    "min_by": (
        "list, &expression",
        "The item for which the expression is smallest.",
        ("min_by(items, &price).sku", _ITEMS, "T-2"),
    ),
    "not_null": (
        "value, …",
        "The first value that is not null; coalesce() skips empty texts too.",
        ("not_null(a, b)", {"a": None, "b": ""}, ""),
    ),
    "reverse": ("list or text", "The same from its end.", ("reverse(x)", {"x": ["a", "b"]}, ["b", "a"])),
    "sort": ("list", "A list of numbers or of texts, in order.", ("sort(x)", {"x": [3, 1, 2]}, [1, 2, 3])),
    "sort_by": (
        "list, &expression",
        "The items in the order of what the expression gives for each, all numbers or all texts.",
        ("sort_by(items, &sku)[].sku", _ITEMS, ["T-1", "T-2"]),
    ),
    "starts_with": (
        "text, start",
        "Whether a text starts so.",
        ("starts_with(x, '+57')", {"x": "+573105550147"}, True),
    ),
    "sum": (
        "list",
        "The sum of a list of numbers, as inexact as they are; total() is exact.",
        ("sum(x)", {"x": [1, 2.5]}, 3.5),
    ),
    "to_array": (
        "value",
        "A list as it is, anything else as the only item of one.",
        ("to_array(x)", {"x": 1}, [1]),
    ),
    "to_number": (
        "value",
        "A number, or that of a text; null where there is none: number() is an error there.",
        ("to_number(x)", {"x": "12.5"}, 12.5),
    ),
    "to_string": (
        "value",
        "A text as it is, anything else as JSON; of null the text null, so that hub check wants text().",
        ("to_string(x)", {"x": {"a": [1]}}, '{"a":[1]}'),
    ),
    "type": (
        "value",
        "The name of its type: string, number, boolean, array, object or null.",
        ("type(x)", {"x": [1]}, "array"),
    ),
    "values": (
        "object",
        "The values of the members of an object.",
        ("values(x)", {"x": {"a": 1, "b": 2}}, [1, 2]),
    ),
}


def natives() -> dict[str, Function]:
    """JMESPath's functions in the form of ours, by name."""
    return {name: _described(name, *told) for name, told in _TOLD.items()}


def _described(name: str, arguments: str, doc: str, example: tuple[str, Any, Any]) -> Function:
    known = NATIVE[name]
    signature = f"{name}({arguments})"
    return Function(name, signature, doc, (example,), known.least, known.most, known.call, noun="jmespath")
