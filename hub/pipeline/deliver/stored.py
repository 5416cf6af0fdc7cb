"""What the answer to a write tells: how the destination stored what was written, and when, by its own clock.

Its webhook will tell the stored form, which is no news; and whatever it tells of a later time is. A value
that its own record told before is no form of ours: then it did not take what was written.
"""

from typing import Any

from hub import ledger
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.desire import Desire
from hub.times import from_epoch


def noted(case: Case, entity: str, desire: Desire, record: Any) -> dict[str, Any]:
    """The ledger, and when the write had landed. `record`: as the answer holds it, None where it does not."""
    wrote, at = case.data["wrote"], case.data["inflight"]["at"]
    fields = {} if record is None else _inward(case, entity, record)
    stored = {
        name: value
        for name, value in _by_member(fields, desire).items()
        if ledger.fingerprint(value) != desire.theirs.get(name)
    }
    fresh = {name: value for name, value in stored.items() if name not in wrote}
    noted = ledger.entry(fresh, at, ledger.read_back(wrote, stored))
    exact = "updated_at" in fields
    there = [fields["updated_at"] if exact else from_epoch(case.now), exact]
    landed = {**ledger.landings(case.data.get("landed")), at: there}
    return {"wrote": noted, "landed": ledger.remembered(landed, noted)}


def _inward(case: Case, entity: str, record: Any) -> dict[str, Any]:
    """What the stored record says; nothing where it cannot be read: the write was done all the same."""
    try:
        return case.target.mappings[entity].inward(record, case.target.context(case.now)).fields
    except (RecordError, EvaluationError):
        return {}


def _by_member(fields: dict[str, Any], desire: Desire) -> dict[str, Any]:
    """What was stored of the fields that were written, as the ledger notes them: apart what was not."""
    found: dict[str, Any] = {}
    for field, members in desire.members.items():
        if field in fields and isinstance(fields[field], dict) and members:
            inner = fields[field].items()
            found[field] = {name: value for name, value in inner if name in members}
            found |= {f"{field}.{name}": value for name, value in inner if name not in members}
        elif field in fields:
            found[field] = fields[field]
    return found
