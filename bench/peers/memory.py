"""What one call holds at most beyond what was there before it."""

import gc
import tracemalloc
from collections.abc import Iterator

from bench.peers import hand, ours
from bench.peers.comparing import HAND
from bench.peers.engines import Engine, Local
from bench.peers.order import Order, variants
from bench.rows import Row

GROUP = "memory: the most that one call holds"


def measure() -> Iterator[Row]:
    """The figures."""
    given = variants()
    for engine in (ours.outward(ours.mapping("bench.order")), Local(HAND, hand.outward)):
        for name in ("full", "80 items"):
            yield Row(GROUP, f"{engine.name}, {name}", _peak(engine, given[name]) / 1024, "KiB")


def _peak(engine: Engine, order: Order) -> int:
    engine.run(order)
    gc.collect()  # and what the interpreter keeps for reuse
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    engine.run(order)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before
