"""poll: asks sources what changed since last time, and sends it down the path of the webhooks.

The cursor of an account's resource moves only after the queue has taken what was found; what is asked
twice is recognised by its id and version. A first poll starts a day back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from hub import credentials, keys
from hub.accounts import Account
from hub.connector import Connector, HttpResponse, Resource
from hub.connector.reception import moment
from hub.errors import HubError, PauseError, RecordError, RetryError
from hub.messages import Event, brief, digest, dumps
from hub.pipeline import Hub
from hub.pipeline.outlet import Outlet
from hub.pipeline.receive import enqueue
from hub.reprs import discreet
from hub.store import Conflict, Item, Put
from hub.times import from_epoch, to_epoch

FIRST_SECONDS = 86_400.0
"""How far back the first poll of an account looks."""

PAGES = 200
SECONDS = 180.0
"""Pages and seconds after which a poll stops and leaves the rest to the next one."""


@discreet("account", "resource")
@dataclass(frozen=True, slots=True)
class Polled:
    """What one account's resource gave: how many records, and the error that ended it ("" for none)."""

    account: str
    resource: str
    records: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is polled."""

    account: Account
    connector: Connector
    resource: Resource


def poll(hub: Hub, *, pages: int = PAGES, seconds: float = SECONDS) -> list[Polled]:
    """Ask every account for what changed; the trouble of one does not keep the others from being asked."""
    deadline = hub.clock() + seconds
    return [_polled(hub, source, pages, deadline) for source in _sources(hub)]


def _sources(hub: Hub) -> Iterator[Source]:
    for _, account in sorted(hub.catalog.accounts.items()):
        connector = hub.catalog.connectors[account.connector]
        for resource in connector.resources.values():
            if resource.list:
                yield Source(account, connector, resource)


def _polled(hub: Hub, source: Source, pages: int, deadline: float) -> Polled:
    known = Polled(source.account.name, source.resource.name)
    found = 0
    try:
        for count in islice(_pages(hub, source), pages):
            found += count
            if hub.clock() >= deadline:
                break
    except Conflict:
        return replace(known, records=found, error="polled-elsewhere")
    except (RecordError, RetryError, PauseError) as error:
        return replace(known, records=found, error=error.reason)
    return replace(known, records=found)


def _pages(hub: Hub, source: Source) -> Iterator[int]:
    """The pages that are left, each on the queue and noted in the cursor before the next is asked for.

    A list that is refused starts again from its first page next time: a kept page may have expired.
    """
    key = keys.cursor(source.account.name, source.resource.name)
    cursor = hub.store.read([key]).get(key) or Item(key, "cursor")
    while True:
        state = cursor.data or {"since": from_epoch(hub.clock() - FIRST_SECONDS), "page": None, "high": ""}
        try:
            count, state = _page(hub, source, state)
        except RecordError:
            _save(hub, cursor, {**state, "page": None})
            raise
        cursor = _save(hub, cursor, state)
        yield count
        if state["page"] is None:
            return


def _save(hub: Hub, cursor: Item, state: dict[str, Any]) -> Item:
    saved = replace(cursor, data=state)
    hub.store.commit([Put(saved)])
    return replace(saved, version=saved.version + 1)


def _page(hub: Hub, source: Source, state: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """One page: its number of records, and the cursor after it."""
    call = source.resource.list
    assert call is not None
    since = from_epoch(to_epoch(state["since"]) - call.overlap)
    scope = {"since": since, "page": state["page"] if state["page"] is not None else call.paging.first}
    outlet = Outlet(hub, source.account.name, source.connector)
    exchange = credentials.asked(hub, source.account, call, scope, lambda request: outlet.ask(call, request))
    response = _answered(source, exchange)
    events = [_event(hub, source, record) for record in call.records_of(response)]
    enqueue(hub, events)
    high = max([state["high"], *(event.at for event in events if event.at)])
    page = call.next_page(response, scope["page"], exchange.request.url)
    return len(events), _moved(state, page, min(high, from_epoch(hub.clock())))


def _moved(state: dict[str, Any], page: Any, high: str) -> dict[str, Any]:
    if page is not None:
        return {**state, "page": page, "high": high}
    return {"since": max(state["since"], high), "page": None, "high": ""}


def _answered(source: Source, exchange: credentials.Exchange) -> HttpResponse:
    outcome = exchange.outcome
    if outcome.kind == "done":
        return exchange.response
    raise _trouble(source, outcome.kind, outcome.reason, outcome.after)


def _trouble(source: Source, kind: str, reason: str, after: float) -> HubError:
    if kind == "pause":
        return PauseError(reason, source.account.name)
    if kind in ("retry", "unknown"):
        return RetryError(reason, after)
    return RecordError(reason, "the list was refused")


def _event(hub: Hub, source: Source, record: Any) -> Event:
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
        received_at=from_epoch(hub.clock()),
        at=moment(version, source.account.time_zone, least=10**9),
        record=record,
        via="poll",
    )
