"""Whether values can be those of a canonical field."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from hub.accounts import Account
from hub.drift.forms import CURRENCIES, form
from hub.entity import Field
from hub.proposal.names import words
from hub.proposal.words import SAME
from hub.values import decimal, normalise

PROVEN: Final = 1.0
"""The values have the form that only such a field has."""
PLAUSIBLE: Final = 0.95
UNSEEN: Final = 0.8
"""No sample tells a value."""
NEVER: Final = 0.0

_TIMES = frozenset({"time", "date", "seconds", "milliseconds"})
_ODD_TEXT = frozenset({"email", "url", "time", "uuid", "currency"})


_SAME = {ours: tuple(words(one) for one in theirs.split(",")) for ours, theirs in SAME.items()}


def fitness(field: Field, type: str, values: Sequence[Any], account: Account) -> float:
    """How well values fit a field (or its part) of a type: PROVEN, PLAUSIBLE, UNSEEN or NEVER."""
    if not values:
        return UNSEEN
    if field.values and type == "text":
        return PROVEN if all(word(value, field.values) for value in values) else PLAUSIBLE * _all(values, str)
    if type == "text" and all(form(value) in words(field.name) for value in values):
        return PROVEN
    known = _BY_TYPE.get(type, _text)
    return min(known(value, account) for value in values)


def word(value: Any, known: Sequence[str]) -> str | None:
    """The canonical word that a value is, or that vendors say so; None for another one."""
    if not isinstance(value, str):
        return None
    said = words(value)
    return next((one for one in known if words(one) == said), None) or next(
        (one for one in known if said in _SAME.get(one, ())), None
    )


def _all(values: Sequence[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)


def _formed(*forms: str) -> Callable[[Any, Account], float]:
    return lambda value, account: PROVEN if form(value) in forms else NEVER


def _text(value: Any, account: Account) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return NEVER
    return NEVER if form(value) in _ODD_TEXT else PLAUSIBLE


def _phone(value: Any, account: Account) -> float:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if form(text) not in {"phone", "integer", "seconds", "milliseconds"}:
        return NEVER
    valid = any(_is("phone", candidate, account.country) for candidate in (text, f"+{text}"))
    return PROVEN if valid else PLAUSIBLE / 2


def _money(value: Any, account: Account) -> float:
    try:
        decimal(value)
    except (ValueError, TypeError):
        return NEVER
    return PLAUSIBLE


def _country(value: Any, account: Account) -> float:
    return (
        PROVEN if isinstance(value, str) and _is("country", value) else PLAUSIBLE / 2 * isinstance(value, str)
    )


def _language(value: Any, account: Account) -> float:
    return PROVEN if isinstance(value, str) and _is("language", value) else NEVER


def _list(value: Any, account: Account) -> float:
    plain = isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    return PLAUSIBLE if plain or (isinstance(value, str) and form(value) == "text") else NEVER


def _is(type: str, value: Any, region: str = "") -> bool:
    try:
        normalise(type, value, region=region)
    except ValueError:
        return False
    return True


_BY_TYPE: dict[str, Callable[[Any, Account], float]] = {
    "email": _formed("email"),
    "phone": _phone,
    "time": lambda value, account: PROVEN if form(value) in _TIMES else NEVER,
    "date": _formed("date", "time"),
    "url": _formed("url"),
    "number": _money,
    "money": _money,
    "currency": lambda value, account: PROVEN if value in CURRENCIES else NEVER,
    "country": _country,
    "language": _language,
    "list": _list,
    "boolean": lambda value, account: PROVEN if isinstance(value, bool) else NEVER,
    "object": lambda value, account: NEVER,
}
