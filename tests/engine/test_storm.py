"""Many workers, one new person, real threads on the local engine: always one customer, every event once."""

import random
import threading
import time

import pytest

from hub.errors import RetryError
from hub.identity import Guards
from hub.store.dynamodb import DynamoStore
from tests.hub.pipeline.world import World, catalog, event
from tests.hub.store.stores import create_table

pytestmark = pytest.mark.engine
FILES = catalog(guards=Guards(degree=60, records=60, identifiers=60, never={}))
"""No cap stops the storm."""
SOURCES = ("shop.co", "crm.main", "pos.one", "erp.main")


@pytest.mark.parametrize("workers", [2, 4, 8, 16, 32, 50])
def test_workers_that_meet_a_new_person_at_once_found_one_customer(stack, workers):
    client = stack.client("dynamodb")
    name = f"storm-{workers}"
    create_table(client, name)
    events = [event(SOURCES[n % 4], str(n), n + 1, tax_id="900123456", tags=[str(n)]) for n in range(workers)]
    told = [*events, *random.Random(workers).sample(events, k=min(8, workers // 2))]
    failures = []
    start = threading.Barrier(len(told))
    threads = [threading.Thread(target=apply, args=(name, client, one, start, failures)) for one in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = items(client, name)
    roots = [one for one in found if one.kind == "root" and one.data["state"] == "active"]
    assert len(roots) == 1
    assert len(roots[0].data["records"]) == workers
    assert sorted(roots[0].data["fields"]["tags"][0], key=int) == [str(n) for n in range(workers)]
    assert sum(one.kind == "marker" for one in found) == workers
    assert sum(one.kind == "timeline" for one in found) == workers


def apply(name, client, told, start, failures):
    world = World(store=DynamoStore(name, client=client), files=FILES)
    world.hub.sleep = time.sleep
    world.hub.random = random.Random(told.key)
    start.wait()
    for _ in range(10):  # as the queue delivers a message again
        try:
            world.tell(told)
        except RetryError:
            continue
        except Exception as error:
            failures.append(error)
        return
    failures.append("contended ten times")


def items(client, name):
    from hub.store.dynamodb import decode

    pages = client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    return [decode(image) for page in pages for image in page["Items"]]
