"""sources: what comes in from each account: when last, how much, what was missed, who is silent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.accounts import Account
from hub.connector.duration import seconds
from hub.pipeline import Hub
from hub.pipeline.sources.habit import Habit, silent
from hub.pipeline.sources.tally import CHECKED, HEARD, MISSED, Tally, Told
from hub.reprs import discreet
from hub.times import from_epoch, time_zone, to_epoch

__all__ = ["Sight", "Tally", "Told", "note", "sights", "sources"]

DAYS = 32
"""Days that are looked at: four weeks before a silence that has lasted some days."""


@discreet()
@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of an account whose webhooks come in. `quiet`: it is silent against its habit.

    `last`: its last webhook; `hours`: events by name in the last 24 hours; `hour`: webhooks of the last one.
    """

    account: Account
    last: str
    day: Mapping[str, int]
    hour: int
    quiet: bool

    @property
    def missed(self) -> int:
        """Changes of the last 24 hours whose webhook never came."""
        return self.day[MISSED]

    @property
    def checked(self) -> int:
        """Changes of the last 24 hours that were compared."""
        return self.day[CHECKED]

    @property
    def missed_percent(self) -> float | None:
        """The share that was missed, None where nothing was compared."""
        return round(100 * self.missed / self.checked, 3) if self.checked else None


def note(hub: Hub, told: list[Told]) -> None:
    """Count what a batch of events was; now and then it is noted."""
    now = hub.clock()
    hub.tally.take(told, now)
    hub.tally.note(hub.store, now)


def sights(hub: Hub) -> Iterator[Sight]:
    """What is seen of each account that has webhooks."""
    for _, account in sorted(hub.catalog.accounts.items()):
        if hub.catalog.connectors[account.connector].receives:
            yield sight(hub, account)


def sight(hub: Hub, account: Account) -> Sight:
    """What is seen of one account."""
    now = hub.clock()
    page = hub.store.page(keys.heard(account.name, "").pk, prefix="D#", reverse=True, limit=DAYS)
    days = {item.key.sk[2:]: item.data for item in page.items}
    last = max((str(data.get("last", "")) for data in days.values()), default="")
    habit = Habit.of(days, time_zone(account.time_zone))
    limit = account.settings.get("quiet_for")
    quiet = silent(habit, to_epoch(last) if last else None, now, seconds(limit) if limit else None)
    return Sight(account, last, _day(days, now), _since(days, now - 3600, HEARD), quiet)


def sources(hub: Hub) -> list[dict[str, Any]]:
    """All that comes in, for people."""
    polls = _polls(hub)
    seen = {sight.account.name: sight for sight in sights(hub)}
    named = sorted(seen.keys() | polls.keys())
    return [{"source": name, **_shown(seen.get(name)), "polls": polls.get(name, [])} for name in named]


def _shown(sight: Sight | None) -> dict[str, Any]:
    if sight is None:
        return {"webhooks": False}
    return {
        "webhooks": True,
        "last_webhook": sight.last or None,
        "last_hour": sight.hour,
        "last_day": sight.day[HEARD],
        "checked": sight.checked,
        "missed": sight.missed,
        "missed_percent": sight.missed_percent,
        "silent": sight.quiet,
    }


def _polls(hub: Hub) -> dict[str, list[dict[str, Any]]]:
    from hub.pipeline.poll.source import sources as polled

    known = {keys.cursor(one.account.name, one.resource.name): one for one in polled(hub)}
    found = hub.store.read(known)
    polls: dict[str, list[dict[str, Any]]] = {}
    for key, one in known.items():
        data = found[key].data if key in found else {}
        told = {
            "resource": one.resource.name,
            "last_poll": data.get("asked"),
            "read_until": data.get("since"),
        }
        polls.setdefault(one.account.name, []).append({**told, "error": data.get("error") or None})
    return polls


def _day(days: Mapping[str, Mapping[str, Any]], now: float) -> dict[str, int]:
    return {name: _since(days, now - 86_400, name) for name in (HEARD, CHECKED, MISSED)}


def _since(days: Mapping[str, Mapping[str, Any]], start: float, name: str) -> int:
    """The counts of the hours since `start`, the one that it falls into included."""
    first = from_epoch(start)[:13]
    return sum(
        count
        for day, data in days.items()
        for hour, count in data.get(name, {}).items()
        if f"{day}T{hour}" >= first
    )
