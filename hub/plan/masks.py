"""Values as a plan shows them: personal ones by their shape only."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from hub.mapping import ABSENT

DOTS = "•••"
LONGEST = 60
"""Characters that are shown of a value."""

SHORTEST = 5
"""Letters and digits from which on a text inside of another one says something of it."""

_EMAIL = re.compile(r"([^@\s])[^@\s]*@([^@\s])[^@\s]*(\.[^@\s.]+)")
_PHONE = re.compile(r"\+\d{7,}")


def shown(value: Any, *, masked: bool) -> str:
    """A value on one line; `masked`: by its shape only."""
    if value is ABSENT:
        return "(not told)"
    if value is None:
        return "(cleared)"
    value = mask(value) if masked else value
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def mask(value: Any) -> Any:
    """The shape of a value: the ends of an email or a phone, the first letter of a text, no length."""
    if isinstance(value, dict):
        return {name: mask(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [mask(inner) for inner in value[:1]] + [DOTS] * (len(value) > 1)
    if value is None or value == "" or value is ABSENT:
        return value
    return _text(value) if isinstance(value, str) else DOTS


def _text(text: str) -> str:
    if match := _EMAIL.fullmatch(text):
        return f"{match[1]}{DOTS}@{match[2]}{DOTS}{match[3]}"
    if _PHONE.fullmatch(text):
        return f"{text[:3]}{DOTS}{text[-2:]}"
    return (text[0] if text[0].isalpha() and len(text) > 2 else "") + DOTS


def leaves(value: Any) -> Iterator[Any]:
    """The values inside of a value."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    elif value is not None:
        yield value


def name_of(id: str, personal: Iterable[Any]) -> str:
    """The id of a record, masked where it is an address or says what a personal value says."""
    plain = _plain(id)
    told = (_plain(str(value)) for whole in personal for value in leaves(whole))
    telling = "@" in id or any(min(len(one), len(plain)) >= SHORTEST and _meet(one, plain) for one in told)
    return str(mask(id)) if telling else id


def _meet(one: str, other: str) -> bool:
    return one in other or other in one


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
