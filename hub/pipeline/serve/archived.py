"""Events as the archive has them: one by its name, or a part of a day's.

An event is named `<day>-<12 digits of its object>-<line>`: that leads to its raw text, and says nothing
of it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from hub import keys
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Refusal, bad
from hub.reprs import discreet
from hub.store import Item, Key
from hub.times import from_epoch

OBJECTS = 200
"""Objects of the archive that one question looks through."""
DAYS = 2
"""Days that are looked through where nobody says more."""
LONGEST = 31
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-([0-9a-f]{12})-(\d{1,4})")
_MARK = re.compile(r"[0-9a-f]{16}")


@discreet()
@dataclass(frozen=True, slots=True)
class Archived:
    """One event of the archive: the object and line where it is, and its marker (None: it left none)."""

    object: str
    line: int
    event: Event
    marker: Item | None

    @property
    def name(self) -> str:
        """How people and programs name it."""
        return named(self.object, self.line)


def named(object: str, line: int) -> str:
    """The name of the event in a line of an object of the archive."""
    _, day, rest = object.split("/", 2)
    return f"{day}-{rest[:12]}-{line}"


def called(item: Item) -> str | None:
    """What an event is called by its marker; its own id at the vendor may hold a phone."""
    archive = item.data.get("archive") if item.kind == "marker" else None
    return named(*archive) if archive else None


def key_of(hub: Hub, id: str) -> Key | None:
    """The key of the marker of an event that is called so, None for any other id."""
    if not _NAME.fullmatch(id):
        return None
    try:
        found = event_of(hub, id)
    except Refusal:
        return None
    return found.marker.key if found.marker else keys.event(found.event.key)


def event_of(hub: Hub, id: Any) -> Archived:
    """The event of a name, of the id of a parked one (`EVT#…`), or of a mark (16 digits) of the last days.

    Raises Refusal: 400, or 404.
    """
    if not isinstance(id, str) or len(id) > 2048:
        raise bad("event is a name, a mark, or the id of a parked event")
    if match := _NAME.fullmatch(id):
        return _at(hub, match[1], match[2], int(match[3]))
    if id.startswith("EVT#"):
        return _of_marker(hub, id)
    if _MARK.fullmatch(id):
        found = (one for part in _parts(hub, _days(hub, "", ""), "") for one in part if one.event.mark == id)
        if one := next(found, None):
            return one
    raise Refusal(404, "unknown-event", "the archive has no such event: `hub events` lists them")


def page(hub: Hub, since: str, until: str, after: str) -> tuple[list[Archived], str | None]:
    """The events of some objects of these days, and what to go on `after`; "" begins."""
    found: list[Archived] = []
    for number, part in enumerate(_parts(hub, _days(hub, since, until), after)):
        if part:
            found += part
        if number + 1 >= OBJECTS and part:
            return found, part[-1].name.rpartition("-")[0]
    return found, None


def pointed_at(hub: Hub, pointers: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Archived]:
    """The events in these lines of objects, without those whose text is gone."""
    found: dict[tuple[str, int], Archived] = {}
    for object in dict.fromkeys(object for object, _ in pointers):
        try:
            found |= {(object, one.line): one for one in _read(hub, object)}
        except KeyError:
            continue
    return found


def _parts(hub: Hub, days: Iterator[str], after: str) -> Iterator[list[Archived]]:
    """The events of one object after the other, the newest day first."""
    for day in days:
        for object in hub.archive.names(f"raw/{day}/"):
            if "/fetched-" not in object and not (after and _before(named(object, 0), after)):
                yield _read(hub, object)


def _before(name: str, after: str) -> bool:
    """Whether an object comes up to a cursor in our order: days downwards, objects upwards."""
    object, day = name.rpartition("-")[0], after[:10]
    return object[:10] > day or (object[:10] == day and object <= after)


def _days(hub: Hub, since: str, until: str) -> Iterator[str]:
    """The days from `until` back to `since`."""
    last = dt.date.fromisoformat((until or from_epoch(hub.clock()))[:10])
    first = dt.date.fromisoformat(since[:10]) if since else last - dt.timedelta(days=DAYS - 1)
    for number in range(min((last - first).days, LONGEST) + 1):
        yield str(last - dt.timedelta(days=number))


def _read(hub: Hub, object: str) -> list[Archived]:
    lines = enumerate(hub.archive.get(object).split("\n"))
    events = {number: Event.loads(text) for number, text in lines if text}
    wanted = {number: keys.event(event.key) for number, event in events.items()}
    markers = hub.store.read(wanted.values()) if wanted else {}
    return [Archived(object, number, events[number], markers.get(key)) for number, key in wanted.items()]


def _at(hub: Hub, day: str, digits: str, line: int) -> Archived:
    for object in hub.archive.names(f"raw/{day}/{digits}"):
        for one in _read(hub, object):
            if one.line == line:
                return one
    raise Refusal(404, "unknown-event", "the archive has no such event (any more)")


def _of_marker(hub: Hub, id: str) -> Archived:
    key = Key(id, "EVT")
    marker = hub.store.read([key]).get(key)
    if marker is None or "archive" not in marker.data:
        raise Refusal(404, "unknown-event", "nothing is kept of such an event")
    object, line = marker.data["archive"]
    try:
        text = hub.archive.get(object).split("\n")[line]
    except (KeyError, IndexError):
        text = ""
    if not text:
        raise Refusal(404, "unknown-event", "its raw text is not in the archive any more")
    parts = tuple(map(unquote, id.split("#")[4:]))
    event = Event.loads(text)
    return Archived(object, line, event if event.event_id == parts else _renamed(event, parts), marker)


def _renamed(event: Event, parts: tuple[str, ...]) -> Event:
    """An event that was parked under another id: it came with a used one."""
    return replace(event, event_id=parts)
