"""Events by what they tell of: one record, or a customer with all that is theirs. Read from the timelines."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.pipeline import Hub
from hub.pipeline.serve.archived import Archived, event_of, pointed_at
from hub.pipeline.serve.exchange import Refusal, bad
from hub.pipeline.serve.profile import known
from hub.pipeline.serve.search import record_of, search
from hub.store import Item

LOOKED = 500
"""Entries of each timeline that are looked through: its newest ones."""


def named_event(hub: Hub, body: Mapping[str, Any]) -> Archived:
    """The event that a body names by `event`, or the last one of its `record`. Raises Refusal."""
    if ("record" in body) == ("event" in body):
        raise bad("the body has event, or the record of which it is the last one")
    if "event" in body:
        return event_of(hub, body["event"])
    for entry in of_record(hub, body["record"]):
        if found := archived(hub, [entry]):
            return found[0]
    raise Refusal(404, "unknown-event", "no event of this record is in the archive (any more)")


def entries(hub: Hub, asked: Mapping[str, Any]) -> list[Item]:
    """What the timelines have of a `record`, a `customer`, or one by an identifier (`whose`), newest first.

    Raises Refusal.
    """
    given = [name for name in ("record", "customer", "whose") if name in asked]
    if len(given) != 1:
        raise bad("the body has one of record, customer and whose")
    if given == ["record"]:
        return of_record(hub, asked["record"])
    whose = asked.get("whose")
    if not isinstance(whose, dict | None) or not isinstance(asked.get("customer", ""), str):
        raise bad("customer is a number, whose an identifier as in a search for a customer")
    root = known(hub, asked["customer"] if whose is None else search(hub, whose))
    found = {item.key.sk: item for pk in root.data["records"] for item in _timeline(hub, pk)}
    return [found[sk] for sk in sorted(found, reverse=True)]


def of_record(hub: Hub, told: Any) -> list[Item]:
    """What was told of one record, newest first: an order's entries stand with its customer."""
    own = record_of(hub, told)
    record = hub.store.read([own]).get(own)
    if record is None:
        raise Refusal(404, "unknown-record", "nothing was told of such a record: look at what is parked")
    owner = (record.data.get("registers", {}).get("customer") or [None])[0]
    places = dict.fromkeys(filter(None, (own.pk, owner)))
    found = {
        item.key.sk: item
        for pk in places
        for item in _timeline(hub, pk)
        if pk == own.pk or item.data["record"] == own.pk
    }
    return [found[sk] for sk in sorted(found, reverse=True)]


def archived(hub: Hub, items: list[Item]) -> list[Archived]:
    """The events of these entries whose raw text is kept, in their order."""
    pointers = [tuple(item.data["archive"]) for item in items if item.data.get("archive")]
    found = pointed_at(hub, pointers)
    return [found[pointer] for pointer in dict.fromkeys(pointers) if pointer in found]


def _timeline(hub: Hub, pk: str) -> Iterator[Item]:
    after: str | None = None
    for _ in range(LOOKED // 100):
        page = hub.store.page(pk, prefix="T#", after=after, limit=100, reverse=True)
        yield from page.items
        after = page.next
        if after is None:
            return
