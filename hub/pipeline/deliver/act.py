"""An act at a destination (a message, an e-mail): at most once per destination, flow and trigger.

Its intent is committed before the call. An intent found without a result is not repeated, unless the
vendor recognises the same request by its key; the vendor tells what became of it (`verify:`), or a person.
"""

from dataclasses import dataclass, replace
from typing import Any

from hub import keys
from hub.connector import Call
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.flow import Flow, Send
from hub.messages import Delivery
from hub.pipeline import Hub, flows
from hub.pipeline.deliver import parking, verify
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import Case, open_case, refusal
from hub.pipeline.deliver.desire import customer_there
from hub.pipeline.deliver.target import Target, switches
from hub.pipeline.deliver.writing import present
from hub.pipeline.flows import Sight
from hub.pipeline.subjects import CUSTOMER, Subject, find
from hub.reprs import discreet
from hub.times import from_epoch

MESSAGE = "message"
"""The entity that `with:` builds."""

UNKNOWN = "unknown-outcome"
VERIFYING = "verifying"
"""Why an act waits: nobody knows whether it happened, and the vendor will tell."""

FINAL = ("held", "rejected", "exhausted", "skipped")


@discreet()
@dataclass(frozen=True, slots=True)
class Cause:
    """Why the act happens: the flow, its `send` entry and the entity as it is now."""

    flow: Flow
    to: Send
    subject: Subject


def perform(hub: Hub, target: Target, delivery: Delivery) -> str:
    """Do the act unless it was done: the result, as in `deliver`."""
    case = open_case(hub, target, delivery, keys.act(delivery), "act")
    if _decided(case):
        return "unchanged"
    try:
        settled, case = _settled(case)
    except StoppedError as stop:
        return _waits(case, stop)
    if settled:
        return settled
    cause = _cause(case)
    if cause is None:
        return _skip(case, "flow-or-entity-gone")
    try:
        return _perform(case, cause)
    except (RecordError, EvaluationError) as error:
        return parking.reject(case, error)


def _decided(case: Case) -> bool:
    """Whether nothing is left to do. What is done stays done; a replay asks again about the rest.

    One that was ordered before knew nothing of this end: of two, the second is no word on what the first did.
    """
    state = case.data.get("state")
    return state == "done" or (state in FINAL and case.is_newer)


def _settled(case: Case) -> tuple[str, Case]:
    """The result where an earlier request decides it, "" where the act may go on.

    Raises StoppedError where the vendor cannot be asked.
    """
    data = case.data
    unknown = data.get("inflight") or (data.get("state") == "held" and case.delivery.replay)
    if not unknown or case.target.idempotent:
        return "", case
    if not verify.can_be_known(case):
        return (parking.show(case, "held", UNKNOWN) if data.get("inflight") else ""), case
    word = verify.looked_up(case)
    if word == "done":
        case.write(state="done", **parking.CLEAN)
        return "done", case
    if word == "not-there" or not data.get("inflight"):
        return "", case
    return _unknown(case), case


def _unknown(case: Case) -> str:
    """Nobody knows yet what became of it: looked up again, then left to a person."""
    after = verify.later(case) if verify.can_be_known(case) else None
    if after is None:
        return parking.show(case, "held", UNKNOWN)
    return parking.park(case, VERIFYING, after)


def _waits(case: Case, stop: StoppedError) -> str:
    """The vendor cannot be asked now: what was begun stays begun, and is looked up later."""
    after = max(stop.outcome.after, parking.QUIET)
    return parking.park(case, stop.outcome.reason or VERIFYING, after)


def _cause(case: Case) -> Cause | None:
    catalog, delivery = case.hub.catalog, case.delivery
    flow = catalog.flows.get(delivery.flow)
    subject = find(case.hub, delivery.entity, delivery.id, likely=delivery.customer)
    sends = flow.send if flow else ()
    to = next((to for to in sends if catalog.destination(to.to) == delivery.destination), None)
    return Cause(flow, to, subject) if flow and to and subject else None


def _perform(case: Case, cause: Cause) -> str:
    switched = switches(case.hub, case.target.account_name)
    if switched.paused:
        return parking.park(case, "paused", parking.PAUSED_DELAY)
    reason = _refusal(case, cause)
    if reason:
        return _skip(case, reason)
    person = cause.subject.customer
    zone = flows.zone_of(person.fields if person else {}, case.target.account.time_zone)
    quiet = flows.quiet_until(cause.flow.quiet, zone, case.now)
    if quiet is not None:
        return parking.park(case, "quiet-hours", quiet - case.now)
    customer, here = customer_there(case, cause.subject.customer)
    if CUSTOMER in case.target.resource.needs and here is None:
        return parking.await_customer(case)
    scope = _scope(case, cause, customer)
    if switched.dry_run:
        case.write(state="dry-run", would=scope["record"])
        return "skipped:dry-run"
    return _attempt(case, _call(case.target), scope)


def _refusal(case: Case, cause: Cause) -> str:
    """Why the act must not happen (any more), "" when it may."""
    flow, subject = cause.flow, cause.subject
    if flow.wait and not flows.holds(flow, Sight(subject)):
        return "condition"
    if flows.cancelled(case.hub, flow, subject):
        return "cancelled"
    return refusal(case, flow, subject.customer)


def _scope(case: Case, cause: Cause, customer: dict[str, Any]) -> dict[str, Any]:
    """What the call's templates see: the mapped record, the key of the act, the customer."""
    built = cause.to.fields is not None
    entity = MESSAGE if built else cause.subject.entity
    mapping = case.target.mappings.get(entity)
    if mapping is None:
        raise RecordError("no-mapping", f"{case.target.name} has no mapping from {entity}")
    delivery = case.delivery
    sight = Sight(replace(cause.subject, epoch=delivery.epoch)).scope
    fields = {name: value(sight) for name, value in (cause.to.fields or {}).items()}
    image = {**fields, "id": delivery.trigger} if built else cause.subject.image
    key = verify.key_of(case)
    record = mapping.outward(image, customer, case.target.context(case.now))
    return {"record": record, "key": key, "customer": customer, "id": None}


def _call(target: Target) -> Call:
    call = target.resource.send or target.resource.upsert or target.resource.create
    if call is None:
        raise RecordError("nothing-to-write-with", f"{target.name} cannot be written")
    return call


def _attempt(case: Case, call: Call, scope: dict[str, Any]) -> str:
    calls, case.attempt.record = Calls(case.hub, case.target, case.attempt.calls), scope["record"]
    try:
        begun = {"said": None, "place": None, "inflight": {"at": from_epoch(case.now)}}
        intent: dict[str, Any] = {"state": "intent", **begun}
        due = case.now + parking.INTENT_SECONDS
        case = calls.start(case, call, **intent, agenda=keys.DUE, at=due)
    except StoppedError as stop:
        return parking.park(case, stop.outcome.reason, stop.outcome.after)
    try:
        remote = call.id_of(present(calls.make(call, scope)))
    except StoppedError as stop:
        return _stopped(case, stop)
    except (RecordError, EvaluationError) as error:
        return parking.reject(case, error)
    case.write(state="done", remote=remote, **parking.CLEAN)
    return "done"


def _stopped(case: Case, stop: StoppedError) -> str:
    if stop.throttled:
        return parking.park(case, stop.outcome.reason, stop.outcome.after, inflight=None)
    if stop.outcome.kind == "unknown" and not case.target.idempotent:
        return _unknown(case)
    return parking.settle(case, stop.outcome)


def _skip(case: Case, reason: str) -> str:
    case.write(state="skipped", reason=reason)
    return f"skipped:{reason}"


def foreseen(case: Case) -> tuple[str, dict[str, Any] | None]:
    """What would come of it now, without a call: `write` and the record, else why not.

    Raises RecordError and EvaluationError as its mapping does.
    """
    cause = _cause(case)
    if cause is None:
        return "flow-or-entity-gone", None
    if reason := _refusal(case, cause):
        return reason, None
    customer, here = customer_there(case, cause.subject.customer)
    if CUSTOMER in case.target.resource.needs and here is None:
        return "waiting-for-customer", None
    return "write", _scope(case, cause, customer)["record"]
