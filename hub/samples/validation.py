"""Payloads against a JSON Schema, for tools that ask it of many recorded ones."""

from typing import Any

Path = tuple[str | int, ...]
"""Names and indices from the outermost."""

Fault = tuple[Path, str]
"""Where a payload is not as its schema says, and why; no value of the payload is in the text."""

_MASK = "the value"


class SchemaError(ValueError):
    """This is no JSON Schema that can be used here: the message says why."""


class Validator:
    """A schema, read once. Its draft is what `$schema` says, else 2020-12; formats are notes.

    The same verdicts as the jsonschema library, in less than a hundredth of its time, but for what differs
    on purpose: a decimal is a multiple of 0.01 where it is written as one, and a pattern's `$` is the end.
    A reference leads to somewhere in the schema, never to the network.
    """

    __slots__ = ("_compiled",)

    def __init__(self, schema: Any) -> None:
        """Raises SchemaError."""
        from jsonschema_rs import validator_for

        if not isinstance(schema, dict | bool):
            raise SchemaError("a JSON Schema is an object, true or false")
        try:
            self._compiled = validator_for(schema, validate_formats=False, mask=_MASK, offline=True)
        except ValueError as error:
            raise SchemaError(str(error).partition("\n")[0]) from None

    def errors(self, payload: Any) -> list[Fault]:
        """What is wrong with a payload (as deep as Python reads JSON), by place; empty where nothing is."""
        try:
            if self._compiled.is_valid(payload):
                return []
            found = [(tuple(one.instance_path), one.message) for one in self._compiled.iter_errors(payload)]
        except ValueError:  # half a character, or deeper than any payload
            return [((), "this is not JSON that can be checked")]
        return sorted(found, key=_order)


def _order(fault: Fault) -> tuple[list[tuple[bool, str | int]], str]:
    return [(isinstance(step, int), step) for step in fault[0]], fault[1]
