"""Which kinds of records sample webhooks tell of: their topics, and where record, id and version stand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from hub.checks.records import is_deletion
from hub.expressions import EvaluationError, compile
from hub.proposal.names import likeness, words
from hub.proposal.openapi.draft import HOLDERS, Line, own_id, path_step, same_name
from hub.proposal.openapi.receiving import first_event, received, topic_of
from hub.proposal.openapi.resources import KNOWN
from hub.proposal.words import OWN

_HEAD = (
    "# {}, proposed from its sample events. The figures say how likely a line is (1 is certain):",
    "# check each against the documentation, take the figure away, and say by what it was verified.",
)
_ASIDE = re.compile(r"id$|type|topic|event|action|version", re.IGNORECASE)
"""Members beside a record's own: an event that has no others only names a record."""

Sample = tuple[str, Any]
"""The name of a file, and the webhook in it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one webhook tells. `name`: of the resource; `entity`: "" where no name says it; `at`: the record's
    path; `topic`: its value, by the expression `by`."""

    file: str
    name: str
    entity: str
    topic: str
    by: str
    at: str
    record: Any

    @property
    def thin(self) -> bool:
        """Whether it only names the record."""
        members = self.record if isinstance(self.record, Mapping) else {}
        return all(_ASIDE.search(key) or likeness("updated_at", (key,)) >= 0.5 for key in members)


def told(samples: Sequence[Sample]) -> list[Told]:
    """What each webhook tells; what is none is left out."""
    return [_told(*one) for one in samples if isinstance(one[1], Mapping) and "body" in one[1]]


def drafted(name: str, samples: Sequence[Sample]) -> str:
    """The file connectors/<name>.yaml, as far as webhooks show it: how the vendor sends."""
    kinds: dict[str, list[Told]] = {}
    for one in told(samples):
        kinds.setdefault(one.name, []).append(one)
    lines = [
        *(Line(0, text.format(name)) for text in _HEAD),
        Line(0, f"title: {name.capitalize()}"),
        Line(0, "standing:"),
        Line(1, "signature: unverified"),
        Line(1, "events: unverified"),
        Line(0, ""),
        *received([sample for _, sample in samples]),
        Line(0, "# base_url: and auth: say where the vendor is asked and written; no webhook shows them."),
        Line(0, ""),
        Line(0, "resources:"),
        *(line for some in kinds.values() for line in _resource(some)),
    ]
    return "\n".join(line.written().rstrip() for line in lines) + "\n"


def _told(file: str, sample: Mapping[str, Any]) -> Told:
    headers = {str(name).lower(): str(text) for name, text in (sample.get("headers") or {}).items()}
    scope, event = first_event(sample["body"])
    by = topic_of(headers, scope, event)[0]
    topic = _value(by, {"headers": headers, "body": sample["body"], scope: event})
    name, entity = _kind(topic) or _kind(PurePosixPath(file).stem) or (_first_word(topic or file), "")
    at, record = _held(scope, event, name)
    return Told(file, name, entity, topic, by, at, record)


def _value(source: str, scope: dict[str, Any]) -> str:
    try:
        value = compile(source)(scope)
    except EvaluationError:
        return ""
    return value if isinstance(value, str) else ""


def _kind(text: str) -> tuple[str, str] | None:
    """What a topic or a file's name says of the record: a word of ours, and the entity that it names."""
    for word in words(text):
        for one in (word, word.removesuffix("s"), word.removesuffix("es")):
            entity = KNOWN.get(one, ("",))[0] or next((name for name in OWN if one in OWN[name]), "")
            if entity:
                return one, entity
    return None


def _first_word(text: str) -> str:
    return next((word for word in words(text) if word.isascii() and word.isalpha()), "record")


def _held(path: str, event: Any, name: str) -> tuple[str, Any]:
    """The record inside of an event: what is called like it, or as vendors call any record."""
    while isinstance(event, Mapping):
        inner = [key for key, value in event.items() if isinstance(value, Mapping)]
        found = next((key for key in inner if same_name(key, name)), None)
        found = found or next((key for key in inner if key.lower() in HOLDERS), None)
        if found is None:
            break
        path, event = f"{path}.{path_step(found)}", event[found]
    return path, event


def _resource(some: Sequence[Told]) -> Iterator[Line]:
    first = some[0]
    topics = list(dict.fromkeys(one.topic for one in some))
    known = f"its records are of the entity {first.entity}" if first.entity else "which entity is it?"
    yield Line(1, f"{first.name}:", 0.8 if first.entity else 0.5, known)
    yield Line(
        2, f"topics:  [{', '.join(map(_quoted, topics))}]", 0.9, "those of the samples: there are more"
    )
    id = own_id(first.record, first.name) if isinstance(first.record, Mapping) else ""
    yield Line(2, f"id:      text({first.at}.{path_step(id or 'id')})", 0.8 if id else 0.5, "by its name")
    if first.thin:
        get = 'get:     {request: "GET /…/{id}", id: id}'
        yield Line(2, get, 0.4, "the event only names it: how is it fetched?")
    elif first.at not in {"body", "event"}:
        yield Line(2, f"record:  {first.at}", 0.8, "what holds it, by its name")
    if version := _version(first.record):
        yield Line(2, f"version: {first.at}.{path_step(version)}", 0.8, "a time, by its name")
    if gone := [topic for topic in topics if is_deletion(topic)]:
        said = " || ".join(f"{first.by} == '{topic}'" for topic in gone)
        yield Line(2, f"deleted: {said}", 0.8, "a word of its topic")


def _version(record: Any) -> str:
    members = record if isinstance(record, Mapping) else {}
    fits = {
        key: likeness("updated_at", (key,)) for key, value in members.items() if isinstance(value, str | int)
    }
    best = max(fits, key=lambda key: fits[key], default="")
    return best if fits.get(best, 0.0) >= 0.8 else ""


def _quoted(topic: str) -> str:
    return topic if re.fullmatch(r"[A-Za-z][\w./-]*", topic) else f'"{topic}"'
