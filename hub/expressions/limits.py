"""How much one function of an expression may take or make: what is larger is refused before it is built."""

from typing import Any

from hub.values import LARGEST_TEXT

__all__ = ["LARGEST_TEXT", "MOST_ITEMS", "fits", "limited", "listed"]

MOST_ITEMS = 100_000
"""Items in a list: parts of a split text, what is joined or added up."""


def limited(text: str) -> str:
    """The text. Raises ValueError where it is longer than LARGEST_TEXT, TypeError where it is no text."""
    if len(text) > LARGEST_TEXT:
        raise ValueError("too large")
    if not isinstance(text, str):
        raise TypeError("not a text")
    return text


def fits(length: int) -> None:
    """Raises ValueError where a text of this length would be too large."""
    if length > LARGEST_TEXT:
        raise ValueError("too large")


def listed(items: Any) -> list[Any]:
    """The list. Raises ValueError where it has more than MOST_ITEMS, TypeError where it is no list."""
    if not isinstance(items, list):
        raise TypeError("not a list")
    if len(items) > MOST_ITEMS:
        raise ValueError("too large")
    return items
