"""Samples in which fields get their new names: the same texts, with other keys."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.documents import Document, Step, parse
from hub.drift.reads import names
from hub.drift.renames import Rename
from hub.drift.shape import Path
from hub.errors import FileError, RecordError
from hub.mapping import ABSENT, Mapping
from hub.mapping.running import walk
from hub.samples import Samples

Spot = tuple[Step, ...]
"""The path of a key in a document."""

Records = Callable[[Any], list[Any]]
"""The mapping's records in a sample."""


def renamed_sample(
    samples: Samples, mapping: Mapping, file: str, known: Sequence[Rename]
) -> tuple[Document, Document] | None:
    """A sample file before and after; None where nothing in it is renamed, or it cannot be told what is.

    Raises OSError and UnicodeDecodeError for a file that cannot be read.
    """
    text = (samples.root / file).read_text(encoding="utf-8")
    try:
        before = parse(text, file)
        after = renamed(before, (), mapping, lambda data: samples.records(mapping, data), known)
    except (FileError, RecordError):
        return None
    return (before, after) if after is not None and after.data != before.data else None


def renamed(
    document: Document, at: Spot, mapping: Mapping, records: Records, known: Sequence[Rename]
) -> Document | None:
    """The document with the keys below `at` renamed that `records` are read from; None where that fails.

    Raises FileError where the names are taken, RecordError where the sample cannot be read.
    """
    wanted = [moved(mapping, record, known) for record in records(value_at(document.data, at))]
    for rename in known:
        document = _one(document, at, mapping, records, rename)
    return document if records(value_at(document.data, at)) == wanted else None


def renamed_expectation(document: Document, at: Spot, rename: Rename) -> Document:
    """The document with the key renamed in the record at `at` that a test expects to be written.

    Raises FileError where the name is taken.
    """
    old = names(rename.old)
    there = walk(value_at(document.data, at), old) is not ABSENT
    return rewritten(document, [(*at, *old)], old[-1], rename.new[-1]) if there else document


def moved(mapping: Mapping, record: Any, known: Sequence[Rename]) -> Any:
    """A record of before, with the new names."""
    inner = mapping.document.data.get("record")
    for rename in known:
        around = rename.old[:1] == ("payload",)
        old = names(rename.old)[around:]
        way = old if around or not inner else (*str(inner).split("."), *old)
        record = _moved(record, way, rename.new[-1])
    return record


def rewritten(document: Document, spots: Sequence[Spot], old: str, new: str) -> Document:
    """The document with other words for these keys. Raises FileError where one is taken."""
    lines = list(document.lines)
    for place in sorted((document.place(*spot) for spot in spots), reverse=True):
        text = lines[place.line - 1]
        start = place.column - 1
        key = re.compile(rf"([\"']?){re.escape(old)}\1")
        lines[place.line - 1] = text[:start] + key.sub(rf"\g<1>{new}\g<1>", text[start:], count=1)
    return parse("\n".join(lines) + "\n", document.file)


def value_at(data: Any, path: Spot) -> Any:
    """What stands at a path of a document's data."""
    for step in path:
        data = data[step]
    return data


def _one(document: Document, at: Spot, mapping: Mapping, records: Records, rename: Rename) -> Document:
    """The document with the keys renamed that are a part of this rename, and of nothing else."""
    data = value_at(document.data, at)
    before = records(data)
    wanted = [moved(mapping, record, [rename]) for record in before]
    old, new = names(rename.old)[-1], rename.new[-1]
    chosen = []
    for spot in _spots(data, old):
        found = records(_with(data, spot, new))
        if found != before and [moved(mapping, record, [rename]) for record in found] == wanted:
            chosen.append((*at, *spot))
    return rewritten(document, chosen, old, new) if chosen else document


def _spots(data: Any, name: str, at: Spot = ()) -> Iterator[Spot]:
    """The keys of this name."""
    if isinstance(data, dict):
        if name in data:
            yield (*at, name)
        for key, inner in data.items():
            yield from _spots(inner, name, (*at, key))
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            yield from _spots(inner, name, (*at, number))


def _with(data: Any, spot: Spot, new: str) -> Any:
    """The data with one key renamed."""
    step, *rest = spot
    if isinstance(data, list):
        return [
            _with(inner, tuple(rest), new) if number == step else inner for number, inner in enumerate(data)
        ]
    if not rest:
        return {new if key == step else key: inner for key, inner in data.items()}
    return {key: _with(inner, tuple(rest), new) if key == step else inner for key, inner in data.items()}


def _moved(value: Any, way: Path, new: str) -> Any:
    """The value with the last name of a path renamed, through lists."""
    if isinstance(value, list):
        return [_moved(item, way, new) for item in value]
    if not isinstance(value, dict) or way[0] not in value:
        return value
    if len(way) == 1:
        return {new if name == way[0] else name: inner for name, inner in value.items()}
    return {**value, way[0]: _moved(value[way[0]], way[1:], new)}
