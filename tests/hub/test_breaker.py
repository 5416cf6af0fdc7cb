"""The circuit breaker: when it opens, how long, who may try, and what it costs in calm."""

import itertools
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import breaker, keys, limiter
from hub.connector import Demand
from hub.errors import RetryError
from hub.pipeline.outlet import settled
from hub.store.memory import MemoryStore

START = 1_795_000_000.0
NAME = "crm.main"
KEY = keys.limit(NAME)


class Account:
    """An account behind its breaker; `writes` counts what the breaker alone writes."""

    def __init__(self) -> None:
        self.now = START
        self.store = MemoryStore(self.clock)
        self.writes = 0

    def clock(self) -> float:
        return self.now

    @property
    def numbers(self) -> dict:
        found = self.store.read([KEY])
        return found[KEY].data if found else {}

    def admit(self) -> bool:
        """Whether a call may go out now."""
        try:
            limiter.acquire(self.store, NAME, Demand(), self.clock, lambda _: None)
        except RetryError as error:
            assert error.reason == "breaker-open"
            return False
        return True

    def settle(self, change) -> None:
        def counted(numbers):
            tally = change(KEY, numbers, self.now)
            self.writes += tally is not None
            return tally

        settled(self.store, self.numbers, counted)

    def fails(self, times: int = 1) -> None:
        for _ in range(times):
            self.settle(breaker.failed)
            self.settle(breaker.tripped)

    def succeeds(self, times: int = 1) -> None:
        for _ in range(times):
            self.settle(breaker.succeeded)

    @property
    def opened_for(self) -> float:
        return max(0.0, self.numbers.get("open", 0.0) - self.now)


@pytest.fixture
def account():
    return Account()


def test_in_calm_a_success_writes_nothing(account):
    account.succeeds(1_000)
    assert account.writes == 0
    assert account.store.read([KEY]) == {}


def test_five_failures_in_a_row_open_it_for_half_a_minute(account):
    account.fails(4)
    assert account.admit()
    account.fails()
    assert account.opened_for == 30
    assert not account.admit()


def test_a_success_in_between_begins_the_row_anew(account):
    for _ in range(5):
        account.fails(4)
        account.succeeds(12)
    assert account.admit()


def test_half_of_twenty_requests_of_a_minute_open_it(account):
    for _ in range(9):
        account.fails()
        account.succeeds()
    assert account.opened_for == 0
    account.succeeds()
    account.fails()
    assert account.opened_for == 30


def test_fewer_than_half_do_not(account):
    for _ in range(50):
        account.fails()
        account.succeeds(2)
    assert account.admit()


def test_failures_of_more_than_a_minute_ago_count_no_more(account):
    account.fails(4)
    account.now += 60
    account.succeeds()
    writes = account.writes
    account.succeeds(100)
    assert account.writes == writes == 5, "one that ends the row"
    account.fails(4)
    assert account.admit()


def test_failures_in_a_row_open_it_however_slowly_they_come(account):
    for _ in range(4):
        account.fails(1)
        account.now += 3600
    assert account.admit()
    account.fails(1)
    assert not account.admit()


def test_each_time_it_fails_again_it_stays_open_twice_as_long_up_to_a_quarter_of_an_hour(account):
    account.fails(5)
    lengths = []
    for _ in range(7):
        lengths.append(account.opened_for)
        account.now += account.opened_for
        assert account.admit()
        account.fails()
    assert lengths == [30, 60, 120, 240, 480, 900, 900]


def test_several_probes_that_fail_open_it_once(account):
    account.fails(5)
    account.now += 30
    for _ in range(3):
        assert account.admit()
    account.fails(3)
    assert account.opened_for == 60


def test_three_may_try_and_two_successes_close_it(account):
    account.fails(5)
    account.now += 30
    assert [account.admit() for _ in range(5)] == [True, True, True, False, False]
    account.succeeds()
    assert not account.admit()
    account.succeeds()
    assert account.admit()
    assert not any(account.numbers[name] for name in ("open", "level", "probes", "row", "failed"))


def test_a_success_and_a_failure_leave_it_open(account):
    account.fails(5)
    account.now += 30
    account.admit()
    account.succeeds()
    account.fails()
    assert account.opened_for == 60
    account.succeeds(5)
    assert account.opened_for == 60


def test_probes_whose_workers_are_lost_do_not_keep_it_shut_for_ever(account):
    account.fails(5)
    account.now += 30
    for _ in range(3):
        account.admit()
    account.now += breaker.TRIAL - 1
    assert not account.admit()
    account.now += 1
    assert [account.admit() for _ in range(4)] == [True, True, True, False]
    account.succeeds(2)
    assert account.admit()


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_under_any_interleaving_an_open_interval_lets_three_probes_through_at_most(seed):
    """Workers that read, decide and write at moments of their own; some never come back."""
    rng, account = random.Random(seed), Account()
    account.fails(5)
    probes: dict[float, int] = {}

    def worker(known):
        yield
        ticket = limiter.ticket(NAME, Demand(), known, account.now)
        yield
        if ticket.wait:
            return
        done, numbers = account.store.count(ticket.tally)
        if not done:
            return
        until = numbers.get("open", 0.0)
        if until:
            probes[until] = probes.get(until, 0) + 1
        yield
        if rng.random() < 0.2:
            return
        change = breaker.failed if rng.random() < 0.6 else breaker.succeeded
        settled(account.store, numbers, lambda now: change(KEY, now, account.now))

    running = []
    for _ in range(400):
        if rng.random() < 0.4 or not running:
            running.append(worker(account.numbers if rng.random() < 0.7 else {}))
        one = rng.choice(running)
        if next(one, "ended") == "ended":
            running.remove(one)
        if rng.random() < 0.15:
            account.now += rng.choice([0.5, 10, 31, 61, 950])
        if account.numbers.get("open", 0.0) == 0:
            account.fails(5)
    assert probes
    assert max(probes.values()) <= breaker.PROBES


@pytest.mark.parametrize("threads", [8])
def test_of_many_threads_three_get_through_a_half_open_breaker(threads):
    account = Account()
    account.fails(5)
    account.now += 31
    start, through = threading.Barrier(threads), itertools.count()
    admitted = []

    def work():
        start.wait()
        for _ in range(20):
            if account.admit():
                admitted.append(next(through))

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert len(admitted) == breaker.PROBES
