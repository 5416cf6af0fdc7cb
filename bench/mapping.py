"""Mappings: how many records a second, beside the plain JMESPath interpreter on the same leaves."""

from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

import jmespath

from bench.rig import NOW, rig, sample
from bench.rows import Row
from hub.mapping import Context, Mapping
from hub.pipeline import Hub
from hub.times import from_epoch

GROUP = "mappings: records a second on one core (normal forms included)"
CASES = {
    "shopify.customer": ("shopify.co", "shopify/customer.json"),
    "shopify.order": ("shopify.co", "shopify/order.json"),
    "woocommerce.order": ("woocommerce.co", "woocommerce/order.json"),
}
SECONDS = 0.4


def measure() -> Iterator[Row]:
    """The figures of the mappings."""
    hub = rig()
    for name, (account, file) in CASES.items():
        yield from _compare(hub, hub.catalog.mappings[name], account, sample(file)["body"])


def _compare(hub: Hub, mapping: Mapping, account: str, record: Any) -> Iterator[Row]:
    """Both in turns, so that a noisy machine disturbs both alike."""
    context = Context(hub.catalog.accounts[account], from_epoch(NOW))
    paths = [jmespath.compile(path) for path in _paths(mapping.document.data.get("in") or {})]

    def ours() -> None:
        mapping.inward(record, context)

    def peer() -> None:
        for path in paths:
            path.search(record)

    turns = [(_rate(ours), _rate(peer)) for _ in range(5)]
    yield Row(GROUP, mapping.name, median(mine for mine, _ in turns), "records/s")
    ratio = median(mine / theirs for mine, theirs in turns)
    label = f"{mapping.name}: against bare jmespath on its {len(paths)} plain paths"
    yield Row(GROUP, label, ratio, "times")


def _paths(leaf: Any) -> Iterator[str]:
    """The leaves that plain JMESPath can read: those without a function of ours."""
    if isinstance(leaf, dict):
        for inner in leaf.values():
            yield from _paths(inner)
    elif isinstance(leaf, str) and "(" not in leaf:
        yield leaf


def _rate(work: Callable[[], None]) -> float:
    """Runs a second of CPU time."""
    work()
    start, runs = process_time(), 0
    while process_time() - start < SECONDS / 5:
        for _ in range(20):
            work()
        runs += 20
    return runs / (process_time() - start)
