"""What an account allows: rates, blocks, calls in flight, lanes, turns, and what answers say is left."""

import itertools
import random

import pytest

from hub import keys, limiter
from hub.connector import Demand, Left, Limit
from hub.connector.duration import limits
from hub.errors import RetryError
from hub.limiter import INLINE, LEASE, acquire, block, correct, in_line, release, slow, ticket, turn
from hub.messages import BACKFILL
from hub.store.memory import MemoryStore

START = 1_795_000_000.0
TEN = Limit("10 per 1s", 0.1, 10.0, 1.0)


class Counted(MemoryStore):
    """Counts the writes of numbers."""

    writes = 0

    def count(self, tally):
        self.writes += 1
        return super().count(tally)


class Account:
    """An account with a clock that sleeping moves."""

    def __init__(self, *limits: Limit, at_once: int | None = None, cost: float = 1.0) -> None:
        self.now = START
        self.slept: list[float] = []
        self.store = Counted(self.clock)
        self.demand = Demand(limits, cost, at_once)
        self.numbers = itertools.count()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def take(
        self, lane: str = "", name: str = "hubspot.main", patience: float = 0.0, **demand
    ) -> limiter.Grant:
        wanted = Demand(**{"limits": self.demand.limits, "at_once": self.demand.at_once, **demand})
        lease = f"call-{next(self.numbers)}"
        asked = {"lane": lane, "lease": lease, "patience": patience}
        return acquire(self.store, name, wanted, self.clock, self.sleep, **asked)

    def refused(self, **options) -> tuple[str, float]:
        with pytest.raises(RetryError) as caught:
            self.take(**options)
        return caught.value.reason, caught.value.after

    @property
    def held(self) -> dict:
        key = keys.limit("hubspot.main")
        return self.store.read([key])[key].data


# Rates.


def test_calls_within_the_burst_do_not_wait():
    account = Account(TEN)
    for _ in range(10):
        account.take()
    assert account.slept == []


def test_a_short_wait_is_slept_through():
    account = Account(TEN)
    for _ in range(15):
        account.take()
    assert len(account.slept) == 5
    assert account.slept[0] == pytest.approx(0.1, abs=0.001)


def test_a_delivery_under_way_takes_a_token_that_is_to_come_and_waits_for_it():
    account = Account(*limits(["60 per 1m"]))
    called = []
    for _ in range(5):  # update, find, find, create, update: more calls than a burst
        account.take(patience=limiter.UNDERWAY)
        called.append(account.now - START)
    assert called == pytest.approx([0.0, 0.0, *(number * 60 / 59 for number in (1, 2, 3))])
    assert account.refused() == ("rate-limit", pytest.approx(60 / 59, abs=0.01))


def test_nobody_waits_longer_for_a_token_than_his_patience_nor_for_a_blocked_account():
    account = Account(*limits(["6 per 1m"]))
    account.take(patience=limiter.UNDERWAY)
    assert account.refused(patience=limiter.UNDERWAY)[1] > limiter.UNDERWAY
    blocked = Account(TEN)
    block(blocked.store, "hubspot.main", START + 5)
    assert blocked.refused(patience=1.0) == ("rate-limit", 5.0)


def test_a_long_wait_goes_back_to_the_queue_with_its_seconds():
    account = Account(Limit("slow", 5.0, 1.0))
    account.take()
    assert account.refused() == ("rate-limit", pytest.approx(5.0))
    assert account.slept == []


@pytest.mark.parametrize(
    "written",
    [["110 per 10s"], ["75 per 1s", "750 per 1m"], ["5 per 1s", {"bucket": 40, "refill": "2 per 1s"}]],
)
def test_no_window_of_any_limit_sees_more_than_it_may(written):
    account = Account(*limits(written))
    taken, rng = [], random.Random(1)
    while account.now < START + 150:
        try:
            account.take()
            taken.append(account.now)
        except RetryError as error:
            account.now += error.after * rng.choice([0.5, 1, 1.01])
    for text in written:
        most, span = (
            (40 + 2, 1.0) if isinstance(text, dict) else (int(text.split()[0]), limits([text])[0].window)
        )
        worst = max(sum(at <= other < at + span - 1e-6 for other in taken) for at in taken)
        assert worst <= most


def test_all_limits_of_an_account_are_taken_in_one_write_of_one_item_and_accounts_share_nothing():
    account = Account(TEN, Limit("minute", 60.0, 2.0))
    account.take()
    assert (account.store.writes, account.held["10 per 1s"], account.held["minute"]) == (
        1,
        START + 0.1,
        START + 60,
    )
    account.take()
    account.take(name="hubspot.other")
    assert account.refused()[0] == "rate-limit"
    assert account.held["10 per 1s"] == pytest.approx(START + 0.2)


def test_who_knows_the_numbers_needs_one_write_and_who_does_not_two():
    account = Account(TEN, Limit("minute", 1.0, 60.0))
    account.take()
    account.now += 0.5
    for known, writes in ((account.held, 1), ({}, 2)):
        account.store.writes = 0
        acquire(account.store, "hubspot.main", account.demand, account.clock, account.sleep, numbers=known)
        assert account.store.writes == writes


@pytest.mark.parametrize("known", [0.0, 0.1])
def test_what_is_known_may_be_old_without_a_token_too_many(known):
    account = Account(TEN)
    for _ in range(10):
        account.take()
    old = {"10 per 1s": START + known} if known else {}
    with pytest.raises(RetryError):
        acquire(
            account.store,
            "hubspot.main",
            account.demand,
            account.clock,
            lambda _: None,
            numbers=old,
            lease="x",
        )


def test_a_call_takes_its_cost_of_points_and_one_of_calls():
    points = Limit("cost", 0.02, 1000.0, 20.0, points=True)
    account = Account(TEN, points)
    account.take(cost=900.0)
    assert account.held["10 per 1s"] == pytest.approx(START + 0.1)
    assert account.refused(cost=200.0) == ("rate-limit", pytest.approx(2.0))
    account.take(cost=100.0)


def test_an_endpoint_with_a_limit_of_its_own_leaves_the_others_free():
    account = Account()
    narrow = Limit("POST /search 1 per 1m", 60.0, 1.0)
    account.take(limits=(TEN, narrow))
    assert account.refused(limits=(TEN, narrow))[0] == "rate-limit"
    account.take(limits=(TEN,))


def test_somebody_who_took_the_token_while_we_slept_sends_us_back():
    account = Account(Limit("narrow", INLINE, 1.0))
    account.take()

    def sleep(seconds: float) -> None:
        account.sleep(seconds)
        account.take()

    with pytest.raises(RetryError):
        acquire(account.store, "hubspot.main", account.demand, account.clock, sleep)


def test_a_blocked_account_takes_nothing_until_the_block_ends_and_a_shorter_block_does_not_shorten_it():
    account = Account(TEN)
    block(account.store, "hubspot.main", START + 30)
    block(account.store, "hubspot.main", START + 10)
    assert account.refused() == ("rate-limit", pytest.approx(30))
    account.now += 30
    account.take()


# Calls in flight.


def test_over_the_cap_it_is_refused_at_once_and_a_call_that_ended_makes_room():
    account = Account(at_once=2)
    first, _ = account.take(), account.take()
    assert account.refused() == ("in-flight", limiter.BUSY)
    assert account.slept == []
    release(account.store, "hubspot.main", first.lease)
    account.take()


def test_the_place_of_a_crashed_worker_heals_by_itself():
    account = Account(at_once=2)
    for _ in range(2):
        account.take()
    account.now += LEASE - 0.1
    assert account.refused()[0] == "in-flight"
    account.now += 0.2
    for _ in range(2):
        account.take()
    assert account.refused()[0] == "in-flight"


def test_an_account_without_a_cap_keeps_no_places():
    account = Account(TEN)
    assert account.take().lease == ""
    assert "held" not in account.held


def test_a_slow_account_may_not_hold_all_workers_for_a_minute():
    account = Account()
    slow(account.store, "hubspot.main", {}, account.now)
    for _ in range(limiter.SLOW_PLACES):
        account.take()
    assert account.refused()[0] == "in-flight"
    account.now += limiter.SLOW_SECONDS
    account.take()


def test_slowness_that_is_known_is_not_noted_again_and_again():
    account = Account()
    slow(account.store, "hubspot.main", {}, account.now)
    for _ in range(10):
        slow(account.store, "hubspot.main", account.held, account.now + 20)
    assert account.store.writes == 1


# Lanes and turns.


def test_backfill_leaves_the_last_quarter_of_a_burst_to_what_happens_now():
    account = Account(Limit("40", 1.0, 40.0))
    for _ in range(30):
        account.take(lane=BACKFILL)
    assert account.refused(lane=BACKFILL)[0] == "rate-limit"
    for _ in range(10):
        account.take()
    assert account.refused()[0] == "rate-limit"


def test_backfill_gets_through_where_a_burst_is_one_call():
    account = Account(Limit("one", 1.0, 1.0))
    account.take(lane=BACKFILL)
    account.now += 1
    account.take(lane=BACKFILL)


def test_turns_come_at_the_rate_and_in_each_lane_by_itself():
    account = Account(Limit("1 per 2s", 2.0, 1.0), TEN)

    def next_turn(lane=""):
        return turn(account.store, "hubspot.main", account.demand, account.now, 5.0, lane=lane) - START

    step = 2 * limiter.PACE
    assert [next_turn() for _ in range(3)] == pytest.approx([5, 5 + step, 5 + 2 * step], abs=1e-5)
    assert next_turn(BACKFILL) == 5
    assert in_line(account.held, START, "")
    assert not in_line(account.held, START + 20, "")
    account.now += 100
    assert next_turn() == 105


# What answers say.


def corrected(account: Account, tokens: float, after: float = 0.0, limit: Limit = TEN) -> None:
    known = account.take().numbers
    correct(account.store, "hubspot.main", Left(limit, tokens, after), account.demand, known, account.now)


def test_what_the_vendor_has_left_is_all_that_may_be_taken_at_once():
    account = Account(TEN)
    corrected(account, 2)
    account.take()
    account.take()
    ticked = ticket("hubspot.main", account.demand, account.held, account.now)
    assert ticked.wait == pytest.approx(0.1, abs=1e-5)


def test_where_nothing_is_left_nobody_calls_before_it_is_there_again():
    account = Account(TEN)
    corrected(account, 0, after=7.0)
    assert account.refused() == ("rate-limit", pytest.approx(7.0))
    account.now += 7
    account.take()


def test_without_a_time_an_empty_window_is_waited_for_and_an_empty_bucket_drips():
    account = Account(Limit("110 per 10s", 0.1, 4.0, 10.0))
    corrected(account, 0, limit=account.demand.limits[0])
    assert account.refused()[1] == pytest.approx(10.0)
    bucket = limits([{"bucket": 40, "refill": "2 per 1s"}])[0]
    account = Account(bucket)
    corrected(account, 0, after=0.5, limit=bucket)
    assert account.refused()[1] == pytest.approx(0.5)


def test_where_the_vendor_agrees_nothing_is_written():
    account = Account(limits([{"bucket": 40, "refill": "2 per 1s"}])[0])
    for left in (39, 38, 37, 80):
        writes = account.store.writes
        corrected(account, left, limit=account.demand.limits[0])
        assert account.store.writes <= writes + 2
    assert account.store.writes == 7
