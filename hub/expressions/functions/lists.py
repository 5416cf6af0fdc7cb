"""Lists of texts, numbers and booleans."""

from typing import Any

from hub import values
from hub.expressions.functions.registry import function
from hub.expressions.limits import listed


@function(
    "compact(list)",
    "The list without nulls and empty texts.",
    ("compact(x)", {"x": ["a", "", None, "b"]}, ["a", "b"]),
    ("compact([a, b])", {"a": False, "b": None}, [False]),
)
def _compact(items: Any) -> list[Any]:
    return [item for item in listed(items) if item is not None and item != ""]


@function(
    "unique(list)",
    "The texts, numbers and booleans of a list, each once, in the order of their first place.",
    ("unique(x)", {"x": ["b", "a", "b"]}, ["b", "a"]),
    ("unique(items[].sku)", {"items": [{"sku": "T-1"}, {"sku": "T-2"}, {"sku": "T-1"}]}, ["T-1", "T-2"]),
)
def _unique(items: Any) -> list[Any]:
    first: dict[tuple[str, str], Any] = {}
    for item in listed(items):
        first.setdefault(_key(item), item)
    return list(first.values())


def _key(item: Any) -> tuple[str, str]:
    """What makes it the same. As text: numbers can be chosen so that all of them have one hash."""
    if isinstance(item, str):
        return "text", item
    return "", "null" if item is None else values.plain(item)
