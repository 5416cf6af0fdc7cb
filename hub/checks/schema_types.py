"""The type that a JSON Schema describes; whatever it says beyond that is left to its validator."""

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
_MOST = 10_000
"""Parts of a schema that are read: references may multiply without end. Beyond them, anything."""


def type_of(schema: Any) -> Type:
    """The type of the values that a valid schema allows."""
    return _Reading(schema).type(schema, frozenset())


class _Reading:
    """One schema being read. `within`: the references that lead here: none is followed in a circle."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = _MOST

    def type(self, schema: Any, within: frozenset[str]) -> Type:
        self._left -= 1
        if not isinstance(schema, dict) or self._left < 0:
            return ANY
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]), within)
        for word in ("enum", "const"):
            if word in schema:
                return either(map(of, schema["enum"] if word == "enum" else [schema["const"]]))
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return either([self.type(one, within) for one in schema[word]])
        if schema.keys() & {"allOf", "if", "not", "patternProperties", "prefixItems"}:
            return ANY
        return self._plain(schema, within)

    def _plain(self, schema: dict[str, Any], within: frozenset[str]) -> Type:
        said = schema.get("type", [])
        names = said if isinstance(said, list) else [said]
        kinds = frozenset(_KINDS[name] for name in names if name in _KINDS) or KINDS
        found = Type(kinds, form=_FORMS.get(str(schema.get("format", "")), ""))
        if "properties" in schema and "object" in kinds:
            others = schema.get("additionalProperties", False) is not False
            found = replace(found, fields=self._members(schema, within), open=others)
        if "items" in schema and "list" in kinds:
            found = replace(found, item=self.type(schema["items"], within))
        return found

    def _members(self, schema: dict[str, Any], within: frozenset[str]) -> dict[str, Type]:
        required = schema.get("required") or ()
        types = {name: self.type(inner, within) for name, inner in schema["properties"].items()}
        return {name: type if name in required else type.nullable() for name, type in types.items()}

    def _referred(self, pointer: str, within: frozenset[str]) -> Type:
        if pointer in within:
            return ANY
        return self.type(_referred(pointer, self._root), within | {pointer})


def _referred(pointer: str, root: Any) -> Any:
    """What `#/$defs/name` refers to; nothing known of another document."""
    part: Any = root
    for step in pointer.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        part = part.get(name) if isinstance(part, dict) else None
    return part if pointer.startswith("#") else None
