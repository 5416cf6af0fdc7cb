"""jmespath.py: one multi-select of all leaves; what it cannot say (a lookup, leaving out) is Python."""

import jmespath

from bench.peers.engines.engine import Local, settled
from bench.peers.hand import STATUSES
from bench.peers.order import Order

_LEAVES = """{
    number: number,
    reference: number && join('', ['CP-', number]),
    channel: 'web',
    system: 'cauce',
    status: status,
    currency: currency,
    placed_at: created_at,
    cancelled_at: cancelled_at,
    note: note,
    language: buyer.locale,
    total: total,
    tax_total: tax,
    discount_total: discount,
    kind: gift && 'gift' || 'standard',
    coupons: discounts[?kind == 'code'].code,
    shipping_total: shipping.lines[0].amount,
    shipping_title: shipping.lines[0].title,
    contact: {
        name: buyer.first_name && buyer.last_name && join(' ', [buyer.first_name, buyer.last_name]),
        email: buyer.email,
        phone: buyer.phone || shipping.address.phone,
        document: buyer.document.number
    },
    deliver_to: shipping.address.{
        line1: line1, line2: line2, city: city, region: region, postcode: postcode, country: country
    },
    bill_to: billing.address.{name: name, city: city, country: country},
    lines: items[*].{sku: sku, name: title, quantity: quantity, price: price, discount: discount},
    taxes: taxes[*].{title: title, rate: rate, amount: amount}
}"""


def engine() -> Local:
    """The engine."""
    leaves = jmespath.compile(_LEAVES)

    def run(order: Order) -> Order:
        found = leaves.search(order)
        found["status"] = STATUSES.get(found["status"])
        return settled(found)

    return Local("jmespath.py", run)
