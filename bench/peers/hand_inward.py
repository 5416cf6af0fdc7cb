"""By hand inwards: the same normal forms. A key that is there with nothing clears its field."""

from typing import Any

from bench.peers.hand import STATUSES
from bench.peers.order import Order
from hub.values import money, normalise

_PATHS = (
    ("number", "number", "text"),
    ("created_at", "placed_at", "time"),
    ("cancelled_at", "cancelled_at", "time"),
    ("note", "note", "text"),
)
_ADDRESS = ("line1", "city", "region", "postcode", "country")


def inward(order: Order) -> Order:
    """What an order says of a purchase."""
    record: Order = {name: _form(kind, order[path]) for path, name, kind in _PATHS if path in order}
    if (number := order.get("number")) is not None:
        record["reference"] = normalise("text", f"CP-{number}")
    if (status := STATUSES.get(order.get("status"))) is not None:
        record["status"] = status
    elif "status" in order and order["status"] is None:
        record["status"] = None
    buyer, shipping = order.get("buyer", {}), order.get("shipping", {})
    _put_person(record, buyer, shipping)
    _put_address(record, shipping)
    currency = order.get("currency")
    if (total := order.get("total")) is not None and currency is not None:
        record["total"] = normalise("money", money(total, currency))
    if items := order.get("items"):
        record["lines"] = [_line(item, currency) for item in items]
    return record


def _form(kind: str, value: Any) -> Any:
    return (
        None if value is None or value == "" else normalise(kind, value, region="CO", zone="America/Bogota")
    )


def _put_person(record: Order, buyer: Order | None, shipping: Order | None) -> None:
    for path, name in (("email", "email"), ("locale", "language")):
        if buyer is None:
            record[name] = None
        elif path in buyer:
            record[name] = _form("email" if name == "email" else "language", buyer[path])
    address = (shipping or {}).get("address") or {}
    if phone := (buyer or {}).get("phone") or address.get("phone"):
        record["phone"] = _form("phone", phone)


def _put_address(record: Order, shipping: Order | None) -> None:
    if shipping is None:
        record["deliver_to"] = None
    elif address := shipping.get("address"):
        parts = {name: address[name] for name in _ADDRESS if address.get(name) not in (None, "")}
        record["deliver_to"] = normalise("address", parts) if parts else None


def _line(item: Order, currency: str | None) -> Order:
    line: Order = {}
    if sku := item.get("sku"):
        line["sku"] = normalise("text", sku)
    if name := item.get("title"):
        line["name"] = normalise("text", name)
    if (quantity := item.get("quantity")) is not None:
        line["quantity"] = normalise("number", quantity)
    if (price := item.get("price")) is not None and currency is not None:
        line["price"] = normalise("money", money(price, currency))
    return line
