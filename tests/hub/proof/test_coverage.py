"""What the tests of a mapping reach."""

import pytest

from hub.proof.coverage import coverage, percent
from hub.proof.verdicts import verdict
from tests.hub.proof.project import catalog_of, project


@pytest.fixture
def missed(tmp_path):
    """What no test of a mapping of orders reaches: line, column and words."""
    folder = project(tmp_path)

    def run(leaves, *tests):
        lines = [f"  - {{name: one, {test}}}" for test in tests]
        text = "\n".join(["entity: order", *leaves.splitlines(), "tests:", *lines]) + "\n"
        (folder / "mappings" / "shop.order.yaml").write_text(text, encoding="utf-8")
        catalog, samples = catalog_of(folder)
        mapping = catalog.mappings["shop.order"]
        found = coverage(mapping, verdict(mapping, samples).examples)
        return [f"{error.place.line}:{error.place.column} {error.message}" for error in found.missed]

    return run


def test_a_leaf_is_reached_when_it_gives_a_value(missed):
    assert missed("in: {number: id}", "in: {id: 7}, expect: {}") == []
    assert missed("in: {number: id}", "in: {id: null}, expect: {}") == ["2:6 no test gives it a value"]


def test_both_sides_of_or_and_and_are_reached(missed):
    leaf = "in:\n  number: a && 'x' || 'y'"
    assert missed(leaf, "in: {a: 1}, expect: {}", "in: {}, expect: {}") == []
    assert missed(leaf, "in: {a: 1}, expect: {}") == [
        "3:13 in no test the left side of && is the answer",
        "3:20 in no test the right side of || is the answer",
    ]


def test_a_comparison_is_once_true_and_once_false(missed):
    leaf = "in:\n  number: text(a == 'x')"
    assert missed(leaf, "in: {a: x}, expect: {}", "in: {a: y}, expect: {}") == []
    assert missed(leaf, "in: {a: y}, expect: {}") == ["3:18 in no test it is true"]


def test_a_filter_keeps_and_drops(missed):
    leaf = "in:\n  number: a[?b].c | [0]"
    assert missed(leaf, "in: {a: [{b: 1, c: 2}, {b: null}]}, expect: {}") == []
    assert missed(leaf, "in: {a: [{b: 1, c: 2}]}, expect: {}") == [
        "3:12 no test has an item that the filter drops"
    ]
    assert len(missed(leaf, "in: {}, expect: {}")) >= 3


def test_a_loop_and_a_list_have_items(missed):
    leaf = "in:\n  number: x[*].y | [0]"
    assert missed(leaf, "in: {x: [{y: A}]}, expect: {}") == []
    assert missed(leaf, "in: {x: []}, expect: {}") == [
        "3:3 no test has anything to go through",
        "3:3 no test gives it a value",
    ]
    leaf = "in:\n  items:\n    each: {line: lines}\n    fields: {sku: line.x}"
    assert "3:3 no test has an item" in missed(leaf, "in: {lines: []}, expect: {}")


def test_a_filter_of_a_level_stands_in_the_level(missed):
    leaf = "in:\n  items:\n    each: {line: 'lines[?a]', part: line.parts}\n    fields: {sku: part}"
    assert missed(leaf, "in: {lines: [{a: 1, parts: [A]}]}, expect: {}") == [
        "4:24 no test has an item that the filter drops"
    ]


def test_an_expression_that_is_a_function_of_its_own_is_looked_into(missed):
    leaf = "in:\n  items:\n    each: {line: lines}\n    fields: {sku: \"line.x[?a].y[?b].z || 'none'\"}"
    assert missed(leaf, "in: {lines: [{}]}, expect: {}") == [
        "5:26 no test has anything to filter",
        "5:26 no test has an item that the filter drops",
        "5:26 no test has an item that the filter keeps",
        "5:32 no test has anything to filter",
        "5:32 no test has an item that the filter drops",
        "5:32 no test has an item that the filter keeps",
        "5:39 in no test the left side of || is the answer",
    ]


def test_every_entry_of_a_lookup_and_what_is_not_listed(missed):
    leaf = "in:\n  status: {from: s, lookup: {P: paid, O: open}}"
    assert missed(leaf, "in: {s: P}, expect: {}") == [
        '3:39 no test has "O"',
        "3:3 no test has a value that is not listed",
    ]
    leaf = "in:\n  status: {from: s, lookup: {P: paid}, else: open}"
    assert missed(leaf, "in: {s: P}, expect: {}") == ["3:40 no test has a value that is not listed"]


def test_a_pair_is_read_and_written(missed):
    leaf = "both:\n  a: number\n  s: {field: status, lookup: {P: paid}}"
    read, unlisted = "in: {a: 1, s: P}, expect: {}", "in: {s: X}, drift: [status]"
    assert missed(leaf, read, unlisted) == [
        "3:3 no test gives it a value to write",
        '4:31 no test has "paid" to write',
        "4:3 no test has a value that is not listed to write",
        "4:3 no test gives it a value to write",
    ]
    written = 'out: {number: "1", status: paid}, expect: {a: "1", s: P}'
    assert missed(leaf, read, unlisted, written, "out: {status: open}, expect: {}") == []


def test_a_required_value_is_once_missing(missed):
    leaf = "in:\n  number: {from: id, required: true}"
    assert missed(leaf, "in: {id: 1}, expect: {}") == ["3:3 no test leaves it out, although it is required"]
    assert missed(leaf, "in: {id: 1}, expect: {}", "in: {}, rejected: missing-value") == []


def test_a_share_is_whole_only_where_nothing_is_missing():
    assert percent((0, 0)) == 100.0
    assert percent((9999, 10000)) == 99.9
