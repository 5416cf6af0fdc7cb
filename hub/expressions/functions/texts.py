"""Texts. There is no search by regular expressions: some take time without end on texts made for it."""

from typing import Any

from hub import values
from hub.expressions.functions.registry import function
from hub.expressions.limits import LARGEST_TEXT, MOST_ITEMS, fits, limited, listed

_SMALL = LARGEST_TEXT // 3
"""Characters of a text that stays within the limit: one letter becomes three at most."""


@function(
    "lower(text)",
    "The text in small letters.",
    ("lower(x)", {"x": "ÁB"}, "áb"),
    ("lower(trim(x))", {"x": " Ada@Correo.Example "}, "ada@correo.example"),
)
def _lower(text: str) -> str:
    return text.lower() if len(text) < _SMALL else limited(limited(text).lower())


@function(
    "upper(text)",
    "The text in capitals.",
    ("upper(x)", {"x": "áb"}, "ÁB"),
    ("upper(x)", {"x": "Cop"}, "COP"),
)
def _upper(text: str) -> str:
    return text.upper() if len(text) < _SMALL else limited(limited(text).upper())


@function(
    "trim(text)",
    "The text without white space around it.",
    ("trim(x)", {"x": " a "}, "a"),
    ("trim(x)", {"x": "\ta b\n"}, "a b"),
)
def _trim(text: str) -> str:
    return limited(text).strip()


@function(
    "split(text, separator)",
    "The parts of a text.",
    ("split(x, ',')", {"x": "a,b"}, ["a", "b"]),
    ("split(x, ', ')[0]", {"x": "vip, new"}, "vip"),
)
def _split(text: str, separator: str) -> list[str]:
    if len(text) >= MOST_ITEMS and limited(text).count(separator) >= MOST_ITEMS:
        raise ValueError("too large")
    return text.split(separator)


@function(
    "replace(text, old, new)",
    "The text with every `old` replaced.",
    ("replace(x, '-', '_')", {"x": "es-CO"}, "es_CO"),
    ("replace(x, ' ', '')", {"x": "a b c"}, "abc"),
)
def _replace(text: str, old: str, new: str) -> str:
    if (len(text) + 1) * (len(new) + 1) > LARGEST_TEXT:
        fits(len(text) + limited(text).count(old) * max(0, len(new) - len(old)))
    return text.replace(old, new)


@function(
    "concat(value, …)",
    "The values as one text; null if one of them is null.",
    ("concat('shopify-', id)", {"id": 7}, "shopify-7"),
    ("concat('shopify-', id)", {"id": None}, None),
)
def _concat(*arguments: Any) -> str:
    texts = [values.plain(value) for value in arguments]
    fits(sum(map(len, texts)))
    return "".join(texts)


@function(
    "words(list)",
    "The texts that are not blank, joined by one space; null if there is none.",
    ("words([a, b])", {"a": "Ada ", "b": None}, "Ada"),
    ("words([a])", {"a": ""}, None),
)
def _words(items: Any) -> str | None:
    texts = [values.plain(item).strip() for item in listed(items) if item is not None]
    fits(sum(map(len, texts)) + len(texts))
    return " ".join(text for text in texts if text) or None


@function(
    "truncate(text, length)",
    "The first `length` characters, for a vendor's field that takes no more; without white space at its end.",
    ("truncate(x, `5`)", {"x": "Tote bag"}, "Tote"),
    ("truncate(x, `50`)", {"x": "Tote bag"}, "Tote bag"),
)
def _truncate(text: str, length: int) -> str:
    return text if len(limited(text)) <= _count(length) else text[:length].rstrip()


@function(
    "digits(text)",
    "The digits 0 to 9 of a text or number, without what stands between them.",
    ("digits(x)", {"x": "+57 (310) 555-0147"}, "573105550147"),
    ("digits(x)", {"x": "none"}, ""),
)
def _digits(text: Any) -> str:
    return "".join(letter for letter in limited(values.plain(text)) if letter in "0123456789")


@function(
    "pad(value, width, with)",
    "A value as text of at least `width` characters, filled up at its left by the one character `with`.",
    ("pad(x, `8`, '0')", {"x": 12345}, "00012345"),
    ("pad(x, `3`, '0')", {"x": "2026"}, "2026"),
)
def _pad(value: Any, width: int, filler: str) -> str:
    text = limited(values.plain(value))
    fits(_count(width))
    return text.rjust(width, filler)


def _count(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= LARGEST_TEXT:
        raise ValueError("not a number of characters")
    return number
