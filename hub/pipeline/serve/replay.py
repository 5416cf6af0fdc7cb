"""Sending again: events from the archive to the inbound queue, deliveries to the outbound one.

A replay is told apart by its id, so that neither the queue's deduplication nor a marker swallows it.
Nothing is taken off the list of what is parked here: whoever deals with it does that.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from hub import keys
from hub.archive import pack
from hub.messages import AGAIN, BACKFILL, Delivery, Event
from hub.pipeline import Hub
from hub.pipeline.route import route
from hub.pipeline.serve.archived import key_of
from hub.pipeline.serve.exchange import LARGEST_PAGE, Page, bad, limit
from hub.pipeline.serve.finding import find
from hub.pipeline.serve.foresight import Show, foresee, foresee_event, shown
from hub.pipeline.serve.parked import key, name
from hub.pipeline.serve.wanted import NAMES, WORDS, Wanted, begun, place_of
from hub.queues import Message
from hub.reprs import discreet
from hub.store import Conflict, Item, Put
from hub.times import from_epoch

LONGEST_KEY = 2048
"""Bytes of a partition key in DynamoDB."""
MOST_FORESEEN = 20
"""Items of which a preview says what would come of them."""
SHARE = 0.1
"""Of an account's rate that a replay takes."""
_LOOKING: dict[str, Any] = {"preview": False, "sample": 0, "values": False}
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
            self.events.append(self.event(item))
        elif item.kind == "outbox":
            self.images.append(item)
        elif item.kind in _LISTS:
            self.relisted.append(self._relisted(item))
        else:
            delivery = Delivery.loads(item.data["message"])
            self.deliveries.append(replace(delivery, replay=self.replay, lane=BACKFILL))

    def send(self) -> None:
        """Put everything where it goes."""
        archive = self.hub.archive
        self.hub.inbound.send([Message(pack(archive, e.dumps()), e.group, e.dedup) for e in self.events])
        self.hub.outbound.send([Message(d.dumps(), d.group, d.dedup) for d in self.deliveries])
        for item in self.relisted:
            self._commit(item)
        route(self.hub, self.images)

    def event(self, marker: Item) -> Event:
        """The event as it was received. The marker names it: one parked for its body got another id.

        Raises KeyError.
        """
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
    """What was asked for: the items, the replay's id, the names that name nothing, the cursor of the rest."""

    items: Sequence[Item]
    replay: str
    unknown: Sequence[str] = ()
    next: str | None = None


def replay(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """Send again `{"events": [id, …]}`, or what a query asks for: `group`, `reason`, `destination`, … as in
    `hub.pipeline.serve.wanted`, with `limit` and `after`. `preview`: only tell, and foresee `sample` of it.
    What is done is left alone, unless it is named and `again` is true: then it is written a second time.

    Answers what was (or would be) sent, what was skipped and why, the seconds that this part takes at a
    tenth of the accounts' rates (`pace`), and the cursor of the rest. Raises Refusal(400).
    """
    chosen = _chosen(hub, body)
    preview, looked, values = (body.get(*part) for part in _LOOKING.items())
    if not all(isinstance(one, bool) for one in (preview, values)):
        raise bad("preview and values are true or false")
    if isinstance(looked, bool) or looked not in range(MOST_FORESEEN + 1):
        raise bad(f"sample is a number up to {MOST_FORESEEN}")
    again = body.get("again", False)
    if not isinstance(again, bool) or (again and "events" not in body):
        raise bad("again is true or false, with events: what is done is named to be done a second time")
    batch = Batch(hub, chosen.replay + AGAIN if again else chosen.replay)
    sent, skipped = _taken(batch, chosen.items, again)
    if not preview:
        batch.send()
    skipped += [{"id": unknown, "reason": "unknown"} for unknown in chosen.unknown]
    return {
        "replay": None if preview else batch.replay,
        "preview": preview,
        "sent": sent,
        "skipped": skipped,
        "sample": samples(hub, batch, _those(chosen.items, sent)[:looked], shown(values)) if preview else [],
        "pace": pace(hub, batch.deliveries),
        "next": chosen.next,
    }


def _those(items: Sequence[Item], sent: Iterable[dict[str, Any]]) -> list[Item]:
    names = {one["id"] for one in sent}
    return [item for item in items if name(item) in names]


def pace(hub: Hub, deliveries: Iterable[Delivery]) -> float:
    """Seconds that these take when each account gives them a tenth of its rate: so live traffic goes on."""
    counts = Counter(delivery.destination.rpartition(".")[0] for delivery in deliveries)
    return round(max((count * _interval(hub, name) for name, count in counts.items()), default=0.0), 3)


def _interval(hub: Hub, account: str) -> float:
    """Seconds from one replayed delivery of an account to the next."""
    connector = hub.catalog.connectors.get(account.partition(".")[0])
    limits = connector.limits if connector else ()
    return max((limit.interval for limit in limits), default=0.0) / SHARE


def samples(hub: Hub, batch: Batch, items: Iterable[Item], show: Show) -> list[dict[str, Any]]:
    """What would come of some of them, with what would be written as `show` shows it."""
    return [{**_told(item), **_foreseen(hub, batch, item, show)} for item in items]


def _foreseen(hub: Hub, batch: Batch, item: Item, show: Show) -> dict[str, Any]:
    if item.kind in ("delivery", "act"):
        return foresee(hub, item, show, replay=batch.replay)
    if item.kind != "marker":
        return {"would": "decide"}
    try:
        return foresee_event(hub, batch.event(item))
    except KeyError:
        return {"would": "not-in-the-archive"}


def _told(item: Item) -> dict[str, Any]:
    return {"id": name(item), "reason": item.data.get("reason", "")}


def _done(item: Item, again: bool) -> str:
    """Why what is done is not sent again, "" for what is. Only a state is written twice, never an act."""
    if item.data.get("state") not in WORDS["done"]:
        return ""
    return "done-once" if item.kind != "delivery" else "" if again else "done"


def _taken(batch: Batch, items: Iterable[Item], again: bool) -> tuple[list[Any], list[Any]]:
    sent, skipped = [], []
    for item in items:
        told = _told(item)
        if reason := _done(item, again):
            skipped.append({**told, "reason": reason})
            continue
        try:
            batch.add(item)
            state, place = str(item.data.get("state", "")), place_of(item)
            sent.append({**told, **({"state": state} if state else {}), **({"at": place} if place else {})})
        except KeyError:
            skipped.append({**told, "reason": "not-in-the-archive"})
    return sent, skipped


def _chosen(hub: Hub, body: dict[str, Any]) -> Choice:
    if set(body) - {"events", "limit", "after", *_LOOKING, "again", "whose", *NAMES}:
        raise bad("the body has events, or what is asked for")
    if "events" in body:
        if set(body) - {"events", *_LOOKING, "again"}:
            raise bad("the body has either events or what is asked for")
        return _named(hub, body["events"])
    return _asked(hub, body)


def _named(hub: Hub, names: Any) -> Choice:
    """The items of these names, dealt with or not: an applied event may be told again as well."""
    if not isinstance(names, list) or not 0 < len(names) <= LARGEST_PAGE:
        raise bad("events is a list of 1 to 100 ids")
    if not all(isinstance(one, str) and len(one.encode()) <= LONGEST_KEY for one in names):
        raise bad("an id is a text as in the list of what is parked")
    wanted = {one: key(one) or key_of(hub, one) for one in names}
    found = hub.store.read([known for known in wanted.values() if known])
    there = {one: found[known] for one, known in wanted.items() if known in found}
    return Choice(list(there.values()), _ordered(hub), [one for one in wanted if one not in there])


def _ordered(hub: Hub) -> str:
    """The id of a replay that is ordered now."""
    return f"{from_epoch(hub.clock())}-{hub.random.getrandbits(32):08x}"


def _asked(hub: Hub, body: dict[str, Any]) -> Choice:
    """What a query asks for of what is parked, or of the state that it names; never of what is done.

    What fails again is listed again, later: so a replay goes on with what was listed when it began, and under
    the same id: the cursor carries it.
    """
    most, after = limit(body.get("limit", LARGEST_PAGE)), body.get("after")
    if not isinstance(after, str | None):
        raise bad("after is a text")
    wanted = Wanted.of(hub, body)
    if wanted == Wanted():
        raise bad("the body says which: by group, reason, destination, …")
    if wanted.state in ("done", "ok"):
        raise bad("what is done is replayed by its id only, and when you say `again`")
    lists = wanted.lists(hub.catalog) if wanted.state else [keys.PARKED]
    cursor, _, ordered = (after or "").partition("!")
    if ordered:
        wanted = replace(wanted, until=min(wanted.until or "~", begun(ordered)))
    found = find(hub, wanted, Page(most, cursor or None), lists)
    ordered = ordered or _ordered(hub)
    return Choice(found.items, ordered, next=found.next and f"{found.next}!{ordered}")
