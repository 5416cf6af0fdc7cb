"""How far a slow command is, on a terminal only."""

import sys
from types import TracebackType

_EVERY = 25


class Progress:
    """A count on one line of the terminal that is gone when the work is done."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._shown = sys.stderr.isatty()

    def tick(self) -> None:
        """One more is done."""
        self._count += 1
        if self._shown and self._count % _EVERY == 0:
            print(f"\r{self._count} {self._what}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
