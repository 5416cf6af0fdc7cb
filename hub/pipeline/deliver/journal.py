"""The journal of a delivery: its last attempts, each with the calls that it made and what they came to.

It lies in the delivery's own item, so that it costs no write. It holds names, numbers and times: no value,
no address, no body. It is bounded, so that the item stays small; what had to go is counted (`earlier` of the
first entry), so that nobody takes the rest for the whole.
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
"""What all of them together may take, as JSON; those that only waited go first, then the oldest."""
COUNT = len('"earlier":9999,')
CALLS = 8
"""Calls of one attempt that are kept: the last ones."""

Made = list[Any]
"""One call: its name, the status of the answer (`-`: there was none), milliseconds."""
Entry = dict[str, Any]


@discreet()
@dataclass(slots=True)
class Attempt:
    """One run at a delivery. `calls` is filled while it runs; `before`: the journal without it; `record`:
    what it writes.

    A write that was refused because numbers moved is written again: so what there was before is kept here,
    and not read off what was last meant to be written.
    """

    at: float
    calls: list[Made] = field(default_factory=list)
    before: Sequence[Entry] | None = None
    record: Any = None

    def note(
        self, data: Mapping[str, Any], state: str, reason: str | None, delivery: Delivery
    ) -> list[Entry]:
        """The journal of `data` with this attempt, as it stands now."""
        if self.before is None:
            self.before = tuple(data.get("log", ()))
        return _bounded(_joined(self.before, self._entry(state, reason, delivery)))

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
    if last is None or not _waited(last) or _apart(last) != _apart(entry):
        return [*log, entry]
    counted = {"first": last.get("first", last["at"]), "times": last.get("times", 1) + 1}
    earlier = {"earlier": last["earlier"]} if "earlier" in last else {}
    return [*log[:-1], {**entry, **counted, **earlier}]


def _waited(entry: Entry) -> bool:
    """Whether an attempt made no call, and says what it waited for."""
    return "calls" not in entry and "reason" in entry


def _apart(entry: Entry) -> Entry:
    """What tells an entry from another one beside its time."""
    return {name: value for name, value in entry.items() if name not in ("at", "first", "times", "earlier")}


def _bounded(log: list[Entry]) -> list[Entry]:
    """The last entries, as many as there is room for. The first one says how many attempts came before."""
    kept, gone = list(log), 0
    while len(kept) > 1 and (len(kept) > MOST or len(dumps(kept)) > BYTES - COUNT):
        number = next((number for number, entry in enumerate(kept[:-1]) if _waited(entry)), 0)
        entry = kept.pop(number)
        gone += entry.get("times", 1) + entry.get("earlier", 0)
    if gone:
        kept[0] = {**kept[0], "earlier": gone + kept[0].get("earlier", 0)}
    return kept
