"""A small world for unify: three systems whose records are customers or orders, everything in memory.

A record is its canonical fields: what mappings do is tested with the mappings.
"""

import random
from types import SimpleNamespace

from hub import keys
from hub.archive import MemoryArchive
from hub.connector import Demand
from hub.identity import Guards, peppers
from hub.mapping import Consent, Incoming
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.unify import Source, apply
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store.memory import MemoryStore
from hub.traits import Scoring

NOW = 1_790_000_000.0
ROLES = {"shop.co": "shop", "crm.main": "crm", "pos.one": "pos", "erp.main": "erp"}


class FakeMapping:
    """A mapping whose records are canonical already."""

    def __init__(self, name, entity):
        self.name = name
        self.entity = entity

    def inward(self, record, context):
        fields = {k: v for k, v in record.items() if k not in ("id", "customer", "consent")}
        consents = [Consent(**consent) for consent in record.get("consent", [])]
        return Incoming(fields, tuple(consents), ())

    def told_back(self, record, context):
        return self.inward(record, context).fields


class FakeConnector:
    def __init__(self, name, writable):
        self.name = name
        self.limits = ()
        self.auth, self.sent = SimpleNamespace(kind=""), frozenset()
        self.asks = {}
        write = object() if writable else None
        plain = {"get": None, "create": None, "update": None, "find": None, "gone": lambda *_: False}
        self.resources = {
            "customer": SimpleNamespace(name="customer", upsert=write, **plain),
            "order": SimpleNamespace(name="order", upsert=None, **plain),
        }

    def demand(self, call):
        return Demand(self.limits)

    def contained(self, event, record):
        inner = isinstance(record, dict) and record.get("customer")
        return [("customer", inner.get("id", f"order/{event.id}"), inner)] if inner else []


def entity(name, fields, customer=False, guards=None):
    """An entity whose fields are given as (keep, identifies, roles)."""
    made = {}
    for field, (keep, identifies, *roles) in fields.items():
        made[field] = SimpleNamespace(name=field, keep=keep, identifies=identifies, roles=tuple(roles))
    return SimpleNamespace(
        name=name,
        fields=made,
        identifying=tuple(field for field in made.values() if field.identifies),
        customer=customer,
        guards=guards or Guards(),
        scoring=Scoring(),
    )


def catalog(revision="r1", guards=None, **changes):
    customer = {
        "email": ("newest", "weak"),
        "phone": ("newest", "weak"),
        "tax_id": ("newest", "strong"),
        "name": ("priority", "", "crm", "shop"),
        "tags": ("union", ""),
        "birth_date": ("first", ""),
        "address": ("newest", ""),
        **changes,
    }
    order = {
        "number": ("first", ""),
        "status": ("newest", ""),
        "reference": ("first", "strong"),
        "channel": ("first", ""),
        "placed_at": ("first", ""),
        "total": ("newest", ""),
        "refunded": ("newest", ""),
    }
    connectors = {
        name: FakeConnector(name, writable=name in ("crm", "erp")) for name in ("shop", "crm", "pos", "erp")
    }
    return SimpleNamespace(
        revision=revision,
        entities={
            "customer": entity("customer", customer, guards=guards),
            "order": entity("order", order, customer=True),
        },
        connectors=connectors,
        accounts={name: account(name, role) for name, role in ROLES.items()},
        owners=SimpleNamespace(owner=lambda entity, field: "erp" if field == "tax_id" else None),
        mappings_of=lambda connector, resource: [FakeMapping(f"{connector}.{resource}", resource)],
        mappings={},
    )


def account(name, role):
    connector, key = name.split(".")
    return SimpleNamespace(name=name, connector=connector, key=key, role=role, country="CO", time_zone="UTC")


class World:
    """A hub in memory, and what happens in it."""

    def __init__(self, store=None, files=None):
        self.now = NOW
        self.store = store or MemoryStore(lambda: self.now)
        self.hub = Hub(
            Settings.read({}),
            clock=lambda: self.now,
            sleep=lambda _: None,
            random=random.Random(1),
            catalog=files or catalog(),
            store=self.store,
            archive=MemoryArchive(),
            secrets=MemorySecrets({"pepper": [{"1": "pepper"}]}),
        )

    def tell(self, event, *, last=False):
        return apply(self.hub, event, Source("raw/x", 0), peppers([{"1": "pepper"}]), last=last)

    def customers(self):
        return [item for item in self.store.items() if item.kind == "root" and active(item, "customer")]

    def orders(self):
        return [item for item in self.store.items() if item.kind == "root" and active(item, "order")]

    def customer(self):
        (only,) = self.customers()
        return only

    def outbox(self):
        return [item for item in self.store.stream if item.kind == "outbox"]

    def value(self, field):
        return self.customer().data["fields"][field][0]

    def marker(self, event):
        return self.store.read([keys.event(event.key)])[keys.event(event.key)]


def active(item, entity):
    return item.data["entity"] == entity and item.data["state"] == "active"


def event(source="shop.co", id="1", n=1, resource="customer", at=None, replay=None, deleted=False, **record):
    """One event; `n` is its id, and its time unless `at` (minutes into the day) says otherwise."""
    connector, key = source.split(".")
    moment = f"2026-01-01T{(at or n) // 60:02d}:{(at or n) % 60:02d}:00.000000Z"
    return Event(
        connector, key, resource, f"{resource}/told", id, (f"{source}-{n}",),
        "2026-01-02T00:00:00.000000Z", moment, None if deleted else record, deleted, replay=replay,
    )  # fmt: skip


def snapshot(store):
    """What is left when versions, times of processing and the outbox's history do not count."""
    left = {}
    for item in store.items():
        if item.kind in ("root", "record", "claim", "timeline", "consent"):
            data = dict(item.data)
            data.pop("archive", None)
            left[item.key] = (item.kind, data)
        elif item.kind == "marker":
            left[item.key] = (item.kind, item.data["status"])
    return left


def comparable(world):
    """The snapshot without what follows from the order of merging: who was absorbed when, tombstones."""
    kept = {}
    for key, (kind, data) in snapshot(world.store).items():
        if kind == "root":
            if data["state"] == "active":
                kept[key] = {
                    name: value for name, value in data.items() if name not in ("absorbed", "origin")
                }
        elif kind == "record":
            kept[key] = data
        elif (
            kind == "claim" and data["demoted"]
        ):  # frozen as it was when it was demoted, for one reason or another
            kept[key] = "demoted"
        else:
            kept[key] = (kind, data)
    return kept
