"""The fleet's laws where many deliveries wait for a vendor that takes several in one request.

`--seeds N` (`make soak`) runs more of them (tests/fleet/backlog.py). Death comes in a small one.
"""

from collections import Counter

import pytest

from hub.pipeline.deliver.crowd import BEGINS
from tests.fleet.backlog import CRM, Backlog, backlog
from tests.fleet.verdict import Verdict
from tests.fleet.weather import Weather

CHUNK = 25
SHARE = 5
"""Of so many seeds of the fleet one is tried here."""


def pytest_generate_tests(metafunc):
    if "seeds" in metafunc.fixturenames:
        most = metafunc.config.getoption("--seeds") // SHARE
        chunks = [range(start, min(start + CHUNK, most)) for start in range(0, most, CHUNK)]
        metafunc.parametrize("seeds", chunks, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")


def test_every_backlog_comes_to_rest_with_all_systems_equal(seeds, record_property):
    sums = Counter(seeds=len(seeds))
    for seed in seeds:
        lines, figures = backlog(seed)
        assert lines == [], f"seed {seed}"
        sums.update(figures)
    assert sums["in batches"] > sums["batches"] > 0
    for name, count in sums.items():
        record_property(f"fleet with a backlog {name}", count)


class Small(Backlog):
    """Three people who wait together, change together, and what the CRM has of them in the end.

    `shared`: the boundaries that sweep crosses, and who carries several deliveries.
    """

    def __init__(self, weather, deaths=()):
        calm = Weather(**{**weather.__dict__, "crashes": frozenset(deaths)})
        self.shared = []
        super().__init__(2, systems=("shop.co", CRM), people=3, weather=calm)

    def lived(self):
        self.live()
        held = (one.fields.items() for one in self.systems[CRM].customers.values())
        return sorted(repr(sorted(fields, key=str)) for fields in held), Verdict(self).lines

    def _ticks(self):
        self._noting(super()._ticks)

    def _deliver(self, body):
        work = super()._deliver
        return self._noting(lambda: work(body)) if body.startswith(BEGINS) else work(body)

    def _noting(self, work):
        before = self.boundaries
        done = work()
        self.shared += range(before + 1, self.boundaries + 1)
        return done


@pytest.mark.parametrize("faults", [{}, {"lost": 0.5}], ids=["answered", "no answer, then settle"])
def test_a_death_at_any_boundary_leaves_the_vendor_the_same(faults, record_property):
    calm = Small(Weather(faults=faults))
    wanted, lines = calm.lived()
    assert lines == []
    assert 3 in calm.batches
    for point in calm.shared:
        assert Small(Weather(faults=faults), (point,)).lived() == (wanted, []), f"at boundary {point}"
    record_property("fleet boundaries of shared calls, each with a death", len(calm.shared))
