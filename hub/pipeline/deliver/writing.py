"""Writing one record: update what is known, else upsert, else find and then update or create."""

from typing import Any

from hub.connector import Call, HttpResponse, Outcome
from hub.errors import RecordError
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire, idempotency_key
from hub.pipeline.subjects import Subject

Scope = dict[str, Any]


def write_record(calls: Calls, case: Case, subject: Subject, desire: Desire) -> str | None:
    """Bring the record to `desire`: its id there, None where the vendor tells none. Raises StoppedError.

    A known id that is gone is forgotten, and the record found or created again. Every attempt at one
    version has one key; a creation that is unsettled keeps its key until it is settled.
    """
    resource, name = calls.target.resource, case.delivery.destination
    known = (name, subject.entity, subject.id)
    scope = {"record": desire.record, "customer": desire.customer, "id": desire.remote}
    updating = {**scope, "key": idempotency_key(*known, subject.epoch)}
    if desire.remote and resource.update is not None and calls.make(resource.update, updating) is not None:
        return desire.remote
    if resource.upsert is not None:
        return _told(calls, resource.upsert, updating) or desire.remote
    creating = {**scope, "id": None, "key": idempotency_key(*known, case.data["inflight"]["first"])}
    return _found(calls, updating) or _created(calls, creating)


def _found(calls: Calls, scope: Scope) -> str | None:
    """The id of the one record that a search finds and that was updated; searches are asked in order."""
    update = calls.target.resource.update
    for call in calls.target.resource.find:
        id = _hit(calls, call, scope)
        if id and (update is None or calls.make(update, {**scope, "id": id}) is not None):
            return id
    return None


def _hit(calls: Calls, call: Call, scope: Scope) -> str | None:
    """The id that a search finds. Raises StoppedError for two: a person decides which one it is."""
    try:
        response = calls.make(call, scope)
    except RecordError as error:
        # A record without an email cannot be searched by email; the next search may do.
        if error.reason == "missing-value":
            return None
        raise
    if response is None:
        return None
    if len(call.records_of(response)) > 1:
        raise StoppedError(Outcome("reject", reason="ambiguous"))
    return call.id_of(response)


def _created(calls: Calls, scope: Scope) -> str | None:
    call = calls.target.resource.create
    if call is None:
        raise RecordError("nothing-to-write-with", f"{calls.target.name} can neither be upserted nor created")
    return _told(calls, call, scope)


def _told(calls: Calls, call: Call, scope: Scope) -> str | None:
    return call.id_of(present(calls.make(call, scope)))


def present(response: HttpResponse | None) -> HttpResponse:
    """The answer to a write that needs nothing to be there. Raises StoppedError for a 404."""
    if response is None:
        raise StoppedError(Outcome("reject", reason="missing"))
    return response
