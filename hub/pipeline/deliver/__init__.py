"""deliver: one entity or act to one destination, at a time and in a state that is right now; or many at once.

Results, for logs: done · unchanged · rejected · skipped:<reason> · parked:<reason>. Raises RetryError only
when our own state moved or is not reachable; everything else is written to the delivery and acknowledged.
"""

from hub import keys
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver.act import perform
from hub.pipeline.deliver.ahead import looking_ahead
from hub.pipeline.deliver.case import retire
from hub.pipeline.deliver.crowd import BEGINS, Crowd
from hub.pipeline.deliver.forget import FLOW, forget, receipt_key
from hub.pipeline.deliver.state import bring
from hub.pipeline.deliver.target import Target
from hub.pipeline.deliver.together import deliver_together
from hub.store import Key


def deliver(hub: Hub, delivery: Delivery) -> str:
    """Carry out a delivery: the result as a text without any value of the record."""
    target = Target.find(hub.catalog, delivery.destination)
    if target is None:
        retire(hub, _key(delivery), "gone")
        return "skipped:unknown-destination"
    hub = looking_ahead(hub, target, delivery, _key(delivery))
    if delivery.flow == FLOW:
        return forget(hub, target, delivery)
    return perform(hub, target, delivery) if delivery.trigger else bring(hub, target, delivery)


def carry(hub: Hub, body: str) -> list[tuple[Delivery, str]]:
    """Carry out what a message of the outbound queue names: each delivery with its result."""
    if body.startswith(BEGINS):
        return deliver_together(hub, Crowd.loads(body))
    delivery = Delivery.loads(body)
    return [(delivery, deliver(hub, delivery))]


def _key(delivery: Delivery) -> Key:
    """Where the state of a delivery lies."""
    if delivery.flow == FLOW:
        return receipt_key(delivery)
    state = keys.delivery(delivery.destination, delivery.entity, delivery.id)
    return keys.act(delivery) if delivery.trigger else state
