"""A record of ours that its destination does not find any more: its word that it was deleted there.

Told to unify as its webhook would have told it, so that identity, golden record and timeline follow as they
do for any deletion; and noted in the delivery, which knows of no such record from then on.
"""

from dataclasses import replace

from hub import keys
from hub.messages import GONE
from hub.pipeline.deliver import parking
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire, is_gone
from hub.pipeline.deliver.introducing import event
from hub.pipeline.deliver.receipts import GONE as RECEIPT
from hub.pipeline.receive import enqueue
from hub.pipeline.subjects import Subject
from hub.store import Key
from hub.times import from_epoch


def parted(case: Case, subject: Subject, desire: Desire, id: str | None) -> tuple[Case, Desire]:
    """The case once it is without the record `id`; as it is for None.

    It is told before it is noted, and noted before another record is introduced: who dies in between finds it
    gone once more and says the same again, or knows that of two records there one is left. What we wrote to
    it is kept (`left`): its webhooks about that may come yet.
    """
    if id is None:
        return case, desire
    _tell(case, subject, desire, id)
    desire = desire.with_receipt(id, RECEIPT, from_epoch(case.now)).at(None)
    due = case.now + parking.INTENT_SECONDS
    left = {"remote": id, "wrote": desire.wrote, "landed": desire.landed, "seen": desire.then}
    return case.write(superseded=desire.receipts, remote=None, left=left, agenda=keys.DUE, at=due), desire


def _tell(case: Case, subject: Subject, desire: Desire, id: str) -> None:
    """Send the event of it, where the destination has told of the record, and not that it is gone.

    One that can be read (`get:`) is asked for by unify, and deleted where it is not there either: a write may
    not find what only may not be written. The event has the same name on each attempt: gone since our last
    write to it.
    """
    resource, here = case.target.resource, (case.target.name, id)
    told = {Key(pk, "REC"): keys.told(pk) for pk in subject.records}
    own = [key for key, one in told.items() if (one.destination, one.id) == here]
    if all(map(is_gone, case.hub.store.read(own).values())):
        return
    since = max((at for at, landed in desire.landed.items() if landed), default="")
    lost = event(case, f"{GONE}{resource.name}", id, since, None)
    enqueue(case.hub, [replace(lost, deleted=resource.get is None)])
