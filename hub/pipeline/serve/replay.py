"""Sending again: events from the archive to the inbound queue, deliveries to the outbound one.

A replay is told apart by its id, so that neither the queue's deduplication nor a marker swallows it.
Nothing is taken off the list of what is parked here: whoever deals with it does that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from hub import keys
from hub.archive import pack
from hub.messages import Delivery, Event
from hub.pipeline import Hub
from hub.pipeline.route import route
from hub.pipeline.serve.exchange import LARGEST_PAGE, Page, bad, limit
from hub.pipeline.serve.parked import Listing, key, listed, name
from hub.queues import Message
from hub.reprs import discreet
from hub.store import Conflict, Item, Put
from hub.times import from_epoch

LONGEST_KEY = 2048
"""Bytes of a partition key in DynamoDB."""
SCANNED = 10
"""Pages of the parked list that one call looks through for a reason."""
_LISTS = {"waiting": keys.WAITING, "request": keys.ERASING}


@discreet("replay")
@dataclass(slots=True)
class Batch:
    """What one replay sends: events and deliveries by queue, items that sweep is to take up again, images
    that the flows are asked about again."""

    hub: Hub
    replay: str
    events: list[Event] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    relisted: list[Item] = field(default_factory=list)
    images: list[Item] = field(default_factory=list)
    _archived: dict[str, list[str]] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        """Take an item up. Raises KeyError when its raw text is no longer in the archive."""
        if item.kind == "marker":
            self.events.append(self._event(item))
        elif item.kind == "outbox":
            self.images.append(item)
        elif item.kind in _LISTS:
            self.relisted.append(self._relisted(item))
        else:
            delivery = Delivery.loads(item.data["message"])
            self.deliveries.append(replace(delivery, replay=self.replay))

    def send(self) -> None:
        """Put everything where it goes."""
        archive = self.hub.archive
        self.hub.inbound.send([Message(pack(archive, e.dumps()), e.group, e.dedup) for e in self.events])
        self.hub.outbound.send([Message(d.dumps(), d.group, d.dedup) for d in self.deliveries])
        for item in self.relisted:
            self._commit(item)
        route(self.hub, self.images)

    def _event(self, marker: Item) -> Event:
        """The event as it was received. The marker names it: one parked for its body got another id."""
        source, line = marker.data["archive"]
        event = Event.loads(self._lines(source)[line])
        named = tuple(map(unquote, marker.key.pk.split("#")[4:]))
        return replace(event, event_id=named, via="replay", replay=self.replay)

    def _lines(self, source: str) -> list[str]:
        if source not in self._archived:
            self._archived[source] = self.hub.archive.get(source).split("\n")
        return self._archived[source]

    def _relisted(self, item: Item) -> Item:
        data = {name: value for name, value in item.data.items() if name != "reason"}
        return replace(item, data=data, agenda=_LISTS[item.kind], at=from_epoch(self.hub.clock()))

    def _commit(self, item: Item) -> None:
        """A Conflict: somebody has dealt with it just now."""
        try:
            self.hub.store.commit([Put(item)])
        except Conflict:
            return


@discreet()
@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for: the items, the names that name nothing, the cursor of the rest."""

    items: Sequence[Item]
    unknown: Sequence[str] = ()
    next: str | None = None


def replay(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """Send again `{"events": [id, …]}` or `{"reason": …, "limit": …, "after": …}`; only tell with `preview`.

    Answers what was (or would be) sent, what was skipped and why, and the cursor of the rest.
    Raises Refusal(400).
    """
    chosen = _chosen(hub, body)
    preview = body.get("preview", False)
    if not isinstance(preview, bool):
        raise bad("preview is true or false")
    batch = Batch(hub, f"{from_epoch(hub.clock())}-{hub.random.getrandbits(32):08x}")
    sent, skipped = _taken(batch, chosen.items)
    if not preview:
        batch.send()
    skipped += [{"id": unknown, "reason": "unknown"} for unknown in chosen.unknown]
    return {
        "replay": None if preview else batch.replay,
        "preview": preview,
        "sent": sent,
        "skipped": skipped,
        "next": chosen.next,
    }


def _taken(batch: Batch, items: Iterable[Item]) -> tuple[list[Any], list[Any]]:
    sent, skipped = [], []
    for item in items:
        told = {"id": name(item), "reason": item.data.get("reason", "")}
        try:
            batch.add(item)
            sent.append(told)
        except KeyError:
            skipped.append({**told, "reason": "not-in-the-archive"})
    return sent, skipped


def _chosen(hub: Hub, body: dict[str, Any]) -> Choice:
    if ("events" in body) == ("reason" in body):
        raise bad("the body has either events or reason")
    return _named(hub, body["events"]) if "events" in body else _of_reason(hub, body)


def _named(hub: Hub, names: Any) -> Choice:
    """The items of these names, dealt with or not: an applied event may be told again as well."""
    if not isinstance(names, list) or not 0 < len(names) <= LARGEST_PAGE:
        raise bad("events is a list of 1 to 100 ids")
    if not all(isinstance(one, str) and len(one.encode()) <= LONGEST_KEY for one in names):
        raise bad("an id is a text as in the list of what is parked")
    wanted = {one: key(one) for one in names}
    found = hub.store.read([known for known in wanted.values() if known])
    there = {one: found[known] for one, known in wanted.items() if known in found}
    return Choice(list(there.values()), [one for one in wanted if one not in there])


def _of_reason(hub: Hub, body: dict[str, Any]) -> Choice:
    reason, most, after = body["reason"], limit(body.get("limit", LARGEST_PAGE)), body.get("after")
    if not isinstance(reason, str) or not isinstance(after, str | None):
        raise bad("reason and after are texts")
    found: list[Item] = []
    for _ in range(SCANNED):
        listing: Listing = listed(hub, Page(most - len(found), after))
        found += [item for item in listing.items if item.data.get("reason") == reason]
        after = listing.next
        if after is None or len(found) == most:
            break
    return Choice(found, next=after)
