"""pydantic: a model with a path as alias of each field, put together by hand."""

from typing import Any

from pydantic import AliasPath, BaseModel, Field

from bench.peers.engines.engine import Local, settled
from bench.peers.hand import STATUSES
from bench.peers.order import Order


def _at(*path: str | int) -> Any:
    return Field(default=None, validation_alias=AliasPath(*path))  # type: ignore[arg-type]


class _Line(BaseModel):
    sku: Any = None
    name: Any = _at("title")
    quantity: Any = None
    price: Any = None
    discount: Any = None


class _Tax(BaseModel):
    title: Any = None
    rate: Any = None
    amount: Any = None


class _Contact(BaseModel):
    email: Any = None
    document: Any = _at("document", "number")


class _Delivery(BaseModel):
    line1: Any = None
    line2: Any = None
    city: Any = None
    region: Any = None
    postcode: Any = None
    country: Any = None


class _Bill(BaseModel):
    name: Any = None
    city: Any = None
    country: Any = None


class _Record(BaseModel):
    number: Any = None
    status: Any = None
    currency: Any = None
    placed_at: Any = _at("created_at")
    cancelled_at: Any = None
    note: Any = None
    language: Any = _at("buyer", "locale")
    total: Any = None
    tax_total: Any = _at("tax")
    discount_total: Any = _at("discount")
    shipping_total: Any = _at("shipping", "lines", 0, "amount")
    shipping_title: Any = _at("shipping", "lines", 0, "title")
    contact: _Contact | None = _at("buyer")
    deliver_to: _Delivery | None = _at("shipping", "address")
    bill_to: _Bill | None = _at("billing", "address")
    lines: list[_Line] | None = _at("items")
    taxes: list[_Tax] | None = None


class _Parts(BaseModel):
    gift: Any = None
    discounts: Any = None
    first_name: Any = _at("buyer", "first_name")
    last_name: Any = _at("buyer", "last_name")
    phone: Any = _at("buyer", "phone")
    other_phone: Any = _at("shipping", "address", "phone")


def _run(order: Order) -> Order:
    record = _Record.model_validate(order).model_dump()
    parts = _Parts.model_validate(order)
    number = record["number"]
    record |= {
        "reference": None if number is None else f"CP-{number}",
        "channel": "web",
        "system": "cauce",
        "status": STATUSES.get(record["status"]),
        "kind": "gift" if parts.gift else "standard",
        "coupons": _coupons(parts.discounts),
        "contact": (record["contact"] or {})
        | {"name": _name(parts), "phone": parts.phone or parts.other_phone},
    }
    return settled(record)


def _name(parts: _Parts) -> str | None:
    known = parts.first_name is not None and parts.last_name is not None
    return f"{parts.first_name} {parts.last_name}" if known else None


def _coupons(discounts: list[Order] | None) -> list[Any] | None:
    if discounts is None:
        return None
    codes = (one.get("code") for one in discounts if one.get("kind") == "code")
    return [code for code in codes if code is not None]


def engine() -> Local:
    """The engine."""
    return Local("pydantic", _run)
