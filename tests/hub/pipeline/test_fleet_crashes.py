"""Death at every boundary of a small life of the fleet: around each call of a port, requests included.

Every vendor ends with what it has without a death. `--crashes 2` (`make soak`): a second one after each, at
every later boundary.

Between a boundary and the next one only the memory of our process may have changed, which dies with it:
around a reading, say. Such boundaries are alike. That a death leaves the very same at each of them is
checked of the first ones; of the second ones one of them is tried.
"""

from itertools import groupby

import pytest

from hub.messages import GONE
from tests.fleet.people import Move
from tests.fleet.verdict import Verdict
from tests.fleet.weather import Weather
from tests.fleet.world import Crash, World

MOVES = (
    Move(0, 1.0, "", "come", 0.0, 0.6),
    Move(1, 400.0, "", "edit", 0.0, 0.1),
    Move(2, 900.0, "", "order", 0.0, 0.1),
)
LIVES = {
    "deliver": (("shop.co", "crm.main"), Weather()),
    "find and create, needs": (("shop.co", "erp.main"), Weather()),
    "acts": (("shop.co", "mail.main"), Weather()),
    "sweep relays": (("shop.co", "crm.main"), Weather(unrelayed=1.0)),
    "poll": (("pos.one", "crm.main"), Weather()),
    "no answer, then settle": (("shop.co", "crm.main"), Weather(faults={"lost": 0.5})),
    "gone, then created anew": (("shop.co", "erp.main"), Weather(), "erp.main"),
}
LOST = 1_700.0
"""When a record is deleted of which nobody tells; then somebody changes its customer elsewhere."""
CHANGED = Move(3, 1_800.0, "", "edit", 0.0, 0.2)


class Life(World):
    """A life of three moves in the first of its systems, through its deaths. `loses`: a system that loses its
    first record."""

    def __init__(self, systems, weather, loses="", deaths=()):
        self.moments = []
        calm = Weather(**{**weather.__dict__, "crashes": frozenset(deaths)})
        super().__init__(7, systems=systems, only=frozenset(), weather=calm)
        for move in (*MOVES, CHANGED) if loses else MOVES:
            mine = Move(move.number, move.at, systems[0], move.verb, move.dice, move.other)
            self.later(move.at, lambda mine=mine: self.people.make(mine))
        if loses:
            self.later(LOST, lambda: self._lose(self.systems[loses]))

    def _lose(self, system):
        id = next(iter(system.customers))
        system.delete("customers", id)

    def cross(self):
        outside = (self.step, self.effects, self.hub.client.calls, len(self.hub.archive.texts), self.now)
        self.moments.append((*outside, self.hub.random.getstate()))
        try:
            super().cross()
        except Crash:
            self.hub.__dict__.pop("tally", None)  # counts that were not noted yet
            self._views.clear()
            raise

    def alike(self, after=0):
        """The boundaries behind that one, those together between which only our memory changed."""
        numbers = range(after + 1, self.boundaries + 1)
        return [tuple(same) for _, same in groupby(numbers, key=lambda number: self.moments[number - 1])]

    def everything(self):
        """What is in the table, on the queues and at the vendors, with ids, times and versions."""
        queues = (self.hub.inbound, self.hub.outbound)
        vendors = ((name, sorted(one.customers.items())) for name, one in self.systems.items())
        waiting = [[one.message.body for one in (*queue.waiting, *queue.dead)] for queue in queues]
        held = [(one.key, one.version, one.data) for one in self.hub.store.items()]
        return repr((sorted(held, key=lambda one: one[0]), waiting, list(vendors)))

    def lived(self):
        """Through it all: what every vendor has."""
        self.live()
        return self.left(), Verdict(self).lines

    def left(self):
        """The records of every vendor without ids and times, and how often the journey tells of one gone."""
        kept = self.hub.store.items()
        found = {"gone": sum(one.kind == "timeline" and one.data["topic"].startswith(GONE) for one in kept)}
        for name, system in self.systems.items():
            found[name] = sorted(
                repr(sorted(one.fields.items(), key=str)) for one in system.customers.values()
            )
            found[f"{name} sales"] = sorted(sale["ref"] for sale in getattr(system, "sales", {}).values())
            found[f"{name} events"] = sorted(one["order"] for one in getattr(system, "events", {}).values())
        return found


def letters(life):
    return [len(getattr(system, "letters", ())) for system in life.systems.values()]


@pytest.mark.parametrize("name", LIVES)
def test_a_death_at_any_boundary_leaves_every_vendor_the_same(name, record_property):
    calm = Life(*LIVES[name])
    wanted, lines = calm.lived()
    assert lines == []
    for same in calm.alike():
        ends = set()
        for point in same:
            life = Life(*LIVES[name], deaths=(point,))
            assert life.lived() == (wanted, []), f"at boundary {point} of {calm.boundaries}"
            assert max(letters(life)) <= 1
            ends.add(life.everything())
        assert len(ends) == 1, f"the boundaries {same} are not alike"
    record_property("fleet boundaries of small lives, each with a death", calm.boundaries)


@pytest.mark.parametrize("name", LIVES)
def test_a_second_death_changes_nothing_either(name, pytestconfig, record_property):
    if pytestconfig.getoption("--crashes") < 2:
        pytest.skip("make soak")
    calm = Life(*LIVES[name])
    wanted, _ = calm.lived()
    tried = stood_for = 0
    for firsts in calm.alike():
        once = Life(*LIVES[name], deaths=firsts[:1])
        once.lived()
        for seconds in once.alike(after=firsts[0]):
            pair = (firsts[0], seconds[0])
            life = Life(*LIVES[name], deaths=pair)
            assert life.lived() == (wanted, []), f"at {pair}"
            assert max(letters(life)) <= 1
            tried += 1
            stood_for += len(firsts) * len(seconds)
    record_property("fleet small lives with two deaths", tried)
    record_property("fleet pairs of boundaries of small lives, each alike one of these", stood_for)
