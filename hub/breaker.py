"""The circuit breaker of an account: who is down is left alone, and asked now and then whether it is back.

It opens after 5 failures in a row, or where half of at least 20 requests of a minute failed: for 30 s, twice
as long each time it fails again, at most 15 minutes. Then 3 calls may try, of which 2 must succeed.

Its numbers lie in the account's item beside those of its limits, so that the write that takes a token asks
the breaker, too. In calm a success writes nothing: successes are counted only while failures of the last
minute are, and the first one after failures ends their row. Pure: the numbers as they are known in, the
change out.
"""

from dataclasses import dataclass, field

from hub.store import Key, Tally
from hub.store.tally import Numbers

IN_A_ROW = 5
REQUESTS = 20
SHARE = 0.5
WINDOW = 60.0

FIRST_OPEN = 30.0
LONGEST_OPEN = 900.0
PROBES = 3
SUCCESSES = 2

TRIAL = 60.0
"""Seconds that probes have to come back; then their workers are taken for lost, and others may try."""

AGAIN = 5.0
"""Seconds after which somebody asks again while the probes are on their way."""

OPEN = "open"
"""The number that says until when it is open; 0 is closed, a time that is over half-open."""

_CLEAN = dict.fromkeys((OPEN, "level", "probes", "passed", "since", "asked", "failed", "row"), 0.0)


@dataclass(frozen=True, slots=True)
class Gate:
    """What the breaker adds to the write that takes a token; `wait`: seconds in which nobody gets through."""

    wait: float = 0.0
    within: dict[str, tuple[float, float]] = field(default_factory=dict)
    put: dict[str, float] = field(default_factory=dict)
    add: dict[str, float] = field(default_factory=dict)


def gate(numbers: Numbers, now: float) -> Gate:
    """Whether a call may go out, and what has to hold when it does."""
    until = numbers.get(OPEN, 0.0)
    here = {OPEN: (until, until)}
    if until == 0:
        return Gate(within=here)
    if now < until:
        return Gate(wait=until - now)
    if numbers.get("probes", 0.0) < PROBES:
        return Gate(within={**here, "probes": (0, PROBES - 1)}, add={"probes": 1})
    if now < until + TRIAL:
        return Gate(wait=AGAIN)
    return Gate(within=here, put={OPEN: now, "probes": 1, "passed": 0})


def is_open(numbers: Numbers, now: float) -> bool:
    """Whether nobody may call just now."""
    return bool(now < numbers.get(OPEN, 0.0))


def succeeded(key: Key, numbers: Numbers, now: float) -> Tally | None:
    """What a call that the vendor answered changes; nothing in calm."""
    until = numbers.get(OPEN, 0.0)
    if until > now:
        return None
    if until:
        last = numbers.get("passed", 0.0) + 1 >= SUCCESSES
        within = {OPEN: (until, until), "passed": (numbers.get("passed", 0.0),) * 2}
        return Tally(key, within, put=_CLEAN) if last else Tally(key, within, add={"passed": 1})
    if now - numbers.get("since", 0.0) < WINDOW:
        return Tally(key, {OPEN: (0, 0)}, put={"row": 0}, add={"asked": 1})
    return Tally(key, {OPEN: (0, 0)}, put={"row": 0}) if numbers.get("row", 0.0) else None


def failed(key: Key, numbers: Numbers, now: float) -> Tally | None:
    """What a call that failed changes: it opens the breaker again, or is counted."""
    until = numbers.get(OPEN, 0.0)
    if until > now:
        return None
    if until:
        return _opened(key, until, numbers.get("level", 0.0), now)
    since = numbers.get("since", 0.0)
    if now - since >= WINDOW:
        begun = {"since": now, "asked": 1.0, "failed": 1.0}
        return Tally(key, {OPEN: (0, 0), "since": (since, since)}, put=begun, add={"row": 1})
    return Tally(key, {OPEN: (0, 0), "since": (since, since)}, add={"asked": 1, "failed": 1, "row": 1})


def tripped(key: Key, numbers: Numbers, now: float) -> Tally | None:
    """What opens it after a failure was counted; nothing where it was not one too many."""
    if numbers.get(OPEN, 0.0):
        return None
    asked, bad = numbers.get("asked", 0.0), numbers.get("failed", 0.0)
    many = asked >= REQUESTS and bad >= SHARE * asked
    return _opened(key, 0.0, 0.0, now) if many or numbers.get("row", 0.0) >= IN_A_ROW else None


def _opened(key: Key, until: float, level: float, now: float) -> Tally:
    length = min(LONGEST_OPEN, FIRST_OPEN * 2.0**level)
    return Tally(key, {OPEN: (until, until)}, put={**_CLEAN, OPEN: now + length, "level": level + 1})
