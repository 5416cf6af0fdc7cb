"""Random schedules: workers that interleave at every read, crashes, duplicates, conflicts, torn reads.

Whatever the schedule, what is left is what one worker leaves who applies each event once. A failing seed is
in the test's name. `--schedules N` runs more of them (`make soak`: 20,000).
"""

import random

from hub.errors import RetryError
from hub.store import Conflict
from hub.store.memory import MemoryStore
from tests.hub.pipeline.world import NOW, World, comparable, event

MAIL = {"email": "ada@correo.co"}
PHONE = {"phone": "+573001234567"}
TAX = {"tax_id": "900123456"}
EVENTS = [
    event("shop.co", "1", 1, name="Ada", tags=["a"], address={"line1": "X"}, **MAIL),
    event("shop.co", "1", 2, name="Ada", address={"line1": "X", "city": "B"}, **MAIL),
    event("crm.main", "9", 3, name="Ada King", **PHONE),
    event("crm.main", "9", 4, name="Ada King", tags=["z"], **PHONE),
    event("crm.main", "9", 5, deleted=True),
    event("pos.one", "7", 6, tags=["club"], address={"line1": "X"}, **TAX, **PHONE),
    event("erp.main", "5", 7, name="A. King", **TAX),
    event("shop.co", "1001", 8, "order", number="#1", status="paid", customer={"id": "1", **MAIL, **PHONE}),
    event("shop.co", "1002", 9, "order", number="#2", status="open", customer=MAIL),
    event("shop.co", "1002", 10, "order", number="#2", status="paid", customer=MAIL),
    event("shop.co", "1", 11, name=None, birth_date="1815-12-10", **MAIL),
    *(event("pos.one", f"crowd {n}", 12 + n, tags=[str(n)], **PHONE) for n in range(5)),
]


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--schedules")))


def test_every_schedule_ends_in_the_state_of_one_worker(seed):
    rng = random.Random(seed)
    scenario = rng.sample(EVENTS, k=rng.randint(3, len(EVENTS)))
    calm = World()
    for told in scenario:
        calm.tell(told)
    assert comparable(weathered(scenario, rng)) == comparable(calm)


def weathered(scenario, rng):
    """A world in which the events came doubled, in any order, through a storm."""
    world = World(store=Stormy(rng, scenario))
    left = scenario + rng.sample(scenario, k=min(3, len(scenario)))
    rng.shuffle(left)
    while left:
        told = left.pop()
        try:
            with world.store:
                world.tell(told)
        except (Crash, RetryError):
            left.insert(0, told)
    return world


class Crash(BaseException):
    """The process died."""


class Stormy(MemoryStore):
    """Inside `with`: items are read one by one, between which another worker may run, and processes die."""

    def __init__(self, rng, scenario):
        super().__init__(lambda: NOW)
        self.rng = rng
        self.scenario = scenario
        self.armed = False

    def __enter__(self):
        self.armed = True

    def __exit__(self, *_):
        self.armed = False

    def read(self, keys):
        found = {}
        for key in keys:
            if self.armed and self.rng.random() < 0.06:
                self._rival()
            found |= super().read([key])
        return found

    def commit(self, writes):
        chance = self.rng.random() if self.armed else 0.5
        if chance < 0.15:
            raise Crash
        if chance < 0.3:
            raise Conflict([writes[0].item.key])
        super().commit(writes)
        if chance > 0.85:
            raise Crash

    def _rival(self):
        """Another worker applies some event of the scenario in between."""
        self.armed = False
        World(store=self).tell(self.rng.choice(self.scenario))
        self.armed = True
