"""What compiled expressions call: JMESPath's operators where Python's own differ. Values are JSON's."""

from decimal import Decimal
from typing import Any

from hub.expressions.error import EvaluationError

EMPTY: dict[str, Any] = {}
"""What stands for anything that has no members."""

_ORDERED = (int, float, str, Decimal)


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


MOST_WORK = 1_000_000
"""Items, members and 64-character pieces of text that one expression may go through where its work can grow
faster than what it reads."""


class Work:
    """What is left of it. Spending more raises EvaluationError("too-much-work")."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_WORK

    def spend(self, amount: int) -> None:
        """Go through `amount` things."""
        self.left -= amount
        if self.left < 0:
            raise EvaluationError("too-much-work")

    def pay(self, *values: Any) -> None:
        """Go through all that is in some values, as often as it stands there."""
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                self.spend(len(value) + 1)
                waiting.extend(value.values())
            elif isinstance(value, list):
                self.spend(len(value) + 1)
                waiting.extend(value)
            elif isinstance(value, str):
                self.spend(len(value) // 64 + 1)
