"""The words that the schemas are written in."""

from typing import Any

Schema = dict[str, Any]


def text(description: str = "", **more: Any) -> Schema:
    """A text."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def expression(description: str = "") -> Schema:
    """A text that is an expression."""
    return text(description, format="expression")


def template(description: str = "") -> Schema:
    """Literal JSON with expressions in its texts."""
    return {"description": description, "format": "template"}


def shape(description: str, properties: dict[str, Schema], *required: str) -> Schema:
    """An object with these keys and no others."""
    shape: Schema = {"type": "object", "description": description, "properties": properties}
    return {**shape, "required": list(required), "additionalProperties": False}


def mapped(description: str, of: Schema) -> Schema:
    """An object whose keys people choose."""
    return {"type": "object", "description": description, "additionalProperties": of}


def listed(description: str, of: Schema, **more: Any) -> Schema:
    """A list."""
    return {"type": "array", "description": description, "items": of, **more}


def choice(description: str, *values: str) -> Schema:
    """One of these words."""
    return {"description": description, "enum": list(values)}


def cases(*cases: tuple[Schema, Schema], otherwise: Schema) -> Schema:
    """The first case whose condition holds decides, so that a mistake has one message."""
    shape = otherwise
    for condition, then in reversed(cases):
        shape = {"if": condition, "then": then, "else": shape}
    return shape


def has(key: str) -> Schema:
    """The condition that a key is there."""
    return {"type": "object", "required": [key]}


IS_TEXT = {"type": "string"}
DURATION = text("30s, 5m, 1h, 2d", format="duration")
