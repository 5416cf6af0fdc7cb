"""What an account allows, shared by all Lambdas: one item of numbers for it, one conditional write per call.

Each rate is a number there (GCRA's theoretical arrival time), a block another; calls in flight are a set of
leases that end by themselves, so that a crash gives its place back; the breaker's numbers lie beside them.
The write that takes a token of each limit asks all of these at once.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from hub import breaker, keys
from hub.connector.duration import Demand, Limit
from hub.connector.exchange import Left
from hub.errors import RetryError
from hub.messages import BACKFILL
from hub.store import Key, Store, Tally
from hub.store.tally import HELD, Numbers

INLINE = 0.3
"""Longest wait in seconds that is slept through; a longer one goes back to the queue."""

LEASE = 30.0
"""Seconds after which a call in flight is taken for lost: longer than connecting and reading may take."""

BUSY = 1.0
"""Seconds after which somebody asks again who found all places in flight taken."""

RESERVED = 0.25
"""The part of a burst that backfill leaves to what happens now."""

SLOW = "slow"
"""The number that says until when an account is taken for slow, so that it may not hold all workers."""

SLOW_SECONDS = 60.0
SLOW_PLACES = 5
"""Calls in flight that a slow account has, of all the workers' 50."""

HAIR = 1e-6
"""Seconds that are no wait: sums of fractions miss the very moment."""

BLOCK = "block"
"""The number that says until when nobody may send."""

UNDERWAY = 7.0
"""Seconds that a delivery waits for the token of a further call: given up, it would begin with the first."""

MOMENT = 10.0
"""Seconds that one who had his turn waits at most without going to the end of the line."""

PACE = 0.97
"""A line moves a little faster than its rate, so that who comes too late leaves no token unused."""

LATELY = 2.0
"""Seconds for which a line counts as such after its last turn, where those who wait go together."""

TRIES = 6


@dataclass(frozen=True, slots=True)
class Ticket:
    """What takes a token, or the seconds to wait for one and the reason."""

    tally: Tally
    wait: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A call may be made: the numbers of its account as they are known, its place in flight ("" for none)."""

    numbers: Numbers = field(default_factory=dict)
    lease: str = ""


def acquire(
    store: Store,
    account: str,
    limits: "Iterable[Limit] | Demand",
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    *,
    lane: str = "",
    lease: str = "",
    numbers: Numbers | None = None,
    patience: float = 0.0,
) -> Grant:
    """Take what a call needs. Raises RetryError(reason, seconds) where that would take more than 0.3 s.

    `lease`: a name for its place in flight, needed where calls in flight are limited. `numbers`: what is
    known of the account's item; what is not known costs a second write. `patience`: seconds up to which a
    token that is still to come is taken before its time and waited for.
    """
    demand = limits if isinstance(limits, Demand) else Demand(tuple(limits))
    known = numbers or {}
    slept = False
    for _ in range(TRIES):
        wanted = ticket(account, demand, known, clock(), lane=lane, lease=lease)
        if 0 < wanted.wait <= INLINE and not slept:
            slept = True
            sleep(wanted.wait)
            wanted = ticket(account, demand, known, clock(), lane=lane, lease=lease)
        ahead = wanted.wait if wanted.reason == "rate-limit" and wanted.wait <= patience else 0.0
        if ahead:
            wanted = ticket(account, demand, known, clock() + ahead, lane=lane, lease=lease)
        if wanted.wait > 0:
            raise RetryError(wanted.reason, wanted.wait)
        done, known = store.count(wanted.tally)
        if done and not wanted.tally.leave:
            if ahead:
                sleep(ahead)
            return Grant(known, wanted.tally.join)
    raise RetryError("rate-limit", BUSY)


def ticket(
    account: str, demand: Demand, numbers: Numbers, now: float, *, lane: str = "", lease: str = ""
) -> Ticket:
    """The write that takes what a call needs, given what is known of the account's numbers.

    Leases that have ended are given back first, in a write of its own.
    """
    key = keys.limit(account)
    gate = breaker.gate(numbers, now)
    if gate.wait:
        return Ticket(Tally(key), gate.wait, "breaker-open")
    held = numbers.get(HELD, ())
    ended = tuple(member for member in held if _ends(member) <= now)
    if ended:
        return Ticket(Tally(key, leave=ended))
    places = _places(demand, numbers, now)
    if places is not None and len(held) >= places:
        return Ticket(Tally(key), BUSY, "in-flight")
    tally = _Taking(key, numbers, now, gate)
    waits = [tally.take(limit, demand.tokens(limit), lane) for limit in demand.limits]
    wait = max([numbers.get(BLOCK, 0.0) - now, 0.0, *waits])
    join = f"{now + LEASE!r}|{lease}" if places is not None else ""
    return Ticket(tally.made(join, places or 0), wait, "rate-limit")


def release(store: Store, account: str, lease: str) -> None:
    """Give a place in flight back; where that fails it ends by itself."""
    if lease:
        try:
            store.count(Tally(keys.limit(account), leave=(lease,)))
        except RetryError:
            return


def block(store: Store, account: str, until: float) -> None:
    """Let nobody send to `account` before `until` (Unix seconds); never shortens a block."""
    store.count(Tally(keys.limit(account), {BLOCK: (0, until)}, put={BLOCK: until}))


def slow(store: Store, account: str, numbers: Numbers, now: float) -> None:
    """Note that a call took long: for a minute few calls to the account are in flight at once."""
    if numbers.get(SLOW, 0.0) < now + SLOW_SECONDS / 2:
        store.count(Tally(keys.limit(account), put={SLOW: now + SLOW_SECONDS}))


def correct(store: Store, account: str, left: Left, demand: Demand, numbers: Numbers, now: float) -> None:
    """Take what the vendor says is left for true where it is less than we think; nothing where it agrees."""
    named = (limit for limit in demand.limits if replace(limit, name=left.limit.name) == left.limit)
    for limit in named:
        if left.tokens >= limit.burst:
            continue
        arrival = now + limit.interval * (limit.burst - max(0.0, left.tokens))
        if left.tokens < 1:
            arrival += max(0.0, (left.after or limit.window) - limit.interval)
        if arrival - numbers.get(limit.name, 0.0) > limit.interval * max(1.0, limit.burst / 10):
            store.count(Tally(keys.limit(account), {limit.name: (0, arrival)}, put={limit.name: arrival}))


def in_line(numbers: Numbers, now: float, lane: str, *, together: bool = False) -> bool:
    """Whether others of this lane have been given a turn that is still to come.

    `together`: who waits goes in one call with others. Of the backfill nobody then takes a token for himself
    while others were in line a moment ago.
    """
    ahead = -LATELY if together and lane == BACKFILL else INLINE
    return bool(numbers.get(_line(lane), 0.0) > now + ahead)


def turn(
    store: Store,
    account: str,
    demand: Demand,
    now: float,
    wait: float,
    *,
    lane: str = "",
    share: float = 1.0,
) -> float:
    """The time at which it is this one's turn: at the end of its lane's line, which moves at the rate.

    `wait`: seconds before which nobody's turn is. `share`: of a call, where it goes with others.
    """
    name, key, first = _line(lane), keys.limit(account), now + wait
    step = max((limit.interval * demand.tokens(limit) for limit in demand.limits), default=0.0)
    step = PACE * max(step, BUSY / 4 / demand.at_once) if demand.at_once else PACE * step
    step *= share
    numbers: Numbers = {}
    for _ in range(TRIES):
        if numbers.get(name, 0.0) <= first:
            tally = Tally(key, {name: (0, first)}, put={name: first + step})
        else:
            tally = Tally(key, {name: (first, math.inf)}, add={name: step})
        done, numbers = store.count(tally)
        if done:
            return float(numbers[name]) - step
    return first


def _line(lane: str) -> str:
    return f"line {lane}".strip()


def _places(demand: Demand, numbers: Numbers, now: float) -> int | None:
    """How many calls may be in flight, None when that is not limited."""
    if numbers.get(SLOW, 0.0) > now:
        return min(SLOW_PLACES, demand.at_once or SLOW_PLACES)
    return demand.at_once


class _Taking:
    """One write that is put together limit by limit."""

    def __init__(self, key: Key, numbers: Numbers, now: float, gate: breaker.Gate) -> None:
        self.key = key
        self.numbers = numbers
        self.now = now
        self.within = {BLOCK: (0.0, now), **gate.within}
        if numbers.get(SLOW, 0.0) <= now:
            self.within[SLOW] = (0.0, now)
        self.put = dict(gate.put)
        self.add = dict(gate.add)

    def take(self, limit: Limit, tokens: float, lane: str) -> float:
        """Add a limit: the seconds to wait for it. An idle one begins anew now, a busy one grows."""
        arrival, step = self.numbers.get(limit.name, 0.0), limit.interval * tokens
        usable = max(tokens, limit.burst * (1 - RESERVED)) if lane == BACKFILL else limit.burst
        room = self.now + limit.interval * (usable - tokens)
        wait: float = arrival - room
        if wait <= HAIR:
            room, wait = max(room, arrival), 0.0
        if arrival < self.now:
            self.within[limit.name] = (0.0, self.now)
            self.put[limit.name] = self.now + step
        else:
            self.within[limit.name] = (self.now, room)
            self.add[limit.name] = step
        return wait

    def made(self, join: str, room: int) -> Tally:
        """The write."""
        return Tally(self.key, self.within, self.put, self.add, join, room)


def _ends(member: Any) -> float:
    return float(str(member).partition("|")[0])
