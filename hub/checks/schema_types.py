"""The type that a JSON Schema describes; whatever it says beyond that is left to its validator."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.checks.types import ANY, KINDS, Type, either, of

_KINDS = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "text",
    "array": "list",
    "object": "object",
}
_FORMS = {"date-time": "time", "date": "date"}
_DEPTH = 24
"""Schemas may be recursive: below this, anything."""


def type_of(schema: Any, root: Mapping[str, Any] | None = None, depth: int = _DEPTH) -> Type:
    """The type of the values that a schema allows. `root`: the document that `#/…` refers to."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth == 0 or root is None:
        return ANY
    if "$ref" in schema:
        return type_of(_referred(str(schema["$ref"]), root), root, depth - 1)
    for word in ("enum", "const"):
        if word in schema:
            return either(map(of, schema["enum"] if word == "enum" else [schema["const"]]))
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return either(type_of(one, root, depth - 1) for one in schema[word])
    if schema.keys() & {"allOf", "if", "not", "patternProperties", "prefixItems"}:
        return ANY
    return _plain(schema, root, depth - 1)


def _plain(schema: dict[str, Any], root: Mapping[str, Any], depth: int) -> Type:
    said = schema.get("type", [])
    names = said if isinstance(said, list) else [said]
    kinds = frozenset(_KINDS[name] for name in names if name in _KINDS) or KINDS
    found = Type(kinds, form=_FORMS.get(str(schema.get("format", "")), ""))
    if "properties" in schema and "object" in kinds:
        found = replace(
            found, fields=_members(schema, root, depth), open=bool(schema.get("additionalProperties"))
        )
    if "items" in schema and "list" in kinds:
        found = replace(found, item=type_of(schema["items"], root, depth))
    return found


def _members(schema: dict[str, Any], root: Mapping[str, Any], depth: int) -> dict[str, Type]:
    required = schema.get("required") or ()
    types = {name: type_of(inner, root, depth) for name, inner in schema["properties"].items()}
    return {name: type if name in required else type.nullable() for name, type in types.items()}


def _referred(pointer: str, root: Mapping[str, Any]) -> Any:
    """What `#/$defs/name` refers to; nothing known of another document."""
    part: Any = root
    for step in pointer.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        part = part.get(name) if isinstance(part, dict) else None
    return part if pointer.startswith("#") else None
