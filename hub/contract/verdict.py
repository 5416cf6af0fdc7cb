"""What a check comes to."""

from dataclasses import dataclass
from typing import Literal

from hub.documents import Step
from hub.errors import HubError, Place

State = Literal["passed", "does not apply", "failed"]


class FailedError(HubError):
    """The connector breaks the contract: `message` says how, `path` leads to the line of its file."""

    def __init__(self, message: str, *path: Step) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class DoesNotApply(Exception):
    """The check asks for what this connector does not have: the message says what."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found. `subject`: the resource that it looked at, "" for the connector itself."""

    check: str
    group: str
    sentence: str
    subject: str
    state: State
    why: str = ""
    place: Place | None = None

    @property
    def line(self) -> str:
        """As a person reads it."""
        where = f"{self.place.file}:{self.place.line}: " if self.place and self.state == "failed" else ""
        about = f" ({self.subject})" if self.subject else ""
        return f"{where}{self.sentence.rstrip('.')}{about}{f': {self.why}' if self.why else '.'}"


def expect(held: bool, message: str, *path: Step) -> None:
    """Raise FailedError with this message where something does not hold."""
    if not held:
        raise FailedError(message, *path)
