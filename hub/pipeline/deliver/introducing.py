"""What deliver learns of a destination's records is told to unify by ourselves.

What we created: whose record it is follows from what we wrote. Else its first event would have to say so,
and a person may have changed the address there before it comes: then the record would found a customer of its
own, who would be written to every other destination. And what a search found.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hub.messages import FOUND, WRITTEN, Event
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire
from hub.pipeline.poll.source import Source, event_of
from hub.pipeline.receive import enqueue
from hub.pipeline.subjects import Subject
from hub.times import from_epoch


def introduce(case: Case, subject: Subject, desire: Desire, remote: str | None, told: str | None) -> None:
    """Send the event that the record `remote` is this entity's, where we did not know it and it can tell.

    It is sent before the delivery is closed: who dies in between finds the record, and sends the same again.
    `told`: the record of which this attempt has said so already.
    """
    if remote != told and (events := introductions(case, subject, desire, remote)):
        enqueue(case.hub, events)


def hear_out(case: Case, id: str | None, record: Any, whose: Sequence[Event] = ()) -> None:
    """Send what a search found of a record as the event of its version, before we write over it; with the
    events that say `whose` it is, where that is not known.

    It is received when this attempt began, so that what the attempt notes is known to be younger.

    Without a time of its own the record would tell what it was as if it were now.
    """
    if told := [*whose, *_heard(case, id, record)]:
        enqueue(case.hub, told)


def _heard(case: Case, id: str | None, record: Any) -> list[Event]:
    target = case.target
    source = Source(target.account, target.connector, target.resource)
    if record is None or target.resource.identify(record) != id:
        return []
    event = event_of(source, record, case.data["inflight"]["at"], "poll")
    return [replace(event, topic=f"{FOUND}{target.resource.name}")] if event.at is not None else []


def introductions(case: Case, subject: Subject, desire: Desire, remote: str | None) -> list[Event]:
    """The event that `introduce` sends, if any."""
    declared = case.hub.catalog.entities[subject.entity].identifying
    if remote and remote != desire.remote and any(desire.both.get(field.name) for field in declared):
        topic = f"{WRITTEN}{case.target.resource.name}"
        return [event(case, topic, remote, subject.id, desire.record)]
    return []


def event(case: Case, topic: str, remote: str, name: str, record: dict[str, Any] | None) -> Event:
    """What we say ourselves of the record `remote` there. `name`: which of the things that we say of it."""
    target, now = case.target, from_epoch(case.now)
    return Event(
        connector=target.connector.name,
        account=target.account.key,
        resource=target.resource.name,
        topic=topic,
        id=remote,
        event_id=(remote, name),
        received_at=now,
        at=now,
        record=record,
        via="written",
    )
