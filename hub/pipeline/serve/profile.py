"""One customer as people read it: who they are, how we know, what happened, and who has been told."""

import re
from collections.abc import Iterable
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.pipeline import Hub
from hub.pipeline.consents import consents_of
from hub.pipeline.serve.erasure import gone
from hub.pipeline.serve.exchange import Page, bad
from hub.pipeline.subjects import CUSTOMER, root_of, traits_of
from hub.store import Item, Store

ENTRY = "T#"
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f]{16})")


def profile(hub: Hub, id: str, page: Page) -> dict[str, Any]:
    """The customer that `id` names or was merged into (`merged_from`), with one page of its timeline.

    At most 25 records are asked for one page each, however long the history is. Raises Refusal: 404,
    or 410 for one who was erased.
    """
    root = known(hub, id)
    records = root.data["records"]
    merged = {} if root.data["id"] == id else {"merged_from": id}
    return {
        "id": root.data["id"],
        **merged,
        "epoch": root.version,
        "fields": {name: _field(told) for name, told in sorted(root.data["fields"].items())},
        "traits": traits_of(hub, root.data.get("traits", {}).values()),
        "records": [{**reference(pk), "created_at": at} for pk, at in _by_age(records)],
        "consents": consents_of(hub, {name: told[0] for name, told in root.data["fields"].items()}),
        "timeline": timeline(hub.store, records, page),
        "deliveries": deliveries(hub, root.data["id"]),
    }


def known(hub: Hub, id: str) -> Item:
    """The root of the customer that `id` names or was merged into. Raises Refusal: 404, 410 where erased."""
    root = root_of(hub.store, CUSTOMER, id)
    if root is None:
        raise gone(hub, id)
    return root


def reference(pk: str) -> dict[str, str]:
    """Which record a key names: its source (`connector.account`), resource and id there."""
    told = keys.told(pk)
    return {"source": told.source, "resource": told.resource, "id": told.id}


def timeline(store: Store, records: Iterable[str], page: Page) -> dict[str, Any]:
    """One page of what these records' sources told, in the order in which it happened there."""
    after = _position(page.after)
    found: dict[str, Item] = {}
    for pk in records:
        part = store.page(pk, prefix=ENTRY, after=after, limit=page.limit + 1, reverse=page.newest)
        # The key ends in the event's own: an event told under two records stands here once.
        found |= {item.key.sk: item for item in part.items}
    order = sorted(found, reverse=page.newest)
    more = _cursor(order[page.limit - 1]) if len(order) > page.limit else None
    return {"entries": [_entry(found[sk]) for sk in order[: page.limit]], "next": more}


def deliveries(hub: Hub, id: str) -> list[dict[str, Any]]:
    """What each destination that the flows send customers to knows of this one."""
    wanted = {name: keys.delivery(name, CUSTOMER, id) for name in destinations(hub.catalog)}
    found = hub.store.read(wanted.values())
    return [{"destination": name, **_told(found.get(key))} for name, key in wanted.items()]


def destinations(catalog: Catalog) -> list[str]:
    """The destinations (`connector.account.resource`) that some flow keeps in step with customers."""
    sends = [send for flow in catalog.flows.values() if flow.on == CUSTOMER for send in flow.send]
    names = {catalog.destination(send.to) for send in sends if send.fields is None}
    return sorted(name for name in names if not _is_act(catalog, name))


def _is_act(catalog: Catalog, destination: str) -> bool:
    connector, _, resource = destination.split(".")
    return catalog.connectors[connector].resources[resource].send is not None


def _field(told: list[Any]) -> dict[str, Any]:
    value, pk, at, *_ = told
    return {"value": value, **reference(pk), "at": at}


def _by_age(records: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(records.items(), key=lambda record: (record[1], record[0]))


def _entry(item: Item) -> dict[str, Any]:
    data = item.data
    told = {name: data[name] for name in ("entity", "topic", "facts")}
    return {"at": item.key.sk.split("#")[1], **told, **reference(data["record"])}


def _told(item: Item | None) -> dict[str, Any]:
    """A delivery's state without the hashes and the message that are its own business."""
    if item is None:
        return {"state": "none"}
    names = ("state", "epoch", "remote", "attempts", "reason", "place", "would")
    shown = {name: item.data[name] for name in names if name in item.data}
    written = [mark[1] for marks in item.data.get("wrote", {}).values() for mark in marks]
    times = {"told_at": max(written, default=None), "due_at": item.at if item.agenda == keys.DUE else None}
    return shown | {name: at for name, at in times.items() if at}


def _cursor(sk: str) -> str:
    return sk.removeprefix(ENTRY).replace("#", "_")


def _position(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise bad("after is the `next` of a page")
    return f"{ENTRY}{match[1]}#{match[2]}"
