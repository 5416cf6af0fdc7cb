"""unify: one event becomes what it changes, in one transaction with the marker that it was applied.

Archive the raw events; per event: has it been applied? fetch when thin, map, find whose it is, commit.
A crash before the commit leaves nothing, one after it is recognised by the marker.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub import identity, keys, times
from hub.archive import unpack
from hub.errors import RecordError, RetryError
from hub.identity import Pepper
from hub.messages import Event, digest
from hub.pipeline import Hub
from hub.pipeline.contention import ATTEMPTS, come_apart
from hub.pipeline.unify import consents, sizes
from hub.pipeline.unify.attach import attach
from hub.pipeline.unify.lens import Lens, Moved, NewPepperError
from hub.pipeline.unify.outbox import images
from hub.pipeline.unify.regroup import regroup
from hub.pipeline.unify.rules import rules
from hub.pipeline.unify.spoken import ledgers
from hub.pipeline.unify.state import Outcome, Reading, claim_key, record_key, root_key
from hub.pipeline.unify.telling import FetchError, Tale, Telling, body_digest, summary, tell
from hub.pipeline.unify.traits import counted, expected
from hub.store import TRANSACTION_ITEMS, Conflict, Item, Key, Put

DAY = 86_400
MARKER_DAYS = 35
"""Longer than queue and dead-letter retention and the redrive horizon together."""
PARKED_DAYS = 180

CAPS = frozenset({"too-many-records", "too-many-identifiers", "component-too-large"})
"""Reasons for which an event is in quarantine: it would have joined more than one person has."""

REFUSED = frozenset({"missing-value", "bad-value", "not-a-record"})
"""Reasons for which a mapping's line refuses a record."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event: `kind` applied, echo, unchanged, duplicate or parked. Safe to log."""

    kind: str
    event: str
    reason: str = ""
    place: str = ""
    drift: tuple[str, ...] = ()

    @property
    def quarantined(self) -> bool:
        """Whether it was parked because it would join too much: somebody should look for what is shared."""
        return self.kind == "parked" and self.reason in CAPS

    @property
    def drifted(self) -> tuple[str, ...]:
        """The mapping lines, each once, that did not get what they read: that which parked it, too."""
        refused = (self.place,) if self.reason in REFUSED else ()
        return tuple(dict.fromkeys((*self.drift, *refused)))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the raw text of an event is archived: object name and line."""

    name: str
    line: int


def unify(hub: Hub, bodies: Sequence[str]) -> Iterator[Result]:
    """Apply the events of these message bodies, one after the other, yielding what became of each.

    Raises RetryError when the world is not ready, anything else for a bug.
    """
    step = opened(hub, bodies)
    return (step(number) for number in range(len(bodies)))


def opened(hub: Hub, bodies: Sequence[str]) -> Callable[..., Result]:
    """Archive these message bodies: what is returned applies the one of a number, as `apply` does."""
    texts = [unpack(hub.archive, body) for body in bodies]
    name = _archive(hub, texts)
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))

    def step(number: int, *, last: bool = False) -> Result:
        return apply(hub, Event.loads(texts[number]), Source(name, number), peppers, last=last)

    return step


def apply(hub: Hub, event: Event, source: Source, peppers: list[Pepper], *, last: bool = False) -> Result:
    """Apply one event exactly once, or park it with the reason.

    Raises RetryError when it has to come again. `last`: it will not, so what cannot be fetched is parked.
    """
    if event.record is None and (known := _known(hub, Reading(hub.store), event)):
        return known
    try:
        result = _attempt(hub, event, source, peppers)
    except NewPepperError:
        hub.secrets.refresh(hub.settings.pepper_secret)
        raise
    except FetchError as error:
        if not last:
            raise
        return _park(
            hub, event, source, RecordError(error.reason, "its source could not be asked for the record")
        )
    if result.kind == "mismatch":
        other = replace(event, event_id=(*event.event_id, body_digest(event)))
        reason = RecordError("same-id-other-body", "an event with this id was applied with another body")
        return _park(hub, other, source, reason)
    return result


def _attempt(hub: Hub, event: Event, source: Source, peppers: list[Pepper]) -> Result:
    try:
        tale = tell(hub, event, peppers)
    except RecordError as error:
        return _park(hub, event, source, error)
    for attempt in range(ATTEMPTS):
        try:
            return _commit(hub, event, source, tale, peppers, again=attempt > 0)
        except (Conflict, Moved):
            come_apart(hub, attempt)
        except RecordError as error:
            return _park(hub, event, source, error)
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
    archive = [source.name, source.line]
    said = consents.statements(event, tale.consents, archive, peppers)
    marker, entry = keys.event(event.key), Item(_timeline_key(event, tale.tellings[-1]), "timeline")
    reading.load([marker, *(t.record for t in tale.tellings), *consents.places_of(said)])
    if known := _known(hub, reading, event):
        return known
    told = [entry.key] if again or reading[marker] else []
    following = [key for telling in tale.tellings for key in _next_keys(reading, telling)]
    reading.load([*told, *following, *consents.entries_of(reading, said)])
    found = [
        consents.woken(reading, said, telling.entity, _outcome(hub, reading, telling, event))
        for telling in tale.tellings
    ]
    outcomes = counted(reading, found, hub.clock())
    kind = "applied" if any(outcome.news for outcome in outcomes) else "echo"
    writes = [
        *(write for outcome in outcomes for write in outcome.writes),
        *_outbox(hub, reading, event, tale, outcomes),
        *consents.writes(reading, said),
        _marker(hub, reading, event, source, status=kind, drift=list(dict.fromkeys(tale.drift))),
    ]
    if kind == "applied":
        data = {**summary(event, tale.tellings[-1]), "archive": archive}
        version = reading.item(entry.key, "timeline").version if told else 0
        writes.append(Put(sizes.entry(Item(entry.key, "timeline", data, version))))
    if len(writes) > TRANSACTION_ITEMS:
        raise RecordError("component-too-large", "this event needs more than one transaction")
    reading.commit(writes)
    return Result(kind, _name(event), drift=tale.drift)


def _outcome(hub: Hub, reading: Reading, telling: Telling, event: Event) -> Outcome:
    decided = rules(hub.catalog, telling.entity)
    return attach(reading, telling, decided, event) or regroup(reading, telling, decided, event)


def _next_keys(reading: Reading, telling: Telling) -> list[Key]:
    """What is read next: of a known record its root, ledgers and counted order; what it newly asserts."""
    record = reading[telling.record]
    held = record.data["claims"] if record else ()
    claims = [claim_key(pk) for pk in telling.claims] if any(pk not in held for pk in telling.claims) else []
    if record is None:
        return claims
    return [root_key(record), *ledgers(telling, [record.data["root"]]), *expected(telling, record), *claims]


def _known(hub: Hub, reading: Reading, event: Event) -> Result | None:
    """What became of the event before, when there is nothing to do; a replay may change something."""
    key = keys.event(event.key)
    reading.load([key])
    marker = reading[key]
    if marker is None:
        return None
    if event.replay:
        done = marker.data["status"] != "parked" and marker.data["revision"] == hub.catalog.revision
        return Result("unchanged", _name(event)) if done else None
    told_again = event.via != "webhook" or event.record is None
    if told_again or marker.data["digest"] == body_digest(event):
        return Result("duplicate", _name(event))
    return Result("mismatch", _name(event))


def _marker(hub: Hub, reading: Reading, event: Event, source: Source, **data: Any) -> Put:
    marker = reading.item(keys.event(event.key), "marker")
    told: dict[str, Any] = {
        "digest": body_digest(event),
        "archive": [source.name, source.line],
        "received_at": event.received_at,
        "revision": hub.catalog.revision,
        "source": event.source,
        "resource": event.resource,
        "topic": event.topic,
    }
    ttl = int(hub.clock()) + MARKER_DAYS * DAY
    return Put(sizes.marker(Item(marker.key, "marker", {**told, **data}, marker.version, ttl)))


def _park(hub: Hub, event: Event, source: Source, error: RecordError) -> Result:
    """Keep the event where people see it, with the reason and the deciding line, and let it be replayed."""
    reading = Reading(hub.store)
    if known := _known(hub, reading, event):
        return known
    place = str(error.place) if error.place else ""
    put = _marker(
        hub, reading, event, source, status="parked", reason=error.reason, place=place, message=error.message
    )
    ttl = int(hub.clock()) + PARKED_DAYS * DAY
    try:
        hub.store.commit([Put(replace(put.item, ttl=ttl, agenda=keys.PARKED, at=event.received_at))])
    except Conflict as conflict:  # its duplicate is faster: the marker decides when it comes again
        raise RetryError("contended") from conflict
    return Result("parked", _name(event), error.reason, place)


def _outbox(
    hub: Hub, reading: Reading, event: Event, tale: Tale, outcomes: Sequence[Outcome]
) -> Iterator[Put]:
    known = {t.record.pk: (o.id, o.fields) for t, o in zip(tale.tellings, outcomes, strict=True)}
    cause = {
        "event": event.key,
        "source": event.source,
        "record": tale.tellings[-1].record.pk,
        "via": event.via,
    }
    changed = (change for outcome in outcomes for change in outcome.changed)
    writes = [write for outcome in outcomes for write in outcome.writes]
    return images(reading, changed, known, cause, hub.clock(), writes=writes)


def _timeline_key(event: Event, telling: Telling) -> Key:
    owner = record_key(telling.customer) if telling.customer else telling.record
    return keys.timeline(owner, event.at or event.received_at, event.key)


def _archive(hub: Hub, texts: Sequence[str]) -> str:
    """Put the raw events of this invocation into one object, which a repeat writes again."""
    text = "\n".join(texts)
    name = f"raw/{times.from_epoch(hub.clock())[:10]}/{digest(text)}.jsonl"
    hub.archive.put(name, text)
    return name


def _name(event: Event) -> str:
    return event.mark
