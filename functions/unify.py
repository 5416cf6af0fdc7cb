"""The inbound queue: events on their way to the one customer."""

from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.unify import unify


@logs.step("unify")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Apply in order; the first failure and all behind it come again, so that no record loses its order."""
    records = event["Records"]
    done = 0
    try:
        for result in unify(current(), [record["body"] for record in records]):
            done += 1
            facts = {"event": result.event, "reason": result.reason, "place": result.place}
            logs.told(result.kind, **facts, drift=result.drift)
    except Exception as error:
        logs.failed(error)
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records[done:]]}
