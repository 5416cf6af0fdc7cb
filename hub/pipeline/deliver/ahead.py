"""What a delivery will ask of the table, read in one batch before it begins.

Every guard is a version, so that what is read here may be old without harm: a write that rests on it is
refused. The first write ends it: whatever is asked after that is asked of the table.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from hub import keys
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver.target import STAGE, Target
from hub.pipeline.subjects import CUSTOMER
from hub.store import Counted, Item, Key, Store, Tally, Write


class Ahead:
    """A store that answers from one batch until something is written. Everything else is the store's own."""

    def __init__(self, store: Store, wanted: Sequence[Key]) -> None:
        self._store = store
        found = store.read(wanted)
        self._held: dict[Key, Item | None] = {key: found.get(key) for key in wanted}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The items of these keys; those that were not read ahead are read now."""
        wanted = list(keys)
        missing = [key for key in wanted if key not in self._held]
        found = self._store.read(missing) if missing else {}
        held = {key: item for key in wanted if (item := self._held.get(key)) is not None}
        return found | held

    def commit(self, writes: Sequence[Write]) -> None:
        """As the store does; nothing that was read ahead is answered any more."""
        self._held.clear()
        self._store.commit(writes)

    def count(self, tally: Tally) -> Counted:
        """As the store does; these numbers are no longer answered."""
        self._held.pop(tally.key, None)
        return self._store.count(tally)


def looking_ahead(hub: Hub, target: Target, delivery: Delivery, state: Key) -> Hub:
    """The hub on what this delivery is likely to ask for. `state`: where the delivery's own state lies."""
    named = about(target, delivery.entity, delivery.id, delivery.customer)
    own = [Key(delivery.record, "REC")] if delivery.record else []
    wanted = [state, *shared(target), *named, *own]
    return hub.over(cast(Store, Ahead(hub.store, list(dict.fromkeys(wanted)))))


def shared(target: Target) -> list[Key]:
    """What every delivery to this account asks for."""
    account = target.account_name
    return [keys.account(account), keys.account(STAGE), keys.limit(account)]


def about(target: Target, entity: str, id: str, customer: str) -> list[Key]:
    """The entity, its customer ("" for none), and whether the customer is there."""
    if not customer:
        return [keys.root(entity, id)]
    states = [keys.delivery(name, CUSTOMER, customer) for name in target.customers]
    return [keys.root(entity, id), keys.root(CUSTOMER, customer), *states]
