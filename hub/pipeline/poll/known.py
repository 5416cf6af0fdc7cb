"""Which of the rows that a list gives are news: what the table knows already costs two reads and no more."""

from collections.abc import Iterable, Sequence

from hub import keys
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.unify.state import told_until
from hub.store import Item, Key


def news(hub: Hub, events: Sequence[Event]) -> list[Event]:
    """The events that tell what is not known: no marker of them is there, no record that was told as late.

    A record keeps the times of what it was told last with each register, so that a webhook, which has another
    dedupe key, counts too. What only repeats what we wrote leaves no register: its marker is found next time.
    """
    records = {event.key: _records(hub, event) for event in events}
    wanted = [key for keys_ in records.values() for key in keys_]
    found = hub.store.read([*(keys.event(event.key) for event in events), *wanted])
    return [
        event
        for event in events
        if keys.event(event.key) not in found and not _told(event, records[event.key], found)
    ]


def _records(hub: Hub, event: Event) -> list[Key]:
    """The records that this event would tell of."""
    names = (
        f"{event.resource}.{mapping.entity}" if mapping.name.count(".") > 1 else event.resource
        for mapping in hub.catalog.mappings_of(event.connector, event.resource)
    )
    return [keys.record(event.connector, event.account, name, event.id) for name in names if event.id]


def _told(event: Event, records: Iterable[Key], found: dict[Key, Item]) -> bool:
    known = [found.get(key) for key in records]
    at = event.at
    return (
        at is not None and bool(known) and all(item is not None and at <= told_until(item) for item in known)
    )
