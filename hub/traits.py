"""What a customer's orders come to: how many, how much, since when, through which channels.

Sums of contributions, one per order, in exact decimals: a sum has one form whatever it was added up from and
in whatever order, so that sums kept incrementally equal sums made anew bit for bit. Money of several
currencies is never mixed. What depends on the day (recency) is worked out when it is looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple, Self

from hub import times
from hub.reprs import discreet
from hub.values import amount_text, exponent

COUNTED = frozenset({"paid", "fulfilled", "refunded"})
"""The states of an order that count; an open one does not yet, a cancelled one not any more."""

_EXACT = Context(prec=200)
_LARGEST = Decimal(10) ** 18
_LONGEST_CHANNEL = 40
_OTHER = "other"
_DAY = 86_400


@discreet()
class Money(NamedTuple):
    """What orders of one currency come to; `orders`: how many of them."""

    orders: int
    spent: Decimal
    refunded: Decimal


_ZERO = Decimal(0)
_NOTHING = Money(0, _ZERO, _ZERO)


@discreet()
@dataclass(frozen=True, slots=True)
class Contribution:
    """What one order counts for: placed `at`, through `channel`, money by currency.

    `orders` is 1, and 0 for what only takes money back: a return that its source tells as an order of its
    own. It is none of the first or last orders either.
    """

    at: str
    orders: int = 1
    channel: str = ""
    money: Mapping[str, Money] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON, in one form."""
        told = {"orders": self.orders, "channel": self.channel, "money": _plain(self.money)}
        return {"at": self.at, **{name: value for name, value in told.items() if value}}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From JSON."""
        return cls(data["at"], data.get("orders", 0), data.get("channel", ""), _money(data.get("money", {})))


@discreet()
@dataclass(frozen=True, slots=True)
class Sums:
    """What the orders of one customer record, or of several, come to. `first`, `last`: "" where none is."""

    orders: int = 0
    money: Mapping[str, Money] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON, in one form: {} where nothing counts."""
        told = {
            "orders": self.orders,
            "money": _plain(self.money),
            "channels": dict(sorted(self.channels.items())),
            "first": self.first,
            "last": self.last,
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From JSON."""
        return cls(
            data.get("orders", 0),
            _money(data.get("money", {})),
            data.get("channels", {}),
            data.get("first", ""),
            data.get("last", ""),
        )


def contribution(fields: Mapping[str, Any]) -> Contribution | None:
    """What an order with these canonical fields counts for, None where it counts for nothing."""
    at = fields.get("placed_at") or fields.get("created_at")
    if fields.get("status") not in COUNTED or not at:
        return None
    total, refunded = _amount(fields.get("total")), _paid_back(fields)
    orders = 0 if refunded and refunded[1] and total and not total[1] else 1
    channel = _channel(fields.get("channel")) if orders else ""
    spent = {total[0]: Money(orders, total[1], _ZERO)} if total else {}
    back = {refunded[0]: Money(0, _ZERO, refunded[1])} if refunded else {}
    return Contribution(at, orders, channel, _merged(spent, back, 1))


def plus(sums: Sums, one: Contribution) -> Sums:
    """The sums with one order more."""
    if not one.orders:
        return _moved(sums, one, 1, sums.first, sums.last)
    first = min(filter(None, (sums.first, one.at)))
    return _moved(sums, one, 1, first, max(sums.last, one.at))


def minus(sums: Sums, one: Contribution, first: str, last: str) -> Sums:
    """The sums with one order less. `first`, `last`: of the orders that are left: the sums cannot know."""
    return _moved(sums, one, -1, first, last)


def fold(parts: Iterable[Sums]) -> Sums:
    """What the orders of several records come to."""
    whole = Sums()
    for part in parts:
        whole = Sums(
            whole.orders + part.orders,
            _merged(whole.money, part.money, 1),
            _counted(whole.channels, part.channels, 1),
            min(filter(None, (whole.first, part.first)), default=""),
            max(whole.last, part.last),
        )
    return whole


@dataclass(frozen=True, slots=True)
class Scoring:
    """Where the scores 1 to 5 of RFM begin, four bounds each.

    `recency`: days since the last order, the fewer the better; `frequency`: number of orders; `monetary`:
    net value by currency. Where bounds are missing, so is the score.
    """

    recency: tuple[Decimal, ...] = tuple(map(Decimal, (30, 90, 180, 365)))
    frequency: tuple[Decimal, ...] = tuple(map(Decimal, (2, 3, 5, 10)))
    monetary: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From `rfm:` of an entity's file."""
        bounds = {name: _bounds(data[name]) for name in ("recency", "frequency") if name in data}
        money = {code: _bounds(found) for code, found in data.get("monetary", {}).items()}
        return cls(**bounds, monetary=money)


TYPES: dict[str, str] = {
    "orders": "number",
    "currency": "text",
    "spent": "money",
    "refunded": "money",
    "net": "money",
    "average": "money",
    "by_currency": "object",
    "first_order_at": "time",
    "last_order_at": "time",
    "channels": "object",
    "rfm": "object",
}
"""The traits that expressions see as `customer.traits.…`, and their types."""

RFM_TYPES: dict[str, str] = {
    "recency_days": "number",
    "frequency": "number",
    "monetary": "money",
    "recency_score": "number",
    "frequency_score": "number",
    "monetary_score": "number",
}
"""The members of `rfm`."""


def traits(sums: Sums, scoring: Scoring, now: float) -> dict[str, Any]:
    """What people and expressions see of sums at a moment (Unix seconds).

    `net` is what was spent less what was paid back: the lifetime value to date. `spent` to `average` are in
    the main `currency`, that of most orders; `by_currency` has all. Of nothing there is no average.
    """
    main = min(sums.money, key=lambda code: (-sums.money[code].orders, code), default="")
    by_currency = {code: _told(code, money) for code, money in sorted(sums.money.items())}
    names = ("spent", "refunded", "net", "average")
    amounts = {name: _of(main, by_currency[main][name]) if main else None for name in names}
    return {
        "orders": sums.orders,
        "currency": main or None,
        **amounts,
        "by_currency": by_currency,
        "first_order_at": sums.first or None,
        "last_order_at": sums.last or None,
        "channels": dict(sums.channels),
        "rfm": _rfm(sums, main, amounts["net"], scoring, now),
    }


def _rfm(sums: Sums, main: str, net: dict[str, str] | None, scoring: Scoring, now: float) -> dict[str, Any]:
    days = max(0, int((now - times.to_epoch(sums.last)) // _DAY)) if sums.last else None
    worth = scoring.monetary.get(main)
    return {
        "recency_days": days,
        "frequency": sums.orders,
        "monetary": net,
        "recency_score": None if days is None else 5 - sum(days > bound for bound in scoring.recency),
        "frequency_score": _score(Decimal(sums.orders), scoring.frequency) if sums.orders else None,
        "monetary_score": _score(Decimal(net["amount"]), worth) if net and worth else None,
    }


def _score(value: Decimal, bounds: tuple[Decimal, ...]) -> int:
    return 1 + sum(value >= bound for bound in bounds)


def _bounds(found: Iterable[Any]) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(bound)) for bound in found)


def _told(code: str, money: Money) -> dict[str, Any]:
    net = _EXACT.subtract(money.spent, money.refunded)
    amounts = {"spent": money.spent, "refunded": money.refunded, "net": net}
    average = _average(code, net, money.orders) if money.orders else None
    told = {name: amount_text(amount, code) for name, amount in amounts.items()}
    return {"orders": money.orders, **told, "average": average}


def _average(code: str, net: Decimal, orders: int) -> str:
    smallest = Decimal(1).scaleb(-exponent(code))
    mean = _EXACT.divide(net, Decimal(orders))
    return amount_text(mean.quantize(smallest, ROUND_HALF_UP, _EXACT), code)


def _of(code: str, amount: str | None) -> dict[str, str] | None:
    return None if amount is None else {"amount": amount, "currency": code}


def _amount(told: Any) -> tuple[str, Decimal] | None:
    """Currency and amount of money that can be meant; what nobody can have paid is not counted."""
    if not isinstance(told, Mapping):
        return None
    amount = Decimal(told["amount"])
    return (told["currency"], amount) if abs(amount) < _LARGEST else None


def _paid_back(fields: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """What of an order was paid back: what its source tells of it, else all of a refunded one.

    A refunded order that was paid back in other money than it was priced in is worth nothing in its own.
    """
    told, total = _amount(fields.get("refunded")), _amount(fields.get("total"))
    told = told and (told[0], abs(told[1]))
    if fields.get("status") != "refunded" or total is None:
        return told
    return told if told and told[0] == total[0] and told[1] else total


def _channel(told: Any) -> str:
    if not isinstance(told, str):
        return ""
    return told if len(told) <= _LONGEST_CHANNEL else _OTHER


def _moved(sums: Sums, one: Contribution, sign: int, first: str, last: str) -> Sums:
    channels = {one.channel: one.orders} if one.channel else {}
    return Sums(
        sums.orders + sign * one.orders,
        _merged(sums.money, one.money, sign),
        _counted(sums.channels, channels, sign),
        first,
        last,
    )


def _merged(money: Mapping[str, Money], other: Mapping[str, Money], sign: int) -> dict[str, Money]:
    """The money of both, or of one less the other: a currency of which nothing is left is gone."""
    found = {
        code: _sum(money.get(code, _NOTHING), other.get(code, _NOTHING), sign) for code in {*money, *other}
    }
    return _sorted({code: sum for code, sum in found.items() if any(sum)})


def _sum(one: Money, other: Money, sign: int) -> Money:
    add = _EXACT.add if sign > 0 else _EXACT.subtract
    spent, refunded = add(one.spent, other.spent), add(one.refunded, other.refunded)
    return Money(one.orders + sign * other.orders, spent, refunded)


def _counted(counts: Mapping[str, int], other: Mapping[str, int], sign: int) -> dict[str, int]:
    found = {name: counts.get(name, 0) + sign * other.get(name, 0) for name in sorted({*counts, *other})}
    return {name: count for name, count in found.items() if count}


def _sorted(money: Mapping[str, Money]) -> dict[str, Money]:
    return dict(sorted(money.items()))


def _plain(money: Mapping[str, Money]) -> dict[str, list[Any]]:
    return {
        code: [sum.orders, amount_text(sum.spent, code), amount_text(sum.refunded, code)]
        for code, sum in money.items()
    }


def _money(data: Mapping[str, Any]) -> dict[str, Money]:
    return {
        code: Money(orders, Decimal(spent), Decimal(back)) for code, (orders, spent, back) in data.items()
    }
