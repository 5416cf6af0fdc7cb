"""What is polled, and one page of it as events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from hub import credentials
from hub.accounts import Account
from hub.connector import Call, Connector, HttpRequest, HttpResponse, Resource
from hub.connector.reception import moment
from hub.errors import HubError, PauseError, RecordError, RetryError
from hub.messages import BACKFILL, Event, brief, digest, dumps
from hub.pipeline import Hub
from hub.pipeline.outlet import Outlet
from hub.pipeline.poll import walk
from hub.pipeline.poll.walk import Listed
from hub.reprs import discreet
from hub.times import canonical, from_epoch

_EARLIEST_TIME = 10**9
"""A version that is a number below this is a counter."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is polled."""

    account: Account
    connector: Connector
    resource: Resource

    @property
    def call(self) -> Call:
        """Its list."""
        assert self.resource.list is not None
        return self.resource.list

    @property
    def told(self) -> bool:
        """Whether webhooks tell of it, so that asking only finds what did not come."""
        return self.connector.receives and bool(self.resource.topics)

    @property
    def name(self) -> str:
        """`connector.account.resource`."""
        return f"{self.account.name}.{self.resource.name}"


@discreet()
class Page(NamedTuple):
    """One page: its rows as events, where the list goes on, the vendor's time, "" where it did not say."""

    events: list[Event]
    listed: Listed
    now: str


def sources(hub: Hub) -> Iterator[Source]:
    """Every resource of every account that has a `list:`."""
    for _, account in sorted(hub.catalog.accounts.items()):
        connector = hub.catalog.connectors[account.connector]
        for resource in connector.resources.values():
            if resource.list:
                yield Source(account, connector, resource)


def ask(hub: Hub, source: Source, state: walk.State, via: str) -> Page:
    """The next page of a walk. Raises RecordError where the list is refused, RetryError, PauseError."""
    call = source.call.ties if "ties" in state else source.call
    assert call is not None
    scope = walk.scope(state, source.call)
    lane = BACKFILL if via == "import" else ""
    request, response = _called(hub, source, call, scope, lane=lane)
    records = call.records_of(response)
    events = [event_of(source, record, from_epoch(hub.clock()), via) for record in records]
    next = call.next_page(response, scope.get("page"), request.url)
    listed = Listed(_names(events), [event.at for event in events], next)
    return Page(events, listed, _date(response))


def called(
    hub: Hub, source: Source, call: Call, scope: dict[str, Any], *, missing: bool = False
) -> HttpResponse:
    """The answer to one call. `missing`: what is not there is as good. Raises as `ask` does."""
    return _called(hub, source, call, scope, missing=missing)[1]


def event_of(source: Source, record: Any, now: str, via: str) -> Event:
    """A record as an event of its version: the same one, whoever asks for it and however often."""
    version = source.resource.version_of(record)
    id = source.resource.identify(record) or ""
    told = brief(dumps(version)) if version is not None else digest(dumps(record))
    return Event(
        connector=source.connector.name,
        account=source.account.key,
        resource=source.resource.name,
        topic=f"poll/{source.resource.name}",
        id=id,
        event_id=(id, told),
        received_at=now,
        at=moment(version, source.account.time_zone, least=_EARLIEST_TIME),
        deleted=source.resource.gone(record, "list"),
        record=record,
        via=via,
    )


def _names(events: Sequence[Event]) -> list[str]:
    return [event.id or event.event_id[1] for event in events]


def _date(response: HttpResponse) -> str:
    """The time of the vendor's own clock, by which its rows are stamped."""
    try:
        told = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return canonical(told) if told.tzinfo else ""


def _called(
    hub: Hub, source: Source, call: Call, scope: dict[str, Any], *, lane: str = "", missing: bool = False
) -> tuple[HttpRequest, HttpResponse]:
    outlet = Outlet(hub, source.account.name, source.connector, lane)
    exchange = credentials.asked(hub, source.account, call, scope, lambda request: outlet.ask(call, request))
    outcome = exchange.outcome
    if outcome.kind == "done" or (missing and outcome.kind == "missing"):
        return exchange.request, exchange.response
    raise _trouble(source, outcome.kind, outcome.reason, outcome.after)


def _trouble(source: Source, kind: str, reason: str, after: float) -> HubError:
    if kind == "pause":
        return PauseError(reason, source.account.name)
    if kind in ("retry", "unknown"):
        return RetryError(reason, after)
    return RecordError(reason, "the list was refused")
