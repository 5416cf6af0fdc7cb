"""What became of ids at a destination whose customers turned out to be one, and what is left of them after an
unmerge: read from the deliveries of all who had them."""

from dataclasses import replace
from typing import Any

from hub import keys
from hub.pipeline.deliver.case import Case
from hub.pipeline.subjects import Subject

MERGED = "merged"
ARCHIVED = "archived"
GONE = "gone"
BY_HAND = "by-hand"
DONE_BY_HAND = "done-by-hand"
RESTORED = "restored"
DEAD = frozenset({MERGED, ARCHIVED, GONE, DONE_BY_HAND})
"""What a superseded id can be that is no record of its own any more."""

OF_THE_RECORD = ("remote", "wrote", "seen", "landed", "hash", "rest", "orphans", "beats")
"""What a delivery notes of the record there, and forgets with it."""

Receipts = dict[str, list[str]]
"""Id there -> [what became of it, when]."""


def receipts(case: Case, subject: Subject) -> Receipts:
    """The latest receipt of each id that was superseded there, for this entity or one that it was with."""
    ids = [id for id in (*subject.absorbed, subject.origin) if id]
    wanted = [keys.delivery(case.target.name, subject.entity, id) for id in ids]
    items = case.hub.store.read(wanted).values() if wanted else ()
    found: Receipts = {}
    for data in (case.data, *(item.data for item in items)):
        for id, told in data.get("superseded", {}).items():
            found[id] = max(found.get(id, told), told, key=lambda one: one[1])
    return found


def dead(told: Receipts) -> frozenset[str]:
    """The ids that are no record of their own there."""
    return frozenset(id for id, (state, _) in told.items() if state in DEAD)


def freed(case: Case, told: Receipts) -> Case:
    """The case without what it knows of a record that is none any more."""
    if case.data.get("remote") not in dead(told):
        return case
    data: dict[str, Any] = {name: one for name, one in case.data.items() if name not in OF_THE_RECORD}
    return replace(case, item=replace(case.item, data=data))
