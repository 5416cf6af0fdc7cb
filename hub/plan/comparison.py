"""Recorded events through two catalogues: only what their differing files can touch is run twice."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from hub.catalog import Catalog
from hub.errors import RecordError
from hub.messages import Event
from hub.plan.causes import Causes
from hub.plan.differences import Change, Names, Replay
from hub.plan.edits import Edit
from hub.plan.masks import name_of
from hub.plan.reading import Part, Reader, Rejection, UnansweredError
from hub.plan.recordings import Answers, Recorded, Recordings
from hub.plan.records import Pair, personal_values

Events = list[Event] | Rejection
Parts = list[Part] | Rejection

TOLD = ("id", "deleted", "at", "event_id", "topic", "account")
"""What the connector, not a mapping, reads of an event."""

NAMING = ("id", "event_id")
"""Of these, what could be somebody's address."""


class Comparison:
    """Two catalogues beside each other. `edits`: what differs in their files."""

    def __init__(self, before: Catalog, after: Catalog, edits: Sequence[Edit], answers: Answers) -> None:
        self.before = Reader(before, answers)
        self.after = Reader(after, answers)
        self.causes = Causes(edits, (before, after))

    def replay(self, recordings: Recordings, progress: Callable[[], None]) -> Replay:
        """Each event through both; then the recorded answers that none fetched, as polled."""
        replay = Replay()
        answering = {connector for connector, _, _ in recordings.answers}
        for recorded in recordings.events:
            replay.recorded[recorded.label] = recorded
            if recorded.connector in answering or self.causes.touch(recorded.connector):
                self._compare(replay, recorded)
            progress()
        for polled in list(self._unfetched(replay, recordings.answers)):
            replay.recorded[polled.label] = polled
            self._compare(replay, polled)
        return replay

    def read(self, replay: Replay, labels: Sequence[str]) -> list[list[tuple[str, Event]]]:
        """The events of these labels with their labels, as each side reads them."""
        sides = ((self.before, replay.before), (self.after, replay.after))
        return [[*_labelled(reader, known, replay, labels)] for reader, known in sides]

    def _compare(self, replay: Replay, recorded: Recorded) -> None:
        try:
            before = _events(self.before, recorded)
            otherwise = self.causes.of_connector(recorded.connector)
            after = _events(self.after, recorded) if otherwise else before
        except UnansweredError:
            replay.unanswered.append(recorded.label)
            return
        replay.before[recorded.label] = before if isinstance(before, list) else []
        replay.after[recorded.label] = after if isinstance(after, list) else []
        if self.causes.touch(recorded.connector):
            changes = list(self._changes(replay, recorded, before, after))
            replay.changes += changes
            replay.touched |= {change.event for change in changes}

    def _unfetched(self, replay: Replay, answers: Answers) -> Iterator[Recorded]:
        events = (
            event for sides in (replay.before, replay.after) for some in sides.values() for event in some
        )
        fetched = {(event.connector, event.resource, event.id) for event in events}
        for key in sorted(answers.keys() - fetched):
            if polled := self.after.polled(*key) or self.before.polled(*key):
                yield polled

    def _changes(self, replay: Replay, recorded: Recorded, before: Events, after: Events) -> Iterator[Change]:
        if isinstance(before, Rejection) or isinstance(after, Rejection):
            yield from self._rejected(recorded.label, recorded.connector, before, after)
            return
        for old, new in _paired(before, after):
            if old is None or new is None:
                said = ("not read", "read") if old is None else ("read", "not read")
                yield self._of_event(recorded.label, old or new, ("read",), *said)
            else:
                yield from self._said(replay, recorded.label, old, new)

    def _said(self, replay: Replay, label: str, old: Event, new: Event) -> Iterator[Change]:
        before = _parts(self.before, old)
        known = before if isinstance(before, list) and old is new else []
        after = _parts(self.after, new, known, self.causes.untouched)
        told = list(personal_values([*_listed(before), *_listed(after)])) if old is not new else []
        for name in TOLD:
            was, now = getattr(old, name), getattr(new, name)
            if was != now:
                yield self._of_event(label, new, (name,), was, now, told)
        if isinstance(before, Rejection) or isinstance(after, Rejection):
            yield from self._rejected(label, f"{new.connector}.{new.resource}", before, after)
            return
        yield from self._mapped(replay, label, new.source, before, after)

    def _mapped(
        self, replay: Replay, label: str, source: str, before: list[Part], after: list[Part]
    ) -> Iterator[Change]:
        olds, news = ({part.mapping.name: part for part in parts} for parts in (before, after))
        for name in sorted(olds.keys() | news.keys()):
            replay.records[name] += 1
            old, new = olds.get(name), news.get(name)
            if old is not new:
                yield from Pair(self.causes, label, source, old, new).changes()

    def _of_event(
        self, label: str, event: Event | None, names: Names, was: Any, now: Any, told: Sequence[Any] = ()
    ) -> Change:
        assert event is not None
        named = names[0] in NAMING
        masked = named and any(name_of(str(one), told) != str(one) for one in (was, now))
        subject = f"{event.connector}.{event.resource}"
        because = self.causes.of_connector(event.connector)
        if names == ("read",):
            because += self.causes.of_mapping(subject)
        return Change("event", label, event.resource, subject, names, was, now, masked, because=because)

    def _rejected(self, label: str, subject: str, before: Any, after: Any) -> Iterator[Change]:
        was, now = (side if isinstance(side, Rejection) else None for side in (before, after))
        decided = now or was
        if decided is None or (was and was.reason) == (now and now.reason):
            return
        because = self.causes.at(decided.place) or self.causes.of_resource(subject)
        said, says = (side.text if side else "accepted" for side in (was, now))
        yield Change("rejection", label, "", subject, (), said, says, because=because)


def _labelled(
    reader: Reader, known: dict[str, list[Event]], replay: Replay, labels: Sequence[str]
) -> Iterator[tuple[str, Event]]:
    for label in labels:
        if label not in known:
            with suppress(UnansweredError, RecordError):
                known[label] = reader.events(replay.recorded[label])
        yield from ((label, event) for event in known.get(label, ()))


def _events(reader: Reader, recorded: Recorded) -> Events:
    try:
        return reader.events(recorded)
    except RecordError as error:
        return Rejection(error.reason, error.place)


def _parts(
    reader: Reader, event: Event, known: Sequence[Part] = (), same: frozenset[str] = frozenset()
) -> Parts:
    try:
        return reader.parts(event, known, same)
    except RecordError as error:
        return Rejection(error.reason, error.place)


def _listed(parts: Parts) -> list[Part]:
    return parts if isinstance(parts, list) else []


def _paired(before: Sequence[Event], after: Sequence[Event]) -> Iterator[tuple[Event | None, Event | None]]:
    """The events of one webhook on both sides: of one resource, in the order of the webhook."""
    olds, news = _numbered(before), _numbered(after)
    for key in [*olds, *(key for key in news if key not in olds)]:
        yield olds.get(key), news.get(key)


def _numbered(events: Iterable[Event]) -> dict[tuple[str, int], Event]:
    seen: Counter[str] = Counter()
    found = {}
    for event in events:
        found[event.resource, seen[event.resource]] = event
        seen[event.resource] += 1
    return found
