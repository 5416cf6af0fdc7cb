"""Numbers, truths, texts and lists as vendors write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expressions import FUNCTIONS

few = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def call(name, *arguments):
    return FUNCTIONS[name](*arguments)


@pytest.mark.parametrize(
    ("value", "comma", "number"),
    [
        ("12", None, 12),
        ("-0.5", None, -0.5),
        (" 1e3 ", None, 1000),
        (7, None, 7),
        (2.5, ",", 2.5),
        ("1.234.567,5", ",", 1234567.5),
        ("12,50", ",", 12.5),
        ("1,234,567.5", ".", 1234567.5),
        ("1.234", ",", 1234),
        ("1.234", ".", 1.234),
        ("-1.234,5", ",", -1234.5),
    ],
)
def test_a_number_is_read_with_the_decimal_sign_that_is_said(value, comma, number):
    found = call("number", value) if comma is None else call("number", value, comma)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    ("value", "comma"),
    [
        ("1,5", ""),
        ("1,2,3", ","),
        ("12 pesos", ""),
        ("", ""),
        ("NaN", ""),
        ("inf", ""),
        ("1", ";"),
        ("1", ".,"),
    ],
)
def test_what_says_no_number_is_refused(value, comma):
    with pytest.raises(ValueError, match=r"number|decimal sign"):
        call("number", value, comma)
    with pytest.raises(ValueError, match="not a value of type number"):
        call("number", True)


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "TRUE", " Yes ", "Sí", "si", "SIM"])
def test_a_yes_is_true(value):
    assert call("boolean", value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "False", "no", "Não", "nao"])
def test_a_no_is_false(value):
    assert call("boolean", value) is False


@pytest.mark.parametrize("value", ["", "maybe", "2", 2, "y", "on", "null", [], {}])
def test_anything_else_is_neither(value):
    with pytest.raises(ValueError, match=r"not a (boolean|scalar)"):
        call("boolean", value)


def test_a_list_has_each_value_once_and_tells_numbers_from_truths_and_texts():
    items = ["a", 1, 1.0, True, "1", None, "a", None, 0, False, "", -0.0, 2.5, 10**20, 1e20]
    assert call("unique", items) == ["a", 1, True, "1", None, 0, False, "", 2.5, 10**20]
    for value in ("text", {"a": 1}, 5):
        with pytest.raises(TypeError, match="not a list"):
            call("unique", value)
    with pytest.raises(ValueError, match="not a scalar"):
        call("unique", [[1]])


def test_numbers_of_one_hash_do_not_slow_a_list_down():
    one_hash = [number * (2**61 - 1) for number in range(30_000)]
    assert len({hash(number) for number in one_hash}) == 1
    assert len(call("unique", one_hash)) == 30_000  # minutes, where they are keys of a table


def test_a_compact_list_keeps_false_and_zero():
    assert call("compact", [None, "", 0, False, [], " "]) == [0, False, [], " "]


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [("Tote bag", 8, "Tote bag"), ("Tote bag", 4, "Tote"), ("Tote", 0, ""), ("ñandú", 2, "ña")],
)
def test_a_text_is_cut(text, length, cut):
    assert call("truncate", text, length) == cut


@pytest.mark.parametrize(("length", "filler"), [(3, ""), (3, "ab"), (1.5, "0"), ("3", "0"), (True, "0")])
def test_a_text_is_filled_up_by_one_character_to_a_number_of_them(length, filler):
    with pytest.raises((TypeError, ValueError)):
        call("pad", "1", length, filler)


def test_digits_are_those_of_ascii():
    assert call("digits", "٣4 ５6²") == "46"
    assert call("digits", 12.0) == "12"


@few
@given(st.text(max_size=30), st.text(max_size=3), st.text(max_size=3))
def test_what_is_replaced_split_and_joined_is_as_python_has_it(text, old, new):
    assert call("replace", text, old, new) == text.replace(old, new)
    if old:
        assert call("split", text, old) == text.split(old)


MONEY = st.tuples(st.integers(-(10**15), 10**15), st.sampled_from(["COP", "CLP", "EUR", "KWD", "CLF"]))


@few
@given(MONEY)
def test_money_and_its_smallest_units_are_the_same(money):
    units, currency = money
    known = call("minor", units, currency)
    assert call("minor_units", known) == units
    assert call("minor_units", known | {"currency": currency.lower()}) == units


@few
@given(MONEY, st.integers(0, 50))
def test_money_so_many_times_is_its_total_that_often(money, count):
    known = call("minor", *money)
    assert call("times", known, count) == call("total", [call("minor", 0, money[1]), *[known] * count])


@pytest.mark.parametrize(
    "money",
    [
        {"amount": "1.005", "currency": "COP"},
        {"amount": "1.5", "currency": "CLP"},
        {"amount": "1"},
        "1 COP",
        {"amount": "x", "currency": "COP"},
    ],
)
def test_money_without_whole_units_is_refused(money):
    with pytest.raises(ValueError, match=r"^not a (whole number|value of type money)"):
        call("minor_units", money)


def test_a_total_knows_a_currency_in_small_letters_and_refuses_two():
    assert (
        call("total", [{"amount": 1, "currency": "cop"}, {"amount": "2", "currency": "COP"}])["amount"]
        == "3.00"
    )
    with pytest.raises(ValueError, match="several currencies"):
        call("total", [{"amount": 1, "currency": "COP"}, {"amount": "2", "currency": "EUR"}])
    for currency in (5, "", "x" * 101, None):
        with pytest.raises(ValueError, match="not a currency"):
            call("total", [{"amount": 1, "currency": currency}])
