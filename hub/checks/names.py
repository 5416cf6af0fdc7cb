"""Names inside of expressions that nothing has."""

import re
from collections.abc import Iterable

from hub.checks.suggestion import suggest
from hub.documents import Document, Step
from hub.entity import Entity
from hub.errors import FileError
from hub.values import ADDRESS

PARTS = {"address": ADDRESS, "money": ("amount", "currency")}
"""Types whose values have parts of their own."""


def unknown_field(entity: Entity, names: tuple[str, ...]) -> tuple[str, str] | None:
    """Message and suggestion where an entity has no such field, or its type no such part; else None."""
    field = entity.fields.get(names[0])
    if field is None:
        return f'{entity.name} has no field "{names[0]}"', suggest(names[0], entity.fields)
    parts = PARTS.get(field.type)
    if len(names) > 1 and parts and names[1] not in parts:
        return f'{field.name} has no "{names[1]}"', suggest(names[1], parts)
    if len(names) > 1 and not parts and field.type not in {"object", "list"}:
        return f"{field.name} has no parts", ""
    return None


def unknown_name(document: Document, path: tuple[Step, ...], name: str, known: Iterable[str]) -> FileError:
    """A name that is not in scope."""
    return at_name(document, path, name, (f'there is no "{name}" here', suggest(name, known)), "unknown-name")


def at_name(
    document: Document, path: tuple[Step, ...], name: str, said: tuple[str, str], code: str = "unknown-field"
) -> FileError:
    """A mistake at a name inside of the text at `path`. `said`: message and hint."""
    text = document.data
    for step in path:
        text = text[step]
    match = re.search(rf"(?<![\w'-]){re.escape(name)}(?![\w-])", str(text))
    return document.error(code, said[0], *path, hint=said[1], offset=match.start() if match else 0)
