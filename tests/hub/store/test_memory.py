"""The store in memory: each call looks only at what it gives, however much else is there."""

import sys

import pytest

from hub.store import Item, Key, Put
from hub.store.memory import MemoryStore

NOW = 1_790_000_000.0


class Watched(MemoryStore):
    """Counts the rows that are looked at."""

    looked = 0

    def _live(self, key):
        self.looked += 1
        return super()._live(key)

    def spent(self, call):
        self.looked = 0
        call()
        return self.looked


def put(store, *items):
    for item in items:
        store.commit([Put(item)])


@pytest.fixture(params=[100, 3_000])
def filled(request):
    """A store with so many customers, things to be done, and entries of one customer."""
    store = Watched(lambda: NOW)
    for n in range(request.param):
        put(store, Item(Key(f"REC#{n}", "REC"), "record", {"n": n}))
        put(store, Item(Key("REC#1", f"T#{n:06d}"), "timeline", {"n": n}))
        put(store, Item(Key(f"OUT#{n}", "E"), "outbox", {"n": n}, agenda="pending", at=f"{n:06d}"))
    return store


def test_a_page_looks_at_its_own_items_and_the_next_one(filled):
    assert filled.spent(lambda: filled.page("REC#1", prefix="T#", limit=10)) == 11
    assert filled.spent(lambda: filled.page("REC#1", prefix="T#", after="T#000050", limit=10)) == 11
    assert filled.spent(lambda: filled.page("REC#1", prefix="T#", limit=10, reverse=True)) == 11
    assert filled.spent(lambda: filled.page("REC#2", limit=10)) == 1


def test_a_list_of_things_to_be_done_looks_at_those_that_are_due(filled):
    assert filled.spent(lambda: filled.agenda("pending", limit=10)) == 11
    assert filled.spent(lambda: filled.agenda("pending", until="000003")) == 4


def test_reading_and_writing_look_at_each_item_once(filled):
    assert filled.spent(lambda: filled.read([Key("REC#1", "REC"), Key("REC#2", "REC")])) == 2
    assert filled.spent(lambda: put(filled, Item(Key("REC#1", "REC"), "record", version=1))) == 1


def test_what_is_kept_is_shared_with_nobody():
    store, told = MemoryStore(lambda: NOW), {"names": ["Ana"]}
    put(store, Item(Key("A", "A"), "test", told))
    told["names"].append("Eva")
    store.read([Key("A", "A")])[Key("A", "A")].data["names"].append("Luz")
    store.stream[0].data["names"].append("Sol")
    assert store.read([Key("A", "A")])[Key("A", "A")].data == store.stream[0].data == {"names": ["Ana"]}


def test_an_item_takes_its_text_and_little_more():
    store = MemoryStore(lambda: NOW)
    put(store, Item(Key("REC#1", "REC"), "record", {"text": "x" * 500}))
    (row,) = store._items.values()
    assert sum(map(sys.getsizeof, (row, row.text, row.key, *row.key))) < 1_000


def test_the_stream_is_read_by_number_and_by_slice():
    store = MemoryStore(lambda: NOW)
    put(store, *(Item(Key(f"A{n}", "A"), "test", {"n": n}) for n in range(3)))
    assert [item.data["n"] for item in store.stream] == [0, 1, 2]
    assert [item.data["n"] for item in store.stream[1:]] == [1, 2]
    assert (store.stream[-1].version, len(store.stream)) == (1, 3)
