"""Many deliveries in one call. Each is prepared, committed and closed as if it went alone: only the call and
the writes are shared.

Who cannot go with the others (its request cannot be made, it needs another call, another one is of the same
record) is due at once and goes alone: sweep sends it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from hub.connector import Bulk, Entry, HttpResponse, Outcome
from hub.connector.bulk import Stored
from hub.errors import RecordError
from hub.messages import Delivery, Event
from hub.pipeline import Hub
from hub.pipeline.deliver import parking, stored, superseded
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import retire
from hub.pipeline.deliver.crowd import Crowd, Gathered, gathered, room
from hub.pipeline.deliver.introducing import introductions
from hub.pipeline.deliver.state import Ready, close, intent, prepared
from hub.pipeline.deliver.target import Target
from hub.pipeline.receive import enqueue
from hub.reprs import discreet
from hub.store import Key, Store

Result = tuple[Delivery, str]

REFUSED = "refused-in-bulk"
"""Why a delivery comes again in a smaller call: one of those that it went with may be what was refused."""

UNNAMED = "unnamed-in-answer"
"""Why a delivery is in doubt whose call was answered: the answer says nothing of it."""

ALONE = "goes-alone"
"""Why a delivery comes again by itself that could not go with the others."""

MOVED = "skipped:moved"


def deliver_together(hub: Hub, crowd: Crowd) -> list[Result]:
    """Carry out what is still as it was noted: each with its result, as in `deliver`."""
    target = Target.find(hub.catalog, crowd.destination)
    if target is None:
        for member in crowd.members:
            retire(hub, crowd.key(member), "gone")
        return []
    store, mine = gathered(hub, target, crowd)
    work = _Work(hub, target, store)
    ready = work.prepare(Delivery.loads(item.data["message"]) for item in mine)
    for bulk, some in _by_call(hub, target, ready).items():
        work.call(bulk, some)
    store.flush()
    if work.failed:
        raise work.failed[0]
    return work.results


def _by_call(hub: Hub, target: Target, ready: Sequence[Ready]) -> dict[Bulk | None, list[Ready]]:
    """Which of them share a call; under None who goes alone."""
    calls = Calls(hub, target)
    found: dict[Bulk | None, list[Ready]] = {}
    for one in ready:
        call = None if _has_more_to_do(one) else calls.first(one.desire.remote)
        bulk = call.bulk if call is not None and room(call.bulk, one.case.data) > 1 else None
        found.setdefault(bulk, []).append(one)
    return found


def _has_more_to_do(one: Ready) -> bool:
    """Whether other records of its customer there come first."""
    put_away = one.desire.put_away and one.desire.remote is None
    return bool(put_away or superseded.pending(one.case, one.desire))


@discreet()
@dataclass(frozen=True, slots=True)
class _Going:
    """One delivery of a call, and its part of the request."""

    ready: Ready
    entry: Entry


class _Work:
    """A crowd at work. `failed`: what kept single ones from being prepared: they come again."""

    def __init__(self, hub: Hub, target: Target, store: Gathered) -> None:
        self.hub = hub
        self.over = hub.over(cast(Store, store))
        self.target = target
        self.store = store
        self.results: list[Result] = []
        self.failed: list[Exception] = []

    def prepare(self, deliveries: Iterable[Delivery]) -> list[Ready]:
        """Those that have something to write; one whose customers were joined is one."""
        ready: dict[Key, Ready] = {}
        for delivery in deliveries:
            try:
                found = prepared(self.over, self.target, delivery)
            except Exception as error:
                self.failed.append(error)
                continue
            if isinstance(found, str):
                self.results.append((delivery, found))
            else:
                ready.setdefault(found.case.item.key, found)
        return list(ready.values())

    def call(self, bulk: Bulk | None, ready: list[Ready]) -> None:
        """Write these in one call."""
        going, alone = self._entries(bulk, ready) if bulk else ([], ready)
        if len(going) == 1:
            going, alone = [], [*alone, going[0].ready]
        self._alone(alone)
        calls = Calls(self.hub, self.target)
        started = self._started(calls, bulk, going) if bulk and going else []
        if bulk and started:
            self._made(calls, bulk, started)

    def _entries(self, bulk: Bulk, ready: list[Ready]) -> tuple[list[_Going], list[Ready]]:
        """Who goes, one of each record and as many as may; and who goes alone."""
        going: dict[str, _Going] = {}
        alone: list[Ready] = []
        most = min(room(bulk, one.case.data) for one in ready)
        for one in ready:
            try:
                entry = bulk.entry(_scope(one), self.target.account)
            except RecordError:
                alone.append(one)
                continue
            if entry.once in going or len(going) >= most:
                alone.append(one)
            else:
                going[entry.once] = _Going(one, entry)
        return list(going.values()), alone

    def _alone(self, ready: list[Ready]) -> None:
        for one in ready:
            self.results.append((one.case.delivery, parking.park(_fewer(one, 1).case, ALONE, 0.0)))

    def _started(self, calls: Calls, bulk: Bulk, going: list[_Going]) -> list[_Going]:
        """Those whose intent is committed, once the call has its token."""
        try:
            first = going[0].ready.case
            turns = max(one.ready.case.data.get("turn", 0) for one in going)
            calls.admit(bulk, first.delivery.lane, turns)
        except StoppedError as stop:
            for one in going:
                case = one.ready.case
                self._say(one, parking.park(case, stop.outcome.reason, stop.outcome.after))
            return []
        written = [replace(one, ready=_begun(one.ready)) for one in going]
        lost = self.store.flush()
        for one in written:
            if one.ready.case.item.key in lost:
                self._say(one, MOVED)
        started = [one for one in written if one.ready.case.item.key not in lost]
        if not started:
            calls.outlet.drop()
        return started

    def _made(self, calls: Calls, bulk: Bulk, going: list[_Going]) -> None:
        scope = {"entries": [one.entry for one in going], "first": _scope(going[0].ready), "record": None}
        try:
            response: HttpResponse | None = calls.make(bulk, scope)
            stop = None if response is not None else StoppedError(Outcome("missing", reason="missing"))
        except StoppedError as stopped:
            response, stop = None, stopped
        except RecordError as error:
            response, stop = None, StoppedError(Outcome("reject", reason=error.reason))
        for name, *rest in calls.made:
            for one in going:
                one.ready.case.attempt.calls.append([f"{name} of {len(going)}", *rest])
        if stop is not None:
            for one in going:
                self._say(one, _stopped(one.ready, stop, len(going)))
        elif response is not None:
            self._answered(bulk, going, response)
        self.store.flush()

    def _answered(self, bulk: Bulk, going: list[_Going], response: HttpResponse) -> None:
        """Close each by what the answer says of it."""
        told = bulk.told(response)
        events: list[Event] = []
        for one in going:
            name = one.entry.name
            if name in told.written:
                result, news = _written(one.ready, told.written[name])
                events += news
            elif name in told.refused:
                alone = _fewer(one.ready, 1).case
                result = parking.take_back(alone, REFUSED, 0.0)
            else:
                result = parking.settle(_fewer(one.ready, 1).case, Outcome("unknown", reason=UNNAMED))
            self._say(one, result)
        if events:
            enqueue(self.hub, events)

    def _say(self, one: _Going, result: str) -> None:
        self.results.append((one.ready.case.delivery, result))


def _scope(one: Ready) -> dict[str, Any]:
    desire = one.desire
    return {"record": desire.record, "customer": desire.customer, "id": desire.remote, "key": one.key}


def _begun(one: Ready) -> Ready:
    return one.at(one.case.write(**intent(one.case, one.subject, one.desire)))


def _written(one: Ready, done: Stored) -> tuple[str, list[Event]]:
    """The result of one that is there, and what unify is told of it."""
    case, subject, desire = one.case, one.subject, one.desire
    remote = done.id or desire.remote
    told = stored.noted(case, subject.entity, desire, done.record)
    events = introductions(case, subject, desire, remote)
    return close(case, subject, desire.at(remote), "done", told), events


def _stopped(one: Ready, stop: StoppedError, size: int) -> str:
    """What an answer to the whole call means for one: a call that failed comes again as two of half its size,
    so that one record which the vendor cannot take is alone in the end, and the others are done."""
    outcome = stop.outcome
    if stop.throttled:
        return parking.take_back(one.case, outcome.reason, outcome.after)
    if outcome.kind == "pause" or outcome.throttled or outcome.reason == "connection":
        return parking.settle(one.case, outcome)
    half = _fewer(one, size // 2)
    if outcome.kind in ("reject", "missing"):
        return parking.take_back(half.case, REFUSED, 0.0)
    return parking.settle(half.case, outcome)


def _fewer(one: Ready, most: int) -> Ready:
    """The same, which may share a call with so many."""
    item = one.case.item
    return one.at(replace(one.case, item=replace(item, data={**item.data, "most": max(1, most)})))
