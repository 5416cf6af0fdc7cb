"""Who hears of what, and when."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from hub.documents import Document
from hub.expressions import Expression, compile

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Send:
    """A destination: `to` as written (`hubspot.contact`), `fields` of the message of `with:`, or None."""

    to: str
    fields: dict[str, Expression] | None = None


@dataclass(frozen=True)
class Flow:
    """The flow of one file. Expressions see the trigger by its entity's name, and `customer`."""

    document: Document

    @cached_property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.document.file).stem

    @property
    def on(self) -> str:
        """The entity whose change starts it."""
        return str(self.document.data["on"])

    @cached_property
    def condition(self) -> Expression | None:
        """`if:`, None where it always applies."""
        return self._expression("if")

    @cached_property
    def wait(self) -> float | None:
        """Seconds from the last change, None to act at once."""
        return seconds(self.document.data["wait"]) if "wait" in self.document.data else None

    @cached_property
    def cancel(self) -> dict[str, Expression]:
        """Entity -> when one of the same customer makes this needless."""
        return {
            entity: compile(source) for entity, source in (self.document.data.get("cancel") or {}).items()
        }

    @property
    def purpose(self) -> str | None:
        """What consent is asked for, None where none is needed."""
        purpose = self.document.data.get("purpose")
        return None if purpose is None else str(purpose)

    @cached_property
    def quiet(self) -> tuple[str, str] | None:
        """Start and end of the hours in which nothing is sent: ("21:00", "08:00")."""
        text = self.document.data.get("quiet")
        return quiet_hours(text) if text else None

    @cached_property
    def once(self) -> Expression | None:
        """What it happens once for."""
        return self._expression("once")

    @cached_property
    def send(self) -> tuple[Send, ...]:
        """The destinations in order."""
        return tuple(_send(entry) for entry in self.document.data["send"])

    def _expression(self, key: str) -> Expression | None:
        source = self.document.data.get(key)
        return None if source is None else compile(source)


def seconds(text: str) -> float:
    """Seconds of `30s`, `30m`, `1h` or `2d`. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a duration such as 30m, 1h or 2d")
    return float(int(match[1]) * _SECONDS[match[2]])


def quiet_hours(text: str) -> tuple[str, str]:
    """Start and end of `21:00-08:00`. Raises ValueError."""
    if not _QUIET.fullmatch(text):
        raise ValueError("not hours such as 21:00-08:00")
    start, _, end = text.partition("-")
    return start, end


def _send(entry: Any) -> Send:
    if isinstance(entry, str):
        return Send(entry)
    fields = entry.get("with")
    return Send(
        entry["to"], None if fields is None else {name: compile(source) for name, source in fields.items()}
    )
