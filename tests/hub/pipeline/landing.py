"""Requests that time out and land later: `python -m tests.hub.pipeline.landing 20000` prints the figures.

Each run is a customer that changes a few times while two destinations (one with an upsert, one that has to be
searched first) answer, refuse, lose requests, lose answers, take requests up to a minute after we gave up on
them, and while our own process dies. At the end each destination has one record, with what is true.
"""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hub import keys
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.pipeline.sweep import sweep
from hub.times import to_epoch
from tests.hub.pipeline.delivering import CRM, ERP, World, project
from tests.hub.pipeline.delivery_vendors import answer

ADA = {"email": "ada@correo.example", "given_name": "Ada"}
TIMEOUT = 10.0
LATEST = 60.0
"""Seconds after our timeout within which a request may still be carried out."""

STORM = 3600.0
"""Seconds of bad weather after the last change."""

ROUNDS = 400


class Crash(BaseException):
    """Our process dies."""


class Weather:
    """What becomes of the next request. Where a list of faults is asked for, there is always one more."""

    def __init__(self, world, rng, calm):
        self.world = world
        self.rng = rng
        self.calm = calm
        self.landing = []

    def __bool__(self):
        return True

    def pop(self, _):
        return self._meet

    def land(self, until):
        """Carry out what was on its way."""
        for due, apply in sorted(self.landing, key=lambda one: one[0]):
            if due <= until:
                apply()
        self.landing = [one for one in self.landing if one[0] > until]

    def _meet(self, apply):
        self.land(self.world.now)
        chance = 1.0 if self.calm else self.rng.random()
        if chance < 0.25:
            self.world.now += TIMEOUT
            self.landing.append((self.world.now + self.rng.uniform(0, LATEST), apply))
            raise RetryError("timeout")
        if chance < 0.30:
            self.world.now += TIMEOUT
            raise RetryError("timeout")
        if chance < 0.35:
            apply()
            raise RetryError("timeout")
        if chance < 0.45:
            return answer(503)
        if chance < 0.55:
            raise Crash
        if chance < 0.65:
            apply()
            raise Crash
        return apply()


def run(catalog, seed, *, calm=False):
    """One run: what is wrong at its end, and how many writes it took."""
    rng = random.Random(seed)
    world = World(catalog)
    world.hub.random.seed(seed)
    weather = Weather(world, rng, calm)
    world.vendors.faults = weather
    for number in range(rng.randint(1, 4)):
        world.entity("customer", "c-1", **{**ADA, "given_name": f"Ada {number}"})
        _live(world, weather, rng.choice((0, 5, 30, 90)))
    ends = world.now + STORM
    for _ in range(ROUNDS):
        weather.calm = weather.calm or world.now > ends
        due = [to_epoch(item.at) for item in world.store.items() if item.agenda == keys.DUE]
        if not due and not weather.landing:
            break
        _live(world, weather, max(1.0, min(due, default=world.now + LATEST) - world.now))
    return _wrong(world, f"Ada {number}"), len(world.vendors.writes)


def _live(world, weather, seconds):
    """Time passes, and what is due is done, also by a process that dies on the way."""
    _deliver(world)
    world.now += seconds
    weather.land(world.now)
    sweep(world.hub)
    _deliver(world)


def _deliver(world):
    while taken := world.outbound.receive():
        for stored in taken:
            try:
                deliver(world.hub, Delivery.loads(stored.message.body))
            except (Crash, RetryError):
                world.outbound.fail(stored, after=30.0)
                continue
            world.outbound.ack(stored)


def _wrong(world, name):
    found = Counter()
    vendors = world.vendors
    for destination, table, field in ((CRM, vendors.contacts, "firstname"), (ERP, vendors.partners, "name")):
        found["duplicates"] += len(table) - 1
        found["wrong"] += any(record.get(field) != name for record in table.values()) or not table
        found["unfinished"] += world.state(destination, "c-1").get("state") != "ok"
    return found


def figures(catalog, seeds):
    """The sums over many runs, in bad weather and in calm."""
    total, writes, quiet = Counter(), 0, 0
    for seed in seeds:
        found, made = run(catalog, seed)
        total += found
        writes += made
    calm = seeds[::20]
    quiet = sum(run(catalog, seed, calm=True)[1] for seed in calm)
    return total, writes / len(seeds), quiet / len(calm)


def main():
    """Print the figures."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        total, writes, quiet = figures(project(Path(folder)), range(runs))
    told = ", ".join(f"{total[name]} {name}" for name in ("wrong", "duplicates", "unfinished"))
    print(f"{runs:,} runs: {told}; {writes:.2f} writes per run, {quiet:.2f} in calm")
    return 1 if +total else 0


if __name__ == "__main__":
    sys.exit(main())
