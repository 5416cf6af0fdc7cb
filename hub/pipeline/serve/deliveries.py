"""Deliveries as people look for them, and the whole story of one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hub import keys
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver.target import Target
from hub.pipeline.erase.outward import outward
from hub.pipeline.serve.evidenced import origin
from hub.pipeline.serve.exchange import Page, Refusal, bad
from hub.pipeline.serve.finding import find as listed_by
from hub.pipeline.serve.fingerprint import common, fingerprint, reserved
from hub.pipeline.serve.foresight import Show, foresee, shown
from hub.pipeline.serve.parked import key, name
from hub.pipeline.serve.present import present
from hub.pipeline.serve.profile import known
from hub.pipeline.serve.remedies import brief, lines, request_of
from hub.pipeline.serve.wanted import Wanted, tried_at
from hub.pipeline.subjects import CUSTOMER, find
from hub.store import Item, Key

KINDS = ("delivery", "act")
OWNED = 100
"""Orders, carts and the like of one customer whose deliveries are looked for: those told last."""


def deliveries(hub: Hub, wanted: Wanted, page: Page) -> dict[str, Any]:
    """One page of the deliveries that are wanted: what needs somebody first, then newest first."""
    if wanted.source:
        raise bad("a delivery goes to a destination: `hub events --source` lists what came from an account")
    if wanted.customer:
        return _theirs(hub, wanted, page)
    listed = listed_by(hub, wanted, replace(page, newest=True))
    return {"deliveries": [row(item) for item in listed.items if item.kind in KINDS], "next": listed.next}


def _theirs(hub: Hub, wanted: Wanted, page: Page) -> dict[str, Any]:
    """A part of one customer's deliveries; its cursor counts."""
    if page.after is not None and not (page.after.isascii() and page.after.isdigit()):
        raise bad("after is the `next` of a page")
    found = [item for item in _of_customer(hub, wanted.customer) if _matches(wanted, item)]
    start = int((page.after or "0")[:6])
    part = found[start : start + page.limit]
    more = str(start + page.limit) if start + page.limit < len(found) else None
    return {"deliveries": [row(item) for item in part], "next": more}


def row(item: Item) -> dict[str, Any]:
    """A delivery in a list: what, where to, how it stands; no value."""
    data, message = item.data, Delivery.loads(item.data["message"])
    told = {
        "state": data.get("state"),
        "reason": data.get("reason"),
        "place": brief(data["place"]) if data.get("place") else None,
        "said": reserved(data.get("said")),
        "due_at": item.at if item.agenda == keys.DUE else None,
        "attempts": data.get("attempts"),
        "cause": message.cause,
    }
    return {
        "id": name(item),
        "kind": item.kind,
        "destination": message.destination,
        "flow": message.flow,
        "entity": message.entity,
        "entity_id": message.id,
        "customer": message.customer,
        **{name: value for name, value in told.items() if value not in (None, "")},
        "at": tried_at(item),
    }


def delivery(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """The whole story of the delivery `{"delivery": id, "values": false}`. Raises Refusal."""
    id, values = body.get("delivery"), body.get("values", False)
    if not isinstance(id, str) or not isinstance(values, bool) or set(body) - {"delivery", "values"}:
        raise bad("the body has delivery (an id of the list) and values")
    place = key(id)
    item = hub.store.read([place]).get(place) if place else None
    if item is None or item.kind not in KINDS:
        whole = "" if place else "; an id is whole, as in the list: DLV#<destination>#<entity>#<number>"
        raise Refusal(404, "unknown-delivery", f"there is no delivery of this id{whole}")
    return story(hub, item, values=values)


def story(hub: Hub, item: Item, *, values: bool = False) -> dict[str, Any]:
    """All that is known of a delivery: its cause, each attempt and call, what differs there, what to do."""
    told, message = common(item), Delivery.loads(item.data["message"])
    flow = hub.catalog.flows.get(message.flow)
    found = present(hub, told) if told.get("reason") or told.get("state") == "dry-run" else None
    show = shown(values)
    return {
        **row(item),
        **({"said": item.data["said"]} if values and item.data.get("said") else {}),
        "requests": requests(hub, item),
        "remote": _remote(hub, item, show),
        "flow_line": brief(flow.document.place("send")) if flow else None,
        "event": origin(hub, message),
        "log": item.data.get("log", []),
        "now": foresee(hub, item, show),
        "would": show(item.data.get("would")),
        "group": fingerprint(item) if item.agenda == keys.PARKED else None,
        "lines": lines(hub.catalog, told),
        "owner": found.owner if found else None,
        "why": found.why if found else None,
        "hint": found.hint if found else None,
    }


def requests(hub: Hub, item: Item) -> dict[str, dict[str, str]]:
    """What each call of the journal asks by the files as they are now: method and path, and their line."""
    target = Target.find(hub.catalog, Delivery.loads(item.data["message"]).destination)
    made = {
        str(call[0]).partition(" ")[0]
        for entry in item.data.get("log", ())
        for call in entry.get("calls", ())
    }
    return {name: asked for name in sorted(made) if target and (asked := request_of(target.resource, name))}


def _remote(hub: Hub, item: Item, show: Show) -> Any:
    """The id there, which may itself be a phone or an email of the customer."""
    remote, message = str(item.data.get("remote") or ""), Delivery.loads(item.data["message"])
    subject = find(hub, message.entity, message.id)
    fields = subject.customer.fields.values() if subject and subject.customer else ()
    known = {str(value).lstrip("+").lower() for value in fields if isinstance(value, str)}
    return show(remote) if "@" in remote or remote.lstrip("+").lower() in known else remote or None


def _matches(wanted: Wanted, item: Item) -> bool:
    """As wanted; whose it is was found out already, also where its message names another id."""
    return item.kind in KINDS and wanted.anybody().matches(item)


def _of_customer(hub: Hub, id: str) -> list[Item]:
    """The deliveries about a customer and what is theirs, the ones tried last first."""
    root = known(hub, id)
    wanted: dict[Key, None] = {}
    for one in (root, *_owned(hub, root)):
        for known_as in (one.data["id"], *one.data.get("absorbed", ())):
            wanted |= dict.fromkeys(outward(hub, one, known_as))
    found = hub.store.read(wanted)
    return sorted(found.values(), key=lambda item: (tried_at(item), item.key), reverse=True)


def _owned(hub: Hub, root: Item) -> Iterator[Item]:
    """The orders, carts and messages of a customer, by what its records were told last."""
    records: dict[str, None] = {}
    for pk in root.data["records"]:
        page = hub.store.page(pk, prefix="T#", limit=OWNED, reverse=True)
        records |= dict.fromkeys(item.data["record"] for item in page.items)
    found = hub.store.read(Key(pk, "REC") for pk in list(records)[:OWNED])
    homes = {
        keys.root(item.data["entity"], item.data["root"]): None
        for item in found.values()
        if item.data["entity"] != CUSTOMER
    }
    yield from (item for item in hub.store.read(homes).values() if item.data["state"] == "active")
