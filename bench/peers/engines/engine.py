"""What is timed: something that makes a record of an order."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time_ns
from typing import Any, Protocol

from bench.peers.order import Order

_ROWS = ("lines", "taxes")


class Engine(Protocol):
    """A peer, or ours."""

    @property
    def name(self) -> str:
        """As in the table."""

    def run(self, order: Any) -> Any:
        """The record of an order."""

    def time(self, order: Any, runs: int) -> float:
        """CPU time of one run in microseconds, the mean of so many."""


@dataclass(frozen=True, slots=True)
class Local:
    """An engine of this process."""

    name: str
    run: Callable[[Any], Any]

    def time(self, order: Any, runs: int) -> float:
        """CPU time of one run in microseconds.

        The garbage collector runs as in production, and what was there before is nothing to it.
        """
        run, turns = self.run, range(runs)
        gc.collect()
        gc.freeze()
        start = process_time_ns()
        for _ in turns:
            run(order)
        return (process_time_ns() - start) / runs / 1000


def settled(record: Order) -> Order:
    """Without nulls, empty objects and lists without rows, for engines that cannot leave them out."""
    return _known({name: _settled(name, value) for name, value in record.items()})


def _settled(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _known(value) or None
    if name in _ROWS and value is not None:
        return [_known(row) for row in value] or None
    return value


def _known(record: Order) -> Order:
    return {name: value for name, value in record.items() if value is not None}
