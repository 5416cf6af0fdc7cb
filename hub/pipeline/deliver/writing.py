"""Writing one record: update what is known, else upsert, else find and then update or create."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from hub.connector import Call, HttpResponse, Outcome
from hub.errors import RecordError
from hub.messages import dumps
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire, idempotency_key
from hub.pipeline.deliver.introducing import hear_out, introductions
from hub.pipeline.subjects import Subject
from hub.reprs import discreet

Scope = dict[str, Any]


@discreet()
@dataclass(frozen=True, slots=True)
class Done:
    """A write that is there: the record's `id`, None where the vendor tells none, and the `record` as it was
    stored, None where the answer does not hold it. `ours`: it had our own id in it before, which nobody else
    writes: a request of ours without an answer had made it."""

    id: str | None
    record: Any = None
    ours: bool = False


def write_record(calls: Calls, case: Case, subject: Subject, desire: Desire) -> Done:
    """Bring the record to `desire`. Raises StoppedError.

    A known id at which nothing is any more is `gone` of the calls once a search has found another one or
    nothing, or the record was made at another one. Where an upsert tells no id, the searches do. Every try
    at one version has one key; a creation that is unsettled keeps its key until it is settled.
    """
    resource, name = calls.target.resource, case.delivery.destination
    known = (name, subject.entity, subject.id)
    scope = {"record": desire.record, "customer": desire.customer, "id": desire.remote}
    # No key serves two addresses: a creation after an update that found nothing has another one.
    updating = {**scope, "key": idempotency_key(*known, subject.epoch, "update")}
    if desire.remote and resource.update is not None:
        done = _updated(calls, resource.update, updating)
        if done is not None:
            calls.found()
            return done
        calls.lost(desire.remote)
    if resource.upsert is not None:
        done = _told(calls, resource.upsert, {**scope, "key": idempotency_key(*known, subject.epoch)})
        held = None if calls.missed else desire.remote
        done = replace(done, id=done.id or held or _looked_up(calls, updating))
        if done.id:
            calls.is_now(done.id)
        return done
    first = case.data["inflight"]["first"]
    creating = {**scope, "id": None, "key": idempotency_key(*known, first)}
    done = _found(calls, case, subject, desire, updating) or _created(calls, creating)
    if first == subject.epoch or not done.id or resource.update is None:
        return done
    # A vendor who knows the key answers with what the earlier version made.
    with _at(done.id, writes=True):
        return _updated(calls, resource.update, {**updating, "id": done.id}) or done


@contextmanager
def _at(id: str | None, *, writes: bool = False) -> Iterator[None]:
    """Whoever stops here knows the record: a search found it, or it was created."""
    try:
        yield
    except StoppedError as stop:
        stop.remote, stop.writes = id, stop.writes or writes
        raise


def _found(calls: Calls, case: Case, subject: Subject, desire: Desire, scope: Scope) -> Done | None:
    """The one record that a search finds and that was updated; searches are asked in order.

    It is heard out before it is written over: it may say something newer than we do. To whom it belongs is
    told before that, as somebody may have changed the address there; but not of one that takes the place of
    another, which has to be told first.
    """
    update = calls.target.resource.update
    for call in calls.target.resource.find:
        hit = _hit(calls, call, scope)
        if hit is None:
            continue
        calls.is_now(hit.id)
        if hit.id is None:
            continue
        whose = introductions(case, subject, desire, hit.id) if calls.missed is None else []
        hear_out(case, hit.id, hit.record, whose)
        calls.introduced = hit.id if whose else None
        with _at(hit.id):
            done = _updated(calls, update, {**scope, "id": hit.id}) if update else Done(hit.id)
        if done is not None:
            return replace(done, ours=hit.record is not None and case.delivery.id in dumps(hit.record))
    return None


def _looked_up(calls: Calls, scope: Scope) -> str | None:
    """The id of a record whose upsert tells none; None where no search finds it yet, or can be asked now."""
    try:
        hits = (_hit(calls, call, scope) for call in calls.target.resource.find)
        return next((hit.id for hit in hits if hit and hit.id), None)
    except StoppedError:
        return None


def _updated(calls: Calls, call: Call, scope: Scope) -> Done | None:
    """The record of this id once it is updated, None where it is not there any more."""
    response = calls.make(call, scope)
    return None if response is None else Done(scope["id"], call.stored(response))


def _hit(calls: Calls, call: Call, scope: Scope) -> Done | None:
    """What a search finds, without an id for nothing; None where it cannot be asked, or is not there itself.

    Raises StoppedError for two: a person decides which one it is.
    """
    try:
        response = calls.make(call, scope)
    except StoppedError as stop:
        stop.writes = False
        raise
    except RecordError as error:
        # A record without an email cannot be searched by email; the next search may do.
        if error.reason == "missing-value":
            return None
        raise
    if response is None:
        return None
    count, id, record = call.hit(response, scope)
    if count > 1:
        raise StoppedError(Outcome("reject", reason="ambiguous"))
    return Done(id or None, record)


def _created(calls: Calls, scope: Scope) -> Done:
    call = calls.target.resource.create
    if call is None:
        raise RecordError("nothing-to-write-with", f"{calls.target.name} can neither be upserted nor created")
    done = _told(calls, call, scope)
    calls.is_now(done.id)
    return done


def _told(calls: Calls, call: Call, scope: Scope) -> Done:
    response = present(calls.make(call, scope))
    return Done(call.id_of(response), call.stored(response))


def present(response: HttpResponse | None) -> HttpResponse:
    """The answer to a write that needs nothing to be there. Raises StoppedError for a 404."""
    if response is None:
        raise StoppedError(Outcome("reject", reason="missing"))
    return response
