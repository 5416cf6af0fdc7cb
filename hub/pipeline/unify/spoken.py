"""What of a telling is news: the registers it sets, less the echoes of what we wrote ourselves."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import field
from typing import Any

from hub import keys
from hub.frozen import dataclass
from hub.golden import DELETED, NEVER, Register, Stamp, confirmed, overlay
from hub.identity import namespace
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
    """`told`: the registers that a telling sets, with their values; `stamp`: when. `anew`: since when another
    value of ours stood there: then it was set once more. `doubts`: the fields of echoes that may be none,
    with their values: they set nothing, but their system is written once more. `answers`: those of them that
    are not what we wrote last. `stood`: registers that only remember that what we wrote stood there later.
    `set_back`: registers of values that an edit was heard to have stood between, too late to set its own."""

    told: dict[str, Any]
    stamp: Stamp
    anew: dict[str, Stamp] = field(default_factory=dict)
    doubts: dict[str, Any] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()
    stood: dict[str, Register] = field(default_factory=dict)
    set_back: dict[str, Register] = field(default_factory=dict)

    @property
    def news(self) -> bool:
        """Whether anything is said that we had not written ourselves, or may not have."""
        return bool(self.told or self.set_back or self.doubts)

    def again(self, record: Item) -> dict[str, list[Any]]:
        """The registers, as they are stored, of what is only said once more: most of it."""
        same = {n: v for n, v in self.told.items() if n not in self.anew} if self.anew else self.told
        return confirmed(record.data.get("registers", {}), same, self.stamp)

    def registers(self, without: Container[str] = ()) -> dict[str, Register]:
        """The registers that it sets."""
        run = (self.stamp,)
        told = {
            name: Register(value, run, self.anew.get(name))
            for name, value in self.told.items()
            if name not in without
        }
        return {**told, **self.set_back} if self.set_back else told

    def noted(self, record: Item, at: str) -> Mapping[str, Any]:
        """The data of the record that change with the doubts."""
        if not self.doubts:
            return {}
        told = {name: at + (ANSWER if name in self.answers else "") for name in self.doubts}
        return {DOUBTS: {**record.data.get(DOUBTS, {}), **told}}


def ledgers(telling: Telling, ids: Iterable[str]) -> list[Key]:
    """The delivery items in which we noted what we wrote to this record; none when we never write there."""
    if not telling.destination:
        return []
    return [keys.delivery(telling.destination, telling.entity, id) for id in ids]


def spoken(reading: Reading, telling: Telling, event: Event, ids: Iterable[str]) -> Spoken:
    """What is news of a telling; nothing when all of it only repeats what we wrote."""
    written = _written(reading, telling, ids)
    stamp = Stamp(telling.at, event.mark, event.revision)
    if event.topic.startswith(WRITTEN):
        return Spoken({}, stamp)
    if written and event.topic.startswith(FOUND):
        written = written.before(event.received_at)
    record = reading[telling.record] if written else None
    held = registers(record) if record else {}
    timed = telling.at != event.received_at  # else it is our time, not the source's own
    told: dict[str, Any] = {
        name: value
        for name, value in telling.fields.items()
        if written is None or _is_news(written, name, value, telling.at, held.get(name), timed=timed)
    }
    anew = _anew(written, told, telling.at) if written else {}
    if telling.customer and (told or not telling.fields):
        told[CUSTOMER] = telling.customer
    if telling.deleted:
        told[DELETED] = True
    if written is None:
        return Spoken(told, stamp)
    echoes = {name: value for name, value in telling.fields.items() if name not in told}
    doubts = {n: v for n, v in echoes.items() if written.is_doubtful(n, v, telling.at, held.get(n))}
    answers = frozenset(n for n, v in doubts.items() if not written.is_last(n, v, telling.at))
    later = {n: v for n, v in echoes.items() if timed and written.stood(n, v, telling.at)}
    stood = {name: _stood(written, name, value, stamp, held.get(name)) for name, value in later.items()}
    past = {name: value for name, value in echoes.items() if name in held and held[name].value != value}
    set_back = {
        name: register
        for name, value in past.items()
        if (register := _set_back(written, name, value, stamp, held[name], timed=timed))
    }
    return Spoken(told, stamp, anew, doubts, answers, stood, set_back)


def _anew(written: Written, told: Mapping[str, Any], at: str) -> dict[str, Stamp]:
    """Since when another value of ours stood where these are told: then they were set once more."""
    return {name: other for name, value in told.items() if (other := written.overwrote(name, value, at))}


def _written(reading: Reading, telling: Telling, ids: Iterable[str]) -> Written | None:
    """What we noted of this record; None when we never wrote it.

    A request that was to find, create or upsert a record made another one where a delivery knows this one by
    its id, unless both wrote the same identifiers. And this may be a `stray`, which such a request made after
    another record was found or made there.
    """
    notes = ledgers(telling, ids)
    if not notes:
        return None
    reading.load(notes)
    here = keys.told(telling.record.pk).id
    found = [item.data for item in reading.present(notes)]
    written = [*found, *(data["left"] for data in found if "left" in data)]
    known = [Written.of(data) for data in written if data.get("remote") == here]
    maybe = [Written.of(data) for data in found if data.get("remote") is None]
    if known:
        names = {namespace(pk) for pk in telling.claims}
        known += [one for one in maybe if any(one.aims_at(other, names) for other in known)]
        return Written.joined(known)
    maybe = maybe or [Written(data["stray"]) for data in found if _is_stray(telling, data.get("stray"))]
    made = [one for one in maybe if not telling.fresh or one.made(telling.fields)]
    return Written.joined(made) if made else None


def _is_stray(telling: Telling, noted: Mapping[str, list[list[str]]] | None) -> bool:
    """Whether a record came to be when a request was on its way, so that it may be what that made."""
    return any(came_with(kept, telling.created) for kept in (noted or {}).values())


def _is_news(written: Written, name: str, value: Any, at: str, held: Register | None, *, timed: bool) -> bool:
    """Whether it is neither an echo nor past: the record has said for a later time that a value of ours stood
    there, which we did not write in between: somebody has set it back since, and this is heard too late."""
    if written.is_echo(name, value, at, held, timed=timed):
        return False
    later = held.other.at if held and held.other and held.other > held.last else ""
    return later <= at or not written.was_silent(name, at, later)


def _set_back(
    written: Written, name: str, value: Any, stamp: Stamp, held: Register, *, timed: bool
) -> Register | None:
    """The register of a record that says another value than it is told to have had, where that is past: if
    ours was the same as its own, somebody has set just this once more."""
    if held.other is None or held.other <= held.last or held.other.at <= stamp.at:
        return None
    if written.is_echo(name, value, stamp.at, held, timed=timed):
        return None
    again = written.is_last(name, held.value, held.other.at)
    return Register(held.value, (held.other,), stamp) if again else None


def _stood(written: Written, name: str, value: Any, stamp: Stamp, held: Register | None) -> Register:
    """The register once its record has said that our value was there: its own word is what it was, confirmed
    where it is the same and we have written nothing since."""
    if held is None:
        return Register(None, (NEVER,), stamp)
    if held.value == value and not written.may_write(name, held.last.at, stamp.at):
        return overlay({"": held}, {"": Register(value, (stamp,))})[0][""]
    return held._replace(other=max(stamp, held.other or stamp)) if stamp > held.last else held
