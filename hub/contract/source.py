"""The other system of the bench: it tells of every entity, each field as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.catalog import Found
from hub.documents import Document
from hub.entity import Entity
from hub.messages import Event

NAME = "bench"
ACCOUNT = f"{NAME}.main"
SETTINGS = {"role": "pos", "country": "CO", "time_zone": "America/Bogota"}


def documents(entities: Mapping[str, Entity]) -> Iterator[Found]:
    """Its connector, and a mapping for each entity."""
    resources: dict[str, Any] = {name: {"id": "text(id)", "version": "updated_at"} for name in entities}
    for name, entity in entities.items():
        if entity.customer:
            resources[name]["contains"] = {"customer": "customer"}
        fields = {field: field for field in entity.fields}
        yield "mapping", Document(f"mappings/{NAME}.{name}.yaml", {"entity": name, "in": fields})
    yield "connector", Document(f"connectors/{NAME}.yaml", {"resources": resources})


def event(entity: str, id: str, fields: dict[str, Any], now: str, number: int) -> Event:
    """What it tells of one record at a time."""
    record = {**fields, "id": id, "updated_at": now}
    return Event(
        connector=NAME,
        account=ACCOUNT.partition(".")[2],
        resource=entity,
        topic="told",
        id=id,
        event_id=(id, str(number)),
        received_at=now,
        at=now,
        record=record,
    )
