"""Each minute: what has become due."""

from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.sweep import sweep

STAY = 60.0
"""Seconds until the next sweep: while deliveries wait for their turns, somebody is there to send them."""


@logs.step("sweep")
def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Sweep: how many deliveries, waits and images were taken up. Only the schedule's sweep stays."""
    taken = sweep(current(), stay=STAY if event.get("source") == "aws.events" else 0.0)
    logs.told("swept", **taken)
    return taken
