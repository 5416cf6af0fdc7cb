"""The breaker of loops: a record there that answers each of our writes with another value is left alone.

A person who edits quickly is no loop: what they set is not overwritten, so nothing is answered. A loop is
made by what reacts to our writes (a workflow there, another integration), and shows in two ways: the same
value has to be written again and again because the record told another one meanwhile, or writes alternate
between two values like a clock.
"""

from itertools import pairwise
from typing import Any

from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire

WINDOW = 600
"""Seconds that are looked back."""

ANSWERED = 4
"""Writes in that time that may repeat a value which the record had answered with another one."""

ALTERNATE = 12
"""Writes in that time that are a loop when they are of two values by turns, whoever made the changes."""

LOOPING = "looping"
"""The state of a delivery that waits for a person. Its reason is the same word."""

Beat = list[Any]
"""One write: eight digits of what was written, the second, and 1 where it repeats an answered value."""


def is_loop(case: Case, desire: Desire) -> bool:
    """Whether writing now would only go round once more. A replay begins anew."""
    beats = [*_recent(case), _beat(case, desire)]
    return case.delivery.replay is None and (_answered(beats) or _alternates(beats))


def beats(case: Case, desire: Desire) -> list[Beat]:
    """The writes of the last minutes with the one that is begun."""
    return [*_recent(case), _beat(case, desire)][-ALTERNATE:]


def _recent(case: Case) -> list[Beat]:
    held: list[Beat] = case.data.get("beats", []) if case.delivery.replay is None else []
    return [beat for beat in held if case.now - beat[1] < WINDOW]


def _beat(case: Case, desire: Desire) -> Beat:
    return [desire.hash[:8], int(case.now), int(desire.repeats)]


def _answered(beats: list[Beat]) -> bool:
    return [beat[2] for beat in beats].count(1) > ANSWERED


def _alternates(beats: list[Beat]) -> bool:
    marks = [beat[0] for beat in beats]
    by_turns = all(one != other for one, other in pairwise(marks))
    return len(marks) >= ALTERNATE and len(set(marks)) == 2 and by_turns
