"""Bringing a destination's record to the state of its entity: desired state, so that order does not matter.

The intent and the ledger are committed before the first call, because the vendor's webhook about the
write can come before its answer. A request whose outcome is unknown may still land after a later one:
once it no longer can, the current state is written once more (`ambiguous`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub import keys, ledger
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver import loops, parking, stored, superseded
from hub.pipeline.deliver.calls import Calls, StoppedError
from hub.pipeline.deliver.case import Case, open_case, refusal, retire
from hub.pipeline.deliver.desire import Desire, desired, idempotency_key
from hub.pipeline.deliver.gone import parted
from hub.pipeline.deliver.introducing import introduce
from hub.pipeline.deliver.receipts import BY_HAND, freed
from hub.pipeline.deliver.target import Target, switches
from hub.pipeline.deliver.writing import write_record
from hub.pipeline.subjects import CUSTOMER, Subject, find
from hub.reprs import discreet
from hub.times import from_epoch, to_epoch

LEASE = parking.QUIET
"""Seconds for which an intent without an upsert keeps others from creating the same record: until its request
can no longer land, or what they search for appears after they searched."""

UNHEARD = 900.0
"""Seconds for which an upsert without an answer keeps one by another identifier waiting, which would make a
second record beside that of the first: by then its vendor has told of that, or was asked."""

DIRTY = "unknown"
"""Hash of what is there while a write is under way or has failed: equal to nothing."""

DEALT = ("ok", "rejected", "ambiguous", "exhausted", BY_HAND)

TWO_RECORDS = "two-records"
"""Why a delivery is for a person that was written all the same: the customer has another record there."""


@discreet()
@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery that has come to its call: nothing is written yet of what it is about to do."""

    case: Case
    subject: Subject
    desire: Desire

    @property
    def key(self) -> str:
        """The key of this version's writing, the same on every attempt."""
        named = (self.case.delivery.destination, self.subject.entity, self.subject.id)
        return idempotency_key(*named, self.subject.epoch)

    def at(self, case: Case) -> "Ready":
        """The same, after its state was written."""
        return replace(self, case=case)


def bring(hub: Hub, target: Target, delivery: Delivery) -> str:
    """Write the entity's current state to the destination: the result, as in `deliver`."""
    found = prepared(hub, target, delivery)
    return found if isinstance(found, str) else _attempt(found.case, found.subject, found.desire)


def prepared(hub: Hub, target: Target, delivery: Delivery) -> str | Ready:
    """What is to be written, or the result where nothing is."""
    subject = find(hub, delivery.entity, delivery.id, likely=delivery.customer)
    if subject is None or subject.id != delivery.id:
        told = keys.delivery(delivery.destination, delivery.entity, delivery.id)
        retire(hub, told, "superseded" if subject else "gone")
    if subject is None:
        return "skipped:unknown-entity"
    key = keys.delivery(delivery.destination, subject.entity, subject.id)
    # Under its own id: what is sent again must find this very item, however often it was merged.
    case = open_case(hub, target, replace(delivery, id=subject.id), key, "delivery")
    if _dealt(case, subject):
        return "unchanged"
    try:
        return _prepared(case, subject)
    except (RecordError, EvaluationError) as error:
        return parking.reject(case, error, epoch=subject.epoch)


def _dealt(case: Case, subject: Subject) -> bool:
    """Whether this version was dealt with before. A replay asks again, but not for what is done."""
    data = case.data
    dealt = data.get("epoch", 0) >= subject.epoch and data.get("state") in DEALT
    dealt = dealt or data.get("state") == loops.LOOPING
    # What is done is left so; a replay that says `again` writes it a second time, and has its effect once.
    left = data.get("state") == "ok" and (case.is_newer or not case.delivery.again)
    return dealt and (case.delivery.replay is None or left)


def _prepared(case: Case, subject: Subject) -> str | Ready:
    switched = switches(case.hub, case.target.account_name)
    if switched.paused:
        return parking.park(case, "paused", parking.PAUSED_DELAY)
    if reason := refusal(case, case.hub.catalog.flows.get(case.delivery.flow), subject.customer):
        return _withhold(case, reason)
    desire = desired(case, subject)
    case = freed(case, desire.receipts)
    if CUSTOMER in case.target.resource.needs and desire.here is None:
        return parking.await_customer(case)
    if desire.same and not superseded.pending(case, desire):
        return close(case, subject, desire, "unchanged")
    if switched.dry_run:
        case.write(state="dry-run", would=desire.record)
        return "skipped:dry-run"
    leased = _leased(case, desire)
    if leased > 0:
        return parking.park(case, "leased", leased)
    if task := superseded.task(case, desire):
        return parking.show(case, BY_HAND, "merged-there", task=task, epoch=subject.epoch)
    if loops.is_loop(case, desire):
        return parking.show(case, loops.LOOPING, loops.LOOPING)
    return Ready(case, subject, desire)


def _withhold(case: Case, reason: str) -> str:
    """Tell nothing new; what was told before a consent was withdrawn stays there.

    An intent stays, too: whether it landed is settled with the next write that is allowed.
    """
    case.write(state="skipped", reason=reason)
    return f"skipped:{reason}"


def _attempt(case: Case, subject: Subject, desire: Desire) -> str:
    calls, case.attempt.record = Calls(case.hub, case.target, case.attempt.calls), desire.record
    before = case
    try:
        begins = superseded.first(case, desire) or calls.first(desire.remote)
        case = calls.start(case, begins, **intent(case, subject, desire))
    except StoppedError as stop:
        return parking.park(case, stop.outcome.reason, stop.outcome.after)
    try:
        case, desire = superseded.restored(calls, case, desire)
        case, desire = superseded.settle(calls, case, desire)
        done = write_record(calls, case, subject, desire)
    except StoppedError as stop:
        return _stopped(before, case, subject, desire, stop, calls)
    except (RecordError, EvaluationError) as error:
        case, desire = parted(case, subject, desire, calls.gone)
        known = None if _has_written(calls) else _as_before(before)
        return parking.reject(case, error, known, epoch=subject.epoch)
    told = stored.noted(case, subject.entity, desire, done.record) | ({"stray": None} if done.ours else {})
    case, desire = parted(case, subject, desire, calls.gone)
    introduce(case, subject, desire, done.id, calls.introduced)
    return close(case, subject, desire.at(done.id), "done", told)


INTENDED = ("remote", "orphans", "inflight", "ambiguous", "seen", "wrote", "landed", "beats")
"""What an intent says of a write, and is as it was before where nothing was written."""


def _stopped(
    before: Case, case: Case, subject: Subject, desire: Desire, stop: StoppedError, calls: Calls
) -> str:
    """Park or list what could not go on. `before`: the case as it was when this attempt began."""
    changes = {} if stop.writes else _as_before(before)
    if calls.gone:
        case, desire = parted(case, subject, desire, calls.gone)
        changes["remote"] = None
    if stop.remote and stop.remote != desire.remote:
        introduce(case, subject, desire, stop.remote, calls.introduced)
        changes["remote"] = stop.remote
    if stop.throttled:
        return parking.take_back(case, stop.outcome.reason, stop.outcome.after, **changes)
    kind = "retry" if stop.outcome.kind == "unknown" and not stop.writes else stop.outcome.kind
    outcome = replace(stop.outcome, kind=kind)
    return parking.settle(case, outcome, known=changes, epoch=subject.epoch)


def _has_written(calls: Calls) -> bool:
    """Whether this attempt has made more than searches."""
    searches = {call.name for call in calls.target.resource.find}
    return any(name not in searches for name, *_ in calls.made)


def _as_before(case: Case) -> dict[str, Any]:
    return {name: case.data.get(name) for name in INTENDED}


def _leased(case: Case, desire: Desire) -> float:
    """Seconds for which somebody else may be creating the record just now."""
    return max((_lease(case, desire, noted) for noted in desire.underway), default=0.0)


def _lease(case: Case, desire: Desire, noted: Mapping[str, Any]) -> float:
    """Seconds for which the request of this state of a delivery keeps another one waiting."""
    upserts = case.target.resource.upsert is not None
    if upserts and not _matches_another(case, desire, noted):
        return 0.0
    return to_epoch(noted["inflight"]["at"]) + (UNHEARD if upserts else LEASE) - case.now


def _matches_another(case: Case, desire: Desire, noted: Mapping[str, Any]) -> bool:
    """Whether an upsert may create a second record beside that of a request which is still on its way: by
    another identifier than that one."""
    names = {field.name for field in case.hub.catalog.entities[case.delivery.entity].identifying}
    wrote = noted.get("wrote", {})
    told = {name: wrote[name][0][0] for name in names & wrote.keys()}
    return desire.remote is None and any(
        known != ledger.fingerprint(desire.both.get(name)) for name, known in told.items()
    )


def intent(case: Case, subject: Subject, desire: Desire) -> dict[str, Any]:
    """What is about to be written; an intent found there is a request that may still land.

    `first`: the version whose creation is unsettled, so that creating again repeats its idempotency key.
    """
    now = from_epoch(case.now)
    earlier = case.data.get("inflight") or {}
    inflight = {"epoch": subject.epoch, "first": earlier.get("first", subject.epoch), "at": now}
    return {
        "state": "sending",
        "said": None,
        "place": None,
        "remote": desire.remote,
        "orphans": list(desire.orphans) or None,
        "superseded": desire.receipts or None,
        "inflight": {**inflight, **({"before": _alone(earlier)} if earlier else {})},
        "ambiguous": earlier.get("at", case.data.get("ambiguous") or desire.unsettled),
        "seen": desire.seen,
        "wrote": ledger.entry(desire.written(subject.fields), now, desire.wrote),
        "landed": {**({earlier["at"]: []} if earlier else {}), **desire.landed} or None,
        "stray": _stray(case) or case.data.get("stray"),
        "beats": loops.beats(case, desire),
        "hash": DIRTY,
        "rest": DIRTY,
        "agenda": keys.DUE,
        "at": case.now + parking.INTENT_SECONDS,
    }


def _left_alone(case: Case, desire: Desire) -> dict[str, Any]:
    """What is noted where nothing was written: another customer who was merged into this one has a record."""
    stray = _stray(case) or case.data.get("stray")
    return {"wrote": desire.wrote, "landed": desire.landed or None, "stray": stray}


def _stray(case: Case) -> dict[str, Any]:
    """What a request to find or create a record had in it that may land after all: maybe in a record of its
    own, beside the one that this attempt writes."""
    data, earlier = case.data, case.data.get("inflight")
    if earlier is None or data.get("remote") is not None:
        return {}
    return {name: kept[:1] for name, kept in data.get("wrote", {}).items() if kept[0][1] == earlier["at"]}


def _alone(inflight: dict[str, Any]) -> dict[str, Any]:
    """A request that is on its way, without what was on its way before it."""
    return {name: told for name, told in inflight.items() if name != "before"}


def close(
    case: Case, subject: Subject, desire: Desire, result: str, told: dict[str, Any] | None = None
) -> str:
    """The destination has this version; it is written again later while an earlier request may still land.

    `told`: what the answer to a write adds to the ledger.
    """
    ambiguous = case.data.get("ambiguous")
    lands = to_epoch(ambiguous) + parking.QUIET if ambiguous else 0.0
    settling = lands > case.now
    task = superseded.left(desire)
    case.write(
        state="settling" if settling else BY_HAND if task else "ok",
        agenda=keys.DUE if settling else keys.PARKED if task else None,
        at=lands if settling else case.now if task else None,
        epoch=subject.epoch,
        hash=desire.hash,
        rest=desire.rest,
        seen=desire.seen if told else desire.then,
        remote=desire.remote,
        orphans=list(desire.orphans) or None,
        superseded=desire.receipts or None,
        **(told or _left_alone(case, desire)),
        **{
            **parking.CLEAN,
            "ambiguous": ambiguous if settling else None,
            "task": task or None,
            "reason": TWO_RECORDS if task else None,
        },
    )
    return result


def foreseen(case: Case, subject: Subject) -> tuple[str, Desire | None]:
    """What would come of it now, without a call: `write`, `unchanged` or why not, and what is desired.

    Raises RecordError and EvaluationError as its mapping does.
    """
    if reason := refusal(case, case.hub.catalog.flows.get(case.delivery.flow), subject.customer):
        return reason, None
    desire = desired(case, subject)
    if CUSTOMER in case.target.resource.needs and desire.here is None:
        return "waiting-for-customer", desire
    return "unchanged" if desire.same else "write", desire
