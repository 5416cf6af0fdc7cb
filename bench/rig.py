"""A hub in memory over the shipped files, as the artifact has them: thawed, without YAML."""

import itertools
import json
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.pipeline import Hub
from hub.pipeline.receive import Arrival
from hub.queues import MemoryQueue
from hub.samples.signing import Endpoint
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store import Item, Key, Page, Store, Write
from hub.store.memory import MemoryStore

ROOT = Path(__file__).resolve().parent.parent
NOW = 1_796_000_000.0
URL = "https://hub.example"
SECRET = "bench-secret"


class PlainStore(MemoryStore):
    """The store in memory without the text of the table: data is kept and given as it is, uncopied."""

    def pack(self, data: dict[str, Any]) -> Any:
        """As it is."""
        return data

    def unpack(self, text: Any) -> dict[str, Any]:
        """As it was."""
        found: dict[str, Any] = text
        return found


class CountingStore(MemoryStore):
    """The store in memory, and what was asked of it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.forget()

    def forget(self) -> None:
        """Count from nothing."""
        self.rounds = self.transactions = self.queries = self.items_read = self.items_written = 0

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """One batch read."""
        wanted = list(keys)
        self.rounds += 1
        self.items_read += len(wanted)
        return super().read(wanted)

    def commit(self, writes: Sequence[Write]) -> None:
        """One transaction."""
        self.transactions += 1
        self.items_written += len(writes)
        super().commit(writes)

    def page(
        self, pk: str, *, prefix: str = "", after: str | None = None, limit: int = 50, reverse: bool = False
    ) -> Page:
        """One query."""
        self.queries += 1
        return super().page(pk, prefix=prefix, after=after, limit=limit, reverse=reverse)

    def agenda(self, name: str, **options: Any) -> Page:
        """One query of the index."""
        self.queries += 1
        return super().agenda(name, **options)


def rig(store: Store | None = None) -> Hub:
    """A hub whose ports are in memory (or this store) and whose clock stands."""
    catalog = Catalog.thaw(json.loads(json.dumps(Catalog.read(ROOT).freeze())))
    secrets: dict[str, list[dict[str, str]]] = {"pepper": [{"1": "bench-pepper"}]}
    for connector in catalog.connectors.values():
        held = [dict.fromkeys(connector.secret_names, SECRET)]
        own = [account.name for account in catalog.accounts.values() if account.connector == connector.name]
        secrets |= dict.fromkeys((connector.name, *own), held)
    return Hub(
        Settings(public_url=URL),
        clock=itertools.repeat(NOW).__next__,
        sleep=lambda _: None,
        random=random.Random(1),
        catalog=catalog,
        store=store or CountingStore(lambda: NOW),
        inbound=MemoryQueue(lambda: NOW),
        outbound=MemoryQueue(lambda: NOW),
        archive=MemoryArchive(),
        secrets=MemorySecrets(secrets),
    )


def arrival(hub: Hub, account: str, sample: dict[str, Any], body: bytes) -> Arrival:
    """A sample event with this body as the vendor of `account` would send it now."""
    connector, _, key = account.partition(".")
    endpoint = Endpoint.of(hub.catalog.connectors[connector], key)
    secrets = hub.secrets.get(endpoint.secret)[0]
    sent = endpoint.request(URL, {**sample, "body": body.decode()}, secrets, NOW)
    return Arrival(sent.method, endpoint.path, "", sent.headers, sent.body)


def sample(name: str) -> dict[str, Any]:
    """A sample event of events/."""
    read: dict[str, Any] = json.loads((ROOT / "events" / name).read_text(encoding="utf-8"))
    return read


def padded(body: Any, size: int) -> bytes:
    """A body of `size` bytes: a note of plain text fills it up, as long orders do."""
    bare = json.dumps(body, ensure_ascii=False).encode()
    target = body if isinstance(body, dict) else body[0]
    return json.dumps({**target, "note": "x" * max(0, size - len(bare) - 12)}, ensure_ascii=False).encode()


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of this process for one run."""
    start = process_time()
    work()
    return (process_time() - start) * 1000
