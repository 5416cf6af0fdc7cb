"""Records like a sample."""

from hub.mapping import ABSENT
from hub.proof.variations import AS_IT_IS, changed, variations


def test_a_value_is_set_or_taken_out_and_the_rest_is_shared():
    base = {"a": {"b": 1}, "c": [1, {"d": 2}]}
    assert changed(base, ("a", "b"), 2) == {"a": {"b": 2}, "c": base["c"]}
    assert changed(base, ("a", "b"), ABSENT) == {"a": {}, "c": base["c"]}
    assert changed(base, ("c", 1, "d"), 3)["c"] == [1, {"d": 3}]
    assert changed(base, ("c", 0), ABSENT)["c"] == [{"d": 2}]
    assert changed(base, ("c", 7), 3) == base
    assert changed(base, ("x", "y"), 3)["x"] == {"y": 3}
    assert base == {"a": {"b": 1}, "c": [1, {"d": 2}]}


def test_each_named_value_is_varied_and_missing_ones_are_set():
    found = list(
        variations(
            {"a": "x", "b": [{"c": True}], "n": 1, "o": {}}, frozenset("acnozy"), frozenset("z"), ["paid"]
        )
    )
    said = [one.said for one in found]
    assert said[0] == AS_IT_IS
    assert found[0].record == {"a": "x", "b": [{"c": True}], "n": 1, "o": {}}
    for words in [
        'a is "paid"',
        "a left out",
        "a is null",
        "b[0].c is false",
        "n is 2",
        "o is null",
        "z is 7",
        "o.z is 7",
    ]:
        assert words in said
    assert "y is 7" in said and "o.y is 7" not in said
    assert {one.said: one.record for one in found}["a left out"] == {"b": [{"c": True}], "n": 1, "o": {}}
    assert sum(", " in one for one in said) >= 200


def test_the_same_records_are_made_each_time():
    made = [[one.said for one in variations({"a": "x"}, frozenset("a"), frozenset(), [])] for _ in range(2)]
    assert made[0] == made[1]


def test_a_record_of_which_nothing_is_read_stays_alone():
    assert [one.said for one in variations({"a": 1}, frozenset(), frozenset(), [])] == [AS_IT_IS]
