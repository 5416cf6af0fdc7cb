"""Who a customer is now: merges followed, and what the keys of records say."""

from typing import Any
from urllib.parse import unquote

from hub import keys
from hub.errors import RetryError
from hub.store import Item, Key, Store

CUSTOMER = "customer"
HOPS = 2
"""Merges are flattened when they are written; more hops than this are a torn read."""


def root_of(store: Store, entity: str, id: str) -> Item | None:
    """The active root that an id names or was merged into; None when there is none."""
    for _ in range(HOPS + 1):
        key = keys.root(entity, id)
        root = store.read([key]).get(key)
        if root is None or root.data["state"] == "active":
            return root
        id = root.data["into"]
    raise RetryError("merge-in-progress")


def customer_of(store: Store, record: Item) -> str | None:
    """The id of the customer that a record tells of, or that its order, cart or message belongs to."""
    root = root_of(store, record.data["entity"], record.data["root"])
    if root is None or root.data["entity"] == CUSTOMER:
        return root.data["id"] if root else None
    owner = Key(root.data["customer"], "REC")
    found = store.read([owner]).get(owner) if owner.pk else None
    return customer_of(store, found) if found else None


def reference(pk: str) -> dict[str, Any]:
    """Which record a key names: its source (`connector.account`), resource and id there."""
    connector, account, resource, id = map(unquote, pk.removeprefix("REC#").split("#"))
    return {"source": f"{connector}.{account}", "resource": resource, "id": id}
