"""The outbound queue: deliveries on their way to a vendor."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from hub import logs
from hub.messages import Delivery
from hub.pipeline import current
from hub.pipeline.batch import give_back, taken, work_at_once
from hub.pipeline.deliver import carry

AT_ONCE = 5
"""Deliveries of a batch that are on their way at once: as many as it has."""

LAST_START = 20_000
"""Milliseconds of the function's time that a delivery needs at most: two calls, connected and answered."""

Told = tuple[Delivery, str]

LOOP = "parked:looping"
"""The result, and the metric, of a record that answers each write with another value."""


@logs.step("deliver")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deliver what is of one group in order, and the groups at once; what failed comes again."""
    hub, batch = current(), taken(event)
    hub.make()
    outcomes = work_at_once(batch, lambda n: carry(hub, batch[n].body), _pool(), lambda: _late(context))
    for outcome in outcomes:
        _say(outcome)
    return {
        "batchItemFailures": [{"itemIdentifier": one.id} for one in give_back(hub.outbound, batch, outcomes)]
    }


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE)


def _late(context: Any) -> bool:
    """Whether a delivery that begins now might not end before the function does."""
    return context is not None and context.get_remaining_time_in_millis() < LAST_START


def _say(outcome: list[Told] | Exception) -> None:
    if isinstance(outcome, Exception):
        logs.failed(outcome)
        return
    for delivery, result in outcome:
        _tell(delivery, result)


def _tell(delivery: Delivery, result: str) -> None:
    told = {"destination": delivery.destination, "entity": delivery.entity, "id": delivery.id}
    say = logs.warned if result == LOOP else logs.told
    say(result, **told, epoch=delivery.epoch, flow=delivery.flow)
