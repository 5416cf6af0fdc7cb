"""A whole hub whose ports crash: before and after each call, wherever it is made.

A run is told what happens (messages come in, an operator decides), dies at the boundaries that were chosen,
is started again until nothing is left to do, and is compared with the run that never died.
"""

import random
from dataclasses import dataclass
from typing import Any

from hub.archive import MemoryArchive
from hub.messages import Event
from hub.pipeline import Hub, decide
from hub.queues import MemoryQueue, Message
from hub.runner import Clock, Runner
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store import Key
from hub.store.memory import MemoryStore
from tests.hub.pipeline.delivering import FILES, NOON, PEPPER
from tests.hub.pipeline.delivery_vendors import Vendors
from tests.identity.view import view

PORTS = {
    "store": ("read", "commit", "page", "agenda", "count"),
    "inbound": ("send", "postpone"),
    "outbound": ("send", "postpone"),
    "archive": ("put", "get"),
    "secrets": ("get",),
    "client": ("send",),
}
OWN_FILES = {
    **FILES,
    "connectors/shop.yaml": """
resources:
  customer: {id: text(id)}
  order:    {id: text(id), contains: {customer: customer}}
  checkout: {id: text(id)}
  note:     {id: text(id)}
""",
    "entities/customer.yaml": FILES["entities/customer.yaml"] + "guards: {degree: 1}\n",
    "mappings/shop.customer.yaml": "entity: customer\nin: {email: email, phone: phone, given_name: name}\n",
    "mappings/shop.order.yaml": "entity: order\nin: {number: name, status: status}\n",
}


class Crash(BaseException):
    """The process died."""


class Boundaries:
    """Counts the calls of the ports, twice each; dies at those that were chosen, once each."""

    def __init__(self, deaths=()):
        self.deaths = set(deaths)
        self.count = 0
        self.armed = False

    def cross(self):
        if not self.armed:
            return
        self.count += 1
        if self.count in self.deaths:
            raise Crash

    def around(self, inner, names):
        """The port, with a boundary before and after each call of these methods."""
        return Port(inner, names, self.cross)


class Port:
    """A port whose calls cross boundaries; all else is the port's own."""

    def __init__(self, inner, names, cross):
        self.__dict__.update(_inner=inner, _names=names, _cross=cross)

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        return self._crossing(found) if name in self._names else found

    def __setattr__(self, name, value):
        setattr(self._inner, name, value)

    def _crossing(self, method):
        def call(*args, **named):
            self._cross()
            result = method(*args, **named)
            self._cross()
            return result

        return call


def told(source, id, n, resource="customer", **record):
    """One event."""
    connector, key = source.split(".")
    at = f"2026-11-23T16:{n:02d}:00.000000Z"
    body = {**record, "updated_at": at, "id": id}
    return Event(connector, key, resource, f"{resource}/told", id, (f"{source}-{n}",), at, at, body)


@dataclass(frozen=True)
class Flow:
    """What was before, and what happens: events, and after them a decision."""

    name: str
    before: list[Event]
    events: list[Event]
    decision: tuple[Any, ...] = ()


SHOP, CRM = "shop.co", "crm.main"
ADA, TEL = {"email": "ada@correo.co"}, {"phone": "+573105550147"}
ORDER = told(SHOP, "1001", 9, "order", name="#1001", status="paid", customer={"id": "1", **ADA})
LONE = [told(SHOP, "1", 1, name="Ada", **ADA), told(SHOP, "2", 2, **TEL)]
PAIR = [told(SHOP, "1", 1, name="Ada", **ADA, **TEL), told(CRM, "c1", 2, "contact", firstname="A", **TEL)]
FLOWS = (
    Flow("new", [], [LONE[0]]),
    Flow("attach", LONE[:1], [told(CRM, "c1", 3, "contact", firstname="Ada King", **ADA)]),
    Flow("merge", LONE, [told(CRM, "c1", 3, "contact", **ADA, **TEL)]),
    Flow("split", PAIR, [told(SHOP, "2", 3, email="eva@correo.co", **TEL)]),
    Flow("buy", LONE[:1], [ORDER]),
    Flow("operator merge", LONE, [], (decide.merge, "1", "2")),
    Flow("operator split", PAIR, [], (decide.split, "1", ["REC#crm#main#contact#c1"])),
)


def _timeless(state):
    """The view without the times of our own writes: of records that say nothing but what we wrote."""
    written = {pk for pk, record in state["record"].items() if not record["registers"]}
    for pk in written:
        record = state["record"][pk]
        state["record"][pk] = {**record, "created": "", "claims": sorted(record["claims"])}
    for one in state["entity"].values():
        one["records"] = {pk: "" if pk in written else at for pk, at in one["records"].items()}
        latest = one["fields"]["updated_at"]
        one["fields"]["updated_at"] = None if latest[1] in written else latest
    return state


@dataclass
class Run:
    """One life of a hub, through its deaths."""

    catalog: Any
    flow: Flow
    deaths: tuple[int, ...] = ()
    crashes: int = 0
    pause = 0
    """Seconds until what died is started again."""

    def __post_init__(self):
        self.clock = Clock(NOON)
        self.vendors = Vendors(self.clock)
        self.boundaries = Boundaries(self.deaths)
        names = ("crm.main", "erp.main", "mail.main", "chat.main")
        secrets = {"pepper": [{"1": PEPPER.secret}], **{name: [{"token": "good"}] for name in names}}
        inner = {
            "store": MemoryStore(self.clock),
            "inbound": MemoryQueue(self.clock, max_receives=99),
            "outbound": MemoryQueue(self.clock, max_receives=99),
            "archive": MemoryArchive(),
            "secrets": MemorySecrets(secrets),
            "client": self.vendors,
        }
        ports = {name: self.boundaries.around(inner[name], names) for name, names in PORTS.items()}
        rest = {"sleep": self.clock.sleep, "random": random.Random(7), "catalog": self.catalog}
        self.hub = Hub(Settings(), clock=self.clock, **ports, **rest)
        self.runner = Runner(self.hub)
        self.store = inner["store"]

    def live(self):
        """All of it: the points that were crossed, and what is left in the end."""
        self._come(self.flow.before)
        self._rest()
        self.boundaries.armed = True
        self._come(self.flow.events)
        if self.flow.decision:
            self._survive(self._decide)
        self._rest()
        self.boundaries.armed = False
        return self.boundaries.count, self.left()

    def left(self):
        """What a crash may not change: the state, what the outbox told, and what the vendors have."""
        items = self.store.items()
        images = [(i.key, i.data) for i in items if i.kind == "outbox"]
        acts = [(i.key, i.data["state"]) for i in items if i.kind == "act"]
        journal = [(i.key, {k: v for k, v in i.data.items() if k != "at"}) for i in items if i.kind == "log"]
        twice = [i.key for i in items if i.kind in ("timeline", "marker") and i.version > 1]
        ours = (_timeless(view(items)), images, acts, journal, twice)
        return (*ours, self.vendors.state(), self.vendors.messages)

    def _come(self, events):
        for event in events:
            if event.connector == "crm":  # who tells of a contact has it
                self.vendors.contacts.setdefault(event.id, {})
        messages = [Message(event.dumps(), event.group, event.dedup) for event in events]
        if messages:
            self._survive(lambda: self.hub.inbound.send(messages))

    def _rest(self):
        self._survive(self.runner.run)
        for _ in range(30):
            if not any(item.agenda in ("due", "pending") for item in self.store.items()):
                return
            self.clock.now += 301
            self._survive(self.runner.sweep)

    def _survive(self, work):
        """Started again after each death, with all that was in flight."""
        while True:
            try:
                return work()
            except Crash:
                self.crashes += 1
                self.clock.now += self.pause
                self.runner.recover()

    def _decide(self):
        word, id, *rest = self.flow.decision
        record = self.store.read([Key(f"REC#shop#co#customer#{id}", "REC")])
        (customer,) = (item.data["root"] for item in record.values())
        if word is decide.merge:
            other = Key(f"REC#shop#co#customer#{rest[0]}", "REC")
            rest = [self.store.read([other])[other].data["root"]]
        try:
            word(self.hub, customer, *rest, decide.Order("ana", "she called"))
        except decide.DecisionError:
            assert self.crashes, "a decision that was made before the crash cannot be made again"
