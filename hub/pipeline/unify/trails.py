"""What an event leaves of itself: a timeline entry, and a trail to each archived text that no entry names.

Whoever is erased must be found in the archive, too: so every raw text is named by an item in the partition
of the customer's record (or of the record itself where it has no customer).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hub import keys
from hub.archive import Archive
from hub.messages import Event
from hub.pipeline.unify import sizes
from hub.pipeline.unify.batch import Source
from hub.pipeline.unify.state import Reading, record_key
from hub.pipeline.unify.telling import Telling, summary
from hub.store import Item, Key, Put

ECHO = "echo"
"""What becomes of an event that only repeats what we wrote: it has a trail already."""


def owner(telling: Telling) -> Key:
    """The record under which people look for what was told."""
    return record_key(telling.customer) if telling.customer else telling.record


def entry_key(event: Event, telling: Telling) -> Key:
    """Where the timeline entry of an event lies."""
    return keys.timeline(owner(telling), event.at or event.received_at, event.mark)


def left(
    reading: Reading, event: Event, telling: Telling, source: Source | None, *, news: bool
) -> Iterator[Put]:
    """The entry of what is news, and a trail for an echo and for the text that a replay takes over from."""
    key = entry_key(event, telling)
    texts: list[Sequence[Any]] = []
    if news:
        archive = {"archive": [*source]} if source else {}
        version = held.version if (held := reading.get(key)) else 0
        yield Put(sizes.entry(Item(key, "timeline", {**summary(event, telling), **archive}, version)))
    elif source:
        texts.append(source)
    before = reading[keys.event(event.key)]
    if before and before.data["status"] != ECHO and "archive" in before.data:
        texts.append(before.data["archive"])
    if texts:
        yield from _trails(reading, key, texts)


def blank(archive: Archive, pointer: Sequence[Any] | None) -> None:
    """Empty the archived line of this pointer ([object, line]), so that the others keep their numbers."""
    if not pointer:
        return
    name, line = pointer
    try:
        lines = archive.get(name).split("\n")
    except KeyError:
        return
    if line < len(lines) and lines[line]:
        lines[line] = ""
        archive.put(name, "\n".join(lines))


def _trails(reading: Reading, entry: Key, texts: Sequence[Sequence[Any]]) -> Iterator[Put]:
    """A trail to each text that has none yet: the same one may be archived under one name again."""
    found = {keys.trail(Key(entry.pk, "REC"), *text): [*text] for text in texts}
    reading.load(found)
    for key, text in found.items():
        if reading[key] is None:
            yield Put(Item(key, "trail", {"archive": text}))
