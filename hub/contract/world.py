"""A hub in memory with one simulated vendor, and a clock that is moved."""

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from hub import keys
from hub.accounts import Account
from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.connector import Connector, Reply, Request
from hub.contract import source
from hub.messages import Delivery, Event
from hub.pipeline import Hub
from hub.pipeline.poll import poll
from hub.pipeline.receive import Arrival, enqueue, receive
from hub.pipeline.sweep import sweep
from hub.queues import MemoryQueue
from hub.runner import Clock, Runner
from hub.samples.signing import Endpoint
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.simulator import Fault, Simulator
from hub.simulator.samples import Samples
from hub.simulator.webhooks import plain_request
from hub.store import Item
from hub.store.memory import MemoryStore
from hub.times import from_epoch, to_epoch

NOON = to_epoch("2026-11-23T17:00:00.000000Z")
"""Noon in Bogotá."""

PUBLIC = "https://hub.example"
PEPPER = "a pepper of the bench, long enough"


class World:
    """One hub, one vendor. `results`: what became of what was told and delivered, as texts."""

    def __init__(
        self,
        catalog: Catalog,
        connector: Connector,
        account: Account,
        secrets: dict[str, str],
        samples: Samples,
    ) -> None:
        self.connector = connector
        self.account = account
        self.secrets = secrets
        self.clock = Clock(NOON)
        self.vendor = Simulator(connector, account, dict(secrets), samples, self.clock)
        self.told = 0
        self.said: list[str] = []
        self._open(catalog)

    def _open(self, catalog: Catalog) -> None:
        held = MemorySecrets(
            {
                "pepper": [{"1": PEPPER}],
                self.account.name: [dict(self.secrets)],
                self.connector.name: [dict(self.secrets)],
            }
        )
        self.hub = Hub(
            Settings(public_url=PUBLIC),
            clock=self.clock,
            sleep=self.clock.sleep,
            catalog=catalog,
            store=MemoryStore(self.clock),
            inbound=MemoryQueue(self.clock),
            outbound=MemoryQueue(self.clock),
            archive=MemoryArchive(),
            secrets=held,
            client=self.vendor,
            random=random.Random(7),
        )
        self.runner = Runner(self.hub)

    def forget(self) -> None:
        """The same vendor, and a hub that knows nothing of it any more."""
        self._open(self.hub.catalog)

    # What comes in.

    def request(self, sample: dict[str, Any], secrets: dict[str, str] | None = None) -> Request:
        """A sample as its vendor posts it now."""
        endpoint = Endpoint.of(self.connector, self.account.key)
        return endpoint.request(PUBLIC, sample, self.secrets if secrets is None else secrets, self.clock())

    def unsigned(self, sample: dict[str, Any]) -> Request:
        """A sample as somebody posts it who cannot sign."""
        endpoint = Endpoint.of(self.connector, self.account.key)
        query = urlencode(sample.get("query") or {})
        url = f"{PUBLIC}{endpoint.path}" + (f"?{query}" if query else "")
        return plain_request(self.connector, sample, url)

    def post(self, sample: dict[str, Any], secrets: dict[str, str] | None = None) -> Reply:
        """The answer to a sample that is posted now."""
        return self.take(self.request(sample, secrets))

    def take(self, request: Request) -> Reply:
        """The answer to a request."""
        parts = urlsplit(request.url)
        arrival = Arrival(request.method, parts.path, parts.query, dict(request.headers), request.body)
        return receive(self.hub, arrival)

    @property
    def queued(self) -> list[Event]:
        """The events that wait for unify."""
        return [Event.loads(stored.message.body) for stored in self.inbound.waiting]

    @property
    def inbound(self) -> MemoryQueue:
        """The queue of events."""
        queue = self.hub.inbound
        assert isinstance(queue, MemoryQueue)
        return queue

    def tell(
        self, entity: str, id: str, fields: dict[str, Any], customer: dict[str, Any] | None = None
    ) -> None:
        """The other system tells of a record, of a customer's where one is given."""
        self.told += 1
        whole = fields if customer is None else {**fields, "customer": {"id": f"c-{id}", **customer}}
        enqueue(self.hub, [source.event(entity, id, whole, from_epoch(self.clock()), self.told)])

    def drain(self) -> None:
        """Nothing waits for unify any more."""
        self.inbound.waiting.clear()

    # What goes on.

    def run(self) -> list[str]:
        """Carry on until the queues are at rest: what became of each."""
        self.runner.run()
        fresh = [str(one) for one in self.runner.results]
        self.runner.results.clear()
        self.said += fresh
        return fresh

    def later(self, seconds: float) -> list[str]:
        """Time passes, and what is due is done."""
        self.clock.now += seconds
        sweep(self.hub)
        return self.run()

    def rest(self, hours: float = 3.0, step: float = 30.0) -> list[str]:
        """Time passes until nothing is due any more: what became of all."""
        found = self.run()
        until = self.clock.now + hours * 3600
        while self.clock.now < until and self.has_due:
            found += self.later(step)
        return found

    @property
    def has_due(self) -> bool:
        """Whether any delivery waits to be tried again."""
        return bool(self.hub.store.agenda(keys.DUE, limit=1).items)

    def poll(self) -> list[Any]:
        """Ask the sources that are polled: what each of them gave."""
        return list(poll(self.hub))

    # What is there.

    @property
    def store(self) -> MemoryStore:
        """The table."""
        return self.runner.store

    @property
    def items(self) -> list[Item]:
        """All that lies in the table."""
        return self.store.items()

    def deliveries(self, resource: str) -> list[Item]:
        """The states of deliveries to one resource."""
        destination = f"{self.account.name}.{resource}"
        held = [item for item in self.items if item.kind in ("delivery", "act")]
        return [item for item in held if Delivery.loads(item.data["message"]).destination == destination]

    def states(self, resource: str) -> list[str]:
        """What has become of deliveries to one resource."""
        return [str(item.data.get("state")) for item in self.deliveries(resource)]

    def records(self, resource: str) -> int:
        """How many records the vendor has that are not archived."""
        return sum(not one.archived for one in self.vendor.shelf.records[resource].values())

    def calls(self, resource: str, *names: str) -> list[Any]:
        """The requests that came for a resource, of these calls."""
        return [one for one in self.vendor.asked if one.resource == resource and one.call in names]

    def misbehave(self, *names: str, **fault: Any) -> None:
        """The vendor misbehaves at its next requests."""
        self.vendor.misbehave(Fault(names=names, **fault))

    def texts(self) -> Iterator[tuple[str, str]]:
        """All that the hub keeps and says beside records: where it stands, and the text."""
        for item in self.items:
            yield "a key", f"{item.key.pk} {item.key.sk}"
            yield "a reason", f"{item.data.get('reason')} {item.data.get('place')}"
            said = item.data.get("said") or {}
            yield "what is kept of a refusal", f"{said.get('code')} {said.get('message')}"
        for one in self.said:
            yield "a result", one
        queues = (self.hub.inbound, self.hub.outbound)
        for queue in queues:
            assert isinstance(queue, MemoryQueue)
            yield from (
                ("a message's ids", f"{one.message.group} {one.message.dedup}") for one in queue.waiting
            )

    def contents(self) -> Iterator[tuple[str, str]]:
        """What lies in the table (but for tokens, which lie there on purpose), the queues and the archive."""
        for item in self.items:
            if item.kind != "token":
                yield "the table", json.dumps(item.data)
        for queue in (self.hub.inbound, self.hub.outbound):
            assert isinstance(queue, MemoryQueue)
            yield from (("a message", one.message.body) for one in queue.waiting)
        archive = self.hub.archive
        assert isinstance(archive, MemoryArchive)
        yield from (("the archive", text) for text in archive.texts.values())
