"""Events as people look for them, and the whole story of one: what it told, whose it is, what came of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hub import keys
from hub.accounts import Account
from hub.errors import RecordError
from hub.mapping import Context
from hub.mapping import Mapping as File
from hub.pipeline import Hub, outbox
from hub.pipeline.erase.outward import outward
from hub.pipeline.serve.archived import Archived, page
from hub.pipeline.serve.costs import cost
from hub.pipeline.serve.deliveries import requests, row
from hub.pipeline.serve.exchange import Refusal, bad, limit
from hub.pipeline.serve.explain import explain
from hub.pipeline.serve.fingerprint import common
from hub.pipeline.serve.foresight import Show, shown
from hub.pipeline.serve.profile import reference
from hub.pipeline.serve.remedies import brief, remedy
from hub.pipeline.serve.telling import archived, entries, named_event
from hub.pipeline.serve.wanted import Wanted
from hub.pipeline.subjects import CUSTOMER, find, root_of
from hub.store import Item, Key

STATES = ("applied", "echo", "parked", "asked", "suppressed", "unknown")
"""What may have become of an event; `unknown`: nothing is kept of it."""

_CURSOR = re.compile(r"(?P<part>(?:\d{4}-\d\d-\d\d-[0-9a-f]{12})?)(?:\.(?P<shown>\d{1,5}))?")


def events(hub: Hub, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The events of some days that are wanted: `source`, `connector`, `state`, `since`, `until`, `mark`.

    The newest day first; the archive is gone through in parts, of which each is shown newest first. A part
    may have none, while `next` goes on.
    """
    named = {name: asked[name] for name in ("source", "connector", "since", "until") if name in asked}
    wanted, state = Wanted.of(hub, named), asked.get("state", "")
    if state and state not in STATES:
        raise bad(f"state is one of {', '.join(STATES)}")
    part, start = _place(asked.get("after") or "")
    found, following = page(hub, wanted.since, wanted.until, part)
    kept = [one for one in found if _wanted(one, wanted, state, asked)]
    kept.sort(key=lambda one: one.event.received_at, reverse=True)
    end = start + limit(asked.get("limit", 100))
    following = f"{part}.{end}" if end < len(kept) else following
    return {"events": [_row(one) for one in kept[start:end]], "next": following}


def events_about(hub: Hub, body: Mapping[str, Any]) -> dict[str, Any]:
    """The events that told of a `record` or a customer (`customer`, `whose`), newest first, narrowed down as
    in `events`. The cursor counts. Raises Refusal."""
    names = ("source", "connector", "since", "until")
    if set(body) - {*names, "state", "mark", "record", "customer", "whose", "limit", "after"}:
        raise bad("the body has record, customer or whose, and what narrows it down")
    wanted, state = (
        Wanted.of(hub, {name: body[name] for name in names if name in body}),
        body.get("state", ""),
    )
    after, most = body.get("after") or "0", limit(body.get("limit", 100))
    if not isinstance(after, str) or not (after.isascii() and after.isdigit() and len(after) <= 6):
        raise bad("after is the `next` of a page")
    whole, start = entries(hub, body), int(after)
    found = archived(hub, whole[start : start + most])
    kept = [_row(one) for one in found if _wanted(one, wanted, state, body)]
    more = str(start + most) if start + most < len(whole) else None
    return {"events": kept, "next": more}


def event(hub: Hub, body: Mapping[str, Any]) -> dict[str, Any]:
    """The whole story of `{"event": …, "values": false}`, or of the last of a `record`. Raises Refusal."""
    values = body.get("values", False)
    if not isinstance(values, bool) or set(body) - {"event", "record", "values"}:
        raise bad("the body has event (or record) and values")
    told = named_event(hub, body)
    show = shown(values)
    images = _images(hub, told)
    sent = list(_deliveries(hub, told, images))
    return {
        **_row(told),
        "values": values,
        "at": told.event.at,
        "deleted": told.event.deleted,
        "archive": [told.object, told.line],
        "signed": _signed(told),
        "raw": show(told.event.record),
        "id": show(told.event.id),
        "mapped": list(_mapped(hub, told, show)),
        "drift": _marked(told, "drift", []),
        "identity": _identity(hub, told, values),
        "changed": [_change(image) for image in images],
        "deliveries": [view for view, _ in sent],
        "remedy": _remedy(hub, told),
        "cost": _cost(told, images, sent),
    }


def _place(after: str) -> tuple[str, int]:
    """The part of the archive that a cursor names, and how many of it were shown. Raises Refusal."""
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise bad("after is the `next` of a page")
    return match["part"], int(match["shown"] or 0)


def _wanted(one: Archived, wanted: Wanted, state: str, asked: Mapping[str, Any]) -> bool:
    told = one.event
    return (
        wanted.source in ("", told.source)
        and wanted.connector in ("", told.connector)
        and wanted.since <= told.received_at <= (wanted.until or "~")
        and state in ("", _state(one))
        and asked.get("mark") in (None, "", told.mark)
    )


def _row(one: Archived) -> dict[str, Any]:
    told = {"reason": _marked(one, "reason", None), "place": _marked(one, "place", None)}
    return {
        "name": one.name,
        "event": one.event.mark,
        "source": one.event.source,
        "resource": one.event.resource,
        "topic": one.event.topic,
        "via": one.event.via,
        "received_at": one.event.received_at,
        "state": _state(one),
        **{name: brief(value) if name == "place" else value for name, value in told.items() if value},
    }


def _state(one: Archived) -> str:
    return str(one.marker.data["status"]) if one.marker else "unknown"


def _marked(one: Archived, name: str, default: Any) -> Any:
    return one.marker.data.get(name, default) if one.marker else default


def _signed(one: Archived) -> str:
    """How the hub knows that its source told it."""
    if one.event.via == "webhook":
        return "signed by the source, or it would have been refused"
    return f"asked for by us ({one.event.via})"


def _mapped(hub: Hub, one: Archived, show: Show) -> Iterator[dict[str, Any]]:
    """What each mapping reads of it with the files as they are now, and by which line."""
    account = hub.catalog.accounts.get(one.event.source)
    connector = hub.catalog.connectors.get(one.event.connector)
    if account is None or connector is None or one.event.record is None:
        return
    parts = [(one.event.resource, one.event.record)]
    try:
        inner = connector.contained(one.event, one.event.record)
    except RecordError as error:
        yield {"mapping": brief(error.place), "reason": error.reason, "fields": []}
        inner = []
    for resource, record in [*parts, *((name, record) for name, _, record in inner)]:
        for mapping in hub.catalog.mappings_of(one.event.connector, resource):
            yield _read(mapping, record, account, one, show)


def _read(file: File, record: Any, account: Account, one: Archived, show: Show) -> dict[str, Any]:
    told = {"mapping": file.document.file, "entity": file.entity}
    try:
        incoming = file.inward(record, Context(account, one.event.received_at))
    except RecordError as error:
        return {**told, "reason": error.reason, "place": brief(error.place), "fields": []}
    fields = [
        {"field": name, "value": show(value), "line": _line(file, name)}
        for name, value in sorted(incoming.fields.items())
    ]
    return {**told, "fields": fields, "drift": [brief(place) for place in incoming.drift]}


def _line(file: File, field: str) -> str:
    """The line that reads a field: its own, or the first of its members."""
    for part in ("in", "both"):
        for key, value in (file.document.data.get(part) or {}).items():
            name = key if part == "in" else value
            if isinstance(name, str) and name.partition(".")[0] == field:
                return brief(file.document.place(part, key))
    return file.document.file


def _identity(hub: Hub, one: Archived, values: bool) -> dict[str, Any] | None:
    """Whose it is, and how its record came to be of that customer."""
    own = keys.record(one.event.connector, one.event.account, one.event.resource, one.event.id)
    record = hub.store.read([own]).get(own)
    home = record.data.get("root") if record else None
    subject = find(hub, record.data["entity"], home) if record and home else None
    if record is None or subject is None or subject.customer is None:
        return None
    told = {"entity": subject.entity, "entity_id": subject.id, "customer": subject.customer.id}
    try:
        story = explain(hub, subject.customer.id, values=values)
    except Refusal:
        return told
    pk = own.pk if subject.entity == CUSTOMER else _buyer(record)
    mine = reference(pk) if pk else {}
    found = next((known for known in story["records"] if mine and mine.items() <= known.items()), None)
    return {**told, "record": _shown(found, shown(values)), "records": len(story["records"])}


def _shown(record: dict[str, Any] | None, show: Show) -> dict[str, Any] | None:
    """A record of an explanation; its id, and that of the one it was joined with, may be phones."""
    if record is None:
        return None
    came = record["came"]
    told = {name: record[name] for name in ("source", "resource", "created_at")}
    if came:
        other = {**came["with"], "id": show(came["with"]["id"])}
        came = {name: came[name] for name in ("by", "since") if name in came} | {"with": other}
    return {**told, "id": show(record["id"]), "came": came}


def _buyer(record: Item) -> str:
    register = record.data.get("registers", {}).get("customer")
    return str(register[0]) if register and register[0] else ""


def _images(hub: Hub, one: Archived) -> list[Item]:
    at = _marked(one, "applied_at", None)
    return outbox.of_event(hub.store, one.event.mark, at) if at else []


def _change(image: Item) -> dict[str, Any]:
    names = ("entity", "id", "epoch", "changed", "created", "decided")
    return {name: image.data[name] for name in names if name in image.data}


def _deliveries(hub: Hub, one: Archived, images: list[Item]) -> Iterator[tuple[dict[str, Any], Item]]:
    """Each delivery that this event caused, with its attempts for it."""
    for image in images:
        for item in _about(hub, image):
            mine = [entry for entry in item.data.get("log", ()) if entry.get("cause") == one.event.mark]
            if mine:
                yield {**row(item), "log": mine, "requests": requests(hub, item)}, item


def _about(hub: Hub, image: Item) -> list[Item]:
    """The deliveries and acts that flows make of an entity."""
    root = root_of(hub.store, image.data["entity"], image.data["id"])
    ids = dict.fromkeys((image.data["id"], root.data["id"])) if root else ()
    wanted: list[Key] = [key for id in ids if root for key in outward(hub, root, id)]
    return [item for item in hub.store.read(wanted).values() if item.kind in ("delivery", "act")]


def _remedy(hub: Hub, one: Archived) -> dict[str, str] | None:
    if one.marker is None or one.marker.data["status"] != "parked":
        return None
    return remedy(hub.catalog, common(one.marker))._asdict()


def _cost(one: Archived, images: list[Item], sent: list[tuple[dict[str, Any], Item]]) -> dict[str, Any]:
    unified = [*([one.marker] if one.marker else []), *images]
    attempts = [entry for view, _ in sent for entry in view["log"]]
    spent = sum(call[2] for entry in attempts for call in entry.get("calls", ()))
    return cost(unified, [item for _, item in sent], len(attempts), float(spent))
