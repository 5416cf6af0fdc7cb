"""Things in order, for the store in memory: finding, adding and taking away cost the same among many."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])

MOST = 1_024
"""Things in one run: as many as are moved by one change, at most."""

FEW = 8
"""Things that are put into a run one by one; more of them are sorted with it."""


class Order(Generic[T]):
    """Distinct tuples in order, kept in runs: a change moves the things of one run only.

    What is added is put in its place when somebody looks, all of it at once.
    """

    def __init__(self) -> None:
        self._runs: list[list[T]] = []
        self._lowest: list[T] = []
        self._added: list[T] = []

    def add(self, thing: T) -> None:
        """Add a thing, which is not there yet."""
        self._added.append(thing)

    def settle(self) -> None:
        """Put what was added in its place."""
        added, self._added = sorted(self._added), []
        while added:
            number = self._run(added[0])
            above = self._lowest[number + 1 : number + 2]
            end = bisect_left(added, above[0]) if above else len(added)
            self._join(number, added[:end])
            added = added[end:]

    def remove(self, thing: T) -> None:
        """Take away a thing that is there."""
        self.settle()
        number = self._run(thing)
        run = self._runs[number]
        del run[bisect_left(run, thing)]
        if run:
            self._lowest[number] = run[0]
        else:
            del self._runs[number], self._lowest[number]

    def upward(self, start: tuple[Any, ...]) -> Iterator[T]:
        """Those that are not below `start`, the lowest first."""
        self.settle()
        first = self._run(start)
        for number in range(first, len(self._runs)):
            run = self._runs[number]
            yield from _slice(run, bisect_left(run, start) if number == first else 0, len(run), 1)

    def downward(self, end: tuple[Any, ...]) -> Iterator[T]:
        """Those below `end`, the highest first."""
        self.settle()
        last = self._run(end)
        for number in range(min(last, len(self._runs) - 1), -1, -1):
            run = self._runs[number]
            highest = bisect_left(run, end) if number == last else len(run)
            yield from _slice(run, highest - 1, -1, -1)

    def __iter__(self) -> Iterator[T]:
        self.settle()
        for run in self._runs:
            yield from run

    def _join(self, number: int, added: list[T]) -> None:
        """Put things, in order, into the run where they belong; it is divided where it is too long then."""
        run = self._runs[number] if self._runs else []
        if len(added) < FEW:
            for thing in added:
                insort(run, thing)
        else:
            run += added
            run.sort()
        size = MOST // 2 if len(run) > MOST else MOST
        runs = [run[start : start + size] for start in range(0, len(run), size)]
        self._runs[number : number + 1] = runs
        self._lowest[number : number + 1] = [run[0] for run in runs]

    def _run(self, thing: tuple[Any, ...]) -> int:
        """The number of the run in which a thing has its place."""
        return max(0, bisect_right(self._lowest, thing) - 1)


def _slice(run: list[T], start: int, stop: int, step: int) -> Iterator[T]:
    return (run[index] for index in range(start, stop, step))
