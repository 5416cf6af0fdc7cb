"""The events of one invocation, and the object of the archive that keeps their raw text."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from hub import keys, times
from hub.archive import Archive, unpack
from hub.messages import Event, digest, dumps
from hub.pipeline import Hub


class Source(NamedTuple):
    """Where the raw text of an event is archived: object name and line."""

    name: str
    line: int


def same_record(archive: Archive, pointer: Sequence[Any] | None, event: Event) -> bool:
    """Whether the archived event at a pointer ([object, line]) tells the record that this one tells.

    Their texts may differ all the same: a source that sends again may write what it sends anew.
    """
    try:
        text = archive.get(pointer[0]).split("\n")[pointer[1]] if pointer else ""
    except (KeyError, IndexError):
        return False
    return bool(text) and dumps(Event.loads(text).record) == dumps(event.record)


class Raw:
    """Raw events, archived before they are applied.

    What is archived must be found again when its person is erased, so a line that nothing points to (a
    duplicate, an event that comes again, one of somebody erased) is blanked when the batch is done.
    """

    def __init__(self, hub: Hub, bodies: Sequence[str]) -> None:
        self.hub = hub
        self.texts = [unpack(hub.archive, body) for body in bodies]
        text = "\n".join(self.texts)
        self.name = f"raw/{times.from_epoch(hub.clock())[:10]}/{digest(text)}.jsonl"
        self._kept: dict[int, bool] = {}
        hub.archive.put(self.name, text)

    def event(self, number: int) -> Event:
        """The event of a number."""
        return Event.loads(self.texts[number])

    def source(self, number: int) -> Source:
        """Where it is archived."""
        return Source(self.name, number)

    def done(self, number: int, *, kept: bool) -> None:
        """Note whether its line has to be kept."""
        self._kept[number] = kept

    def close(self) -> None:
        """Blank the lines that nothing points to."""
        left = [n for n in range(len(self.texts)) if n not in self._kept]
        kept = {n for n, keep in self._kept.items() if keep} | self._pointed_at(left)
        if len(kept) < len(self.texts):
            lines = (text if n in kept else "" for n, text in enumerate(self.texts))
            self.hub.archive.put(self.name, "\n".join(lines))

    def _pointed_at(self, numbers: Sequence[int]) -> set[int]:
        """Those of the events that failed whose marker was written all the same."""
        markers = {n: keys.event(self.event(n).key) for n in numbers}
        found = self.hub.store.read(markers.values()) if markers else {}
        return {
            n
            for n, key in markers.items()
            if key in found and found[key].data.get("archive") == [self.name, n]
        }
