"""route: the outbox relay. Decides by the flows who hears of a change, and tells the outbound queue.

All or nothing: anything that fails is raised, the batch comes again, and whatever was already sent is
known downstream by its deduplication id and the delivery's epoch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hub import keys
from hub.errors import RetryError
from hub.expressions import EvaluationError
from hub.flow import Flow
from hub.messages import Delivery, dumps
from hub.pipeline import Hub, flows, outbox
from hub.pipeline.flows import Sight
from hub.pipeline.subjects import CUSTOMER, Subject, contained, traits_of
from hub.queues import Message
from hub.reprs import discreet
from hub.store import Item
from hub.times import from_epoch

CONDITION = "condition"
WAITS = "waits"
ONLY_TRAITS = "only-traits"
NO_CHANGE = "no-change"
"""Why a flow sends nothing now: its `if` is false, it waits, the change is none that it reads, or none at
all: a value is only put back at another destination."""

TRAITS = "traits"
"""What an image names where what a customer's orders come to has changed."""

WAIT_DAYS = 30
"""Days for which a decided wait is kept, so that a late relay does not start it again."""


@discreet()
@dataclass(slots=True)
class Decided:
    """What becomes of one image: the deliveries, and flow -> "" where it sends, else why it does not.

    `failed`: the flow that cannot be decided, with the reason ("" where all can).
    """

    deliveries: list[Delivery] = field(default_factory=list)
    flows: dict[str, str] = field(default_factory=dict)
    failed: str = ""


def route(hub: Hub, images: Sequence[Item]) -> int:
    """Fan out these outbox items, unless they were, and mark them relayed: the number of deliveries sent.

    Raises RetryError when a queue or the store is not ready; nothing is marked then.
    """
    images = [image for image in images if not outbox.is_relayed(image)]
    decided = [_decide(hub, image) for image in images]
    deliveries = [delivery for one in decided for delivery in one.deliveries]
    send(hub, deliveries)
    for image, one in zip(images, decided, strict=True):
        _close(hub, image, one)
    return len(deliveries)


def send(hub: Hub, deliveries: Sequence[Delivery]) -> None:
    """Put deliveries on the outbound queue."""
    if deliveries:
        hub.outbound.send([Message(d.dumps(), d.group, d.dedup) for d in deliveries])


def deliveries_of(hub: Hub, flow: Flow, sight: Sight) -> Iterator[Delivery]:
    """What the flow sends now, one delivery per destination. Raises EvaluationError."""
    subject = sight.subject
    own = _own(hub, subject)
    for to in flow.send:
        destination = hub.catalog.destination(to.to)
        act = to.fields is not None or _is_act(hub, destination)
        yield Delivery(
            destination=destination,
            entity=subject.entity,
            id=subject.id,
            epoch=subject.epoch,
            customer=subject.customer_id,
            flow=flow.name,
            trigger=flows.trigger(flow, sight) if act else "",
            cause=sight.cause,
            lane=sight.lane,
            record="" if act else own.get(destination, ""),
        )


def _own(hub: Hub, subject: Subject) -> dict[str, str]:
    """Destination -> key of the record there that an entity is made of, the first of several."""
    told = {pk: keys.told(pk) for pk in reversed(subject.records)}
    return {one.destination: pk for pk, one in told.items() if not contained(hub.catalog, one)}


def _decide(hub: Hub, image: Item) -> Decided:
    decided = Decided()
    changed = image.data.get("changed")
    for flow in hub.catalog.flows.values():
        try:
            if changed == [] or (changed == [TRAITS] and not _reads_traits(hub, flow)):
                word = _put_back(hub, flow, image, decided.deliveries)
            else:
                word = _follow(hub, flow, image, decided.deliveries)
        except EvaluationError as error:
            word = error.reason
            decided.failed = f"{flow.name}:{word}"
        if flow.on == image.data["entity"]:
            decided.flows[flow.name] = word
    return decided


def _follow(hub: Hub, flow: Flow, image: Item, sent: list[Delivery]) -> str:
    """What a flow makes of a change: deliveries now ("" with them in `sent`), a wait, a note that it may
    cancel one, or nothing: the word for why."""
    cause = image.data.get("cause", {})
    told = (cause.get("event", ""), cause.get("lane", ""))
    sight = Sight(_pictured(hub, image), bool(image.data.get("created")), *told)
    if sight.subject.entity in flow.cancel and sight.subject.customer_id:
        flows.note(hub.store, flow, sight.subject, hub.clock())
    if flow.on != sight.subject.entity:
        return CONDITION
    holds = flows.holds(flow, sight)
    if flow.wait:
        _wait(hub, flow, sight, holds)
        return WAITS if holds else CONDITION
    if not holds:
        return CONDITION
    sent += list(deliveries_of(hub, flow, sight))
    return ""


def _put_back(hub: Hub, flow: Flow, image: Item, sent: list[Delivery]) -> str:
    """What a flow keeps at the destination that says otherwise. It is no news, so no act and no wait."""
    data = image.data
    if "back" not in data or flow.on != data["entity"] or flow.wait:
        return NO_CHANGE if data.get("changed") == [] else ONLY_TRAITS
    there = keys.told(data["back"][0]).destination
    sight = Sight(_pictured(hub, image), cause=data.get("cause", {}).get("event", ""))
    if not flows.holds(flow, sight):
        return CONDITION
    found = [one for one in deliveries_of(hub, flow, sight) if one.destination == there and not one.trigger]
    sent += found
    return "" if found else NO_CHANGE


def _wait(hub: Hub, flow: Flow, sight: Sight, waits: bool) -> None:
    """Start the wait (again), or end it where the condition no longer holds."""
    subject = sight.subject
    key = keys.wait(flow.name, subject.entity, subject.id)
    held = hub.store.read([key]).get(key, Item(key, "waiting"))
    if held.data.get("epoch", -1) >= subject.epoch:
        return
    due = hub.clock() + (flow.wait or 0)
    item = replace(
        held,
        data={
            "flow": flow.name,
            "entity": subject.entity,
            "id": subject.id,
            "epoch": subject.epoch,
            "state": "waiting" if waits else "ended",
            "since": from_epoch(hub.clock()),
            "cause": sight.cause,
        },
        ttl=int(due) + WAIT_DAYS * flows.DAY,
        agenda=keys.WAITING if waits else None,
        at=from_epoch(due) if waits else None,
    )
    if not flows.commit_once(hub.store, item):
        raise RetryError("moved")


def _reads_traits(hub: Hub, flow: Flow) -> bool:
    """Whether a flow, or a mapping of what it sends to, names traits: only then their change is news to it.

    Else each order would be a version of its customer for which an act happens once more.
    """
    files = [flow.document]
    for to in flow.send:
        connector, _, resource = hub.catalog.destination(to.to).split(".")
        files += [mapping.document for mapping in hub.catalog.mappings_of(connector, resource)]
    return any(TRAITS in dumps(file.data) for file in files)


def _pictured(hub: Hub, image: Item) -> Subject:
    data = image.data
    records = tuple(data.get("records", ()))
    mine = traits_of(hub, [data.get(TRAITS, {})]) if data.get("customer") else None
    if data["entity"] == CUSTOMER:
        return Subject(CUSTOMER, data["id"], data["epoch"], data["fields"], records, traits=mine)
    owner = None
    if data.get("customer"):
        owner = Subject(CUSTOMER, data["customer"], 0, data.get("customer_fields") or {}, traits=mine)
    return Subject(data["entity"], data["id"], data["epoch"], data["fields"], records, owner=owner)


def _close(hub: Hub, image: Item, decided: Decided) -> None:
    """Note that it is relayed; one that a flow failed on is listed for people instead.

    A Conflict means that somebody else has relayed it: nothing to do.
    """
    now = hub.clock()
    closed = outbox.parked(image, now, decided.failed) if decided.failed else None
    flows.commit_once(hub.store, closed or outbox.relayed(image, now, decided.flows))


def _is_act(hub: Hub, destination: str) -> bool:
    connector, _, resource = destination.split(".")
    return hub.catalog.connectors[connector].resources[resource].send is not None
