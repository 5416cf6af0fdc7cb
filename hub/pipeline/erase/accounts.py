"""A shop that leaves takes all that it told with it: people known elsewhere are kept without its records."""

from collections.abc import Iterator
from dataclasses import replace

from hub import keys
from hub.identity import Claim, entity_id
from hub.pipeline import suppression
from hub.pipeline.erase import parked, removal
from hub.pipeline.erase.begin import Order, begin, newest_pepper
from hub.pipeline.erase.work import Work
from hub.pipeline.subjects import CUSTOMER
from hub.pipeline.unify.journal import Reason
from hub.pipeline.unify.lens import Lens, Moved
from hub.pipeline.unify.outbox import images
from hub.pipeline.unify.rules import rules
from hub.pipeline.unify.settle import Settled, settle
from hub.pipeline.unify.state import Reading, root_key
from hub.pipeline.unify.survey import survey
from hub.store import Conflict, Delete, Item, Key, Put, Write
from hub.times import from_epoch

PAGE = 100


def erase_account(work: Work) -> dict[str, int]:
    """Erase every record of the account that asked: the counts. Raises OutOfTime, with the place noted."""
    while True:
        after = work.data.get("cursor")
        page = work.hub.store.walk(after=Key(*after) if after else None, limit=PAGE)
        for item in page.items:
            if item.kind == "record" and keys.told(item.key.pk).source == work.data["source"]:
                _leave(work, item)
            elif item.key == keys.token(work.data["source"]):  # who leaves takes back what it consented to
                work.hub.store.commit([Delete(item.key, item.version)])
        if page.next is None:
            parked.purge_gone(work)
            return dict(work.data["counts"])
        work.commit(cursor=[*page.next])
        work.spend()


def _leave(work: Work, found: Item) -> None:
    """One record: with its customer or order where nobody else knows it, else out of it."""
    store = work.hub.store
    record = store.read([found.key]).get(found.key)
    root = store.read([root_key(record)]).get(root_key(record)) if record else None
    if record is None or root is None or root.data["state"] != "active":
        return
    alone = all(keys.told(pk).source == work.data["source"] for pk in root.data["records"])
    if alone and root.data["entity"] == CUSTOMER:
        source = work.data["source"]
        begin(work.hub, root.data["id"], Order(source, work.data["topic"], source))
        work.commit(counted={"customer": 1})
    elif alone:
        removal.remove_owned(work, root)
    else:
        removal.empty(work, record.key.pk, root)
        _cut(work, record)


def _cut(work: Work, record: Item) -> None:
    """Fold the entity anew without one of its records, and delete that."""
    for _ in range(8):
        try:
            return work.commit(_without(work, record.key), {"record": 1})
        except (Conflict, Moved):
            work.hub.sleep(work.hub.random.uniform(0, 0.1))
    raise Conflict([record.key])


def _without(work: Work, key: Key) -> list[Write]:
    """The writes that take a record out of its component. Raises Moved, RecordError."""
    reading = Reading(work.hub.store, Lens(newest_pepper(work.hub), {}, work.hub.clock()))
    around = survey(reading, {key: {}})
    record = reading[key]
    if record is None:
        return []
    settled = settle(
        reading,
        around,
        {pk: item for pk, item in around.members.items() if pk != key.pk},
        {pk: _less(claim, key.pk) for pk, claim in around.claims.items()},
        rules(work.hub.catalog, record.data["entity"]),
        Reason(from_epoch(work.hub.clock()), actor=work.data["source"], text=work.data["topic"], op="erase"),
    )
    cause = {"source": work.data["source"], "via": "erase"}
    now = work.hub.clock()
    told = images(reading, settled.changed, {}, cause, now, from_epoch(now), writes=settled.writes)
    writes: list[Write] = [_cleaned(put, key.pk, settled) for put in settled.writes]
    stored = reading.lens.stored([*writes, *told, *_traces(work, reading, record, settled)])
    return [*stored, Delete(key, record.version)]


def _less(claim: Claim, pk: str) -> Claim:
    return replace(claim, records=claim.records - {pk}, detached=claim.detached - {pk})


def _traces(work: Work, reading: Reading, record: Item, settled: Settled) -> Iterator[Put]:
    """The suppression of the record; and the id that was named after it leads to who is left."""
    pk = record.key.pk
    place = suppression.key(newest_pepper(work.hub), pk)
    named = keys.root(record.data["entity"], entity_id(pk))
    reading.load([place, named])
    yield Put(suppression.imposed(reading[place], place, work.data["begun"], work.item.key.pk))
    held = reading[named]
    if held is not None and held.data.get("record") == pk:
        yield Put(_heir(held, settled))


def _cleaned(put: Put, pk: str, settled: Settled) -> Write:
    """A write without the record: a claim that nobody asserts goes, a tombstone leads elsewhere."""
    item = put.item
    if item.kind == "claim" and item.version and not item.data["records"]:
        return Delete(item.key, item.version)
    return Put(_heir(item, settled)) if item.data.get("record") == pk else put


def _heir(tombstone: Item, settled: Settled) -> Item:
    return replace(tombstone, data={**tombstone.data, "record": min(settled.homes)})
