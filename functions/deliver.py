"""The outbound queue: deliveries on their way to a vendor."""

from typing import Any

from hub import logs
from hub.messages import Delivery
from hub.pipeline import current
from hub.pipeline.deliver import deliver


@logs.step("deliver")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Deliver in order; the first failure and all behind it come again, so that no group loses its order."""
    records = event["Records"]
    for done, record in enumerate(records):
        try:
            _deliver(record["body"])
        except Exception as error:
            logs.failed(error)
            return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records[done:]]}
    return {"batchItemFailures": []}


def _deliver(body: str) -> None:
    delivery = Delivery.loads(body)
    result = deliver(current(), delivery)
    told = {"destination": delivery.destination, "entity": delivery.entity, "id": delivery.id}
    logs.told(result, **told, epoch=delivery.epoch, flow=delivery.flow)
