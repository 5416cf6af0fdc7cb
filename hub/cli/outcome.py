"""What a mapping makes of one record or entity, with the line behind each value."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from hub.cli import explanation
from hub.cli.explanation import Reading
from hub.errors import Place
from hub.mapping import Context, Incoming, Mapping
from hub.proof.lines import consent_line, drifting, read_line, written_line


@dataclass(frozen=True, slots=True)
class Value:
    """One value that came. `note`: what else there is to say of it."""

    name: str
    value: Any
    line: Place | None
    note: str = ""

    def text(self, width: int) -> str:
        """As a person reads it."""
        plain = isinstance(self.value, str) and self.value.strip()
        shown = self.value if plain else json.dumps(self.value, ensure_ascii=False)
        said = "(cleared)" if self.value is None else shown
        return f"  {self.name.ljust(width)}  {said}{self.note}   {_short(self.line)}".rstrip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one record or entity. `head`: from what to what; `rest`: beside the values."""

    head: str
    values: tuple[Value, ...]
    rest: tuple[str, ...]
    data: dict[str, Any]
    readings: tuple[Reading, ...]

    def lines(self, *, explained: bool) -> list[str]:
        """As a person reads it; `explained`: with each leaf and what it read."""
        width = max((len(one.name) for one in self.values), default=0)
        lines = [self.head, *(one.text(width) for one in self.values), *self.rest]
        return [*lines, "  leaves", *(f"    {one.text()}" for one in self.readings)] if explained else lines

    def plain(self, *, explained: bool) -> dict[str, Any]:
        """As JSON."""
        lines = {one.name: _short(one.line) for one in self.values if one.line}
        leaves = {"leaves": [one.plain() for one in self.readings]} if explained else {}
        return {**self.data, "lines": lines, **leaves}


def read(mapping: Mapping, record: Any, context: Context) -> Outcome:
    """What a record says. Raises RecordError."""
    incoming = mapping.inward(record, context)
    fields = mapping.model.fields
    values = []
    for name, value in incoming.fields.items():
        kind = fields[name].identifies
        note = f"   [{kind} identifier]" if kind else ""
        values.append(Value(name, value, read_line(mapping, (name,)), note))
    data = {
        "fields": incoming.fields,
        "consents": [asdict(consent) for consent in incoming.consents],
        "drift": [str(place) for place in incoming.drift],
    }
    readings = explanation.read(mapping, record, context.account.settings)
    head = f"{mapping.name} → {mapping.entity}"
    return Outcome(head, tuple(values), tuple(_rest(mapping, incoming)), data, tuple(readings))


def written(mapping: Mapping, entity: dict[str, Any], context: Context) -> Outcome:
    """What is written of an entity with its `customer`. Raises RecordError."""
    customer = entity.get("customer") or {}
    fields = {name: value for name, value in entity.items() if name != "customer"}
    record = mapping.outward(fields, customer, context)
    values = tuple(Value(".".join(path), value, written_line(mapping, path)) for path, value in _flat(record))
    readings = explanation.written(mapping, entity, context.account.settings)
    rest = () if values else ("  (nothing)",)
    return Outcome(f"{mapping.entity} → {mapping.name}", values, rest, {"record": record}, tuple(readings))


def _rest(mapping: Mapping, incoming: Incoming) -> Iterator[str]:
    for one in incoming.consents:
        key = f"{one.channel}.{one.purpose}"
        said = f"consent {key} of {one.address}: {one.state}{f', at {one.at}' if one.at else ''}"
        yield f"  {said}   {_short(consent_line(mapping, (key, 'state')))}"
    known = drifting(mapping)
    for place in incoming.drift:
        yield f"  not understood: {known.get(place, '')}   {place}"


def _flat(record: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a record, by path; lists are values."""
    for name, value in record.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, (*path, name))
        else:
            yield (*path, name), value


def _short(line: Place | None) -> str:
    return f"{line.file}:{line.line}" if line else ""
