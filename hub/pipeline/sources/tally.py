"""What each source told, by the hour: counted in the process and noted at most once a minute.

No event costs a write. A process that ends takes at most a minute's counts along.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from hub import keys
from hub.errors import RetryError
from hub.reprs import discreet
from hub.store import Conflict, Item, Put, Store
from hub.times import from_epoch

EVERY_SECONDS = 60.0
"""Between two notes of one source by one process."""

KEPT_SECONDS = 40 * 86_400
TRIES = 3

HEARD, CHECKED, MISSED = "heard", "checked", "missed"
"""Events by webhook; changes that a reconciliation compared; those of them whose webhook never came."""


class Told(NamedTuple):
    """What became of one event: its source, how it came, and the result's kind ("" for a failure)."""

    source: str
    via: str
    kind: str


@discreet()
@dataclass(slots=True)
class Tally:
    """The counts of one process that are not noted yet, by source."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    noted: dict[str, float] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def add(self, source: str, name: str, count: int, now: float) -> None:
        """Count something of a source."""
        self.counts.setdefault(source, Counter())[name] += count
        if name == HEARD:
            self.last[source] = from_epoch(now)

    def take(self, told: Iterable[Told], now: float) -> None:
        """Count what a batch of events was."""
        for one in told:
            if one.via == "webhook":
                self.add(one.source, HEARD, 1, now)
            elif one.via == "reconcile" and one.kind == "applied":
                self.add(one.source, MISSED, 1, now)

    def note(self, store: Store, now: float) -> None:
        """Note the sources whose minute is over; what cannot be noted now is noted with what comes next."""
        for source, counts in list(self.counts.items()):
            waits = now - self.noted.get(source, float("-inf")) < EVERY_SECONDS
            if waits and not counts[MISSED]:
                continue
            self.noted[source] = now
            if _noted(store, source, counts, self.last.get(source, ""), now):
                del self.counts[source]


def _noted(store: Store, source: str, counts: Counter[str], last: str, now: float) -> bool:
    """Add the counts to the day's item; whether that was done."""
    at = from_epoch(now)
    key = keys.heard(source, at[:10])
    for _ in range(TRIES):
        try:
            item = store.read([key]).get(key) or Item(key, "source")
            data = added(item.data, counts, at[11:13])
            data["last"] = max(last, item.data.get("last", ""))
            store.commit([Put(replace(item, data=data, ttl=int(now) + KEPT_SECONDS))])
        except Conflict:
            continue
        except RetryError:
            return False
        return True
    return False


def added(data: dict[str, Any], counts: Counter[str], hour: str) -> dict[str, Any]:
    """A day's data with these counts at an hour."""
    grown = dict(data)
    for name, count in counts.items():
        hours = dict(grown.get(name, {}))
        grown[name] = {**hours, hour: hours.get(hour, 0) + count}
    return grown
