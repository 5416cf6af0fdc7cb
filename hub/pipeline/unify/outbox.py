"""The outbox: one self-contained image for each entity that changed, in the transaction that changed it.

`hub.pipeline.outbox` reads it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub import keys
from hub.messages import digest, dumps
from hub.pipeline.unify.state import Changed, Reading, record_key, root_key, values
from hub.pipeline.unify.traits import TRAITS, sums_of
from hub.store import Item, Key, Put

DAYS = 14
"""Days for which an image is kept, relayed or not."""


def images(
    reading: Reading,
    changed: Iterable[Changed],
    known: Mapping[str, tuple[str, dict[str, Any]]],
    cause: Mapping[str, Any],
    now: float,
    at: str,
    *,
    writes: Iterable[Put],
) -> Iterator[Put]:
    """The images of these changes. `known`: record -> id and fields of its customer after it;
    `writes`: what it writes. `cause`: with the mark of the `event`, where it is one. `now`: Unix seconds,
    `at`: the same as canonical time.
    """
    ttl = int(now) + DAYS * 86_400
    mark = cause.get("event") or digest(dumps([at, {**cause}]))[:16]
    written = {put.item.key: put.item for put in writes}
    for change in changed:
        told = known.get(change.customer)
        if change.entity == "customer":
            told = change.id, {}
        id, fields = told or _customer(reading, change.customer)
        image = {
            "entity": change.entity,
            "id": change.id,
            "epoch": change.epoch,
            "fields": change.fields,
            "changed": list(change.names),
            "created": change.created,
            "customer": id,
            "customer_fields": fields,
            "cause": cause,
            **({"back": list(change.back)} if change.back else {}),
        }
        if root := written.get(keys.root(change.entity, change.id)):
            image["records"] = list(root.data["records"])
        if traits := _traits(reading, written, id):
            image["traits"] = traits
        key = keys.outbox(at, mark, change.entity, change.id, change.epoch)
        yield Put(Item(key, "outbox", image, ttl=ttl))


def _traits(reading: Reading, written: Mapping[Key, Item], customer: str) -> dict[str, Any]:
    """What the orders of a customer come to after this transaction."""
    if not customer:
        return {}
    key = keys.root("customer", customer)
    root = written.get(key)
    if root is None:
        reading.load([key])
        root = reading[key]
    return sums_of(root).plain() if root and TRAITS in root.data else {}


def _customer(reading: Reading, pk: str) -> tuple[str, dict[str, Any]]:
    """The customer that a record which this transaction does not write belongs to."""
    if not pk:
        return "", {}
    reading.load([record_key(pk)])
    record = reading[record_key(pk)]
    if record is None:
        return "", {}
    reading.load([root_key(record)])
    root = reading[root_key(record)]
    return (root.data["id"], values(root)) if root else ("", {})
