"""A connector: everything that one vendor does differently, read from its file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from hub.connector import duration
from hub.connector.auth import Auth, secrets_in
from hub.connector.bulk import Bulk
from hub.connector.call import Call
from hub.connector.exchange import HttpResponse, Outcome, Reply, Request
from hub.connector.privacy import Ask
from hub.connector.reception import Reception
from hub.connector.refusal import refusal
from hub.connector.resource import Resource
from hub.connector.response import meaning
from hub.connector.subscription import Subscribing
from hub.documents import Document
from hub.messages import Event

_ASKING = ("base_url", "headers", "resources", "subscribe")
"""The parts of a file that hold requests."""

Owner = Callable[[list[tuple[str, str]]], tuple[str, str]]
"""From settings and values in a signed body to the name and the time zone of their account."""


@dataclass(frozen=True, eq=False)
class Connector:
    """The connector of one file; its name is the file's."""

    document: Document

    @cached_property
    def name(self) -> str:
        """As in accounts.yaml and in URLs."""
        return PurePosixPath(self.document.file).stem

    @property
    def data(self) -> dict[str, Any]:
        """The file."""
        return dict(self.document.data)

    @property
    def channel(self) -> str | None:
        """The channel of consent for what is sent through it: email, whatsapp, …."""
        return self.data.get("channel")

    @property
    def base_url(self) -> str | None:
        """Template of the start of its URLs."""
        return self.data.get("base_url")

    @cached_property
    def auth(self) -> Auth:
        """How requests are authorised."""
        return Auth(self.document)

    @cached_property
    def limits(self) -> tuple[duration.Limit, ...]:
        """Rates that each account of it allows."""
        return duration.limits(self._limit)

    @property
    def at_once(self) -> int | None:
        """Calls in flight that each account of it allows, None when it does not say."""
        return duration.at_once(self._limit)

    def demand(self, call: Call | None = None) -> duration.Demand:
        """What a call needs of its account: a token of every limit, a place among those in flight."""
        if call is None:
            return duration.Demand(self.limits, at_once=self.at_once)
        places = [places for places in (self.at_once, call.at_once) if places is not None]
        return duration.Demand((*self.limits, *call.limits), call.cost, min(places, default=None))

    @property
    def empty(self) -> Any:
        """What "no value" looks like there."""
        return self.data.get("empty")

    @property
    def settings(self) -> dict[str, Any]:
        """What an account of it must set."""
        return dict(self.data.get("settings") or {})

    @cached_property
    def secret_names(self) -> tuple[str, ...]:
        """The secrets that an account of it needs, sorted."""
        return tuple(sorted(self.reception.secrets | self.auth.inputs | self.sent))

    @cached_property
    def sent(self) -> frozenset[str]:
        """The secrets that its requests name and that an operator set, not a token's answer."""
        parts = secrets_in([self.data.get(key) for key in _ASKING])
        signs = {self.data["sign"]["secret"]} if "sign" in self.data else set()
        return frozenset((parts | self.auth.sent | signs) - self.auth.made)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Its kinds of records, by name."""
        names = self.data.get("resources") or {}
        return {name: Resource(self.document, self.name, name) for name in names}

    @cached_property
    def reception(self) -> Reception:
        """What it says of receiving."""
        return Reception(self.document, self.name, self.resources)

    @property
    def asks(self) -> dict[str, Ask]:
        """What its webhooks ask of us about people, by topic."""
        return self.reception.asks

    @cached_property
    def receives(self) -> bool:
        """Whether the vendor sends anything."""
        return bool(self.data.get("receive"))

    @cached_property
    def sends_messages(self) -> bool:
        """Whether what goes out are messages to a queue or a bus of AWS."""
        return any(call.is_message for one in self.resources.values() for call in one.calls)

    @cached_property
    def shared(self) -> bool:
        """Whether one URL can serve all accounts, which the signed body then tells apart."""
        return bool(self.reception.data.get("account"))

    @cached_property
    def subscribing(self) -> Subscribing | None:
        """How its vendor is told where to send; None where it has no API for that."""
        return Subscribing(self.document, self.name) if self.data.get("subscribe") else None

    def handshake(self, request: Request, secrets: Mapping[str, str]) -> Reply | None:
        """The answer to a vendor that asks whether this URL is ours; None for any other request."""
        return self.reception.handshake(request, secrets)

    def verify(self, request: Request, secrets: Sequence[Mapping[str, str]], now: float) -> bool:
        """Whether the request is signed with one of the secrets, and fresh. Never raises on hostile input."""
        signature = self.reception.signature
        return signature is not None and signature.verify(request, secrets, now)

    def sign(self, request: Request, secrets: Mapping[str, str], now: float) -> Request:
        """The request as the vendor would send it, signed. Raises KeyError without the secret."""
        signature = self.reception.signature
        return signature.sign(request, secrets, now) if signature else request

    def account_of(self, request: Request) -> list[list[tuple[str, str]]]:
        """For each event of a request to an app's URL: settings of its account, with their values.

        Raises RecordError("bad-body").
        """
        return [self.reception.accounts(scope) for scope in self.reception.scopes(request)]

    def events(self, request: Request, account: str, received_at: str, zone: str = "UTC") -> list[Event]:
        """The events of a request to one account's URL. `zone`: of times that name none.

        Raises RecordError("bad-body") for a body that is not what the vendor sends.
        """
        return self.reception.events(request, lambda scope: (account, zone), received_at)

    def events_of_accounts(self, request: Request, owner: Owner, received_at: str) -> list[Event]:
        """The events of a request to an app's URL. `owner`: whose they are."""
        return self.reception.events(
            request, lambda scope: owner(self.reception.accounts(scope)), received_at
        )

    def contained(self, event: Event, record: Any) -> list[tuple[str, str, Any]]:
        """The records inside an event's record as (resource, id, record).

        Raises RecordError where one cannot be read.
        """
        outer = self.resources[event.resource]
        if not outer.contains:
            return []
        found = (outer.inside(event, record, name, self.resources[name]) for name in outer.contains)
        return [inner for inner in found if inner is not None]

    def meaning(self, response: HttpResponse, call: Call | None = None, now: float = 0.0) -> Outcome:
        """What an answer means. `call`: what was asked, so that a yes that does not show it is unknown."""
        outcome = (
            meaning(self.document, response, call.needed, now, call.path)
            if call
            else meaning(self.document, response, (), now)
        )
        if isinstance(call, Bulk) and outcome.kind == "reject" and call.understands(response):
            return replace(outcome, kind="done")
        return outcome

    def refusal(self, response: HttpResponse, record: Any = None) -> dict[str, Any]:
        """What is kept of an answer that was no success: status, code and words, no value of `record`."""
        return refusal(self.document, response, record)

    @property
    def _limit(self) -> list[Any]:
        return list(self.data.get("limit") or [])
