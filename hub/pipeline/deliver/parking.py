"""What becomes of a delivery that did not end well: tried again later, or listed for people.

Nothing waits in the queue: a parked delivery is acknowledged, frees its FIFO group, and sweep sends it
again when it is due.
"""

from collections.abc import Mapping
from typing import Any

from hub import keys, ledger
from hub.connector import Outcome
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.limiter import MOMENT
from hub.pipeline.deliver.case import Case
from hub.pipeline.deliver.refused import marks
from hub.pipeline.deliver.target import pause
from hub.times import from_epoch, to_epoch

FIRST_DELAY = 2.0
LONGEST_DELAY = 900.0
LATER = (1_800.0, 3_600.0, 7_200.0, 14_400.0)
"""Seconds between the attempts after an hour or so: a record that fails while others get through is no hurry.
What waits because its destination is down does not wait so long: it comes when the breaker lets it."""

EARLY = 12
"""Attempts before those."""

HORIZON = 3 * 86_400.0
"""Seconds after which a delivery that never succeeded is exhausted (the senders' own practice: 3 days)."""

PAUSED_DELAY = 300.0
"""Seconds after which a delivery to a paused account asks again whether it is still paused."""

QUIET = ledger.QUIET
"""Seconds after which a request whose outcome is unknown can no longer land."""

INTENT_SECONDS = 600.0
"""Seconds after which an intent that nobody finished is tried again by sweep: longer than the queue does."""

DOWN = "breaker-open"
TURNS = frozenset({"rate-limit", "in-flight", DOWN})
"""Reasons for which a delivery waits for its turn: our own limits, so nothing was sent."""

CLEAN: dict[str, Any] = dict.fromkeys(
    ("inflight", "attempts", "since", "reason", "place", "would", "said", "turn", "most", "refused")
)
"""What a success takes out of the state."""


def park(case: Case, reason: str, after: float, **changes: Any) -> str:
    """Try again in `after` seconds; not a failure of the destination, so it is not counted."""
    changes = {**_left(case), **changes}
    if reason in TURNS:
        return _in_line(case, reason, after, **changes)
    # A tenth more at random: what was parked together does not come back together.
    due = case.now + after + case.hub.random.uniform(0, after / 10)
    case.write(state="due", reason=reason, agenda=keys.DUE, at=due, **changes)
    return f"parked:{reason}"


def _left(case: Case) -> dict[str, Any]:
    """What was said of what was refused, and is on its way again, does not stand beside why it waits now."""
    again = case.data.get("state") not in ("due", "sending", "intent", "settling")
    return {"said": None, "place": None} if again else {}


def _in_line(case: Case, reason: str, after: float, **changes: Any) -> str:
    """Try again when it is this one's turn. A destination that stays down exhausts what waits for it, too."""
    if reason == DOWN:
        changes["since"] = case.data.get("since") or from_epoch(case.now)
        if case.now - to_epoch(changes["since"]) > HORIZON:
            return show(case, "exhausted", reason, attempts=None, since=None, turn=None)
    # Who has had a turn and need not wait long has not gone to the end of the line.
    turn = 2 if case.data.get("turn") == 1 and after <= MOMENT else 1
    case.write(state="due", reason=reason, agenda=keys.DUE, at=case.now + after, turn=turn, **changes)
    return f"parked:{reason}"


def await_customer(case: Case) -> str:
    """Try again until the customer exists at the destination; exhausted when that never comes."""
    return _again(case, Outcome("retry", reason="waiting-for-customer"), {})


def show(case: Case, state: str, reason: str, **changes: Any) -> str:
    """List it for people under `state`: tried again only when the entity changes or somebody replays."""
    case.write(**{"inflight": None, **changes}, state=state, reason=reason, agenda=keys.PARKED, at=case.now)
    return "rejected" if state == "rejected" else f"parked:{state}"


def reject(
    case: Case, error: RecordError | EvaluationError, known: Mapping[str, Any] | None = None, **changes: Any
) -> str:
    """List a record that can never succeed as it is, with the line that decided."""
    place = error.place if isinstance(error, RecordError) else None
    return settle(case, Outcome("reject", reason=error.reason, place=place), known, **changes)


def on_its_way(case: Case) -> Any:
    """What is on its way when this attempt's own request is known to have done nothing: an earlier one."""
    return (case.data.get("inflight") or {}).get("before")


def take_back(case: Case, reason: str, after: float, **changes: Any) -> str:
    """Park a request of this attempt that is known to have done nothing: an earlier one may be on its way."""
    return park(case, reason, after, **{"inflight": on_its_way(case), **changes})


def settle(case: Case, outcome: Outcome, known: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """Write what an answer that was no success means. `changes` go with a rejection; `known`: what the
    attempt learnt, which goes with the others."""
    if outcome.kind == "pause":
        pause(case.hub, case.target.account_name, outcome.reason)
        return take_back(case, outcome.reason, PAUSED_DELAY, **(known or {}))
    if outcome.kind in ("retry", "unknown"):
        return _again(case, outcome, known or {})
    state = "ambiguous" if outcome.reason == "ambiguous" else "rejected"
    place = str(outcome.place) if outcome.place else None
    asked = case.attempt.record is not None and case.attempt.calls
    changes |= {"refused": marks(case.target, case.attempt.record) if asked else None, **(known or {})}
    return show(case, state, outcome.reason or outcome.kind, place=place, said=outcome.said, **changes)


def _again(case: Case, outcome: Outcome, known: Mapping[str, Any]) -> str:
    attempts = case.data.get("attempts", 0)
    since = case.data.get("since") or from_epoch(case.now)
    if case.now - to_epoch(since) > HORIZON:
        return show(case, "exhausted", outcome.reason, attempts=None, since=None, said=outcome.said)
    unknown = outcome.kind == "unknown"
    inflight = case.data.get("inflight") if unknown else on_its_way(case)
    due = case.now + max(outcome.after, QUIET if unknown else 0.0, _backoff(case, attempts))
    changes = {
        "attempts": attempts + 1,
        "since": since,
        "inflight": inflight,
        "said": outcome.said,
        "turn": None,
        **known,
    }
    case.write(state="due", reason=outcome.reason, agenda=keys.DUE, at=due, **changes)
    return f"parked:{outcome.reason}"


def _backoff(case: Case, attempts: int) -> float:
    """Full jitter: anything up to the delay, so that a recovering destination is not hit at once."""
    if attempts >= EARLY:
        later = LATER[min(attempts - EARLY, len(LATER) - 1)]
        return case.hub.random.uniform(later / 2, later)
    return case.hub.random.uniform(0, min(LONGEST_DELAY, FIRST_DELAY * 2.0**attempts))
