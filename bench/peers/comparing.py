"""One order of 8 KB, 38 leaves: ours beside a hand-written function and the peers."""

import json
from collections.abc import Iterator, Sequence

from bench.peers import hand, ours
from bench.peers.engines import Engine, Local, peers
from bench.peers.order import variants
from bench.peers.timing import compare
from bench.rows import Row

HAND = "hand-written Python"
_CLOSE = 41
"""Rounds where a few hundredths decide."""


class Differs(Exception):
    """An engine gives another record than the others: the message says which, and where."""


def measure() -> Iterator[Row]:
    """The figures, once all engines agree. Raises Differs."""
    yield from agreement()
    pair = _pair()
    size = len(json.dumps(variants()["full"], ensure_ascii=False).encode())
    group = f"dict to dict: an order of {size:,} bytes, 38 leaves"
    yield from _close(group, pair)
    yield from _peers(group, [*pair, *peers()[0]])


def agreement() -> Iterator[Row]:
    """On how many orders each engine that is installed gives the same record. Raises Differs."""
    found, missing = peers()
    for engine in (*_pair(), *found):
        agree(engine)
        yield Row("equal output, asserted", engine.name, len(variants()), "orders")
    for line in missing:
        yield Row("equal output, asserted", f"{line}: skipped", 0, "orders")


def agree(engine: Engine) -> None:
    """Raise Differs where an engine gives another record than the hand-written function."""
    for name, order in variants().items():
        mine, theirs = engine.run(order), hand.outward(order)
        if mine != theirs:
            wrong = sorted(key for key in mine | theirs if mine.get(key) != theirs.get(key))
            raise Differs(f"{engine.name}, the order {name!r}: {', '.join(wrong)}")


def _close(group: str, pair: Sequence[Engine]) -> Iterator[Row]:
    for name, most in (("full", 1.10), ("missing", None), ("80 items", None)):
        times = compare(pair, variants()[name], _CLOSE)
        ratio, spread = times.ratio(ours.NAME, HAND)
        label = f"{ours.NAME}, {name}: {times.micros(ours.NAME):.2f} us, by hand {times.micros(HAND):.2f} us"
        yield Row(group, label, ratio, "times", most=most, spread=spread)


def _pair() -> list[Engine]:
    return [ours.outward(ours.mapping("bench.order")), Local(HAND, hand.outward)]


def _peers(group: str, engines: Sequence[Engine]) -> Iterator[Row]:
    times = compare(engines, variants()["full"])
    for name in times.by_engine:
        ratio, spread = times.ratio(name, HAND)
        yield Row(
            group, f"    {name}: {times.micros(name):,.1f} us; to hand-written", ratio, "times", spread=spread
        )
    if "jmespath.py" in times.by_engine:
        faster, spread = times.ratio("jmespath.py", ours.NAME)
        yield Row(group, "faster than jmespath.py, per leaf", faster, "times", least=12, spread=spread)
