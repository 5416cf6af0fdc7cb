"""One resource being written on the bench: what is told, what has become of it, what is expected."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hub import keys
from hub.connector import Resource
from hub.contract import pen
from hub.contract.bench import Bench
from hub.contract.verdict import DoesNotApply, FailedError, expect
from hub.contract.world import World
from hub.mapping import Context, Mapping
from hub.messages import Delivery
from hub.pipeline.subjects import find
from hub.simulator.shelf import Stored
from hub.store import Item, Put
from hub.times import from_epoch

CUSTOMER = "customer"
WRITES = ("upsert", "create", "update")
FIRST = ("upsert", "create")


@dataclass(frozen=True)
class Writer:
    """Writes one resource in a world of its own. `number`: of the person or thing that is told."""

    bench: Bench
    name: str
    world: World = field(init=False)

    def __post_init__(self) -> None:
        """Make the world, and the customer that it needs."""
        object.__setattr__(self, "world", self.bench.world(*self._flows()))

    @property
    def resource(self) -> Resource:
        """Its part of the file."""
        return self.bench.connector.resources[self.name]

    @cached_property
    def mapping(self) -> Mapping:
        """By which it is written."""
        found = self.bench.mapping(self.name)
        assert found is not None
        return found

    @property
    def entity(self) -> str:
        """What is written to it."""
        return self.mapping.entity

    def person(self, number: int = 1) -> dict[str, Any]:
        """The customer of this number."""
        return pen.person(self.mapping, number)

    def fields(self, number: int = 1) -> dict[str, Any]:
        """What is told of the first edition."""
        if self.entity == CUSTOMER:
            return self.person(number)
        return pen.thing(self.mapping, self.mapping.model, number)

    def tell(self, number: int = 1, edition: int = 0) -> None:
        """The other system tells of it. Raises DoesNotApply where there is no such edition."""
        self.world.clock.now += 1
        fields = self.fields(number)
        if edition:
            fields = self._editions(fields, number)[(edition - 1) % len(self._editions(fields, number))]
        person = None if self.entity == CUSTOMER else self.person(number)
        owned = self.bench.files.entities[self.entity].customer
        self.world.tell(self.entity, f"{self.name}-{number}", fields, person if owned else None)

    def prepare(self, number: int = 1) -> None:
        """Let the customer be there whom the resource needs."""
        if CUSTOMER in self.resource.needs and self.entity != CUSTOMER:
            self.world.tell(CUSTOMER, f"c-{self.name}-{number}", self.person(number))
            self.world.rest()

    def write(self, number: int = 1, edition: int = 0) -> list[str]:
        """Tell it, and carry on until the queues are at rest, once."""
        if not edition:
            self.prepare(number)
        self.tell(number, edition)
        return self.world.run()

    def done(self, number: int = 1, edition: int = 0) -> Stored:
        """Write it, and let time pass: the one record that is there. Raises FailedError."""
        self.write(number, edition)
        return self.ends_well()

    def done_of(self, number: int, most: int) -> None:
        """Write the one of this number, of so many in all. Raises FailedError."""
        self.write(number)
        if number == most:
            self.ends_well(most)

    def ends_well(self, records: int = 1) -> Stored:
        """Let time pass until nothing is due: the vendor has so many records, and every delivery is done."""
        self.world.rest()
        self.is_well(records)
        return list(self.stored.values())[-1]

    def is_well(self, records: int, *more: str) -> None:
        """The vendor has so many records now, and every delivery is done (or in one of these states)."""
        for item in self.world.deliveries(self.name):
            state = str(item.data.get("state"))
            expect(state in ("ok", "settling", *more), f"the delivery ends as {_told(item)}", *self.path())
        count = self.world.records(self.name)
        expect(count == records, f"the vendor has {count} records, not {records}", *self.path())

    @property
    def stored(self) -> dict[str, Stored]:
        """What the vendor has."""
        return self.world.vendor.shelf.records[self.name]

    @property
    def delivery(self) -> Item:
        """The state of the delivery. Raises FailedError where there is none."""
        found = self.world.deliveries(self.name)
        if not found:
            raise FailedError(f"nothing is delivered: {self.parked}", *self.path())
        return found[0]

    @property
    def state(self) -> str:
        """What has become of it."""
        return str(self.delivery.data.get("state"))

    @property
    def parked(self) -> str:
        """Why events are parked."""
        held = [item for item in self.world.items if item.agenda == keys.PARKED]
        return ", ".join(sorted({f"{item.kind} {item.data.get('reason')}" for item in held})) or "no reason"

    @property
    def reasons(self) -> str:
        """Why its deliveries wait, or are listed for people."""
        return ", ".join(_told(item) for item in self.world.deliveries(self.name))

    @property
    def repeats(self) -> bool:
        """Whether the vendor knows a repeated request again."""
        held = self.resource.idempotency
        return held is not None and held.repeatable

    def path(self, *names: str) -> tuple[str, ...]:
        """Where the first of these calls stands in the file, else its write."""
        wanted = [*names, *FIRST]
        there = next((name for name in wanted if name in self.resource.data), "")
        return ("resources", self.name, there) if there else ("resources", self.name)

    def calls(self, *names: str) -> list[Any]:
        """The requests that came, of these calls; of all."""
        held = [one for one in self.world.vendor.asked if one.resource == self.name]
        return [one for one in held if not names or one.call in names]

    def misbehave(self, *names: str, **fault: Any) -> None:
        """The vendor misbehaves at its next requests for this resource."""
        self.world.misbehave(*names, resource=self.name, **fault)

    def scope(self) -> dict[str, Any]:
        """What the templates of its calls see, of what is there now."""
        delivery = Delivery.loads(self.delivery.data["message"])
        subject = find(self.world.hub, delivery.entity, delivery.id)
        assert subject is not None
        customer = subject.customer.image if subject.customer else {"id": None}
        remote = self.delivery.data.get("remote")
        its = next(iter(self._customers()), self.delivery).data.get("remote")
        told = {**customer, "ids": {self.bench.name: its} if its else {}}
        record = self.mapping.outward(subject.image, told, self.context)
        return {"record": record, "customer": told, "id": remote, "key": "key-1"}

    @property
    def context(self) -> Context:
        """What the mapping knows of the account."""
        return Context(self.world.account, from_epoch(self.world.clock()))

    def switch(self, **data: Any) -> None:
        """What an operator switches for the account."""
        key = keys.account(self.world.account.name)
        held = self.world.store.read([key]).get(key, Item(key, "account"))
        told = {**held.data, **data, "at": from_epoch(self.world.clock())}
        self.world.store.commit([Put(Item(key, "account", told, held.version))])

    @property
    def is_paused(self) -> bool:
        """Whether the account is."""
        key = keys.account(self.world.account.name)
        held = self.world.store.read([key]).get(key)
        return bool(held and held.data.get("paused"))

    def updates(self) -> None:
        """Raise DoesNotApply where a record is written once."""
        if not (self.resource.update or self.resource.upsert):
            raise DoesNotApply("what was created is not written again")

    def _customers(self) -> list[Item]:
        """The deliveries of the customers that it needs."""
        return [item for name in self._flows() if name != self.name for item in self.world.deliveries(name)]

    def _editions(self, fields: dict[str, Any], number: int) -> list[dict[str, Any]]:
        found = pen.editions(self.mapping, self.mapping.model, fields, self.person(number), self.context)
        if not found:
            raise DoesNotApply("no later edition of it would be another record")
        return found

    def _flows(self) -> tuple[str, ...]:
        """This resource, and the customer's where it needs one. Raises DoesNotApply where none is written."""
        if CUSTOMER not in self.resource.needs or self.entity == CUSTOMER:
            return (self.name,)
        held = [
            one
            for one in self.bench.writable()
            if (found := self.bench.mapping(one)) and found.entity == CUSTOMER
        ]
        if not held:
            raise DoesNotApply("it needs a customer, and no customers are written")
        return (held[0], self.name)


def _told(item: Item) -> str:
    """What became of a delivery, with the reason and the line that decided."""
    data = item.data
    reason, place = data.get("reason"), data.get("place")
    said = (data.get("said") or {}).get("message", "")
    return " ".join(
        filter(None, (str(data.get("state")), f"({reason})" if reason else "", str(place or ""), said))
    )
