"""Sending again what has become due: in crowds where one call takes many, else one by one.

A delivery is noted first and sent second (docs/decisions/0021-limits.md). Only here is it known what waits,
so here it is put together; nobody waits for more to come (docs/decisions/0027-bulk.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hub.connector import Bulk
from hub.messages import Delivery
from hub.pipeline import Hub, flows
from hub.pipeline.deliver.crowd import Crowd, Member, commit_most, room
from hub.pipeline.deliver.target import Target
from hub.pipeline.route import send
from hub.queues import BATCH
from hub.reprs import discreet
from hub.store import Item, Put
from hub.times import from_epoch

LEASE = 600.0
"""Seconds until a delivery that was sent to the queue is taken for lost: longer than FIFO's 5 minutes of
deduplication, so that the second sending is not swallowed."""

EFFORT = 10
"""What a crowd takes of a sweep's time, in deliveries that go alone: a transaction and a message."""


@discreet("destination", "entity", "lane")
class Kind(NamedTuple):
    """Who may share a call: `known` there or not, and at most so many."""

    destination: str
    entity: str
    lane: str
    known: bool
    most: int


@discreet()
@dataclass(slots=True)
class Bucket:
    """Deliveries of one kind, one of each customer. `groups`: their FIFO groups."""

    items: list[Item] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)


class Gathering:
    """Takes deliveries that are due, and sends them as soon as enough are together.

    `effort`: what that was, in deliveries that go alone.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.effort = 0
        self._bulks: dict[tuple[str, bool], Bulk | None] = {}
        self._buckets: dict[Kind, Bucket] = {}
        self._single: list[Item] = []

    def send(self, items: Iterable[Item]) -> int:
        """Send all of these: their number."""
        count = 0
        for item in items:
            self._take(item)
            count += 1
        for bucket in self._buckets.values():
            self._together(bucket.items)
        self._buckets.clear()
        self._alone()
        return count

    def _take(self, item: Item) -> None:
        delivery = Delivery.loads(item.data["message"])
        kind = self._kind(item, delivery)
        bucket = self._buckets.setdefault(kind, Bucket()) if kind else None
        if kind is None or bucket is None or delivery.group in bucket.groups:
            self._single.append(item)
            if len(self._single) == BATCH:
                self._alone()
            return
        bucket.items.append(item)
        bucket.groups.add(delivery.group)
        if len(bucket.items) == kind.most:
            del self._buckets[kind]
            self._together(bucket.items)

    def _kind(self, item: Item, delivery: Delivery) -> Kind | None:
        """Whom it may go with, None for nobody."""
        if item.kind != "delivery":
            return None
        known = bool(item.data.get("remote"))
        most = room(self._bulk(delivery.destination, known), item.data)
        if most < 2:
            return None
        return Kind(delivery.destination, delivery.entity, delivery.lane, known, most)

    def _bulk(self, destination: str, known: bool) -> Bulk | None:
        if (destination, known) not in self._bulks:
            target = Target.find(self.hub.catalog, destination)
            call = target.begins(known) if target else None
            self._bulks[destination, known] = call.bulk if call else None
        return self._bulks[destination, known]

    def _together(self, items: Sequence[Item]) -> None:
        """Note and send a crowd; who was touched meanwhile has been seen to."""
        if len(items) < 2:
            self._single += items
            return
        self.effort += EFFORT
        noted = [_noted(item, self.hub.clock() + LEASE) for item in items]
        lost = commit_most(self.hub.store, [Put(item) for item, _ in noted])
        going = [(item, delivery) for item, delivery in noted if item.key not in lost]
        if not going:
            return
        members = [Member(delivery.id, delivery.customer, item.version + 1) for item, delivery in going]
        first = going[0][1]
        self.hub.outbound.send([Crowd(first.destination, first.entity, tuple(members)).message])

    def _alone(self) -> None:
        """Note that these are sent under their next attempts, and send them.

        A note that came second would meet the worker who is at it by then. Whoever crashes in between, or
        finds the queue closed, leaves them to the sweep that takes them for lost.
        """
        items, self._single = self._single, []
        self.effort += len(items)
        noted = [_noted(item, self.hub.clock() + LEASE) for item in items]
        sent = [delivery for item, delivery in noted if flows.commit_once(self.hub.store, item)]
        send(self.hub, sent)


def _noted(item: Item, at: float) -> tuple[Item, Delivery]:
    """A delivery with the state that says that it is sent again, and taken for lost by then."""
    delivery = Delivery.loads(item.data["message"])
    again = replace(delivery, attempt=delivery.attempt + 1)
    return replace(item, data={**item.data, "message": again.dumps()}, at=from_epoch(at)), again
