"""Whether the sample events can be read, are somebody's, and fit the JSON Schemas beside them."""

import json
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.checks.payloads import Payloads
from hub.checks.secrets import looks_secret, masked
from hub.checks.suggestion import suggest
from hub.connector.body import answer
from hub.documents import Document, Step, parse
from hub.errors import FileError, Place, RecordError
from hub.mapping import Mapping
from hub.samples import SCHEMA, Samples
from hub.samples.validation import SchemaError, Validator

_MOST = 5
"""Mistakes shown of one sample: a schema of something else would find them all."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in events/<connector>/."""
    for folder in sorted(path for path in (samples.root / "events").glob("*") if path.is_dir()):
        yield from _folder(catalog, samples.root, folder)
    payloads = Payloads(samples)
    seen: set[str] = set()
    for mapping in catalog.mappings.values():
        schema = payloads.schema(mapping)
        if schema is not None and f"{mapping.connector}.{mapping.resource}" not in seen:
            yield from _schema(samples, mapping, schema)
        seen.add(f"{mapping.connector}.{mapping.resource}")


def _folder(catalog: Catalog, root: Path, folder: Path) -> Iterator[FileError]:
    connector = catalog.connectors.get(folder.name)
    paths = (path for below in ("", "records/", "answers/") for path in folder.glob(f"{below}*.json"))
    for path in sorted(paths):
        file = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from _readable(file, path.read_bytes(), text)
        yield from _secrets(file, text)
        resource = _resource(path)
        if connector is None and get_close_matches(folder.name, catalog.connectors):
            hint = suggest(folder.name, catalog.connectors)
            yield FileError("unknown-connector", f"no connector {folder.name}", Place(file, 1, 1), hint=hint)
        elif connector and resource is not None and resource not in connector.resources:
            hint = suggest(resource, connector.resources)
            message = f"{connector.name} has no resource {resource}"
            yield FileError("unknown-resource", message, Place(file, 1, 1), hint=hint)


def _resource(path: Path) -> str | None:
    """The resource that a file's name says, None where it says none."""
    if path.name.endswith(SCHEMA):
        return path.name.removesuffix(SCHEMA)
    return path.name.split(".")[0] if path.parent.name == "records" else None


def _readable(file: str, content: bytes, text: str) -> Iterator[FileError]:
    try:
        answer(content)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1] if text.splitlines()[error.lineno - 1 :] else ""
        place = Place(file, error.lineno, error.colno)
        yield FileError("not-json", f"this is not JSON: {error.msg.lower()}", place, text=line)
    except ValueError:
        hint = "NaN, numbers beyond range, nesting beyond 64 levels and other encodings than UTF-8 are not"
        yield FileError("not-json", "this is not what an event can carry", Place(file, 1, 1), hint=hint)


def _secrets(file: str, text: str) -> Iterator[FileError]:
    for number, line in enumerate(text.splitlines(), start=1):
        start = looks_secret(line)
        if start is not None:
            hint = "put an invented one of another shape there (git keeps this one: renew it)"
            place = Place(file, number, start + 1)
            yield masked(
                FileError("secret-in-sample", "this looks like a secret", place, text=line, hint=hint)
            )


def _schema(samples: Samples, mapping: Mapping, schema: Any) -> Iterator[FileError]:
    """Where the samples do not fit the schema of their records."""
    file = f"events/{mapping.connector}/{mapping.resource}{SCHEMA}"
    try:
        validator = Validator(schema)
    except SchemaError as error:
        yield FileError(
            "bad-schema", "this is no JSON Schema that can be used", Place(file, 1, 1), hint=str(error)
        )
        return
    for path in samples.files(mapping):
        yield from _sample(samples, mapping, validator, path.relative_to(samples.root).as_posix())


def _sample(samples: Samples, mapping: Mapping, validator: Validator, file: str) -> Iterator[FileError]:
    try:
        sample = samples.load(file)
        records = samples.of_file(mapping, file)
    except (ValueError, RecordError):
        return
    for record in records:
        faults = validator.errors(record)[:_MOST]
        document = _document(samples.root, file) if faults else Document(file, None)
        for path, reason in faults:
            name = next((f'"{step}"' for step in reversed(path) if isinstance(step, str)), "the record")
            message = f"{name} is not as {mapping.resource}{SCHEMA} says"
            where = (*_within(sample, record), *path)
            yield document.error("schema-mismatch", message, *where, hint=reason, offset=0)


def _within(sample: Any, record: Any) -> tuple[Step, ...]:
    """Where in a sample its record stands; the whole where it was put together."""
    return next((where for where, value in _parts(sample, ()) if value == record), ())


def _parts(value: Any, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from _parts(inner, (*path, step))


def _document(root: Path, file: str) -> Document:
    """A JSON file with the place of everything in it, as far as it can also be read as YAML."""
    text = (root / file).read_text(encoding="utf-8")
    try:
        return parse(text, file)
    except FileError:
        return Document(file, None)
