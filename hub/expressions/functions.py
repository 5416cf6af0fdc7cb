"""Our functions beside JMESPath's own. Null passes through: a function of null is null.

Each says in its `doc` what it does; its examples are run as tests and shown by `hub functions`.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hub import times, values

Example = tuple[str, Any, Any]
"""An expression, the scope and the value."""

_TOKENS = frozenset("YmdHMSyjfzZ%")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of ours: `signature` as people read it, `least` and `most` arguments (None: any number)."""

    name: str
    signature: str
    doc: str
    examples: tuple[Example, ...]
    least: int
    most: int | None
    call: Callable[..., Any]
    takes_null: bool = False

    def __call__(self, *arguments: Any) -> Any:
        """Its value, null where an argument is null. Raises ValueError or TypeError, without the values."""
        if not self.takes_null and None in arguments:
            return None
        return self.call(*arguments)


FUNCTIONS: dict[str, Function] = {}


def _function(
    signature: str, doc: str, *examples: Example, takes_null: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that `signature` names; `[, x]` may be left out, `…` repeats."""
    name, _, rest = signature.partition("(")
    needed, _, optional = rest.rstrip(")").partition("[")
    least = len([part for part in needed.split(",") if part.strip(" …")])
    most = None if "…" in rest else least + optional.count(",")

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS[name] = Function(name, signature, doc, examples, least, most, call, takes_null)
        return call

    return register


@_function(
    "root()",
    "The whole scope, for use inside a filter.",
    ("list[?x == root().y]", {"list": [{"x": 1}], "y": 1}, [{"x": 1}]),
    takes_null=True,
)
def _root(scope: Any) -> Any:
    return scope


@_function(
    "coalesce(value, …)",
    "The first value that is neither null nor empty text; false counts as a value.",
    ("coalesce(a, b)", {"a": "", "b": "x"}, "x"),
    ("coalesce(a, b)", {"a": False, "b": True}, False),
    takes_null=True,
)
def _coalesce(*arguments: Any) -> Any:
    return next((value for value in arguments if value is not None and value != ""), None)


@_function(
    "after(time, time)",
    "Whether the first time is later than the second.",
    ("after(a, b)", {"a": "2026-01-02T10:00:00Z", "b": "2026-01-02T10:00:00+02:00"}, True),
    ("after(a, b)", {"a": None, "b": "2026-01-02T10:00:00Z"}, None),
)
def _after(first: Any, second: Any) -> bool:
    return times.parse(first) > times.parse(second)


@_function(
    "before(time, time)",
    "Whether the first time is earlier than the second.",
    ("before(a, b)", {"a": "2026-01-02T10:00:00Z", "b": 1767348001}, True),
)
def _before(first: Any, second: Any) -> bool:
    return times.parse(first) < times.parse(second)


@_function(
    "text(value)",
    "A number, boolean or text as text; null stays null.",
    ("text(id)", {"id": 12}, "12"),
    ("text(id)", {"id": 12.0}, "12"),
    ("text(id)", {"id": None}, None),
)
def _text(value: Any) -> str:
    return values.plain(value)


@_function(
    "money(amount, currency)",
    "An amount with its currency, in exact decimals.",
    ("money(a, 'COP')", {"a": "199900"}, {"amount": "199900.00", "currency": "COP"}),
    ("money(a, 'JPY')", {"a": 1500}, {"amount": "1500", "currency": "JPY"}),
)
def _money(amount: Any, currency: Any) -> dict[str, str]:
    return values.money(amount, currency)


@_function(
    "minor(amount, currency)",
    "Money from an amount in the currency's smallest unit.",
    ("minor(a, 'COP')", {"a": 24990000}, {"amount": "249900.00", "currency": "COP"}),
    ("minor(a, 'JPY')", {"a": 1500}, {"amount": "1500", "currency": "JPY"}),
)
def _minor(amount: Any, currency: Any) -> dict[str, str]:
    places = values.exponent(str(currency).strip().upper())
    return values.money(values.decimal(amount).scaleb(-places), currency)


@_function(
    "total(list)",
    "The sum of a list of money of one currency, or of numbers, in exact decimals; nulls are skipped.",
    (
        "total(x)",
        {"x": [{"amount": "0.10", "currency": "EUR"}, {"amount": "0.20", "currency": "EUR"}]},
        {"amount": "0.30", "currency": "EUR"},
    ),
    ("total(x)", {"x": [0.1, 0.2, None]}, 0.3),
    ("total(x)", {"x": []}, None),
)
def _total(items: list[Any]) -> Any:
    if not isinstance(items, list):
        raise TypeError("not a list")
    known = [item for item in items if item is not None]
    if not known:
        return None
    if not isinstance(known[0], dict):
        return values.normalise("number", sum((values.decimal(item) for item in known), Decimal(0)))
    currencies = {item["currency"] for item in known}
    if len(currencies) > 1:
        raise ValueError("several currencies")
    return values.money(sum((values.decimal(item["amount"]) for item in known), Decimal(0)), currencies.pop())


@_function("lower(text)", "The text in small letters.", ("lower(x)", {"x": "ÁB"}, "áb"))
def _lower(text: str) -> str:
    return text.lower()


@_function("upper(text)", "The text in capitals.", ("upper(x)", {"x": "áb"}, "ÁB"))
def _upper(text: str) -> str:
    return text.upper()


@_function("trim(text)", "The text without white space around it.", ("trim(x)", {"x": " a "}, "a"))
def _trim(text: str) -> str:
    return text.strip()


@_function("split(text, separator)", "The parts of a text.", ("split(x, ',')", {"x": "a,b"}, ["a", "b"]))
def _split(text: str, separator: str) -> list[str]:
    return text.split(separator)


@_function(
    "replace(text, old, new)",
    "The text with every `old` replaced.",
    ("replace(x, '-', '_')", {"x": "es-CO"}, "es_CO"),
)
def _replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


@_function(
    "concat(value, …)",
    "The values as one text; null if one of them is null.",
    ("concat('shopify-', id)", {"id": 7}, "shopify-7"),
    ("concat('shopify-', id)", {"id": None}, None),
)
def _concat(*arguments: Any) -> str:
    return "".join(values.plain(value) for value in arguments)


@_function(
    "words(list)",
    "The texts that are not blank, joined by one space; null if there is none.",
    ("words([a, b])", {"a": "Ada ", "b": None}, "Ada"),
    ("words([a])", {"a": ""}, None),
)
def _words(items: list[Any]) -> str | None:
    if not isinstance(items, list):
        raise TypeError("not a list")
    texts = [values.plain(item).strip() for item in items if item is not None]
    return " ".join(text for text in texts if text) or None


@_function(
    "time(value[, zone])",
    "Canonical time of ISO 8601 text or of Unix seconds or milliseconds; `zone` for texts without offset.",
    ("time(x)", {"x": "2026-11-20T10:30:00-05:00"}, "2026-11-20T15:30:00.000000Z"),
    ("time(x, 'America/Bogota')", {"x": "2026-11-20 10:30:00"}, "2026-11-20T15:30:00.000000Z"),
    ("time(x)", {"x": 1795184700}, "2026-11-20T14:25:00.000000Z"),
)
def _time(value: Any, zone: str = "UTC") -> str:
    return times.parse(value, zone)


@_function(
    "date(value[, zone])",
    "The day of a date or time, in `zone`.",
    ("date(x)", {"x": "2026-01-05"}, "2026-01-05"),
    ("date(x, 'America/Bogota')", {"x": "2026-01-05T02:00:00Z"}, "2026-01-04"),
)
def _date(value: Any, zone: str = "UTC") -> Any:
    return values.normalise("date", value, zone=zone)


@_function(
    "format_time(time, pattern[, zone])",
    "A time as a vendor writes it, in `zone` (UTC): %Y %m %d %H %M %S.",
    ("format_time(x, '%Y-%m-%d %H:%M:%S')", {"x": "2026-11-20T15:30:00.000000Z"}, "2026-11-20 15:30:00"),
    ("format_time(x, '%d/%m/%Y', 'America/Bogota')", {"x": "2026-11-21T01:00:00Z"}, "20/11/2026"),
)
def _format_time(time: Any, pattern: str, zone: str = "UTC") -> str:
    if not set(re.findall(r"%(.?)", pattern)) <= _TOKENS:
        raise ValueError("unknown pattern")
    return _moment(time).astimezone(ZoneInfo(zone)).strftime(pattern)


@_function(
    "iso_time(time)",
    "A time as most vendors take it, in whole seconds.",
    ("iso_time(x)", {"x": "2026-11-20T15:30:00.250000Z"}, "2026-11-20T15:30:00Z"),
)
def _iso_time(time: Any) -> str:
    return _moment(time).strftime("%Y-%m-%dT%H:%M:%SZ")


@_function(
    "unix_seconds(time)",
    "Whole seconds since 1970.",
    ("unix_seconds(x)", {"x": "2026-11-20T14:25:00.000000Z"}, 1795184700),
)
def _unix_seconds(time: Any) -> int:
    return int(_moment(time).timestamp() // 1)


@_function(
    "e164(phone, region)",
    "A phone in international form; `region` for numbers without a country code.",
    ("e164(x, 'CO')", {"x": "(310) 555 0147"}, "+573105550147"),
)
def _e164(phone: Any, region: str) -> Any:
    return values.normalise("phone", phone, region=region)


@_function("country(code)", "A country's two letters in capitals.", ("country(x)", {"x": "co"}, "CO"))
def _country(code: Any) -> Any:
    return values.normalise("country", code)


@_function("language(code)", "A language as `es` or `es-CO`.", ("language(x)", {"x": "ES_co"}, "es-CO"))
def _language(code: Any) -> Any:
    return values.normalise("language", code)


@_function(
    "md5(text)",
    "MD5 of a text, in hex: some vendors name subscribers by it.",
    ("md5(x)", {"x": "a"}, "0cc175b9c0f1b6a831c399e269772661"),
)
def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@_function(
    "sha256(text)",
    "SHA-256 of a text, in hex.",
    ("sha256(x)", {"x": "a"}, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
)
def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(time: Any) -> dt.datetime:
    return dt.datetime.fromisoformat(times.parse(time))
