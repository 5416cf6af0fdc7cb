"""Which event a delivery comes from: found by its mark among what the entity's records were told."""

from collections.abc import Iterator
from typing import Any

from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.serve.archived import named
from hub.pipeline.serve.profile import reference
from hub.pipeline.subjects import find
from hub.store import Item

LOOKED = 100
"""Entries of each record that are looked through: its newest ones."""


def origin(hub: Hub, delivery: Delivery) -> dict[str, Any] | None:
    """The event that caused a delivery: mark, source, topic, time; the mark where its entry is gone."""
    if not delivery.cause:
        return None
    entry = next((item for item in _entries(hub, delivery) if item.key.sk.endswith(delivery.cause)), None)
    if entry is None:
        return {"event": delivery.cause}
    told = reference(entry.data["record"])
    return {
        "event": delivery.cause,
        "topic": entry.data["topic"],
        "at": entry.key.sk.split("#")[1],
        **{name: told[name] for name in ("source", "resource")},  # an id may be a phone
        **_archived(entry),
    }


def _archived(entry: Item) -> dict[str, Any]:
    """What `hub events` calls it, where its raw text is kept."""
    return {"name": named(*entry.data["archive"])} if "archive" in entry.data else {}


def _entries(hub: Hub, delivery: Delivery) -> Iterator[Item]:
    subject = find(hub, delivery.entity, delivery.id)
    if subject is None:
        return
    owner = subject.owner.records if subject.owner else ()
    for pk in dict.fromkeys((*owner, *subject.records)):
        yield from hub.store.page(pk, prefix="T#", limit=LOOKED, reverse=True).items
