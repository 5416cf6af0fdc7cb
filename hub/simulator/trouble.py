"""What cannot be simulated, with the line of the file that is to blame."""

from hub.documents import Document
from hub.errors import HubError, Place


class SimulationError(HubError):
    """No vendor can be made of this line: `place` says which, the message why."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(f"{place}: {message}")
        self.message = message
        self.place = place


def trouble(document: Document, message: str, *path: str | int) -> SimulationError:
    """The error at a place of a connector's file."""
    return SimulationError(message, document.place(*path))
