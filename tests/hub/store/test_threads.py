"""Every store under real threads: one winner, no lost write, no torn transaction, no token too many."""

import random
import threading
import time

import pytest

from hub import limiter
from hub.connector import Limit
from hub.errors import RetryError
from hub.store import Conflict, Item, Key, Put
from tests.hub.store.stores import NOW

THREADS = 8
LONGEST = 30.0
"""Seconds after which a test that does not end is a failure and no hang."""


@pytest.fixture(autouse=True)
def atomic(request):
    if request.node.callspec.params["store"] == "moto":
        pytest.skip("moto's transactions are not atomic under threads: of 60 such puts 50 came out wrong")


def together(work, count=THREADS):
    """Run `work(n)` in `count` threads that start at once: their results; what one raises is raised here."""
    start, results, errors = threading.Barrier(count), [None] * count, []

    def run(n):
        try:
            start.wait()
            results[n] = work(n)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert not any(thread.is_alive() for thread in threads), "a thread did not end"
    if errors:
        raise errors[0]
    return results


def committed(store, writes):
    """Whether these writes were made."""
    try:
        store.commit(writes)
    except (Conflict, RetryError):
        return False
    return True


def until_committed(store, make, rng):
    """Read, compute and commit again until nobody came in between."""
    ends = time.monotonic() + LONGEST
    while not committed(store, make()):
        assert time.monotonic() < ends, "never got through"
        time.sleep(rng.uniform(0, 0.01))


def held(store, *keys):
    found = store.read(keys)
    return [found.get(key, Item(key, "test", {"n": 0})) for key in keys]


def grown(item, by=1):
    return Put(Item(item.key, "test", {"n": item.data["n"] + by}, item.version))


def test_of_many_who_put_what_is_absent_one_wins(store):
    names = [Key(f"A#{n}", "X") for n in range(20)]

    def work(n):
        mine = random.Random(n).sample(names, k=len(names))
        return [key for key in mine if committed(store, [Put(Item(key, "test", {"by": n}))])]

    won = together(work)
    assert sorted(key for keys in won for key in keys) == sorted(names)
    for n, keys in enumerate(won):
        assert all(item.data == {"by": n} and item.version == 1 for item in store.read(keys).values())


def test_a_put_of_what_is_absent_and_a_counter_are_one(store):
    names, counter = [Key(f"A#{n}", "X") for n in range(12)], Key("COUNT", "X")

    def work(n):
        rng = random.Random(n)
        for key in rng.sample(names, k=len(names)):
            while not store.read([key]):
                (count,) = held(store, counter)
                committed(store, [Put(Item(key, "test", {"by": n})), grown(count)])
                time.sleep(rng.uniform(0, 0.005))

    together(work, 4)
    assert len(store.read(names)) == 12
    (count,) = held(store, counter)
    assert (count.data["n"], count.version) == (12, 12)


def test_no_write_of_a_counter_is_lost_and_two_in_one_transaction_stay_equal(store):
    one, other = Key("ONE", "X"), Key("OTHER", "X")

    def work(n):
        rng = random.Random(n)
        for _ in range(8):
            until_committed(store, lambda: [grown(item) for item in held(store, one, other)], rng)

    together(work, 6)
    assert [(item.data["n"], item.version) for item in held(store, one, other)] == [(48, 48), (48, 48)]


def test_what_is_moved_between_accounts_is_neither_lost_nor_made(store):
    names = [Key(f"ACCOUNT#{n}", "X") for n in range(5)]
    store.commit([Put(Item(key, "test", {"n": 100})) for key in names])

    def work(n):
        rng = random.Random(n)
        for _ in range(10):
            pair = rng.sample(names, k=2)
            amount = rng.randrange(1, 20)

            def move(pair=pair, amount=amount):
                giver, taker = held(store, *pair)
                return [grown(giver, -amount), grown(taker, amount)]

            until_committed(store, move, rng)

    together(work, 6)
    left = held(store, *names)
    assert sum(item.data["n"] for item in left) == 500
    assert sum(item.version for item in left) == 5 + 2 * 60


def takes(store, limit, now):
    """Whether an account's token is there just now; somebody else's turn is asked for again."""
    while True:
        try:
            limiter.acquire(store, "crm.main", [limit], lambda: now, lambda _: None)
        except RetryError as error:
            if (error.reason, error.after) != ("rate-limit", limiter.BUSY):
                return False
        else:
            return True


def test_a_rate_limit_gives_no_token_more_than_its_rate(store):
    interval, burst, span = 0.25, 5, 4.0
    limit = Limit("a limit", interval, burst)

    def work(n):
        rng = random.Random(n)
        moments = sorted(NOW + rng.uniform(0, span) for _ in range(25))
        return [now for now in moments if takes(store, limit, now)]

    given = sorted(now for mine in together(work) for now in mine)
    assert burst <= len(given) <= burst + span / interval
    for first in range(len(given)):
        for last in range(first, len(given)):
            room = burst + (given[last] - given[first]) / interval
            assert last - first + 1 <= room + 1e-6


def test_of_many_who_take_at_the_same_moment_the_burst_gets_through(store):
    limit = Limit("a limit", interval=10, burst=5)
    assert takes(store, limit, NOW - 100)
    taken = together(lambda _: [takes(store, limit, NOW) for _ in range(4)])
    assert [took for mine in taken for took in mine].count(True) == 5


def test_pages_read_while_somebody_writes_show_a_whole_past(store):
    """Entries are written in order: whoever reads sees all up to some entry, each once, and never fewer."""
    total, done = 40, threading.Event()

    def write():
        for n in range(total):
            store.commit([Put(Item(Key("P", f"T#{n:04d}"), "test", {"n": n}))])
        done.set()

    def walked():
        found, after = [], None
        while True:
            page = store.page("P", prefix="T#", limit=7, after=after)
            found += [item.data["n"] for item in page.items]
            if page.next is None:
                return found
            after = page.next

    def read():
        seen, rounds = 0, 0
        while not done.is_set() or rounds == 0:
            found = walked()
            assert found == list(range(len(found)))
            assert len(found) >= seen
            seen, rounds = len(found), rounds + 1

    together(lambda n: write() if n == 0 else read(), 3)
    assert walked() == list(range(total))
