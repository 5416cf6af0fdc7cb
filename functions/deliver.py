"""The outbound queue: deliveries on their way to a vendor."""

import json
import logging
from typing import Any

from hub.errors import HubError
from hub.messages import Delivery
from hub.pipeline import current
from hub.pipeline.deliver import deliver

LOG = logging.getLogger("cauce.deliver")
LOG.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Deliver in order; the first failure and all behind it come again, so that no group loses its order."""
    records = event["Records"]
    for done, record in enumerate(records):
        try:
            _deliver(record["body"])
        except Exception as error:
            # Only our own errors are known to say no value of a record.
            said = str(error) if isinstance(error, HubError) else ""
            LOG.error(json.dumps({"error": type(error).__name__, "reason": said}))  # noqa: TRY400
            return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records[done:]]}
    return {"batchItemFailures": []}


def _deliver(body: str) -> None:
    delivery = Delivery.loads(body)
    result = deliver(current(), delivery)
    told = {"destination": delivery.destination, "entity": delivery.entity, "id": delivery.id}
    LOG.info(json.dumps({**told, "epoch": delivery.epoch, "flow": delivery.flow, "result": result}))
