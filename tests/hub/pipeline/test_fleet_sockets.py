"""Lives of the fleet over real sockets, with the hub's own HTTP client, and faults that are made on the wire.

One life for fifty of `--seeds`.
"""

from collections import Counter
from dataclasses import replace

from tests.fleet.sockets import SocketWorld
from tests.fleet.verdict import Verdict
from tests.fleet.weather import ANSWERS
from tests.fleet.world import World

RATE = 0.02
"""Of each fault, in every life."""


def lived(seed):
    """What is wrong after a life, and what its requests met."""
    weather = replace(World(seed).weather, faults=dict.fromkeys(ANSWERS, RATE))
    world = SocketWorld(seed, weather=weather)
    street = world.hub.client
    try:
        world.live()
    finally:
        street.close()
    return Verdict(world).lines, street.met


def test_lives_over_real_sockets_end_as_they_should(pytestconfig, record_property):
    only, most = (pytestconfig.getoption(name) for name in ("--seed", "--seeds"))
    met = Counter()
    seeds = range(max(1, most // 50)) if only is None else [only]
    for seed in seeds:
        lines, own = lived(seed)
        assert lines == [], f"seed {seed}"
        met += own
    if only is None:
        assert met.keys() >= {
            "good",
            "lost-before",
            "reset",
            "half",
            "html",
            "lost",
            "never",
            "later",
            "busy",
        }
    record_property("fleet lives over sockets", len(seeds))
    for name, count in met.items():
        record_property(f"fleet requests over sockets, {name}", count)
