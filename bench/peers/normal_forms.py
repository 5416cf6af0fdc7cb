"""Inwards, for information: most of the time goes to the normal forms, which both sides call."""

from collections.abc import Iterator

from bench.peers import hand_inward, ours
from bench.peers.comparing import HAND, Differs
from bench.peers.engines import Local
from bench.peers.order import Order, variants
from bench.peers.timing import compare
from bench.rows import Row

GROUP = "inwards: the same order, normal forms included"


def measure() -> Iterator[Row]:
    """The figures. Raises Differs."""
    pair = ours.inward(ours.mapping("bench.purchase")), Local(HAND, hand_inward.inward)
    for name, order in variants().items():
        _agree(name, *(engine.run(order) for engine in pair))
    times = compare(pair, variants()["full"])
    ratio, spread = times.ratio(ours.NAME, HAND)
    label = f"{ours.NAME}: {times.micros(ours.NAME):,.1f} us, by hand {times.micros(HAND):,.1f} us"
    yield Row(GROUP, label, ratio, "times", spread=spread)


def _agree(name: str, mine: Order, theirs: Order) -> None:
    if mine != theirs:
        wrong = sorted(key for key in mine | theirs if mine.get(key) != theirs.get(key))
        raise Differs(f"inwards, the order {name!r}: {', '.join(wrong)}")
