"""Stores that say what each call costs: by the sizes of the items, and by what the local engine answers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.engine import Engine
from hub.store import Item, Key, Page, Put, Write
from hub.store.dynamodb import DynamoStore, encode
from hub.store.memory import MemoryStore
from hub.store.units import read_units, size, write_units

ENGINE = Path(__file__).resolve().parent.parent / ".venv-engine"


@dataclass(slots=True)
class Bill:
    """What was asked for: `table` and `index` are write units, `read` read units; `looked`: rows touched."""

    rounds: int = 0
    transactions: int = 0
    queries: int = 0
    read: float = 0
    table: float = 0
    index: float = 0
    looked: int = 0


def weight(item: Item | None) -> int:
    """Bytes of an item that was read; none of an absent one."""
    return size(encode(item)) if item else 0


class WeighingStore(MemoryStore):
    """The store in memory, with the units that AWS's rules give for the sizes of what is read and written.

    Data that is a text already is kept as it is: true items by the million need no JSON made of them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.bill = Bill()

    def pack(self, data: dict[str, Any]) -> Any:
        """As JSON text."""
        return data if isinstance(data, str) else super().pack(data)

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """One batch read: each key is rounded up on its own, an absent item costs as a small one."""
        wanted = list(keys)
        found = super().read(wanted)
        self.bill.rounds += 1
        self.bill.read += sum(read_units(weight(found.get(key))) for key in wanted)
        return found

    def commit(self, writes: Sequence[Write]) -> None:
        """One transaction (or one plain write): the larger of an item's images before and after counts."""
        items = [write.item for write in writes if isinstance(write, Put)]
        held = [self._live(item.key) for item in items]
        before = [self._item(row) if row else None for row in held]
        super().commit(writes)
        self.bill.transactions += 1
        for old, new in zip(before, items, strict=True):
            self.bill.table += write_units(max(weight(old), weight(new)), transactional=len(writes) > 1)
            self.bill.index += _index_units(old, new)

    def page(
        self, pk: str, *, prefix: str = "", after: str | None = None, limit: int = 50, reverse: bool = False
    ) -> Page:
        """One query: what it reads is rounded up as a whole."""
        found = super().page(pk, prefix=prefix, after=after, limit=limit, reverse=reverse)
        self.bill.queries += 1
        self.bill.read += read_units(sum(map(weight, found.items)))
        return found

    def _live(self, key: Key) -> Any:
        self.bill.looked += 1
        return super()._live(key)


def _index_units(old: Item | None, new: Item) -> int:
    """Units of the sparse index, in which an entry is put, rewritten, or taken away."""
    place = (old.agenda, old.at) if old else (None, None)
    there = [item for item in (old, new) if item and item.agenda is not None]
    if place == (new.agenda, new.at):
        return write_units(max(map(weight, there)), transactional=False) if there else 0
    return sum(write_units(weight(item), transactional=False) for item in there)


class MeteredStore(DynamoStore):
    """The store on the engine, with the units that it answers for each write."""

    bill: Bill

    @classmethod
    def of(cls, table: str, client: Any, clock: Callable[[], float]) -> "MeteredStore":
        """The store of this table, which nothing was asked of yet."""
        made = cls(table, clock, sleep=lambda _: None, client=client)
        made.bill = Bill()
        return made

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """One batch read; the engine reports no units for it, so they come from the sizes."""
        wanted = list(dict.fromkeys(keys))
        found = super().read(wanted)
        self.bill.rounds += 1
        self.bill.read += sum(read_units(weight(found.get(key))) for key in wanted)
        return found

    def page(
        self, pk: str, *, prefix: str = "", after: str | None = None, limit: int = 50, reverse: bool = False
    ) -> Page:
        """One query."""
        self.bill.queries += 1
        return super().page(pk, prefix=prefix, after=after, limit=limit, reverse=reverse)

    def _write(self, writes: Sequence[Write]) -> None:
        now = int(self.clock())
        actions = [self._action(write, now) for write in writes]
        answer: Any = self.client.transact_write_items(TransactItems=actions, ReturnConsumedCapacity="TOTAL")
        self.bill.transactions += 1
        for told in answer["ConsumedCapacity"]:
            self.bill.table += told["WriteCapacityUnits"]
            self.bill.index += told["CapacityUnits"] - told["WriteCapacityUnits"]


@contextmanager
def engine_table(name: str = "bench") -> Iterator[Any]:
    """A client of a local engine with an empty table as the template has it."""
    with Engine(ENGINE) as engine:
        client = engine.client("dynamodb")
        create_table(client, name)
        yield client


def create_table(client: Any, name: str) -> None:
    """The table of the template: two keys, the sparse index of things to be done."""
    texts = [{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk", "agenda", "at")]

    def schema(first: str, second: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": first, "KeyType": "HASH"},
            {"AttributeName": second, "KeyType": "RANGE"},
        ]

    index = {"IndexName": "agenda", "KeySchema": schema("agenda", "at")}
    client.create_table(
        TableName=name,
        AttributeDefinitions=texts,
        KeySchema=schema("pk", "sk"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[{**index, "Projection": {"ProjectionType": "ALL"}}],
    )
