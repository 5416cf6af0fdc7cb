"""What the lines of a mapping make of records: how often each tells, clears, leaves or is not understood."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hub.drift.lines import Line
from hub.errors import Place, RecordError
from hub.mapping import Context, Incoming, Mapping

REJECTED, DRIFTED, CLEARED, LEFT, TOLD = "rejected", "not understood", "cleared", "left", "told"


@dataclass(slots=True)
class Outcomes:
    """Counts of one mapping. `by_line`: pointer of a line -> what came out; `rejected`: by deciding place."""

    records: int = 0
    by_line: dict[str, Counter[str]] = field(default_factory=dict)
    rejected: Counter[Place | None] = field(default_factory=Counter)

    @classmethod
    def of(
        cls, mapping: Mapping, lines: Iterable[Line], records: Iterable[Any], context: Context
    ) -> "Outcomes":
        """The outcomes of records."""
        found, known = cls(), list(lines)
        for record in records:
            found.see(mapping, known, record, context)
        return found

    def see(self, mapping: Mapping, lines: list[Line], record: Any, context: Context) -> None:
        """Take one record in."""
        self.records += 1
        try:
            incoming = mapping.inward(record, context)
        except RecordError as error:
            self.rejected[error.place] += 1
            for line in lines:
                if line.place == error.place:
                    self._count(line, REJECTED)
            return
        places = _first_places(lines)
        for line in lines:
            self._count(line, _outcome(line, incoming, places))

    def of_line(self, line: Line) -> Counter[str]:
        """What came out of a line."""
        return self.by_line.get(line.pointer, Counter())

    def _count(self, line: Line, what: str) -> None:
        self.by_line.setdefault(line.pointer, Counter())[what] += 1


def _first_places(lines: list[Line]) -> dict[str, Place]:
    """Field -> the line that is named when its whole value is not understood."""
    places: dict[str, Place] = {}
    for line in lines:
        if line.names:
            places.setdefault(line.names[0], line.place)
    return places


def _outcome(line: Line, incoming: Incoming, places: dict[str, Place]) -> str:
    if {line.place, places.get(line.names[0] if line.names else "")} & set(incoming.drift):
        return DRIFTED
    if not line.names:
        key = str(line.rule.path[1])
        said = any(f"{one.channel}.{one.purpose}" == key for one in incoming.consents)
        return TOLD if said else LEFT
    return _told(incoming.fields, line.names)


def _told(value: Any, names: tuple[str, ...]) -> str:
    if value is None:
        return CLEARED
    if not names:
        return TOLD
    if isinstance(value, list):
        return TOLD if any(_told(item, names) == TOLD for item in value) else LEFT
    return _told(value[names[0]], names[1:]) if isinstance(value, dict) and names[0] in value else LEFT
