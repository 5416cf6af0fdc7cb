"""Lookup tables in files of their own beside the mappings: `lookup: provinces` is mappings/provinces.csv."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hub.documents import Document
from hub.mapping.running import Path

_PARTS = ("in", "both", "out", "consent")


class Table(dict[str, str]):
    """The vendor's words and ours, of a file: many, and not each of them is tried by a test."""


def named(document: Document) -> Iterator[tuple[Path, str]]:
    """Where a mapping names tables, and which."""
    for part in _PARTS if isinstance(document.data, dict) else ():
        yield from _named(document.data.get(part), (part,))


def resolved(document: Document, tables: Mapping[str, Table]) -> Document:
    """The mapping with its tables in place of their names; an unknown one lists nothing."""
    if not any(True for _ in named(document)):
        return document
    data = {key: _resolved(value, tables) if key in _PARTS else value for key, value in document.data.items()}
    return replace(document, data=data)


def _named(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        if _names(data, key):
            yield (*path, key), value
        else:
            yield from _named(value, (*path, key))


def _resolved(data: Any, tables: Mapping[str, Table]) -> Any:
    if not isinstance(data, dict):
        return data
    return {
        key: tables.get(value, Table()) if _names(data, key) else _resolved(value, tables)
        for key, value in data.items()
    }


def _names(data: dict[str, Any], key: str) -> bool:
    """Whether a key of a leaf names a table; elsewhere `lookup` may be a field's name."""
    return key == "lookup" and isinstance(data[key], str) and bool({"from", "field"} & data.keys())
