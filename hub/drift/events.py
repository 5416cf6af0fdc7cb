"""The records in a folder of events: samples, fetched records, or what the archive holds."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.errors import RecordError
from hub.mapping import Mapping
from hub.messages import Event
from hub.samples import Samples

_ENDINGS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")


@dataclass(slots=True)
class Events:
    """The records of one kind below `path`, read one after the other. `unread`: what was no event."""

    path: Path
    samples: Samples
    unread: int = field(default=0, init=False)

    def records(self, mapping: Mapping) -> Iterator[Any]:
        """The records that the mapping reads, those inside of others too. Raises OSError without a file."""
        for path in self._files(mapping):
            for text in _texts(path):
                yield from self._of(mapping, text)

    def _files(self, mapping: Mapping) -> Iterator[Path]:
        if not self.path.is_dir():
            yield self.path
            return
        for path in sorted(self.path.rglob("*")):
            other = path.parent.name == "records" and not path.name.startswith(f"{mapping.resource}.")
            if path.name.endswith(_ENDINGS) and path.is_file() and not other:
                yield path

    def _of(self, mapping: Mapping, text: str) -> Iterator[Any]:
        try:
            told = json.loads(text)
            for one in told if isinstance(told, list) else [told]:
                yield from self._told(mapping, one)
        except (ValueError, RecordError, RecursionError):
            self.unread += 1

    def _told(self, mapping: Mapping, one: Any) -> list[Any]:
        if not isinstance(one, dict):
            raise ValueError("no event")  # noqa: TRY004 (a mistake in a file)
        if {"format", "connector", "event_id"} <= one.keys():
            return self._archived(mapping, Event.loads(json.dumps(one)))
        return self.samples.records(mapping, one)

    def _archived(self, mapping: Mapping, event: Event) -> list[Any]:
        connector = self.samples.connector(mapping)
        if connector is None or event.connector != mapping.connector or event.deleted or event.record is None:
            return []
        found = [(event.resource, event.id, event.record)]
        found += connector.contained(event, event.record) if event.resource in connector.resources else []
        return [record for resource, _, record in found if resource == mapping.resource]


def _texts(path: Path) -> Iterator[str]:
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as file:
        if ".jsonl" in path.name:
            yield from (line for line in file if line.strip())
        else:
            yield file.read()
