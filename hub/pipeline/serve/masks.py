"""Identifiers as an explanation shows them: enough to be recognised, too little to be used."""

from collections.abc import Callable

Mask = Callable[[str], str]

LONG = 8
"""Characters from which on the last four give little away."""


def masked(value: str) -> str:
    """`l•••@correo.example`, `••••0147`; of a short value nothing."""
    local, at, domain = value.rpartition("@")
    if at:
        return f"{local[:1]}•••@{domain}"
    return "••••" + (value[-4:] if len(value) >= LONG else "")


def shown(value: str) -> str:
    """The value itself, for who asked for it."""
    return value
