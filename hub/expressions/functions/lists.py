"""Lists of texts, numbers and booleans."""

from typing import Any

from hub.expressions.functions.registry import function
from hub.expressions.limits import listed

_SCALAR = (str, int, float, bool)


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
    if not all(item is None or isinstance(item, _SCALAR) for item in listed(items)):
        raise TypeError("not a list of scalars")
    return list({(isinstance(item, bool), item): item for item in items}.values())
