"""An import from a vendor's API: the same walk, from the beginning, with what it has done noted in its item.

Its events go down the path of the webhooks as `import`: behind live ones, and not at all while many wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hub import identity, keys
from hub.errors import RecordError
from hub.messages import Event
from hub.pipeline import Hub
from hub.pipeline.poll import walk
from hub.pipeline.poll.source import Page, Source, sources
from hub.pipeline.poll.turn import Turn
from hub.pipeline.unify.telling import tell
from hub.reprs import discreet
from hub.store import Item

PATIENCE = 24
"""Runs in a row that may fail: two hours."""

SHOWN = 20
"""Rows that are named for each kind of reject."""


@discreet("source")
@dataclass(slots=True)
class ImportTurn(Turn):
    """The import of one resource, of which `item` notes how far it is."""

    @property
    def state(self) -> walk.State:
        """How far the walk has come."""
        return dict(self.item.data.get("walk") or {})

    @property
    def backfill(self) -> bool:
        """It is one."""
        return True

    def _begun(self) -> walk.State:
        since = str(self.item.data["since"])
        return walk.begun({"since": since}, self.source.call, self._now, since)

    def _ended(self, state: walk.State, until: str, odd: str) -> walk.State:
        return {"over": True, "error": odd}

    def _send(self, page: Page, state: walk.State) -> int:
        data = self.item.data
        if not data["dry"]:
            sent = super(ImportTurn, self)._send(page, state)
            rejects = data["rejects"]
        else:
            rejects = rejected(self.hub, page.events, data["rows"] + 1, data["rejects"])
            sent = 0
        rows = data["rows"] + len(page.events)
        told = {"rows": rows, "sent": data["sent"] + sent, "rejects": rejects, "failures": 0}
        self.item = replace(self.item, data={**data, **told})
        return sent

    def _save(self, state: walk.State) -> None:
        """Note how far it is: done, or failed when it fails again and again."""
        data = {**self.item.data, "walk": state, "error": state.get("error", ""), "at": self._now}
        if walk.over(state):
            data |= {"state": "done", "walk": {}}
        elif data["error"]:
            data["failures"] = data.get("failures", 0) + 1
            data["state"] = "failed" if data["failures"] >= PATIENCE else "running"
        listed = data["state"] == "running"
        self.item = replace(
            self.item, agenda=keys.IMPORTING if listed else None, at=data["started"] if listed else None
        )
        self._put(data)


def imports(hub: Hub, pages: int) -> list[ImportTurn]:
    """The imports that are under way."""
    known = {source.name: source for source in sources(hub)}
    listed = hub.store.agenda(keys.IMPORTING).items
    fresh = hub.store.read([item.key for item in listed])
    return [
        ImportTurn(hub, known[name], item, pages)
        for item in fresh.values()
        if item.agenda == keys.IMPORTING and (name := _name(item)) in known
    ]


def rejected(
    hub: Hub,
    events: Iterable[Event],
    first: int,
    before: list[dict[str, Any]],
    peppers: list[identity.Pepper] | None = None,
) -> list[dict[str, Any]]:
    """What unify would refuse of these rows, added to what it would before: by reason and deciding line.

    `first`: number of the first row; `peppers`: where not the stack's own.
    """
    found = {(one["reason"], one["place"]): one for one in before}
    peppers = peppers or identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
    for number, event in enumerate(events, first):
        try:
            tell(hub, event, peppers)
        except RecordError as error:
            name = (error.reason, str(error.place or ""))
            one = found.get(name) or {"reason": name[0], "place": name[1], "count": 0, "rows": []}
            found[name] = {**one, "count": one["count"] + 1, "rows": [*one["rows"], number][:SHOWN]}
    return list(found.values())


def _name(item: Item) -> str:
    return f"{item.data['source']}.{item.data['resource']}"


__all__ = ["ImportTurn", "Source", "imports", "rejected"]
