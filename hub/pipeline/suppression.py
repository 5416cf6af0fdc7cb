"""Who was erased: HMACs of record keys and identifiers, so that nothing brings them back.

A suppression is asked for only where a record or an identifier is new: what an active record asserts
already cannot be suppressed, because erasing it takes the record away. So the path of a known customer
reads nothing more (docs/decisions/0018-erasure.md).
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum

from hub import keys
from hub.identity import Pepper, hashed
from hub.identity import lifted as lifted_hash
from hub.store import Item, Key

NAMESPACE = "@erased"

GONE = frozenset({"erasing", "erased"})
"""States of a root whose customer is no more for readers."""


class Verdict(IntEnum):
    """What a suppression says of a telling; the greatest of several holds.

    HISTORY: it was told before the erasure, nothing of it may come back. LATER: told since then, so only
    the person is left out.
    """

    FREE = 0
    LATER = 1
    HISTORY = 2


def key(pepper: Pepper, pk: str) -> Key:
    """Where the suppression of a record or a claim (its partition key) lies.

    A record's is of the first pepper for good; a claim's is named as the claim, so that it can be brought to
    a newer pepper as that is.
    """
    if pk.startswith("REC#"):
        return keys.suppression("record", NAMESPACE, hashed(pepper.base, NAMESPACE, pk).partition(".")[2])
    return Key(f"SUP#{pk.removeprefix('ID#')}", "SUP")


def newer(pk: str, pepper: Pepper) -> str:
    """The partition key of a suppression under this pepper."""
    front, mark, hash = pk.rpartition("#")
    return front + mark + lifted_hash(pepper, hash)


def imposed(held: Item | None, key: Key, at: str, erasure: str) -> Item:
    """The suppression that holds from `at` on, over an earlier one. `erasure`: id of what imposes it."""
    latest = max(at, held.data["at"]) if held else at
    return Item(key, "suppression", {"at": latest, "erasure": erasure}, held.version if held else 0)


def lifted(held: Item, at: str) -> Item:
    """The suppression of somebody who came back at `at`: what was told before that stays erased."""
    return replace(held, data={**held.data, "lifted": at})


def verdict(found: Iterable[Item | None], at: str) -> Verdict:
    """What these suppressions say of what a source told at `at`."""
    return max((_one(item, at) for item in found if item is not None), default=Verdict.FREE)


def _one(item: Item, at: str) -> Verdict:
    if at <= item.data["at"]:
        return Verdict.HISTORY
    lifted = item.data.get("lifted")
    return Verdict.LATER if lifted is None or at <= lifted else Verdict.FREE
