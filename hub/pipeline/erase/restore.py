"""Lifting an erasure for somebody who wants to be known again, and putting all of them into force again in a
table that was restored from a backup."""

import json
from typing import Any

from hub import keys
from hub.identity import Pepper
from hub.pipeline import Hub, suppression
from hub.pipeline.erase import certificate
from hub.pipeline.erase.begin import Order, begin, newest_pepper
from hub.pipeline.subjects import CUSTOMER
from hub.store import TRANSACTION_ITEMS, Item, Key, Put
from hub.times import from_epoch

PAGE = 500


def readmit(hub: Hub, named: list[str]) -> str | None:
    """Lift the suppressions of the erasure that suppresses one of these records or claims: its id, or None.

    What sources told until now stays erased; what they tell from now on counts.
    """
    pepper = newest_pepper(hub)
    found = hub.store.read(suppression.key(pepper, pk) for pk in named)
    held = max(found.values(), key=lambda item: item.data["at"], default=None)
    if held is None:
        return None
    erasure = hub.store.read([keys.erasure(held.data["erasure"])]).get(keys.erasure(held.data["erasure"]))
    listed = erasure.data["suppressions"] if erasure else [held.key.pk]
    now = from_epoch(hub.clock())
    _lift(hub, listed, now)
    if erasure is not None:
        lifted = Item(erasure.key, erasure.kind, {**erasure.data, "lifted": now}, erasure.version)
        certificate.keep(hub, lifted, erasure.data.get("certificate"))
        hub.store.commit([Put(lifted)])
    return str(held.data["erasure"])


def _lift(hub: Hub, pks: list[str], now: str) -> None:
    pepper = newest_pepper(hub)
    wanted = dict.fromkeys([*pks, *(suppression.newer(pk, pepper) for pk in pks)])
    found = list(hub.store.read(Key(pk, "SUP") for pk in wanted).values())
    for start in range(0, len(found), TRANSACTION_ITEMS):
        part = found[start : start + TRANSACTION_ITEMS]
        hub.store.commit([Put(suppression.lifted(item, now)) for item in part])


def reapply(hub: Hub) -> dict[str, int]:
    """Put the suppressions of `erased/` into the table again, and erase whoever is there all the same.

    For a table that was restored, before events are let in. Repeating it changes nothing.
    """
    kept = [json.loads(hub.archive.get(name)) for name in hub.archive.names(certificate.FOLDER)]
    imposed = _all(kept, newest_pepper(hub))
    _impose(hub, imposed)
    begun = {id: begin(hub, id, _order(one)) for id, one in _present(hub, imposed).items()}
    return {"erasures": len(kept), "suppressions": len(imposed), "begun": len(begun)}


def _all(kept: list[dict[str, Any]], pepper: Pepper) -> dict[str, dict[str, Any]]:
    """Each suppression, under the newest pepper as well: the latest erasure that imposes it."""
    found: dict[str, dict[str, Any]] = {}
    for one in sorted(kept, key=lambda one: str(one["begun"])):
        for pk in one["suppressions"]:
            found |= {pk: one, suppression.newer(pk, pepper): one}
    return found


def _impose(hub: Hub, imposed: dict[str, dict[str, Any]]) -> None:
    wanted = [Key(pk, "SUP") for pk in imposed]
    found = hub.store.read(wanted)
    writes = []
    for key in wanted:
        one = imposed[key.pk]
        item = suppression.imposed(found.get(key), key, one["begun"], one["id"])
        item = suppression.lifted(item, one["lifted"]) if "lifted" in one else item
        if key not in found or found[key].data != item.data:
            writes.append(Put(item))
    for start in range(0, len(writes), TRANSACTION_ITEMS):
        hub.store.commit(writes[start : start + TRANSACTION_ITEMS])


def _present(hub: Hub, imposed: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The customers who are made of a record that was erased: root id -> the erasure."""
    pepper, after, found = newest_pepper(hub), None, {}
    while True:
        part = hub.store.walk(after=after, limit=PAGE)
        for item in part.items:
            if item.kind == "record" and item.data["entity"] == CUSTOMER:
                one = imposed.get(suppression.key(pepper, item.key.pk).pk)
                if one is not None and "lifted" not in one:
                    found[str(item.data["root"])] = one
        after = part.next
        if after is None:
            return found


def _order(one: dict[str, Any]) -> Order:
    return Order(one["actor"], one["reason"], one["source"])
