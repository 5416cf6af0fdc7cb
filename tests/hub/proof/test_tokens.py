"""What is changed in the text of an expression."""

import pytest

from hub.expressions import FUNCTIONS, compile
from hub.expressions.native import NATIVE
from hub.proof.tokens import NEIGHBOURS, changes, names, texts

BESIDE = {("price",): ["tax"], ("line", "price"): ["cost", "a b"]}


def changed(source):
    return [change.text for change in changes(source, lambda path: BESIDE.get(path, []))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("price", ["tax"]),
        ("line.price", ["line.cost", 'line."a b"']),
        ('"a b".c', ['"a b".c_']),
        ("nothing", ["nothing_"]),
        ("a == b", ["a_ == b", "a != b", "a == b_"]),
        ("a && !b", ["a_ && !b", "a || !b", "a && b", "a && !b_"]),
        ("a < `2`", ["a_ < `2`", "a <= `2`", "a < `3`"]),
        ("'paid'", ["'other'"]),
        ("'other'", ["'another'"]),
        ("`true`", ["`false`"]),
        ("`null`", []),
        ('`["a\\`", {"b": [1]}]`', ['`["other", {"b": [1]}]`', '`["a\\`", {"b": [2]}]`']),
        ("`bare`", ['`"other"`']),
        ("a[0]", ["a_[0]", "a[-1]"]),
        ("a[-1]", ["a_[-1]", "a[0]"]),
        ("a[2:3]", ["a_[2:3]"]),
        ("a[?b].c", ["a_[?b].c", "a[*].c", "a[?b_].c", "a[?b].c_"]),
        ("{b: a}", ["{b_: a}", "{b: a_}"]),
        ("lower(a)", ["upper(a)", "a", "lower(a_)"]),
        ("time(a, 'UTC')", ["date(a, 'UTC')", "time('UTC', a)", "time(a_, 'UTC')", "time(a, 'Asia/Tokyo')"]),
        ("concat(b, [a, c][0])", ["concat([a, c][0], b)", "concat(b_, [a, c][0])"]),
        ("root().price", ["root().price_"]),
    ],
)
def test_an_expression_is_changed_in_one_thing_at_a_time(source, expected):
    assert changed(source)[: len(expected)] == expected
    assert all(compile(text) for text in changed(source))


def test_a_change_says_where_and_what():
    (first, second, *_) = changes("a && 'x'", lambda path: [])
    assert (first.offset, first.what) == (0, "a became a_")
    assert (second.offset, second.what) == (2, "&& became ||")


def test_the_names_and_texts_of_an_expression_are_known():
    assert names("a.\"b c\"[?d == 'e']") == {"a", "b c", "d"}
    assert names("a.\"b c\"[?d == 'e'].f", inner=True) == {"b c", "f"}
    assert list(texts("a == 'b' || c == `[\"d\", 1]`")) == ["b", "d"]


EXAMPLES = sorted({source for function in FUNCTIONS.values() for source, _, _ in function.examples})


@pytest.mark.parametrize("source", EXAMPLES)
def test_every_change_of_an_expression_is_another_expression(source):
    found = list(changes(source, lambda path: []))
    assert found
    assert all(change.text != source and compile(change.text) for change in found)
    assert all(0 <= change.offset < len(source) for change in found)


def test_functions_that_are_taken_for_each_other_exist():
    assert {"lower(x)", "after(a, b)"} <= {*changed("upper(x)"), *changed("before(a, b)")}
    assert set(NEIGHBOURS) <= {*FUNCTIONS, *NATIVE}
