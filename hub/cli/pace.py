"""How far something long is, how fast, and how long it will take."""

import sys
from collections.abc import Callable

QUIET_SECONDS = 30.0
"""How often it is said where nobody watches."""


class Pace:
    """One line on a terminal, else a line each half minute. `whole`: bytes in all, 0 where nobody knows."""

    def __init__(self, clock: Callable[[], float], whole: int, done: int, rows: int) -> None:
        self._clock, self._whole = clock, whole
        self._start, self._from, self._first = clock(), done, rows
        self._watched = sys.stderr.isatty()
        self._said = clock()

    def show(self, done: int, rows: int, trouble: str = "") -> None:
        """Say how far it is."""
        now = self._clock()
        if not self._watched and now - self._said < QUIET_SECONDS:
            return
        self._said = now
        text = self.text(done, rows) + (f"; {trouble}" if trouble else "")
        print(
            f"\r\033[K{text}" if self._watched else text,
            end="" if self._watched else "\n",
            file=sys.stderr,
            flush=True,
        )

    def text(self, done: int, rows: int) -> str:
        """So many rows, the share of the file, rows a second, and what is left."""
        spent = max(self._clock() - self._start, 0.001)
        told = f"{rows:,} rows, {(rows - self._first) / spent:,.0f}/s"
        if not self._whole or done <= self._from:
            return told
        left = (self._whole - done) * spent / (done - self._from)
        return f"{told}, {100 * done / self._whole:.0f} %, {_time(left)} left"

    def end(self) -> None:
        """Leave the line."""
        if self._watched:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
