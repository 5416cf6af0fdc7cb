"""The write ledger: what we wrote to a destination, so that its webhook about it is known as an echo.

A ledger maps a canonical field to the values written last, newest first, each as [hash, at]. Of a
composite (an address) the field stands for the members that were written together, and `address.country`
for a member that was not, because the destination does not take it: its webhook may tell it all the same.
Hashes only, so that it may lie in a delivery item. Pure: unify asks, deliver writes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.messages import digest, dumps
from hub.times import to_epoch

OVERTAKEN = 600.0
"""Seconds after the next write in which the source may still say that it has an older value: its clock may
be ahead of ours, but a person who sets the old value again an hour later is no echo."""

DEPTH = 4

Ledger = dict[str, list[list[str]]]


def entry(fields: Mapping[str, Any], at: str, before: Mapping[str, list[list[str]]] | None = None) -> Ledger:
    """The ledger after writing `fields` (canonical values, None for cleared) at `at` (canonical time)."""
    ledger: Ledger = {field: list(values) for field, values in (before or {}).items()}
    for field, value in fields.items():
        mark = fingerprint(value)
        older = [known for known in ledger.get(field, []) if known[0] != mark]
        ledger[field] = [[mark, at], *older][:DEPTH]
    return ledger


def is_echo(wrote: Mapping[str, list[list[str]]], field: str, value: Any, at: float) -> bool:
    """Whether `value` of a canonical field only repeats what we wrote.

    `at`: Unix seconds at which the source had it. When we hear of it says nothing: it may come a day late.
    """
    if isinstance(value, Mapping):
        inner = value.items()
        value = {name: part for name, part in inner if not _repeats(wrote, f"{field}.{name}", part, at)}
    return _repeats(wrote, field, value, at)


def fingerprint(value: Any) -> str:
    """16 hex digits that stand for a canonical value: 64 bits are plenty within one field's history.

    Null members of a composite (an address) are left out: a destination tells only those that it knows.
    """
    if isinstance(value, Mapping):
        value = {name: inner for name, inner in value.items() if inner is not None} or None
    return digest(dumps(value))[:16]


def mark(register: Sequence[Any]) -> str:
    """What stands for what a record told last of a field: another mark is news from there."""
    value, run = register[:2]
    return fingerprint([value, run[-1]])


def _repeats(wrote: Mapping[str, list[list[str]]], field: str, value: Any, at: float) -> bool:
    """The value written last is there until something else is; an older one only until the next was written."""
    mark, told = fingerprint(value), wrote.get(field, [])
    place = next((place for place, (known, _) in enumerate(told) if known == mark), None)
    return place == 0 or (place is not None and at < to_epoch(told[place - 1][1]) + OVERTAKEN)
