"""Identifiers as an explanation shows them: enough to be recognised, too little to be used."""

import re
from collections.abc import Callable
from typing import Any

Mask = Callable[[str], str]

LONGEST = 24
"""Signs of a form that are shown."""
_LETTERS = re.compile(r"[^\W\d_]+|[^\x00-\x7f]+")
_DIGITS = re.compile(r"\d+")

LONG = 8
"""Characters from which on the last four give little away."""


def masked(value: str) -> str:
    """`l•••@correo.example`, `••••0147`; of a short value nothing."""
    local, at, domain = value.rpartition("@")
    if at:
        return f"{local[:1]}•••@{domain}"
    return "••••" + (value[-4:] if len(value) >= LONG else "")


def shape(value: Any) -> Any:
    """The form of a value: `a` for letters, `9` for digits, signs as they are; of a list one member.

    It says nothing of the value, not even its length, and enough to see that an id has dots in it.
    """
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]] + ["…"] * (len(value) > 1)
    if isinstance(value, str):
        formed = _DIGITS.sub("9", _LETTERS.sub("a", value))
        return formed if len(formed) <= LONGEST else formed[:LONGEST] + "…"
    return value if value is None or isinstance(value, bool) else 9


def shown(value: str) -> str:
    """The value itself, for who asked for it."""
    return value
