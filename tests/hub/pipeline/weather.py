"""A store in bad weather: other workers in between, refused transactions, deaths."""

from hub.store import Conflict
from hub.store.memory import MemoryStore
from tests.hub.pipeline.world import NOW, World


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
