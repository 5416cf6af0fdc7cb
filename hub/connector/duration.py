"""Durations, rates and other limits as people write them: `5m`, `110 per 10s`, `10 at once`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_RATE = re.compile(r"([1-9]\d*)\s+per\s+(.+)")
_AT_ONCE = re.compile(r"([1-9]\d*)\s+at once")

BUDGET = 3600.0
"""Seconds from which a window is a budget that is spent over the day, and not a rate."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate: `interval` seconds per token, `burst` tokens at once; `name` is how it is written.

    `window`: seconds after which everything is there again. `points`: a call takes its cost, not one.
    """

    name: str
    interval: float
    burst: float
    window: float = 0.0
    points: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """What one call needs of its account: a token of each limit (`cost` of those in points), and a place
    among the `at_once` calls in flight, None when their number is not limited.
    """

    limits: tuple[Limit, ...] = ()
    cost: float = 1.0
    at_once: int | None = None

    def tokens(self, limit: Limit) -> float:
        """How many tokens of this limit the call takes; never more than it has."""
        return min(self.cost, limit.burst) if limit.points else 1.0


def seconds(text: str) -> float:
    """Seconds of `500ms`, `90s`, `5m`, `2h` or `1d`. Raises ValueError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a duration such as 30s, 5m or 1d")
    return float(match[1]) * _SECONDS[match[2]]


def limits(written: Iterable[Any]) -> tuple[Limit, ...]:
    """The rates among the entries of `limit:`. Raises ValueError for an entry that is no limit."""
    return tuple(_limit(entry) for entry in written if at_once([entry]) is None)


def at_once(written: Iterable[Any]) -> int | None:
    """The smallest `N at once` among the entries of `limit:`."""
    found = [_AT_ONCE.fullmatch(entry) for entry in written if isinstance(entry, str)]
    return min((int(match[1]) for match in found if match), default=None)


def _limit(entry: Any) -> Limit:
    if isinstance(entry, str):
        return _window(entry)
    if "cost" in entry:
        inner = _limit(entry["cost"])
        return replace(inner, name=f"cost {inner.name}", points=True)
    count, length = _rate(entry["refill"])
    name, burst, interval = f"{entry['bucket']} bucket {entry['refill']}", entry["bucket"], length / count
    return Limit(name, interval, float(burst), burst * interval)


def _window(text: str) -> Limit:
    """No window of that length sees more than N tokens: the burst is taken out of the steady rate.

    A short window's steady rate is at least 96 % of what is allowed; half of a budget may be spent at once.
    """
    count, length = _rate(text)
    burst = max(1, count // 2 if length >= BUDGET else count // 25)
    return Limit(text, length / (count - burst + 1), float(burst), length)


def _rate(text: str) -> tuple[int, float]:
    match = _RATE.fullmatch(text)
    if match is None:
        raise ValueError("not a limit such as 75 per 1s")
    return int(match[1]), seconds(match[2])
