"""What an operator decides of a field that somebody else than its owner changed: uphold the owner, or not.

Like any decision it is one transaction with its entry in the journal, and holds until the owner says more.
"""

from dataclasses import replace
from typing import Any

from hub.pipeline import Hub
from hub.pipeline.decide import Change, Decision, DecisionError, Graph, Order, carry_out
from hub.pipeline.subjects import root_of
from hub.pipeline.unify.contests import CONTESTED, GRANTED, UPHELD
from hub.pipeline.unify.state import record_key, with_data
from hub.pipeline.unify.survey import Surroundings
from hub.store import Item
from hub.times import from_epoch

UPHOLD = "uphold"
TAKE = "take"


def settle(hub: Hub, entity: str, id: str, field: str, word: str, order: Order) -> Decision:
    """Decide the open conflict about a field. Raises DecisionError where there is none, RetryError."""
    root = root_of(hub.store, entity, id)
    if root is None or field not in root.data.get(CONTESTED, {}):
        raise DecisionError("there is no open conflict about this field")
    key, now = root.key, from_epoch(hub.clock())

    def prepared(around: Surroundings) -> Surroundings:
        held = around.roots.get(key.pk)
        if held is None or field not in held.data.get(CONTESTED, {}):
            raise DecisionError("the conflict is over")
        return replace(around, roots={**around.roots, key.pk: _ruled(held, field, word, now)})

    mine = {record_key(pk): dict[str, bool]() for pk in root.data["records"]}
    change = Change(word, mine, lambda _: Graph({}, {}), extra={"field": field}, prepared=prepared)
    return carry_out(hub, change, order, entity)


def _ruled(root: Item, field: str, word: str, now: str) -> Item:
    record, at, *_ = root.data[CONTESTED][field]
    if word == TAKE:
        return with_data(root, **{GRANTED: {**_words(root, GRANTED), field: [record, now]}})
    granted = {name: one for name, one in _words(root, GRANTED).items() if name != field}
    return with_data(root, **{GRANTED: granted, UPHELD: {**_words(root, UPHELD), field: at}})


def _words(root: Item, kind: str) -> dict[str, Any]:
    return dict(root.data.get(kind, {}))
