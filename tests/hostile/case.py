"""One hostile input: how it is made, and what must come out."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`run` makes the input and gives what handles it; `wanted`: what the outcome starts with, a regex."""

    wanted: str
    run: Callable[[], Callable[[], object]]


def deep(levels, inner="x"):
    """A list in a list in a list."""
    value = inner
    for _ in range(levels):
        value = [value]
    return value
