"""What a scalar looks like: an email, a time, a country's code, or only a text."""

import re
from typing import Any, Final

from hub.values import normalise

_URL = re.compile(r"https?://\S+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INTEGER = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+[.,]\d+")
_PHONE = re.compile(r"\+[\d\s().-]{8,20}|(?=.*[\s().-])[\d\s().-]{9,20}")
_DIGITS = range(8, 16)
_LANGUAGE = re.compile(r"[a-z]{2}[-_][A-Za-z]{2}")
_CODE = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_KEY = re.compile(r"-?\d+|[0-9a-fA-F]{16,}|[0-9A-HJKMNP-TV-Z]{26}")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


CURRENCIES: Final = _words(
    "AED ARS AUD BOB BRL CAD CHF CLF CLP CNY COP CRC CUP CZK DKK DOP EUR GBP GTQ HKD HNL HUF",
    "IDR ILS INR JPY KRW MXN MYR NIO NOK NZD PAB PEN PHP PLN PYG RON SEK SGD THB TRY TWD USD UYU VES ZAR",
)
"""Those that a shop of Latin America meets; any three capitals would make a currency of an abbreviation."""

PERSONAL: Final = frozenset({"email", "phone", "url", "uuid"})
"""Forms of which no value is ever printed."""

_SECONDS = range(10**9, 4 * 10**9)
_NEXT: dict[str, frozenset[str]] = {
    "integer": frozenset({"decimal", "phone", "seconds", "milliseconds"}),
    "seconds": frozenset({"integer", "decimal", "phone"}),
    "milliseconds": frozenset({"integer", "decimal", "phone"}),
    "decimal": frozenset({"integer", "seconds", "milliseconds"}),
    "phone": frozenset({"integer", "seconds", "milliseconds", "text"}),
    "country": frozenset({"text", "language", "currency"}),
    "currency": frozenset({"text", "country"}),
    "language": frozenset({"text", "country"}),
    "uuid": frozenset({"text"}),
}
"""Forms that values of one and the same field may have beside their own."""


def form(value: Any) -> str:
    """The form of a text or number, empty for blank text and every other kind.

    One of email, url, time, date, seconds and milliseconds (Unix), decimal, integer, uuid, phone, country,
    language, currency, text.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, str):
        return _text(value.strip())
    return _integer(int(value)) if float(value).is_integer() else "decimal"


def fits(known: frozenset[str], seen: str) -> bool:
    """Whether a value of the form `seen` is no surprise where values of the `known` forms stood."""
    return not known or seen in known or "text" in known or any(seen in _NEXT.get(one, ()) for one in known)


def is_data(key: str) -> bool:
    """Whether the key of an object is itself data: an id, a date, an address."""
    return bool(_KEY.fullmatch(key) or _UUID.fullmatch(key) or _DATE.fullmatch(key) or "@" in key)


def _text(text: str) -> str:
    if not text or len(text) > 320:
        return "text" if text else ""
    if "@" in text and _is(text, "email"):
        return "email"
    for name, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return name
    return _digits(text) or _code(text) or "text"


_PATTERNS = (("url", _URL), ("date", _DATE), ("time", _TIME), ("uuid", _UUID))


def _digits(text: str) -> str:
    if _INTEGER.fullmatch(text):
        return _integer(int(text)) if len(text) <= 20 else "integer"
    if _DECIMAL.fullmatch(text):
        return "decimal"
    if _PHONE.fullmatch(text) and sum(map(str.isdigit, text)) in _DIGITS:
        return "phone"
    return ""


def _integer(number: int) -> str:
    if number in _SECONDS:
        return "seconds"
    return "milliseconds" if number // 1000 in _SECONDS else "integer"


def _code(text: str) -> str:
    if _CODE.fullmatch(text) and _is(text, "country"):
        return "country"
    if text in CURRENCIES and _CURRENCY.fullmatch(text):
        return "currency"
    return "language" if _LANGUAGE.fullmatch(text) else ""


def _is(text: str, type: str) -> bool:
    try:
        normalise(type, text)
    except ValueError:
        return False
    return True
