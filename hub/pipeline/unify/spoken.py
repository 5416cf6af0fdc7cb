"""What of a telling is news: the registers it sets, less the echoes of what we wrote ourselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from hub import keys, ledger, times
from hub.golden import DELETED, Register
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
    notes = ledgers(telling, ids)
    reading.load(notes)
    written = [item.data for item in reading.present(notes)]
    stamp = (telling.at, event.mark, event.revision)
    told = {
        name: Register.of(value, *stamp)
        for name, value in telling.fields.items()
        if not any(_is_echo(reading, telling, data, name) for data in written)
    }
    if telling.customer and (told or not telling.fields):
        told[CUSTOMER] = Register.of(telling.customer, *stamp)
    if telling.deleted:
        told[DELETED] = Register.of(True, *stamp)
    return told


def _is_echo(reading: Reading, telling: Telling, data: Mapping[str, Any], name: str) -> bool:
    """Whether a field only repeats what we wrote.

    Not where the record has told another value since we wrote, and before this one: then somebody set it back.
    """
    value, record = telling.fields[name], reading[telling.record]
    held = record.data.get("registers", {}).get(name) if record else None
    if held is not None and ledger.mark(held) != data.get("seen", {}).get(name):
        told, run = held[:2]
        if told != value and telling.at > run[-1][0]:
            return False
    return ledger.is_echo(data.get("wrote", {}), name, value, times.to_epoch(telling.at))
