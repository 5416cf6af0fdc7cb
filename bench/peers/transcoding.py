"""From bytes to bytes: ours beside code by hand with orjson, the fastest JSON library for whole documents."""

import json
from collections.abc import Iterator
from importlib.util import find_spec

from bench.peers import hand, ours
from bench.peers.comparing import HAND, Differs
from bench.peers.engines import Local
from bench.peers.order import variants
from bench.peers.timing import compare
from bench.rows import Row
from hub.mapping import transcoding
from hub.mapping.shape import shape

GROUP = "bytes to bytes: only what the mapping reads is decoded"
_NEEDED = ("orjson", "msgspec")


def measure() -> Iterator[Row]:
    """The figures. Raises Differs."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        yield Row(GROUP, f"{', '.join(missing)} is not installed: skipped", 0, "times")
        return
    mine, theirs = ours.transcode(ours.mapping("bench.order")), Local(HAND, _by_hand)
    for name, order in variants().items():
        if json.loads(mine.run(_bytes(order))) != json.loads(theirs.run(_bytes(order))):
            raise Differs(f"{ours.NAME}, bytes to bytes, the order {name!r}")
    yield _row("the order", (mine, theirs), _bytes(variants()["full"]), 0.80)
    yield _row("80 items", (mine, theirs), _bytes(variants()["80 items"]), None)
    yield _row("nothing in it but what is read", (mine, theirs), _dense(), None)


def _row(label: str, pair: tuple[Local, Local], body: bytes, most: float | None) -> Row:
    times = compare(pair, body)
    ratio, spread = times.ratio(ours.NAME, HAND)
    took = f"{times.micros(ours.NAME):.1f} us, by hand {times.micros(HAND):.1f} us"
    return Row(GROUP, f"{label}, {len(body):,} bytes: {took}", ratio, "times", most=most, spread=spread)


def _by_hand(body: bytes) -> bytes:
    import orjson

    return orjson.dumps(hand.outward(orjson.loads(body)))


def _bytes(order: object) -> bytes:
    return json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()


def _dense() -> bytes:
    read = shape(ours.mapping("bench.order").writes)
    return _bytes(transcoding.codec(read).decode(_bytes(variants()["full"])))
