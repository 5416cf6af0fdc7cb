"""An entity as it stands now: its folded fields and whose it is, merges followed."""

from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.errors import RetryError
from hub.store import Item, Key, Store

HOPS = 2
"""Merges are flattened when they are written; more hops than this are a torn read."""

CUSTOMER = "customer"


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
    return None if root is None else _subject(root, _owner(store, root))


def root_of(store: Store, entity: str, id: str) -> Item | None:
    """The active root that `id` names or was merged into; None when there is none.

    Raises RetryError when a merge is being written.
    """
    for _ in range(HOPS + 1):
        key = keys.root(entity, id)
        root = store.read([key]).get(key)
        if root is None or root.data["state"] == "active":
            return root
        id = root.data["into"]
    raise RetryError("merge-in-progress")


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
