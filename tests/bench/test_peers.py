import json
import sys

import pytest

from bench.peers import (
    __main__,
    comparing,
    hand,
    memory,
    normal_forms,
    ready,
    scaling,
    timing,
    transcoding,
    validating,
)
from bench.peers.engines import PEERS, Local, peers
from bench.peers.generated import workload
from bench.peers.order import order, variants
from bench.rows import Row


@pytest.fixture
def short(monkeypatch):
    """The same measures in a fraction of a second, with the engines of this environment that are quick."""
    monkeypatch.setattr(timing, "ROUNDS", 2)
    monkeypatch.setattr(timing, "SLICE", 200)
    monkeypatch.setattr(comparing, "_CLOSE", 2)
    monkeypatch.setattr(scaling, "LEAVES", (10, 30))
    monkeypatch.setattr(scaling, "SIZES", (1,))
    monkeypatch.setattr(ready, "RUNS", 1)


def test_all_engines_that_are_installed_agree_on_all_orders(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench.peers", "--quick", "--json"])
    monkeypatch.setattr(__main__, "stay", lambda: None)
    assert __main__.main() == 0
    agreed = {row["name"]: row["value"] for row in json.loads(capsys.readouterr().out)}
    assert {"Cauce", "hand-written Python", "jmespath.py"} <= agreed.keys()
    assert all(value == len(variants()) for name, value in agreed.items() if not name.endswith("skipped"))


def test_an_engine_is_measured_or_named_as_missing():
    found, missing = peers()
    assert len(found) + len(missing) == len(PEERS)
    assert all("is not installed" in line for line in missing)


def test_an_engine_that_differs_stops_the_bench_and_is_named_with_the_order_and_the_fields():
    forgetful = Local("forgetful", lambda order: hand.outward(order) | {"number": None, "note": ""})
    with pytest.raises(comparing.Differs, match="forgetful, the order 'full': note, number"):
        comparing.agree(forgetful)


@pytest.mark.parametrize(("value", "code"), [(1.05, 0), (1.2, 1)])
def test_a_promise_that_is_not_kept_fails_the_run(monkeypatch, capsys, value, code):
    row = Row("dict to dict", "Cauce", value, "times", most=1.1)
    monkeypatch.setattr(__main__, "PARTS", (lambda: iter([row]),))
    monkeypatch.setattr(__main__, "stay", lambda: None)
    monkeypatch.setattr(sys, "argv", ["bench.peers"])
    assert __main__.main() == code
    assert ("BROKEN" in capsys.readouterr().out) is bool(code)


def test_engines_that_differ_fail_the_run_with_the_one_that_does(monkeypatch, capsys):
    def differ():
        raise comparing.Differs("glom, the order 'nulls': note")

    monkeypatch.setattr(comparing, "agreement", differ)
    monkeypatch.setattr(__main__, "stay", lambda: None)
    monkeypatch.setattr(sys, "argv", ["bench.peers", "--quick"])
    assert __main__.main() == 1
    assert "glom, the order 'nulls': note" in capsys.readouterr().err


def test_an_order_is_the_same_for_the_same_seed_and_as_large_as_promised():
    assert order(7, 3) == order(7, 3)
    assert order(7, 3) != order(8, 3)
    assert 8000 < len(json.dumps(variants()["full"], ensure_ascii=False).encode()) < 8600


@pytest.mark.parametrize("leaves", [10, 300])
@pytest.mark.parametrize("size", [8192, 80 * 1024])
def test_a_generated_mapping_says_the_same_as_the_code_by_hand(leaves, size):
    work = workload(leaves, size)
    written = work.by_hand(work.document)
    assert comparing.ours.outward(work.mapping).run(work.document) == written
    assert len(written) + 2 * leaves // 10 == leaves


def test_each_part_gives_figures(short):
    rows = [
        row
        for part in (comparing, transcoding, scaling, normal_forms, ready, memory, validating)
        for row in part.measure()
    ]
    assert all(row.value > 0 for row in rows if not row.name.endswith("skipped"))
    promised = {row.name for row in rows if row.promise}
    assert "faster than jmespath.py, per leaf" in promised
    assert "the highest ratio over the lowest" in promised


def test_a_ratio_is_that_of_the_rounds_and_not_of_the_medians():
    times = timing.Times({"one": [10.0, 40.0, 12.0], "other": [5.0, 10.0, 6.0]})
    assert times.ratio("one", "other")[0] == 2
    assert times.micros("one") == 12
