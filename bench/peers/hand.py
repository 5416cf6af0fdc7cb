"""What a careful engineer writes by hand for the same work: each part read once, nothing checked twice."""

from bench.peers.order import Order

STATUSES = {"pending": "open", "paid": "paid", "refunded": "refunded"}


def outward(order: Order) -> Order:  # noqa: PLR0912 - one piece is what is fast by hand
    """The warehouse's record of an order; nulls and what is missing are left out."""
    buyer = order.get("buyer") or {}
    shipping = order.get("shipping") or {}
    number = order.get("number")
    record: Order = {
        "channel": "web",
        "system": "cauce",
        "kind": "gift" if order.get("gift") else "standard",
    }
    if number is not None:
        record["number"] = number
        record["reference"] = f"CP-{number}"
    if (status := STATUSES.get(order.get("status"))) is not None:
        record["status"] = status
    if (currency := order.get("currency")) is not None:
        record["currency"] = currency
    if (placed_at := order.get("created_at")) is not None:
        record["placed_at"] = placed_at
    if (cancelled_at := order.get("cancelled_at")) is not None:
        record["cancelled_at"] = cancelled_at
    if (note := order.get("note")) is not None:
        record["note"] = note
    if (language := buyer.get("locale")) is not None:
        record["language"] = language
    if (total := order.get("total")) is not None:
        record["total"] = total
    if (tax := order.get("tax")) is not None:
        record["tax_total"] = tax
    if (discount := order.get("discount")) is not None:
        record["discount_total"] = discount
    if (discounts := order.get("discounts")) is not None:
        record["coupons"] = [
            code for one in discounts if one.get("kind") == "code" and (code := one.get("code")) is not None
        ]
    if lines := shipping.get("lines"):
        if (amount := lines[0].get("amount")) is not None:
            record["shipping_total"] = amount
        if (title := lines[0].get("title")) is not None:
            record["shipping_title"] = title
    address = shipping.get("address") or {}
    if contact := _contact(buyer, address):
        record["contact"] = contact
    if deliver_to := _deliver_to(address):
        record["deliver_to"] = deliver_to
    if bill_to := _bill_to((order.get("billing") or {}).get("address") or {}):
        record["bill_to"] = bill_to
    if items := order.get("items"):
        record["lines"] = [_line(item) for item in items]
    if taxes := order.get("taxes"):
        record["taxes"] = [_tax(one) for one in taxes]
    return record


def _contact(buyer: Order, address: Order) -> Order:
    contact: Order = {}
    first, last = buyer.get("first_name"), buyer.get("last_name")
    if first is not None and last is not None:
        contact["name"] = f"{first} {last}"
    if (email := buyer.get("email")) is not None:
        contact["email"] = email
    if phone := buyer.get("phone") or address.get("phone"):
        contact["phone"] = phone
    if (document := (buyer.get("document") or {}).get("number")) is not None:
        contact["document"] = document
    return contact


def _deliver_to(address: Order) -> Order:
    found: Order = {}
    if (line1 := address.get("line1")) is not None:
        found["line1"] = line1
    if (line2 := address.get("line2")) is not None:
        found["line2"] = line2
    if (city := address.get("city")) is not None:
        found["city"] = city
    if (region := address.get("region")) is not None:
        found["region"] = region
    if (postcode := address.get("postcode")) is not None:
        found["postcode"] = postcode
    if (country := address.get("country")) is not None:
        found["country"] = country
    return found


def _bill_to(address: Order) -> Order:
    found: Order = {}
    if (name := address.get("name")) is not None:
        found["name"] = name
    if (city := address.get("city")) is not None:
        found["city"] = city
    if (country := address.get("country")) is not None:
        found["country"] = country
    return found


def _line(item: Order) -> Order:
    line: Order = {}
    if (sku := item.get("sku")) is not None:
        line["sku"] = sku
    if (name := item.get("title")) is not None:
        line["name"] = name
    if (quantity := item.get("quantity")) is not None:
        line["quantity"] = quantity
    if (price := item.get("price")) is not None:
        line["price"] = price
    if (discount := item.get("discount")) is not None:
        line["discount"] = discount
    return line


def _tax(tax: Order) -> Order:
    found: Order = {}
    if (title := tax.get("title")) is not None:
        found["title"] = title
    if (rate := tax.get("rate")) is not None:
        found["rate"] = rate
    if (amount := tax.get("amount")) is not None:
        found["amount"] = amount
    return found
