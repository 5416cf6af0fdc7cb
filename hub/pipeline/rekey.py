"""Bringing what lies under an older pepper to the newest one, item by item, while events go on.

Any item may be brought at any moment and more than once; what another writer is at is left for the next
pass. A pass that began when every worker knew the newest pepper, and that brought nothing, is the last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from hub import keys
from hub.identity import Pepper, lifted
from hub.pipeline.consents import ENTRY, beats
from hub.pipeline.unify.lens import CLAIM, MOVED, Lens, renamed
from hub.pipeline.unify.state import Reading, claim_key
from hub.store import Conflict, Item, Key, Put, Store

KEPT = 35 * 86_400
"""Seconds for which a consent stays under its older key, too: who reads both finds it at every moment."""


class Busy(Exception):
    """Another writer is at this item: the next pass brings it."""


def rekey(store: Store, item: Item, pepper: Pepper, now: float) -> bool:
    """Bring one item, as a scan read it: whether something was written. Raises Busy."""
    try:
        if item.key.sk == CLAIM:
            return MOVED not in item.data and _claim(store, item.key.pk, pepper, now)
        if item.key.pk.startswith("CON#"):
            return _consent(store, item.key, pepper, now)
        return _names(store, item, pepper, now)
    except Conflict as conflict:
        raise Busy from conflict


def _claim(store: Store, old: str, pepper: Pepper, now: float) -> bool:
    """Move a claim to its newest key, unless it lies there."""
    reading = Reading(store, Lens(pepper, {}, now))
    key = claim_key(reading.lens.lift(old))
    if key.pk == old:
        return False
    reading.load([key])
    claim = reading[key]
    if claim is None or claim.version:
        return False
    reading.commit([Put(claim)])
    return True


def _names(store: Store, item: Item, pepper: Pepper, now: float) -> bool:
    """Rename the claims that an item names, after they were moved: a record names only what is there."""
    if not any(_named(item.data, pepper)):
        return False
    fresh = store.read([item.key]).get(item.key)
    if fresh is None:
        return False
    for old in sorted(set(_named(fresh.data, pepper))):
        _claim(store, old, pepper, now)
    store.commit([Put(replace(fresh, data=renamed(fresh.data, lambda pk: keys.lifted_claim(pk, pepper))))])
    return True


def _named(value: object, pepper: Pepper) -> Iterator[str]:
    """The claims in a value that an older pepper named."""
    if isinstance(value, dict):
        yield from chain.from_iterable(_named(one, pepper) for pair in value.items() for one in pair)
    elif isinstance(value, list):
        yield from chain.from_iterable(_named(one, pepper) for one in value)
    elif isinstance(value, str) and value.startswith("ID#") and keys.lifted_claim(value, pepper) != value:
        yield value


def _consent(store: Store, old: Key, pepper: Pepper, now: float) -> bool:
    """Copy a consent, or an entry of its ledger, to its newest key, unless what is there is as good."""
    front, mark, hash = old.pk.rpartition("#")
    new = Key(front + mark + lifted(pepper, hash), old.sk)
    found = store.read([old, new]) if new != old else {}
    if old not in found:
        return False
    told, held = found[old], found.get(new, Item(new, found[old].kind))
    better = _better(told, held)
    if not better and told.ttl:
        return False
    stays = Put(replace(told, ttl=told.ttl or int(now) + KEPT))
    store.commit([stays, *([Put(replace(held, data=told.data))] if better else [])])
    return True


def _better(told: Item, held: Item) -> bool:
    if not held.version:
        return True
    if told.key.sk.startswith(ENTRY):
        return bool(told.data["event"] < held.data["event"])
    return beats(told.data["rank"], held)


def brought(store: Store, items: Iterable[Item], pepper: Pepper, now: float) -> tuple[int, int]:
    """Bring these items: how many were written, and how many another writer was at."""
    written = busy = 0
    for item in items:
        try:
            written += rekey(store, item, pepper, now)
        except Busy:
            busy += 1
    return written, busy
