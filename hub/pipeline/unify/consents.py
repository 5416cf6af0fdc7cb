"""The consents that an event tells: what stands afterwards, and a ledger of all that was ever told.

Both are functions of the set of what was told, so that no order and no repetition leaves a trace: the latest
statement holds, at the same time the opt-out, of equal ones that of the least event. A vendor repeats a
consent with every edit of its record: the same source, state and time are one entry of the ledger.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub import keys
from hub.errors import RecordError
from hub.frozen import dataclass
from hub.identity import Pepper
from hub.mapping import Consent
from hub.messages import Event, digest, escape
from hub.pipeline.consents import RESTRICTIVE, Consented, beats, places, standing
from hub.pipeline.unify.rules import CUSTOMER
from hub.pipeline.unify.state import Changed, Outcome, Reading, rewritten
from hub.pipeline.unify.telling import is_ahead
from hub.reprs import discreet
from hub.store import Key, Put


@discreet("state", "at")
@dataclass(frozen=True, slots=True)
class Statement:
    """One state that an event tells of an address. `held`: where it may lie, newest pepper first.

    `proof`: `event` (16 hex digits of its dedupe key's hash), `source`, `topic`, `archive` [name, line].
    """

    held: tuple[Key, ...]
    state: str
    at: str
    proof: dict[str, Any]

    @property
    def rank(self) -> list[Any]:
        """What decides between statements: `hub.pipeline.consents.standing`."""
        return [self.at, RESTRICTIVE[self.state], self.proof["event"]]

    @property
    def entries(self) -> list[Key]:
        """Its place in the ledger, under each pepper."""
        said = digest(escape(self.proof["source"], self.state))[:16]
        return [keys.told_consent(key, self.at, said) for key in self.held]


def statements(
    event: Event, told: Iterable[Consent], archive: Sequence[Any], peppers: Sequence[Pepper]
) -> list[Statement]:
    """What the event says of consents: what is unknown says nothing, what stands twice is said once.

    Raises RecordError for a time that lies ahead: it could never be taken back.
    """
    proof = {
        "source": event.source,
        "topic": event.topic,
        "event": event.mark,
        "archive": list(archive),
    }
    found: dict[tuple[Key, str, str], Statement] = {}
    for one in told:
        if one.state in RESTRICTIVE:
            at = _time(event, one)
            named = Consented(one.channel, one.purpose, one.address_type)
            held = tuple(places(named, one.address, peppers))
            found[held[0], at, one.state] = Statement(held, one.state, at, proof)
    return list(found.values())


def places_of(said: Iterable[Statement]) -> list[Key]:
    """What has to be read first: what stands."""
    return [key for one in said for key in one.held]


def fresh(reading: Reading, said: Iterable[Statement]) -> list[Statement]:
    """What does not merely repeat what stands: all that is of interest from then on."""
    return [one for one in said if not _repeats(reading, one)]


def entries_of(fresh: Iterable[Statement]) -> list[Key]:
    """What has to be read then: the ledger."""
    return [key for one in fresh for key in one.entries]


def writes(reading: Reading, fresh: Sequence[Statement]) -> Iterator[Put]:
    """The news: what stands now, and the entries of the ledger."""
    best: dict[Key, Statement] = {}
    for one in sorted(fresh, key=lambda one: one.rank[:2]):
        best[one.held[0]] = one
    for key, one in best.items():
        if beats(one.rank, standing(reading.present(one.held))):
            data = {"state": one.state, "rank": one.rank, "at": one.at, **one.proof}
            yield Put(rewritten(reading.item(key, "consent"), data))
    for one in fresh:
        yield from _entry(reading, one)


def woken(reading: Reading, fresh: Sequence[Statement], entity: str, outcome: Outcome) -> Outcome:
    """The outcome after a consent turned: flows that ask for it may tell now what they could not tell before.

    The customer gets a new epoch and an image although no field of theirs moved.
    """
    if not fresh or entity != CUSTOMER or not any(_turns(reading, one) for one in fresh):
        return outcome
    if any(change.id == outcome.id and change.names for change in outcome.changed):
        return outcome
    key = keys.root(entity, outcome.id)
    written = [write.item for write in outcome.writes if write.item.key == key]
    root = written[0] if written else reading.item(key, "root")
    turned = Changed(entity, outcome.id, root.version + 1, outcome.fields, ("consent",), "", created=False)
    writes = outcome.writes if written else (*outcome.writes, Put(root))
    back = next((change.back for change in outcome.changed if change.id == outcome.id), ())
    others = (change for change in outcome.changed if change.id != outcome.id)
    return replace(outcome, writes=writes, changed=(*others, replace(turned, back=back)))


def _turns(reading: Reading, one: Statement) -> bool:
    held = standing(reading.present(one.held))
    return beats(one.rank, held) and (held is None or held.data["state"] != one.state)


def _entry(reading: Reading, one: Statement) -> Iterator[Put]:
    known = [item.data["event"] for item in reading.present(one.entries)]
    if not known or one.proof["event"] < min(known):
        item = reading.item(one.entries[0], "told consent")
        yield Put(rewritten(item, {"state": one.state, **one.proof}))


def _repeats(reading: Reading, one: Statement) -> bool:
    """Whether what stands says the same already, with a proof that is as good."""
    held = standing(reading.present(one.held))
    if held is None or beats(one.rank, held):
        return False
    told = (one.state, one.at, one.proof["source"])
    return told == (held.data["state"], held.data["at"], held.data["source"])


def _time(event: Event, one: Consent) -> str:
    at = one.at or event.at or event.received_at
    if is_ahead(at, event.received_at):
        raise RecordError("future-time", "the time of a consent is more than 10 minutes ahead")
    return at
