"""The plan: what recorded events would say, and what would follow, if the changed files were deployed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.catalog import Catalog
from hub.plan.comparison import Comparison
from hub.plan.consequences import World, consequences
from hub.plan.differences import Change, Replay
from hub.plan.edits import Edit, edits
from hub.plan.effects import (
    CallChange,
    Detail,
    Harmless,
    Regrouping,
    Trouble,
    call_changes,
    profiles,
    regroupings,
    troubles,
)
from hub.plan.recordings import Recordings

CALLS = 250
"""Events whose calls are worked out, unless another number is said."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What follows from the events: `events` is the number of those that were run through the whole hub."""

    events: int = 0
    regroupings: tuple[Regrouping, ...] = ()
    profiles: tuple[tuple[str, Detail], ...] = ()
    calls: tuple[CallChange, ...] = ()
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`edits`: what differs in the files; `replay`: what the events say otherwise; `effects`: what follows.

    `unread`: files and lines that hold no recorded event.
    """

    edits: tuple[Edit, ...]
    replay: Replay = field(default_factory=Replay)
    effects: Effects = Effects()
    unread: tuple[str, ...] = ()

    @property
    def changes(self) -> list[Change]:
        """What recorded events would say otherwise."""
        return self.replay.changes

    @property
    def empty(self) -> bool:
        """Whether nothing at all would change."""
        effects = self.effects
        return not (
            self.changes or effects.regroupings or effects.profiles or effects.calls or effects.troubles
        )


def plan(
    before: Catalog,
    after: Catalog,
    recordings: Recordings,
    *,
    calls: int = CALLS,
    progress: Callable[[], None] = lambda: None,
) -> Plan:
    """The plan of replacing `before` by `after`, as far as these recordings show it.

    `calls`: at how many events the calls and the customers that follow from them are worked out: those that
    are read otherwise first, then the last ones. `progress`: is called after each event.
    """
    found = edits(before, after)
    if not found:
        return Plan((), Replay(), unread=tuple(recordings.unread))
    comparison = Comparison(before, after, found, recordings.answers)
    replay = comparison.replay(recordings, progress)
    labels = _chosen(replay, calls)
    told = comparison.read(replay, labels)
    worlds = [consequences(*side) for side in zip((before, after), told, strict=True)] if labels else []
    effects = _effects(worlds, (before, after), len(labels)) if worlds else Effects()
    parked = _newly_parked(replay, worlds)
    replay.changes += parked
    replay.touched |= {change.event for change in parked}
    return Plan(tuple(found), replay, effects, tuple(recordings.unread))


def _chosen(replay: Replay, most: int) -> list[str]:
    """The labels of the events that are run through the whole hub, in their order."""
    unanswered = frozenset(replay.unanswered)
    labels = [label for label in replay.recorded if label not in unanswered]
    ranked = sorted(range(len(labels)), key=lambda number: (labels[number] not in replay.touched, -number))
    return [labels[number] for number in sorted(ranked[:most])]


def _effects(worlds: Sequence[World], catalogs: tuple[Catalog, Catalog], events: int) -> Effects:
    old, new = worlds
    return Effects(
        events,
        tuple(regroupings(old, new, catalogs)),
        tuple(profiles(old, new, catalogs)),
        tuple(call_changes(old, new, Harmless(catalogs, worlds))),
        tuple(troubles(old, new)),
    )


def _newly_parked(replay: Replay, worlds: Sequence[World]) -> list[Change]:
    """The events that are parked on one side for what only shows when they are applied."""
    if not worlds:
        return []
    known = {change.event for change in replay.changes if change.kind == "rejection"}
    old, new = worlds
    labels = sorted((old.parked.keys() | new.parked.keys()) - known)
    return [
        _parked(label, old.parked.get(label), new.parked.get(label))
        for label in labels
        if _reason(old.parked.get(label)) != _reason(new.parked.get(label))
    ]


def _parked(label: str, was: Any, now: Any) -> Change:
    said, says = (f"rejected: {one}" if one else "accepted" for one in (was, now))
    return Change("rejection", label, "", "when it is applied", (), said, says)


def _reason(told: str | None) -> str:
    return told.partition(" ")[0] if told else ""
