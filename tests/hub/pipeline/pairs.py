"""Pairs of deaths, of which there are too many to try each: a sample that leaves out no pair of kinds.

The kind of a boundary says which step crosses it, before or after which call. Every boundary is the first
death of some pairs, and every kind the second one after every kind that it follows in any life.
"""

import random
from collections import defaultdict


class Pairs:
    """What is tried after a first death. `more`: seconds of each first one beside those that show a new pair
    of kinds; `kinds`: the ordered pairs of kinds that were tried; `tried`, `left`: pairs that were, and were
    not."""

    def __init__(self, seed, more):
        self.dice = random.Random(seed)
        self.more = more
        self.kinds = set()
        self.tried = self.left = 0

    def after(self, first, crossed):
        """The second deaths to try after a first one, in the life that crosses these kinds because of it."""
        later = defaultdict(list)
        for second, kind in enumerate(crossed[first:], first + 1):
            later[kind].append(second)
        fresh = [kind for kind in later if (crossed[first - 1], kind) not in self.kinds]
        chosen = {self.dice.choice(later[kind]) for kind in fresh}
        rest = [second for second in range(first + 1, len(crossed) + 1) if second not in chosen]
        chosen.update(self.dice.sample(rest, min(self.more, len(rest))))
        self.kinds.update((crossed[first - 1], crossed[second - 1]) for second in chosen)
        self.tried += len(chosen)
        self.left += len(crossed) - first - len(chosen)
        return sorted(chosen)

    def told(self, figure, name):
        """Its figures, each with the name of what is tried."""
        figure(f"{name} with two deaths", self.tried)
        figure(f"ordered pairs of kinds of boundary of {name}, each in one of them", len(self.kinds))
        figure(f"pairs of boundaries of {name}, of kinds that were tried, left out", self.left)
