"""deliver: calls of AWS and CPU per delivery, how a batch overlaps, what a backlog makes of a limit.

Calls and CPU are those of the shipped HubSpot connector over the store in memory. The overlap is real time.
The backlog is simulated: workers as threads of which one runs at a time, calls of the store and of the vendor
that take their time, and the steps as they are deployed: deliver, park, sweep.
"""

import itertools
import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from statistics import median, quantiles
from time import monotonic, sleep, time
from typing import Any, cast

from bench.rig import NOW, CountingStore, milliseconds, rig
from bench.rows import Row
from bench.storm import AGAIN, Simulation
from functions.deliver import AT_ONCE
from hub import keys, limiter
from hub.catalog import Catalog
from hub.connector import HttpRequest, HttpResponse
from hub.errors import RetryError
from hub.messages import BACKFILL, Delivery
from hub.pipeline import Hub
from hub.pipeline.batch import Taken, work_at_once
from hub.pipeline.deliver import carry, deliver
from hub.pipeline.deliver.crowd import room
from hub.pipeline.route import send
from hub.pipeline.sweep import sweep
from hub.queues import MemoryQueue
from hub.store import Counted, Item, Key, Put, Tally, Write
from hub.store.memory import MemoryStore
from hub.times import from_epoch

CONTACT = "hubspot.main.contact"
CALLS, MILLISECONDS = 3, 5
"""What was promised of one delivery in the common case."""

RUNS = 300
BATCH, LATENCY, OVERLAP = 5, 0.2, 0.4
"""A batch, the seconds that the vendor takes for each, and those that the batch may take."""

BACKLOG = 100_000
LIVE = 1.0
"""Deliveries of a backfill that wait, and seconds between two that happen now."""

MANY = 20_000
"""Those that wait where several go in one call."""

DRAINED = "deliveries of it that are done in a second"

FEW, QUICKLY = 0.05, 300
"""Calls of HTTP for each of them at most, news included, and how many have to be done in a second."""

CROWD = 100
"""Records in one call of HubSpot."""

SECONDS = 300.0
SETTLING = 15.0
"""Seconds of it that are simulated, and those of them before anything is counted."""

WORKERS = 50
STORE, VENDOR, IDLE = 0.004, 0.2, 0.05
"""Workers at once (ten functions of five); seconds of a call of the store and of the vendor, and until a
worker that found nothing has a message."""

ALLOWED, WINDOW = 110, 10.0
USED = 0.95
"""What HubSpot allows, and how much of it a backlog has to use."""


def measure() -> Iterator[Row]:
    """All figures of deliveries."""
    yield from _one()
    yield from _overlap()
    yield from _backlog()
    yield from _together()


class TallyingStore(CountingStore):
    """Counts the plain writes of numbers, too."""

    def forget(self) -> None:
        """Count from nothing."""
        super().forget()
        self.tallies = 0

    def count(self, tally: Tally) -> Counted:
        """One conditional write."""
        self.tallies += 1
        return super().count(tally)


class Vendor:
    """Takes whatever is sent, after some time."""

    def __init__(self, wait: Callable[[], object] = lambda: None) -> None:
        self.wait = wait
        self.ids = itertools.count(1)

    def send(self, request: HttpRequest) -> HttpResponse:
        """The id of a new contact, or of the one that is updated."""
        self.wait()
        id = request.url.rpartition("/")[2] if request.method == "PATCH" else str(next(self.ids))
        inputs = json.loads(request.body or b"{}").get("inputs", ())
        names = [one["objectWriteTraceId"] for one in inputs if "objectWriteTraceId" in one]
        results = [{"id": str(next(self.ids)), "objectWriteTraceId": name} for name in names]
        told = {"id": id, "results": results or [{"id": id}]}
        return HttpResponse(200, {"content-type": "application/json"}, json.dumps(told).encode())


def _one() -> Iterator[Row]:
    """Calls of AWS by kind, and CPU, of deliveries one after another."""
    cases: dict[str, Callable[[Hub, int], None]] = {
        "a customer who is new there": customer,
        "a customer who is known there by what we wrote": lambda hub, n: customer(hub, n, stage="customer"),
        "a customer whose record there told of itself": told,
    }
    hub = rig(TallyingStore(lambda: NOW))
    hub.__dict__["client"] = Vendor()
    at = itertools.count(int(NOW), 60)
    for name, change in cases.items():
        yield from _case(hub, f"deliver: {name}", change, at)


def _case(hub: Hub, group: str, change: Callable[[Hub, int], None], at: Iterator[int]) -> Iterator[Row]:
    store = cast(TallyingStore, hub.store)
    costs, kinds = [], [0, 0, 0, 0]
    for number in range(RUNS):
        change(hub, number)
        moment = float(next(at))
        hub.clock = lambda moment=moment: moment  # type: ignore[misc]
        message = delivery(store, number)
        store.forget()
        costs.append(milliseconds(lambda message=message: _done(hub, message)))  # type: ignore[misc]
        found = (store.rounds, store.transactions, store.tallies, store.queries)
        kinds = [total + mine for total, mine in zip(kinds, found, strict=True)]
    names = ("batch reads", "writes and transactions", "plain writes of numbers", "queries")
    for name, count in zip(names, kinds, strict=True):
        yield Row(group, f"{name} per delivery", count / RUNS, "calls")
    yield Row(group, "calls of AWS per delivery", sum(kinds) / RUNS, "calls", most=CALLS)
    yield Row(group, "CPU per delivery, mapping included", median(costs), "ms CPU", most=MILLISECONDS)


def _done(hub: Hub, message: Delivery) -> None:
    result = deliver(hub, message)
    if result != "done":
        raise RuntimeError(f"a delivery was {result}")


def customer(hub: Hub, number: int, **fields: Any) -> None:
    """A new version of a customer, as unify leaves it."""
    id = f"c-{number:06d}"
    key = keys.root("customer", id)
    held = hub.store.read([key]).get(key, Item(key, "root"))
    values = {"email": f"person{number}@correo.example", "given_name": "Lucía", **fields}
    root = {
        "entity": "customer",
        "id": id,
        "state": "active",
        "records": held.data.get("records", {}),
        "absorbed": [],
        "customer": "",
        "fields": {name: [value, "REC#x", "", "", 0] for name, value in values.items()},
    }
    hub.store.commit([Put(Item(key, "root", root, held.version))])


def told(hub: Hub, number: int) -> None:
    """HubSpot told of the contact, and another source of another name since."""
    customer(hub, number, given_name=f"Lucía {number}")
    key = keys.root("customer", f"c-{number:06d}")
    state = keys.delivery(CONTACT, "customer", f"c-{number:06d}")
    found = hub.store.read([key, state])
    record = keys.record("hubspot", "main", "contact", found[state].data["remote"])
    registers = {"given_name": ["Lucía", [[from_epoch(NOW), "e", 0]], None]}
    told = {"entity": "customer", "root": f"c-{number:06d}", "registers": registers}
    held = hub.store.read([record]).get(record, Item(record, "record"))
    root = {**found[key].data, "records": {record.pk: from_epoch(NOW)}}
    hub.store.commit([Put(Item(record, "record", told, held.version))])
    hub.store.commit([Put(Item(key, "root", root, found[key].version))])


def delivery(store: MemoryStore, number: int, lane: str = "") -> Delivery:
    """The delivery of a customer's present version."""
    id = f"c-{number:06d}"
    key = keys.root("customer", id)
    root = store.read([key])[key]
    record = next(iter(root.data["records"]), "")
    return Delivery(CONTACT, "customer", id, root.version, id, "customer-sync", lane=lane, record=record)


def _overlap() -> Iterator[Row]:
    """The time of a batch of deliveries to a vendor that takes its time for each."""
    group = f"deliver: a batch of {BATCH} to a vendor that takes {LATENCY * 1000:.0f} ms"
    yield Row(group, "what they would take one after another", BATCH * LATENCY, "s")
    yield Row(group, "as the function works it", overlapping(), "s", most=OVERLAP)


def overlapping() -> float:
    """Seconds that the function takes for a batch."""
    hub = rig(MemoryStore(time))
    hub.__dict__["client"] = Vendor(lambda: sleep(LATENCY))
    hub.clock, hub.sleep = time, sleep
    for number in range(BATCH):
        customer(hub, number)
    waiting = [delivery(cast(MemoryStore, hub.store), number) for number in range(BATCH)]
    batch = [Taken(one.dedup, one.dumps(), one.group, 1, one.dedup) for one in waiting]
    start = monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = work_at_once(batch, lambda n: deliver(hub, waiting[n]), pool, lambda: False)
    spent = monotonic() - start
    if results != ["done"] * BATCH:
        raise RuntimeError(f"deliveries were {results}")
    return spent


@dataclass(slots=True)
class Seen:
    """What a simulated backlog showed: when each call left, how long each live delivery took, and when the
    others were done (`drained`)."""

    calls: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    drained: list[float] = field(default_factory=list)
    parked: int = 0


def _backlog() -> Iterator[Row]:
    """A backfill of many waits for HubSpot, and something happens each second."""
    seen = backlog(BACKLOG, SECONDS)
    counted = [at for at in seen.calls if at >= SETTLING]
    span = SECONDS - SETTLING
    group = f"deliver: a backfill of {BACKLOG:,} to HubSpot ({ALLOWED} per {WINDOW:.0f} s), one by one"
    used = len(counted) / span / (ALLOWED / WINDOW)
    yield Row(group, "of the allowed rate that is used", used, "", least=USED)
    yield Row(group, DRAINED, drained(seen), "1/s")
    yield Row(group, "windows that saw more than is allowed", over(seen.calls), "windows", most=0)
    yield Row(group, "what happens now is there after, median", median(seen.live), "s simulated")
    yield Row(group, "what happens now is there after, p95", p95(seen.live), "s simulated", most=5)
    yield Row(group, "attempts that found no token, of one that did", seen.parked / len(seen.calls), "")


def p95(values: Sequence[float]) -> float:
    """The value that 95 % do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def over(calls: Sequence[float]) -> int:
    """Windows, wherever they begin, with more calls than HubSpot allows."""
    pairs = zip(calls, calls[ALLOWED:], strict=False)
    return sum(later - first < WINDOW - 1e-6 for first, later in pairs)


def _together() -> Iterator[Row]:
    """A backlog that goes as many at once as HubSpot takes."""
    seen = backlog(MANY, SECONDS / 3, bulk=True)
    group = f"deliver: a backfill of {MANY:,} to HubSpot, {CROWD} in a call, news each second"
    written = len(seen.drained) + len(seen.live)
    yield Row(group, "calls of HTTP per delivery", len(seen.calls) / written, "calls", most=FEW)
    yield Row(group, DRAINED, drained(seen), "1/s", least=QUICKLY)
    yield Row(group, "windows that saw more than is allowed", over(seen.calls), "windows", most=0)
    yield Row(group, "what happens now is there after, p95", p95(seen.live), "s simulated", most=5)
    yield from _crowd()


def drained(seen: Seen) -> float:
    """Deliveries of the backlog in a second, as long as there were any."""
    return len(seen.drained) / max(seen.drained)


def _crowd() -> Iterator[Row]:
    """Calls of AWS and CPU per delivery of a full crowd, sweep's part included."""
    hub = rig(TallyingStore(lambda: NOW))
    store, queue = cast(TallyingStore, hub.store), cast(MemoryQueue, hub.outbound)
    hub.__dict__["client"] = Vendor()
    park(hub, CROWD)
    sweep(hub)  # looks through the outbox of a day, once
    hub.clock = lambda: NOW + 60
    store.forget()
    spent = milliseconds(lambda: sweep(hub))
    [taken] = queue.receive()
    results: list[str] = []
    spent += milliseconds(lambda: results.extend(word for _, word in carry(hub, taken.message.body)))
    if results != ["done"] * CROWD:
        raise RuntimeError(f"deliveries were {set(results)}")
    calls = store.rounds + store.transactions + store.tallies + store.queries + 1
    group = f"deliver: {CROWD} at once, sent by sweep and carried out"
    yield Row(group, "calls of AWS per delivery", calls / CROWD, "calls", most=CALLS)
    yield Row(group, "CPU per delivery, mapping included", spent / CROWD, "ms CPU", most=MILLISECONDS)


class TimedStore(MemoryStore):
    """A store whose calls take simulated time."""

    def __init__(self, clock: Callable[[], float], simulation: Simulation) -> None:
        super().__init__(clock)
        self.simulation = simulation
        self.timed = False

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """A batch read."""
        self._wait()
        return super().read(keys)

    def commit(self, writes: Sequence[Write]) -> None:
        """A write."""
        self._wait()
        super().commit(writes)

    def count(self, tally: Tally) -> Counted:
        """A write of numbers."""
        self._wait()
        return super().count(tally)

    def _wait(self) -> None:
        if self.timed:
            self.simulation.sleep(STORE)


def backlog(size: int, seconds: float, *, bulk: bool = False) -> Seen:
    """So many seconds while so many deliveries of a backfill wait for their turns.

    `bulk`: the vendor takes several in one call.
    """
    simulation, seen = Simulation(random.Random(1)), Seen()

    def clock() -> float:
        return NOW + simulation.now

    store = TimedStore(clock, simulation)
    hub = rig(store)
    hub.clock, hub.sleep = clock, simulation.sleep
    hub.__dict__["outbound"] = MemoryQueue(clock)

    def left() -> None:
        seen.calls.append(simulation.now)
        simulation.sleep(VENDOR)

    hub.__dict__["client"] = Vendor(left)
    if not bulk:
        hub.__dict__["catalog"] = _one_by_one(hub.catalog)
    park(hub, size)
    store.timed = True
    works = [lambda: _worker(hub, simulation, seen, seconds) for _ in range(WORKERS)]
    works += [lambda: _sweeper(hub, simulation, seconds), lambda: _events(hub, simulation, size, seconds)]
    simulation.run(works)
    return seen


def _one_by_one(catalog: Catalog) -> Catalog:
    """The catalogue without what is said of several records in one request."""
    told = [(kind, replace(one, data=_without_bulk(one.data))) for kind, one in catalog.documents]
    return Catalog.of(told, catalog.revision)


def _without_bulk(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _without_bulk(value) for name, value in data.items() if name != "bulk"}
    return data


def park(hub: Hub, size: int) -> None:
    """What has come in of a backfill: parked, each until its turn at the end of the line."""
    store = cast(MemoryStore, hub.store)
    call = hub.catalog.connectors["hubspot"].resources["contact"].upsert
    share = 1 / room(call.bulk if call else None, {})
    demand = hub.catalog.connectors["hubspot"].demand(call)
    for number in range(size):
        customer(hub, number)
        due = limiter.turn(store, "hubspot.main", demand, hub.clock(), 1.0, lane=BACKFILL, share=share)
        message = delivery(store, number, BACKFILL).dumps()
        data = {"state": "due", "reason": "rate-limit", "turn": 1, "message": message}
        key = keys.delivery(CONTACT, "customer", f"c-{number:06d}")
        store.commit([Put(Item(key, "delivery", data, agenda=keys.DUE, at=from_epoch(due)))])


def _worker(hub: Hub, simulation: Simulation, seen: Seen, seconds: float) -> None:
    """Take messages one by one until the time is over."""
    queue = cast(MemoryQueue, hub.outbound)
    while simulation.now < seconds:
        taken = queue.receive(1)
        if not taken:
            simulation.sleep(IDLE)
            continue
        try:
            told = carry(hub, taken[0].message.body)
        except RetryError:
            queue.postpone(taken[0].message.dedup, AGAIN)
            continue
        queue.ack(taken[0])
        seen.parked += any(result == "parked:rate-limit" for _, result in told)
        moments = [float(one.cause) for one, result in told if result == "done" and one.cause]
        seen.live += [simulation.now - moment for moment in moments]
        seen.drained += [simulation.now for one, result in told if result == "done" and not one.cause]


def _sweeper(hub: Hub, simulation: Simulation, seconds: float) -> None:
    """Sweep as the schedule does."""
    while simulation.now < seconds:
        sweep(hub, stay=60)


def _events(hub: Hub, simulation: Simulation, size: int, seconds: float) -> None:
    """Something happens now and then; a delivery's `cause` says when."""
    for number in itertools.count(size):
        simulation.sleep(simulation.rng.expovariate(1 / LIVE))
        if simulation.now > seconds - SETTLING:
            return
        customer(hub, number)
        message = delivery(cast(MemoryStore, hub.store), number)
        told = {
            name: getattr(message, name)
            for name in ("destination", "entity", "id", "epoch", "customer", "flow")
        }
        send(hub, [Delivery(**told, cause=str(simulation.now))])
