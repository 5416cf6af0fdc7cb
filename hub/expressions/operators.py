"""What compiled expressions call: JMESPath's operators where Python's own differ. Values are JSON's."""

from decimal import Decimal
from typing import Any

_ORDERED = (int, float, str, Decimal)


def empty(value: Any) -> bool:
    """Whether JMESPath takes it for false: null, false, and what has nothing in it; 0 is true."""
    return value is None or value is False or value in ("", [], {})


def equal(left: Any, right: Any) -> bool:
    """Whether both are the same; 0 and 1 are not false and true, as they are in Python."""
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def ordered(value: Any) -> bool:
    """Whether < and > compare it: numbers, and (as jmespath.py does) texts."""
    return isinstance(value, _ORDERED) and not isinstance(value, bool)


def flat(value: Any) -> list[Any] | None:
    """A list with the items of the lists in it; null of anything else."""
    if not isinstance(value, list):
        return None
    merged: list[Any] = []
    for item in value:
        if isinstance(item, list):
            merged.extend(item)
        else:
            merged.append(item)
    return merged
