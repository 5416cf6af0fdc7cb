"""Identifiers as an explanation shows them: enough to be recognised, too little to be used."""

import re
from collections.abc import Callable
from typing import Any

Mask = Callable[[str], str]

LONGEST = 40
"""Signs of a form that are shown."""
_LETTERS = re.compile(r"[^\W\d_]|[^\x00-\x7f]")
_DIGITS = re.compile(r"\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
"""A moment is no value of anybody; a day alone may be a birthday."""

LONG = 8
"""Characters from which on the last four give little away."""


def masked(value: str) -> str:
    """`l•••@correo.example`, `••••0147`; of a short value nothing."""
    local, at, domain = value.rpartition("@")
    if at:
        return f"{local[:1]}•••@{domain}"
    return "••••" + (value[-4:] if len(value) >= LONG else "")


def shape(value: Any) -> Any:
    """The form of a value: `a` for a letter, `9` for a digit, signs as they are; of a list one member.

    It says nothing of the value but its length, and enough to see that an id has dots in it, or that one
    digit is missing. A moment is shown as it is.
    """
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]] + ["…"] * (len(value) > 1)
    if isinstance(value, str):
        formed = value if _TIME.fullmatch(value) else _DIGITS.sub("9", _LETTERS.sub("a", value))
        return formed if len(formed) <= LONGEST else formed[:LONGEST] + "…"
    if isinstance(value, float) and value.is_integer():
        return shape(str(int(value)))
    return value if value is None or isinstance(value, bool) else shape(str(value))


def shown(value: str) -> str:
    """The value itself, for who asked for it."""
    return value
