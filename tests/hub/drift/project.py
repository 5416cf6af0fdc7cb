"""A small project: a shop whose customers and orders are mapped, and a mail service that reads them."""

import json

from hub.catalog import Catalog
from hub.samples import Samples

FILES = {
    "accounts.yaml": """
shop.co: {role: shop, country: CO, time_zone: America/Bogota}
mail.main: {role: email}
""",
    "entities/customer.yaml": """
name: customer
fields:
  email:      {type: email, identifies: weak, pii: true}
  given_name: {type: text, pii: true}
  address:    {type: address, pii: true}
  stage:      {type: text, values: [lead, customer]}
  updated_at: {type: time}
""",
    "entities/order.yaml": """
name: order
customer: true
fields:
  number: {type: text, required: true}
  total:  {type: money}
  items:  {type: list, of: {sku: text, price: money}}
""",
    "connectors/shop.yaml": """
receive:
  signature: {hmac: sha256, header: X-Signature, secret: webhook_secret}
  topic: headers."x-topic"
  event_id: body.event
empty: null
resources:
  customer: {topics: [customer], id: text(id), record: body}
  order: {topics: [order], id: text(id), record: body, contains: {customer: buyer}}
""",
    "connectors/mail.yaml": """
base_url: https://mail.example
auth: {bearer: access_token}
resources:
  person:
    upsert: {request: "PUT /people/{record.email}", body: "{record}", id: id}
""",
    "mappings/shop.customer.yaml": """# Shop customer → customer
entity: customer
in:
  email:        email
  given_name:   first_name
  address.city: place.city
  stage:        {from: kind, lookup: {L: lead, C: customer}}
  updated_at:   time(changed, 'UTC')
tests:
  - name: somebody
    in: events/shop/customer.json
    expect: {email: ada@correo.example, given_name: Ada}
""",
    "mappings/shop.order.yaml": """entity: order
in:
  number: code
  total:  money(total, currency)
  items:
    each:   {line: lines}
    fields: {sku: line.sku, price: "money(line.price, currency)"}
""",
    "mappings/mail.person.yaml": """entity: customer
out:
  address: email
  name:    given_name
""",
    "flows/sync.yaml": "on: customer\nsend: [mail.person]\n",
}


def person(number=1, **changes):
    """A customer record, of its own person."""
    record = {
        "id": number,
        "email": "ada@correo.example" if number == 1 else f"p{number}@correo.example",
        "first_name": "Ada" if number == 1 else "Bea",
        "place": {"city": "Cali", "floor": None},
        "kind": "L",
        "changed": f"2026-11-20T10:00:0{number % 10}",
        "note": None,
    }
    return {name: value for name, value in (record | changes).items() if value is not ...}


def order(number=1, **changes):
    record = {
        "id": number,
        "code": f"N{number}",
        "total": "10.00",
        "currency": "COP",
        "lines": [{"sku": "A-1", "price": "10.00"}],
        "buyer": None,
    }
    return {name: value for name, value in (record | changes).items() if value is not ...}


def event(topic, record):
    return {"headers": {"x-topic": topic}, "query": {}, "body": record}


def write(root, **files):
    """The project in a folder; `files` replaces some, by name with `/` as `__` and without `.yaml`."""
    changed = {name.replace("__", "/") + ".yaml": text for name, text in files.items()}
    samples = {
        "events/shop/customer.json": event("customer", person()),
        "events/shop/customer-updated.json": event("customer", person(2)),
        "events/shop/order.json": event("order", order()),
        "events/shop/order-guest.json": event(
            "order", order(2, buyer={"email": "g@correo.example", "place": None})
        ),
    }
    for name, text in {
        **FILES,
        **changed,
        **{file: json.dumps(sample) for file, sample in samples.items()},
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def opened(root):
    catalog = Catalog.read(root)
    return catalog, Samples(root, catalog)
