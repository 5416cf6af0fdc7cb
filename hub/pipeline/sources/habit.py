"""Whether a source is silent for longer than is its habit: by the hours of its own last four weeks.

For each hour of the day, working days apart from weekends, there is a share of days on which it said nothing.
Hours of silence multiply: a night weighs nothing, two hours in which it always spoke are enough.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from hub.reprs import discreet

HOUR = 3600.0
DAYS = 28
LIKELY = 0.001
"""A silence that is less likely than this by its own habit is told."""

LEAST = {False: 5, True: 2}
"""Working days, and days of a weekend, before an hour says anything."""


@discreet()
@dataclass(frozen=True, slots=True)
class Habit:
    """`heard`: hours (Unix time / 3600) in which the source spoke -> how often. `zone`: where it is."""

    heard: Mapping[int, int]
    zone: ZoneInfo

    @classmethod
    def of(cls, days: Mapping[str, Mapping[str, Any]], zone: ZoneInfo) -> "Habit":
        """The habit of day items: `{"2026-11-20": {"heard": {"14": 3}}}`."""
        heard = {
            _number(day, hour): count
            for day, told in days.items()
            for hour, count in told.get("heard", {}).items()
        }
        return cls(heard, zone)

    def chance(self, last: float, now: float) -> float:
        """How likely it is, by habit, to hear nothing from `last` to `now`: 1.0 where nobody can say."""
        first, silent = int(last // HOUR) + 1, int(now // HOUR)
        spoken, total = self._shares(first)
        chance = 1.0
        for hour in range(first, silent):
            kind = self._kind(hour)
            if total[kind] >= LEAST[kind[0]]:
                chance *= (total[kind] - spoken[kind] + 0.5) / (total[kind] + 0.5)
        return chance

    def _shares(self, until: int) -> tuple[Counter[tuple[bool, int]], Counter[tuple[bool, int]]]:
        """On how many days it spoke in each hour, of how many, in the four weeks before this hour."""
        begun = max(min(self.heard, default=until), until - DAYS * 24)
        spoken: Counter[tuple[bool, int]] = Counter()
        total: Counter[tuple[bool, int]] = Counter()
        for hour in range(begun, until):
            kind = self._kind(hour)
            total[kind] += 1
            spoken[kind] += hour in self.heard
        return spoken, total

    def _kind(self, hour: int) -> tuple[bool, int]:
        local = dt.datetime.fromtimestamp(hour * HOUR, self.zone)
        return local.weekday() >= 5, local.hour


def silent(habit: Habit, last: float | None, now: float, quiet_for: float | None) -> bool:
    """Whether it is silent: longer than `quiet_for` seconds where that is said, else against its habit."""
    if last is None:
        return False
    return now - last > quiet_for if quiet_for else habit.chance(last, now) < LIKELY


def _number(day: str, hour: str) -> int:
    moment = dt.datetime.fromisoformat(day).replace(hour=int(hour), tzinfo=dt.UTC)
    return int(moment.timestamp() // HOUR)
