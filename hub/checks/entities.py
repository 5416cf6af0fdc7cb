"""Whether the canonical model makes sense."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from hub.catalog import Catalog
from hub.checks.suggestion import suggest
from hub.documents import Document
from hub.entity import Entity
from hub.errors import FileError
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in entities/."""
    for entity in catalog.entities.values():
        yield from _named(entity.document, entity.name)
        yield from _fields(entity)
        yield from _guards(entity)


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


def _guards(entity: Entity) -> Iterator[FileError]:
    """Fields named under `guards:` that are not there, or that identify nobody."""
    guards = entity.document.data.get("guards", {})
    for kind in ("exclusive", "trusted", "never"):
        for name in guards.get(kind, {}):
            if (kind, name) != ("never", "any"):
                yield from _guarded(entity, name, ("guards", kind, name), weak=kind == "exclusive")
    for name, others in guards.get("exclusive", {}).items():
        for place, other in enumerate(others):
            yield from _guarded(entity, other, ("guards", "exclusive", name, place))


def _guarded(
    entity: Entity, name: str, path: Sequence[str | int], *, weak: bool = False
) -> Iterator[FileError]:
    error = entity.document.error
    field = entity.fields.get(name)
    if field is None:
        hint = suggest(name, entity.fields)
        yield error("unknown-field", f'{entity.name} has no field "{name}"', *path, hint=hint, offset=0)
    elif not field.identifies:
        yield error("no-guard", f"{name} identifies nobody: there is nothing to guard", *path, offset=0)
    elif weak and field.identifies == "strong":
        message = f"{name} is strong: whoever has the same one is the same, whatever else differs"
        yield error("no-guard", message, *path, offset=0)
