"""The beginning of an erasure: from this transaction on the customer is gone for whoever reads.

What else there is to do (tell destinations, delete, certify) is done by the clock, in as many runs as it
takes: the item of the erasure says how far it has come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub import identity, keys
from hub.errors import RetryError
from hub.identity import SAME, Pepper, namespace
from hub.pipeline import Hub, suppression
from hub.pipeline.contention import ATTEMPTS, come_apart
from hub.pipeline.erase.claims import lying
from hub.pipeline.subjects import CUSTOMER, root_of
from hub.pipeline.suppression import GONE
from hub.pipeline.unify.state import claim_key, record_key, with_data
from hub.reprs import discreet
from hub.store import TRANSACTION_ITEMS, Conflict, Item, Key, Put, Store
from hub.times import from_epoch

BEGUN = "begun"
DONE = "done"


@discreet("source")
@dataclass(frozen=True, slots=True)
class Order:
    """Who wants it and why, in words without the person's own data.

    `source`: the account that asked (it has erased the person itself), "" where a person did. `also`: keys
    of records and claims to suppress beside those that the customer holds.
    """

    actor: str
    reason: str
    source: str = ""
    also: tuple[str, ...] = ()


@discreet()
@dataclass(frozen=True, slots=True)
class Held:
    """What a customer holds: records and claims by key, and which claims are nobody else's."""

    records: dict[Key, Item]
    claims: dict[str, Item | None]
    own: frozenset[str]


def begin(hub: Hub, id: str, order: Order) -> Item | None:
    """The erasure of the customer that `id` names or was merged into; None where there is no such customer.

    Repeated, it answers the erasure that is under way or done.
    """
    for attempt in range(ATTEMPTS):
        try:
            root = root_of(hub.store, CUSTOMER, id)
            return erasure_of(hub.store, id) if root is None else _begin(hub, root, order)
        except Conflict:
            come_apart(hub, attempt)
    raise RetryError("contended")


def suppress(hub: Hub, id: str, order: Order) -> Item:
    """The erasure `id` of somebody whom nobody knows: what `order.also` names is suppressed all the same.

    Whoever of them turns up while it is under way (told before, written after) is erased with it.
    """
    known = hub.store.read([keys.erasure(id)]).get(keys.erasure(id))
    if known is not None:
        return known
    now, item = from_epoch(hub.clock()), _new(id, order, from_epoch(hub.clock()), None)
    imposed = _suppressions(hub, id, order.also, now)
    return _written(hub, imposed, [], with_data(item, suppressions=_names(imposed), watch=[*order.also]))


def erasure_of(store: Store, id: str) -> Item | None:
    """The erasure of a customer, by its id or one that was merged into it; None when there is none."""
    key = keys.root(CUSTOMER, id)
    root = store.read([key]).get(key)
    if root is not None and root.data["state"] not in GONE:
        return None
    found = keys.erasure(root.data["erasure"] if root else id)
    return store.read([found]).get(found)


def stray(store: Store, pks: Iterable[str]) -> str:
    """The id of a customer who holds one of these records or claims all the same, "" when nobody does."""
    asked = list(pks)
    records = [pk for pk in asked if pk.startswith("REC#")]
    claims = store.read([claim_key(pk) for pk in asked if not pk.startswith("REC#")]).values()
    records += [pk for claim in claims if not claim.data.get("demoted") for pk in claim.data["records"]]
    found = store.read(map(record_key, records)).values()
    return next((str(record.data["root"]) for record in found if record.data["entity"] == CUSTOMER), "")


def held_by(hub: Hub, root: Item) -> Held:
    """What a customer holds. A claim that records of others assert, too, is not its own."""
    mine = root.data["records"].keys()
    records = hub.store.read(map(record_key, mine))
    asserted = sorted({pk for record in records.values() for pk in record.data["claims"]})
    claims = lying(hub.store, newest_pepper(hub), asserted)
    own = frozenset(pk for pk, item in claims.items() if item is None or {*item.data["records"]} <= mine)
    return Held(records, claims, own)


def _begin(hub: Hub, root: Item, order: Order) -> Item:
    id, now = root.data["id"], from_epoch(hub.clock())
    held = held_by(hub, root)
    key = keys.erasure(id)
    item = _new(id, order, now, hub.store.read([key]).get(key))
    named = [*root.data["records"], *(pk for pk in held.own if namespace(pk) != SAME)]
    strangers = _unclaimed(hub.store, order.also, {*held.claims, *root.data["records"]})
    imposed = _suppressions(hub, id, [*named, *strangers], now)
    shared = [_without(item, root) for pk, item in held.claims.items() if item and pk not in held.own]
    roots = [with_data(root, state="erasing", erasure=id), *_absorbed(hub.store, root)]
    return _written(
        hub, imposed, [*shared, *roots], with_data(item, suppressions=_names(imposed), watch=strangers)
    )


def tombstone(root: Item, erasure: str) -> Item:
    """What stays of a root: that it was erased, and by which erasure."""
    kept = {name: root.data[name] for name in ("entity", "id")}
    return Item(root.key, "root", {**kept, "state": "erased", "erasure": erasure}, root.version)


def _absorbed(store: Store, root: Item) -> list[Item]:
    """The roots that were merged into this one: they name a record, and lead to the erasure from now on."""
    wanted = [keys.root(CUSTOMER, id) for id in root.data["absorbed"]]
    found = store.read(wanted).values()
    return [tombstone(old, root.data["id"]) for old in found if old.data["state"] == "merged"]


def _new(id: str, order: Order, now: str, before: Item | None) -> Item:
    """The item of an erasure that begins; what it replaces is the one before somebody came back.

    Raises Conflict where another has just begun.
    """
    if before is not None and "certificate" not in before.data:
        raise Conflict([before.key])
    earlier = [*before.data.get("earlier", ()), before.data["certificate"]] if before else []
    data: dict[str, Any] = {
        "customer": id,
        "state": BEGUN,
        "begun": now,
        "actor": order.actor,
        "reason": order.reason,
        "source": order.source,
        "counts": {},
        **({"earlier": earlier} if earlier else {}),
    }
    version = before.version if before else 0
    return Item(keys.erasure(id), "erasure", data, version, agenda=keys.ERASING, at=now)


def _suppressions(hub: Hub, id: str, pks: Iterable[str], now: str) -> list[Item]:
    pepper = newest_pepper(hub)
    wanted = [suppression.key(pepper, pk) for pk in dict.fromkeys(pks)]
    found = hub.store.read(wanted)
    return [suppression.imposed(found.get(key), key, now, id) for key in wanted]


def newest_pepper(hub: Hub) -> Pepper:
    """The pepper that new hashes are made with."""
    return identity.peppers(hub.secrets.get(hub.settings.pepper_secret))[0]


def _unclaimed(store: Store, pks: Sequence[str], known: set[str]) -> list[str]:
    """Those of the named records and claims that nobody holds: what others hold stays theirs."""
    asked = [pk for pk in pks if pk not in known]
    places = {pk: record_key(pk) if pk.startswith("REC#") else claim_key(pk) for pk in asked}
    found = store.read(places.values())
    return [pk for pk in asked if places[pk] not in found or not found[places[pk]].data.get("records", True)]


def _without(claim: Item, root: Item) -> Item:
    """A claim that others assert, too, without the records of this customer."""
    mine = root.data["records"]
    lists = {
        name: [pk for pk in claim.data.get(name, ()) if pk not in mine] for name in ("records", "detached")
    }
    kept = {name: listed for name, listed in lists.items() if listed or name == "records"}
    data = {name: value for name, value in claim.data.items() if name not in lists}
    return replace(claim, data={**data, **kept})


def _names(imposed: Iterable[Item]) -> list[str]:
    return sorted(item.key.pk for item in imposed)


def _written(hub: Hub, imposed: list[Item], changed: list[Item], erasure: Item) -> Item:
    """Commit it: suppressions that do not fit into the last transaction go before it."""
    room = TRANSACTION_ITEMS - len(changed) - 1
    early, last = imposed[room:], imposed[:room]
    for start in range(0, len(early), TRANSACTION_ITEMS):
        hub.store.commit(list(map(Put, early[start : start + TRANSACTION_ITEMS])))
    hub.store.commit([*map(Put, last), *map(Put, changed), Put(erasure)])
    return replace(erasure, version=erasure.version + 1)
