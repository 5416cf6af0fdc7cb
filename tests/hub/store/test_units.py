"""Sizes and units as AWS publishes them, on the examples that stand there."""

import pytest

from hub.store import Item, Key
from hub.store.dynamodb import encode
from hub.store.units import KB, read_units, size, write_units


@pytest.mark.parametrize(
    ("value", "bytes"),
    [
        ({"S": "Lucía"}, 6),
        ({"S": ""}, 0),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "1795000000"}, 3),
        ({"N": "-12.5"}, 4),
        ({"N": "1" * 38}, 20),
        ({"B": b"abcd"}, 4),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"NULL": True}]}, 3 + 3 + 2),
        ({"M": {}}, 3),
        ({"M": {"año": {"N": "12"}}}, 3 + 1 + 4 + 2),
        ({"SS": ["a", "ñ"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": [b"a", b"bc"]}, 3),
    ],
)
def test_a_value_weighs_what_aws_says_and_its_name_in_utf_8(value, bytes):
    assert size({"ñame": value}) == 5 + bytes


def test_an_item_is_the_sum_of_its_attributes():
    image = encode(Item(Key("A#1", "A"), "test", {"a": "ñ"}))
    names = sum(map(len, image))
    assert size(image) == names + len("A#1") + len("A") + len("test") + 2 + 2 + len('{"a":"ñ"}') + 1


@pytest.mark.parametrize(
    ("bytes", "plain", "transactional"),
    [(1, 1, 2), (500, 1, 2), (KB, 1, 2), (KB + 1, 2, 4), (2 * KB, 2, 4), (3 * KB + 512, 4, 8)],
)
def test_a_write_unit_is_a_kilobyte_and_a_transaction_takes_two(bytes, plain, transactional):
    assert (write_units(bytes, transactional=False), write_units(bytes)) == (plain, transactional)


@pytest.mark.parametrize(
    ("bytes", "consistent", "eventual"),
    [(0, 1, 0.5), (3_500, 1, 0.5), (4 * KB, 1, 0.5), (4 * KB + 1, 2, 1), (8 * KB, 2, 1)],
)
def test_a_read_unit_is_four_kilobytes_and_an_absent_item_costs_one(bytes, consistent, eventual):
    assert (read_units(bytes), read_units(bytes, consistent=False)) == (consistent, eventual)
