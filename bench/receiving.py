"""receive: CPU per event of 8 KB and calls to AWS per event, with everything of ours and none of AWS."""

import json
from collections.abc import Iterator
from statistics import median
from typing import cast

from bench.rig import arrival, milliseconds, padded, rig, sample
from bench.rows import Row
from hub.pipeline import Hub
from hub.pipeline.receive import Arrival, receive
from hub.queues import MemoryQueue

GROUP = "receive: one event of 8 KB, verified, split and enqueued"
RUNS = 300
CASES = {
    "Shopify order": ("shopify.co", "shopify/order.json"),
    "Square order (thin)": ("square.bogota", "square/order.json"),
    "WooCommerce order": ("woocommerce.co", "woocommerce/order.json"),
    "WhatsApp message": ("whatsapp.co", "whatsapp/message.json"),
}


def measure() -> Iterator[Row]:
    """The figures of receive."""
    hub = rig()
    for name, (account, file) in CASES.items():
        event = sample(file)
        body = padded(event["body"], 8192)
        cost = _cost(hub, arrival(hub, account, event, body))
        yield Row(GROUP, f"{name}, {len(body):,} bytes", cost, "ms CPU", most=5)
    yield _batch()


def _cost(hub: Hub, come: Arrival) -> float:
    def work() -> None:
        cast(MemoryQueue, hub.inbound)._seen.clear()
        cast(MemoryQueue, hub.inbound).waiting.clear()
        reply = receive(hub, come)
        if reply.status != 200:
            raise RuntimeError(f"{come.path} answered {reply.status}")

    work()
    return median(milliseconds(work) for _ in range(RUNS))


def _batch() -> Row:
    """A webhook with 100 events: how many calls to the queue for each."""
    hub = rig()
    event = sample("hubspot/contact.json")
    first = event["body"][0]
    body = [{**first, "objectId": n, "eventId": n} for n in range(1, 101)]
    reply = receive(hub, arrival(hub, "hubspot.main", event, json.dumps(body).encode()))
    queue = cast(MemoryQueue, hub.inbound)
    if reply.status != 200 or len(queue.waiting) != 100:
        raise RuntimeError("the batch was not taken")
    return Row(GROUP, "calls to AWS per event, HubSpot batch of 100", queue.calls / 100, "calls", most=0.1)
