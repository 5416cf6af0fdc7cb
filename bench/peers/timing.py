"""Interleaved rounds on one core, so that a noisy machine disturbs all alike."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from bench.peers.engines import Engine

ROUNDS = 21
SLICE = 12_000
"""Microseconds that an engine works in one round."""


@dataclass(frozen=True, slots=True)
class Times:
    """Microseconds of one run by engine, one for each round."""

    by_engine: dict[str, list[float]]

    def micros(self, name: str) -> float:
        """The median of an engine."""
        return median(self.by_engine[name])

    def ratio(self, name: str, to: str) -> tuple[float, tuple[float, float]]:
        """How many times as long as another: the median over rounds, and its quartiles."""
        ratios = [one / other for one, other in zip(self.by_engine[name], self.by_engine[to], strict=True)]
        low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        return median(ratios), (low, high)


def compare(engines: Sequence[Engine], given: Any, rounds: int | None = None) -> Times:
    """All engines in turns on the same thing, another one first in each round."""
    for engine in engines:
        engine.run(given)  # what is made at the first call is no part of it
    runs = {engine.name: max(1, int(SLICE / engine.time(given, 3))) for engine in engines}
    found: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for turn in range(rounds or ROUNDS):
        first = turn % len(engines)
        for engine in (*engines[first:], *engines[:first]):
            found[engine.name].append(engine.time(given, runs[engine.name]))
    return Times(found)


def stay() -> None:
    """Keep this process, and those that it starts, on one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
