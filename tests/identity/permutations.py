"""Every order of a scenario's events, each ending in a state: depth first, with what is shared done once.

One worker's behaviour follows from the items alone, less their versions and the outbox, which unify never
reads. So orders that meet in the same items go on together; all of them are counted.
"""

from tests.hub.pipeline.world import World
from tests.identity.shelf import Shelf
from tests.identity.view import broken, view


class Orders:
    """All orders of some events over one store: `ends` are the different states in which they end.

    `orders`: how many there are; `applied`: how many events it took to go through them.
    """

    def __init__(self, files, events):
        self.store = Shelf()
        self.world = World(store=self.store, files=files)
        self.events = events
        self.applied = 0
        self.ends = []
        self._known = {}
        self.orders = self._through(frozenset(range(len(events))))

    def _through(self, left):
        if not left:
            state = view(self.store.items())
            assert not broken(self.store.transactions)
            if state not in self.ends:
                self.ends.append(state)
            return 1
        mark = (left, self.store.mark())
        if mark not in self._known:
            self._known[mark] = sum(self._first(number, left) for number in sorted(left))
        return self._known[mark]

    def _first(self, number, left):
        before = self.store.snapshot()
        self.world.tell(self.events[number])
        self.applied += 1
        count = self._through(left - {number})
        self.store.restore(before)
        return count
