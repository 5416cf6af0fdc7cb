"""What of a telling is news: the registers it sets, less the echoes of what we wrote ourselves."""

from collections.abc import Iterable

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
    wrote = [item.data.get("wrote", {}) for item in reading.present(notes)]
    now = times.to_epoch(event.received_at)
    stamp = (telling.at, event.mark, event.revision)
    told = {
        name: Register.of(value, *stamp)
        for name, value in telling.fields.items()
        if not any(ledger.is_echo(noted, name, value, now) for noted in wrote)
    }
    if telling.customer and (told or not telling.fields):
        told[CUSTOMER] = Register.of(telling.customer, *stamp)
    if telling.deleted:
        told[DELETED] = Register.of(True, *stamp)
    return told
