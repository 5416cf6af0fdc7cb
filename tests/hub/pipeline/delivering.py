"""A small deployment for the tests of route, deliver and sweep: its files and its state."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub import identity, keys
from hub.catalog import Catalog
from hub.connector import Connector
from hub.documents import parse
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver import carry, deliver
from hub.pipeline.outbox import is_pending, relayed
from hub.pipeline.route import route
from hub.pipeline.subjects import find
from hub.pipeline.sweep import sweep
from hub.queues import MemoryQueue
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store import Item, Key, Put
from hub.store.memory import MemoryStore
from hub.times import from_epoch, to_epoch
from tests.hub.pipeline.delivery_vendors import Vendors

NOON = to_epoch("2026-11-23T17:00:00.000000Z")
"""Noon in Bogotá."""

CAUSE = "e0e0e0e0e0e0e0e0"
"""The mark of the event that caused every change."""

PEPPER = identity.Pepper("1", "a pepper of the tests")

FILES = {
    "accounts.yaml": """
shop.co:   {role: shop, country: CO, time_zone: America/Bogota}
crm.main:  {role: crm, country: CO, time_zone: America/Bogota}
erp.main:  {role: erp, country: CO, time_zone: America/Bogota}
mail.main: {role: email, country: CO, time_zone: America/Bogota}
chat.main: {role: support, country: CO, time_zone: America/Bogota}
""",
    "owners.yaml": "customer: {}\n",
    "entities/customer.yaml": """
name: customer
fields:
  email:       {type: email, keep: newest, identifies: weak, pii: true}
  phone:       {type: phone, keep: newest, identifies: weak, pii: true}
  given_name:  {type: text, keep: newest, pii: true}
  family_name: {type: text, keep: newest, pii: true}
  stage:       {type: text, keep: newest}
  address:     {type: address, keep: newest, pii: true}
""",
    "entities/order.yaml": """
name: order
customer: true
fields:
  number:    {type: text, keep: first}
  status:    {type: text, keep: newest}
  placed_at: {type: time, keep: first}
""",
    "entities/cart.yaml": """
name: cart
customer: true
fields:
  status:     {type: text, keep: newest}
  url:        {type: text, keep: newest}
  created_at: {type: time, keep: first}
""",
    "entities/message.yaml": """
name: message
customer: true
fields:
  name: {type: text, keep: first}
  text: {type: text, keep: first}
  url:  {type: text, keep: first}
""",
    "connectors/shop.yaml": """
resources:
  customer: {id: text(id)}
  order:    {id: text(id)}
  checkout: {id: text(id)}
  note:     {id: text(id)}
""",
    "connectors/crm.yaml": """
base_url: https://crm.example
auth: {bearer: token}
limit: [100 per 1s]
resources:
  contact:
    id: text(id)
    upsert: {request: POST /contacts, body: {match: "email:{record.email}", record: "{record}"}, id: id}
    update: {request: "PATCH /contacts/{id}", body: {record: "{record}"}, id: id}
""",
    "connectors/erp.yaml": """
base_url: https://erp.example
auth: {bearer: token}
limit: [100 per 1s]
resources:
  partner:
    id: text(id)
    find:
      - request: POST /partners/search
        body: {match: "ref:{record.ref}"}
        records: found
        id: found[0].id
      - request: POST /partners/search
        body: {match: "email:{record.email}"}
        records: found
        id: found[0].id
    create: {request: POST /partners, body: {record: "{record}"}, id: id}
    update: {request: "PUT /partners/{id}", body: {record: "{record}"}, id: id}
  sale:
    needs: [customer]
    idempotency: {header: Idempotency-Key}
    create: {request: POST /sales, body: {record: "{record}"}, id: id}
    update: {request: "PUT /sales/{id}", body: {record: "{record}"}, id: id}
  note:
    needs: [customer]
    idempotency: {header: Idempotency-Key}
    send: {request: POST /notes, body: {record: "{record}"}, id: id}
""",
    "connectors/mail.yaml": """
channel: email
base_url: https://mail.example
auth: {bearer: token}
limit: [100 per 1s]
resources:
  event:
    idempotency: {body: unique_id}
    send: {request: POST /events, body: {record: "{record}"}}
""",
    "connectors/chat.yaml": """
channel: chat
base_url: https://chat.example
auth: {bearer: token}
limit: [100 per 1s]
resources:
  message:
    send: {request: POST /messages, body: {record: "{record}"}, id: id}
""",
    "mappings/shop.customer.yaml": "entity: customer\nin: {email: email}\n",
    "mappings/shop.order.yaml": "entity: order\nin: {number: name}\n",
    "mappings/shop.checkout.yaml": "entity: cart\nin: {url: url}\n",
    "mappings/crm.contact.yaml": """
entity: customer
both:
  email:     email
  phone:     phone
  firstname: given_name
  stage:     stage
  place:
    street:  address.line1
    town:    address.city
""",
    "mappings/erp.partner.yaml": """
entity: customer
both:
  email: email
out:
  ref:  id
  name: given_name
""",
    "mappings/erp.sale.yaml": """
entity: order
out:
  number:  number
  partner: customer.ids.erp
""",
    "mappings/erp.note.yaml": """
entity: message
out:
  text:    text
  partner: customer.ids.erp
""",
    "mappings/mail.event.yaml": """
entity: message
out:
  name:  name
  url:   url
  email: customer.email
""",
    "mappings/chat.message.yaml": """
entity: message
out:
  text: text
  to:   customer.phone
""",
    "flows/sync.yaml": "on: customer\nif: customer.email != null\nsend: [crm.contact, erp.partner]\n",
    "flows/sales.yaml": "on: order\nif: order.status == 'paid'\nsend: [erp.sale]\n",
    "flows/thanks.yaml": """
on: order
if: order.status == 'paid'
once: order.id
send:
  - {to: mail.event, with: {name: "'Placed Order'", url: order.number}}
""",
    "mappings/shop.note.yaml": "entity: message\nout: {text: text}\n",
    "flows/answer.yaml": "on: message\nif: message.name == 'answer'\nsend: [chat.message]\n",
    "flows/back.yaml": "on: customer\nif: customer.stage == 'back'\nsend: [shop.customer]\n",
    "flows/wrong.yaml": """
on: order
if: order.status == 'wrong'
send:
  - {to: crm.contact, with: {text: "'no mapping from message'"}}
  - {to: shop.note, with: {text: "'no call'"}}
""",
    "flows/complaint.yaml": """
on: order
if: order.status == 'refunded'
once: order.id
send:
  - {to: erp.note, with: {text: "'Refunded'"}}
""",
    "flows/reminder.yaml": """
on: cart
if: cart.status == 'open'
wait: 1h
cancel: {order: "after(order.placed_at, cart.created_at)"}
purpose: marketing
quiet: 21:00-08:00
once: cart.id
send:
  - {to: chat.message, with: {text: "'Your cart waits'"}}
  - {to: mail.event, with: {name: "'Cart abandoned'", url: cart.url}}
""",
}


def project(root: Path, files: dict[str, str] = FILES) -> Catalog:
    """The catalogue of these files, written below `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Catalog.read(root)


class World:
    """The hub in memory with the state that unify would have written."""

    def __init__(self, catalog: Catalog) -> None:
        self.now = NOON
        self.vendors = Vendors(self.clock)
        self.store = MemoryStore(self.clock)
        self.outbound = MemoryQueue(self.clock)
        self.inbound = MemoryQueue(self.clock)
        accounts = ("crm.main", "erp.main", "mail.main", "chat.main")
        self.secrets = MemorySecrets(
            {"pepper": [{"1": PEPPER.secret}], **{name: [{"token": "good"}] for name in accounts}}
        )
        self.hub = Hub(
            Settings(),
            clock=self.clock,
            sleep=self.sleep,
            catalog=catalog,
            store=self.store,
            outbound=self.outbound,
            inbound=self.inbound,
            secrets=self.secrets,
            client=self.vendors,
            random=random.Random(7),
        )
        self.results: list[str] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    # What unify writes.

    def entity(self, entity: str, id: str, *, relay: str = "now", **data: Any) -> Item:
        """A new version of an entity with these fields; `records`, `absorbed`, `customer` as in a root."""
        key = keys.root(entity, id)
        held = self.store.read([key]).get(key, Item(key, "root"))
        extra = {name: data.pop(name) for name in ("records", "absorbed", "customer") if name in data}
        fields = {**{f: r[0] for f, r in held.data.get("fields", {}).items()}, **data}
        root = {
            "entity": entity,
            "id": id,
            "state": "active",
            "records": held.data.get("records", {}),
            "absorbed": held.data.get("absorbed", []),
            "customer": held.data.get("customer", ""),
            **extra,
            "fields": {name: [value, "REC#x", "", "", 0] for name, value in fields.items()},
        }
        self.store.commit([Put(Item(key, "root", root, held.version))])
        return self.image(entity, id, fields, created=held.version == 0, relay=relay)

    def image(self, entity: str, id: str, fields: dict[str, Any], *, relay: str = "now", **more: Any) -> Item:
        """The outbox item of an entity's present version; `relay` it now, later (by sweep) or never."""
        key = keys.root(entity, id)
        root = self.store.read([key])[key]
        owner = self.owner(root)
        data = {
            "entity": entity,
            "id": id,
            "epoch": root.version,
            "fields": fields,
            "changed": sorted(fields),
            "customer": id if entity == "customer" else owner[0],
            "customer_fields": fields if entity == "customer" else owner[1],
            "cause": {"event": CAUSE, "source": "shop.co", "via": "webhook"},
            **more,
        }
        out = keys.outbox(from_epoch(self.now), CAUSE, entity, id, root.version)
        self.store.commit([Put(Item(out, "outbox", data))])
        item = self.store.read([out])[out]
        if relay == "now":
            self.route(item)
        if relay == "never":
            self.store.commit([Put(relayed(item, self.now, {}))])
        return item

    def out(self, entity: str, id: str, epoch: int) -> Item:
        """The outbox item of an entity's version."""
        named = (entity, id, epoch)
        images = (item for item in self.store.items() if item.kind == "outbox")
        return next(i for i in images if (i.data["entity"], i.data["id"], i.data["epoch"]) == named)

    def pending(self) -> list[Item]:
        """The images that nobody has relayed."""
        return [item for item in self.store.items() if item.kind == "outbox" and is_pending(item)]

    def owner(self, root: Item) -> tuple[str, dict[str, Any]]:
        if not root.data.get("customer"):
            return "", {}
        record = Key(root.data["customer"], "REC")
        id = self.store.read([record])[record].data["root"]
        found = find(self.hub, "customer", id)
        return found.id, found.fields

    def record(self, account: str, resource: str, id: str, root: str, **registers: Any) -> str:
        """A source record of a customer, with what it tells: its partition key."""
        connector, name = account.split(".")
        key = keys.record(connector, name, resource, id)
        held = self.store.read([key]).get(key, Item(key, "record"))
        said = {f: [value, [[from_epoch(self.now), "e", 0]], None] for f, value in registers.items()}
        data = {"entity": "customer", "root": root, "registers": {**held.data.get("registers", {}), **said}}
        self.store.commit([Put(Item(key, "record", data, held.version))])
        return key.pk

    def merge(self, loser: str, winner: str) -> None:
        """One customer turns out to be another."""
        lost, won = keys.root("customer", loser), keys.root("customer", winner)
        found = self.store.read([lost, won])
        named_after = Key(f"REC#lost#{loser}", "REC")
        self.store.commit([Put(Item(named_after, "record", {"entity": "customer", "root": winner}))])
        tombstone = {**found[lost].data, "state": "merged", "record": named_after.pk}
        absorbed = [*found[won].data["absorbed"], *found[lost].data["absorbed"], loser]
        kept = {**found[won].data, "absorbed": absorbed}
        self.store.commit(
            [
                Put(Item(lost, "root", tombstone, found[lost].version)),
                Put(Item(won, "root", kept, found[won].version)),
            ]
        )

    def consent(self, channel: str, purpose: str, kind: str, address: str, state: str = "granted") -> None:
        key = keys.consent(channel, purpose, identity.hashed(PEPPER, kind, address))
        held = self.store.read([key]).get(key, Item(key, "consent"))
        self.store.commit([Put(Item(key, "consent", {"state": state, "rank": ["", 0, ""]}, held.version))])

    def switch(self, account: str, **data: Any) -> None:
        key = keys.account(account)
        held = self.store.read([key]).get(key, Item(key, "account"))
        self.store.commit([Put(Item(key, "account", {**held.data, **data}, held.version))])

    # The steps.

    def route(self, *images: Item) -> int:
        return route(self.hub, list(images))

    def deliver(self) -> list[str]:
        """Deliver what is queued, batch by batch: the results."""
        results: list[str] = []
        while taken := self.outbound.receive():
            for stored in taken:
                results += [result for _, result in carry(self.hub, stored.message.body)]
                self.outbound.ack(stored)
        self.results += results
        return results

    def later(self, seconds: float) -> list[str]:
        """Time passes, sweep runs, what it sent is delivered: the results."""
        self.now += seconds
        sweep(self.hub)
        return self.deliver()

    def rest(self, hours: float = 2) -> None:
        """Time passes in minutes until nothing is due any more."""
        until = self.now + hours * 3600
        while self.now < until:
            self.later(60)
            if not self.pending() and not any(item.agenda == keys.DUE for item in self.store.items()):
                return

    def state(self, destination: str, id: str, entity: str = "customer") -> dict[str, Any]:
        """The delivery state of an entity at a destination."""
        key = keys.delivery(destination, entity, id)
        item = self.store.read([key]).get(key)
        return item.data if item else {}

    def item(self, destination: str, id: str, entity: str = "customer") -> Item:
        key = keys.delivery(destination, entity, id)
        return self.store.read([key])[key]

    def acts(self) -> list[Item]:
        return [item for item in self.store.items() if item.kind == "act"]


CRM = "crm.main.contact"
ERP = "erp.main.partner"
ADA = {"email": "ada@correo.example", "given_name": "Ada"}


def ada(world: World, **fields: str) -> None:
    """A new version of one customer, routed."""
    world.entity("customer", "c-1", **{**ADA, **fields})


def tell(world: World, destination: str = CRM, entity: str = "customer", **fields: str) -> str:
    """Deliver the present version to one destination only."""
    key = keys.root(entity, "c-1")
    epoch = world.store.read([key])[key].version
    message = Delivery(destination, entity, "c-1", epoch, "c-1", "sync")
    return deliver(world.hub, replace(message, **fields))


def connector(world: World, name: str, text: str) -> None:
    """Let a connector have these lines, too."""
    held = world.hub.catalog.connectors[name]
    more = parse(text, held.document.file).data
    changed = Connector(replace(held.document, data={**held.document.data, **more}))
    world.hub.catalog = replace(world.hub.catalog, connectors={**world.hub.catalog.connectors, name: changed})
