"""Names inside of expressions that nothing has."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.checks.shape import texts
from hub.checks.suggestion import suggest
from hub.documents import Document, Step
from hub.entity import Entity
from hub.errors import FileError
from hub.expressions import Expression
from hub.expressions.template import split
from hub.traits import RFM_TYPES, TYPES
from hub.values import ADDRESS

PARTS = {"address": ADDRESS, "money": ("amount", "currency")}
"""Types whose values have parts of their own."""

GIVEN = ("id", "ids")
"""What expressions see of an entity beside its fields: its id, and a customer's ids by connector."""


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


def unknown_member(
    entity: Entity, names: tuple[str, ...], given: tuple[str, ...] = GIVEN
) -> tuple[str, tuple[str, str]] | None:
    """The name that expressions do not see of an entity, with message and suggestion; else None."""
    if names[0] in given:
        return None
    if names[0] == "traits" and entity.name == "customer":
        return _unknown_trait(names[0], TYPES, names[1:])
    wrong = unknown_field(entity, names)
    return wrong and (names[1] if names[0] in entity.fields else names[0], wrong)


def _unknown_trait(
    of: str, types: Mapping[str, str], names: tuple[str, ...]
) -> tuple[str, tuple[str, str]] | None:
    if not names:
        return None
    name, rest = names[0], names[1:]
    if name not in types:
        return name, (f'{of} has no "{name}"', suggest(name, types))
    if name == "rfm":
        return _unknown_trait(name, RFM_TYPES, rest)
    parts = PARTS.get(types[name])
    if not rest or parts is None or rest[0] in parts:  # that a number has none, its type tells
        return None
    return rest[0], (f'{name} has no "{rest[0]}"', suggest(rest[0], parts))


def names_asked(call: Mapping[str, Any]) -> Iterator[tuple[tuple[Step, ...], frozenset[str]]]:
    """The names that the templates of a call read, by their path inside of it."""
    written = {key: call[key] for key in ("request", "body", "headers") if key in call}
    for path, text in texts(written):
        parts = (part for part in split(text) if isinstance(part, Expression))
        yield path, frozenset(name for part in parts for name in part.names)


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
