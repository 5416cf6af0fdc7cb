"""Storms: workers tell at once of one new person, each of another record; how often each must begin anew.

Time is simulated, so that the figures do not depend on this machine. A batch read takes 4 ms and more, and
its items are read at two moments of it; a transaction takes 8 ms and more. What does not get through
comes again as from the queue.
"""

import heapq
import itertools
import random
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean, quantiles
from typing import Any

from bench.rig import NOW, rig, sample
from bench.rows import Row
from hub import identity
from hub.accounts import Account
from hub.catalog import Catalog
from hub.entity import Entity
from hub.errors import RetryError
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.unify import Source, apply
from hub.settings import Settings
from hub.store import Item, Key, Write
from hub.store.memory import MemoryStore
from hub.times import from_epoch

WORKERS = (2, 4, 8, 16, 32, 50)
STORMS = 20
"""Storms of each number of workers, each with another seed."""

READ = (0.004, 0.003)
WRITE = (0.008, 0.006)
"""Seconds of a call: the least, and the mean of what comes on top."""

AGAIN = 5.0
"""Seconds after which the queue delivers a message again."""


class Simulation:
    """Workers as threads of which one runs at a time: the one whose moment is next."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.now = 0.0
        self._queue: list[tuple[float, int, threading.Semaphore]] = []
        self._numbers = itertools.count()
        self._back = threading.Semaphore(0)

    def run(self, works: Iterable[Callable[[], None]]) -> None:
        """Start all at once and go on until every one has ended."""
        for work in works:
            threading.Thread(target=self._work, args=(work,), daemon=True).start()
            self._back.acquire()
        while self._queue:
            self.now, _, turn = heapq.heappop(self._queue)
            turn.release()
            self._back.acquire()

    def sleep(self, seconds: float) -> None:
        """Let this worker wait."""
        turn = threading.Semaphore(0)
        heapq.heappush(self._queue, (self.now + seconds, next(self._numbers), turn))
        self._back.release()
        turn.acquire()

    def call(self, least: float, more: float) -> None:
        """Half of a call of the store."""
        self.sleep((least + self.rng.expovariate(1 / more)) / 2)

    def _work(self, work: Callable[[], None]) -> None:
        self.sleep(0)
        try:
            work()
        finally:
            self._back.release()


class SlowStore(MemoryStore):
    """A store whose calls take time, and whose batch reads are no snapshot."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(lambda: NOW)
        self.simulation = simulation

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """One half of the items, then the other."""
        wanted = list(keys)
        self.simulation.rng.shuffle(wanted)
        half = len(wanted) // 2
        self.simulation.call(*READ)
        found = super().read(wanted[:half])
        self.simulation.call(*READ)
        return found | super().read(wanted[half:])

    def commit(self, writes: Sequence[Write]) -> None:
        """Decided in the middle of the call."""
        self.simulation.call(*WRITE)
        try:
            super().commit(writes)
        finally:
            self.simulation.call(*WRITE)


@dataclass(frozen=True, slots=True)
class Storm:
    """What one storm left: attempts of each event, the store, simulated seconds until all were through."""

    attempts: list[int]
    store: MemoryStore
    seconds: float


def measure() -> Iterator[Row]:
    """Attempts per event, by the number of workers who meet."""
    files = catalog(max(WORKERS))
    for workers in WORKERS:
        storms = [storm(files, workers, seed) for seed in range(STORMS)]
        wrong = sum(not _is_one(found, workers) for found in storms)
        attempts = sorted(count for found in storms for count in found.attempts)
        group = f"storm: {workers} workers tell of one new person, {STORMS} times"
        yield Row(group, "storms that did not end in one customer, each event once", wrong, "storms", most=0)
        yield Row(group, "attempts per event, mean", mean(attempts), "attempts")
        yield Row(group, "attempts per event, p99", _p99(attempts), "attempts", most=8)
        yield Row(group, "attempts per event, most", attempts[-1], "attempts")
        yield Row(
            group, "until all are through, p99", _p99([found.seconds for found in storms]), "s simulated"
        )


def storm(files: Catalog, workers: int, seed: int) -> Storm:
    """One storm: each event is told until it is applied."""
    simulation = Simulation(random.Random(seed))
    store = SlowStore(simulation)
    attempts = [0] * workers
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            attempts[number] = _told(files, store, simulation, number, seed)
        except Exception as error:
            failures.append(error)

    simulation.run([lambda n=n: work(n) for n in range(workers)])  # type: ignore[misc]
    if failures:
        raise failures[0]
    return Storm(attempts, store, simulation.now)


def _told(files: Catalog, store: SlowStore, simulation: Simulation, number: int, seed: int) -> int:
    """Tell one event until it is applied: the attempts."""
    waits = 0

    def sleep(seconds: float) -> None:
        nonlocal waits
        waits += 1
        simulation.sleep(seconds)

    hub = Hub(
        Settings(),
        clock=lambda: NOW,
        sleep=sleep,
        random=random.Random(seed * 1000 + number),
        catalog=files,
        store=store,
    )
    event, peppers = _event(number), identity.peppers([{"1": "bench-pepper"}])
    while True:
        try:
            result = apply(hub, event, Source("raw/storm", number), peppers)
        except RetryError:
            simulation.sleep(AGAIN)
            continue
        if result.kind != "applied":
            raise RuntimeError(f"an event was {result.kind}: {result.reason}")
        return waits + 1


def catalog(accounts: int) -> Catalog:
    """The shipped files with so many web shops: one person is one login of each; no cap stops the storm."""
    files = rig().catalog
    one = files.accounts["shopify.co"]
    files.accounts.update({f"shopify.s{n}": _shop(one, n) for n in range(accounts)})
    customer = files.entities["customer"].document
    guards = {**customer.data["guards"], "records": accounts, "identifiers": accounts}
    files.entities["customer"] = Entity(replace(customer, data={**customer.data, "guards": guards}))
    return files


def _shop(one: Account, number: int) -> Account:
    return replace(one, name=f"shopify.s{number}", key=f"s{number}")


def _event(number: int) -> Event:
    """The one email and phone, told by web shop number `number`."""
    body: dict[str, Any] = sample("shopify/customer.json")["body"]
    at = from_epoch(NOW - 1000 + number)
    record = {**body, "id": number + 1, "updated_at": at, "tags": f"shop{number}"}
    id = str(number + 1)
    event = Event("shopify", f"s{number}", "customer", "customers/create", id, (id,), from_epoch(NOW))
    return replace(event, at=at, record=record)


def _is_one(found: Storm, workers: int) -> bool:
    """Whether one customer stands there, of all records, and each event was applied once."""
    items = found.store.items()
    roots = [item.data for item in items if item.kind == "root" and item.data["state"] == "active"]
    counts = [sum(item.kind == kind for item in items) for kind in ("marker", "timeline", "record")]
    return [len(root["records"]) for root in roots] == [workers] and counts == [workers] * 3


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[-1]
