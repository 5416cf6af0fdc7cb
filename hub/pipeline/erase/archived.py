"""The archive's part of an erasure: the raw texts that entries and trails point to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub import keys
from hub.archive import LARGEST_MESSAGE
from hub.messages import Event, digest
from hub.pipeline import Hub
from hub.pipeline.erase.work import Work
from hub.pipeline.unify.telling import kept_name
from hub.reprs import discreet
from hub.store import Item


@discreet()
@dataclass(slots=True)
class Lines:
    """Archived lines by object, and what they tell; lines that are blank already tell nothing."""

    hub: Hub
    texts: dict[str, list[str]] = field(default_factory=dict)
    wanted: dict[str, set[int]] = field(default_factory=dict)

    def add(self, items: Iterable[Item]) -> None:
        """Look up what these items point to."""
        for name, line in (item.data["archive"] for item in items if item.data.get("archive")):
            if name not in self.texts:
                self.texts[name] = self._read(name)
            self.wanted.setdefault(name, set()).add(line)

    def told(self) -> Iterator[tuple[str, Event]]:
        """Each line that is still there, and its event."""
        for name, numbers in self.wanted.items():
            for number in sorted(numbers):
                line = self.texts[name][number] if number < len(self.texts[name]) else ""
                if line:
                    yield line, Event.loads(line)

    def blank(self) -> None:
        """Take the lines, and what was kept beside them, out of the archive."""
        for line, event in self.told():
            if event.record is None:
                self.hub.archive.delete(kept_name(self.hub, event))
            if len(line.encode()) > LARGEST_MESSAGE:
                self.hub.archive.delete(f"claims/{digest(line)}")
        for name, numbers in self.wanted.items():
            lines = self.texts[name]
            left = ["" if number in numbers else line for number, line in enumerate(lines)]
            if left != lines:
                self._write(name, left)

    def _read(self, name: str) -> list[str]:
        try:
            return self.hub.archive.get(name).split("\n")
        except KeyError:
            return []

    def _write(self, name: str, lines: list[str]) -> None:
        """Nothing but blanks is no object any more."""
        if any(lines):
            self.hub.archive.put(name, "\n".join(lines))
        else:
            self.hub.archive.delete(name)


def clear(work: Work, items: Iterable[Item]) -> None:
    """Delete the markers of what these items point to, then the texts: the items themselves still stand.

    In this order, because the markers are found by the texts.
    """
    lines = Lines(work.hub)
    lines.add(items)
    markers = [keys.event(event.key) for _, event in lines.told()]
    found = work.hub.store.read(markers) if markers else {}
    if found:
        work.delete(list(found.values()))
    lines.blank()
