"""Which items an operator asks for: by whom, where from or to, state, reason and time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from hub import keys
from hub.catalog import Catalog
from hub.flow import seconds
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import bad
from hub.pipeline.serve.fingerprint import fingerprint
from hub.pipeline.serve.names import destinations, meant
from hub.pipeline.serve.profile import known
from hub.pipeline.serve.search import search
from hub.reprs import discreet
from hub.store import Item
from hub.times import from_epoch, parse

LISTS = {
    keys.PARKED: ("rejected", "ambiguous", "exhausted", "held", "by-hand", "looping"),
    keys.DUE: ("due", "sending", "intent", "settling"),
    keys.DONE: ("ok", "done", "dry-run", "skipped", "superseded", "gone"),
}
"""Which states a delivery has on which list; the name of a list stands for all of them."""
WORDS = {keys.PARKED: LISTS[keys.PARKED], keys.DUE: LISTS[keys.DUE], "done": ("ok", "done")}
STATES = (*WORDS, *(state for states in LISTS.values() for state in states if state not in WORDS))
"""What may be asked for as a state."""
NAMES = (
    *("connector", "account", "destination", "source", "flow", "state", "reason", "group"),
    *("since", "until", "entity", "customer", "replay"),
)
LONGEST = 200
_REPLAY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z-[0-9a-f]{8}(?:-again)?")
_WHEN = re.compile(r"(?:(\d{4}-\d\d-\d\d)(?:[T ]|$))?(?:(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
"""A day, a time of a day, or both, with or without seconds and a zone."""


@discreet()
@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; what is empty excludes nothing. `since`, `until`: canonical times."""

    connector: str = ""
    account: str = ""
    destination: str = ""
    source: str = ""
    flow: str = ""
    state: str = ""
    reason: str = ""
    group: str = ""
    since: str = ""
    until: str = ""
    entity: str = ""
    customer: str = ""
    replay: str = ""

    @classmethod
    def of(cls, hub: Hub, told: Mapping[str, Any]) -> Self:
        """What a query or a body asks for; `whose`: the customer by an identifier. Raises Refusal."""
        asked = (name for name in NAMES if told.get(name) not in (None, ""))
        given: dict[str, str] = {name: told[name] for name in asked}
        if not all(isinstance(value, str) and len(value) <= LONGEST for value in given.values()):
            raise bad("what is asked for are texts")
        if "whose" in told:
            if not isinstance(told["whose"], dict):
                raise bad("whose is an identifier, as in a search for a customer")
            given["customer"] = search(hub, told["whose"])
        elif "customer" in given:
            given["customer"] = known(hub, given["customer"]).data["id"]
        if given.get("state", STATES[0]) not in STATES:
            raise bad(f"state is one of {', '.join(STATES)}")
        given = meant(hub, given)
        times: dict[str, str] = {
            name: _time(hub, given[name]) for name in ("since", "until") if name in given
        }
        if "replay" in given:
            ordered = begun(given["replay"])
            times["since"] = max(times.get("since", ordered), ordered)
        return cls(**(given | times))

    def anybody(self) -> Self:
        """The same, whosever it is."""
        return replace(self, customer="")

    def lists(self, catalog: Catalog) -> list[str]:
        """The lists on which such deliveries are: what needs somebody first."""
        states = WORDS.get(self.state, (self.state,) if self.state else ())
        asked = [name for name, held in LISTS.items() if not states or set(states) & set(held)]
        if self.group:  # only failures have one
            asked = [name for name in asked if name == keys.PARKED]
        done = [keys.done(name) for name in self.destinations(catalog)] if keys.DONE in asked else []
        return [*(name for name in asked if name != keys.DONE), *done]

    def destinations(self, catalog: Catalog) -> list[str]:
        """The flows' destinations that are asked for; one that is named need not be of a flow any more."""
        if self.destination:
            return [self.destination]
        return [name for name in destinations(catalog) if self._leads_to(name)]

    def matches(self, item: Item) -> bool:
        """Whether an item is one of those."""
        place, state = place_of(item), item.data.get("state", "")
        wanted = {"flow": self.flow, "entity": self.entity, "customer": self.customer}
        return (
            self._leads_to(place)
            and (not self.state or state in WORDS.get(self.state, (self.state,)))
            and self.reason in ("", item.data.get("reason"))
            and all(value in ("", _told(item, name)) for name, value in wanted.items())
            and self.since <= tried_at(item) <= (self.until or "~")
            and (not self.replay or self.replay in _replays(item))
            and self.group in ("", fingerprint(item))
        )

    def _leads_to(self, place: str) -> bool:
        """Whether a source or destination is one that is asked for."""
        exact = self.destination or self.source
        return (
            exact in ("", place)
            and (not self.account or f"{place}.".startswith(f"{self.account}."))
            and (not self.connector or place.startswith(f"{self.connector}."))
        )


def begun(replay: str) -> str:
    """When a replay of this id was ordered. Raises Refusal."""
    if not _REPLAY.fullmatch(replay):
        raise bad("replay is the id that a replay was told under")
    return replay[:27]


def _replays(item: Item) -> set[str]:
    """The replays by which a delivery was sent, of those that its journal has."""
    if item.kind not in ("delivery", "act"):
        return set()
    said = {str(entry.get("replay")) for entry in item.data.get("log", ())}
    return said | {str(Delivery.loads(item.data["message"]).replay)}


def place_of(item: Item) -> str:
    """Where an item goes to (a destination) or comes from (an account)."""
    if "message" in item.data and item.kind in ("delivery", "act", "receipt"):
        return Delivery.loads(item.data["message"]).destination
    return str(item.data.get("source") or item.data.get("flow") or "")


def tried_at(item: Item) -> str:
    """When an item was tried last, or put on its list."""
    log = item.data.get("log")
    return str(log[-1]["at"] if log else item.at or "")


def _told(item: Item, name: str) -> str:
    if item.kind in ("delivery", "act", "receipt"):
        return str(getattr(Delivery.loads(item.data["message"]), name))
    return str(item.data.get(name, ""))


def _time(hub: Hub, text: str) -> str:
    """A time, how long ago (`2h`, `3d`), or a time of today; in UTC, where it does not say otherwise."""
    now = from_epoch(hub.clock())
    try:
        return from_epoch(hub.clock() - seconds(text))
    except ValueError:
        pass
    if match := _WHEN.fullmatch(text):
        text = f"{match[1] or now[:10]}T{match[2] or '00:00'}{match[3] or ':00'}{match[4] or 'Z'}"
    try:
        return parse(text)
    except ValueError:
        raise bad("since and until are times (2026-11-20T14:00:00Z, 14:00 of today), or 2h, 3d ago") from None
