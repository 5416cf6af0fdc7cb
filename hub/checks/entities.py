"""Whether the canonical model makes sense."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from hub.catalog import Catalog
from hub.documents import Document
from hub.entity import Entity
from hub.errors import FileError
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in entities/."""
    for entity in catalog.entities.values():
        yield from _named(entity.document, entity.name)
        yield from _fields(entity)


def _named(document: Document, name: str) -> Iterator[FileError]:
    stem = PurePosixPath(document.file).stem
    if name != stem:
        yield document.error("other-name", f'the file is called "{stem}"', "name", offset=0)


def _fields(entity: Entity) -> Iterator[FileError]:
    error = entity.document.error
    for name, field in entity.fields.items():
        if field.keep == "union" and field.type != "list":
            yield error("union-of-one", "only a list can be a union", "fields", name, "keep", offset=0)
        if field.of and field.type != "list":
            yield error("of-without-list", "only a list has members", "fields", name, "of")
        if field.identifies and field.type in {"list", "object", "money", "address", "boolean"}:
            message = f"a field of type {field.type} identifies nobody"
            yield error("cannot-identify", message, "fields", name, "identifies", offset=0)
