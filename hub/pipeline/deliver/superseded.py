"""Records of a destination whose customers became one: merged there, archived, or left to a person.

Each is dealt with once, before the record that stays is written (a vendor refuses an email that the other one
still has), and leaves a receipt in the delivery. After an unmerge they come apart again as far as the vendor
allows: an archived one is restored, a merged one is for a person. Nothing is guessed.
"""

from hub import keys
from hub.connector import Call, HttpResponse
from hub.pipeline.deliver import parking
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire, idempotency_key
from hub.pipeline.deliver.receipts import ARCHIVED, BY_HAND, DONE_BY_HAND, GONE, MERGED, RESTORED
from hub.times import from_epoch

TWO = "it has two records of one customer, which no call can join: merge or remove {others}, keep {id}"
ONE = "two customers are one record there since they were merged: make one for this customer, then replay"
PUT_AWAY = "the record was archived when its customer was merged into another: restore {others}, then replay"


def pending(case: Case, desire: Desire) -> tuple[str, ...]:
    """The superseded ids that nothing was done about yet; with a replay also what a person was asked."""
    asked = case.delivery.replay is None
    told = desire.receipts
    return tuple(id for id in desire.orphans if id not in told or (told[id][0] == BY_HAND and not asked))


def first(case: Case, desire: Desire) -> Call | None:
    """The call that dealing with them begins with, None where none is made."""
    resource = case.target.resource
    if desire.put_away and desire.remote is None:
        return resource.restore
    return resource.merge or resource.archive if pending(case, desire) else None


def settle(calls: Calls, case: Case, desire: Desire) -> tuple[Case, Desire]:
    """Deal with each of them: the case with their receipts. Raises StoppedError, RecordError."""
    for id in pending(case, desire):
        state, remote = _settled(calls, case, desire, id)
        desire = desire.with_receipt(id, state, from_epoch(case.now)).at(remote)
        due = case.now + parking.INTENT_SECONDS
        case = case.write(superseded=desire.receipts, remote=remote, agenda=keys.DUE, at=due)
    return case, desire


def restored(calls: Calls, case: Case, desire: Desire) -> tuple[Case, Desire]:
    """Take a record out of the archive that was put there when its customer was merged into another."""
    id = desire.put_away
    call = case.target.resource.restore
    if not id or desire.remote is not None or call is None:
        return case, desire
    found = calls.make(call, {"id": id, "key": _key(case, "restore", id)}) is not None
    desire = desire.with_receipt(id, RESTORED if found else GONE, from_epoch(case.now))
    due = case.now + parking.INTENT_SECONDS
    case = case.write(superseded=desire.receipts, agenda=keys.DUE, at=due)
    return case, desire.at(id if found else None)


def task(case: Case, desire: Desire) -> str:
    """What a person has to do there before this customer can be written, "" where nothing."""
    if desire.remote is not None or case.delivery.replay is not None:
        return ""
    if desire.put_away:
        return "" if case.target.resource.restore else PUT_AWAY.format(others=desire.put_away)
    return ONE if desire.joined else ""


def left(desire: Desire) -> str:
    """What a person has to do about two records of one customer, "" where nothing."""
    others = [id for id in desire.orphans if desire.receipts.get(id, [""])[0] == BY_HAND]
    return TWO.format(others=", ".join(others), id=desire.remote) if others else ""


def _settled(calls: Calls, case: Case, desire: Desire, id: str) -> tuple[str, str | None]:
    """What became of one id, and the id of the record that stays."""
    resource = case.target.resource
    call = resource.merge or resource.archive
    if call is None or desire.receipts.get(id, [""])[0] == BY_HAND:
        return DONE_BY_HAND if id in desire.receipts else BY_HAND, desire.remote
    scope = {"id": desire.remote, "other": id, "key": _key(case, call.name, desire.remote, id)}
    scope = scope if call is resource.merge else {**scope, "id": id}
    try:
        response = calls.make(call, scope)
    except StoppedError as stop:
        if stop.outcome.kind != "reject":
            raise
        return _refused(calls, case, id), desire.remote
    if response is None:
        return GONE, desire.remote
    if call is resource.merge:
        return MERGED, call.id_of(response) or desire.remote
    return ARCHIVED, desire.remote


def _refused(calls: Calls, case: Case, id: str) -> str:
    """What a refusal comes to: an earlier request may have done it, which a `get` of the id can tell."""
    get = case.target.resource.get
    if get is None:
        return BY_HAND
    response = calls.make(get, {"id": id})
    return MERGED if response is None or _other(get, response, id) else BY_HAND


def _other(get: Call, response: HttpResponse, id: str) -> bool:
    return get.id_of(response) not in (None, id)


def _key(case: Case, *parts: object) -> str:
    return idempotency_key(case.delivery.destination, *parts)
