"""How many webhooks a second one core turns into state, and what the edges take of it.

Pure part, each for every event: the headers and the raw body as the gateway gives them; the signature is
verified over the raw bytes; the body is parsed as strictly as always; the event is made; it is mapped to
normal forms, the identifiers are hashed, the marker, the record, the root, the ledger and the consents are
read, the registers overlaid, the root folded, and five items committed under their versions. Not in it: what
AWS's clients would do, which is shown apart: the message on the queue, the archive, and items as JSON text.
The garbage collector runs; what was there before a round is frozen. Normal forms of addresses, phones and
times are remembered for 1,024 values, hashes and keys for 256, which the customers in turn outnumber: no
event finds another's there.
"""

import gc
import itertools
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any, cast

from bench.rig import NOW, PlainStore, arrival, padded, rig, sample
from bench.rows import Row
from hub.identity import peppers
from hub.pipeline import GARBAGE, Hub
from hub.pipeline.receive import Arrival, _door, _held, _request, receive, told
from hub.pipeline.unify import Source, apply, unify
from hub.queues import MemoryQueue
from hub.store.memory import MemoryStore
from hub.times import from_epoch

GROUP = "speed of {size} (a known customer of {customers:,} tells a changed name), one core"
SIZES = {"an event of 2 KB": 2048, "an event of 8 KB": 8192}
CUSTOMERS = 2_000
ROUNDS = 7
EVENTS = 500
LEAST = 3_000
ACCOUNT = "shopify.co"
Work = Callable[[Hub, list[Arrival]], None]


def measure() -> Iterator[Row]:
    """The figures of speed: the pure part, then with each of the edges."""
    for name, size in SIZES.items():
        group = GROUP.format(size=name, customers=CUSTOMERS)
        promised = LEAST if size <= 2048 else None
        pure = _rate(rig(PlainStore(lambda: NOW)), size, _pure)
        yield Row(group, "verify, map, identity, registers, commit", pure, "events/s", least=promised)
        kept = _rate(rig(MemoryStore(lambda: NOW)), size, _pure)
        yield Row(group, "    with the items as JSON text, as in the table", kept, "events/s")
        whole = _rate(rig(MemoryStore(lambda: NOW)), size, _whole)
        yield Row(group, "    with that, the queue's message and the archive", whole, "events/s")


def _rate(hub: Hub, size: int, work: Work) -> float:
    """Events a second of CPU: the median of some rounds, after one in which all customers are new."""
    gc.set_threshold(GARBAGE)  # as in a function
    coming = webhooks(hub, size)
    work(hub, list(itertools.islice(coming, CUSTOMERS)))
    rates = []
    for _ in range(ROUNDS):
        batch = list(itertools.islice(coming, EVENTS))
        gc.collect()
        gc.freeze()
        start = process_time()
        work(hub, batch)
        _settle(hub)
        rates.append(EVENTS / (process_time() - start))
    gc.unfreeze()
    _check(hub, CUSTOMERS + ROUNDS * EVENTS)
    return median(rates)


def _settle(hub: Hub) -> None:
    """Put the keys in order, which the store in memory leaves until somebody looks: part of a commit."""
    store = cast(MemoryStore, hub.store)
    for order in (store._keys, *store._agendas.values()):
        order.settle()


def _pure(hub: Hub, batch: list[Arrival]) -> None:
    """What receive and unify do, without a message between them."""
    held, source = (
        peppers(hub.secrets.get("pepper")),
        Source(f"raw/{from_epoch(NOW)[:10]}/{'0' * 64}.jsonl", 0),
    )
    for come in batch:
        door = _door(hub, come.path)
        if door is None:
            raise RuntimeError("nobody is here")
        request = _request(hub, door, come)
        if not any(door.connector.verify(request, secrets, hub.clock()) for secrets in _held(hub, door)):
            raise RuntimeError("a signature was refused")
        for event in told(hub, door, request, from_epoch(hub.clock())):
            _expect(apply(hub, event, source, held).kind)


def _whole(hub: Hub, batch: list[Arrival]) -> None:
    """receive, its queue, and unify in batches of ten as Lambda gives them."""
    queue = cast(MemoryQueue, hub.inbound)
    for start in range(0, len(batch), 10):
        for come in batch[start : start + 10]:
            if receive(hub, come).status != 200:
                raise RuntimeError("a webhook was refused")
        for result in unify(hub, [stored.message.body for stored in queue.waiting]):
            _expect(result.kind)
        queue.waiting.clear()
        queue._seen.clear()


def _expect(kind: str) -> None:
    if kind != "applied":
        raise RuntimeError(f"an event was {kind}")


def _check(hub: Hub, told: int) -> None:
    """Every event has left its marker and its entry: nothing was skipped."""
    store = cast(MemoryStore, hub.store)
    kinds = [key.pk.partition("#")[0] if key.sk[:2] != "T#" else "T" for key in store._items]
    if (kinds.count("EVT"), kinds.count("T"), kinds.count("ENT")) != (told, told, CUSTOMERS):
        raise RuntimeError("not every event was applied")


def webhooks(hub: Hub, size: int) -> Iterator[Arrival]:
    """Signed webhooks of so many bytes, one customer after the other, each time with another name."""
    told = sample("shopify/customer.json")
    for number in itertools.count():
        customer, version = number % CUSTOMERS, number // CUSTOMERS
        body: dict[str, Any] = {
            **told["body"],
            "id": 8_120_044_000_000 + customer,
            "email": f"person{customer}@correo.example",
            "phone": f"+57310{customer:07d}",
            "first_name": f"Persona {version}",
            "updated_at": from_epoch(NOW - 900_000 + number),
        }
        headers = {**told["headers"], "x-shopify-topic": "customers/update"}
        headers |= {"x-shopify-webhook-id": f"98880550-0000-4000-8000-{number:012d}"}
        yield arrival(hub, ACCOUNT, {**told, "headers": headers}, padded(body, size))
