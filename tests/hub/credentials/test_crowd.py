"""Fifty workers of one account: one of them renews its token in each period, and nobody is lost.

Every schedule is a seed; it interleaves the workers at each call of the table, the secrets and the vendor.
"""

from itertools import pairwise

import pytest

from hub.credentials.token import DUE
from tests.hub.credentials.crowd import Crowd

LIFE = 600.0
SEEDS = range(6)


def gaps(crowd):
    """Seconds between the renewals that the vendor saw."""
    times = crowd.vendor.refreshes
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_of_fifty_workers_renews_in_each_period(seed, figure):
    crowd = Crowd(seed, life=LIFE, grace=0.0, suspicious=True, skew=(-300, 0, 300)[seed % 3]).run()
    assert crowd.paused == []
    assert (crowd.vendor.over, crowd.refusals) == (0, 0)
    assert len(crowd.vendor.refreshes) == pytest.approx(5400 / (LIFE * DUE), abs=1)
    assert min(gaps(crowd)) > LIFE * DUE - 5
    assert crowd.late < crowd.workers  # only where the first token was awaited
    figure("calls of fifty workers under one renewal in each period", crowd.served)


@pytest.mark.parametrize("seed", SEEDS)
def test_workers_that_die_while_they_renew_lose_nothing_where_the_vendor_has_a_grace_period(seed, figure):
    crowd = Crowd(seed, life=LIFE, grace=1800.0, deaths=0.15).run()
    assert crowd.paused == []
    assert (crowd.vendor.over, crowd.refusals) == (0, 0)
    assert crowd.died >= 2
    assert len(crowd.vendor.refreshes) <= 5400 / (LIFE * DUE) + 1 + crowd.died
    figure("workers that died in a renewal of fifty workers", crowd.died)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_vendor_whose_new_token_ends_the_old_one_refuses_each_worker_once_at_most(seed):
    crowd = Crowd(seed, life=LIFE, jealous=True, workers=20, pause=5, seconds=1500).run()
    assert crowd.paused == []
    assert crowd.vendor.over == 0
    periods = len(crowd.vendor.refreshes)
    assert periods == pytest.approx(1500 / (LIFE * DUE), abs=1)
    assert 0 < crowd.refusals <= crowd.workers * periods


def test_a_schedule_is_the_same_each_time():
    one, two = (Crowd(7, life=LIFE, workers=5, seconds=1200).run() for _ in range(2))
    assert one.vendor.refreshes == two.vendor.refreshes
    assert (one.served, one.late) == (two.served, two.late)
