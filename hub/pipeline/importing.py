"""importing: history comes in before going live, from a vendor's API or from a file, by the path of webhooks.

One item for each resource of an account notes what was begun and how far it is, so that whoever goes on,
after whatever happened, goes on there. A row is the event of its id and version, whoever tells it, and
however often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub import keys
from hub.errors import HubError
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.poll.known import news
from hub.pipeline.poll.source import Source, event_of
from hub.pipeline.poll.turn import DEPTH
from hub.pipeline.receive import enqueue
from hub.store import Conflict, Item, Put
from hub.times import from_epoch, to_epoch

BEGINNING = "1970-01-01T00:00:00.000000Z"

MOST_ROWS = 500
"""Rows that are taken at once; the function has ten seconds for them."""

SHOWN = (
    "id",
    "way",
    "source",
    "resource",
    "state",
    "dry",
    "since",
    "started",
    "at",
    "rows",
    "sent",
    "rejects",
    "error",
    "file",
)


class ImportRefused(HubError):
    """This cannot be imported, or not now: the message is for the person who asked."""


def begin(hub: Hub, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Begin an import, or go on with it (`resume`): what its item says. Raises ImportRefused.

    `asked`: `source`, `resource`; `file` {mark, size} for one whose rows are sent; `since`, `dry` for
    one from the API, which the clock's next poll takes up.
    """
    source = source_of(hub, asked.get("source"), asked.get("resource"))
    if not asked.get("file") and source.resource.list is None:
        raise ImportRefused(f"{source.name} has no list: that could be asked; import a file")
    item = _item(hub, source)
    if item.data.get("state") == "running" and not asked.get("resume"):
        raise ImportRefused("an import of it is under way: go on with it (resume), or stop it first")
    data = _resumed(item, asked) if asked.get("resume") else _new(hub, source, asked)
    return shown(_kept(hub, item, {**data, "state": "running", "failures": 0}))


def stop(hub: Hub, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let an import rest: it may be gone on with. Raises ImportRefused."""
    item = _item(hub, source_of(hub, asked.get("source"), asked.get("resource")))
    if item.data.get("state") != "running":
        raise ImportRefused("no import of it is under way")
    return shown(_kept(hub, item, {**item.data, "state": "stopped"}))


def status(hub: Hub, source: str, resource: str) -> dict[str, Any]:
    """How far the last import of this resource is. Raises ImportRefused."""
    item = _item(hub, source_of(hub, source, resource))
    if not item.version:
        raise ImportRefused("nothing of it was imported")
    return shown(item)


def take(hub: Hub, source: str, resource: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of a file: `from` and `to` (bytes in it), `line` (of the last), `rows`, `last`.

    `taken` is false where the item says another place (another took them, or this was answered before) or
    where many events wait (`wait`: seconds). Raises ImportRefused.
    """
    known = source_of(hub, source, resource)
    item = _item(hub, known)
    rows, start, end = asked.get("rows"), asked.get("from"), asked.get("to")
    if (
        not isinstance(rows, list)
        or len(rows) > MOST_ROWS
        or not isinstance(start, int)
        or not isinstance(end, int)
    ):
        raise ImportRefused(f"at most {MOST_ROWS} rows, with from and to")
    if item.data.get("state") != "running" or item.data["way"] != "file":
        raise ImportRefused("no import of a file is under way")
    if item.data["file"]["offset"] != start:
        return {"taken": False, **shown(item)}
    if hub.inbound.depth() >= DEPTH:
        return {"taken": False, "wait": 2, **shown(item)}
    return {"taken": True, **shown(_taken(hub, known, item, asked))}


def forward(hub: Hub, events: Sequence[Event]) -> int:
    """Send on what is news of imported rows: how many."""
    fresh = news(hub, events)
    enqueue(hub, fresh)
    return len(fresh)


def source_of(hub: Hub, name: Any, resource: Any) -> Source:
    """The account and resource of these names. Raises ImportRefused."""
    account = hub.catalog.accounts.get(str(name))
    connector = hub.catalog.connectors.get(account.connector) if account else None
    if account is None or connector is None:
        raise ImportRefused("accounts.yaml has no such account")
    if resource not in connector.resources:
        raise ImportRefused(f"{connector.name} has {', '.join(sorted(connector.resources))}")
    return Source(account, connector, connector.resources[str(resource)])


def shown(item: Item) -> dict[str, Any]:
    """What people see of an import."""
    return {name: item.data[name] for name in SHOWN if name in item.data}


def _taken(hub: Hub, source: Source, item: Item, asked: Mapping[str, Any]) -> Item:
    now = from_epoch(hub.clock())
    events = [event_of(source, row, now, "import") for row in asked["rows"]]
    sent = forward(hub, events)
    data = item.data
    file = {**data["file"], "offset": asked["to"], "line": int(asked.get("line") or 0)}
    told = {"file": file, "rows": data["rows"] + len(events), "sent": data["sent"] + sent}
    return _kept(hub, item, {**data, **told, "state": "done" if asked.get("last") else "running"})


def _new(hub: Hub, source: Source, asked: Mapping[str, Any]) -> dict[str, Any]:
    now = from_epoch(hub.clock())
    file = asked.get("file")
    data: dict[str, Any] = {
        "id": f"{now}-{hub.random.getrandbits(32):08x}",
        "way": "file" if file else "api",
        "source": source.account.name,
        "resource": source.resource.name,
        "started": now,
        "since": _since(asked.get("since")),
        "dry": bool(asked.get("dry")),
        "rows": 0,
        "sent": 0,
        "rejects": [],
        "error": "",
    }
    return data | ({"file": {**_file(file), "offset": 0, "line": 0}} if file else {})


def _resumed(item: Item, asked: Mapping[str, Any]) -> dict[str, Any]:
    if item.data.get("state") not in ("running", "stopped", "failed"):
        raise ImportRefused("there is nothing to go on with")
    file = asked.get("file")
    if file and _file(file) != {name: item.data.get("file", {}).get(name) for name in ("mark", "size")}:
        raise ImportRefused("it was begun with another file")
    return dict(item.data)


def _file(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict) or not isinstance(told.get("mark"), str):
        raise ImportRefused("a file is told by its mark and size")
    return {"mark": told["mark"][:64], "size": int(told.get("size") or 0)}


def _since(told: Any) -> str:
    try:
        return from_epoch(to_epoch(str(told))) if told else BEGINNING
    except ValueError:
        raise ImportRefused("since is a time such as 2024-01-01T00:00:00.000000Z") from None


def _item(hub: Hub, source: Source) -> Item:
    key = keys.importing(source.account.name, source.resource.name)
    return hub.store.read([key]).get(key) or Item(key, "import")


def _kept(hub: Hub, item: Item, data: dict[str, Any]) -> Item:
    listed = data["state"] == "running" and data["way"] == "api"
    data = {**data, "at": from_epoch(hub.clock())}
    agenda, at = (keys.IMPORTING, data["started"]) if listed else (None, None)
    kept = replace(item, data=data, agenda=agenda, at=at)
    try:
        hub.store.commit([Put(kept)])
    except Conflict:
        raise ImportRefused("somebody else is at it") from None
    return replace(kept, version=kept.version + 1)
