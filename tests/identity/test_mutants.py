"""The schedules find seeded bugs: a proof that finds nothing must be able to find something.

The rare ones need `--schedules` of more than their bound (`make soak`); `python -m tests.identity.mutants`
prints at which schedule each shows.
"""

import pytest

from tests.hub.pipeline.world import World, event
from tests.identity import people, reference
from tests.identity.mutants import MUTANTS, first_detection, seeded
from tests.identity.shelf import Shelf
from tests.identity.view import differences, view

OFTEN = [bug for bug in MUTANTS if 0 < bug.within <= 150]
RARE = [bug for bug in MUTANTS if bug.within > 150]


@pytest.mark.parametrize("bug", OFTEN, ids=lambda bug: bug.name)
def test_a_seeded_bug_is_found_within_few_schedules(bug):
    assert first_detection(bug, bug.within), bug.text


@pytest.mark.parametrize("bug", RARE, ids=lambda bug: bug.name)
def test_a_rare_bug_is_found_within_many_schedules(bug, pytestconfig):
    if pytestconfig.getoption("--schedules") <= bug.within:
        pytest.skip("make soak")
    assert first_detection(bug, bug.within), bug.text


MARY = {"email": "mary@correo.co"}
OLD = {"created_at": "2025-01-01T00:00:00.000000Z"}
KNOWN = [
    event("crm.main", "1", 5, name="Mary", phone="+573009998877", **MARY, **OLD),
    event("shop.co", "1", 6, tags=["vip"], **MARY, **OLD),
]
CLEARED = event("crm.main", "1", 9, name=None)
LATE = event("shop.co", "1", 3, name="Maria", phone="+573001234567")


class Overtaken(Shelf):
    """A store on which somebody else writes just before a commit, once."""

    def __init__(self, rival):
        super().__init__()
        self.rival = rival

    def commit(self, writes):
        rival, self.rival = self.rival, lambda: None
        rival()
        super().commit(writes)


def overtaken():
    """A late telling that changes no golden value, while the value that hides it is cleared."""
    store = Overtaken(lambda: None)
    world = World(store=store, files=people.FILES[3][0])
    for told in KNOWN:
        world.tell(told)
    store.rival = lambda: World(store=store, files=people.FILES[3][0]).tell(CLEARED)
    world.tell(LATE)
    wanted = reference.final([*KNOWN, CLEARED, LATE], people.rules(people.FILES[3][0]))
    return differences(view(store.items()), wanted)


def test_a_root_in_which_nothing_changed_is_written_as_the_lock_of_its_members():
    assert overtaken() == []
    with seeded(next(bug for bug in MUTANTS if bug.name == "R7")):
        assert overtaken() != []
