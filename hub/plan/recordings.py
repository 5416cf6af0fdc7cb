"""Events that were recorded: sample webhooks, records as a fetch answers, archived messages."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.errors import HubError
from hub.messages import Event


class RecordingError(HubError):
    """There is nothing to replay."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One thing that came in. `label`: file and line; `account`: its key, "" for the connector's first.

    `told`: a webhook `{headers, query, body}`, or the event that was made of one.
    """

    label: str
    connector: str
    told: dict[str, Any] | Event
    account: str = ""


Answers = dict[tuple[str, str, str], tuple[str, Any]]
"""Connector, resource and id -> label and JSON of what a fetch of that record answers."""


@dataclass(slots=True)
class Recordings:
    """`events` in order; `answers` of fetches; `unread`: labels of what is no recorded event."""

    events: list[Recorded] = field(default_factory=list)
    answers: Answers = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def read(folder: Path, shown: str = "") -> Recordings:
    """The recordings of a folder that is made like `events/`, or holds `.jsonl` or `.jsonl.gz` files.

    A line is an archived message, or a sample that names its `connector` unless the folder does. `shown`:
    what labels start with. Raises RecordingError for a folder that is not there.
    """
    if not folder.is_dir():
        raise RecordingError(f"there is no folder {folder} with recorded events")
    found = Recordings()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not _is_schema(path)):
        label = f"{shown}{path.relative_to(folder).as_posix()}"
        if path.parent.name == "records" and path.suffix == ".json":
            _add_answer(found, path, label)
        elif path.suffix == ".json" and path.parent != folder:
            add(found, label, path.read_text(encoding="utf-8"), path.parent.name)
        elif path.name.endswith((".jsonl", ".jsonl.gz")):
            _add_lines(found, label, _lines(path), path.parent.name)
    return found


def _add_lines(found: Recordings, label: str, lines: Iterable[str], connector: str) -> None:
    for number, line in enumerate(lines, 1):
        if line.strip():
            add(found, f"{label}:{number}", line, connector)


def _is_schema(path: Path) -> bool:
    """Whether it says how payloads are made, beside the samples of them."""
    return path.name.endswith(".schema.json")


def _lines(path: Path) -> list[str]:
    held = path.read_bytes()
    text = gzip.decompress(held) if path.suffix == ".gz" else held
    return text.decode("utf-8", "replace").split("\n")


def add(found: Recordings, label: str, text: str, connector: str = "") -> None:
    """Add the recorded event of a text, or note that it is none."""
    recorded = _recorded(label, text, connector)
    if recorded is None:
        found.unread.append(label)
    else:
        found.events.append(recorded)


def _recorded(label: str, text: str, connector: str) -> Recorded | None:
    try:
        told = json.loads(text)
        if isinstance(told, dict) and "format" in told:
            event = Event.loads(text)
            return Recorded(label, event.connector, event, event.account)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(told, dict) or not told.keys() & {"body", "query"}:
        return None
    return Recorded(label, str(told.get("connector", connector)), told, str(told.get("account", "")))


def _add_answer(found: Recordings, path: Path, label: str) -> None:
    resource, _, id = path.stem.partition(".")
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found.unread.append(label)
        return
    found.answers[path.parent.parent.name, resource, id] = (label, answer)
