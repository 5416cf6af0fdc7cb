"""One source's turn: a page at a time, each on the queue and noted before the next is asked for.

A crash between the two asks for the page again: its rows have the same dedupe keys.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from hub.errors import PauseError, RecordError, RetryError
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.poll import walk
from hub.pipeline.poll.known import news
from hub.pipeline.poll.source import Page, Source, ask
from hub.pipeline.receive import enqueue
from hub.pipeline.sources.tally import CHECKED
from hub.reprs import discreet
from hub.store import Conflict, Item, Put
from hub.times import from_epoch, time_zone, to_epoch

FIRST_SECONDS = 86_400.0
"""How far back the first poll of an account looks; older records come by an import."""

NIGHT_SECONDS = 3 * 86_400.0
"""How far back it looks once a day: for rows that were committed later than the overlap, and weekends."""

NIGHT_HOUR = 3
"""From this hour of the account's day on."""

RECONCILE_SECONDS = 900.0
"""How often a source is asked whose webhooks tell of the same."""

GRACE_SECONDS = 120.0
"""A webhook may be this late before it counts as missed."""

OLD_SECONDS = 86_400.0
"""What changed longer ago is no live traffic."""

LIMITS = frozenset({"rate-limit", "in-flight", "status-429"})
"""Reasons that are over by themselves; any other trouble is told, and tried again by the next run."""

WAITED = 5.0
"""Seconds that a run waits for a source whose limit is spent."""

DEPTH = 2_000
"""Messages on the inbound queue beyond which a backfill waits, so that live events do not queue behind it."""


@discreet("account", "resource")
@dataclass(frozen=True, slots=True)
class Polled:
    """What one account's resource gave: rows, how many were news, the error that ended it ("" for none)."""

    account: str
    resource: str
    records: int = 0
    error: str = ""
    sent: int = 0


@discreet("source")
@dataclass(slots=True)
class Turn:
    """The poll of one source. `ready`: Unix seconds before which it cannot go on; `done`: it has ended."""

    hub: Hub
    source: Source
    item: Item
    pages: int
    ready: float = 0.0
    done: bool = False
    polled: Polled = field(init=False)

    def __post_init__(self) -> None:
        self.polled = Polled(self.source.account.name, self.source.resource.name)

    @property
    def state(self) -> walk.State:
        """How far it has come."""
        return self.item.data

    @property
    def due(self) -> bool:
        """Whether it is time to ask."""
        return str(self.state.get("next") or "") <= self._now

    @property
    def backfill(self) -> bool:
        """Whether what it finds is history: it never asked before."""
        return "since" not in self.state or bool(self.state.get("first"))

    def step(self) -> None:
        """One page; what troubles this source ends its turn."""
        try:
            self._page()
        except Conflict:
            self._end("polled-elsewhere")
        except RecordError as error:
            self._trouble(
                error.reason, walk.restarted(self.state) if walk.walking(self.state) else self.state
            )
        except RetryError as error:
            self._wait(error)
        except PauseError as error:
            self._trouble(error.reason, self.state)

    def _page(self) -> None:
        if self.backfill and self._queue_is_full():
            return
        state = self.state if walk.walking(self.state) else self._begun()
        page = ask(self.hub, self.source, state, self._via)
        if not state["count"] and page.now:
            state = {**state, "start": min(state["start"], page.now)}
        sent = self._send(page, state)
        state, odd = walk.after(state, self.source.call, page.listed)
        self._turn_over(state, page, odd)
        before = self.polled
        self.polled = replace(before, records=before.records + len(page.events), sent=before.sent + sent)

    def _count(self, page: Page, state: walk.State, until: str) -> None:
        """Count the changes that are compared for the first time: of these the missed ones are a share."""
        if self._reconciles:
            after = max(str(state["since"]), str(state["from"]))
            compared = sum(event.at is not None and after < event.at <= until for event in page.events)
            self.hub.tally.add(self.source.account.name, CHECKED, compared, self.hub.clock())

    def _send(self, page: Page, state: walk.State) -> int:
        until = self._until(page.now) if self._reconciles else "~"
        self._count(page, state, until)
        settled = [event for event in page.events if not event.at or event.at <= until]
        fresh = [self._marked(event) for event in news(self.hub, settled)]
        enqueue(self.hub, fresh)
        return len(fresh)

    def _marked(self, event: Event) -> Event:
        """Older rows of a source that is only asked are no live traffic."""
        old = event.at is not None and event.at < self._ago(OLD_SECONDS)
        return replace(event, via="import") if old and not self.source.told else event

    def _turn_over(self, state: walk.State, page: Page, odd: str) -> None:
        self.pages -= 1
        if walk.over(state):
            self._save(self._ended(state, self._until(page.now), odd))
            self._end(odd)
            return
        self._save({**state, "asked": self._now, "error": odd, "next": ""})
        self.done = self.pages <= 0

    def _begun(self) -> walk.State:
        first = {"since": self._ago(FIRST_SECONDS), "first": True}
        state = self.state if "since" in self.state else first
        today, hour = self._local()
        night, since = str(state.get("night") or today), str(state["since"])
        if night < today and hour >= NIGHT_HOUR:
            since, night = min(since, self._ago(NIGHT_SECONDS)), today
        overlap = max(self.source.call.overlap, 2 * GRACE_SECONDS if self._reconciles else 0.0)
        back = from_epoch(to_epoch(since) - overlap)
        return walk.begun({**state, "night": night}, self.source.call, self._now, back)

    def _ended(self, state: walk.State, until: str, odd: str) -> walk.State:
        rest = walk.ended(state, until)
        rest.pop("first", None)
        wait = RECONCILE_SECONDS - 30 if self.source.told else 0.0
        next = from_epoch(self.hub.clock() + wait) if wait else ""
        return {**rest, "asked": self._now, "error": odd, "next": next}

    @property
    def _reconciles(self) -> bool:
        return self.source.told and not self.backfill

    @property
    def _via(self) -> str:
        if self.backfill:
            return "import"
        return "reconcile" if self.source.told else "poll"

    def _until(self, vendor: str) -> str:
        """The newest version that is looked at: a webhook that is under way is not asked for."""
        now = min(self._now, vendor) if vendor else self._now
        return from_epoch(to_epoch(now) - GRACE_SECONDS) if self._reconciles else self._now

    def _wait(self, error: RetryError) -> None:
        """Wait for a limit that is nearly free again; else leave the source alone as long as it asks for."""
        if error.reason in LIMITS and 0 < error.after <= WAITED:
            self.ready = self.hub.clock() + error.after
            return
        until = from_epoch(self.hub.clock() + error.after) if error.after else ""
        self._trouble(error.reason, self.state, until)

    def _queue_is_full(self) -> bool:
        full = self.hub.inbound.depth() >= DEPTH
        if full:
            self.ready = self.hub.clock() + WAITED
        return full

    def _trouble(self, reason: str, state: walk.State, until: str = "") -> None:
        self._end(reason)
        try:
            self._save({**state, "asked": self._now, "error": reason, "next": until})
        except Conflict:
            return

    def _end(self, error: str) -> None:
        self.done = True
        self.polled = replace(self.polled, error=error)

    def _save(self, state: walk.State) -> None:
        self._put(state)

    def _put(self, data: dict[str, Any]) -> None:
        saved = replace(self.item, data=data)
        self.hub.store.commit([Put(saved)])
        self.item = replace(saved, version=saved.version + 1)

    @property
    def _now(self) -> str:
        return from_epoch(self.hub.clock())

    def _ago(self, seconds: float) -> str:
        return from_epoch(self.hub.clock() - seconds)

    def _local(self) -> tuple[str, int]:
        """The day and the hour where the account is."""
        import datetime as dt

        zone: Any = time_zone(self.source.account.time_zone)
        moment = dt.datetime.fromtimestamp(self.hub.clock(), zone)
        return moment.date().isoformat(), moment.hour
