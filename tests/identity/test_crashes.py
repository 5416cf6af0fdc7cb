"""Death at every boundary of the process: before and after each call of a port, one at a time, and in pairs.

`--crashes 2` (`make soak`) goes through all ordered pairs.
"""

import pytest

from hub.catalog import Catalog
from hub.store.memory import MemoryStore
from tests.identity.crash import FLOWS, OWN_FILES, Run


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    root = tmp_path_factory.mktemp("crash")
    for name, text in OWN_FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Catalog.read(root)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_death_at_any_boundary_changes_nothing(flow, catalog, figure):
    points, calm = Run(catalog, flow).live()
    for point in range(1, points + 1):
        run = Run(catalog, flow, (point,))
        assert (run.live()[1], run.crashes) == (calm, 1), f"at point {point} of {points}"
    figure("boundaries", points)
    figure("replays with one death", points)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_second_death_changes_nothing_either(flow, catalog, figure, pytestconfig):
    if pytestconfig.getoption("--crashes") < 2:
        pytest.skip("make soak")
    points, calm = Run(catalog, flow).live()
    replays = 0
    for first in range(1, points + 1):
        longer, _ = Run(catalog, flow, (first,)).live()
        for second in range(first + 1, longer + 1):
            assert Run(catalog, flow, (first, second)).live()[1] == calm, f"at {first} and {second}"
            replays += 1
    figure("replays with two deaths", replays)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_each_flow_comes_to_what_it_is_named_for(flow, catalog):
    state, *_ = Run(catalog, flow).live()[1]
    customers = {one["id"] for one in state["entity"].values() if "#order#" not in str(one["records"])}
    wanted = {
        "new": 1,
        "attach": 1,
        "merge": 1,
        "split": 3,
        "buy": 1,
        "operator merge": 1,
        "operator split": 2,
    }
    assert len(customers) == wanted[flow.name]


def test_a_marker_that_is_written_apart_is_found_out(catalog, monkeypatch):
    commit = MemoryStore.commit

    def apart(store, writes):
        markers = [write for write in writes if getattr(write, "item", None) and write.item.kind == "marker"]
        commit(store, [write for write in writes if write not in markers])
        store.crossed()
        commit(store, markers)

    monkeypatch.setattr(MemoryStore, "commit", apart)
    runs = [Run(catalog, FLOWS[0], (point,)) for point in range(1, 30)]
    for run in runs:
        run.store.crossed = run.boundaries.cross
    assert len({str(run.live()[1]) for run in runs}) > 1
