"""Where the table holds what went out about an entity: deliveries, acts and waits."""

from collections.abc import Iterator

from hub import keys
from hub.catalog import Catalog
from hub.expressions import EvaluationError
from hub.flow import Flow
from hub.messages import Delivery, escape
from hub.pipeline import Hub, flows
from hub.pipeline.flows import Sight
from hub.pipeline.subjects import Subject, subject_of
from hub.store import Item, Key

VERSIONS = 500
"""The latest versions of an entity for which acts are looked up that are named by the version."""


def resources(catalog: Catalog) -> Iterator[str]:
    """Every resource of every account, `connector.account.resource`."""
    for name, account in sorted(catalog.accounts.items()):
        connector = catalog.connectors.get(account.connector)
        for resource in connector.resources if connector else ():
            yield f"{name}.{resource}"


def outward(hub: Hub, root: Item, id: str) -> Iterator[Key]:
    """The keys of all that may have gone out about an entity under one of its ids."""
    entity = root.data["entity"]
    for destination in resources(hub.catalog):
        yield keys.delivery(destination, entity, id)
    subject = subject_of(hub, root)
    for flow in hub.catalog.flows.values():
        if flow.on == entity:
            yield keys.wait(flow.name, entity, id)
            yield from _acts(hub.catalog, flow, subject, id)


def _acts(catalog: Catalog, flow: Flow, subject: Subject, id: str) -> Iterator[Key]:
    triggers = _triggers(flow, subject, id)
    for to in flow.send:
        for trigger in triggers:
            yield keys.act(
                Delivery(catalog.destination(to.to), subject.entity, id, 0, "", flow.name, trigger)
            )


def _triggers(flow: Flow, subject: Subject, id: str) -> list[str]:
    """What acts of a flow about this entity may be named by."""
    if flow.once is None:
        first = max(1, subject.epoch - VERSIONS)
        return [escape(id, epoch) for epoch in range(first, subject.epoch + 1)]
    try:
        return [flows.trigger(flow, Sight(subject))]
    except EvaluationError:
        return []
