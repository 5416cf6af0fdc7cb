from dataclasses import dataclass

import pytest

from hub.errors import RetryError
from hub.limiter import INLINE, acquire, block
from hub.store.memory import MemoryStore


@dataclass(frozen=True)
class Limit:
    name: str = "10 per 1s"
    interval: float = 0.1
    burst: float = 10.0


class Watch:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_calls_within_the_burst_do_not_wait():
    watch = Watch()
    store = MemoryStore(watch)
    for _ in range(10):
        acquire(store, "hubspot.main", [Limit()], watch, watch.sleep)
    assert watch.slept == []


def test_a_short_wait_is_slept_through():
    watch = Watch()
    store = MemoryStore(watch)
    for _ in range(15):
        acquire(store, "hubspot.main", [Limit()], watch, watch.sleep)
    assert len(watch.slept) == 5
    assert watch.slept[0] == pytest.approx(0.1, abs=0.001)


def test_a_long_wait_goes_back_to_the_queue_with_its_seconds():
    watch = Watch()
    store = MemoryStore(watch)
    slow = Limit(interval=5.0, burst=1.0)
    acquire(store, "odoo.main", [slow], watch, watch.sleep)
    with pytest.raises(RetryError) as error:
        acquire(store, "odoo.main", [slow], watch, watch.sleep)
    assert error.value.after == pytest.approx(5.0)
    assert watch.slept == []


def test_no_window_sees_more_than_rate_and_burst():
    watch = Watch()
    store = MemoryStore(watch)
    taken = []
    while watch.now < 1_795_000_003.0:
        acquire(store, "hubspot.main", [Limit()], watch, watch.sleep)
        taken.append(watch.now)
    worst = max(sum(start <= at < start + 1 for at in taken) for start in taken)
    assert worst <= 20


def test_accounts_do_not_share_a_limit_but_all_limits_of_one_hold():
    watch = Watch()
    store = MemoryStore(watch)
    both = [Limit("burst", 0.1, 10.0), Limit("minute", 60.0, 1.0)]
    acquire(store, "klaviyo.main", both, watch, watch.sleep)
    acquire(store, "klaviyo.other", both, watch, watch.sleep)
    with pytest.raises(RetryError):
        acquire(store, "klaviyo.main", both, watch, watch.sleep)


def test_a_blocked_account_takes_nothing_until_the_block_ends():
    watch = Watch()
    store = MemoryStore(watch)
    block(store, "hubspot.main", [Limit()], watch.now + 30)
    with pytest.raises(RetryError) as error:
        acquire(store, "hubspot.main", [Limit()], watch, watch.sleep)
    assert error.value.after == pytest.approx(30)
    watch.now += 30
    acquire(store, "hubspot.main", [Limit()], watch, watch.sleep)


def test_somebody_who_took_the_token_while_we_slept_sends_us_back():
    watch = Watch()
    store = MemoryStore(watch)
    narrow = Limit(interval=INLINE, burst=1.0)
    acquire(store, "odoo.main", [narrow], watch, watch.sleep)

    def sleep(seconds: float) -> None:
        watch.sleep(seconds)
        acquire(store, "odoo.main", [narrow], watch, watch.sleep)

    with pytest.raises(RetryError):
        acquire(store, "odoo.main", [narrow], watch, sleep)
