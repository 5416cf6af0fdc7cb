"""The errors of the hub, named by who must act.

HubError
├── FileError    a file in the repository is wrong: an integrator, before it is deployed
├── FileErrors   several of them, as `hub check` reports
├── RecordError  this record can never succeed: parked with place and reason, visible, replayable
├── RetryError   the world is not ready: retried, then parked until due
└── PauseError   a destination refuses the credential: its account is paused

Anything else that is raised is a bug and ends in a dead-letter queue. No message holds a payload
or a personal value: reasons are slugs, places are files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_WIDEST = 240
"""Characters of a line that an error shows."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file: `file` is relative to the project, `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class HubError(Exception):
    """Root of the errors that the hub raises on purpose."""


class FileError(HubError):
    """A file is wrong: `code` is a slug, `hint` says the cure, `text` is the offending line."""

    def __init__(self, code: str, message: str, place: Place, *, text: str = "", hint: str = "") -> None:
        super().__init__(f"{place}: {code}: {message}")
        self.code = code
        self.message = message
        self.place = place
        self.text = text
        self.hint = hint

    def render(self) -> str:
        """The message, the line, a caret under the column and the suggestion, as a compiler does."""
        lines = [f"{self.place}: {self.code}: {self.message}"]
        if self.text:
            gutter = f"{self.place.line} | "
            text, column = self._window()
            lines.append(gutter + text)
            lines.append(" " * (len(gutter) - 2) + "| " + " " * (column - 1) + "^")
        if self.hint:
            lines.append(f"  = {self.hint}")
        return "\n".join(lines)

    def _window(self) -> tuple[str, int]:
        """The line, or what of a long one stands around the column, and the column in it."""
        start = max(0, self.place.column - _WIDEST // 2) if len(self.text) > _WIDEST else 0
        before, after = "…" if start else "", "…" if len(self.text) > start + _WIDEST else ""
        shown = self.text[start : start + _WIDEST]
        return f"{before}{shown}{after}", self.place.column - start + len(before)


class FileErrors(HubError):
    """All the mistakes of one reading of the files, in the order of their places."""

    def __init__(self, errors: Sequence[FileError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: error.place))
        super().__init__("\n".join(str(error) for error in self.errors))


class RecordError(HubError):
    """This record can never succeed as it is: `reason` is a slug, `place` the line that decided."""

    def __init__(self, reason: str, message: str, place: Place | None = None) -> None:
        super().__init__(f"{place}: {reason}: {message}" if place else f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.place = place


class RetryError(HubError):
    """The world is not ready: try again after `after` seconds at the earliest."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class PauseError(HubError):
    """A destination refuses the credential of `account`: nothing more is sent until it is renewed."""

    def __init__(self, reason: str, account: str) -> None:
        super().__init__(f"{account}: {reason}")
        self.reason = reason
        self.account = account
