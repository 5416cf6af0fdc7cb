"""unify: one event becomes what it changes, in one transaction with the marker that it was applied.

Archive the raw events; per event: has it been applied? fetch when thin, map, find whose it is, commit.
A crash before the commit leaves nothing, one after it is recognised by the marker.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub import identity, keys
from hub.connector.privacy import Ask
from hub.errors import RecordError, RetryError
from hub.frozen import dataclass
from hub.identity import Pepper
from hub.messages import Event
from hub.pipeline import Hub, sources
from hub.pipeline.contention import ATTEMPTS, come_apart
from hub.pipeline.sources.tally import Told
from hub.pipeline.unify import asked, consents, forgotten, sizes, trails
from hub.pipeline.unify.attach import attach
from hub.pipeline.unify.batch import Raw, Source, same_record
from hub.pipeline.unify.consents import Statement
from hub.pipeline.unify.lens import Lens, Moved, NewPepperError
from hub.pipeline.unify.outbox import images
from hub.pipeline.unify.regroup import regroup
from hub.pipeline.unify.rules import rules
from hub.pipeline.unify.spoken import ledgers
from hub.pipeline.unify.state import Outcome, Reading, claim_key, root_key, told_until
from hub.pipeline.unify.telling import FetchError, Tale, Telling, body_digest, kept_name, tell
from hub.pipeline.unify.traits import counted, expected
from hub.store import TRANSACTION_ITEMS, Conflict, Item, Key, Put
from hub.times import from_epoch

DAY = 86_400
MARKER_DAYS = 35
"""Longer than queue and dead-letter retention and the redrive horizon together."""
PARKED_DAYS = 180

SUPPRESSED = "suppressed"
"""What becomes of an event about somebody who was erased."""

CAPS = frozenset({"too-many-records", "too-many-identifiers", "component-too-large"})
"""Reasons for which an event is in quarantine: it would have joined more than one person has."""

REFUSED = frozenset({"missing-value", "bad-value", "not-a-record"})
"""Reasons for which a mapping's line refuses a record."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event: `kind` applied, echo, unchanged, duplicate, suppressed, asked or parked.

    `kept`: something points to its raw text. Safe to log.
    """

    kind: str
    event: str
    reason: str = ""
    place: str = ""
    drift: tuple[str, ...] = ()
    kept: bool = True

    @property
    def quarantined(self) -> bool:
        """Whether it was parked because it would join too much: somebody should look for what is shared."""
        return self.kind == "parked" and self.reason in CAPS

    @property
    def drifted(self) -> tuple[str, ...]:
        """The mapping lines, each once, that did not get what they read: that which parked it, too."""
        refused = (self.place,) if self.reason in REFUSED else ()
        return tuple(dict.fromkeys((*self.drift, *refused)))


class Batch:
    """The events of one invocation: called with a number, applies that one; `close` ends it."""

    def __init__(self, hub: Hub, bodies: Sequence[str]) -> None:
        self.hub = hub
        self.raw = Raw(hub, bodies)
        self.peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
        self.told: list[Told] = []

    def __call__(self, number: int, *, last: bool = False) -> Result:
        """What became of one event, as in `apply`."""
        event, source = self.raw.event(number), self.raw.source(number)
        result = apply(self.hub, event, source, self.peppers, last=last)
        self.raw.done(number, kept=result.kept)
        self.told.append(Told(event.source, event.via, result.kind))
        return result

    def close(self) -> None:
        """Keep of the raw text what something points to; note what the sources told."""
        self.raw.close()
        sources.note(self.hub, self.told)


def unify(hub: Hub, bodies: Sequence[str]) -> Iterator[Result]:
    """Apply the events of these message bodies, one after the other, yielding what became of each.

    Raises RetryError when the world is not ready, anything else for a bug.
    """
    step = opened(hub, bodies)
    for number in range(len(bodies)):
        yield step(number)
    step.close()


def opened(hub: Hub, bodies: Sequence[str]) -> Batch:
    """Archive these message bodies, to be applied one after the other."""
    return Batch(hub, bodies)


def apply(hub: Hub, event: Event, source: Source, peppers: list[Pepper], *, last: bool = False) -> Result:
    """Apply one event exactly once, or park it with the reason.

    Raises RetryError when it has to come again. `last`: it will not, so what cannot be fetched is parked.
    """
    ask = asked.ask_of(hub, event)
    if ask is not None:
        return _ask(hub, event, source, ask, peppers)
    if event.record is None and (known := _known(hub, Reading(hub.store), event, source)):
        return known
    try:
        result = _attempt(hub, event, source, peppers)
    except NewPepperError:
        hub.secrets.refresh(hub.settings.pepper_secret)
        raise
    except FetchError as error:
        if not last:
            raise
        reason = RecordError(error.reason, "its source could not be asked for the record")
        return _park(hub, event, source, reason, peppers)
    if result.kind == "mismatch":
        other = replace(event, event_id=(*event.event_id, body_digest(event)))
        reason = RecordError("same-id-other-body", "an event with this id was applied with another body")
        return _park(hub, other, source, reason, peppers)
    return result


def _ask(hub: Hub, event: Event, source: Source, ask: Ask, peppers: list[Pepper]) -> Result:
    """Note what is asked about somebody; nothing of what was told is kept."""
    reading = Reading(hub.store)
    if known := _known(hub, reading, event, source):
        return known
    try:
        request = asked.noted(hub, reading, event, ask, peppers)
    except RecordError as error:
        return _park(hub, event, source, error, peppers)
    hub.store.commit([request, _marker(hub, reading, event, None, status=asked.ASKED)])
    return Result(asked.ASKED, _name(event), kept=False)


def _attempt(hub: Hub, event: Event, source: Source, peppers: list[Pepper]) -> Result:
    try:
        tale = tell(hub, event, peppers)
    except RecordError as error:
        return _park(hub, event, source, error, peppers)
    for attempt in range(ATTEMPTS):
        try:
            return _commit(hub, event, source, tale, peppers, again=attempt > 0)
        except (Conflict, Moved):
            come_apart(hub, attempt)
        except RecordError as error:
            return _park(hub, event, source, error, peppers)
    raise RetryError("contended")


def _commit(
    hub: Hub, event: Event, source: Source, tale: Tale, peppers: list[Pepper], *, again: bool
) -> Result:
    """Read, compute, write: raises Conflict or Moved when somebody else wrote in between.

    The timeline entry is as new as the marker, so it is only read beside one, or `again`: the marker of an
    event that comes after more than 35 days is gone, the entry is not.
    """
    older = {pk: olds for telling in tale.tellings for pk, olds in telling.older.items()}
    reading = Reading(hub.store, Lens(peppers[0], older, hub.clock()))
    said = consents.statements(event, tale.consents, [*source], peppers)
    marker = keys.event(event.key)
    reading.load([marker, *[telling.record for telling in tale.tellings], *consents.places_of(said)])
    if known := _known(hub, reading, event, source):
        return known
    if event.via == "reconcile" and all(_late(reading, telling) for telling in tale.tellings):
        return Result("duplicate", _name(event), kept=False)
    said = consents.fresh(reading, said)
    told = [trails.entry_key(event, tale.tellings[-1])] if again or reading[marker] else []
    following = [key for telling in tale.tellings for key in _next_keys(reading, telling)]
    asked = forgotten.places(reading, tale.tellings, peppers[0])
    reading.load([*told, *following, *consents.entries_of(said), *asked])
    heeded = forgotten.heed(reading, tale, hub.catalog, peppers[0])
    if heeded is None:
        return _suppress(hub, reading, event)
    if heeded is not tale:
        reading.load([trails.entry_key(event, heeded.tellings[-1])])
        return _write(hub, reading, event, None, heeded, [])
    return _write(hub, reading, event, source, tale, said)


def _write(
    hub: Hub, reading: Reading, event: Event, source: Source | None, tale: Tale, said: list[Statement]
) -> Result:
    """Apply the tale. `source`: where its raw text is kept, None where somebody was left out of it."""
    found = [
        consents.woken(reading, said, telling.entity, _outcome(hub, reading, telling, event))
        for telling in tale.tellings
    ]
    now = hub.clock()
    at = from_epoch(now)
    outcomes = counted(reading, found, now)
    kind = "applied" if any(outcome.news for outcome in outcomes) else trails.ECHO
    became = {"status": kind, "applied_at": at, "drift": list(dict.fromkeys(tale.drift))}
    writes = [
        *(write for outcome in outcomes for write in outcome.writes),
        *_outbox(reading, event, tale, outcomes, now, at),
        *consents.writes(reading, said),
        _marker(hub, reading, event, source, **became),
        *trails.left(reading, event, tale.tellings[-1], source, news=kind == "applied"),
    ]
    if len(writes) > TRANSACTION_ITEMS:
        raise RecordError("component-too-large", "this event needs more than one transaction")
    reading.commit(writes)
    return Result(kind, _name(event), drift=tale.drift, kept=source is not None)


def _late(reading: Reading, telling: Telling) -> bool:
    """Whether the record was told as much already: its webhook came while it was asked for."""
    record = reading[telling.record]
    return record is not None and telling.at <= told_until(record)


def _suppress(hub: Hub, reading: Reading, event: Event) -> Result:
    """Drop what is told of somebody who was erased: nothing is left of it, not even its marker.

    A marker that is there already (it was parked, or applied before) loses what it says.
    """
    marker = reading[keys.event(event.key)]
    if marker is not None and marker.data["status"] != SUPPRESSED:
        hub.store.commit(
            [Put(Item(marker.key, "marker", {"status": SUPPRESSED}, marker.version, marker.ttl))]
        )
        trails.blank(hub.archive, marker.data.get("archive"))
    if event.record is None:
        hub.archive.put(kept_name(hub, event), "")
    return Result(SUPPRESSED, _name(event), kept=False)


def _outcome(hub: Hub, reading: Reading, telling: Telling, event: Event) -> Outcome:
    decided = rules(hub.catalog, telling.entity)
    return attach(reading, telling, decided, event) or regroup(reading, telling, decided, event)


def _next_keys(reading: Reading, telling: Telling) -> list[Key]:
    """What is read next: of a known record its root, ledgers and counted order; what it newly asserts."""
    record = reading[telling.record]
    known = record is not None and telling.claims.keys() <= record.data["claims"].keys()
    claims = [] if known else [claim_key(pk) for pk in telling.claims]
    if record is None:
        return claims
    return [root_key(record), *ledgers(telling, [record.data["root"]]), *expected(telling, record), *claims]


def _known(hub: Hub, reading: Reading, event: Event, source: Source) -> Result | None:
    """What became of the event before, when there is nothing to do; a replay may change something."""
    key = keys.event(event.key)
    reading.load([key])
    marker = reading[key]
    if marker is None:
        return None
    status, pointer = marker.data["status"], marker.data.get("archive")
    kept = pointer == [*source]
    if event.replay:
        done = status not in ("parked", SUPPRESSED) and marker.data["revision"] == hub.catalog.revision
        return Result("unchanged", _name(event), kept=kept) if done else None
    told_again = event.via != "webhook" or event.record is None or status == SUPPRESSED
    if told_again or marker.data["digest"] == body_digest(event) or same_record(hub.archive, pointer, event):
        return Result("duplicate", _name(event), kept=kept)
    return Result("mismatch", _name(event))


def _marker(hub: Hub, reading: Reading, event: Event, source: Source | None, **data: Any) -> Put:
    key = keys.event(event.key)
    held = reading[key]
    told: dict[str, Any] = {
        "digest": body_digest(event),
        **({"archive": [*source]} if source else {}),
        "received_at": event.received_at,
        "revision": hub.catalog.revision,
        "source": event.source,
        "resource": event.resource,
        "topic": event.topic,
    }
    ttl = int(hub.clock()) + MARKER_DAYS * DAY
    return Put(sizes.marker(Item(key, "marker", {**told, **data}, held.version if held else 0, ttl)))


def _park(hub: Hub, event: Event, source: Source, error: RecordError, peppers: list[Pepper]) -> Result:
    """Keep the event where people see it, with the reason and the deciding line, and let it be replayed.

    Not that of a record that was erased: nothing more is kept of it.
    """
    reading = Reading(hub.store)
    if known := _known(hub, reading, event, source):
        return known
    if forgotten.erased(reading, event, peppers[0]):
        return _suppress(hub, reading, event)
    place = str(error.place) if error.place else ""
    put = _marker(
        hub, reading, event, source, status="parked", reason=error.reason, place=place, message=error.message
    )
    ttl = int(hub.clock()) + PARKED_DAYS * DAY
    try:
        hub.store.commit([Put(replace(put.item, ttl=ttl, agenda=keys.PARKED, at=event.received_at))])
    except Conflict as conflict:  # its duplicate is faster: the marker decides when it comes again
        raise RetryError("contended") from conflict
    before = reading[put.item.key]
    trails.blank(hub.archive, before.data.get("archive") if before else None)
    return Result("parked", _name(event), error.reason, place)


def _outbox(
    reading: Reading, event: Event, tale: Tale, outcomes: Sequence[Outcome], now: float, at: str
) -> Iterator[Put]:
    known = {t.record.pk: (o.id, o.fields) for t, o in zip(tale.tellings, outcomes, strict=True)}
    cause = {"event": event.mark, "source": event.source, "via": event.via}
    if event.lane:
        cause["lane"] = event.lane
    changed = (change for outcome in outcomes for change in outcome.changed)
    writes = [write for outcome in outcomes for write in outcome.writes]
    return images(reading, changed, known, cause, now, at, writes=writes)


def _name(event: Event) -> str:
    return event.mark
