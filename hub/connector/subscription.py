"""The `subscribe:` of a connector: how its vendor is told where to send, and what it says of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.connector.call import Call
from hub.connector.duration import seconds
from hub.connector.exchange import HttpResponse
from hub.connector.reception import moment
from hub.connector.response import Answer, scope_of
from hub.documents import Document
from hub.expressions import EvaluationError, compile
from hub.reprs import discreet


@discreet()
@dataclass(frozen=True, slots=True)
class Subscription:
    """One that the vendor has. `active`: it still sends; `ends`: until when, "" where it does not say."""

    id: str
    address: str
    topics: frozenset[str]
    active: bool
    ends: str = ""


@dataclass(frozen=True, eq=False)
class Subscribing:
    """What a connector file says of subscriptions."""

    document: Document
    connector: str

    @property
    def data(self) -> dict[str, Any]:
        """The `subscribe:` part."""
        return dict(self.document.data["subscribe"])

    @cached_property
    def list(self) -> Call:
        """Asks for those that are there."""
        return Call(self.document, self.connector, ("subscribe", "list"))

    @cached_property
    def create(self) -> Call:
        """Makes one."""
        return Call(self.document, self.connector, ("subscribe", "create"))

    @cached_property
    def delete(self) -> Call:
        """Takes one away."""
        return Call(self.document, self.connector, ("subscribe", "delete"))

    @property
    def secrets(self) -> dict[str, str]:
        """Name of a secret -> expression over the answer to `create`, for what the vendor chooses itself."""
        return dict(self.data["create"].get("secret") or {})

    @property
    def lives(self) -> float:
        """Seconds that one lives; 0.0 where it does not end."""
        return seconds(self.data["lives"]) if "lives" in self.data else 0.0

    def parts(self, topics: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """The topics of each subscription that is made for these: one for all, or one for each."""
        single = self.data.get("each") == "topic"
        return [(topic,) for topic in topics] if single else [tuple(topics)] if topics else []

    def held(self, response: HttpResponse) -> Sequence[Subscription]:
        """The subscriptions on a page of the list."""
        return [self._held(record) for record in self.list.records_of(response)]

    def told_secrets(self, response: HttpResponse) -> dict[str, str]:
        """The secrets that the vendor chose, by name; those that it did not say are left out."""
        scope = scope_of(response)
        found = {name: Answer(source)(scope) for name, source in self.secrets.items()}
        return {name: str(value) for name, value in found.items() if value}

    def _held(self, record: Any) -> Subscription:
        topics = self._read("topics", record)
        listed = topics if isinstance(topics, list) else [topics]
        return Subscription(
            id=str(self._read("id", record)),
            address=str(self._read("address", record) or ""),
            topics=frozenset(str(topic) for topic in listed if topic),
            active="active" not in self.data["list"] or self._read("active", record) is True,
            ends=moment(self._read("expires", record), "UTC") or "" if "expires" in self.data["list"] else "",
        )

    def _read(self, name: str, record: Any) -> Any:
        try:
            return compile(self.data["list"][name])(record)
        except EvaluationError:
            return None
