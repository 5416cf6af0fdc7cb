"""load: files that others left in the drop, line by line down the path of an import.

What lies under `drop/` is to be done. A file that is done is removed and its report stays; one that cannot be
read stays with a report that says why, and is tried again until it goes or can be read. One load works at a
time; whatever stops it, the next one goes on behind the last rows that are on the queue.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from hub import identity, keys
from hub.drop import REPORTS, WAITING, Left, OtherFileError, opened
from hub.errors import RetryError
from hub.messages import UNREAD, Event, digest, dumps
from hub.pipeline import Hub
from hub.pipeline.importing import ImportRefused, forward, source_of
from hub.pipeline.poll.backfill import rejected
from hub.pipeline.poll.source import Source, event_of
from hub.pipeline.poll.turn import DEPTH
from hub.reprs import discreet
from hub.rows import Row, RowsError, rows
from hub.store import Conflict, Item, Put
from hub.times import from_epoch, to_epoch

BATCH = 200
BATCH_BYTES = 400_000
"""Rows, and bytes of them, between two notes of how far a file is."""

AT_ONCE = 20
"""Files that take turns, one of each resource: a large one holds up no small one of another."""

WAIT = 2.0
"""Seconds until it is asked again whether live events still wait."""

LEASE = 60.0
"""Seconds by which a load may end later than it means to."""

SHOWN = 100
"""Lines that a report names."""

GARBLED = 100
"""Lines that are no rows from which on they may not be the most: then it is no file of rows at all."""

KEPT_DAYS = 40

DONE, REFUSED, RUNNING, BUSY = "done", "refused", "running", "busy"

_NAME = re.compile(WAITING + r"(?P<account>[^/]+)/(?P<resource>[^/]+)/.+\.(?P<form>csv|jsonl)", re.DOTALL)
_DRY = identity.peppers([{"1": "dry"}])
"""A pepper for tellings that are never told: load may not read the stack's."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: `state` done, refused, running (it goes on) or busy. Safe to log.

    `id`: a digest that stands for its name; `unreadable`: lines that are no rows; `refused`: rows that the
    mapping does not take, both of them parked.
    """

    id: str
    state: str
    reason: str = ""
    account: str = ""
    resource: str = ""
    rows: int = 0
    sent: int = 0
    unreadable: int = 0
    refused: int = 0


def load(hub: Hub, seconds: float) -> list[Loaded]:
    """Take up what lies in the drop, for so long; what became of each file. Nothing where another load is
    at work.
    """
    until = hub.clock() + seconds
    lease = _leased(hub, until + LEASE)
    if lease is None:
        return []
    try:
        return _worked(hub, until)
    finally:
        _put(hub, replace(lease, data={"until": from_epoch(hub.clock())}))


def _worked(hub: Hub, until: float) -> list[Loaded]:
    """Files in the order in which they came, those of one resource one after the other."""
    told: dict[Left, Loaded] = {}
    while fresh := [one for one in _waiting(hub) if one.left not in told]:
        turns, later = _first(fresh)
        while turns:
            if hub.clock() >= until:
                return [*told.values(), *(turn.told(RUNNING) for turn in turns)]
            ended = {turn.left: loaded for turn in turns if (loaded := turn.step())}
            told |= ended
            going = [turn for turn in turns if turn.left not in ended]
            more, later = _first(later, {turn.queue for turn in going}, AT_ONCE - len(going))
            turns = [*going, *more]
    return list(told.values())


def _waiting(hub: Hub) -> "list[_Turn]":
    files = sorted(hub.drop.files(), key=lambda left: (left.at, left.name))
    return [_Turn(hub, left) for left in files]


def _first(
    waiting: "list[_Turn]", busy: set[str] | None = None, room: int = AT_ONCE
) -> "tuple[list[_Turn], list[_Turn]]":
    """The first file of each resource of which none is at work, and those that wait behind."""
    taken: dict[str, _Turn] = {}
    later = []
    for turn in waiting:
        if turn.queue in taken or turn.queue in (busy or ()) or len(taken) >= room:
            later.append(turn)
        else:
            taken[turn.queue] = turn
    return list(taken.values()), later


def _leased(hub: Hub, until: float) -> Item | None:
    """The right to load, None while another has it."""
    held = hub.store.read([keys.LOADING]).get(keys.LOADING, Item(keys.LOADING, "lease"))
    if held.data and to_epoch(held.data["until"]) > hub.clock():
        return None
    return _put(hub, replace(held, data={"until": from_epoch(until)}))


def _put(hub: Hub, item: Item) -> Item | None:
    """The item as it is written now, None where somebody else wrote it."""
    try:
        hub.store.commit([Put(item)])
    except Conflict:
        return None
    return replace(item, version=item.version + 1)


@discreet()
@dataclass(slots=True)
class _Batch:
    """Rows on their way: events of them, lines that are none, and what the mapping refuses."""

    events: list[Event] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    size: int = 0
    place: tuple[int, int] | None = None
    over: bool = False
    broken: RowsError | None = None

    @property
    def full(self) -> bool:
        """Whether it has to be sent."""
        return len(self.events) >= BATCH or self.size >= BATCH_BYTES


@discreet()
class _Turn:
    """A file on its way, a batch at a time."""

    def __init__(self, hub: Hub, left: Left) -> None:
        self.hub, self.left = hub, left
        self.name = _NAME.fullmatch(left.name)
        self.queue = f"{self.name['account']}/{self.name['resource']}" if self.name else left.name

    def step(self) -> Loaded | None:
        """Send one batch; what became of the file where that was the last of it."""
        try:
            why = self._advance()
            return self._ended(REFUSED, why) if why else self._ended(DONE) if self._is_done else None
        except ImportRefused as error:
            return self._ended(REFUSED, str(error))
        except (Conflict, OtherFileError):
            return self.told(BUSY)
        except RetryError as error:
            return replace(self.told(BUSY), reason=error.reason)

    def told(self, state: str) -> Loaded:
        """What became of it."""
        data = self._item.data
        known = self.name.groupdict() if self.name else {}
        return Loaded(
            id=digest(self.left.name)[:16],
            state=state,
            reason=data["reason"],
            account=known.get("account", ""),
            resource=known.get("resource", ""),
            rows=data["rows"],
            sent=data["sent"],
            unreadable=data["unreadable"]["count"],
            refused=sum(one["count"] for one in data["refused"]),
        )

    @property
    def _is_done(self) -> bool:
        return bool(self._item.data["state"] == DONE)

    def _advance(self) -> str:
        """Send one batch, unless all of it is done: why it goes no further, "" where it does.

        Raises ImportRefused, Conflict, OtherFileError, RetryError.
        """
        data, source = self._item.data, self._source
        if self._is_done:  # and was not removed
            return ""
        if data["unreadable"]["count"] > max(GARBLED, data["rows"]):
            return "most lines are no rows: as many cells as columns, or objects of JSON"
        if self.hub.inbound.depth() >= DEPTH:
            self.hub.sleep(WAIT)
            return ""
        batch = self._batch(source)
        self._send(batch)
        return str(batch.broken or "")

    @cached_property
    def _source(self) -> Source:
        if self.name is None:
            raise ImportRefused(f"a name is {WAITING}<connector>.<account>/<resource>/<name>.csv or .jsonl")
        return source_of(self.hub, self.name["account"], self.name["resource"])

    @cached_property
    def _item(self) -> Item:
        """How far it is; of another file of this name nothing is left."""
        key = keys.dropped(self.left.name)
        held = self.hub.store.read([key]).get(key, Item(key, "dropped"))
        mine = [self.left.mark, self.left.at]
        return held if held.data.get("file") == mine else replace(held, data=_new(mine, self._now))

    @cached_property
    def _rows(self) -> Iterator[Row]:
        assert self.name is not None
        data = self._item.data
        file = opened(self.hub.drop, self.left)
        return rows(file, form=self.name["form"], at=(data["offset"], data["line"]))

    @property
    def _now(self) -> str:
        return from_epoch(self.hub.clock())

    def _batch(self, source: Source) -> _Batch:
        batch = _Batch()
        try:
            while not batch.full:
                row = next(self._rows)
                batch.place = (row.end, row.line)
                batch.lines.append(row.line)
                batch.events.append(self._event(source, row))
                batch.size += len(batch.events[-1].text)
        except StopIteration:
            batch.over = True
        except RowsError as error:
            batch.broken = error
        return batch

    def _event(self, source: Source, row: Row) -> Event:
        """A row as an import tells it; of a line that is none its text, which unify parks."""
        if row.record is not None:
            return event_of(source, row.record, self.left.at, "import")
        return Event(
            connector=source.connector.name,
            account=source.account.key,
            resource=source.resource.name,
            topic=f"{UNREAD}{source.resource.name}",
            id="",
            event_id=(digest(row.text),),
            received_at=self.left.at,
            record={"file": self.left.name, "line": row.line, "text": row.text},
            via="import",
        )

    def _send(self, batch: _Batch) -> None:
        """First the queue, then the note: what a crash in between sends again is known by its keys."""
        sent = forward(self.hub, batch.events)
        data = self._item.data
        found, told = data["refused"], []
        for line, event in zip(batch.lines, batch.events, strict=True):
            if event.topic.startswith(UNREAD):
                told.append(line)
            else:
                found = rejected(self.hub, [event], line, found, _DRY)
        offset, line = batch.place or (data["offset"], data["line"])
        lines = data["unreadable"]
        self._keep(
            state=DONE if batch.over else RUNNING,
            offset=offset,
            line=line,
            rows=data["rows"] + len(batch.events) - len(told),
            sent=data["sent"] + sent,
            unreadable={"count": lines["count"] + len(told), "lines": [*lines["lines"], *told][:SHOWN]},
            refused=found,
            reason="",
        )

    def _keep(self, **data: Any) -> None:
        """Note how far it is. Raises Conflict where somebody else did."""
        until = int(self.hub.clock()) + KEPT_DAYS * 86_400
        item = replace(self._item, data={**self._item.data, **data, "at": self._now}, ttl=until)
        self.hub.store.commit([Put(item)])
        self._item = replace(item, version=item.version + 1)

    def _ended(self, state: str, reason: str = "") -> Loaded:
        """Say what became of it where that is news, and remove what is done."""
        data = self._item.data
        if state == REFUSED and (data["state"], data["reason"]) == (state, reason):
            return self.told(state)
        if state == REFUSED:
            self._keep(state=state, reason=reason)
        name = f"{REPORTS}{self.left.name.removeprefix(WAITING)}.report.json"
        self.hub.drop.report(name, dumps(_report(self.left, self._item.data)))
        if state == DONE:
            self.hub.drop.remove(self.left)
        return self.told(state)


def _new(file: list[str], now: str) -> dict[str, Any]:
    return {
        "file": file,
        "state": RUNNING,
        "reason": "",
        "started": now,
        "at": now,
        "offset": 0,
        "line": 0,
        "rows": 0,
        "sent": 0,
        "unreadable": {"count": 0, "lines": []},
        "refused": [],
    }


def _report(left: Left, data: dict[str, Any]) -> dict[str, Any]:
    """What whoever left the file is told: counts and line numbers, no values."""
    refused = [{**one, "lines": one["rows"]} for one in data["refused"]]
    for one in refused:
        del one["rows"]
    return {
        "file": left.name,
        "size": left.size,
        "state": data["state"],
        "reason": data["reason"],
        "started": data["started"],
        "ended": data["at"],
        "lines": data["line"],
        "rows": data["rows"],
        "sent": data["sent"],
        "known": data["rows"] + data["unreadable"]["count"] - data["sent"],
        "unreadable": data["unreadable"],
        "refused": refused,
    }
