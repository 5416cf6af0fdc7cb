"""Lives of the fleet in which many deliveries wait for the CRM at once: it is paused while people write.

It takes several contacts in one request, refuses all of them for one, does some of them, forgets to tell of
some; and its answers get lost as any other's (tests/fleet/weather).
"""

import math
import random
from dataclasses import replace

from hub import keys
from hub.store import Item, Put
from hub.store.memory import MemoryStore
from tests.fleet.people import Move
from tests.fleet.trial import judged
from tests.fleet.weather import MINUTE, Weather
from tests.fleet.world import World

CRM = "crm.main"
OTHERS = ("shop.co", "shop.uy", "erp.main", "mail.main")
ROUND = 30 * MINUTE


class Backlog(World):
    """Two rounds: people come and people change while the CRM is paused; then it has all of them to hear."""

    def __init__(self, seed, *, systems=None, people=None, weather=None):
        dice = random.Random(f"{seed} backlog")
        systems = systems or (dice.choice(OTHERS), CRM)
        weather = weather or Weather.of(dice, systems, 2 * ROUND)
        if weather.others:  # a call that is on its way meets a Retry-After that another one was told
            weather = weather.without("busy")
        super().__init__(seed, systems=systems, only=frozenset(), weather=weather)
        for move in _moves(dice, systems[0], people or dice.randint(5, 12)):
            self.later(move.at, lambda move=move: self._move(move))
        for number in (0, 1):
            self.later(number * ROUND, lambda: self._switch(True))
            self.later(number * ROUND + 4 * MINUTE, lambda: self._switch(False))

    def _sweep_at(self):
        """On the minute, as the schedule has it."""
        at = super()._sweep_at()
        return None if at is None else math.ceil(at / MINUTE) * MINUTE

    def _switch(self, paused):
        store, key = self.hub.store, keys.account(CRM)
        held = MemoryStore.read(store, [key]).get(key, Item(key, "account"))
        MemoryStore.commit(store, [Put(replace(held, data={**held.data, "paused": paused}))])


def _moves(dice, where, count):
    """Newcomers in the first round, changes in the second, all in one system: what several of them say at one
    moment is another question."""
    verbs = ("edit", "edit", "edit", "again", "come")
    come = [(dice.uniform(1, MINUTE / 2), "come") for _ in range(count)]
    edit = [(ROUND + dice.uniform(1, MINUTE / 2), dice.choice(verbs)) for _ in range(count)]
    moves = enumerate(sorted(come + edit))
    new = {"come": 0.5}  # somebody whom no other system knows
    return [
        Move(n, at, where, verb, dice.random(), dice.uniform(new.get(verb, 0.0), 1.0))
        for n, (at, verb) in moves
    ]


def backlog(seed, **parts):
    """What is wrong after a seed, and its figures: with them the requests for several, and their records."""
    world = Backlog(seed, **parts)
    lines, figures = judged(world)
    return lines, {**figures, "batches": len(world.batches), "in batches": sum(world.batches)}
