"""Shipped mappings: how many records a second; `make bench-mapping` compares the engine with its peers."""

from collections.abc import Callable, Iterator
from statistics import median
from time import process_time

from bench.rig import NOW, rig, sample
from bench.rows import Row
from hub.mapping import Context
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
    catalog = rig().catalog
    for name, (account, file) in CASES.items():
        record, context = sample(file)["body"], Context(catalog.accounts[account], from_epoch(NOW))
        mapping = catalog.mappings[name]
        rates = [_rate(lambda: mapping.inward(record, context)) for _ in range(5)]  # noqa: B023 - called at once
        yield Row(GROUP, name, median(rates), "records/s")


def _rate(work: Callable[[], object]) -> float:
    """Runs a second of CPU time."""
    work()
    start, runs = process_time(), 0
    while process_time() - start < SECONDS / 5:
        for _ in range(20):
            work()
        runs += 20
    return runs / (process_time() - start)
