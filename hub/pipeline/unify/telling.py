"""What one event tells of each record in it: fetched when thin, mapped, with the identifiers it asserts."""

from collections.abc import Iterable
from dataclasses import field, replace
from typing import Any

from hub import credentials, identity, keys, times
from hub.accounts import Account
from hub.connector import Resource
from hub.errors import PauseError, RecordError, RetryError
from hub.frozen import dataclass
from hub.identity import Identifier, Pepper
from hub.mapping import Consent, Context, Incoming, Mapping
from hub.messages import UNREAD, WRITTEN, Event, digest
from hub.pipeline import Hub
from hub.pipeline.outlet import Outlet
from hub.reprs import discreet
from hub.store import Key

FUTURE = 600
"""Seconds by which a source's clock may be ahead; a value from further on would win for ever."""


_SHOWN = ("channel", "direction", "kind", "name", "number", "status", "template", "text", "total", "url")
"""Fields that the timeline shows."""


class FetchError(RetryError):
    """The source of a thin event could not be asked now."""


@discreet("source", "entity", "at")
@dataclass(frozen=True, slots=True)
class Telling:
    """What an event tells of one record.

    `fields`: canonical field -> normal form, None clears. `claims`: claim key -> strong. `at`: the
    source's time of it; `created`: of the record. `destination`: where the record is written by us,
    "" where it never is. `customer`: key of the customer record that it belongs to, or "". `older`: claim ->
    its keys under older peppers. `fresh`: it tells the record as it was created.
    """

    record: Key
    source: str
    role: str
    destination: str
    entity: str
    fields: dict[str, Any]
    claims: dict[str, bool]
    at: str
    created: str
    deleted: bool = False
    customer: str = ""
    older: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: bool = False


@discreet("drift")
@dataclass(frozen=True, slots=True)
class Tale:
    """All that one event tells: its own record last, what it contains before. `consents` by address."""

    tellings: tuple[Telling, ...]
    consents: tuple[Consent, ...]
    drift: tuple[str, ...]


def tell(hub: Hub, event: Event, peppers: list[Pepper]) -> Tale:
    """The tale of an event. Raises RecordError for what can never be told, RetryError for what may later."""
    if event.topic.startswith(UNREAD):
        raise RecordError("unreadable", "what came is no row, or no message, of this source")
    account = hub.catalog.accounts.get(event.source)
    if account is None:
        raise RecordError("unknown-account", "no account of accounts.yaml is meant")
    if not event.id:
        raise RecordError("missing-id", "the event does not say which record it tells of")
    thin, event = event, _fetched(hub, event, account)
    known_at = times.from_epoch(hub.clock()) if event is not thin else event.received_at
    context = Context(account, event.received_at)
    connector = hub.catalog.connectors[event.connector]
    contained = [] if event.record is None else connector.contained(event, event.record)
    parts = [(event.resource, event.id, event.record), *contained]
    told: list[tuple[Telling, Incoming]] = []
    for resource, id, record in reversed(parts):
        deleted = event.deleted and resource == event.resource
        for mapping in hub.catalog.mappings_of(event.connector, resource):
            incoming = Incoming({}, (), ()) if deleted else _read(event, mapping, record, context)
            mine = (resource, id) == (event.resource, event.id)
            outer = event if mine else replace(event, resource=resource, id=id, deleted=deleted)
            told.append((_telling(hub, outer, mapping, incoming, peppers), incoming))
    if any(is_ahead(telling.at, known_at) for telling, _ in told):
        raise RecordError("future-time", "the source's time is more than 10 minutes ahead")
    return _tale(event, told)


def _read(event: Event, mapping: Mapping, record: Any, context: Context) -> Incoming:
    """What a record says; of one that we wrote ourselves, what it will say."""
    if not event.topic.startswith(WRITTEN):
        return mapping.inward(record, context)
    told = mapping.told_back(record, context)
    return Incoming({name: value for name, value in told.items() if value is not None})


def _tale(event: Event, told: list[tuple[Telling, Incoming]]) -> Tale:
    if not told:
        raise RecordError("no-mapping", f"{event.connector}.{event.resource} has no mapping")
    tellings = {telling.entity: telling for telling, _ in told}
    if len(tellings) < len(told):
        raise RecordError("entity-twice", "one event may tell of one record of each entity")
    if customer := tellings.get("customer"):
        for entity in tellings.keys() - {"customer"}:
            tellings[entity] = replace(tellings[entity], customer=customer.record.pk)
    consents = tuple(consent for _, incoming in told for consent in incoming.consents)
    drift = tuple(str(place) for _, incoming in told for place in incoming.drift)
    return Tale(tuple(tellings.values()), consents, drift)


def _fetched(hub: Hub, event: Event, account: Account) -> Event:
    """The event with its record, asked of the source when the event was thin; deleted when it is gone."""
    if event.record is not None or event.deleted:
        return event
    connector = hub.catalog.connectors[event.connector]
    resource = connector.resources[event.resource]
    call = resource.get
    if call is None:
        raise RecordError("no-record", "the event carries no record and the resource has no get")
    outlet = Outlet(hub, account.name, connector)
    try:
        exchange = credentials.asked(
            hub, account, call, {"id": event.id}, lambda request: outlet.ask(call, request)
        )
    except RetryError as error:
        raise FetchError(f"fetch-{error.reason}", error.after) from error
    except PauseError as error:
        raise FetchError(f"fetch-{error.reason}") from error
    outcome, response = exchange.outcome, exchange.response
    if outcome.kind == "missing":
        return replace(event, deleted=True)
    if outcome.kind == "reject":
        raise RecordError("fetch-rejected", outcome.reason, outcome.place)
    if outcome.kind != "done":
        raise FetchError(f"fetch-{outcome.reason}", outcome.after)
    record = call.record(response)
    return _kept(hub, replace(event, record=record, deleted=resource.gone(record, "get")))


def _kept(hub: Hub, event: Event) -> Event:
    """The fetched event, archived beside the thin one: what came in can be shown and planned with later."""
    hub.archive.put(kept_name(hub, event), event.dumps())
    return event


def kept_name(hub: Hub, event: Event) -> str:
    """What the archive calls a fetched event. The day is that of the webhook, so that it can be found."""
    return f"raw/{event.received_at[:10]}/fetched-{event.dedup}.jsonl"


def _telling(hub: Hub, event: Event, mapping: Mapping, incoming: Incoming, peppers: list[Pepper]) -> Telling:
    fields = dict(incoming.fields)
    at = fields.pop("updated_at", None) or event.at or event.received_at
    since = fields.pop("created_at", None)
    created = min(since or at, at)
    source, entity = event.source, mapping.entity
    role = hub.catalog.accounts[source].role
    asserted = _identifiers(hub, entity, fields, role)
    resource = hub.catalog.connectors[event.connector].resources[event.resource]
    claims = {_claim(entity, one, peppers[0]): one.strong for one in asserted}
    older = _older(entity, asserted, claims, peppers) if len(peppers) > 1 else {}
    return Telling(
        record=_record_key(event, mapping, resource, asserted, peppers[0].base),
        source=source,
        role=role,
        destination=f"{source}.{event.resource}" if _writable(resource) else "",
        entity=entity,
        fields=fields,
        claims=claims,
        older=older,
        at=at,
        created=created,
        deleted=event.deleted,
        fresh=since == at,
    )


def _older(
    entity: str, asserted: list[Identifier], claims: Iterable[str], peppers: list[Pepper]
) -> dict[str, tuple[str, ...]]:
    """The claims with their keys under the older peppers."""
    under = (tuple(_claim(entity, one, older) for older in peppers[1:]) for one in asserted)
    return dict(zip(claims, under, strict=True))


def is_ahead(at: str, now: str) -> bool:
    """Whether a time lies further ahead of the hub's than a source's clock may be."""
    return at > now and times.to_epoch(at) > times.to_epoch(now) + FUTURE


def _identifiers(hub: Hub, entity: str, fields: dict[str, Any], role: str) -> list[Identifier]:
    """The eligible identifiers, strong ones first. Raises RecordError for more than one event may assert."""
    declared = hub.catalog.entities[entity]
    guards = declared.guards
    found = [
        Identifier(one.name, fields[one.name], one.identifies == "strong")
        for one in declared.identifying
        if one.name in fields and guards.eligible(one.name, fields[one.name], role)
    ]
    if len(found) > guards.per_event:
        raise RecordError("too-many-identifiers", f"one event may assert {guards.per_event} identifiers")
    return sorted(found, key=lambda i: (not i.strong, i.namespace, i.value))


def _claim(entity: str, identifier: Identifier, pepper: Pepper) -> str:
    hashed = identity.hashed(pepper, identifier.namespace, identifier.value)
    return keys.claim(entity, identifier.namespace, hashed).pk


def _record_key(
    event: Event, mapping: Mapping, resource: Resource, asserted: list[Identifier], pepper: Pepper
) -> Key:
    """The record's key; a contained one without an id of its own is the guest with these identifiers.

    Their hash is part of the record's name for good, so it is of the first pepper.
    """
    id = event.id
    if "/" in id and asserted and resource.name != id.partition("/")[0]:
        hashed = identity.hashed(pepper, asserted[0].namespace, asserted[0].value)
        id = f"guest/{hashed}"
    name = event.resource
    if mapping.name.count(".") > 1:
        name = f"{name}.{mapping.entity}"
    return keys.record(event.connector, event.account, name, id)


def _writable(resource: Resource) -> bool:
    return bool(resource.upsert or resource.create or resource.update)


def body_digest(event: Event) -> str:
    """What two events with one id must have in common: a digest of the record as it came."""
    return digest(event.text)


def summary(event: Event, telling: Telling) -> dict[str, Any]:
    """What the timeline shows of a telling without a further read."""
    facts: dict[str, Any]
    if telling.entity == "customer":
        facts = {"told": sorted([name for name, value in telling.fields.items() if value is not None])}
    else:
        facts = {name: telling.fields[name] for name in _SHOWN if telling.fields.get(name) is not None}
    return {
        "entity": telling.entity,
        "source": event.source,
        "topic": event.topic,
        "record": telling.record.pk,
        "facts": facts,
    }
