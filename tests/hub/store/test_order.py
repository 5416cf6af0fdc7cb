"""Things in order: the same as a sorted list, and as cheap among many as among few."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.store import order
from hub.store.order import Order

COMPARED = [0]
numbers = st.integers(0, 60)
changes = st.lists(st.tuples(st.booleans(), numbers), max_size=120)


class Weighed(int):
    """A number that counts how often it is compared."""

    def __lt__(self, other):
        COMPARED[0] += 1
        return int(self) < int(other)


def filled(things):
    made = Order()
    for thing in things:
        made.add(thing)
    return made


@settings(max_examples=300, deadline=None, derandomize=True)
@given(changes, numbers)
def test_it_is_a_sorted_list(changes, bound):
    whole = order.MOST
    order.MOST = 4
    try:
        made, plain = Order(), set()
        for add, number in changes:
            if add and (number,) not in plain:
                made.add((number,))
                plain.add((number,))
            elif not add and (number,) in plain:
                made.remove((number,))
                plain.remove((number,))
        assert list(made) == sorted(plain)
        assert list(made.upward((bound,))) == sorted(one for one in plain if one >= (bound,))
        assert list(made.downward((bound,))) == sorted((one for one in plain if one < (bound,)), reverse=True)
    finally:
        order.MOST = whole


@pytest.mark.parametrize("count", [1_000, 100_000])
def test_a_change_looks_at_no_more_than_the_logarithm_and_moves_one_run(count):
    made = filled((Weighed(n),) for n in random.Random(1).sample(range(0, 4 * count, 2), count))
    made.settle()
    COMPARED[0] = 0
    made.add((Weighed(count + 1),))
    made.remove((Weighed(count + 1),))
    assert COMPARED[0] < 150
    assert max(map(len, made._runs)) <= order.MOST
