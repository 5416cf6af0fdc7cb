"""The journal of a customer: every change of who belongs together, with what caused it."""

import re
from collections.abc import Iterable, Mapping
from heapq import merge
from typing import Any
from urllib.parse import unquote

from hub import keys
from hub.catalog import Catalog
from hub.identity import SAME, namespace
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Page, Refusal, bad
from hub.pipeline.serve.profile import known, reference
from hub.pipeline.subjects import CUSTOMER
from hub.store import Item, Key, Store

ENTRY = "LOG#"
FURTHEST = 25
"""Ids that a journal goes back through, as many as one customer has records."""
_CURSOR = re.compile(r"[0-9a-f]{24}-\d{1,12}(\.[0-9a-f]{24}-\d{1,12}){0,60}")
_NAME = re.compile(r"([0-9a-f]{24})-(\d{1,12})")


def log(hub: Hub, id: str, page: Page) -> dict[str, Any]:
    """One page of the journal of a customer, of the ids that it took over and of those it was split from.

    Raises Refusal(404).
    """
    root = known(hub, id)
    items, more = entries(hub.store, ids(hub.store, root), page)
    zone = time_zone(hub.catalog, root.data["records"])
    return {"id": root.data["id"], "time_zone": zone, "entries": [view(item) for item in items], "next": more}


def time_zone(catalog: Catalog, records: Iterable[str]) -> str:
    """The time zone that all these records' sources are in, else UTC."""
    sources = {keys.told(pk).source for pk in records}
    zones = {catalog.accounts[name].time_zone for name in sources if name in catalog.accounts}
    return zones.pop() if len(zones) == 1 else "UTC"


def ids(store: Store, root: Item) -> list[str]:
    """The ids under which the journal of a customer lies."""
    found = dict.fromkeys([root.data["id"], *root.data["absorbed"]])
    origin = root.data.get("origin", "")
    while origin and origin not in found and len(found) < 2 * FURTHEST:
        found[origin] = None
        key = keys.root(CUSTOMER, origin)
        held = store.read([key]).get(key)
        origin = held.data.get("origin", "") if held else ""
    return list(found)


def entries(store: Store, ids: Iterable[str], page: Page) -> tuple[list[Item], str | None]:
    """One page of these journals together, in the order of time, and where the rest goes on."""
    given = _positions(page.after)
    parts = [
        store.page(
            keys.root(CUSTOMER, id).pk,
            prefix=ENTRY,
            after=given.get(id),
            limit=page.limit + 1,
            reverse=page.newest,
        ).items
        for id in ids
    ]
    found = list(merge(*parts, key=lambda item: str(item.data["at"]), reverse=page.newest))
    shown = found[: page.limit]
    given |= {_id(item): item.key.sk for item in shown}
    return shown, _cursor(given) if len(found) > len(shown) else None


def view(item: Item, masks: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An entry as people read it; `masks`: the identifiers (by claim) that may be shown."""
    data = item.data
    told: dict[str, Any] = {name: data[name] for name in ("actor", "reason", "ruled") if name in data}
    claims = data.get("via", []) or ([data["claim"]] if "claim" in data else [])
    groups: dict[str, Any] = {side: refer(data[side]) for side in ("before", "after") if side in data}
    return {
        "entry": name(item.key),
        "op": data["op"],
        "at": data["at"],
        **told,
        **({"event": _event(data["event"])} if "event" in data else {}),
        "via": [_identifier(pk, masks or {}) for pk in claims],
        **groups,
    }


def name(key: Key) -> str:
    """What undo calls an entry: the id at which it stands, and its epoch."""
    return f"{key.pk.rpartition('#')[2]}-{int(key.sk.removeprefix(ENTRY))}"


def named(text: str) -> tuple[str, str] | None:
    """The id and the sort key that an entry's name stands for."""
    match = _NAME.fullmatch(text)
    return (match[1], _sort_key(match[2])) if match else None


def refer(groups: Mapping[str, Iterable[str]]) -> dict[str, list[dict[str, str]]]:
    """Which records belong to which id."""
    return {id: [reference(pk) for pk in records] for id, records in groups.items()}


def _identifier(claim: str, masks: Mapping[str, str]) -> dict[str, Any]:
    name = namespace(claim)
    return {"name": "hand" if name == SAME else name, **({"value": masks[claim]} if claim in masks else {})}


def _event(dedupe: str) -> dict[str, str]:
    """Where an event came from; its own id at the vendor may hold a phone."""
    connector, account, topic, *_ = map(unquote, dedupe.split("#"))
    return {"source": f"{connector}.{account}", "topic": topic}


def _id(item: Item) -> str:
    return item.key.pk.rpartition("#")[2]


def _cursor(given: Mapping[str, str]) -> str:
    return ".".join(f"{id}-{int(sk.removeprefix(ENTRY))}" for id, sk in sorted(given.items()))


def _positions(cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    if not _CURSOR.fullmatch(cursor):
        raise bad("after is the `next` of a page")
    parts = (part.split("-") for part in cursor.split("."))
    return {id: _sort_key(epoch) for id, epoch in parts}


def _sort_key(epoch: str) -> str:
    return f"{ENTRY}{int(epoch):012d}"


def unknown_entry() -> Refusal:
    """The journal of this customer has no such entry."""
    return Refusal(404, "unknown-entry", "the journal of this customer has no such entry")
