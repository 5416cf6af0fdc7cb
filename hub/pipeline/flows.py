"""What a flow decides: its condition, who cancels it, its trigger, consent and quiet hours.

A cancel is asked late, never remembered as an act: an entity that may cancel leaves a note under its
customer, and the notes are read when a wait is due and again at send. So it does not matter which of
the two was told first, nor under which profile, as long as they belong to one customer by then.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from hub import keys
from hub.expressions import EvaluationError
from hub.flow import Flow
from hub.messages import escape
from hub.pipeline import Hub
from hub.pipeline.subjects import CUSTOMER, Subject, find
from hub.reprs import discreet
from hub.store import Conflict, Item, Key, Put, Store

NOTES = 25
"""Notes of one customer and flow that are read at once."""

PAGES = 20
"""Pages of them that are looked at: nobody buys more often in a week."""

NOTE_DAYS = 7
"""Days for which a note outlives its flow's wait: longer than a delivery can be parked."""

DAY = 86_400

TIME_ZONE = "time_zone"
"""The field of a customer by whose hours it is quiet."""


@discreet("created")
@dataclass(frozen=True, slots=True)
class Sight:
    """What a flow sees: the trigger by its entity's name, `customer`, and whether it is new.

    `cause`: mark of the event that it comes from, for the journal of what is sent; `lane`: of what is sent.
    """

    subject: Subject
    created: bool = False
    cause: str = ""
    lane: str = ""

    @property
    def scope(self) -> dict[str, Any]:
        """The scope of the flow's expressions."""
        owner = self.subject.customer
        known = {CUSTOMER: owner.image if owner else None, "created": self.created}
        return {**known, self.subject.entity: self.subject.image}


def holds(flow: Flow, sight: Sight) -> bool:
    """Whether the flow's `if` is true. Raises EvaluationError."""
    return flow.condition is None or bool(flow.condition(sight.scope))


def trigger(flow: Flow, sight: Sight) -> str:
    """What an act of this flow happens once for: its `once`, else this version of the entity.

    Raises EvaluationError when `once` gives nothing: an act that cannot be told apart must not happen.
    """
    if flow.once is None:
        return escape(sight.subject.id, sight.subject.epoch)
    value = flow.once(sight.scope)
    if value is None or value == "":
        raise EvaluationError("once-is-empty")
    return str(value)


def note(store: Store, flow: Flow, subject: Subject, now: float) -> None:
    """Remember that `subject` may cancel `flow` for its customer."""
    key = keys.note(subject.customer_id, flow.name, subject.entity, subject.id)
    held = store.read([key]).get(key, Item(key, "note"))
    if held.data.get("epoch", -1) >= subject.epoch:
        return
    data = {"entity": subject.entity, "id": subject.id, "epoch": subject.epoch}
    ttl = int(now + (flow.wait or 0) + NOTE_DAYS * DAY)
    # A Conflict: another relay has noted it just now.
    commit_once(store, replace(held, data=data, ttl=ttl))


def cancelled(hub: Hub, flow: Flow, subject: Subject) -> bool:
    """Whether another entity of the same customer cancels the flow for `subject`. Raises EvaluationError."""
    return any(_cancels(flow, subject, other) for other in _noted(hub, flow, subject))


def zone_of(fields: Mapping[str, Any], otherwise: str) -> str:
    """The time zone that a customer lives in, where `time_zone` of the entity names one; else another."""
    zone = str(fields.get(TIME_ZONE) or otherwise)
    return zone if _is_zone(zone) else otherwise


def quiet_until(quiet: tuple[str, str] | None, zone: str, now: float) -> float | None:
    """The end (Unix seconds) of the quiet hours ("21:00", "08:00") that `now` lies in, None outside."""
    if quiet is None:
        return None
    start, end = quiet
    local = dt.datetime.fromtimestamp(now, ZoneInfo(zone))
    clock = local.strftime("%H:%M")
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    if not inside:
        return None
    hour, minute = map(int, end.split(":"))
    ends = local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    return (ends if ends > local else ends + dt.timedelta(days=1)).timestamp()


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no zone of this name, or a name that is a path
        return False
    return True


def commit_once(store: Store, item: Item) -> bool:
    """Write one item unless somebody else wrote it first: whether it was written."""
    try:
        store.commit([Put(item)])
    except Conflict:
        return False
    return True


def _noted(hub: Hub, flow: Flow, subject: Subject) -> Iterator[Subject]:
    if not flow.cancel or subject.customer is None:
        return
    for id in (subject.customer.id, *subject.customer.absorbed):
        for item in _notes(hub.store, keys.note(id, flow.name)):
            other = find(hub, item.data["entity"], item.data["id"])
            if other is not None and other.customer_id == subject.customer_id:
                yield other


def _notes(store: Store, prefix: Key) -> Iterator[Item]:
    after: str | None = None
    for _ in range(PAGES):
        page = store.page(prefix.pk, prefix=prefix.sk, after=after, limit=NOTES)
        yield from page.items
        after = page.next
        if after is None:
            return


def _cancels(flow: Flow, subject: Subject, other: Subject) -> bool:
    expression = flow.cancel.get(other.entity)
    same = (other.entity, other.id) == (subject.entity, subject.id)
    if expression is None or same:
        return False
    return bool(expression({**Sight(subject).scope, other.entity: other.image}))
