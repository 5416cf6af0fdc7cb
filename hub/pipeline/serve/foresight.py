"""What would come of an item if it were sent now: worked out without a call and without a write."""

import dataclasses
from collections.abc import Callable
from typing import Any

from hub import identity
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.messages import Delivery, Event
from hub.pipeline import Hub
from hub.pipeline.deliver import act, refused, state
from hub.pipeline.deliver.case import Case, open_case
from hub.pipeline.deliver.desire import Desire, compared
from hub.pipeline.deliver.target import Target
from hub.pipeline.serve.masks import shape
from hub.pipeline.serve.remedies import brief, line_of
from hub.pipeline.serve.switches import standing
from hub.pipeline.subjects import find
from hub.pipeline.unify.telling import tell
from hub.store import Item

Show = Callable[[Any], Any]


def as_it_is(value: Any) -> Any:
    """The value itself, for who asked for values."""
    return value


def shown(values: bool) -> Show:
    """How values are shown: as they are, or their form only."""
    return as_it_is if values else shape


def foresee(hub: Hub, item: Item, show: Show, *, replay: str | None = None) -> dict[str, Any]:
    """`would`: write, refused-again, unchanged, fail, or why nothing is sent; with the record, and what
    differs. `changed`: what is otherwise than it was when it was refused. `but`: the account's switch.

    `replay`: the id of the replay by which it would be sent, None for the next change.
    """
    try:
        return _of_delivery(hub, item, show, replay)
    except (RecordError, EvaluationError) as error:
        place = error.place if isinstance(error, RecordError) else None
        return {"would": "fail", "reason": error.reason, **({"place": brief(place)} if place else {})}


def foresee_event(hub: Hub, event: Event) -> dict[str, Any]:
    """Whether the files would understand the event now; what has to be fetched first is not fetched."""
    if event.record is None and not event.deleted:
        return {"would": "fetch"}
    try:
        tale = tell(hub, event, identity.peppers(hub.secrets.get(hub.settings.pepper_secret)))
    except (RecordError, EvaluationError) as error:
        place = error.place if isinstance(error, RecordError) else None
        return {"would": "fail", "reason": error.reason, **({"place": brief(place)} if place else {})}
    return {"would": "apply", "tells": [telling.entity for telling in tale.tellings]}


def _of_delivery(hub: Hub, item: Item, show: Show, replay: str | None) -> dict[str, Any]:
    delivery = dataclasses.replace(Delivery.loads(item.data["message"]), replay=replay)
    target = Target.find(hub.catalog, delivery.destination)
    if target is None:
        return {"would": "unknown-destination"}
    case = open_case(hub, target, delivery, item.key, item.kind)
    would = _act(case, show) if delivery.trigger else _state(case, show)
    if switch := standing(hub, target.account_name):
        would |= {"but": switch["state"], "switch": switch["account"], "account": target.account_name}
    return would


def _act(case: Case, show: Show) -> dict[str, Any]:
    if case.data.get("state") == "done":
        return {"would": "unchanged"}
    verdict, record = act.foreseen(case)
    return {"would": verdict, **({} if record is None else _against(case, verdict, record, show))}


def _against(case: Case, verdict: str, record: dict[str, Any], show: Show) -> dict[str, Any]:
    """The record beside the one that was refused. What is the same will hardly be taken now."""
    held = case.data.get("refused")
    if verdict != "write" or held is None:
        return {"record": show(record)}
    found = refused.change(held, case.target, record)
    if found.nothing:
        return {"would": "refused-again", "record": show(record)}
    changed = [{"member": one, "line": _written_by(case, one)} for one in found.members]
    return {"record": show(record), "changed": changed, "asked_otherwise": found.asked}


def _written_by(case: Case, member: str) -> str:
    """The line of the mapping that writes a member, "" where none is known."""
    name = member.rpartition(".")[2]
    lines = (line_of(mapping.document, name) for mapping in case.target.mappings.values())
    return next(filter(None, lines), "") if name else ""


def _state(case: Case, show: Show) -> dict[str, Any]:
    subject = find(case.hub, case.delivery.entity, case.delivery.id)
    if subject is None:
        return {"would": "unknown-entity"}
    verdict, desire = state.foreseen(case, subject)
    if desire is None:
        return {"would": verdict}
    return {
        "would": verdict,
        "remote": desire.remote,
        **_against(case, verdict, desire.record, show),
        "there": compared(case, subject, desire),
        "lines": _lines(case, desire),
    }


def _lines(case: Case, desire: Desire) -> dict[str, str]:
    """The line of the mapping that writes each canonical field that is told back."""
    mapping = case.target.mappings[case.delivery.entity]
    found: dict[str, str] = {}
    for path, place in _paths(mapping.document.data.get("both")):
        field = str(place).partition(".")[0]
        if field in desire.both:
            found.setdefault(field, brief(mapping.document.place("both", *path)))
    return found


def _paths(tree: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if not isinstance(tree, dict):
        return [(path, tree)]
    return [one for name, inner in tree.items() for one in _paths(inner, (*path, name))]
