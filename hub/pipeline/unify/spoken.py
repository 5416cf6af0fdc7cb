"""What of a telling is news: the registers it sets, less the echoes of what we wrote ourselves."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from hub import keys
from hub.frozen import dataclass
from hub.golden import DELETED, NEVER, Register, Stamp, overlay
from hub.ledger import Written, came_with
from hub.messages import FOUND, WRITTEN, Event
from hub.pipeline.unify.rules import CUSTOMER
from hub.pipeline.unify.state import Reading, registers
from hub.pipeline.unify.telling import Telling
from hub.reprs import discreet
from hub.store import Item, Key

ANSWER = "!"
"""Behind the time of a doubt about what is not what we wrote last: if it is no echo, it answers our write."""

DOUBTS = "doubts"
"""The member of a record that says of which fields nobody can tell what its system has, and since when."""


@discreet()
@dataclass(frozen=True, slots=True)
class Spoken:
    """`told`: the registers that a telling sets. `doubts`: the fields of echoes that may be none, with their
    values: they set nothing, but their system is written once more. `answers`: those of them that are not
    what we wrote last. `stood`: registers that only remember that what we wrote stood there later on."""

    told: dict[str, Register]
    doubts: dict[str, Any]
    answers: frozenset[str] = frozenset()
    stood: dict[str, Register] = field(default_factory=dict)

    def noted(self, record: Item, at: str) -> Mapping[str, Any]:
        """The data of the record that change with the doubts."""
        held = record.data.get(DOUBTS, {})
        told = {name: at + (ANSWER if name in self.answers else "") for name in self.doubts}
        return {DOUBTS: {**held, **told}} if told else {}


def ledgers(telling: Telling, ids: Iterable[str]) -> list[Key]:
    """The delivery items in which we noted what we wrote to this record; none when we never write there."""
    if not telling.destination:
        return []
    return [keys.delivery(telling.destination, telling.entity, id) for id in ids]


def spoken(reading: Reading, telling: Telling, event: Event, ids: Iterable[str]) -> Spoken:
    """What is news of a telling; nothing when all of it only repeats what we wrote."""
    written = _written(reading, telling, ids)
    if event.topic.startswith(WRITTEN):
        return Spoken({}, {})
    if written and event.topic.startswith(FOUND):
        written = written.before(event.received_at)
    record = reading[telling.record] if written else None
    held = registers(record) if record else {}
    run = (Stamp(telling.at, event.mark, event.revision),)
    told = {name: Register(value, run) for name, value in telling.fields.items()}
    timed = telling.at != event.received_at  # else it is our time, not the source's own
    if written:
        told = {
            name: _register(written, name, register)
            for name, register in told.items()
            if _is_news(written, name, register, held.get(name), timed=timed)
        }
    if telling.customer and (told or not telling.fields):
        told[CUSTOMER] = Register(telling.customer, run)
    if telling.deleted:
        told[DELETED] = Register(True, run)
    if written is None:
        return Spoken(told, {})
    echoes = {name: value for name, value in telling.fields.items() if name not in told}
    doubts = {n: v for n, v in echoes.items() if written.is_doubtful(n, v, telling.at, held.get(n))}
    answers = frozenset(n for n, v in doubts.items() if not written.is_last(n, v, telling.at))
    later = {n: v for n, v in echoes.items() if timed and written.stood(n, v, telling.at)}
    stood = {name: _stood(written, name, Register(v, run), held.get(name)) for name, v in later.items()}
    return Spoken(told, doubts, answers, stood)


def _written(reading: Reading, telling: Telling, ids: Iterable[str]) -> Written | None:
    """What we noted of this record; None when we never wrote it.

    A request that was to find or create a record made another one where a delivery knows this one by its id;
    and this one may be a `stray`, which such a request made after another record was found or made there.
    """
    notes = ledgers(telling, ids)
    reading.load(notes)
    here = keys.told(telling.record.pk).id if notes else ""
    found = [item.data for item in reading.present(notes)]
    noted = [Written.of(data) for data in found if data.get("remote") == here]
    if not noted:
        noted = [Written.of(data) for data in found if data.get("remote") is None]
        noted = noted or [Written(data["stray"]) for data in found if _is_stray(telling, data.get("stray"))]
        noted = [one for one in noted if not telling.fresh or one.made(telling.fields)]
    return Written.joined(noted) if noted else None


def _is_stray(telling: Telling, noted: Mapping[str, list[list[str]]] | None) -> bool:
    """Whether a record came to be when a request was on its way, so that it may be what that made."""
    return any(came_with(kept, telling.created) for kept in (noted or {}).values())


def _is_news(written: Written, name: str, told: Register, held: Register | None, *, timed: bool) -> bool:
    """Whether it is neither an echo nor past: the record has said for a later time that a value of ours stood
    there, which we did not write in between: somebody has set it back since, and this is heard too late."""
    at = told.since.at
    if written.is_echo(name, told.value, at, held, timed=timed):
        return False
    later = held.other.at if held and held.other and held.other > held.last else ""
    return later <= at or not written.was_silent(name, at, later)


def _stood(written: Written, name: str, told: Register, held: Register | None) -> Register:
    """The register once its record has said that our value was there: its own word is what it was, confirmed
    where it is the same and we have written nothing since."""
    stamp = told.last
    if held is None:
        return Register(None, (NEVER,), stamp)
    if held.value == told.value and not written.may_write(name, held.last.at, stamp.at):
        return overlay({"": held}, {"": told})[0][""]
    return held._replace(other=max(stamp, held.other or stamp)) if stamp > held.last else held


def _register(written: Written, name: str, told: Register) -> Register:
    """What is told, and since when another value of ours stood there: then it was set once more."""
    ours = written.overwrote(name, told.value, told.since.at)
    return told._replace(other=ours) if ours else told
