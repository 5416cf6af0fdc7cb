"""Durations and rates as people write them: `5m`, `110 per 10s`."""

import re
from dataclasses import dataclass
from typing import Any

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_RATE = re.compile(r"(\d+)\s+per\s+(.+)")
_AT_ONCE = re.compile(r"(\d+)\s+at once")


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate: `interval` seconds per call, `burst` calls at once; `name` is how it is written."""

    name: str
    interval: float
    burst: float


def seconds(text: str) -> float:
    """Seconds of `500ms`, `90s`, `5m`, `2h` or `1d`. Raises ValueError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a duration such as 30s, 5m or 1d")
    return float(match[1]) * _SECONDS[match[2]]


def limits(written: list[Any]) -> tuple[Limit, ...]:
    """The rates among the entries of `limit:`. Raises ValueError for an entry that is no limit."""
    return tuple(_limit(entry) for entry in written if at_once([entry]) is None)


def at_once(written: list[Any]) -> int | None:
    """The smallest `N at once` among the entries of `limit:`."""
    found = [_AT_ONCE.fullmatch(entry) for entry in written if isinstance(entry, str)]
    return min((int(match[1]) for match in found if match), default=None)


def _limit(entry: Any) -> Limit:
    if isinstance(entry, str):
        return _window(entry)
    refill = _window(entry["refill"])
    return Limit(f"{entry['bucket']} bucket {entry['refill']}", refill.interval, float(entry["bucket"]))


def _window(text: str) -> Limit:
    """No window of that length sees more than N calls: the burst is taken out of the steady rate."""
    match = _RATE.fullmatch(text)
    if match is None:
        raise ValueError("not a limit such as 75 per 1s")
    count = int(match[1])
    burst = max(1, count // 10)
    return Limit(text, seconds(match[2]) / (count - burst + 1), float(burst))
