"""What mappings read, as the samples show it and as the JSON Schema beside them says.

`events/<connector>/<resource>.schema.json` describes a record of the resource as its mappings get it.
"""

import json
from functools import cache
from typing import Any

from hub.checks import schema_types
from hub.checks.types import ANY, Type, object_of, of, seen
from hub.errors import RecordError
from hub.expressions import compile
from hub.mapping import Mapping
from hub.samples import SCHEMA, Samples
from hub.samples.validation import SchemaError, Validator


class Payloads:
    """What is known of the records of a project's mappings."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self.scope = cache(self._scope)
        self.said = cache(self._said)

    def _scope(self, mapping: Mapping) -> Type:
        """What the expressions of a mapping see; anything where there is neither a sample nor a schema."""
        shown = [_without_empty(record, mapping.empty) for record in self._samples.all(mapping)]
        types = [of(found) for record in shown if (found := _scope_of(mapping, record)) is not None]
        said = self.said(mapping)
        return seen([*types, said] if said else types)

    def unseen(self, mapping: Mapping) -> str:
        """The file that would show a whole record that has to be fetched, "" where something shows one."""
        if self.said(mapping) or any(True for _ in self._samples.recorded(mapping)):
            return ""
        return self._samples.wanted(mapping)

    def _said(self, mapping: Mapping) -> Type | None:
        """What the schema alone says that expressions see, None where there is none."""
        schema = self.schema(mapping)
        if schema is None or not _is_schema(schema):
            return None
        payload = schema_types.type_of(schema)
        record = payload
        for name in _names(mapping):
            record = record.member(name) or ANY
        if record.fields is None:
            return ANY
        return object_of({**record.fields, "payload": payload}, open=record.open)

    def schema(self, mapping: Mapping) -> Any:
        """The JSON Schema of a mapping's records, None where there is none."""
        path = self._samples.root / "events" / mapping.connector / f"{mapping.resource}{SCHEMA}"
        try:
            return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        except (ValueError, RecursionError):
            return None


def _is_schema(schema: Any) -> bool:
    """Whether it can be used; that it cannot is said where the samples are held against it."""
    try:
        Validator(schema)
    except SchemaError:
        return False
    return True


def _names(mapping: Mapping) -> tuple[str, ...]:
    """The names of `record:`, where it is a plain path."""
    source = mapping.document.data.get("record")
    return (compile(source).path or ()) if source else ()


def _scope_of(mapping: Mapping, record: Any) -> Any:
    try:
        return mapping.scope(record)
    except RecordError:
        return None


def _without_empty(value: Any, empty: Any) -> Any:
    """A record in which the vendor's false for "no value" is null, as it says nothing of the type."""
    if empty is not False:
        return value
    if isinstance(value, dict):
        return {name: _without_empty(inner, empty) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_empty(inner, empty) for inner in value]
    return None if value is False else value
