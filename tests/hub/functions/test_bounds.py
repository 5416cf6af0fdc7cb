"""Hostile values: no function takes time or memory without end. Each of these would, without its bound."""

import pytest

from hub import times
from hub.expressions import FUNCTIONS
from hub.expressions.limits import LARGEST_TEXT, MOST_ITEMS
from hub.values import TYPES, composed, normalise

HUGE = "9" * 10_000_000
FULL = "a" * LARGEST_TEXT
MARKS = "a" + "\u0301\u0316" * 400_000
TIBETAN = "a" + "\u0f81" * 400_000
GROWS = "\ufdfa" * LARGEST_TEXT
TAKES_ANY = {"root", "coalesce", "is_tax_id"}


def call(name, *arguments):
    return FUNCTIONS[name](*arguments)


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - TAKES_ANY))
def test_ten_million_characters_are_refused_by_every_function(name):
    one = FUNCTIONS[name]
    with pytest.raises((ValueError, TypeError, ArithmeticError)):
        call(name, HUGE, *["CO"] * (one.least - 1))


def test_ten_million_characters_are_no_document():
    assert call("is_tax_id", HUGE, "CO") is False
    assert call("is_tax_id", "1" + "\ufdfa" * 39, "BR") is False


@pytest.mark.parametrize("type", sorted(TYPES))
def test_ten_million_characters_are_a_value_of_no_type(type):
    with pytest.raises(ValueError, match="not a value of type"):
        normalise(type, HUGE)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("concat", (FULL, "b")),
        ("replace", (FULL, "a", "bb")),
        ("replace", (FULL, "", "b")),
        ("replace", ("ab" * 1000, "a", "b" * 10_000)),
        ("words", ([FULL, "b"],)),
        ("words", ([""] * (MOST_ITEMS + 1),)),
        ("split", ("," * MOST_ITEMS, ",")),
        ("pad", ("1", 10**18, "0")),
        ("pad", ("1", -1, "0")),
        ("truncate", ("a", 10**400)),
        ("truncate", ("a", True)),
        ("total", ([1] * (MOST_ITEMS + 1),)),
        ("compact", ([None] * (MOST_ITEMS + 1),)),
        ("unique", ([1] * (MOST_ITEMS + 1),)),
        ("upper", ("\u0390" * 400_000,)),
        ("number", ("1e999999999",)),
        ("number", ("1" * 101,)),
        ("number", (10**4000,)),
        ("number", ("1." + "1" * 99, ",")),
        ("money", ("1e-999999999", "COP")),
        ("minor", ("1e999999999", "COP")),
        ("money", ("1", " " * 100 + "COP")),
        ("total", (["1e999999999"],)),
        ("time", ("1" * 65,)),
        ("time", (10**400,)),
        ("time", (float("inf"),)),
        ("time_of_millis", (10**15,)),
        ("parse_time", ("2026", "%Y" * 2)),
        ("parse_time", ("2026", "%Y" + " " * 100)),
        ("parse_time", ("2026" + " " * 100, "%Y")),
        ("format_time", ("2026-01-01", "%9999999Y")),
        ("format_time", ("2026-01-01", "x" * 101)),
        ("date", ("/Date(" + "9" * 20 + ")/",)),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_would_grow_is_refused_before_it_is_built(name, arguments):
    with pytest.raises((ValueError, ArithmeticError)):
        call(name, *arguments)


def test_what_is_at_the_limit_is_taken():
    assert call("concat", FULL[1:], "b").endswith("ab")
    assert call("replace", FULL, "a", "b") == "b" * LARGEST_TEXT
    assert len(call("split", "," * (MOST_ITEMS - 1), ",")) == MOST_ITEMS
    assert call("split", FULL, ",") == [FULL]
    assert normalise("text", FULL) == FULL
    assert call("upper", FULL) == "A" * LARGEST_TEXT
    assert call("lower", call("upper", FULL)) == FULL
    assert call("pad", "1", LARGEST_TEXT, "0").endswith("01")
    assert call("total", [1] * MOST_ITEMS) == MOST_ITEMS
    assert call("time", " " * 54 + "2026-01-05").startswith("2026-01-05")


@pytest.mark.parametrize("text", [MARKS, TIBETAN], ids=["latin", "tibetan"])
def test_marks_without_end_on_one_letter_are_not_sorted(text):
    for type, value in (("text", text), ("address", {"line1": text}), ("email", text), ("country", text)):
        with pytest.raises(ValueError, match="not a value of type"):
            normalise(type, value)


def test_letters_with_their_marks_are_composed_in_any_language():
    assert composed("e\u0301" * 100_000) == "é" * 100_000
    assert composed("日本語" * 20 + "й" * 40) == "日本語" * 20 + "й" * 40
    assert composed("a" + "\u0301" * 30).startswith("á")


def test_compatibility_forms_do_not_grow_without_end():
    with pytest.raises(ValueError, match="not a value of type email"):
        normalise("email", GROWS + "@correo.example")
    with pytest.raises(ValueError, match="too large"):
        composed("\U0001d160" * 400_000)  # each becomes three


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("email", "ada@" + ".".join(["é" * 50] * 20)),
        ("email", "ada@" + "é" * 900),
        ("email", " " * 2000 + "ada@correo.example"),
        ("url", "https://tienda.example/" + "a" * 8_200),
        ("phone", "3" * 251),
        ("number", "0" * 101),
        ("boolean", " " * 101 + "true"),
        ("country", "CO" + " " * 100),
        ("language", "es" + " " * 100),
        ("money", {"amount": "1" * 101, "currency": "COP"}),
        ("address", {"line1": "a" * (LARGEST_TEXT + 1)}),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_value_longer_than_its_kind_can_be_is_refused_unread(type, value):
    with pytest.raises(ValueError, match="not a value of type"):
        normalise(type, value, region="CO")


def test_a_country_of_an_address_that_nobody_knows_stays_as_it_is():
    line = "x" * 1000
    assert normalise("address", {"country": line}) == {"country": line}


def test_lists_nested_deeply_are_no_texts_and_no_numbers():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for name in sorted(FUNCTIONS.keys() - TAKES_ANY - {"compact"}):
        with pytest.raises((ValueError, TypeError, AttributeError)):
            call(name, deep, *["CO"] * (FUNCTIONS[name].least - 1))
    for type in sorted(TYPES.keys() - {"list"}):
        with pytest.raises(ValueError, match="not a value of type"):
            normalise(type, deep)
    for value in ({"line1": deep}, {"amount": deep, "currency": "COP"}, {"amount": "1", "currency": deep}):
        for type in ("address", "money"):
            with pytest.raises(ValueError, match="not a value of type"):
                normalise(type, value)
    assert call("coalesce", None, deep) is deep
    assert call("is_tax_id", deep, "CO") is False
    assert call("compact", [deep])[0] is deep
    while deep:
        deep = deep.pop()


def test_a_time_of_no_calendar_is_refused():
    for value in ("/Date(999999999999999)/", "/Date(12", "0000-00-00", "20261399"):
        with pytest.raises((ValueError, OverflowError)):
            times.parse(value)
