"""Crowds: 2 to 50 workers with real threads tell at once of one new person, each of another record.

There is always exactly one customer, made of all records, and each event is applied once.
"""

import random
import threading
import time

import pytest

from hub.errors import RetryError
from hub.identity import Guards
from hub.pipeline import contention
from hub.store.memory import MemoryStore
from tests.hub.pipeline.world import NOW, World, catalog, comparable, event

SOURCES = ("shop.co", "crm.main", "pos.one", "erp.main")
FASTER = 0.002
"""Of the time that would be waited in earnest."""

CROWDS = {2: 150, 4: 80, 8: 45, 16: 15, 32: 6, 50: 4}
"""Workers -> crowds of so many: 300."""


class Yielding(MemoryStore):
    """Items are read one by one, and anybody may come in between."""

    def read(self, keys):
        found = {}
        for key in keys:
            found |= super().read([key])
            time.sleep(0)
        return found


def files():
    """No cap stops the crowd."""
    return catalog(guards=Guards(degree=60, records=60, identifiers=60, never={}))


def crowd(workers, seed):
    """Each of these workers tells once, a third of them twice: the world afterwards."""
    rng = random.Random(seed)
    told = [tells(n) for n in range(workers)]
    store, known = Yielding(lambda: NOW), files()
    doubled = [*told, *rng.sample(told, k=workers // 3)]
    start, failures = threading.Barrier(len(doubled)), []

    def work(number, one):
        world = World(store=store, files=known)
        world.hub.random = random.Random(seed * 100 + number)
        world.hub.sleep = lambda seconds: time.sleep(seconds * FASTER)
        try:
            start.wait()
            until_told(world, one)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in enumerate(doubled)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert not any(thread.is_alive() for thread in threads)
    return World(store=store, files=known), told


def tells(number):
    return event(SOURCES[number % 4], str(number), number + 1, tax_id="900123456", tags=[str(number)])


def until_told(world, one):
    """As the queue delivers a message again."""
    for _ in range(50):
        try:
            world.tell(one)
        except RetryError:
            continue
        return
    raise AssertionError("contended fifty times")


def count(world, kind):
    return sum(item.kind == kind for item in world.store.items())


@pytest.mark.parametrize("workers", CROWDS)
def test_a_crowd_that_meets_one_new_person_leaves_one_customer(workers):
    calm = World(files=files())
    for number in range(workers):
        calm.tell(tells(number))
    for seed in range(CROWDS[workers]):
        world, told = crowd(workers, seed)
        assert len(world.customer().data["records"]) == workers, seed
        assert sorted(map(int, world.value("tags"))) == list(range(workers)), seed
        assert count(world, "marker") == count(world, "timeline") == len(told), seed
        assert comparable(world) == comparable(calm), seed


def test_waits_grow_and_end():
    class Highest(random.Random):
        def uniform(self, low, high):
            return high

    world, waited = World(), []
    world.hub.random, world.hub.sleep = Highest(), waited.append
    for attempt in range(contention.ATTEMPTS):
        contention.come_apart(world.hub, attempt)
    assert waited == [0.1, 0.2, 0.4, 0.8, 1.6, 1.6, 1.6, 1.6]
