"""Whether the canonical model makes sense."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from hub.catalog import Catalog
from hub.checks.suggestion import suggest
from hub.documents import Document
from hub.entity import Entity
from hub.errors import FileError
from hub.samples import Samples

_RESERVED = frozenset({"id", "ids", "customer", "traits"})
"""What expressions see of an entity beside its fields."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in entities/."""
    for entity in catalog.entities.values():
        yield from _named(entity.document, entity.name)
        yield from _fields(entity)
        yield from _traits(entity)
        yield from _guards(entity)


def _named(document: Document, name: str) -> Iterator[FileError]:
    stem = PurePosixPath(document.file).stem
    if name != stem:
        yield document.error("other-name", f'the file is called "{stem}"', "name", offset=0)


def _fields(entity: Entity) -> Iterator[FileError]:
    error = entity.document.error
    for name, field in entity.fields.items():
        if name in _RESERVED:
            yield error("reserved-name", f'"{name}" is what expressions call something else', "fields", name)
        if field.keep == "union" and field.type != "list":
            yield error("union-of-one", "only a list can be a union", "fields", name, "keep", offset=0)
        if field.of and field.type != "list":
            yield error("of-without-list", "only a list has members", "fields", name, "of")
        if field.identifies and field.type in {"list", "object", "money", "address", "boolean"}:
            message = f"a field of type {field.type} identifies nobody"
            yield error("cannot-identify", message, "fields", name, "identifies", offset=0)


def _traits(entity: Entity) -> Iterator[FileError]:
    """The mistakes in where the scores begin."""
    error = entity.document.error
    told = entity.document.data.get("traits")
    if told is not None and entity.name != "customer":
        yield error("no-traits", "only a customer has traits", "traits")
        return
    for path, bounds in _bounds((told or {}).get("rfm", {})):
        if sorted(set(bounds)) != bounds:
            message = f'"{path[-1]}" must rise from bound to bound'
            yield error("not-rising", message, "traits", "rfm", *path, offset=0)


def _bounds(rfm: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], list[float]]]:
    for name, found in rfm.items():
        if name == "monetary":
            yield from (((name, code), bounds) for code, bounds in found.items())
        else:
            yield (name,), found


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
