"""Rows under a head, and facts beside their names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hub.narrative.wording import paragraph, value

_ASKS = re.compile(r"`(hub (?:resume|pause|replay|parked|deliveries|events|why|customers|accounts)[^`]*)`")
NAME = 10
"""Letters of a fact's name."""


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The rows, each column as wide as its widest cell."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for row in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The same under a head and a line."""
    lines = [tuple(head), *map(tuple, rows)]
    rule = tuple("-" * max(map(len, column)) for column in zip(*lines, strict=True))
    for line in columns([lines[0], rule, *lines[1:]]):
        yield f"  {line}"


def fact(name: str, text: str) -> Iterator[str]:
    """A fact beside its name, over several lines where it is long; nothing without a text."""
    yield from paragraph(text, first=f"  {name:<{NAME}} ", rest=" " * (NAME + 3))


def runnable(text: str, options: str) -> str:
    """A text in which commands that ask a hub (in backticks) name the hub that is asked."""

    def named(match: re.Match[str]) -> str:
        given = "" if match[1].startswith("hub accounts") and "--stack" not in options else options
        return f"`{match[1]}{given}`"

    return _ASKS.sub(named, text)


def whole(name: str, text: str) -> Iterator[str]:
    """A fact that is to be copied: on one line, however long."""
    yield f"  {name:<{NAME}} {text}"


def leaves(told: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The members of a record by their path, as people read them."""
    if isinstance(told, dict):
        for name, inner in told.items():
            yield from leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(told, list) and any(isinstance(inner, dict | list) for inner in told):
        for number, inner in enumerate(told):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, "(none)" if told is None else "(empty)" if told in ("", [], {}) else value(told)
