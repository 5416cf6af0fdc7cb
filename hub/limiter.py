"""Rate limits of destinations, shared by all Lambdas: one GCRA item per account and limit."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hub import keys
from hub.errors import RetryError
from hub.store import Store

if TYPE_CHECKING:
    from hub.connector import Limit

INLINE = 0.3
"""Longest wait in seconds that is slept through; a longer one goes back to the queue."""


def acquire(
    store: Store,
    account: str,
    limits: "Iterable[Limit]",
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """Take one token of each limit of `account`. Raises RetryError("rate-limit", seconds) over 0.3 s."""
    for limit in limits:
        wait = _take(store, account, limit, clock())
        if 0 < wait <= INLINE:
            sleep(wait)
            wait = _take(store, account, limit, clock())
        if wait > 0:
            raise RetryError("rate-limit", wait)


def block(store: Store, account: str, limits: "Iterable[Limit]", until: float) -> None:
    """Let nobody send to `account` before `until` (Unix seconds): what a Retry-After asks for."""
    for limit in limits:
        store.block(keys.limit(account, limit.name), until)


def _take(store: Store, account: str, limit: "Limit", now: float) -> float:
    key = keys.limit(account, limit.name)
    return store.take(key, now, interval=limit.interval, burst=limit.burst)
