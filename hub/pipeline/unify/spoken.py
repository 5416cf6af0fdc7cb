"""What of a telling is news: the registers it sets, less the echoes of what we wrote ourselves."""

from collections.abc import Iterable
from typing import Any

from hub import keys, ledger, times
from hub.golden import DELETED, Register, Stamp
from hub.messages import Event
from hub.pipeline.unify.rules import CUSTOMER
from hub.pipeline.unify.state import Reading
from hub.pipeline.unify.telling import Telling
from hub.store import Key


def ledgers(telling: Telling, ids: Iterable[str]) -> list[Key]:
    """The delivery items in which we noted what we wrote to this record; none when we never write there."""
    if not telling.destination:
        return []
    return [keys.delivery(telling.destination, telling.entity, id) for id in ids]


def spoken(reading: Reading, telling: Telling, event: Event, ids: Iterable[str]) -> dict[str, Register]:
    """The registers of a telling; empty when all of it only repeats what we wrote."""
    run = (stamp(telling, event),)
    return {name: Register(value, run) for name, value in news(reading, telling, event, ids).items()}


def stamp(telling: Telling, event: Event) -> Stamp:
    """When it was told."""
    return Stamp(telling.at, event.mark, event.revision)


def news(reading: Reading, telling: Telling, event: Event, ids: Iterable[str]) -> dict[str, Any]:
    """The values of these registers, by name."""
    told = dict(_unwritten(reading, telling, event, ids))
    if telling.customer and (told or not telling.fields):
        told[CUSTOMER] = telling.customer
    if telling.deleted:
        told[DELETED] = True
    return told


def _unwritten(reading: Reading, telling: Telling, event: Event, ids: Iterable[str]) -> dict[str, Any]:
    """The fields that a telling tells and that we had not written ourselves."""
    if not telling.destination:
        return telling.fields
    notes = ledgers(telling, ids)
    reading.load(notes)
    wrote = [item.data["wrote"] for item in reading.present(notes) if "wrote" in item.data]
    if not wrote:
        return telling.fields
    now = times.to_epoch(event.received_at)
    return {
        name: value
        for name, value in telling.fields.items()
        if not any(ledger.is_echo(noted, name, value, now) for noted in wrote)
    }
