"""Phones, countries and languages in the form of their standard."""

from typing import Any

from hub import values
from hub.expressions.functions.registry import function


@function(
    "e164(phone, region)",
    "A phone in international form; `region` for numbers without a country code.",
    ("e164(x, 'CO')", {"x": "(310) 555 0147"}, "+573105550147"),
    ("e164(x, 'CO')", {"x": "+34 612 34 56 78"}, "+34612345678"),
)
def _e164(phone: Any, region: str) -> Any:
    return values.normalise("phone", phone, region=region)


@function(
    "country(code)",
    "A country's two letters in capitals, of them or of its name as people write it here.",
    ("country(x)", {"x": "co"}, "CO"),
    ("country(x)", {"x": "México"}, "MX"),
)
def _country(code: Any) -> Any:
    return values.normalise("country", code)


@function(
    "language(code)",
    "A language as `es` or `es-CO`.",
    ("language(x)", {"x": "ES_co"}, "es-CO"),
    ("language(x)", {"x": "PT"}, "pt"),
)
def _language(code: Any) -> Any:
    return values.normalise("language", code)
