"""Money: exact decimals with a currency."""

from decimal import Decimal
from typing import Any

from hub import values
from hub.expressions.functions.registry import function
from hub.expressions.limits import listed


@function(
    "money(amount, currency)",
    "An amount with its currency, in exact decimals.",
    ("money(a, 'COP')", {"a": "199900"}, {"amount": "199900.00", "currency": "COP"}),
    ("money(a, 'JPY')", {"a": 1500}, {"amount": "1500", "currency": "JPY"}),
    ("money(number(a, ','), 'EUR')", {"a": "1.234,50"}, {"amount": "1234.50", "currency": "EUR"}),
)
def _money(amount: Any, currency: Any) -> dict[str, str]:
    return values.money(amount, currency)


@function(
    "minor(amount, currency)",
    "Money from an amount in the currency's smallest unit.",
    ("minor(a, 'COP')", {"a": 24990000}, {"amount": "249900.00", "currency": "COP"}),
    ("minor(a, 'JPY')", {"a": 1500}, {"amount": "1500", "currency": "JPY"}),
)
def _minor(amount: Any, currency: Any) -> dict[str, str]:
    places = values.exponent(values.currency_code(currency))
    return values.money(values.decimal(amount).scaleb(-places), currency)


@function(
    "minor_units(money)",
    "Money as a whole number of the currency's smallest unit; an error where the amount has parts of it.",
    ("minor_units(x)", {"x": {"amount": "249900.00", "currency": "COP"}}, 24990000),
    ("minor_units(x)", {"x": {"amount": "1500", "currency": "JPY"}}, 1500),
)
def _minor_units(money: Any) -> int:
    known = values.normalise("money", money)
    units = Decimal(known["amount"]).scaleb(values.exponent(known["currency"]))
    if units != units.to_integral_value():
        raise ValueError("not a whole number of the smallest unit")
    return int(units)


@function(
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
def _total(items: Any) -> Any:
    known = [item for item in listed(items) if item is not None]
    if not known:
        return None
    if not isinstance(known[0], dict):
        return values.normalise("number", sum((values.decimal(item) for item in known), Decimal(0)))
    currencies = {values.currency_code(item["currency"]) for item in known}
    if len(currencies) > 1:
        raise ValueError("several currencies")
    return values.money(sum((values.decimal(item["amount"]) for item in known), Decimal(0)), currencies.pop())


@function(
    "times(value, count)",
    "Money, or a number, so many times, in exact decimals.",
    ("times(x, `3`)", {"x": {"amount": "0.10", "currency": "EUR"}}, {"amount": "0.30", "currency": "EUR"}),
    ("times(x, n)", {"x": 0.1, "n": "3"}, 0.3),
)
def _times(value: Any, count: Any) -> Any:
    if isinstance(value, dict):
        return values.money(values.decimal(value["amount"]) * values.decimal(count), value["currency"])
    return values.normalise("number", values.decimal(value) * values.decimal(count))
