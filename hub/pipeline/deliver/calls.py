"""One HTTP call to a destination: a token of its limit, the request, and what the answer means."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, NoReturn

from hub import breaker, credentials, keys, limiter
from hub.connector import CURRENT, Call, HttpRequest, HttpResponse, Outcome
from hub.errors import PauseError, RecordError, RetryError
from hub.pipeline import Hub
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.crowd import room
from hub.pipeline.deliver.parking import DOWN
from hub.pipeline.deliver.target import Target, pause
from hub.pipeline.outlet import Outlet
from hub.reprs import discreet
from hub.store import Conflict, Tally

MANY_LOST = 5
"""Records of ours in a row that an account does not find any more: then a person says whether they were
deleted there, or the key is another account's."""

LOST, WARNED = "lost", "warned"
"""How many there are so far, and whether somebody was asked: numbers of the account's item."""

RECORDS_GONE = "records-gone"
"""Why the account is paused until somebody has looked."""

CROWDED = 0.05
"""Seconds per token of a rate at which a busy account's item is not put into transactions: workers who
meet at one item in transactions refuse each other, plain writes do not."""


class StoppedError(Exception):
    """The delivery cannot go on: `outcome` says why; `throttled`: our own limit, so nothing was sent.

    `writes`: whether this attempt may have written something: without an answer nobody knows, and a 5xx may
    be what a gateway says of it. `remote`: the id that it was at.
    """

    def __init__(self, outcome: Outcome, *, throttled: bool = False) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
        self.throttled = throttled
        refused = throttled or outcome.throttled or outcome.reason == "connection"
        self.writes = outcome.kind in ("retry", "unknown") and not refused
        self.remote: str | None = None


@discreet()
@dataclass(slots=True)
class Calls:
    """The calls of one attempt. `made`: each with its name, the status of its answer (`-`: none) and the
    milliseconds that it took. `admitted`: the call whose token is already taken; `turns`: that it has had;
    `share`: of a token, which it takes where others wait for the same call; `missed`: the id that we knew, at
    which an update found nothing; `gone`: the same once the record was looked for, and is not there either;
    `introduced`: the id of a record that a search found, and of which unify was told whose it is.
    """

    hub: Hub
    target: Target
    made: list[list[Any]] = field(default_factory=list)
    outlet: Outlet = field(init=False)
    admitted: Call | None = None
    turns: int = 0
    share: float = 1.0
    missed: str | None = None
    gone: str | None = None
    introduced: str | None = None
    used: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outlet = Outlet(self.hub, self.target.account_name, self.target.connector)

    def start(self, case: Case, call: Call | None, **intent: Any) -> Case:
        """The case after committing the intent, in one transaction with the token of the first call.

        Raises StoppedError where the account lets nobody through now, RetryError when the state moved.
        """
        self._line_up(case.delivery.lane, case.data.get("turn", 0))
        self.share = 1 / room(call.bulk if call else None, case.data)
        written = self._together(case, call, intent)
        if written is None:
            self._admit(call)
            written = case.write(**intent)
        self.admitted = call
        return written

    def admit(self, call: Call, lane: str, turns: int) -> None:
        """Take the token of a call that is made for many. Raises StoppedError, as `start` does."""
        self._line_up(lane, turns)
        self._admit(call)
        self.admitted = call

    def make(self, call: Call, scope: dict[str, Any]) -> HttpResponse | None:
        """The answer; None when the record is not there. Raises StoppedError, RecordError.

        A refused credential is renewed once, or read again: it may be another one since it was cached.
        A call that names `current` is made with the record as it stands, of which nothing is kept.
        """
        if call.looks and CURRENT not in scope:
            current = self._current(scope["id"])
            return None if current is None else self.make(call, {**scope, CURRENT: current})
        outcome, response = self._once(call, scope)
        if self._doubtful(outcome):
            outcome, response = self._once(call, scope)
        if outcome.kind == "missing":
            return None
        if outcome.kind != "done" or response is None:
            raise StoppedError(outcome)
        return response

    def _current(self, id: str) -> Any:
        """The record of this id as it stands there, None when it is not there."""
        get = self.target.resource.get
        assert get is not None, "hub check knows `current` only where there is a get"
        response = self.make(get, {"id": id})
        return None if response is None else get.record(response)

    def found(self) -> None:
        """Note that an update found its record: the row of lost ones is over."""
        over = {LOST: 0.0, WARNED: 0.0}
        self.outlet.settle(lambda key, known, _: Tally(key, put=over) if known.get(LOST) else None)

    def lost(self, id: str) -> None:
        """Note that an update did not find the record `id`. Raises StoppedError for too many in a row, once:
        who resumes the account says that they are gone."""
        self.missed = id
        self.outlet.settle(lambda key, *_: Tally(key, add={LOST: 1.0}))
        numbers = self.outlet.numbers
        if numbers.get(LOST, 0.0) >= MANY_LOST and not numbers.get(WARNED):
            # Paused before it is noted: who dies in between asks once more, and nothing is believed unasked.
            pause(self.hub, self.outlet.account, RECORDS_GONE)
            self.outlet.settle(lambda key, *_: Tally(key, put={WARNED: 1.0}))
            raise StoppedError(Outcome("pause", reason=RECORDS_GONE))

    def is_now(self, id: str | None) -> None:
        """Note at which id the record is that was looked for, None where at none."""
        self.gone = None if id == self.missed else self.missed

    def first(self, remote: str | None) -> Call | None:
        """The call that writing a record begins with."""
        return self.target.begins(bool(remote))

    def _line_up(self, lane: str, turns: int) -> None:
        """Look at the account's numbers."""
        key = keys.limit(self.outlet.account)
        held = self.hub.store.read([key]).get(key)
        self.outlet.lane, self.turns = lane, turns
        self.outlet.numbers = held.data if held else {}

    def _doubtful(self, outcome: Outcome) -> bool:
        try:
            return credentials.again(self.hub, self.target.account_name, self.used, outcome)
        except RetryError as error:
            raise _unsent(error) from error

    def _together(self, case: Case, call: Call | None, intent: dict[str, Any]) -> Case | None:
        """The case after one transaction of intent and token; None where that takes more than one write."""
        outlet = self.outlet
        demand, lease = self.target.connector.demand(call), outlet.lease()
        numbers, now = outlet.numbers, case.now
        ticket = limiter.ticket(outlet.account, demand, numbers, now, lane=outlet.lane, lease=lease)
        if not self.turns and limiter.in_line(numbers, now, outlet.lane, together=self.share < 1):
            self._stop(call, ticket.reason, ticket.wait)
        busy = any(numbers.get(limit.name, 0.0) > now and limit.interval < CROWDED for limit in demand.limits)
        if ticket.wait or ticket.tally.leave or busy:
            return None
        try:
            written = case.write(**intent, along=[ticket.tally])
        except Conflict:
            return None
        outlet.grant = limiter.Grant(numbers, ticket.tally.join)
        return written

    def _once(self, call: Call, scope: dict[str, Any]) -> tuple[Outcome, HttpResponse | None]:
        if self.admitted is not call:
            self._admit(call)
        self.admitted = None
        try:
            self.used = credentials.current(self.hub, self.target.account_name)
            plain = call.render(scope, self.target.account, self.used)
            request = call.signed(plain, self.target.account, self.used, self.hub.clock())
        except PauseError as error:
            self.outlet.drop()
            return Outcome("pause", reason=error.reason), None
        except RecordError:
            self.outlet.drop()
            raise
        except RetryError as error:
            self.outlet.drop()
            raise _unsent(error) from error
        try:
            outcome, response = self._asked(call, request)
        except RetryError as error:
            # Without a connection nothing was sent; after a timeout nobody knows.
            kind: Literal["retry", "unknown"] = "retry" if error.reason == "connection" else "unknown"
            if kind == "retry":
                self._leave_alone(call)
            raise StoppedError(Outcome(kind, after=error.after, reason=error.reason)) from error
        if outcome.kind == "retry":
            self._leave_alone(call)
        if outcome.kind not in ("done", "missing"):
            said = self.target.connector.refusal(response, scope.get("record"))
            outcome = replace(outcome, said=said)
        return outcome, response

    def _asked(self, call: Call, request: HttpRequest) -> tuple[Outcome, HttpResponse]:
        """The answer and what it means, with the call noted. Raises as the outlet does."""
        note: list[Any] = [call.name, "-", 0]
        self.made.append(note)
        began = self.hub.clock()
        try:
            outcome, response = self.outlet.ask(call, request)
            note[1] = response.status
        finally:
            note[2] = round((self.hub.clock() - began) * 1000)
        return outcome, response

    def _admit(self, call: Call | None) -> None:
        self.outlet.drop()
        try:
            self.outlet.admit(call, patience=limiter.UNDERWAY if self.made else 0.0)
        except RetryError as error:
            self._stop(call, error.reason, error.after)

    def _leave_alone(self, call: Call) -> None:
        """Wait for one's turn where this failure opened the breaker: then it is the account that fails, and
        it costs the record no attempt. Raises StoppedError."""
        until, now = self.outlet.numbers.get(breaker.OPEN, 0.0), self.hub.clock()
        if until > now:
            try:
                self._stop(call, DOWN, until - now)
            except StoppedError as stop:
                stop.writes = True  # it was sent
                raise

    def _stop(self, call: Call | None, reason: str, wait: float) -> NoReturn:
        """Wait for one's turn: at the end of the line, but for who has just had it and need not wait long."""
        outlet, now = self.outlet, self.hub.clock()
        if self.turns != 1 or wait > limiter.MOMENT:
            demand = self.target.connector.demand(call)
            store, lane, share = self.hub.store, outlet.lane, self.share
            wait = limiter.turn(store, outlet.account, demand, now, wait, lane=lane, share=share) - now
        raise StoppedError(Outcome("retry", after=wait, reason=reason), throttled=True)


def _unsent(error: RetryError) -> StoppedError:
    """That a credential cannot be had now."""
    stop = StoppedError(Outcome("retry", after=error.after, reason=error.reason))
    stop.writes = False
    return stop
