"""Times, values and identifiers as people say them."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.times import time_zone

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Clock:
    """Says times in one zone; a year only where it is not `year`."""

    zone: str = "UTC"
    year: int = 0

    @classmethod
    def beginning(cls, zone: str, at: str) -> "Clock":
        """The clock of a story that begins at a time."""
        return cls(zone, cls(zone)._moment(at).year)

    @property
    def name(self) -> str:
        """`UTC`, `those of America/Bogota`."""
        return "UTC" if self.zone == "UTC" else f"those of {self.zone.replace('_', ' ')}"

    def full(self, at: str) -> str:
        """`on 20 November 2026 at 09:12`."""
        moment = self._moment(at)
        return f"on {moment.day} {moment:%B %Y} at {moment:%H:%M}"

    def brief(self, at: str) -> str:
        """`20 Nov at 09:12`."""
        moment = self._moment(at)
        year = "" if moment.year == self.year else f" {moment.year}"
        return f"{moment.day} {moment:%b}{year} at {moment:%H:%M}"

    def pair(self, one: str, other: str) -> tuple[str, str]:
        """Two times beside each other: the day of the second only where it is another one."""
        first, second = self._moment(one), self._moment(other)
        same = first.date() == second.date()
        return f"on {self.brief(one)}", f"at {second:%H:%M}" if same else f"on {self.brief(other)}"

    def _moment(self, at: str) -> datetime:
        return datetime.fromisoformat(at).astimezone(time_zone(self.zone))


def value(told: Any) -> str:
    """A value on one line."""
    if isinstance(told, dict):
        money = {"amount", "currency"} == set(told)
        return f"{told['amount']} {told['currency']}" if money else ", ".join(map(value, told.values()))
    return ", ".join(map(value, told)) if isinstance(told, list) else str(told)


def identifier(name: str, shown: str | None) -> str:
    """`the email l•••@correo.example`, `the phone ending 0147`, `a tax id`."""
    said = name.replace("_", " ")
    if not shown:
        return f"{'an' if said[0] in 'aeiou' else 'a'} {said} that it no longer has"
    hidden = shown.removeprefix("••••")
    if hidden == shown:
        return f"the {said} {shown}"
    return f"the {said} ending {hidden}" if hidden else f"a {said} that is too short to show"


def paragraph(text: str, *, first: str = "", rest: str = "") -> Iterator[str]:
    """The lines of a text; `first`, `rest`: what they begin with."""
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def point(text: str) -> Iterator[str]:
    """One point of a list."""
    yield from paragraph(text, first="  - ", rest="    ")
