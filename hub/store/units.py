"""What items and calls cost on DynamoDB, by AWS's published rules; pure.

Sizes: "DynamoDB item sizes and formats" (names and values in UTF-8; numbers, booleans, lists and maps as said
there). Units: "DynamoDB read and write operations" (1 KB written, 4 KB read; transactions twice, eventually
consistent reads half). Every item of a batch is rounded on its own.
"""

from decimal import Context, Decimal
from typing import Any

KB = 1_024
"""What one write unit writes; one read unit reads four times as much."""

_NESTED = 3
"""Bytes of a list or map, beside one for each member."""


def size(image: dict[str, Any]) -> int:
    """Bytes of an item: attribute name -> value as the client writes it (`{"S": "…"}`)."""
    return sum(len(name.encode()) + _value(value) for name, value in image.items())


def write_units(size: int, *, transactional: bool = True) -> int:
    """Units of writing an item: of the larger of its images before and after, as an item or in an index."""
    return max(1, -(-size // KB)) * (2 if transactional else 1)


def read_units(size: int, *, consistent: bool = True) -> float:
    """Units of reading an item outside a transaction; an absent one (0 bytes) costs as the smallest."""
    return max(1, -(-size // (4 * KB))) * (1 if consistent else 0.5)


def _value(value: dict[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "N":
        return _number(held)
    if kind == "B":
        return len(held)
    if kind in {"BOOL", "NULL"}:
        return 1
    if kind == "L":
        return _NESTED + sum(1 + _value(one) for one in held)
    if kind == "M":
        return _NESTED + sum(1 + len(name.encode()) + _value(one) for name, one in held.items())
    return sum(_value({kind[0]: one}) for one in held)


def _number(text: str) -> int:
    """A byte for two significant digits, and one; one more where it is negative."""
    number = Decimal(text).normalize(Context(prec=38))
    significant = len(number.as_tuple().digits) if number else 0
    return 1 + -(-significant // 2) + (number < 0)
