"""Deleting what the table and the archive hold of a customer, page by page.

Whatever is deleted is found by what is still there: entries lead to archived texts and to orders, records to
entries, the root to records. So each goes after what it leads to, and a run that stopped anywhere is gone on
with by starting again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from hub import keys
from hub.catalog import Catalog
from hub.identity import Pepper
from hub.messages import escape
from hub.pipeline import suppression
from hub.pipeline.consents import DENIED, known
from hub.pipeline.erase import archived, destinations
from hub.pipeline.erase.begin import held_by, newest_pepper, tombstone
from hub.pipeline.erase.claims import lying
from hub.pipeline.erase.outward import outward
from hub.pipeline.erase.work import Work
from hub.pipeline.subjects import CUSTOMER
from hub.pipeline.unify.lens import Lens
from hub.pipeline.unify.state import record_key, root_key
from hub.store import Delete, Item, Key, Put, Write

PAGE = 50


def remove(work: Work, root: Item) -> None:
    """Delete the customer, and what belongs to it; its root stays as a tombstone. Raises OutOfTime."""
    _consents(work, root)
    for pk in root.data["records"]:
        _record(work, pk, root)
    _entity(work, root)
    work.commit([Put(tombstone(root, work.id))], {"root": 1})


def remove_owned(work: Work, root: Item) -> None:
    """Delete an order, a cart or a message. Raises OutOfTime.

    Its records and its root go in one transaction: either leads here, and to what lies under their keys.
    """
    for pk in root.data["records"]:
        empty(work, pk, root)
    _entity(work, root)
    records = list(work.hub.store.read(map(record_key, root.data["records"])).values())
    for record in records:
        _unclaim(work, record)
    work.delete([*records, root], [one for record in records for one in _remembered(work, record)])


def _record(work: Work, pk: str, root: Item) -> None:
    """Everything in the partition of a customer's record, then its identifiers and itself."""
    empty(work, pk, root)
    record = work.hub.store.read([record_key(pk)]).get(record_key(pk))
    if record is not None:
        _unclaim(work, record)
        work.delete([record])


def empty(work: Work, pk: str, root: Item) -> None:
    """Delete what lies under a record: entries with what they lead to, trails, traits. Raises OutOfTime."""
    while True:
        page = work.hub.store.page(pk, limit=PAGE + 1)
        rest = [item for item in page.items if item.key.sk != "REC"]
        if not rest:
            return
        for item in rest:
            _owned(work, item, root)
        archived.clear(work, rest)
        work.delete(rest)
        work.spend()


def _owned(work: Work, item: Item, root: Item) -> None:
    """The order, cart or message that an entry tells of, when it belongs to this customer."""
    pk = item.data.get("record")
    if root.data["entity"] != CUSTOMER or not pk or pk in root.data["records"]:
        return
    store = work.hub.store
    record = store.read([record_key(pk)]).get(record_key(pk))
    home = store.read([root_key(record)]).get(root_key(record)) if record else None
    if home is None or home.data.get("customer") not in root.data["records"]:
        return
    remove_owned(work, home)


def _unclaim(work: Work, record: Item) -> None:
    """Take a record out of its claims."""
    pk = record.key.pk
    claims = lying(work.hub.store, newest_pepper(work.hub), record.data["claims"]).values()
    held = [claim for claim in claims if claim is not None and pk in claim.data["records"]]
    if held:
        alone = sum({*claim.data["records"]} == {pk} for claim in held)
        work.commit([_less(claim, pk) for claim in held], {"claim": alone})


def _remembered(work: Work, record: Item) -> list[Item]:
    """What keeps an order from being told again with its buyer, and its receipt where it can be emptied."""
    key = suppression.key(newest_pepper(work.hub), record.key.pk)
    held = work.hub.store.read([key]).get(key)
    kept = [suppression.imposed(held, key, work.data["begun"], work.id)]
    return kept + destinations.of_record(work, record)


def _less(claim: Item, pk: str) -> Write:
    """A claim without one of its records; none is left when it was the only one."""
    left = [one for one in claim.data["records"] if one != pk]
    if not left:
        return Delete(claim.key, claim.version)
    apart = [one for one in claim.data.get("detached", ()) if one != pk]
    data = {name: value for name, value in claim.data.items() if name != "detached"}
    data |= {"records": left, **({"detached": apart} if apart else {})}
    return Put(Item(claim.key, claim.kind, data, claim.version))


def _entity(work: Work, root: Item) -> None:
    """What lies under the ids of an entity: its journal, deliveries, acts, waits and notes.

    Images of the outbox hold no value once they are relayed; those that are not are purged before.
    """
    for id in (root.data["id"], *root.data.get("absorbed", ())):
        entity = root.data["entity"]
        _partition(work, keys.root(entity, id).pk, prefix="LOG#")
        _partition(work, f"NOTE#{escape(id)}")
        _read_and_delete(work, outward(work.hub, root, id))


def _partition(work: Work, pk: str, prefix: str = "") -> None:
    while items := work.hub.store.page(pk, prefix=prefix, limit=PAGE).items:
        work.delete(items)
        work.spend()


def _read_and_delete(work: Work, wanted: Iterable[Key]) -> None:
    found = work.hub.store.read(wanted)
    if found:
        work.delete(list(found.values()))


def _consents(work: Work, root: Item) -> None:
    """What an address of theirs alone granted, and the proofs; a denial stays, without its proof."""
    hub, pepper = work.hub, newest_pepper(work.hub)
    for pk in sorted(held_by(hub, root).own):
        for key in consents_at(hub.catalog, pk, pepper):
            _consent(work, hub.store.page(key.pk, limit=PAGE).items)


def consents_at(catalog: Catalog, claim: str, pepper: Pepper) -> Iterator[Key]:
    """Where the consents of an address lie that a claim stands for, under each pepper."""
    lens = Lens(pepper, {}, 0.0)
    newest = lens.lift(claim)
    for pk in (newest, *lens.older.get(newest, ())):
        _, _, kind, hashed = map(unquote, pk.split("#", 3))
        for one in known(catalog):
            if one.kind == kind:
                yield keys.consent(one.channel, one.purpose, hashed)


def _consent(work: Work, items: list[Item]) -> None:
    gone = [item for item in items if item.key.sk != "CON" or item.data["state"] != DENIED]
    if gone:
        work.delete(gone)
    for item in items:
        if item not in gone and "archive" in item.data:
            kept = {name: item.data[name] for name in ("state", "rank", "at", "event")}
            work.commit([Put(replace(item, data={**kept, "source": ""}))])
