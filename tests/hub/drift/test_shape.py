"""The shape of many values: what is seen, and that the order of seeing does not matter."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.drift import shape as module
from hub.drift.forms import fits, form, is_data
from hub.drift.shape import Facts, Shape
from hub.mapping.claims import kind

HYPOTHESIS = settings(derandomize=True, deadline=None, database=None, max_examples=40)
SCALARS = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "CO", "ada@correo.example"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "77", "x@correo.example"]), inner, max_size=3)
    ),
    max_leaves=12,
)
MANY = st.lists(VALUES, max_size=5)


@given(MANY, MANY, MANY)
@HYPOTHESIS
def test_merging_does_not_depend_on_grouping_or_order(one, two, three):
    a, b, c = Shape.of(one), Shape.of(two), Shape.of(three)
    whole = Shape.of([*three, *one, *two])
    assert a.merged(b).merged(c) == a.merged(b.merged(c)) == b.merged(a).merged(c) == whole


@given(MANY, MANY, MANY)
@HYPOTHESIS
def test_that_holds_where_paths_and_words_are_too_many(one, two, three):
    before = module.PATHS, module.VALUES
    module.PATHS, module.VALUES = 4, 1
    try:
        a, b, c = Shape.of(one), Shape.of(two), Shape.of(three)
        whole = Shape.of([*two, *three, *one])
        assert a.merged(b).merged(c) == a.merged(c.merged(b)) == whole
        assert len(whole.paths) <= 4
    finally:
        module.PATHS, module.VALUES = before


@given(MANY)
@HYPOTHESIS
def test_the_empty_shape_changes_nothing(values):
    shape = Shape.of(values)
    assert shape.merged(Shape()) == Shape().merged(shape) == shape


def test_kinds_forms_lengths_and_words_are_counted():
    shape = Shape.of([{"a": "x"}, {"a": "xyz"}, {"a": None}, {"a": 1}, {"b": [1, 2.5]}])
    assert shape.paths["a",] == Facts(
        {"text": 2, "null": 1, "number": 1}, {"text": 2, "integer": 1}, 1, 3, frozenset({'"x"', '"xyz"', "1"})
    )
    assert shape.paths["b", "[]"].forms == {"integer": 1, "decimal": 1}
    assert (shape.holders(("a",)), shape.holders(("b", "[]")), shape.holders(("z", "y"))) == (5, 1, 0)


def test_words_are_listed_only_when_each_came_again():
    shape = Shape.of({"state": one, "name": str(number)} for number, one in enumerate(["open", "paid"] * 3))
    assert shape.paths["state",].listed == {'"open"', '"paid"'}
    assert shape.paths["name",].listed == frozenset()
    emails = Shape.of({"to": "ada@correo.example"} for _ in range(9))
    assert emails.paths["to",].listed == frozenset()


def test_too_many_words_and_prose_are_not_kept():
    assert Shape.of({"a": number} for number in range(21)).paths["a",].words is None
    assert Shape.of([{"a": "long " * 30}]).paths["a",].words is None


def test_keys_that_are_data_are_one_path():
    shape = Shape.of(
        [{"by_day": {"2026-11-20": 1, "2026-11-21": 2}, "by_id": {"77": 1, "a@correo.example": 1}}]
    )
    assert set(shape.paths) == {(), ("by_day",), ("by_day", "*"), ("by_id",), ("by_id", "*")}


def test_many_rare_keys_are_data_whatever_they_look_like():
    shape = Shape.of({"stock": {f"RUANA-{number}": 1}, "id": number} for number in range(40))
    assert shape.keyed() == {("stock",)}
    folded = shape.folded(shape.keyed())
    assert folded.paths["stock", "*"].kinds == {"number": 40}
    assert len(folded.paths) == 4


def test_a_wide_record_is_no_map():
    assert Shape.of({f"field_{number}": 1 for number in range(80)} for _ in range(5)).keyed() == frozenset()


def test_hostile_values_stay_within_bounds(monkeypatch):
    monkeypatch.setattr(module, "PATHS", 100)
    deep = json.loads("[" * 200 + "]" * 200)
    shape = Shape.of([{f"k{number:05}": 1 for number in range(5000)}, deep])
    assert shape.cut
    assert len(shape.paths) <= 100
    assert max(map(len, Shape.of([deep]).paths)) == module.DEPTH


def test_every_kind_has_its_name():
    values = [None, True, 1, 1.5, "", [], {}]
    assert list(map(kind, values)) == ["null", "boolean", "number", "number", "text", "list", "object"]


def test_forms_are_told_from_what_stands_there():
    known = {
        "email": ["Ada@Correo.example"],
        "url": ["https://tienda.example/c?x=1"],
        "time": ["2026-11-20T10:00:00Z", "2026-11-20 10:00:00", "2026-11-20T10:00:00.123-05:00"],
        "date": ["2026-11-20"],
        "seconds": [1795184700, "1795184700"],
        "milliseconds": [1795184700000, "1795184700000"],
        "decimal": ["199900.00", "0,19", 0.19],
        "integer": ["42", 42, -1, 42.0, "9" * 40],
        "uuid": ["5f0c6a10-0000-4000-8000-000000000004"],
        "phone": ["+573105550147", "310 555 01 47", "(310) 555-0147"],
        "country": ["CO"],
        "currency": ["COP"],
        "language": ["es-CO", "es_co"],
        "text": ["Lucía", "a@b", "co", "XXX", "20-11", "x" * 400],
        "": ["", " ", None, True, [], {}],
    }
    assert {(name, form(value)) for name, some in known.items() for value in some} == {
        (name, name) for name in known
    }


def test_forms_that_one_field_may_mix_are_no_surprise():
    assert fits(frozenset({"integer"}), "phone")
    assert fits(frozenset({"text"}), "email")
    assert fits(frozenset(), "time")
    assert not fits(frozenset({"time"}), "seconds")
    assert not fits(frozenset({"seconds"}), "milliseconds") or not fits(frozenset({"time"}), "date")


def test_data_as_keys_is_recognised():
    assert all(map(is_data, ["77", "2026-11-20", "a@correo.example", "5f0c6a10-0000-4000-8000-000000000004"]))
    assert not any(map(is_data, ["address_1", "line2", "e", "state"]))
