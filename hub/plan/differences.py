"""What can differ: one thing that one recorded event says otherwise, and the values that it is about."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from hub.mapping import ABSENT
from hub.messages import Event
from hub.plan.edits import Edit
from hub.plan.recordings import Recorded

Kind = Literal["field", "event", "consent", "rejection", "drift"]
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a recorded event would say otherwise.

    `subject`: mapping, or `connector.resource` where the connector decides; `names`: of the field; a value is
    ABSENT where nothing is said. `personal`: to be masked. `identifies`: it decides who is the same person.
    """

    kind: Kind
    event: str
    record: str
    subject: str
    names: Names
    before: Any
    after: Any
    personal: bool = False
    identifies: bool = False
    because: tuple[Edit, ...] = ()

    @property
    def name(self) -> str:
        """The field's name, with dots for what is inside and `[]` for the items of a list."""
        return ".".join(self.names).replace(".[]", "[]")


@dataclass(slots=True)
class Replay:
    """What came of a comparison. `records`: how many each mapping read;
    `touched`: labels of the events that would be read otherwise; `unanswered`: of thin ones without a record.

    `recorded`: everything by its label, in order; `before`, `after`: the events that were read on each side,
    by the label.
    """

    changes: list[Change] = field(default_factory=list)
    records: Counter[str] = field(default_factory=Counter)
    touched: set[str] = field(default_factory=set)
    unanswered: list[str] = field(default_factory=list)
    recorded: dict[str, Recorded] = field(default_factory=dict)
    before: dict[str, list[Event]] = field(default_factory=dict)
    after: dict[str, list[Event]] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many were replayed."""
        return len(self.recorded) - len(self.unanswered)


def differing(was: Any, now: Any, names: Names = ()) -> Iterator[tuple[Names, Any, Any]]:
    """The innermost names under which two values differ; `[]` stands for the items of lists of one length."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in [*was, *(name for name in now if name not in was)]:
            yield from differing(was.get(name, ABSENT), now.get(name, ABSENT), (*names, str(name)))
    elif _alike(was, now):
        for old, new in zip(was, now, strict=True):
            yield from differing(old, new, (*names, "[]"))
    elif was != now or type(was) is not type(now):
        yield names, was, now


def _alike(was: Any, now: Any) -> bool:
    """Two lists of as many objects or lists."""
    if not (isinstance(was, list) and isinstance(now, list) and len(was) == len(now)):
        return False
    return bool(was) and all(isinstance(item, dict | list) for item in (*was, *now))
