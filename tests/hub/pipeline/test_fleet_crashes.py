"""Death at every boundary of a small life of the fleet: around each call of a port, requests included.

Every vendor ends with what it has without a death. `--crashes 2` (`make soak`): a second one after each, of
every kind of boundary.
"""

import pytest

from hub.messages import GONE
from tests.fleet.people import Move
from tests.fleet.verdict import Verdict
from tests.fleet.weather import Weather
from tests.fleet.world import World
from tests.hub.pipeline.pairs import Pairs

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
SECONDS = 25
"""Second deaths after each first one, beside those of a pair of kinds that no other life has had."""
LOST = 1_700.0
"""When a record is deleted of which nobody tells; then somebody changes its customer elsewhere."""
CHANGED = Move(3, 1_800.0, "", "edit", 0.0, 0.2)


class Life(World):
    """A life of three moves in the first of its systems, through its deaths. `loses`: a system that loses its
    first record."""

    def __init__(self, systems, weather, loses="", deaths=()):
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
    for point in range(1, calm.boundaries + 1):
        life = Life(*LIVES[name], deaths=(point,))
        assert life.lived() == (wanted, []), f"at boundary {point} of {calm.boundaries}"
        assert max(letters(life)) <= 1
    record_property("fleet boundaries of small lives, each with a death", calm.boundaries)


@pytest.mark.parametrize("name", LIVES)
def test_a_second_death_changes_nothing_either(name, pytestconfig, record_property):
    if pytestconfig.getoption("--crashes") < 2:
        pytest.skip("make soak")
    calm = Life(*LIVES[name])
    wanted, _ = calm.lived()
    pairs = Pairs(name, SECONDS)
    for first in range(1, calm.boundaries + 1):
        once = Life(*LIVES[name], deaths=(first,))
        once.lived()
        for second in pairs.after(first, once.crossed):
            life = Life(*LIVES[name], deaths=(first, second))
            assert life.lived() == (wanted, []), f"at {first} and {second}"
            assert max(letters(life)) <= 1
    pairs.told(lambda what, count: record_property(f"fleet {what}", count), "small lives")
