"""An entity as it stands now: its folded fields and whose it is, merges followed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.errors import RetryError
from hub.pipeline import Hub
from hub.reprs import discreet
from hub.store import Item, Key, Store
from hub.traits import Sums, fold, traits

CUSTOMER = "customer"


@discreet("entity", "id", "epoch")
@dataclass(frozen=True, slots=True)
class Subject:
    """One active entity. `epoch`: the version of its root; `records`: keys of the records it is made of.

    `absorbed`: ids that were merged into it; `origin`: the one that it was split from; `owner`: its customer,
    None where there is none (and for a customer itself); `traits`: of a customer, what its orders come to.
    """

    entity: str
    id: str
    epoch: int
    fields: dict[str, Any]
    records: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    origin: str = ""
    owner: "Subject | None" = None
    traits: dict[str, Any] | None = None

    @property
    def customer(self) -> "Subject | None":
        """The customer: itself or its owner."""
        return self if self.entity == CUSTOMER else self.owner

    @property
    def customer_id(self) -> str:
        """The customer's id, "" where there is none."""
        return self.customer.id if self.customer else ""

    @property
    def image(self) -> dict[str, Any]:
        """Its fields, its id and a customer's traits, as expressions see them."""
        traits = {} if self.traits is None else {"traits": self.traits}
        return {**self.fields, **traits, "id": self.id}


def find(hub: Hub, entity: str, id: str, *, likely: str = "") -> Subject | None:
    """The active entity that `id` names or was merged into, with its customer; None when there is none.

    `likely`: whose it was when somebody looked last; where it still is, its record need not be read.
    """
    root = root_of(hub.store, entity, id)
    return None if root is None else subject_of(hub, root, likely)


def subject_of(hub: Hub, root: Item, likely: str = "") -> Subject:
    """The entity of a root, active or not, with its customer."""
    return _subject(hub, root, _owner(hub, root, likely))


def traits_of(hub: Hub, sums: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The traits of a customer as of now, from what the orders of its records come to."""
    scoring = hub.catalog.entities[CUSTOMER].scoring
    return traits(fold(map(Sums.of, sums)), scoring, hub.clock())


def root_of(store: Store, entity: str, id: str) -> Item | None:
    """The active root that `id` names or was merged into; None when there is none.

    An id that was merged away is where the record is that it was named after. Raises RetryError when a
    merge is being written.
    """
    root = _read(store, keys.root(entity, id))
    if root is None or root.data["state"] != "merged":
        return root if root and root.data["state"] == "active" else None
    record = _read(store, Key(root.data["record"], "REC"))
    home = _read(store, keys.root(entity, record.data["root"])) if record else None
    if home is not None and home.data["state"] == "merged":
        raise RetryError("merge-in-progress")
    return home if home and home.data["state"] == "active" else None


def _read(store: Store, key: Key) -> Item | None:
    return store.read([key]).get(key)


def contained(catalog: Catalog, told: keys.Told) -> bool:
    """Whether a record was told inside another one and has no id of its own (`order/4711`, `guest/…`)."""
    outer, slash, _ = told.id.partition("/")
    connector = catalog.connectors.get(told.connector)
    return bool(slash) and outer in ("guest", *(connector.resources if connector else ()))


def _subject(hub: Hub, root: Item, owner: Subject | None = None) -> Subject:
    data = root.data
    sums = data.get("traits", {}).values()
    return Subject(
        entity=data["entity"],
        id=data["id"],
        epoch=root.version,
        fields={name: register[0] for name, register in data["fields"].items()},
        records=tuple(data.get("records", ())),
        absorbed=tuple(data.get("absorbed", ())),
        origin=data.get("origin", ""),
        owner=owner,
        traits=traits_of(hub, sums) if data["entity"] == CUSTOMER else None,
    )


def _owner(hub: Hub, root: Item, likely: str) -> Subject | None:
    if not root.data.get("customer"):
        return None
    guess = root_of(hub.store, CUSTOMER, likely) if likely else None
    if guess and root.data["customer"] in guess.data.get("records", ()):
        return _subject(hub, guess)
    key = Key(root.data["customer"], "REC")
    record = hub.store.read([key]).get(key)
    found = root_of(hub.store, CUSTOMER, record.data["root"]) if record and record.data.get("root") else None
    return _subject(hub, found) if found else None
