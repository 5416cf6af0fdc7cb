"""F13: rows at a cursor's edge. Whatever a source's habits, all rows are found, nothing for ever repeated."""

import random

import pytest

from hub import keys
from hub.connector import HttpResponse
from hub.pipeline.poll import poll
from hub.store import Item, Put
from hub.times import from_epoch
from tests.hub.pipeline.poll.shelves import STYLES, Crash, Shelf, Watch

SEEDS = 15
"""Storms of each style of paging; `--examples` asks for more."""


def settle(watch, polls=12):
    """Nobody changes anything any more, and the source answers."""
    for shelf in watch.shelves.values():
        shelf.churn = shelf.busy = 0.0
    for _ in range(polls):
        watch.later(300)
        poll(watch.hub)
        watch.take()


def storm(watch, rng, polls, crashes=0.0):
    """Polls with small budgets while people work, some of which end somewhere in the middle."""
    for _ in range(polls):
        watch.crash_at = rng.randrange(12) if rng.random() < crashes else None
        try:
            poll(watch.hub, pages=rng.randint(1, 8), seconds=rng.choice([1.0, 5.0, 180.0]))
        except Crash:
            watch.later(60)
        watch.crash_at = None
        watch.take()
        watch.later(rng.choice([1, 60, 300]))


def shelf_of(rng, style, **habits):
    made = Shelf(rng, style, **habits)
    made.now = 1_795_406_400.0
    for _ in range(rng.randint(0, 40)):
        made.put(at=made.clock - rng.choice([5.0, 5.0, 5.0, rng.uniform(1, 3000)]))
    return made


@pytest.mark.parametrize("style", sorted(STYLES))
def test_f13_every_row_is_found_while_people_work_and_functions_crash(style, pytestconfig, figure):
    seeds = pytestconfig.getoption("--examples") or SEEDS
    rows = 0
    for seed in range(seeds):
        rng = random.Random(f"{style}{seed}")
        habits = {
            "skew": rng.choice([0.0, 0.0, 240.0, -7200.0]),
            "whole": style != "ties" and rng.random() < 0.4,
            "churn": rng.choice([0.2, 0.5, 0.7]),
            "ceiling": 9 if style == "ties" else None,
        }
        shelf = shelf_of(rng, style, **habits)
        shelf.busy = rng.choice([0.0, 0.1])
        watch = Watch({"shop": shelf})
        storm(watch, rng, 30, crashes=0.3)
        settle(watch)
        assert watch.missing() == set(), (style, seed)
        rows += len(watch.sent)
        requests, twice = shelf.requests, watch.twice
        settle(watch, 2)
        assert (shelf.requests - requests <= 2 * (len(shelf.rows) + 2), watch.twice) == (True, twice), seed
    figure("storms of polls", seeds)
    figure("row versions found", rows)


def crowd(style, count, **habits):
    """So many rows that were written at one moment, a minute ago."""
    shelf = Shelf(random.Random(1), style, churn=0.0, **habits)
    shelf.now = 1_795_406_400.0
    for _ in range(count):
        shelf.put(at=shelf.clock - 60)
    return shelf


def polls_until_found(watch, most):
    for number in range(1, most + 1):
        watch.later(300)
        poll(watch.hub)
        watch.take()
        if not watch.missing():
            return number
    return None


def test_f13_more_rows_of_one_time_than_the_vendor_pages_through_are_found_by_their_ids():
    shelf = crowd("ties", 12_000, size=100, ceiling=10_000)
    shelf.put(at=shelf.clock - 30)
    watch = Watch({"shop": shelf})
    assert polls_until_found(watch, 8)
    assert shelf.requests < 12_000 / 100 + 6


@pytest.mark.parametrize("style", ["offset-timed", "cursor-timed", "link-timed", "page"])
def test_f13_more_rows_of_one_time_than_fit_a_page_are_paged_through(style):
    watch = Watch({"shop": crowd(style, 1_000, size=100)})
    assert polls_until_found(watch, 1) == 1


@pytest.mark.parametrize("gone", [1, 2, 3, 5])
@pytest.mark.parametrize("style", ["offset", "page"])
def test_f13_rows_that_slip_over_the_edge_of_a_page_are_gone_back_for(style, gone):
    shelf = crowd(style, 24, size=4)
    answer, deleted = shelf.answer, []

    def answered(asked, url):
        found = answer(asked, url)
        if shelf.requests == 2:
            deleted.extend(shelf.rows.pop(id) for id in list(shelf.rows)[:gone])
        return found

    shelf.answer = answered
    watch = Watch({"shop": shelf})
    assert polls_until_found(watch, 1) == 1
    assert len(deleted) == gone


def test_f13_a_search_that_ends_says_so_and_asks_no_more_than_it_has_to():
    shelf = crowd("cursor-timed", 12_000, size=100, ceiling=10_000)
    shelf.start = lambda page, rows: 0 if page is None else 10_000
    watch = Watch({"shop": shelf})
    assert [polled.error for polled in poll(watch.hub)] == ["status-400"]
    assert shelf.requests == 3


def test_f13_a_row_that_was_committed_late_is_found_by_the_next_poll():
    shelf = crowd("offset-timed", 10)
    watch = Watch({"shop": shelf})
    assert polls_until_found(watch, 1) == 1
    shelf.put(at=shelf.clock - 500)
    assert polls_until_found(watch, 1) == 1


def test_f13_what_was_committed_later_than_the_overlap_is_found_at_night():
    shelf = crowd("cursor", 10)
    watch = Watch({"shop": shelf})
    polls_until_found(watch, 1)
    shelf.put(at=shelf.clock - 40_000)
    assert polls_until_found(watch, 3) is None
    watch.later(86_400)
    assert polls_until_found(watch, 1) == 1


def test_f13_a_token_that_has_expired_starts_the_walk_again():
    shelf = crowd("cursor", 10)
    watch = Watch({"shop": shelf})
    poll(watch.hub, pages=2)
    ask, shelf.start = shelf.start, lambda page, rows: 0 if page is None else 10**9
    shelf.ceiling = 100
    assert poll(watch.hub)[0].error == "status-400"
    shelf.start, shelf.ceiling = ask, None
    assert polls_until_found(watch, 1) == 1


@pytest.mark.parametrize("around", [2, 5])
@pytest.mark.parametrize("style", ["cursor", "link-timed"])
def test_f13_tokens_that_come_round_end_the_walk(style, around):
    shelf = crowd(style, 30)
    token = shelf.token
    shelf.token = lambda start, last: token(
        start, last if start < 3 * around else {"id": 3, "at": last["at"]}
    )
    watch = Watch({"shop": shelf})
    assert poll(watch.hub)[0].error == "pages-repeat"
    assert shelf.requests < 30


@pytest.mark.parametrize("style", ["page", "offset", "cursor"])
def test_f13_a_last_page_that_is_given_for_ever_ends_the_walk(style):
    shelf = crowd(style, 30)
    rows, shelf.start = 30, lambda page, rows: 27 if page else 0
    shelf.token = lambda start, last: f"{random.random()}"
    answer = shelf.page
    shelf.page = lambda shown, more, url: answer(shown, more or f"{random.random()}", url)
    watch = Watch({"shop": shelf})
    assert poll(watch.hub)[0].error == "pages-repeat"
    assert shelf.requests < rows


def test_f13_a_cursor_from_before_is_gone_on_with():
    shelf = crowd("cursor", 10)
    watch = Watch({"shop": shelf})
    old = {"since": from_epoch(shelf.clock - 60), "page": "0.0x3", "high": from_epoch(shelf.clock)}
    watch.hub.store.commit([Put(Item(keys.cursor("shop.one", "row"), "cursor", old))])
    assert polls_until_found(watch, 1) == 1


@pytest.mark.parametrize("boundary", range(14))
@pytest.mark.parametrize("style", sorted(STYLES))
def test_f13_a_crash_at_any_boundary_loses_nothing(style, boundary):
    watch = Watch({"shop": crowd(style, 9)})
    send, commit = watch.hub.inbound.send, watch.hub.store.commit
    watch.hub.inbound.send = lambda messages: (watch.boundary(), send(messages), watch.boundary())
    watch.hub.store.commit = lambda writes: (watch.boundary(), commit(writes), watch.boundary())
    watch.crash_at = boundary
    with pytest.raises(Crash):
        poll(watch.hub)
    assert polls_until_found(watch, 1) == 1


def test_one_huge_account_does_not_starve_the_others():
    huge = crowd("cursor", 3_000, size=10)
    watch = Watch({"huge": huge, **{f"small{n}": crowd("cursor", 25, size=10) for n in range(4)}})
    poll(watch.hub, seconds=5)
    watch.take()
    assert {name for name, _, _ in watch.missing()} == {"huge"}
    assert polls_until_found(watch, 40)


def test_the_source_that_was_asked_longest_ago_comes_first():
    watch = Watch({f"shop{n}": crowd("cursor", 90) for n in range(3)})
    for _ in range(9):
        poll(watch.hub, seconds=0)
    assert {shelf.requests for shelf in watch.shelves.values()} == {3}


def test_a_limit_that_is_nearly_free_is_waited_for_while_the_others_are_asked():
    watch = Watch({"calm": crowd("cursor", 9), "busy": crowd("cursor", 9)})
    answer, busy = watch.shelves["busy"].answer, [HttpResponse(429, {"retry-after": "3"})] * 2
    watch.shelves["busy"].answer = lambda asked, url: busy.pop() if busy else answer(asked, url)
    started = watch.hub.clock()
    assert [polled.error for polled in poll(watch.hub)] == ["", ""]
    assert watch.hub.clock() - started > 6


def test_what_a_source_asks_to_wait_is_kept_although_it_has_no_limit():
    shelf = crowd("cursor", 3)
    answer, shelf.answer = shelf.answer, lambda asked, url: HttpResponse(429, {"retry-after": "1000"})
    watch = Watch({"shop": shelf})
    poll(watch.hub)
    shelf.answer = answer
    assert polls_until_found(watch, 2) is None
    assert shelf.requests == 1
    assert polls_until_found(watch, 2) == 2


def test_a_backfill_waits_for_the_queue_and_live_polls_do_not():
    watch = Watch({"shop": crowd("cursor", 9)})
    depth, watch.hub.inbound.depth = watch.hub.inbound.depth, lambda: 5_000
    poll(watch.hub, seconds=20)
    assert watch.shelves["shop"].requests == 0
    watch.hub.inbound.depth = depth
    assert polls_until_found(watch, 1) == 1
    watch.hub.inbound.depth = lambda: 5_000
    watch.shelves["shop"].put()
    assert polls_until_found(watch, 1) == 1
