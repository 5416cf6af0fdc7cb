"""Whether the ratio to hand-written code stays the same for any length of mapping and size of document."""

from collections.abc import Iterator

from bench.peers import ours
from bench.peers.comparing import HAND, Differs
from bench.peers.engines import Local
from bench.peers.generated import workload
from bench.peers.timing import compare
from bench.rows import Row

LEAVES = (10, 30, 100, 300)
SIZES = (8, 80)
GROUP = "linear: generated mappings, dict to dict, to hand-written"


def measure() -> Iterator[Row]:
    """The figures. Raises Differs."""
    ratios = []
    for size in SIZES:
        for leaves in LEAVES:
            row = _row(leaves, size)
            ratios.append(row.value)
            yield row
    yield Row(GROUP, "the highest ratio over the lowest", max(ratios) / min(ratios), "times", most=1.25)


def _row(leaves: int, size: int) -> Row:
    work = workload(leaves, size * 1024)
    pair = ours.outward(work.mapping), Local(HAND, work.by_hand)
    if pair[0].run(work.document) != pair[1].run(work.document):
        raise Differs(f"{ours.NAME}, {leaves} generated leaves")
    times = compare(pair, work.document)
    ratio, spread = times.ratio(ours.NAME, HAND)
    label = f"{leaves} leaves, {size} KB: {times.micros(ours.NAME):,.1f} us"
    return Row(GROUP, label, ratio, "times", spread=spread)
