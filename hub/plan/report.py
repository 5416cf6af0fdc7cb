"""A plan as people read it: differences gathered by field and by call, personal values masked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hub.catalog import Catalog
from hub.mapping import ABSENT
from hub.plan.causes import tables_of
from hub.plan.differences import Change
from hub.plan.edits import Edit, within
from hub.plan.effects import CallChange, Detail
from hub.plan.masks import shown
from hub.plan.model import Plan

Key = TypeVar("Key")
Value = TypeVar("Value")

FEW = 5
"""Sentences of one kind, and names in one of them."""

TITLES = {
    "rejection": "Events rejected or accepted",
    "event": "What the connector reads of an event",
    "field": "Fields",
    "consent": "Consents",
    "drift": "Values that a mapping does not understand",
}
"""The kinds of changes, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that differs: `where` is an event (and its record), values are as they are shown."""

    where: str
    record: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Block:
    """What differs in one place: `title`, how much of what, the edits that decide, and samples."""

    kind: str
    title: str
    count: int
    of: int
    outcomes: Mapping[str, int]
    because: tuple[Edit, ...]
    samples: tuple[Sample, ...]
    identifies: bool = False

    @property
    def amount(self) -> str:
        """How much, and what would become of it."""
        if self.kind in ("field", "consent", "drift") and self.of:
            return f"{self.count:,} of {self.of:,} records, {self.told}"
        return self.told or f"{self.count:,}"

    @property
    def told(self) -> str:
        """What would become of how much."""
        return ", ".join(f"{number:,} {word}" for word, number in self.outcomes.items())


@dataclass(frozen=True, slots=True)
class Report:
    """All that is shown. `before`, `after`, `source`: what the two sides and the events are called.

    `identity`: sentences; `idle`: edits that no recorded event shows; `notes`: what was not replayed;
    `rehearsed`: whether calls were worked out.
    """

    before: str
    after: str
    source: str
    events: int
    touched: int
    empty: bool
    identity: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    profiles: tuple[Block, ...] = ()
    calls: tuple[Block, ...] = ()
    troubles: tuple[Block, ...] = ()
    idle: tuple[Edit, ...] = ()
    notes: tuple[str, ...] = ()
    masked: bool = True
    rehearsed: bool = True

    @property
    def headline(self) -> str:
        """What it comes to, in one line."""
        if self.empty and not self.idle:
            return "No change: the files are the same"
        if self.empty:
            return f"No change in {_count(self.events, 'recorded event')}"
        head = f"{self.touched:,} of {_count(self.events, 'recorded event')} would be read differently"
        return f"{head}; calls to other systems: {self._calls}"

    @property
    def _calls(self) -> str:
        if not self.rehearsed:
            return "not worked out"
        total: Counter[str] = Counter()
        for block in self.calls:
            total.update(block.outcomes)
        return ", ".join(f"{number:,} {word}" for word, number in sorted(total.items())) or "the same"


@dataclass(frozen=True, slots=True)
class Names:
    """What the two sides and the events are called; `notes`: what else is to be said."""

    before: str
    after: str
    source: str
    notes: tuple[str, ...] = ()


def report(
    plan: Plan, catalogs: Sequence[Catalog], names: Names, *, only: str = "", reveal: bool = False
) -> Report:
    """The report of a plan. `only`: a field or subject; all that does not begin with it is left out."""
    blocks = [*_changes(plan, reveal)]
    profiles = [*_profiles(plan, reveal)]
    calls = [*_calls(plan, catalogs, reveal)]
    felt = {id(edit) for block in (*blocks, *profiles, *calls) for edit in block.because}
    return Report(
        names.before,
        names.after,
        names.source,
        plan.replay.events,
        len(plan.replay.touched),
        plan.empty,
        tuple(_identity(plan, blocks)),
        _only(blocks, only),
        _only(profiles, only),
        _only(calls, only),
        _only(_troubles(plan), only),
        tuple(edit for edit in plan.edits if id(edit) not in felt),
        (*names.notes, *_notes(plan)),
        not reveal,
        bool(plan.effects.events),
    )


def sections(report: Report) -> Iterator[tuple[str, Sequence[Block]]]:
    """All blocks under their titles, in the order in which they are shown."""
    for kind, title in TITLES.items():
        yield title, [block for block in report.blocks if block.kind == kind]
    yield "What would be known in the end", report.profiles
    yield "Calls to other systems", report.calls
    yield "Deliveries that would end otherwise", report.troubles


def _only(blocks: Iterable[Block], start: str) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block.title.startswith(start))


def _changes(plan: Plan, reveal: bool) -> Iterator[Block]:
    gathered = _gathered(plan.changes, lambda change: (change.kind, change.subject, change.name))
    order = list(TITLES)
    for (kind, subject, name), changes in sorted(
        gathered.items(), key=lambda one: (order.index(one[0][0]), one[0][1], -len(one[1]))
    ):
        places = {(change.event, change.record) for change in changes}
        yield Block(
            kind,
            f"{subject} {name}".strip(),
            len(places),
            plan.replay.records.get(subject, 0),
            Counter(_outcome(change) for change in _first(changes)),
            _unique(changes),
            tuple(_sample(change, reveal) for change in _first(changes)),
            any(change.identifies for change in changes),
        )


def _first(changes: Iterable[Change]) -> list[Change]:
    """One change for each record: a list's items are one field."""
    found: dict[tuple[str, str], Change] = {}
    for change in changes:
        found.setdefault((change.event, change.record), change)
    return list(found.values())


def _sample(change: Change, reveal: bool) -> Sample:
    masked = change.personal and not reveal
    return Sample(change.event, change.record, *_pair(change.before, change.after, masked=masked))


def _pair(before: Any, after: Any, *, masked: bool) -> tuple[str, str]:
    was, now = shown(before, masked=masked), shown(after, masked=masked)
    return was, f"{now} (another value)" if was == now else now


def _outcome(change: Change) -> str:
    if change.kind == "rejection":
        return "accepted" if change.after == "accepted" else "rejected"
    if change.kind == "drift":
        return str(change.after)
    if change.names == ("read",):
        return "no longer read" if change.after == "not read" else "newly read"
    return _became(change.before, change.after)


def _became(before: Any, after: Any) -> str:
    if before is ABSENT:
        return "newly told"
    if after is ABSENT:
        return "no longer told"
    return "cleared" if after is None else "changed"


def _unique(changes: Iterable[Change]) -> tuple[Edit, ...]:
    found = {id(edit): edit for change in changes for edit in change.because}
    return tuple(found.values())


def _identity(plan: Plan, blocks: Iterable[Block]) -> Iterator[str]:
    gathered = _gathered(plan.effects.regroupings, lambda one: (one.entity, one.joined))
    for (entity, joined), found in gathered.items():
        became = "become one" if joined else "no longer be one"
        for one in found[:FEW]:
            yield f"{entity}: these records would {became}: {' | '.join(one.records[:FEW])}"
        if more := len(found) - FEW:
            yield from [f"{entity}: {more:,} more times records would {became}"] if more > 0 else []
    yield from (f"{block.title} is an identifier: {block.told}" for block in blocks if block.identifies)
    renamed = [block for block in blocks if block.kind == "event" and block.title.endswith(" id")]
    yield from (
        f"{block.title}: {block.told}; what is stored under the old id stays beside it" for block in renamed
    )


def _profiles(plan: Plan, reveal: bool) -> Iterator[Block]:
    gathered = _gathered(plan.effects.profiles, lambda one: f"{one[0]}.{one[1].name}")
    for title, found in gathered.items():
        entity, name = title.split(".", 1)
        details = [detail for _, detail in found]
        because = _of_entity(plan.edits, entity, name.partition(".")[0].partition("[")[0])
        yield Block(
            "profile",
            title,
            len(details),
            0,
            Counter(_kept(detail) for detail in details),
            because,
            tuple(_detail("", detail, reveal) for detail in details),
        )


def _of_entity(edits: Sequence[Edit], entity: str, name: str) -> tuple[Edit, ...]:
    own = within(edits, f"entities/{entity}.yaml", ("fields", name))
    return (*own, *within(edits, "owners.yaml", (entity, name)))


def _kept(detail: Detail) -> str:
    if detail.after is ABSENT or detail.after is None:
        return "lost"
    return "gained" if detail.before is ABSENT or detail.before is None else "changed"


def _calls(plan: Plan, catalogs: Sequence[Catalog], reveal: bool) -> Iterator[Block]:
    for (destination, request), calls in _gathered(
        plan.effects.calls, lambda call: (call.destination, call.request)
    ).items():
        yield Block(
            "call",
            f"{destination}  {request.partition('?')[0]}",
            len(calls),
            0,
            Counter(call.kind for call in calls),
            _of_destination(plan.edits, catalogs, destination)
            or _of_entities(plan.edits, {"customer", *(call.entity for call in calls)}),
            tuple(_values(calls, reveal)),
        )


def _values(calls: Iterable[CallChange], reveal: bool) -> Iterator[Sample]:
    details = [detail for call in calls for detail in call.details]
    for name, found in _gathered(details, lambda detail: detail.name).items():
        yield _detail(f"{name} ({len(found)})" if len(found) > 1 else name, found[0], reveal)


def _detail(where: str, detail: Detail, reveal: bool) -> Sample:
    was, now = _pair(detail.before, detail.after, masked=detail.personal and not reveal)
    return Sample(where, "", *(text.replace("(not told)", "(nothing)") for text in (was, now)))


def _of_destination(edits: Sequence[Edit], catalogs: Sequence[Catalog], destination: str) -> tuple[Edit, ...]:
    """The edits of the files by which a destination is told: its connector, mappings, account, flows."""
    connector, account, resource = destination.split(".")
    files = {f"connectors/{connector}.yaml"}
    for catalog in catalogs:
        for mapping in catalog.mappings_of(connector, resource):
            files |= {mapping.document.file, *(file for _, file in tables_of(catalog, mapping.name))}
        for flow in catalog.flows.values():
            if any(_means(catalog, send.to, destination) for send in flow.send):
                files.add(flow.document.file)
    accounts = within(edits, "accounts.yaml", (f"{connector}.{account}",))
    return (*(edit for edit in edits if edit.place.file in files), *accounts)


def _of_entities(edits: Sequence[Edit], entities: Iterable[str]) -> tuple[Edit, ...]:
    """The edits of how entities are decided."""
    files = {f"entities/{entity}.yaml" for entity in entities}
    owned = within(edits, "owners.yaml", *((entity,) for entity in entities))
    return (*(edit for edit in edits if edit.place.file in files), *owned)


def _means(catalog: Catalog, to: str, destination: str) -> bool:
    try:
        return catalog.destination(to) == destination
    except LookupError:
        return False


def _troubles(plan: Plan) -> Iterator[Block]:
    gathered = _gathered(plan.effects.troubles, lambda one: (one.destination, one.before, one.after))
    for (destination, before, after), found in gathered.items():
        sample = Sample("", "", before or "delivered", after or "delivered")
        yield Block("trouble", destination, len(found), 0, {}, (), (sample,))


def _notes(plan: Plan) -> Iterator[str]:
    if thin := len(plan.replay.unanswered):
        yield f"{_count(thin, 'event')} not replayed: what a fetch answered is not recorded (records/)"
    if plan.unread:
        few = ", ".join(plan.unread[:FEW]) + (", …" if len(plan.unread) > FEW else "")
        yield f"{_count(len(plan.unread), 'entry', 'entries')} not understood as a recorded event: {few}"
    if plan.edits and plan.effects.events < plan.replay.events:
        yield (
            f"calls and customers are those of {plan.effects.events:,} of {plan.replay.events:,} events: "
            "the ones that differ, then the last (--calls)"
        )


def _gathered(values: Iterable[Value], key: Callable[[Value], Key]) -> dict[Key, list[Value]]:
    found: dict[Key, list[Value]] = {}
    for value in values:
        found.setdefault(key(value), []).append(value)
    return found


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
