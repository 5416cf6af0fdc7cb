"""The outbound queue: deliveries on their way to a vendor."""

from typing import Any

from hub import logs
from hub.messages import Delivery
from hub.pipeline import Hub, current
from hub.pipeline.batch import give_back, taken, work_through
from hub.pipeline.deliver import deliver


LOOP = "parked:looping"
"""The result, and the metric, of a record that answers each write with another value."""


@logs.step("deliver")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Deliver in order; what failed comes again with what is behind it of the same customer there."""
    hub, batch = current(), taken(event)
    outcomes = list(work_through(batch, lambda number: _deliver(hub, batch[number].body)))
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            logs.failed(outcome)
    return {
        "batchItemFailures": [{"itemIdentifier": one.id} for one in give_back(hub.outbound, batch, outcomes)]
    }


def _deliver(hub: Hub, body: str) -> None:
    delivery = Delivery.loads(body)
    result = deliver(hub, delivery)
    told = {"destination": delivery.destination, "entity": delivery.entity, "id": delivery.id}
    say = logs.warned if result == LOOP else logs.told
    say(result, **told, epoch=delivery.epoch, flow=delivery.flow)
