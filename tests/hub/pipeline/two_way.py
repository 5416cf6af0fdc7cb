"""Three systems that know the same people, each edited by its own users, kept equal by the hub in memory.

A vendor tells whole records by webhooks, our own writes included, as Shopify, WooCommerce and Odoo do.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub import keys
from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.connector import HttpRequest, HttpResponse
from hub.errors import RetryError
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.outbox import is_pending
from hub.pipeline.unify.state import values
from hub.queues import MemoryQueue, Message
from hub.runner import Runner
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store import Item
from hub.store.memory import MemoryStore
from hub.times import from_epoch, to_epoch
from tests.hub.pipeline.delivery_vendors import answer

NOON = to_epoch("2026-11-23T17:00:00.000000Z")
ANSWERS = {"crm": "record: '@', ", "erp": "", "shop": "record: '@', "}
"""Which vendors answer with the record as they stored it."""

FILES = {
    "accounts.yaml": """
crm.main:  {role: crm, country: CO, time_zone: America/Bogota}
erp.main:  {role: erp, country: CO, time_zone: America/Bogota}
shop.main: {role: shop, country: CO, time_zone: America/Bogota}
""",
    "owners.yaml": "customer: {stage: crm, tax_id: erp}\n",
    "entities/customer.yaml": """
name: customer
fields:
  email:      {type: email, keep: newest, identifies: weak, pii: true}
  phone:      {type: phone, keep: newest, pii: true}
  given_name: {type: text, keep: newest, pii: true}
  stage:      {type: text, keep: newest}
  tax_id:     {type: text, keep: newest}
  created_at: {type: time, keep: first}
  updated_at: {type: time, keep: newest}
""",
    "flows/sync.yaml": "on: customer\nsend: [crm.person, erp.person, shop.person]\n",
    **{
        f"connectors/{name}.yaml": f"""
base_url: https://{name}.example
auth: {{bearer: token}}
limit: [1000 per 1s]
empty: ""
resources:
  person:
    id: text(id)
    find:
      - {{request: POST /search, body: {{email: "{{record.email}}"}}, records: found, id: "found[0].id"}}
    create: {{request: POST /people, body: "{{record}}", {record}id: id}}
    update: {{request: "PATCH /people/{{id}}", body: "{{record}}", {record}id: id}}
"""
        for name, record in ANSWERS.items()
    },
    **{
        f"mappings/{name}.person.yaml": """
entity: customer
both: {email: email, phone: phone, given_name: given_name, stage: stage, tax_id: tax_id}
in: {updated_at: updated_at}
"""
        for name in ANSWERS
    },
}

SYSTEMS = tuple(ANSWERS)
NAMES = ("email", "phone", "given_name", "stage", "tax_id")
ADA = "ada@correo.example"


@dataclass
class System:
    """One vendor. `skew`: seconds by which its clock is ahead; `stores`: the form in which it keeps a value;
    `reacts`: an automation there, called with the record after each change: what it sets."""

    name: str
    clock: Callable[[], float]
    skew: float = 0.0
    stores: Callable[[str, Any], Any] = lambda name, value: value
    reacts: Callable[[dict[str, Any]], dict[str, Any]] = lambda record: {}
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    webhooks: list[Event] = field(default_factory=list)
    writes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Callable[[Callable[[], HttpResponse]], HttpResponse]] = field(default_factory=list)
    told: int = 0
    made: int = 0

    @property
    def now(self) -> str:
        return from_epoch(self.clock() + self.skew)

    def edit(self, id: str = "1", **changes: Any) -> None:
        """One of its users changes somebody."""
        record = self.people.setdefault(id, {"id": id})
        news = {name: value for name, value in changes.items() if record.get(name) != value}
        if news:
            record.update(news, updated_at=self.now)
            self._tell(id)

    def lose(self, id: str) -> None:
        """A record is deleted, and nobody is told."""
        del self.people[id]

    def tell_again(self, id: str = "1") -> None:
        """Something changes that we do not map: the whole record is told."""
        self.people[id]["updated_at"] = self.now
        self._tell(id)

    def send(self, request: HttpRequest) -> HttpResponse:
        def apply() -> HttpResponse:
            return self._apply(request)

        return self.faults.pop(0)(apply) if self.faults else apply()

    def _apply(self, request: HttpRequest) -> HttpResponse:
        body = json.loads(request.body or b"null")
        if request.method == "GET":
            held = self.people.get(request.url.rpartition("/")[2])
            return answer(404) if held is None else answer(200, dict(held))
        if request.url.endswith("/search"):
            return answer(
                200, {"found": [p for p in self.people.values() if p.get("email") == body["email"]]}
            )
        self.writes.append(body)
        id = request.url.rpartition("/")[2] if request.method == "PATCH" else f"{self.name}{self.made + 1}"
        if request.method == "PATCH" and id not in self.people:
            return answer(404)
        self.made += id not in self.people
        record = self.people.setdefault(id, {"id": id})
        kept = {name: self.stores(name, value) for name, value in body.items()}
        if any(record.get(name) != value for name, value in kept.items()):
            record.update(kept, updated_at=self.now)
            self._tell(id)
        response = answer(200, dict(record))
        if change := self.reacts(record):
            record.update(change, updated_at=from_epoch(self.clock() + self.skew + 0.05))
            self._tell(id)
        return response

    def _tell(self, id: str) -> None:
        self.told += 1
        record = dict(self.people[id])
        self.webhooks.append(
            Event(
                self.name,
                "main",
                "person",
                "changed",
                id,
                (str(self.told),),
                "",
                record["updated_at"],
                record,
            )
        )


class TwoWay:
    """The systems and the hub between them. Each call of a vendor takes `latency` seconds."""

    def __init__(self, catalog: Catalog, seed: int = 1, latency: float = 0.1) -> None:
        self.time = NOON
        self.latency = latency
        self.random = random.Random(seed)
        self.systems = {name: System(name, lambda: self.time) for name in SYSTEMS}
        self.store = MemoryStore(self.clock)
        self.hub = Hub(
            Settings.read({}),
            clock=self.clock,
            sleep=self.sleep,
            random=random.Random(seed),
            catalog=catalog,
            store=self.store,
            archive=MemoryArchive(),
            inbound=MemoryQueue(self.clock),
            outbound=MemoryQueue(self.clock),
            client=self,
            secrets=MemorySecrets(
                {
                    "pepper": [{"1": "pepper"}],
                    "api-key": [{"key": "k"}],
                    **{f"{name}.main": [{"token": "x"}] for name in SYSTEMS},
                }
            ),
        )
        self.runner = Runner(self.hub)

    def clock(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def send(self, request: HttpRequest) -> HttpResponse:
        self.time += self.latency
        return self.systems[request.url.split("/")[2].partition(".")[0]].send(request)

    def __getattr__(self, name: str) -> System:
        try:
            return self.__dict__["systems"][name]
        except KeyError:
            raise AttributeError(name) from None

    def hear(self, *, shuffled: bool = False, twice: float = 0.0) -> bool:
        """The webhooks that were sent arrive; whether there were any."""
        events = [hook for system in self.systems.values() for hook in system.webhooks]
        for system in self.systems.values():
            system.webhooks.clear()
        events += [event for event in events if self.random.random() < twice]
        if shuffled:
            self.random.shuffle(events)
        for event in events:
            told = Event(**{**event.__dict__, "received_at": from_epoch(self.time)})
            self.hub.inbound.send([Message(told.dumps(), told.group, told.dedup)])
        return bool(events)

    def settle(self, hours: float = 2.0, **how: Any) -> "TwoWay":
        """Everything arrives and is dealt with, until nothing is left to do."""
        until = self.time + hours * 3600
        while self.time < until:
            while self.hear(**how):
                self.runner.run()
            due = [item for item in self.store.items() if item.agenda == keys.DUE or _is_pending(item)]
            if not due and not self.hub.inbound.waiting and not self.hub.outbound.waiting:
                return self
            self.time += 60
            self.runner.sweep()
        raise AssertionError("the systems do not come to rest")

    def later(self, seconds: float) -> "TwoWay":
        self.time += seconds
        return self

    @property
    def root(self) -> Item:
        (root,) = (i for i in self.store.items() if i.kind == "root" and i.data["state"] == "active")
        return root

    @property
    def golden(self) -> dict[str, Any]:
        found = values(self.root)
        return {name: found.get(name) for name in NAMES}

    def person(self, system: str) -> dict[str, Any]:
        (person,) = self.systems[system].people.values()
        return {name: person.get(name) or None for name in NAMES}

    def delivery(self, system: str) -> dict[str, Any]:
        key = keys.delivery(f"{system}.main.person", "customer", self.root.data["id"])
        return self.store.read([key])[key].data

    @property
    def equal(self) -> bool:
        """Whether every system has what the hub has."""
        return all(self.person(name) == self.golden for name in SYSTEMS)

    @property
    def writes(self) -> int:
        return sum(len(system.writes) for system in self.systems.values())


def known(catalog: Catalog, **how: Any) -> TwoWay:
    """A world in which all three systems know Ada, and nothing happened for an hour."""
    world = TwoWay(catalog, **how)
    world.crm.edit(email=ADA, given_name="Ada", stage="lead", phone="+573105550147")
    world.settle().later(60).erp.tell_again("erp1")
    world.erp.edit("erp1", tax_id="900")
    world.settle().later(3600)
    assert world.equal
    for system in world.systems.values():
        system.writes.clear()
    return world


def _is_pending(item: Item) -> bool:
    return item.kind == "outbox" and is_pending(item)


def loses_the_answer(apply: Callable[[], HttpResponse]) -> HttpResponse:
    apply()
    raise RetryError("timeout")
