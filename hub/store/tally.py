"""An item of plain numbers and one set, changed in one conditional write: what rate limits are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.store.key import Key

HELD = "held"
"""The name of the set."""

Numbers = dict[str, Any]
"""What such an item holds: numbers by name, and under `held` the sorted members of its set."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Change the numbers of `key`, provided that each number of `within` lies between its two bounds.

    An absent number is 0. `put`: what becomes of numbers, `add`: what is added to them. `join`: a member
    that the set takes while it has fewer than `room`; `leave`: members that it loses. Not both of these.
    """

    key: Key
    within: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    put: Mapping[str, float] = field(default_factory=dict)
    add: Mapping[str, float] = field(default_factory=dict)
    join: str = ""
    room: int = 0
    leave: tuple[str, ...] = ()


class Counted(NamedTuple):
    """Whether it was written, and the numbers: as they are now where it was, as they were where not."""

    done: bool
    numbers: Numbers


def holds(tally: Tally, numbers: Numbers) -> bool:
    """Whether the numbers are within the bounds, and the set has room."""
    inside = all(low <= numbers.get(name, 0.0) <= high for name, (low, high) in tally.within.items())
    return inside and (not tally.join or len(numbers.get(HELD, ())) < tally.room)


def changed(tally: Tally, numbers: Numbers) -> Numbers:
    """The numbers after the change."""
    sums = {name: numbers.get(name, 0.0) + value for name, value in tally.add.items()}
    members = (set(numbers.get(HELD, ())) | ({tally.join} if tally.join else set())) - set(tally.leave)
    told = {**numbers, **tally.put, **sums, HELD: sorted(members)}
    return {name: value for name, value in told.items() if name != HELD or value}
