"""The conflict inbox: fields that somebody else than their owner changed, records that are there twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.pipeline import Hub, conflicts
from hub.pipeline.decide import DecisionError
from hub.pipeline.serve.decisions import order_of
from hub.pipeline.serve.deliveries import row
from hub.pipeline.serve.exchange import Page, Refusal, bad
from hub.pipeline.serve.finding import find
from hub.pipeline.serve.journal import name
from hub.pipeline.serve.wanted import Wanted
from hub.pipeline.unify.contests import CONTESTED
from hub.pipeline.unify.state import record_key, registers
from hub.reprs import discreet
from hub.store import Item, Key

LISTS = (keys.CONFLICTS, keys.PARKED)
WORDS = {"owner": conflicts.UPHOLD, "other": conflicts.TAKE}
"""What `keep` says: the owner's value, or the other one."""
_NAMES = ("entity", "id", "field", "keep")


@discreet()
@dataclass(frozen=True, slots=True)
class _Undecided(Wanted):
    """What is in the inbox: entities on their own list, and deliveries whose search found two records."""

    state: str = "ambiguous"

    def matches(self, item: Item) -> bool:
        """Whether an item is one of those."""
        return item.kind == "root" or Wanted.matches(self, item)


def inbox(hub: Hub, page: Page, *, values: bool) -> dict[str, Any]:
    """One page of what has to be decided, the newest first; without values unless they are asked for."""
    found = find(hub, _Undecided(), page, LISTS)
    told = [one for item in found.items for one in _views(hub, item, values=values)]
    return {"conflicts": told, "next": found.next}


def decided(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """Decide `{"entity", "id", "field", "keep": "owner" or "other", "actor", "reason"}`. Raises Refusal."""
    told = [body.get(one) for one in _NAMES]
    if not all(isinstance(one, str) and one for one in told) or body["keep"] not in WORDS:
        raise bad('the body has entity, id, field, keep ("owner" or "other"), actor and reason')
    order = order_of(body)
    entity, id, field, keep = map(str, told)
    try:
        made = conflicts.settle(hub, entity, id, field, WORDS[keep], order)
    except DecisionError as error:
        raise Refusal(409, "not-possible", str(error)) from error
    entry = name(Key(keys.root(entity, made.at).pk, made.entry))
    return {"preview": order.preview, "kept": keep, "entry": None if order.preview else entry}


def _views(hub: Hub, item: Item, *, values: bool) -> Iterator[dict[str, Any]]:
    if item.kind != "root":
        yield {"kind": "two-records", **row(item)}
        return
    for field, (pk, at, event, _) in item.data[CONTESTED].items():
        told = keys.told(pk)
        yield {
            "kind": "field",
            "entity": item.data["entity"],
            "id": item.data["id"],
            "field": field,
            "owner": hub.catalog.owners.owner(item.data["entity"], field),
            "source": told.source,
            "resource": told.resource,
            "at": at,
            "event": event,
            **(_values(hub, item, field, pk) if values else {}),
        }


def _values(hub: Hub, root: Item, field: str, pk: str) -> dict[str, Any]:
    """What each of them says, for who asked for it."""
    record = hub.store.read([record_key(pk)]).get(record_key(pk))
    held = registers(record).get(field) if record else None
    return {"values": {"owner": root.data["fields"][field][0], "other": held.value if held else None}}
