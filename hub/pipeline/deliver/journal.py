"""The journal of a delivery: its last attempts, each with the calls that it made and what they came to.

It lies in the delivery's own item, so that it costs no write. It holds names, numbers and times: no value,
no address, no body. It is bounded, so that the item stays small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.messages import Delivery, dumps
from hub.reprs import discreet
from hub.times import from_epoch

MOST = 8
"""Attempts that are kept: the last ones."""
BYTES = 1_200
"""What all of them together may take, as JSON; the oldest go first."""
CALLS = 8
"""Calls of one attempt that are kept: the last ones."""

Made = list[Any]
"""One call: its name, the status of the answer (`-`: there was none), milliseconds."""
Entry = dict[str, Any]


@discreet()
@dataclass(slots=True)
class Attempt:
    """One run at a delivery. `calls` is filled while it runs; `noted`: its entry is the journal's last."""

    at: float
    calls: list[Made] = field(default_factory=list)
    noted: bool = False

    def note(
        self, data: Mapping[str, Any], state: str, reason: str | None, delivery: Delivery
    ) -> list[Entry]:
        """The journal of `data` with this attempt, as it stands now."""
        log: list[Entry] = list(data.get("log", ()))
        before = log[:-1] if self.noted else log
        self.noted = True
        return _bounded(_joined(before, self._entry(state, reason, delivery)))

    def _entry(self, state: str, reason: str | None, delivery: Delivery) -> Entry:
        told = {
            "reason": reason,
            "epoch": delivery.epoch,
            "flow": delivery.flow,
            "cause": delivery.cause,
            "calls": self.calls[-CALLS:],
            "replay": delivery.replay,
        }
        found = {name: value for name, value in told.items() if value not in (None, "", [])}
        return {"at": from_epoch(self.at), "result": state, **found}


def _joined(log: Sequence[Entry], entry: Entry) -> list[Entry]:
    """The journal with one more entry; what only waited again for the same is counted in the last one."""
    last = log[-1] if log else None
    if last is None or "calls" in last or "reason" not in last or _apart(last) != _apart(entry):
        return [*log, entry]
    counted = {"first": last.get("first", last["at"]), "times": last.get("times", 1) + 1}
    return [*log[:-1], {**entry, **counted}]


def _apart(entry: Entry) -> Entry:
    """What tells an entry from another one beside its time."""
    return {name: value for name, value in entry.items() if name not in ("at", "first", "times")}


def _bounded(log: list[Entry]) -> list[Entry]:
    kept = log[-MOST:]
    while len(kept) > 1 and len(dumps(kept)) > BYTES:
        kept = kept[1:]
    return kept
