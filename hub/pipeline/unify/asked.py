"""What a source asks of us about somebody: noted in the transaction of its marker, done by the clock.

The raw text of such an event is not kept: it names the person.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hub import keys
from hub.connector.privacy import Ask
from hub.errors import RecordError
from hub.identity import Pepper
from hub.messages import Event, digest
from hub.pipeline import Hub
from hub.pipeline.unify.forgotten import claims_of
from hub.pipeline.unify.state import Reading
from hub.pipeline.unify.telling import Telling, tell
from hub.store import Put

ASKED = "asked"
"""What becomes of an event that asks for something."""

NOBODY = "asked/nobody"
"""Stands for the id of a record that is named by its identifiers only: as a guest is."""


def ask_of(hub: Hub, event: Event) -> Ask | None:
    """What an event asks of us about somebody, None for any other event."""
    connector = hub.catalog.connectors.get(event.connector)
    return connector.asks.get(event.topic) if connector else None


def noted(hub: Hub, reading: Reading, event: Event, ask: Ask, peppers: Sequence[Pepper]) -> Put:
    """The request as `erase` will find it. Raises RecordError where it names nobody."""
    data: dict[str, Any] = {
        "do": ask.do,
        "state": ASKED,
        "source": event.source,
        "topic": event.topic,
        "begun": event.received_at,
        "counts": {},
    }
    if ask.do != "erase-account":
        data |= _named(_tellings(hub, event, peppers), event)
    key = keys.request(digest(event.key)[:24])
    reading.load([key])
    held = reading.item(key, "request")
    return Put(replace(held, data=data, agenda=keys.ERASING, at=event.received_at))


def _tellings(hub: Hub, event: Event, peppers: Sequence[Pepper]) -> tuple[Telling, ...]:
    """What the event says of its person, whenever; nothing where the mapping does not understand it."""
    try:
        return tell(hub, replace(event, id=event.id or NOBODY, at=None), list(peppers)).tellings
    except RecordError:
        if not event.id:
            raise
        return ()


def _named(tellings: Sequence[Telling], event: Event) -> dict[str, list[str]]:
    own = [keys.record(event.connector, event.account, event.resource, event.id).pk] if event.id else []
    records = dict.fromkeys([*own, *(telling.record.pk for telling in tellings)])
    claims = {pk for telling in tellings for claim in telling.claims for pk in claims_of(telling, claim)}
    return {"records": list(records), "claims": sorted(claims)}
