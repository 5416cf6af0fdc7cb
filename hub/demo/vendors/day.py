"""The day of the story, moved to now: no source tells of the future, and a first poll looks one day back."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Self

from hub.times import to_epoch

END = "2026-11-20T16:30:00.000000Z"
"""When the story as it is written is over."""

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_NEAR = 90 * 86_400
"""Numbers are times when they lie within these seconds of the story's end."""


@dataclass(frozen=True, slots=True)
class Day:
    """`seconds`: how far everything is moved."""

    seconds: int = 0

    @classmethod
    def ending(cls, now: float) -> Self:
        """The day that is over at `now`, in Unix seconds."""
        return cls(int(now - to_epoch(END)))

    def moved(self, value: Any) -> Any:
        """The same value with every time in it moved: ISO 8601 texts, Unix seconds as text, milliseconds."""
        if isinstance(value, dict):
            return {name: self.moved(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.moved(item) for item in value]
        if isinstance(value, str):
            return self._text(value)
        is_time = isinstance(value, int) and not isinstance(value, bool) and _is_near(value / 1000)
        return value + self.seconds * 1000 if is_time else value

    def _text(self, text: str) -> str:
        if re.fullmatch(r"\d{10}", text) and _is_near(int(text)):
            return str(int(text) + self.seconds)
        match = _TIME.fullmatch(text)
        if match is None:
            return text
        date, between, time, fraction, zone = match.groups()
        moment = dt.datetime.fromisoformat(f"{date}T{time}") + dt.timedelta(seconds=self.seconds)
        return moment.isoformat(sep=between) + (fraction or "") + (zone or "")


def _is_near(seconds: float) -> bool:
    return abs(seconds - to_epoch(END)) < _NEAR
