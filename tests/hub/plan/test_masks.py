"""What a mask lets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mapping import ABSENT
from hub.plan.masks import DOTS, mask, name_of, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ana.prada@correo.example", "a•••@c•••.example"),
        ("+573105550123", "+57•••23"),
        ("Ana María", "A•••"),
        ("Al", "•••"),
        ("1018456789-1", "•••"),
        ("", '""'),
        (True, "•••"),
        (12.5, "•••"),
        (None, "(cleared)"),
        (ABSENT, "(not told)"),
        ({"city": "Cali", "line2": None}, '{"city": "C•••", "line2": null}'),
        (["club", "lana"], '["c•••", "•••"]'),
        (["club"], '["c•••"]'),
        ([], "[]"),
    ],
)
def test_a_personal_value_shows_its_shape(value, text):
    assert shown(value, masked=True) == text


def test_another_value_is_shown_as_it_is_but_for_its_end():
    assert shown("paid", masked=False) == "paid"
    assert shown(["a"], masked=False) == '["a"]'
    assert shown("a" * 100, masked=False) == "a" * 60 + "…"


@settings(derandomize=True, deadline=None, database=None, max_examples=200)
@given(st.text(min_size=3))
def test_no_mask_lets_more_through_than_ends(text):
    letters = mask(text).replace(DOTS, "")
    assert len(letters) <= 5 or "@" in text
    assert text not in mask(text) or set(text) <= set(DOTS)


@pytest.mark.parametrize(
    ("id", "personal", "shown_as"),
    [
        ("8120044231001", ["ana@b.example"], "8120044231001"),
        ("573105550123", ["+573105550123"], "•••"),
        ("ana@b.example", [], "a•••@b•••.example"),
        ("guest/Ana.Prada", [{"name": "ana prada"}], "g•••"),
        ("7", ["+57 7"], "7"),
        ("order/9001", [None, ABSENT], "order/9001"),
    ],
)
def test_the_id_of_a_record_is_masked_where_it_says_who_it_is(id, personal, shown_as):
    assert name_of(id, personal) == shown_as
