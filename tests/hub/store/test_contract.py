"""One suite for every implementation of the store: memory, moto, the local engine, and what you name.

`pytest tests/hub/store --store-endpoint URL` runs it on any DynamoDB endpoint as well (`aws`: your account).
"""

import math

import pytest
from botocore.exceptions import ClientError

from hub.errors import RetryError
from hub.store import NUMBERS, Check, Conflict, Delete, Item, Key, Put, Tally
from hub.store.dynamodb import DynamoStore, decode, encode
from tests.hub.store.stores import NOW

A, B, C = Key("A#1", "X"), Key("B#1", "X"), Key("C#1", "X")


def item(key, version=0, **data):
    return Item(key, "test", data, version)


def test_what_was_put_is_read_one_version_on(store):
    store.commit([Put(item(A, name="Lucía", list=[1, 2.5, None, True]))])
    assert store.read([A, B]) == {A: Item(A, "test", {"name": "Lucía", "list": [1, 2.5, None, True]}, 1)}


def test_reading_more_than_one_batch_gives_all(store):
    keys = [Key(f"P#{n}", "X") for n in range(130)]
    for start in range(0, 130, 50):
        store.commit([Put(item(key)) for key in keys[start : start + 50]])
    assert set(store.read([*keys, *keys[:5]])) == set(keys)


def test_an_item_that_exists_cannot_be_put_as_new(store):
    store.commit([Put(item(A, n=1))])
    with pytest.raises(Conflict) as caught:
        store.commit([Put(item(A, n=2))])
    assert caught.value.keys == {A}
    assert store.read([A])[A].data == {"n": 1}


def test_a_moved_version_refuses_the_whole_transaction_and_names_the_key(store):
    store.commit([Put(item(A)), Put(item(B))])
    store.commit([Put(item(A, version=1))])
    with pytest.raises(Conflict) as caught:
        store.commit([Put(item(A, version=1)), Put(item(B, version=1)), Put(item(C))])
    assert caught.value.keys == {A}
    assert C not in store.read([C])
    assert store.read([B])[B].version == 1


def test_a_check_guards_without_writing(store):
    store.commit([Put(item(A))])
    store.commit([Check(A, 1), Check(C, 0), Put(item(B))])
    assert store.read([A])[A].version == 1
    with pytest.raises(Conflict) as caught:
        store.commit([Check(C, 3), Put(item(B, version=1))])
    assert caught.value.keys == {C}


def test_what_is_deleted_at_its_version_is_absent_and_may_be_put_as_new(store):
    store.commit([Put(item(A, n=1)), Put(Item(B, "test", {}, agenda="due", at="2026-01"))])
    store.commit([Delete(A, 1), Delete(B, 1), Put(item(C))])
    assert set(store.read([A, B, C])) == {C}
    assert store.page("A#1").items == store.agenda("due").items == []
    store.commit([Put(item(A, n=2))])
    assert store.read([A])[A] == Item(A, "test", {"n": 2}, 1)


def test_a_deletion_at_another_version_refuses_the_whole_transaction(store):
    store.commit([Put(item(A)), Put(item(B))])
    store.commit([Put(item(A, version=1))])
    with pytest.raises(Conflict) as caught:
        store.commit([Delete(B, 1), Delete(A, 1), Put(item(C))])
    assert caught.value.keys == {A}
    assert set(store.read([A, B, C])) == {A, B}
    with pytest.raises(Conflict):
        store.commit([Delete(C, 1)])


def test_a_walk_passes_every_live_item_once_and_no_rate_limit(store, clock):
    for n in range(7):
        store.commit([Put(item(Key(f"P#{n % 3}", f"S#{n}"), n=n))])
    store.commit([Put(Item(A, "test", {"n": 9}, ttl=int(NOW) - 1))])
    store.count(Tally(Key("LIM#x", "LIM"), put={"n": 1}))
    seen, after = [], None
    while True:
        part = store.walk(after=after, limit=3)
        seen += [one.data["n"] for one in part.items]
        after = part.next
        if after is None:
            break
    assert sorted(seen) == [0, 1, 2, 3, 4, 5, 6]


def test_more_than_100_items_are_refused(store):
    with pytest.raises(ValueError, match="100"):
        store.commit([Put(item(Key(f"P#{n}", "X"))) for n in range(101)])


def test_an_expired_item_is_absent_and_may_be_put_as_new(store, clock):
    store.commit([Put(Item(A, "test", {"n": 1}, ttl=int(NOW) + 10))])
    assert A in store.read([A])
    clock.now = NOW + 10
    assert store.read([A]) == {}
    assert store.page("A#1").items == []
    store.commit([Put(item(A, n=2)), Check(B, 0)])
    assert store.read([A])[A].data == {"n": 2}


def test_pages_go_forward_and_back_through_a_partition(store):
    for n in range(7):
        store.commit([Put(item(Key("P", f"T#{n}"), n=n))])
    store.commit([Put(item(Key("P", "REC")))])
    first = store.page("P", prefix="T#", limit=3)
    assert [i.data["n"] for i in first.items] == [0, 1, 2]
    second = store.page("P", prefix="T#", limit=3, after=first.next)
    third = store.page("P", prefix="T#", limit=3, after=second.next)
    assert [i.data["n"] for i in second.items + third.items] == [3, 4, 5, 6]
    assert third.next is None
    back = store.page("P", prefix="T#", limit=4, reverse=True)
    assert [i.data["n"] for i in back.items] == [6, 5, 4, 3]
    rest = store.page("P", prefix="T#", limit=4, reverse=True, after=back.next)
    assert [i.data["n"] for i in rest.items] == [2, 1, 0]


def test_things_to_be_done_come_oldest_first_and_leave_the_list_when_done(store):
    for n, at in enumerate(["2026-03", "2026-01", "2026-02", "2026-09"]):
        store.commit([Put(Item(Key(f"P#{n}", "X"), "test", {"n": n}, agenda="due", at=at))])
    page = store.agenda("due", until="2026-06", limit=2)
    assert [i.data["n"] for i in page.items] == [1, 2]
    rest = store.agenda("due", until="2026-06", limit=2, after=page.next)
    assert [i.data["n"] for i in rest.items] == [0]
    store.commit([Put(Item(Key("P#1", "X"), "test", {}, version=1))])
    assert [i.data["n"] for i in store.agenda("due").items] == [2, 0, 3]
    assert store.agenda("other").items == []


def test_a_list_is_read_from_its_newest_end_too_and_between_two_times(store):
    for n, at in enumerate(["2026-03", "2026-01", "2026-02", "2026-02"]):
        store.commit([Put(Item(Key(f"P#{n}", "X"), "test", {"n": n}, agenda="done#x", at=at))])
    newest = store.agenda("done#x", reverse=True, limit=2)
    assert [i.data["n"] for i in newest.items] == [0, 3]
    rest = store.agenda("done#x", reverse=True, limit=2, after=newest.next)
    assert ([i.data["n"] for i in rest.items], rest.next) == ([2, 1], None)
    assert [i.data["n"] for i in store.agenda("done#x", since="2026-02", until="2026-02").items] == [2, 3]
    assert [i.data["n"] for i in store.agenda("done#x", until="2026-02", reverse=True).items] == [3, 2, 1]
    assert store.agenda("done#x", since="2026-04", until="2026-02").items == []


def test_numbers_are_put_and_added_and_an_absent_one_is_nought(store):
    assert store.count(Tally(A, put={"a b": 2.5}, add={"n": 1})) == (True, {"a b": 2.5, "n": 1.0})
    done = store.count(Tally(A, within={"n": (1, 1), "other": (0, 9)}, add={"n": -3, "other": 0.25}))
    assert done == (True, {"a b": 2.5, "n": -2.0, "other": 0.25})
    assert store.read([A, B]) == {A: Item(A, NUMBERS, {"a b": 2.5, "n": -2.0, "other": 0.25})}


def test_a_number_out_of_its_bounds_refuses_the_change_and_tells_what_is_there(store):
    store.count(Tally(A, put={"n": 5}))
    assert store.count(Tally(A, within={"n": (5.1, math.inf)}, put={"n": 9})) == (False, {"n": 5.0})
    assert store.count(Tally(A, within={"absent": (1, 2)}, put={"n": 9})) == (False, {"n": 5.0})
    assert store.count(Tally(A, within={"n": (-math.inf, 5)}, put={"n": 9})) == (True, {"n": 9.0})
    assert store.count(Tally(B, within={"n": (1, 2)}, put={"n": 1})) == (False, {})


def test_a_number_is_known_again_to_its_last_digit(store):
    exact = NOW + 1 / 3
    store.count(Tally(A, put={"n": exact}))
    assert store.count(Tally(A, within={"n": (exact, exact)}, put={"n": 1})).done


def test_a_set_takes_members_while_it_has_room_and_loses_them(store):
    def join(name):
        return store.count(Tally(A, join=name, room=2))

    assert join("a").numbers == {"held": ["a"]}
    assert join("b").done
    assert join("c") == (False, {"held": ["a", "b"]})
    assert store.count(Tally(A, leave=("a", "z"))) == (True, {"held": ["b"]})
    assert join("c").done
    assert store.count(Tally(A, leave=("b", "c"))) == (True, {})
    assert join("d").done


def test_numbers_change_in_a_transaction_or_not_at_all(store):
    store.commit([Put(item(B)), Tally(A, within={"n": (0, 0)}, add={"n": 1})])
    with pytest.raises(Conflict) as caught:
        store.commit([Put(item(C)), Tally(A, within={"n": (0, 0)}, add={"n": 1})])
    assert caught.value.keys == {A}
    with pytest.raises(Conflict) as caught:
        store.commit([Put(item(B)), Tally(A, add={"n": 1})])
    assert caught.value.keys == {B}
    assert (set(store.read([A, B, C])), store.read([A])[A].data) == ({A, B}, {"n": 1.0})


def test_an_image_survives_encoding():
    full = Item(A, "test", {"a": [1, {"b": "ñ"}]}, 4, ttl=9, agenda="due", at="2026")
    assert decode(encode(full)) == Item(A, "test", {"a": [1, {"b": "ñ"}]}, 5, ttl=9, agenda="due", at="2026")
    with pytest.raises(ValueError, match="format"):
        decode({**encode(full), "v": {"N": "2"}})


class Busy:
    """A client that answers these error codes to one operation first, then really."""

    def __init__(self, client, operation, *codes):
        self.client, self.operation, self.codes = client, operation, list(codes)

    def __getattr__(self, name):
        return self.fail if name == self.operation and self.codes else getattr(self.client, name)

    def fail(self, **_):
        raise ClientError({"Error": {"Code": self.codes.pop(0)}}, self.operation)


def busy(store, operation, *codes):
    return DynamoStore(
        "hub", clock=store.clock, sleep=lambda _: None, client=Busy(store.client, operation, *codes)
    )


@pytest.mark.parametrize("store", ["moto"], indirect=True)
class TestABusyEngine:
    def test_is_tried_again(self, store):
        busy(store, "transact_write_items", *["TransactionConflictException"] * 7).commit(
            [Put(item(A)), Put(item(B))]
        )
        assert set(store.read([A, B])) == {A, B}

    def test_that_stays_busy_says_retry(self, store):
        with pytest.raises(RetryError):
            busy(store, "put_item", *["ThrottlingException"] * 8).commit([Put(item(A))])
        with pytest.raises(RetryError):
            busy(store, "batch_get_item", "ThrottlingException").read([A])
        with pytest.raises(RetryError):
            busy(store, "update_item", "ThrottlingException").count(Tally(A, put={"n": 1}))

    def test_that_is_wrong_is_a_bug_and_not_a_retry(self, store):
        for operation, call in [
            ("put_item", lambda s: s.commit([Put(item(A))])),
            ("batch_get_item", lambda s: s.read([A])),
            ("update_item", lambda s: s.count(Tally(A, put={"n": 1}))),
        ]:
            with pytest.raises(ClientError):
                call(busy(store, operation, "ValidationException"))
