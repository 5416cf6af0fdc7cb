"""The inbound queue: events on their way to the one customer."""

from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.batch import give_back, taken, work_through
from hub.pipeline.unify import Result, opened


@logs.step("unify")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Apply in order; what failed comes again with what is behind it of the same record."""
    hub, batch = current(), taken(event)
    step = opened(hub, [one.body for one in batch])
    outcomes = list(work_through(batch, lambda number: step(number, last=batch[number].last)))
    step.close()
    for outcome in outcomes:
        _say(outcome)
    return {
        "batchItemFailures": [{"itemIdentifier": one.id} for one in give_back(hub.inbound, batch, outcomes)]
    }


def _say(outcome: Result | Exception) -> None:
    if isinstance(outcome, Exception):
        logs.failed(outcome)
        return
    logs.told(outcome.kind, event=outcome.event, reason=outcome.reason, place=outcome.place)
    if outcome.quarantined:
        logs.warned("quarantined", event=outcome.event, reason=outcome.reason)
    for place in outcome.drifted:  # a line each, counted by place: a metric by place would cost one for each
        logs.warned("drift", event=outcome.event, place=place)
