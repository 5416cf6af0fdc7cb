"""What waits for a person, or is due, and is about somebody who is erased."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.errors import HubError
from hub.messages import Delivery, Event
from hub.pipeline import Hub
from hub.pipeline.erase.archived import Lines, clear
from hub.pipeline.erase.work import Work
from hub.pipeline.unify.state import record_key, registers
from hub.reprs import discreet
from hub.store import Item

PAGE = 100
SHORTEST = 6
"""Characters of a value that is looked for in raw texts: a shorter one would be found in others' as well."""


@discreet()
@dataclass(frozen=True, slots=True)
class Person:
    """How raw texts and messages name somebody: ids of ours, keys of records, patterns of what identifies."""

    ids: frozenset[str]
    records: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, hub: Hub, root: Item) -> "Person":
        """The customer of this root."""
        mine = root.data["records"]
        records = hub.store.read(map(record_key, mine)).values()
        names = {field.name for field in hub.catalog.entities[root.data["entity"]].identifying}
        values = {
            str(register.value)
            for record in records
            for name, register in registers(record).items()
            if name in names and register.value is not None
        }
        patterns = tuple(map(_pattern, sorted(value for value in values if len(value) >= SHORTEST)))
        return cls(frozenset({root.data["id"], *root.data["absorbed"]}), frozenset(mine), patterns)

    def values_in(self, text: str) -> bool:
        """Whether a text holds a value that identifies them, as people write it."""
        return any(pattern.search(text) for pattern in self.patterns)


def purge(work: Work, root: Item) -> None:
    """Delete parked events and images, and parked or due deliveries and acts, that are about this customer.

    How far it came is noted with the erasure. Raises OutOfTime.
    """
    person = Person.of(work.hub, root)
    for name in (keys.PARKED, keys.DUE):
        while work.data.get("list", name) == name:
            after = work.data.get("after")
            page = work.hub.store.agenda(name, after=after, limit=PAGE)
            _purge(work, work.hub.store.read([item.key for item in page.items]).values(), person)
            if page.next is None:
                work.commit(list=keys.DUE if name == keys.PARKED else "", after=None)
                break
            work.commit(list=name, after=page.next)
            work.spend()
    work.commit(list=None, after=None)


def purge_gone(work: Work) -> None:
    """Delete the parked images of entities that are gone. Raises OutOfTime."""
    after = None
    while True:
        page = work.hub.store.agenda(keys.PARKED, after=after, limit=PAGE)
        images = [item for item in page.items if item.kind == "outbox"]
        roots = {item.key: keys.root(item.data["entity"], item.data["id"]) for item in images}
        standing = work.hub.store.read(roots.values())
        work.delete([item for item in images if roots[item.key] not in standing])
        after = page.next
        if after is None:
            return


def _purge(work: Work, items: Iterable[Item], person: Person) -> None:
    for item in items:
        if item.kind == "marker":
            if _tells_of(work.hub, item, person):
                clear(work, [item])
        elif _is_of(item, person):
            work.delete([item])


def _is_of(item: Item, person: Person) -> bool:
    """Whether an image or an act is about this customer."""
    if item.kind == "outbox":
        return bool(person.ids & {item.data["customer"], item.data["id"]})
    return item.kind == "act" and Delivery.loads(item.data["message"]).customer in person.ids


def _tells_of(hub: Hub, marker: Item, person: Person) -> bool:
    lines = Lines(hub)
    lines.add([marker])
    return any(
        person.values_in(line) or person.records & set(_records(hub, event)) for line, event in lines.told()
    )


def _records(hub: Hub, event: Event) -> Iterator[str]:
    """The records that an event tells of, as far as it can be read."""
    parts: list[tuple[str, str, Any]] = [(event.resource, event.id, event.record)]
    connector = hub.catalog.connectors.get(event.connector)
    try:
        parts += connector.contained(event, event.record) if connector and event.record else []
    except (HubError, KeyError):
        parts += []
    return (keys.record(event.connector, event.account, name, id).pk for name, id, _ in parts)


def _pattern(value: str) -> re.Pattern[str]:
    """A phone may be written with separators and without its country; letters in any case."""
    if re.fullmatch(r"\+\d{8,}", value):
        digits = value[-10:] if len(value) > 10 else value[1:]
        return re.compile(r"[ ().\-]*".join(digits))
    return re.compile(re.escape(value), re.IGNORECASE)
