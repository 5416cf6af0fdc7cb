"""Which paths an expression reads."""

import pytest

from hub.drift.reads import names, origins, reads, touches, written

LEVELS = {"line": frozenset({("lines",)})}


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("a.b.c", {"a.b.c"}),
        ('"a b"."c"', {"a b.c"}),
        ("lines[?qty > `1`].price | [0]", {"lines.qty", "lines.price"}),
        ("a.{x: b, y: c}", {"a.b", "a.c"}),
        ("[a, b]", {"a", "b"}),
        ("sort_by(list, &when.at)[0].z", {"list.when.at", "list.z"}),
        ("customer || {email: email}", {"customer", "email"}),
        ("stock.*.count", {"stock", "stock.*.count"}),
        ("list[?id == root().main].name", {"list.id", "main", "list.name"}),
        ("money(line.price, currency)", {"lines.price", "currency"}),
        ("!a && a0[1].b[2:]", {"a", "a0.b"}),
        ("'fixed'", set()),
        ("coalesce(a.line, b)", {"a.line", "b"}),
    ],
)
def test_reads_are_followed_through_lists_filters_and_levels(source, paths):
    assert {".".join(path) for path in reads(source, LEVELS)} == paths


def test_the_origin_of_a_value_is_where_it_stands():
    assert origins("orders[].lines[]") == {("orders", "lines")}
    assert origins("{a: b}") == frozenset()
    assert origins("@") == {()}


def test_a_change_is_seen_by_who_reads_it_or_around_it():
    assert touches(("a", "b"), ("a",))
    assert touches(("a",), ("a", "b"))
    assert touches(("a", "*", "c"), ("a", "x", "c"))
    assert not touches(("a", "b"), ("a", "c"))


def test_paths_are_written_as_people_write_them():
    assert written(("lines", "[]", "price")) == "lines[].price"
    assert written(()) == "the record"
    assert names(("lines", "[]", "price")) == ("lines", "price")
