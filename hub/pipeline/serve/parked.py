"""What waits for a person: rejected events, deliveries and flows, with the reason and without values."""

import re
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Page, bad
from hub.pipeline.serve.fingerprint import reserved
from hub.reprs import discreet
from hub.store import Item, Key

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_(\d{1,4})")
_SORT_KEYS = {"EVT": "EVT", "DLV": "DLV", "ACT": "ACT", "WAIT": "WAIT", "ASK": "ASK"}
_TWO = re.compile(r"(OUT#[\dT-]{13}#[0-9a-f])#(.+)|(ERA#[^#]+)#(TO#.+)")


@discreet()
@dataclass(frozen=True, slots=True)
class Listing:
    """Parked items as they stand now, oldest first, and the cursor of the rest."""

    items: list[Item]
    next: str | None


def parked(hub: Hub, page: Page) -> dict[str, Any]:
    """One page of what is parked: its id for a replay, reason, place and where it comes from or goes to."""
    listing = listed(hub, page)
    return {"parked": [view(item) for item in listing.items], "next": listing.next}


def listed(hub: Hub, page: Page) -> Listing:
    """One page of the parked items. Those that the index still lists, but are dealt with, are left out.

    The cursor is a time and how many of that time were given: keys may hold a vendor's ids of people,
    and a cursor stands in a URL.
    """
    at, given = _start(page.after)
    # Without its Z the time sorts right before itself.
    position = f"{at[:-1]}\x1f \x1f " if at else None
    found = hub.store.agenda(keys.PARKED, after=position, limit=page.limit + given)
    items = found.items[given:]
    fresh = hub.store.read([item.key for item in items])
    still = [fresh[item.key] for item in items if item.key in fresh and fresh[item.key].agenda == keys.PARKED]
    return Listing(still, _next(found.items) if found.next and items else None)


def name(item: Item) -> str:
    """What a replay calls an item: its partition key, with the sort key for what shares one."""
    return f"{item.key.pk}#{item.key.sk}" if item.kind in ("outbox", "receipt") else item.key.pk


def key(name: str) -> Key | None:
    """The key of an item's name, None for what names nothing that can be sent again."""
    if two := _TWO.fullmatch(name):
        return Key(two[1] or two[3], two[2] or two[4])
    kind, _, rest = name.partition("#")
    return Key(name, _SORT_KEYS[kind]) if kind in _SORT_KEYS and rest else None


def view(item: Item) -> dict[str, Any]:
    """What people see of a parked item."""
    data = item.data
    if item.kind in ("delivery", "act", "receipt"):
        message = Delivery.loads(data["message"])
        data = {**data, "destination": message.destination, "flow": message.flow, "message": None}
        data |= {"entity": message.entity, "entity_id": message.id, "customer": message.customer}
    names = (
        *("state", "reason", "place", "said", "message", "source", "resource", "topic"),
        *("destination", "flow", "entity", "entity_id", "customer", "received_at", "remote", "task"),
        "export",
    )
    data = {**data, "said": reserved(data.get("said"))}
    shown = {name: data[name] for name in names if data.get(name)}
    return {"id": name(item), "kind": "event" if item.kind == "marker" else item.kind, **shown, "at": item.at}


def _start(cursor: str | None) -> tuple[str, int]:
    if cursor is None:
        return "", 0
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise bad("after is the `next` of a page")
    return match[1], int(match[2])


def _next(items: list[Item]) -> str:
    last = items[-1].at
    return f"{last}_{sum(item.at == last for item in items)}"
