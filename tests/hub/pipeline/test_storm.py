"""Random schedules: workers that interleave at every read and write, crashes, duplicates, torn reads.

Whatever the schedule, what is left is what the reference says of the set of events
(tests/identity/reference.py), and every event had its effects once. `--schedules N` runs the seeds 0 to N-1
(`make soak`: 100,000); a seed that fails is named and runs alone with `--seed N`.
"""

import pytest

from tests.identity.storm import verdict

CHUNK = 50


def pytest_generate_tests(metafunc):
    if "seeds" in metafunc.fixturenames:
        only, most = (metafunc.config.getoption(name) for name in ("--seed", "--schedules"))
        chunks = [range(start, min(start + CHUNK, most)) for start in range(0, most, CHUNK)]
        chosen = chunks if only is None else [range(only, only + 1)]
        metafunc.parametrize("seeds", chosen, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")


def test_every_schedule_ends_in_the_state_of_the_reference(seeds, figure):
    for seed in seeds:
        if wrong := verdict(seed):
            pytest.fail("\n  ".join([f"--seed {seed}:", *wrong]))
    figure("schedules", len(seeds))


@pytest.mark.parametrize("seed", [78, 116, 279, 1418, 1673, 12458, 47131, 75052])
def test_a_schedule_that_once_showed_a_bug_is_kept(seed):
    assert verdict(seed) == []
