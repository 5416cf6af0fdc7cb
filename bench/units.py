"""What one event costs in DynamoDB's units on the fast path, by the size of its record and root.

A customer who is known tells another name and nothing else that is new. Write units are those of the one
transaction, as the local engine answers them (ConsumedCapacity), and as AWS's rules give them for the sizes
of the items; read units come from the sizes: the engine reports none for batch reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.meters import ENGINE, Bill, MeteredStore, WeighingStore, engine_table
from bench.rig import NOW, rig, sample
from bench.rows import Row
from hub import keys
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.unify import unify
from hub.store.dynamodb import encode
from hub.store.units import KB, size
from hub.times import from_epoch

FAST = "units of an event on the fast path, {where}: record {record:,} bytes, root {root:,} bytes"
SIZES = (1, 2, 4, 8, 16, 64)
"""Kilobytes of the larger of record and root."""
SETTLED = 6
"""Events after which a record's registers have as many stamps as they ever get."""
RUNS = 4
ROUNDS, TRANSACTIONS, WRITTEN, READ = 2, 1, 10, 6
"""What was promised, the units while record and root are within 1 KB each."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What events cost, and the items that they told of: bytes of the record and of the root."""

    bill: Bill
    record: int
    root: int

    @property
    def small(self) -> bool:
        """Whether the promise is about this one."""
        return max(self.record, self.root) <= KB


def measure() -> Iterator[Row]:
    """The figures by sizes, then on the engine (where `.venv-engine` is there)."""
    for kilobytes in SIZES:
        yield from rows(in_memory(sized(kilobytes)), "from sizes")
    yield from rows(in_memory(sample("shopify/customer.json")["body"]), "from sizes, all that Shopify tells")
    if (ENGINE / "bin/python").is_file():
        with engine_table() as client:
            for number, kilobytes in enumerate(SIZES):
                store = MeteredStore.of("bench", client, lambda: NOW)
                yield from rows(measured(store, sized(kilobytes), number), "answered by the engine")


def rows(found: Measured, where: str) -> Iterator[Row]:
    """One measurement as rows."""
    group = FAST.format(where=where, record=found.record, root=found.root)
    bill, small = found.bill, found.small
    yield Row(group, "batch-read rounds", bill.rounds, "rounds", most=ROUNDS)
    yield Row(group, "transactions", bill.transactions, "transactions", most=TRANSACTIONS)
    written = bill.table + bill.index
    yield Row(group, "write units, the index's included", written, "units", most=WRITTEN if small else None)
    yield Row(group, "read units", bill.read, "units", most=READ if small else None)


def in_memory(record: dict[str, Any]) -> Measured:
    """The cost of an event about this customer, by the sizes of the items."""
    return measured(WeighingStore(lambda: NOW), record)


def measured(store: WeighingStore | MeteredStore, record: dict[str, Any], customer: int = 0) -> Measured:
    """The cost of one event about this customer: the mean of some, after its registers have settled."""
    hub = rig(store)
    for version in range(SETTLED):
        tell(hub, record, customer, version)
    store.bill = Bill()
    for version in range(SETTLED, SETTLED + RUNS):
        tell(hub, record, customer, version)
    spent, store.bill = store.bill, Bill()
    mine = keys.record("shopify", "co", "customer", str(customer))
    held = store.read([mine])[mine]
    root = keys.root("customer", held.data["root"])
    mean = Bill(*(getattr(spent, name) / RUNS for name in Bill.__slots__))
    return Measured(mean, size(encode(held)), size(encode(store.read([root])[root])))


def sized(kilobytes: int) -> dict[str, Any]:
    """A customer whose record and root are as large as they may be within so many kilobytes."""
    plain = {"email": "", "first_name": "", "last_name": "Fernández Ríos"}
    if kilobytes == 1:
        return plain
    found = in_memory({**plain, "company": None, "default_address": {"company": "x"}})
    room = kilobytes * KB - max(found.record, found.root)
    return {**plain, "default_address": {"company": "x" * (room - 8)}}


def tell(hub: Hub, record: dict[str, Any], customer: int, version: int) -> None:
    """The version-th telling of this customer: another name each time."""
    at = from_epoch(NOW - 900_000 + version)
    told = {**record, "id": customer, "email": f"person{customer}@correo.example"}
    told |= {"first_name": f"Persona {version}", "updated_at": at, "created_at": from_epoch(NOW - 900_000)}
    event = Event(
        connector="shopify",
        account="co",
        resource="customer",
        topic="customers/update",
        id=str(customer),
        event_id=(f"98880550-0000-4000-{customer:04d}-{version:012d}",),
        received_at=from_epoch(NOW),
        at=at,
        record=told,
    )
    (result,) = unify(hub, [event.dumps()])
    if result.kind != "applied":
        raise RuntimeError(f"an event was {result.kind}: {result.reason}")
