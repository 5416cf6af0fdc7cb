"""What a vendor asks of us about people, by law: forget one, hand out what is known, forget a shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from hub.connector.resource import Resource, quiet
from hub.documents import Document

Do = Literal["erase", "export", "erase-account"]


@dataclass(frozen=True, eq=False)
class Ask:
    """One topic of `privacy:`. `resource`: whose record it names, None for a whole account."""

    document: Document
    topic: str
    resource: Resource | None

    @property
    def data(self) -> dict[str, Any]:
        """This topic's part of the file."""
        return dict(self.document.data["privacy"][self.topic])

    @property
    def do(self) -> Do:
        """What is asked."""
        return cast(Do, self.data["do"])

    def record(self, scope: Mapping[str, Any]) -> Any:
        """What the event says of the person: a record with an id, identifiers, or both."""
        return quiet(self.data.get("record"), scope)


def asks(document: Document, resources: Mapping[str, Resource]) -> dict[str, Ask]:
    """The topics of a connector file's `privacy:`."""
    told = document.data.get("privacy") or {}
    return {
        topic: Ask(document, topic, resources.get(part.get("resource", ""))) for topic, part in told.items()
    }
