"""Whatever is posted to a connector's address is answered without an error of ours, and never with a 5xx."""

from math import ceil
from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.contract.bench import Bench
from hub.contract.mutations import mutated

ROOT = Path(__file__).parents[2]
CATALOG = Catalog.read(ROOT)
RECEIVING = sorted(name for name, one in CATALOG.connectors.items() if one.receives)
SEED = 20261126


@pytest.mark.parametrize("name", RECEIVING)
def test_spoilt_requests_are_answered_and_nothing_breaks(name, request):
    bench = Bench(ROOT, CATALOG, name)
    world, samples = bench.world(), [*bench.samples.webhooks.values()]
    assert samples
    each = ceil(request.config.getoption("--executions") / len(RECEIVING) / len(samples))
    statuses = {}
    for number, sample in enumerate(samples):
        for spoilt in mutated(world, sample, each, SEED + number):
            status = world.take(spoilt).status
            statuses[status] = statuses.get(status, 0) + 1
            world.inbound.waiting.clear()
    assert all(status < 500 for status in statuses), statuses
    print(f"{name}: {sum(statuses.values()):,} requests, {dict(sorted(statuses.items()))}")


@pytest.mark.parametrize("name", RECEIVING)
def test_what_other_vendors_send_is_no_error_here(name):
    world = Bench(ROOT, CATALOG, name).world()
    for other in RECEIVING:
        for sample in [*Bench(ROOT, CATALOG, other).samples.webhooks.values()][:1]:
            reply = world.take(world.unsigned(sample))
            assert reply.status < 500, (other, reply.status)
