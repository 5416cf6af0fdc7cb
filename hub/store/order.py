"""Things in order, for the store in memory: finding, adding and taking away cost the same among many."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])

MOST = 1_024
"""Things in one run: as many as are moved by one change, at most."""


class Order(Generic[T]):
    """Distinct tuples in order, kept in runs: a change moves the things of one run only."""

    def __init__(self) -> None:
        self._runs: list[list[T]] = []
        self._lowest: list[T] = []

    def add(self, thing: T) -> None:
        """Put a thing, which is not there yet, in its place."""
        if not self._runs:
            self._runs, self._lowest = [[]], [thing]
        number = self._run(thing)
        run = self._runs[number]
        insort(run, thing)
        if len(run) > MOST:
            self._runs[number : number + 1] = [run[: MOST // 2], run[MOST // 2 :]]
            self._lowest.insert(number + 1, run[MOST // 2])
        self._lowest[number] = run[0]

    def remove(self, thing: T) -> None:
        """Take away a thing that is there."""
        number = self._run(thing)
        run = self._runs[number]
        del run[bisect_left(run, thing)]
        if run:
            self._lowest[number] = run[0]
        else:
            del self._runs[number], self._lowest[number]

    def upward(self, start: tuple[Any, ...]) -> Iterator[T]:
        """Those that are not below `start`, the lowest first."""
        first = self._run(start)
        for number in range(first, len(self._runs)):
            run = self._runs[number]
            yield from _slice(run, bisect_left(run, start) if number == first else 0, len(run), 1)

    def downward(self, end: tuple[Any, ...]) -> Iterator[T]:
        """Those below `end`, the highest first."""
        last = self._run(end)
        for number in range(min(last, len(self._runs) - 1), -1, -1):
            run = self._runs[number]
            highest = bisect_left(run, end) if number == last else len(run)
            yield from _slice(run, highest - 1, -1, -1)

    def __iter__(self) -> Iterator[T]:
        for run in self._runs:
            yield from run

    def _run(self, thing: tuple[Any, ...]) -> int:
        """The number of the run in which a thing has its place."""
        return max(0, bisect_right(self._lowest, thing) - 1)


def _slice(run: list[T], start: int, stop: int, step: int) -> Iterator[T]:
    return (run[index] for index in range(start, stop, step))
