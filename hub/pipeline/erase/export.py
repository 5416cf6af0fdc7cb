"""All that is known of one customer, as one JSON: what Art. 15 and 20 of the GDPR, and its like, ask for."""

from collections.abc import Iterable, Iterator
from typing import Any

from hub import keys
from hub.messages import dumps
from hub.pipeline import Hub
from hub.pipeline.consents import consents_of
from hub.pipeline.erase.outward import resources
from hub.pipeline.subjects import CUSTOMER, root_of, traits_of
from hub.pipeline.unify.state import record_key, registers, root_key, values
from hub.store import Item, Store
from hub.times import from_epoch

FOLDER = "exports/"
FORMAT = 1
PAGE = 500


def export(hub: Hub, id: str) -> dict[str, Any] | None:
    """Everything about the customer that `id` names or was merged into; None where there is none."""
    root = root_of(hub.store, CUSTOMER, id)
    if root is None:
        return None
    records = hub.store.read(map(record_key, root.data["records"]))
    entries = list(_entries(hub.store, root))
    return {
        "format": FORMAT,
        "exported_at": from_epoch(hub.clock()),
        "id": root.data["id"],
        "merged_from": root.data["absorbed"],
        "fields": {name: _winner(told) for name, told in sorted(root.data["fields"].items())},
        "traits": traits_of(hub, root.data.get("traits", {}).values()),
        "records": [_record(item) for _, item in sorted(records.items())],
        "identifiers": list(_identifiers(hub, records.values())),
        "consents": consents_of(hub, values(root)),
        "timeline": [_entry(item) for item in entries],
        "belongings": list(_belongings(hub.store, root, entries)),
        "recipients": list(_recipients(hub, root)),
        "journal": [
            {"epoch": item.key.sk.partition("#")[2], **item.data} for item in _journal(hub.store, root)
        ],
    }


def put_away(hub: Hub, id: str) -> str | None:
    """Put the export into the archive: its name there, None where there is no such customer."""
    found = export(hub, id)
    if found is None:
        return None
    name = f"{FOLDER}{found['id']}/{found['exported_at']}.json"
    hub.archive.put(name, dumps(found))
    return name


def _winner(told: list[Any]) -> dict[str, Any]:
    value, record, at, event, *_ = told
    return {"value": value, **_reference(record), "at": at, "event": event}


def _record(item: Item) -> dict[str, Any]:
    """What one source told, field by field."""
    told = {
        name: {"value": register.value, "at": register.last.at, "event": register.last.event}
        for name, register in sorted(registers(item).items())
        if not register.unsaid
    }
    return {**_reference(item.key.pk), "created_at": item.data["created"], "fields": told}


def _identifiers(hub: Hub, records: Iterable[Item]) -> Iterator[dict[str, Any]]:
    """By what the customer is known, as far as a record still tells the value."""
    names = {field.name for field in hub.catalog.entities[CUSTOMER].identifying}
    for record in records:
        for name, register in sorted(registers(record).items()):
            if name in names and register.value is not None:
                yield {"kind": name, "value": register.value, **_reference(record.key.pk)}


def _entries(store: Store, root: Item) -> Iterator[Item]:
    """The timeline to its end, in the order in which it happened at the sources; each event once."""
    found: dict[str, Item] = {}
    for pk in root.data["records"]:
        found |= {item.key.sk: item for item in _all(store, pk, "T#")}
    return (found[sk] for sk in sorted(found))


def _all(store: Store, pk: str, prefix: str = "") -> Iterator[Item]:
    after = None
    while True:
        page = store.page(pk, prefix=prefix, after=after, limit=PAGE)
        yield from page.items
        after = page.next
        if after is None:
            return


def _entry(item: Item) -> dict[str, Any]:
    _, at, event = item.key.sk.split("#")
    told = _part(item, "entity", "topic", "source", "facts")
    return {"at": at, "event": event, **told, **_reference(item.data["record"])}


def _belongings(store: Store, root: Item, entries: Iterable[Item]) -> Iterator[dict[str, Any]]:
    """The orders, carts and messages of the customer, with all of their fields."""
    told = dict.fromkeys(item.data["record"] for item in entries)
    records = store.read(record_key(pk) for pk in told if pk not in root.data["records"])
    roots = store.read(dict.fromkeys(root_key(record) for record in records.values()))
    for home in roots.values():
        if home.data.get("customer") in root.data["records"]:
            sources = [_reference(pk) for pk in home.data["records"]]
            named = {"entity": home.data["entity"], "id": home.data["id"], "fields": values(home)}
            yield {**named, "records": sources}


def _recipients(hub: Hub, root: Item) -> Iterator[dict[str, Any]]:
    """Who was told of the customer, under which id there, and when last."""
    ids = (root.data["id"], *root.data["absorbed"])
    wanted = {keys.delivery(name, CUSTOMER, id): name for name in resources(hub.catalog) for id in ids}
    for key, item in hub.store.read(wanted).items():
        written = [mark[1] for marks in item.data.get("wrote", {}).values() for mark in marks]
        told = {
            "state": item.data.get("state"),
            "id": item.data.get("remote"),
            "told_at": max(written, default=None),
        }
        yield {"destination": wanted[key], **told, "fields": sorted(item.data.get("wrote", {}))}


def _journal(store: Store, root: Item) -> Iterator[Item]:
    return _all(store, root.key.pk, "LOG#")


def _part(item: Item, *names: str) -> dict[str, Any]:
    return {name: item.data[name] for name in names if name in item.data}


def _reference(pk: str) -> dict[str, Any]:
    told = keys.told(pk)
    return {"source": told.source, "resource": told.resource, "id": told.id}
