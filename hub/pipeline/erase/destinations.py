"""Who else knows the customer: one item per record at a destination, with what it did about the erasure.

The items are put on the list of what is due: sweep sends them to the outbound queue, and deliver carries
them out as it does any delivery, with the limits, the pause switch and the patience of its destination.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.golden import DELETED
from hub.identity import hashed
from hub.messages import Delivery
from hub.pipeline.deliver.forget import FLOW, NO_CALL, WAITING, by_hand
from hub.pipeline.deliver.target import Target
from hub.pipeline.erase.begin import newest_pepper
from hub.pipeline.erase.outward import resources
from hub.pipeline.erase.work import CHUNK, Work
from hub.pipeline.subjects import CUSTOMER, contained
from hub.pipeline.unify.state import record_key, values
from hub.reprs import discreet
from hub.store import Item, Put, Store
from hub.times import from_epoch


@discreet("destination")
@dataclass(frozen=True, slots=True)
class Copy:
    """A record somewhere else: `remote` None where one was being made when the customer was erased."""

    destination: str
    remote: str | None


def plan(work: Work, root: Item) -> None:
    """Write an item for each copy, each once."""
    known = {item.key for item in receipts(work)}
    wanted = {(copy.destination, copy.remote): copy for copy in (*_written(work, root), *_own(work, root))}
    items = (_item(work, copy, root) for copy in wanted.values())
    new = [item for item in items if item.key not in known]
    for start in range(0, len(new), CHUNK):
        work.commit(list(map(Put, new[start : start + CHUNK])))


def receipts(work: Work) -> list[Item]:
    """What every destination did so far."""
    return receipts_of(work.hub.store, work.item)


def receipts_of(store: Store, erasure: Item) -> list[Item]:
    """What every destination did about an erasure so far."""
    found: list[Item] = []
    after = None
    while True:
        page = store.page(erasure.key.pk, prefix="TO#", after=after, limit=100)
        found += page.items
        after = page.next
        if after is None:
            return found


def of_record(work: Work, record: Item) -> list[Item]:
    """The item for an order or the like, where its vendor can empty it; elsewhere it is a document."""
    told = keys.told(record.key.pk)
    destination = f"{told.source}.{told.resource.partition('.')[0]}"
    if contained(work.hub.catalog, told) or not _can_be_asked(work.hub.catalog, destination):
        return []
    item = _item(work, Copy(destination, told.id), None)
    return [] if item.key in work.hub.store.read([item.key]) else [item]


def _written(work: Work, root: Item) -> Iterator[Copy]:
    """What our own writes made or found there."""
    ids = (root.data["id"], *root.data["absorbed"])
    wanted = {keys.delivery(name, CUSTOMER, id): name for name in resources(work.hub.catalog) for id in ids}
    for key, item in work.hub.store.read(wanted).items():
        remotes = [item.data.get("remote"), *item.data.get("orphans", ())]
        for remote in filter(None, remotes):
            yield Copy(wanted[key], remote)
        if not remotes[0] and (item.data.get("inflight") or item.data.get("hash")):
            yield Copy(wanted[key], None)


def _own(work: Work, root: Item) -> Iterator[Copy]:
    """The records that the customer is made of, where they have an id of their own and are still there."""
    for key, record in work.hub.store.read(map(record_key, root.data["records"])).items():
        told = keys.told(key.pk)
        gone = record.data["registers"].get(DELETED)
        if not contained(work.hub.catalog, told) and not (gone and gone[0]):
            yield Copy(f"{told.source}.{told.resource.partition('.')[0]}", told.id)


def _item(work: Work, copy: Copy, root: Item | None) -> Item:
    hub, now = work.hub, from_epoch(work.hub.clock())
    mark = hashed(newest_pepper(hub), copy.destination, copy.remote or "")
    message = Delivery(copy.destination, CUSTOMER, work.id, 0, work.id, FLOW, mark)
    data: dict[str, Any] = {"destination": copy.destination, "message": message.dumps()}
    key = keys.receipt(work.id, copy.destination, mark)
    if copy.destination.startswith(f"{work.data['source']}."):
        return Item(key, "receipt", {**data, "state": "asked-by-them", "told": now})
    if copy.remote is None:
        return by_hand(Item(key, "receipt", data), "look for a record that was being made there", now)
    data["remote"] = copy.remote
    if root is not None and _is_personal(copy.remote, root):
        data["personal"] = True
    if not _can_be_asked(hub.catalog, copy.destination):
        return by_hand(Item(key, "receipt", data), NO_CALL, now)
    return Item(key, "receipt", {**data, "state": WAITING}, agenda=keys.DUE, at=now)


def _can_be_asked(catalog: Catalog, destination: str) -> bool:
    target = Target.find(catalog, destination)
    return target is not None and target.resource.delete is not None


def _is_personal(remote: str, root: Item) -> bool:
    """Whether an id there is itself a value of the person, as the phone that a chat knows them by."""
    known = {str(value).lstrip("+").lower() for value in values(root).values() if isinstance(value, str)}
    return remote.lstrip("+").lower() in known
