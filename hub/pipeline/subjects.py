"""An entity as it stands now: its folded fields and whose it is, merges followed."""

from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.errors import RetryError
from hub.reprs import discreet
from hub.store import Item, Key, Store

CUSTOMER = "customer"


@discreet("entity", "id", "epoch")
@dataclass(frozen=True, slots=True)
class Subject:
    """One active entity. `epoch`: the version of its root; `records`: keys of the records it is made of.

    `absorbed`: ids that were merged into it; `owner`: its customer, None where there is none (and for
    a customer itself).
    """

    entity: str
    id: str
    epoch: int
    fields: dict[str, Any]
    records: tuple[str, ...] = ()
    absorbed: tuple[str, ...] = ()
    owner: "Subject | None" = None

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
        """Its fields and its id, as expressions see them."""
        return {**self.fields, "id": self.id}


def find(store: Store, entity: str, id: str) -> Subject | None:
    """The active entity that `id` names or was merged into, with its customer; None when there is none."""
    root = root_of(store, entity, id)
    return None if root is None else subject_of(store, root)


def subject_of(store: Store, root: Item) -> Subject:
    """The entity of a root, active or not, with its customer."""
    return _subject(root, _owner(store, root))


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


def _subject(root: Item, owner: Subject | None = None) -> Subject:
    data = root.data
    return Subject(
        entity=data["entity"],
        id=data["id"],
        epoch=root.version,
        fields={name: register[0] for name, register in data["fields"].items()},
        records=tuple(data.get("records", ())),
        absorbed=tuple(data.get("absorbed", ())),
        owner=owner,
    )


def _owner(store: Store, root: Item) -> Subject | None:
    if not root.data.get("customer"):
        return None
    key = Key(root.data["customer"], "REC")
    record = store.read([key]).get(key)
    found = root_of(store, CUSTOMER, record.data["root"]) if record and record.data.get("root") else None
    return _subject(found) if found else None
