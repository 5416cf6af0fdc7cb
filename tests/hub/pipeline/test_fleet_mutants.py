"""The fleet finds seeded bugs: a proof that finds nothing must be able to find something.

Those that need more seeds are `make soak`'s; `python -m tests.fleet.mutants` prints at which seed each shows.
"""

import pytest

from tests.fleet.mutants import MUTANTS, first_detection

OFTEN = [bug for bug in MUTANTS if bug.within <= 20]


@pytest.mark.parametrize("bug", OFTEN, ids=lambda bug: bug.name)
def test_a_seeded_bug_is_found_within_few_seeds(bug):
    assert first_detection(bug, bug.within), bug.text
