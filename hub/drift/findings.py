"""What drift means: each difference with the lines that it touches and what follows there."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hub.catalog import Catalog
from hub.connector import Connector
from hub.drift.differences import Difference, differences
from hub.drift.lines import Around, Line, around, lines, scoped
from hub.drift.outcomes import CLEARED, DRIFTED, LEFT, REJECTED, Outcomes
from hub.drift.reach import Reader, readers
from hub.drift.reads import names, touches
from hub.drift.renames import Rename, renames
from hub.drift.shape import Path, Shape
from hub.errors import Place, RecordError
from hub.mapping import Context, Mapping
from hub.values import plain

_SERIOUS = ("vanished", "changed", "narrowed", "widened", "new")
_GRAVITY = {REJECTED: 5, "identifier": 4, CLEARED: 3, DRIFTED: 2, LEFT: 1}


@dataclass(frozen=True, slots=True)
class Touch:
    """A line that reads what differs. `outcomes`: what came out of it, in how many of `records`.

    `before`: the same of the samples. `identifies`: weak, strong, or empty.
    """

    line: Line
    outcomes: Counter[str]
    before: Counter[str]
    identifies: str
    readers: tuple[Reader, ...]

    @property
    def gravity(self) -> int:
        """5 rejected, 4 an identifier lost, 3 cleared, 2 not understood, 1 left as it was, 0 still told."""
        found = [_GRAVITY[what] for what in self.worse] + [_GRAVITY["identifier"]] * self.lost
        return max(found, default=0)

    @property
    def lost(self) -> bool:
        """Whether records are no longer joined by this field as they were."""
        return bool(self.identifies and self.worse)

    @property
    def worse(self) -> list[str]:
        """What came out more often than of the samples, the gravest first."""
        total, total_before = self.outcomes.total(), self.before.total()
        return [
            what
            for what in _GRAVITY
            if self.outcomes[what] * max(total_before, 1) > self.before[what] * max(total, 1)
        ]


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference, with the lines that it touches; `rename` where it seems to be only that.

    `around`: what the connector reads of it.
    """

    difference: Difference
    touched: tuple[Touch, ...] = ()
    rename: Rename | None = None
    around: tuple[Around, ...] = ()

    @property
    def gravity(self) -> int:
        """That of the line that fares worst; without its id, a record is parked."""
        known = [_GRAVITY[REJECTED if one.part == "id" else LEFT] for one in self.around]
        return max([touch.gravity for touch in self.touched] + known, default=-1)

    @property
    def concerns(self) -> bool:
        """Whether any line reads what differs."""
        return bool(self.touched or self.around)


@dataclass(frozen=True, slots=True)
class Report:
    """What differs for one mapping, most serious first. `mapped`: touches lines; `rest`: nobody reads it.

    `samples`, `events`: how many were compared; `records`: how many distinct ones the events tell of.
    `rejected`: how many events the mapping refuses, by the deciding place.
    """

    mapping: Mapping
    mapped: tuple[Finding, ...]
    rest: tuple[Finding, ...]
    samples: int
    events: int
    records: int
    rejected: Counter[Place | None]
    cut: bool = False


class Survey:
    """Takes in the samples of a mapping and its events, one after the other, and reports.

    The records inside of the mapping's own tests, which may be partial, count as samples only where there
    are no others that can be read; else they only say what is known beside those.
    """

    def __init__(self, mapping: Mapping, context: Context, connector: Connector | None) -> None:
        self.mapping = mapping
        self._context = context
        self._resource = connector.resources.get(mapping.resource) if connector else None
        self._lines, self._around = lines(mapping), around(mapping, connector)
        self._before, self._known, self._now = Shape(), Shape(), Shape()
        self._was, self._said, self._is = Outcomes(), Outcomes(), Outcomes()
        self._ids: set[str] = set()

    def sample(self, record: Any) -> None:
        """Take a sample in."""
        self._take(record, self._before, self._was)

    def example(self, record: Any) -> None:
        """Take a record of the mapping's own tests in."""
        self._take(record, self._known, self._said)

    def event(self, record: Any) -> None:
        """Take an event's record in."""
        self._take(record, self._now, self._is)
        id = self._resource.identify(record) if self._resource else None
        self._ids.add(id or f"#{self._is.records}")

    def report(self, catalog: Catalog) -> Report:
        """What differs by now."""
        if self._was.records == self._was.rejected.total():
            self._before, self._was = self._known, self._said
        found = list(differences(self._before, self._now, self._known))
        known = renames(self._before, self._now, found)
        taken = {one.new for one in known.values()}
        findings = [self._finding(catalog, one, known) for one in found if one.path not in taken]
        findings += self._unlisted(catalog, findings)
        ordered = sorted(findings, key=_order)
        return Report(
            self.mapping,
            tuple(one for one in ordered if one.concerns),
            tuple(one for one in ordered if not one.concerns),
            self._was.records,
            self._is.records,
            len(self._ids),
            self._is.rejected,
            self._now.cut,
        )

    def _take(self, record: Any, shape: Shape, outcomes: Outcomes) -> None:
        outcomes.see(self.mapping, self._lines, record, self._context)
        try:
            shape.see(_shown(scoped(self.mapping, record)))
        except RecordError:
            shape.see(None)

    def _finding(self, catalog: Catalog, one: Difference, known: dict[Path, Rename]) -> Finding:
        if one.what == "new":
            return Finding(one)
        touched = [line for line in self._lines if _sees(line, names(one.path))]
        outer = {id(line.rule) for line in touched}
        kept = [line for line in touched if line.outer is None or id(line.outer) not in outer]
        near = [each for each in self._around if any(touches(read, names(one.path)) for read in each.reads)]
        gone = tuple(near) if one.what == "vanished" else ()
        return Finding(one, self._touches(catalog, kept), known.get(one.path), gone)

    def _touches(self, catalog: Catalog, touched: Iterable[Line]) -> tuple[Touch, ...]:
        found = (self._touch(catalog, line) for line in touched)
        return tuple(sorted(found, key=lambda touch: (-touch.gravity, touch.line.place)))

    def _touch(self, catalog: Catalog, line: Line) -> Touch:
        field = self.mapping.model.fields[line.names[0]] if line.names else None
        found = readers(catalog, self.mapping.entity, line.names) if field else []
        outcomes, before = self._is.of_line(line), self._was.of_line(line)
        return Touch(line, outcomes, before, field.identifies if field else "", tuple(found))

    def _unlisted(self, catalog: Catalog, findings: list[Finding]) -> list[Finding]:
        """Words that a lookup does not list, where no other difference says it already."""
        told = {touch.line.pointer for one in findings for touch in one.touched}
        found = []
        for line in self._lines:
            if line.rule.lookup and line.pointer not in told and self._is.of_line(line)[DRIFTED]:
                for path in line.reads:
                    words = self._strange(line, path)
                    said = f"{self.mapping.document.place(*line.rule.path, 'lookup')} does not list {words}"
                    one = Difference(path, "widened", said)
                    found += [Finding(one, self._touches(catalog, [line]))] if words else []
        return found

    def _strange(self, line: Line, path: Path) -> str:
        """The words at a path that its lookup does not list; only their number where they may be personal."""
        facts = self._now.paths.get(path)
        if facts is None or facts.words is None:
            return "many values"
        strange = sorted(word for word in facts.words if _key(word) not in (line.rule.lookup or {}))
        private = bool(line.names) and self.mapping.model.fields[line.names[0]].pii
        return f"{len(strange)} of its values" if private and strange else ", ".join(strange)


def _sees(line: Line, path: Path) -> bool:
    """Whether a line reads what stands at a path; of a list's items only the lines that fill them do."""
    around = (read for read in line.reads if line.rule.each is None or len(path) <= len(read))
    return any(touches(read, path) for read in around)


def _order(one: Finding) -> tuple[int, int, Path]:
    return -one.gravity, _SERIOUS.index(one.difference.what), one.difference.path


def _shown(scope: dict[str, Any]) -> dict[str, Any]:
    """The scope without an empty `payload`."""
    return {name: value for name, value in scope.items() if name != "payload" or value is not None}


def _key(word: str) -> str:
    return plain(json.loads(word))
