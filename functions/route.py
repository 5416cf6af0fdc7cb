"""The table's stream: outbox items on their way to the outbound queue."""

from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.route import route
from hub.store.dynamodb import decode


@logs.step("route")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """All or nothing: what route raises gives the whole batch back to the stream.

    A local engine does not know partial failures of streams, and everything downstream is idempotent.
    """
    images = [
        decode(record["dynamodb"]["NewImage"])
        for record in event["Records"]
        if record["eventName"] == "INSERT" and record["dynamodb"]["NewImage"]["kind"]["S"] == "outbox"
    ]
    route(current(), images)
    return {"batchItemFailures": []}
