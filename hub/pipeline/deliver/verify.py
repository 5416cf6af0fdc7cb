"""What became of an act whose outcome is unknown, without asking a person: what the vendor tells of it.

It tells by a webhook that carries the key of the act, or when it is asked (`verify:` of the resource). Only
an answer that it has no such act, once the request can no longer land, lets the act happen again.
"""

from typing import Any, Literal

from hub import identity, keys
from hub.pipeline.deliver import parking
from hub.pipeline.deliver.calls import Calls
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import idempotency_key
from hub.times import to_epoch

Word = Literal["done", "not-there", "unknown"]

PATIENCE = 3600.0
"""Seconds for which a webhook is waited for; after them a person decides."""


def key_of(case: Case) -> str:
    """The key of an act, the same on each attempt."""
    delivery = case.delivery
    return idempotency_key(delivery.destination, delivery.flow, delivery.trigger)


def can_be_known(case: Case) -> bool:
    """Whether the vendor tells what became of an act."""
    resource = case.target.resource
    return resource.verify is not None or bool(resource.told_by)


def looked_up(case: Case) -> Word:
    """What became of the act. Raises StoppedError where the vendor cannot be asked now."""
    resource = case.target.resource
    if resource.told_by and _told(case, resource.told_by):
        return "done"
    if resource.verify is None or _may_land(case):
        return "unknown"
    scope: dict[str, Any] = {"key": key_of(case), "id": None}
    response = Calls(case.hub, case.target, case.attempt.calls).make(resource.verify, scope)
    found = response is not None and resource.verify.id_of(response) is not None
    return "done" if found else "not-there"


def later(case: Case) -> float | None:
    """Seconds until it is looked up again: more each time; None when it was waited for long enough."""
    begun = to_epoch(case.data["inflight"]["at"])
    waited = case.now - begun
    return None if waited >= PATIENCE else max(parking.QUIET, waited)


def _told(case: Case, field: str) -> bool:
    """Whether a record that the vendor told of has the act's key in this field, which identifies it."""
    hub, key = case.hub, key_of(case)
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
    wanted = [
        keys.claim(entity, field, identity.hashed(pepper, field, key))
        for entity in case.target.mappings
        for pepper in peppers
    ]
    return any(item.data.get("records") for item in hub.store.read(wanted).values())


def _may_land(case: Case) -> bool:
    inflight = case.data.get("inflight")
    return inflight is not None and case.now - to_epoch(inflight["at"]) < parking.QUIET
