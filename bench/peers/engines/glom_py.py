"""glom: a spec of paths, each with what to leave out."""

from typing import Any

import glom

from bench.peers.engines.engine import Local, settled
from bench.peers.hand import STATUSES
from bench.peers.order import Order


def _path(path: str) -> Any:
    return glom.Coalesce(path, default=None)


def _paths(start: str, names: str) -> dict[str, Any]:
    return {name: _path(f"{start}{name}") for name in names.split()}


def _joined(order: Order) -> str | None:
    buyer = order.get("buyer") or {}
    first, last = buyer.get("first_name"), buyer.get("last_name")
    return None if first is None or last is None else f"{first} {last}"


_SPEC = {
    **_paths("", "number currency cancelled_at note total"),
    "reference": (_path("number"), lambda number: None if number is None else f"CP-{number}"),
    "channel": glom.Val("web"),
    "system": glom.Val("cauce"),
    "status": (_path("status"), STATUSES.get),
    "placed_at": _path("created_at"),
    "language": _path("buyer.locale"),
    "tax_total": _path("tax"),
    "discount_total": _path("discount"),
    "kind": (_path("gift"), lambda gift: "gift" if gift else "standard"),
    "coupons": glom.Coalesce(
        (
            "discounts",
            [lambda one: one if one.get("kind") == "code" and one.get("code") is not None else glom.SKIP],
            ["code"],
        ),
        default=None,
    ),
    "shipping_total": _path("shipping.lines.0.amount"),
    "shipping_title": _path("shipping.lines.0.title"),
    "contact": {
        "name": _joined,
        "email": _path("buyer.email"),
        "phone": glom.Coalesce("buyer.phone", "shipping.address.phone", default=None, skip=(None, "")),
        "document": _path("buyer.document.number"),
    },
    "deliver_to": _paths("shipping.address.", "line1 line2 city region postcode country"),
    "bill_to": _paths("billing.address.", "name city country"),
    "lines": glom.Coalesce(
        ("items", [{**_paths("", "sku quantity price discount"), "name": _path("title")}]), default=None
    ),
    "taxes": glom.Coalesce(("taxes", [_paths("", "title rate amount")]), default=None),
}


def engine() -> Local:
    """The engine."""

    def run(order: Order) -> Order:
        return settled(glom.glom(order, _SPEC))

    return Local("glom", run)
