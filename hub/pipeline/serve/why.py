"""Why an event went to a destination or did not go: each step on the way, and the one that decided."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.expressions import compile
from hub.flow import Flow
from hub.messages import Delivery
from hub.pipeline import Hub, flows, outbox
from hub.pipeline.consents import kinds_of
from hub.pipeline.flows import Sight
from hub.pipeline.serve.archived import Archived
from hub.pipeline.serve.deliveries import requests, row
from hub.pipeline.serve.exchange import bad
from hub.pipeline.serve.fingerprint import common
from hub.pipeline.serve.names import destinations
from hub.pipeline.serve.present import present
from hub.pipeline.serve.remedies import brief, lines
from hub.pipeline.serve.switches import standing
from hub.pipeline.serve.telling import named_event
from hub.pipeline.subjects import find
from hub.store import Item

Verdict = dict[str, Any]

UNTOLD = {"duplicate", "asked", "suppressed"}


def why(hub: Hub, body: Mapping[str, Any]) -> dict[str, Any]:
    """The verdicts for `{"event": …, "destination": …}`, one for each flow that could have sent; or for the
    last event of a `record`. Without a destination, those of each that a flow sends to.

    Raises Refusal.
    """
    to = body.get("destination")
    if not isinstance(to, str | None) or set(body) - {"event", "record", "destination"}:
        raise bad("the body has event (or record) and destination (odoo.order, or odoo.main.order)")
    told = named_event(hub, body)
    told_of = {"event": told.event.mark, "name": told.name, "source": told.event.source}
    told_of["topic"] = told.event.topic
    if to is not None:
        return {**told_of, **_one(hub, told, to)}
    each = [_one(hub, told, name) for name in destinations(hub.catalog)]
    return {**told_of, "went": any(one["went"] for one in each), "destinations": each}


def _one(hub: Hub, told: Archived, to: str) -> dict[str, Any]:
    destination, trouble = _destination(hub.catalog, to)
    verdicts = [trouble] if trouble else list(_verdicts(hub, told, destination))
    went = any(one["went"] for one in verdicts)
    return {"destination": destination or to, "went": went, "verdicts": verdicts}


def _destination(catalog: Catalog, to: str) -> tuple[str, Verdict]:
    """The destination that is meant; or why there is none of this name."""
    parts = to.split(".")
    if len(parts) not in (2, 3):
        return "", _no("no-destination", place="accounts.yaml", destination=to)
    try:
        name = catalog.destination(to)
    except LookupError:
        return "", _no("no-account", place="accounts.yaml", destination=to)
    connector = catalog.connectors.get(parts[0])
    if connector is None or parts[-1] not in connector.resources:
        return "", _no("no-destination", place=f"connectors/{parts[0]}.yaml", destination=to)
    return name, {}


def _verdicts(hub: Hub, told: Archived, destination: str) -> Iterator[Verdict]:
    early = _of_event(told)
    images = _images(hub, told)
    if early and not images:
        yield early
        return
    listening = [flow for flow in hub.catalog.flows.values() if _sends(hub.catalog, flow, destination)]
    if not listening:
        yield _no("no-flow", changed=_changed(images))
        return
    heard = [(flow, image) for flow in listening for image in images if flow.on == image.data["entity"]]
    yield from (_of_image(hub, told, flow, image, destination) for flow, image in heard)
    if not heard:
        for flow in listening:
            place = brief(flow.document.place("on"))
            yield _no("other-entity", flow=flow.name, place=place, on=flow.on, changed=_changed(images))


def _of_event(told: Archived) -> Verdict:
    """What became of the event itself, where that is why nothing went out."""
    marker = told.marker
    if marker is None:
        return _no("not-applied")
    status = marker.data["status"]
    if status == "parked":
        place = brief(marker.data["place"]) if marker.data.get("place") else None
        return _no("parked", reason=marker.data["reason"], place=place, id=told.name)
    return _no(status) if status in ("echo", *UNTOLD) else _no("unchanged")


def _images(hub: Hub, told: Archived) -> list[Item]:
    at = told.marker.data.get("applied_at") if told.marker else None
    return outbox.of_event(hub.store, told.event.mark, at) if at else []


def _of_image(hub: Hub, told: Archived, flow: Flow, image: Item, destination: str) -> Verdict:
    """What the flow made of one change."""
    about = {"flow": flow.name, "entity": image.data["entity"], "entity_id": image.data["id"]}
    if not outbox.is_relayed(image) and image.agenda != keys.PARKED:
        return {**_no("not-relayed"), **about}
    word = image.data.get("decided", {}).get(flow.name)
    if word is None and image.agenda == keys.PARKED:
        place = brief(flow.document.place("if"))
        return {**_no("flow-failed", reason=image.data.get("reason"), place=place), **about}
    if word == "condition":
        return {**_condition(flow), **about}
    if word == "waits":
        return {**_waits(hub, told, flow, image, destination), **about}
    if word:
        return {**_no(word, place=brief(flow.document.place("on"))), **about}
    return {**_delivered(hub, told, flow, image, destination), **about}


def _condition(flow: Flow) -> Verdict:
    source = str(flow.document.data.get("if", ""))
    reads = sorted(".".join(path) for path in compile(source).paths) if source else []
    return _no("condition", place=brief(flow.document.place("if")), text=source, reads=reads)


def _waits(hub: Hub, told: Archived, flow: Flow, image: Item, destination: str) -> Verdict:
    key = keys.wait(flow.name, image.data["entity"], image.data["id"])
    held = hub.store.read([key]).get(key)
    how = str(held.data["state"]) if held else "ended"
    if how == "sent":
        return _delivered(hub, told, flow, image, destination)
    if how == "waiting" and held is not None:
        return _no("waits", place=brief(flow.document.place("wait")), until=held.at)
    if how == "cancelled":
        return _no("cancelled", place=brief(flow.document.place("cancel")), by=sorted(flow.cancel))
    return {**_condition(flow), "verdict": "wait-ended"}


def _delivered(hub: Hub, told: Archived, flow: Flow, image: Item, destination: str) -> Verdict:
    """What became of the delivery."""
    item = _item(hub, flow, image, destination)
    line = brief(flow.document.place("send"))
    if item is None:
        return _no("queued", place=line)
    mine = [entry for entry in item.data.get("log", ()) if entry.get("cause") == told.event.mark]
    entry = mine[-1] if mine else {}
    how = str(entry.get("result") or item.data.get("state"))
    shown = {**row(item), "calls": entry.get("calls", []), "place": line, "requests": requests(hub, item)}
    if item.data.get("log") and not mine:
        return {**_no("by-another"), **shown}
    if how in ("ok", "done", "settling"):
        sent = bool(entry.get("calls"))
        return {**shown, "verdict": "sent" if sent else "same-there", "went": sent, "at": entry.get("at")}
    reason = str(entry.get("reason") or item.data.get("reason", ""))
    return {**shown, **_stopped(hub, flow, item, how, reason)}


def _stopped(hub: Hub, flow: Flow, item: Item, how: str, reason: str) -> Verdict:
    """Why a delivery did not get through, or not yet."""
    told = {**common(item), "state": how, "reason": reason}
    found = present(hub, told)
    word = reason if how in ("due", "skipped", "intent") else how
    verdict = {"verdict": word, "went": False, "reason": reason}
    extra: dict[str, Any] = {"owner": found.owner, "why": found.why, "hint": found.hint}
    if reason == "paused" and (switch := _paused(hub, item)):
        extra |= switch
    elif reason == "paused":
        verdict["verdict"] = "resumed"
    if written := lines(hub.catalog, told):
        extra["place"] = ", ".join(dict.fromkeys(written.values()))
    if reason in ("no-consent", "no-address"):
        extra |= _consent(hub.catalog, flow, item)
    if reason == "quiet-hours":
        extra |= {"place": brief(flow.document.place("quiet")), "until": item.at}
    if item.data.get("place"):
        extra["place"] = brief(item.data["place"])
    return {**verdict, **extra}


def _paused(hub: Hub, item: Item) -> dict[str, Any]:
    """Who paused the account, when and why, nothing where it is not paused any more."""
    found = standing(hub, Delivery.loads(item.data["message"]).destination.rpartition(".")[0])
    if found.get("state") != "paused":
        return {}
    return {name: found[key] for name, key in _SWITCHED.items() if key in found}


_SWITCHED = {"account": "account", "by": "actor", "at": "at", "said_why": "reason"}


def _consent(catalog: Catalog, flow: Flow, item: Item) -> dict[str, Any]:
    """Which consent was asked for: channel, purpose and the kinds of address."""
    connector = Delivery.loads(item.data["message"]).destination.partition(".")[0]
    channel = catalog.connectors[connector].channel if connector in catalog.connectors else None
    kinds = kinds_of(catalog, channel, str(flow.purpose)) if channel else []
    asked = {"channel": channel, "purpose": flow.purpose, "kinds": kinds}
    return {"place": brief(flow.document.place("purpose")), **asked}


def _item(hub: Hub, flow: Flow, image: Item, destination: str) -> Item | None:
    """The delivery or the act that the flow made of the change."""
    entity, id = image.data["entity"], image.data["id"]
    subject = find(hub, entity, id)
    known = subject.id if subject else id
    wanted = [keys.delivery(destination, entity, one) for one in dict.fromkeys((known, id))]
    if subject:
        epoch = {flows.trigger(flow, Sight(subject))} if flow.once else {f"{id}#{image.data['epoch']}"}
        wanted += [keys.act(Delivery(destination, entity, id, 0, "", flow.name, one)) for one in epoch]
    found = hub.store.read(wanted)
    return next((found[key] for key in wanted if key in found), None)


def _sends(catalog: Catalog, flow: Flow, destination: str) -> bool:
    return any(catalog.destination(to.to) == destination for to in flow.send)


def _changed(images: list[Item]) -> list[str]:
    return sorted({str(image.data["entity"]) for image in images})


def _no(verdict: str, **facts: Any) -> Verdict:
    told = {name: value for name, value in facts.items() if value is not None}
    return {"verdict": verdict, "went": False, **told}
