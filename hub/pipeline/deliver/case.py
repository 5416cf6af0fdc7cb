"""One delivery at work: what was read of it, and the only way in which its state is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub import keys
from hub.errors import RetryError
from hub.flow import Flow
from hub.messages import Delivery
from hub.pipeline import Hub, consents
from hub.pipeline.deliver.journal import Attempt
from hub.pipeline.deliver.target import Target
from hub.pipeline.flows import commit_once
from hub.pipeline.subjects import Subject
from hub.reprs import discreet
from hub.store import Conflict, Item, Key, Put, Tally
from hub.times import from_epoch

ACT_DAYS = 400
"""Days for which an act is remembered: a replay of a year ago must not send its message again."""

DAY = 86_400

LISTED = ("delivery", "act")
"""Kinds of items that have a journal, and are on a list when nothing is left to do."""


@discreet("delivery")
@dataclass(frozen=True, slots=True)
class Case:
    """`item` is the delivery's state (or the act's) as it was read; writes are guarded by its version.

    `attempt`: this run, with the calls that it makes.
    """

    hub: Hub
    target: Target
    delivery: Delivery
    item: Item
    attempt: Attempt = field(default_factory=lambda: Attempt(0.0))

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self.hub.clock()

    @property
    def data(self) -> dict[str, Any]:
        """The state as JSON."""
        return self.item.data

    @property
    def is_newer(self) -> bool:
        """Whether its state was written since the replay that asks was ordered; so is any where none asks."""
        return (self.delivery.replay or "")[:27] < (self.item.at or "")

    def write(
        self,
        *,
        agenda: str | None = None,
        at: float | None = None,
        along: Sequence[Tally] = (),
        **changes: Any,
    ) -> "Case":
        """The case after writing `changes` (None takes a name out). Raises RetryError when state moved.

        `along`: numbers that change with it, or it is not written. Raises Conflict where only they moved.
        """
        merged = {**self.data, **changes, "message": self._message()}
        if self.item.kind in LISTED:
            told = (str(merged.get("state", "")), changes.get("reason"))
            merged["log"] = self.attempt.note(self.data, *told, self.delivery)
        item = replace(
            self.item,
            data={name: value for name, value in merged.items() if value is not None},
            ttl=int(self.now) + ACT_DAYS * DAY if self.item.kind == "act" else None,
            **self._list(agenda, at),
        )
        try:
            self.hub.store.commit([Put(item), *along])
        except Conflict as conflict:
            if item.key not in conflict.keys:
                raise
            raise RetryError("moved") from conflict
        return replace(self, item=replace(item, version=item.version + 1))

    def _list(self, agenda: str | None, at: float | None) -> dict[str, Any]:
        """The list that the item is on, so that it can be found: what needs nothing more, as well."""
        if agenda is None and self.item.kind in LISTED:
            agenda, at = keys.done(self.delivery.destination), self.now
        return {"agenda": agenda, "at": None if at is None else from_epoch(at)}

    def _message(self) -> str:
        """The delivery to send again; its attempts only grow, so that each gets its own deduplication id."""
        held = self.data.get("message")
        attempt = max(self.delivery.attempt, Delivery.loads(held).attempt if held else 0)
        return replace(self.delivery, attempt=attempt).dumps()


def refusal(case: Case, flow: Flow | None, customer: Subject | None) -> str:
    """Why the customer's consent forbids what the flow sends, "" where it allows it or needs none."""
    if flow is None or not flow.purpose:
        return ""
    fields = customer.fields if customer else {}
    return consents.allowed(case.hub, flow.purpose, case.target.connector.channel, fields)


def retire(hub: Hub, key: Key, state: str) -> None:
    """Take a delivery that is nobody's any more off the lists, or sweep would send it for ever.

    A Conflict: somebody is at it, and will come here again.
    """
    held = hub.store.read([key]).get(key)
    if held is None or held.agenda not in (keys.DUE, keys.PARKED):
        return
    retired = replace(held, data={**held.data, "state": state}, agenda=None, at=None)
    if held.kind in LISTED:
        done = keys.done(Delivery.loads(held.data["message"]).destination)
        retired = replace(retired, agenda=done, at=from_epoch(hub.clock()))
    commit_once(hub.store, retired)


def open_case(hub: Hub, target: Target, delivery: Delivery, key: Key, kind: str) -> Case:
    """The case as it stands in the table."""
    held = hub.store.read([key]).get(key, Item(key, kind))
    return Case(hub, target, delivery, held, Attempt(hub.clock()))
