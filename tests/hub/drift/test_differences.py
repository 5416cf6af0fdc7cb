"""What differs between the samples and what comes in, and how much evidence that takes."""

import pytest

from hub.drift.differences import differences, gone
from hub.drift.shape import Shape


def told(before, now):
    return [(".".join(one.path), one.what, one.said) for one in differences(Shape.of(before), Shape.of(now))]


def test_equal_shapes_do_not_differ():
    records = [{"a": 1, "b": [{"c": "x"}]}, {"a": 2, "b": []}]
    assert told(records, records * 20) == []
    assert told(records, []) == []


def test_what_was_always_there_has_vanished_after_five_events():
    before = [{"a": 1, "b": 1}] * 2
    assert told(before, [{"b": 1}] * 4) == []
    assert told(before, [{"b": 1}] * 5) == [("a", "vanished", "in all 2 of the samples, in none of 5")]


def test_what_was_there_now_and_then_takes_more_events():
    before = [{"a": 1}, {"b": 1}, {"b": 1}, {"b": 1}]
    assert told(before, [{"b": 1}] * 10) == []
    assert told(before, [{"b": 1}] * 20) == [("a", "vanished", "in 1 of 4 of the samples, in none of 20")]


def test_of_a_vanished_object_only_itself_is_told():
    before = [{"place": {"city": "Cali", "zip": "1"}, "a": 1}] * 2
    assert [path for path, *_ in told(before, [{"a": 1}] * 9)] == ["place"]


def test_an_empty_list_loses_nothing():
    assert told([{"l": [{"a": 1}]}] * 3, [{"l": []}] * 9) == []


@pytest.mark.parametrize(
    ("before", "now", "difference"),
    [
        (["1.5"], [1.5], ("changed", "text → number")),
        (["a"], [["a"]], ("changed", "text → list")),
        (["a"], ["a", 1], ("widened", "number too, beside text")),
        (["a", 1] * 3, ["a"] * 9, ("narrowed", "no number any more in 9")),
        (["a"] * 3, ["a", None], ("widened", "may be null: 1 of 2")),
        (["a"] * 3, [None] * 6, ("narrowed", "always null: 6 of 6")),
        (["2026-11-20T10:00:00Z"] * 2, ["1795184700"], ("changed", "time → seconds")),
        (["a@correo.example"] * 2, ["a@correo.example", "n/a"], ("widened", "text too (1), beside email")),
        (["on", "off"] * 3, ["on", "off", "odd"] * 3, ("widened", 'new values: "odd"')),
        (["on", "off"] * 3, ["on"] * 30, ("narrowed", 'no longer: "off" in 30')),
    ],
)
def test_a_value_of_another_kind_or_form_is_told(before, now, difference):
    found = told([{"a": value} for value in before], [{"a": value} for value in now])
    assert found == [("a", *difference)]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (["Ada"] * 3, ["ada@correo.example"]),
        (["310 555 0147"] * 3, ["3105550147"]),
        (["1.50"] * 3, ["2"]),
        ([None] * 3, ["a"]),
        (["a"], ["a", None]),
        (["on", "off"] * 3, ["on", "odd"]),
        (["time"], [""]),
        (["CO"], ["Colombia"]),
    ],
)
def test_what_may_be_chance_is_no_difference(before, now):
    assert told([{"a": value} for value in before], [{"a": value} for value in now]) == []


def test_what_was_always_there_and_now_is_not_always_is_wider():
    before, now = [{"a": 1, "b": 1}] * 3, [{"a": 1, "b": 1}, {"b": 1}]
    assert told(before, now) == [("a", "widened", "may be absent: 1 of 2")]


def test_a_new_field_is_told_once_and_not_what_is_inside_of_it():
    assert told([{"a": 1}], [{"a": 1, "n": {"x": 1}}, {"a": 1}]) == [("n", "new", "in 1 of 2")]


def test_new_keys_of_a_map_are_nothing_new():
    before = [{"stock": {f"A-{number}": 1}} for number in range(30)]
    assert told(before, [{"stock": {f"B-{number}": 1}} for number in range(30)]) == []


def test_evidence_is_counted():
    assert not gone(1.0, 4)
    assert gone(0.75, 5)
    assert not gone(0.5, 6)
    assert gone(0.5, 7)


def test_what_further_values_show_is_neither_new_nor_wider():
    before, known = Shape.of([{"a": "x"}] * 3), Shape.of([{"a": 1, "n": 1}, {"a": None}, {}])
    now = Shape.of([{"a": "x", "n": 2}, {"a": 2, "n": 3}, {"a": None, "n": 4}])
    assert list(differences(before, now, known)) == []
    (one,) = differences(before, Shape.of([{"a": "x", "n": "word"}]), known)
    assert (one.path, one.what, one.said) == (("n",), "changed", "number → text")
    assert list(differences(before, Shape.of([{"a": "x", "n": None}]), known)) == []
