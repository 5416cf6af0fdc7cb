"""What a delivery costs, counted; the simulated backlog, in little. Times are only printed, by the bench."""

import pytest

from bench import delivering


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(delivering, "RUNS", 3)


def test_a_delivery_takes_three_calls_of_aws_also_where_the_destination_told_of_its_record_itself(few):
    found = {(row.group, row.name): row.value for row in delivering._one()}
    calls = {group: value for (group, name), value in found.items() if name == "calls of AWS per delivery"}
    assert list(calls.values()) == [3, 3, 3]
    kinds = [value for (group, name), value in found.items() if "new there" in group and "CPU" not in name]
    assert kinds == [1, 2, 0, 0, 3]


def test_a_backlog_uses_its_limit_breaks_no_window_and_lets_first_what_happens_now():
    seen = delivering.backlog(1_000, 60.0)
    counted = [at for at in seen.calls if at >= delivering.SETTLING]
    used = len(counted) / (60 - delivering.SETTLING) / (delivering.ALLOWED / delivering.WINDOW)
    assert used >= delivering.USED
    assert delivering.over(seen.calls) == 0
    assert len(seen.live) > 20
    assert delivering.p95(seen.live) < 1


def test_a_window_with_one_call_too_many_is_seen():
    calls = [float(n) / 11 for n in range(500)]
    assert delivering.over(calls) == 0
    assert delivering.over(sorted([*calls, 20.0])) > 0
