import json
import sys

import pytest

from bench import __main__, mapping, receiving, storm, unifying
from bench.rows import Row, plain, table


@pytest.fixture
def short(monkeypatch):
    """The same measures in a fraction of a second."""
    monkeypatch.setattr(receiving, "RUNS", 1)
    monkeypatch.setattr(unifying, "RUNS", 2)
    monkeypatch.setattr(unifying, "SIZES", (2,))
    monkeypatch.setattr(mapping, "SECONDS", 0.001)


def rows(measure):
    return {row.name: row for row in measure()}


def test_a_batch_of_a_hundred_events_takes_ten_calls(short):
    row = rows(receiving.measure)["calls to AWS per event, HubSpot batch of 100"]
    assert (row.value, row.kept) == (0.1, True)


def test_an_event_is_one_transaction_and_no_query(short):
    found = list(unifying.measure())
    for row in found:
        if row.name in ("transactions per event", "queries per event"):
            assert row.kept, row
    assert {row.group.partition(":")[0] for row in found} == {"unify"}


def test_a_storm_ends_in_one_customer_and_nobody_begins_anew_too_often(monkeypatch):
    monkeypatch.setattr(storm, "WORKERS", (2, 12))
    monkeypatch.setattr(storm, "STORMS", 2)
    found = list(storm.measure())
    assert all(row.kept for row in found)
    most = [row.value for row in found if row.name == "attempts per event, most"]
    assert 2 <= most[0] <= most[1]


def test_each_mapping_reads_some_records_a_second(short):
    assert {row.name for row in mapping.measure() if row.value > 0} == set(mapping.CASES)


def test_a_broken_promise_is_marked_and_fails_the_run(monkeypatch, capsys):
    slow = Row("receive", "an order", 7.0, "ms", most=5)
    monkeypatch.setattr(__main__, "PARTS", {"receive": lambda: iter([slow])})
    monkeypatch.setattr(sys, "argv", ["bench"])
    assert __main__.main() == 1
    assert "at most 5  BROKEN" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["bench", "--json", "receive"])
    assert __main__.main() == 1
    assert json.loads(capsys.readouterr().out) == plain([slow])


def test_a_promise_is_a_least_or_a_most_and_the_spread_stands_beside_the_figure():
    fast = Row("peers", "faster", 13.0, "times", least=12, spread=(12.5, 13.5))
    assert fast.kept
    assert not Row("peers", "faster", 11.9, "times", least=12).kept
    assert next(line for line in table([fast]) if "faster" in line).split()[1:] == (
        ["13", "times", "12.5", "to", "13.5", "at", "least", "12", "kept"]
    )


def test_an_unknown_part_is_refused_with_those_there_are(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "haste"])
    with pytest.raises(SystemExit):
        __main__.main()
    assert (
        "receive, unify, units, speed, growth, mapping, imports, size, storm, deliver"
        in capsys.readouterr().err
    )


def test_figures_stand_under_their_group():
    lines = list(table([Row("size", "all", 1234.5, "MiB"), Row("size", "files", 3, "files")]))
    assert lines[1] == "size"
    assert lines[2].split() == ["all", "1,234", "MiB"] or lines[2].split() == ["all", "1,235", "MiB"]
