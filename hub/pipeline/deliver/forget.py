"""Telling a destination to forget somebody: the connector's `delete:`, and a receipt of what came of it.

A deletion may be repeated: a record that is not there any more is one that is forgotten.
"""

from dataclasses import replace

from hub import keys
from hub.connector import HttpResponse, Outcome
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver import parking
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import Case, open_case
from hub.pipeline.deliver.target import Target, switches
from hub.store import Item, Key
from hub.times import from_epoch

FLOW = "~erase"
"""What a delivery names as its flow that is an erasure: no file can be called so."""

WAITING = "waiting"
BY_HAND = "by-hand"

NO_CALL = "its API cannot be asked to: delete the record there by hand"
"""What a person is told where the connector has no `delete:`."""

FINAL = frozenset(
    {"done", BY_HAND, "done-by-hand", "rejected", "exhausted", "dry-run", "gone", "asked-by-them"}
)
"""States of a receipt that need no further run. What a person still has to do is listed as parked."""


def forget(hub: Hub, target: Target, delivery: Delivery) -> str:
    """Carry out one erasure at one destination: the result, as in `deliver`."""
    case = open_case(hub, target, delivery, receipt_key(delivery), "receipt")
    state = case.data.get("state")
    if not case.item.version or (state in FINAL and delivery.replay is None) or state == "done":
        return "unchanged"
    if state == BY_HAND:
        case.write(state="done-by-hand", remote=None, task=None, told=from_epoch(case.now), reason=None)
        return "done"
    switched = switches(hub, target.account_name)
    if switched.paused:
        return parking.park(case, "paused", parking.PAUSED_DELAY)
    if switched.dry_run:
        case.write(state="dry-run", told=from_epoch(case.now))
        return "skipped:dry-run"
    return _call(case)


def receipt_key(delivery: Delivery) -> Key:
    """Where the receipt lies that a delivery is to write."""
    return keys.receipt(delivery.id, delivery.destination, delivery.trigger)


def by_hand(item: Item, task: str, now: str) -> Item:
    """The receipt of a destination that no call makes forget: a person has to, and replays it when done.

    An id that is itself a value of the person is not kept for that.
    """
    data = {name: value for name, value in item.data.items() if name != "personal"}
    if item.data.get("personal"):
        data.pop("remote", None)
    data |= {"state": BY_HAND, "task": task, "told": now, "reason": BY_HAND}
    return replace(item, data=data, agenda=keys.PARKED, at=now)


def _call(case: Case) -> str:
    call = case.target.resource.delete
    now = from_epoch(case.now)
    if call is None:
        listed = by_hand(case.item, NO_CALL, now)
        kept = {"remote": listed.data.get("remote"), "personal": None}
        case.write(**{**listed.data, **kept}, agenda=keys.PARKED, at=case.now)
        return f"parked:{BY_HAND}"
    scope = {"id": case.data["remote"], "record": {}, "customer": {}, "key": case.delivery.trigger}
    try:
        _plausible(Calls(case.hub, case.target, case.attempt.calls).make(call, scope))
    except StoppedError as stop:
        return _stopped(case, stop)
    except (RecordError, EvaluationError) as error:
        return parking.reject(case, error, told=now)
    case.write(state="done", remote=None, personal=None, told=now, **parking.CLEAN)
    return "done"


def _plausible(response: HttpResponse | None) -> None:
    """Raise StoppedError for a yes that no API would give, such as the page of a captive network."""
    if response is not None and response.body.strip():
        try:
            response.json()
        except (ValueError, RecursionError):
            raise StoppedError(Outcome("unknown", reason="not-json")) from None


def _stopped(case: Case, stop: StoppedError) -> str:
    if stop.throttled:
        return parking.park(case, stop.outcome.reason, stop.outcome.after)
    return parking.settle(case, stop.outcome, told=from_epoch(case.now))
