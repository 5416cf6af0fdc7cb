"""The records that a simulated vendor keeps, by resource and id."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hub.connector import Connector, Resource
from hub.connector.resource import quiet
from hub.expressions import compile
from hub.simulator.answers import told
from hub.simulator.heard import Heard
from hub.simulator.holes import leaves
from hub.simulator.planting import NotPlantedError
from hub.simulator.samples import Samples
from hub.simulator.trouble import trouble
from hub.simulator.writing import another, epoch_of, floored, like, precision

FIRST = 900_001
_REQUEST = frozenset({"body", "headers", "query", "method", "url"})


@dataclass(slots=True)
class Stored:
    """One record. `facts`: what was written to it, as expressions over `record` and `customer` read it;
    `at`: when it was changed; `archived`; `count`: how often it was written."""

    id: str
    at: float
    facts: dict[str, Any] = field(default_factory=lambda: {"record": {}, "customer": {}}, repr=False)
    model: Any = field(default=None, repr=False)
    archived: bool = False
    count: int = 1


class Shelf:
    """All records of one account. Rows are given in the vendor's own form, which the samples show.

    `zone`: of versions that name no offset.
    """

    def __init__(self, connector: Connector, samples: Samples, zone: str = "UTC") -> None:
        self.zone = zone
        self.connector = connector
        self.samples = samples
        self.records: dict[str, dict[str, Stored]] = {name: {} for name in connector.resources}
        self._number = 0
        self._models: dict[str, Any] = {}

    def seed(self, resource: str, now: float) -> list[Stored]:
        """Put the records of the samples there: those of them that have an id."""
        found = []
        for row in self.samples.rows(self.connector, resource):
            id = self.connector.resources[resource].identify(row)
            if id is not None:
                version = epoch_of(self.connector.resources[resource].version_of(row))
                stored = Stored(id, version or now, model=row)
                self.records[resource][id] = stored
                found.append(stored)
        return found

    def add(self, resource: str, heard: Heard, now: float, id: str = "") -> Stored:
        """A new record of what was heard."""
        return self.put(resource, heard.facts, now, id)

    def put(self, resource: str, facts: dict[str, Any], now: float, id: str = "") -> Stored:
        """A new record with these facts."""
        stored = Stored(id or self.new_id(resource), self.kept(resource, now), deepcopy(facts))
        self.records[resource][stored.id] = stored
        return stored

    def change(self, resource: str, stored: Stored, heard: Heard, now: float) -> None:
        """What was heard is written over what is there."""
        for part, facts in heard.facts.items():
            stored.facts[part] |= facts
        stored.at = max(self.kept(resource, now), stored.at)
        stored.count += 1

    def rename(self, resource: str, stored: Stored, id: str) -> None:
        """Another id for a record."""
        self.records[resource].pop(stored.id, None)
        stored.id = id
        self.records[resource][id] = stored

    def get(self, resource: str, id: str) -> Stored | None:
        """The record of an id, archived or not."""
        return self.records[resource].get(id)

    def remove(self, resource: str, id: str) -> bool:
        """Take a record away; whether it was there."""
        return self.records[resource].pop(id, None) is not None

    def matching(self, resource: str, heard: Heard, wanted: dict[str, Any]) -> list[Stored]:
        """The records that these expressions look for."""
        held = self.records[resource].values()
        return [one for one in held if not one.archived and heard.tells_of(one.facts, wanted)]

    def kept(self, resource: str, epoch: float) -> float:
        """A time as precise as the vendor keeps it."""
        form = self._form(resource)
        return epoch if form is None else floored(epoch, form)

    def step(self, resource: str) -> float:
        """Seconds that the vendor's times tell apart."""
        return precision(self._form(resource))

    def _form(self, resource: str) -> Any:
        """A time as the vendor writes it: what the file makes of it may be another form."""
        model = self.model(resource)
        version = self.connector.resources[resource].version_of(model)
        epoch = epoch_of(version)
        times = (leaf for leaf in leaves(model) if epoch is not None and epoch_of(leaf) == epoch)
        return next(times, None if version is None else "2026-01-01T00:00:00Z")

    def new_id(self, resource: str) -> str:
        """An id as the vendor gives it."""
        self._number += 1
        old = self.connector.resources[resource].identify(self.model(resource))
        if old is None or old.isdigit():
            return str(FIRST + self._number)
        return str(another(old, self._number))

    def model(self, resource: str) -> Any:
        """A record as the vendor has it, by the first sample; an empty one without any."""
        if resource not in self._models:
            rows = self.samples.rows(self.connector, resource)
            self._models[resource] = rows[0] if rows else {}
        return self._models[resource]

    def row(self, resource: str, stored: Stored) -> Any:
        """A record in the vendor's form, with its id and version. Raises SimulationError."""
        row = deepcopy(self.model(resource) if stored.model is None else stored.model)
        row = _laid(row, stored.facts["record"])
        part = self.connector.resources[resource]
        old = part.version_of(row)
        row = self._planted(part, row, "id", stored.id)
        if old is None or epoch_of(old) is not None:
            row = _retimed(row, epoch_of(old), stored.at)
            return self._planted(part, row, "version", like(old, stored.at, self.zone))
        return self._planted(part, row, "version", _counted(old, stored.count))

    def _planted(self, part: Resource, row: Any, name: str, value: Any) -> Any:
        for path, source in over_record(self.connector, part, name):
            old = quiet(source, row if isinstance(row, dict) else {})
            same = str(old) == str(value) or (epoch_of(old) is not None and epoch_of(old) == epoch_of(value))
            if old is not None and same:
                continue
            try:
                row = told(row, source, _formed(name, old, value))
            except NotPlantedError as error:
                raise trouble(self.connector.document, str(error), *path) from None
        return row


def over_record(connector: Connector, part: Resource, name: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The expressions `id` or `version` of a resource that read a record, with their places in the file."""
    root = ("resources", part.name)
    for call in ("list", "get"):
        if name in (part.data.get(call) or {}):
            yield (*root, call, name), part.data[call][name]
    levels = set(connector.reception.data.get("events") or {})
    source = part.data.get(name)
    if source is not None and not compile(source).names & (_REQUEST | levels):
        yield (*root, name), source


def _formed(name: str, old: Any, value: Any) -> Any:
    """A value of the type of what stood there."""
    if name == "id" and isinstance(old, int) and not isinstance(old, bool) and str(value).isdigit():
        return int(value)
    return value


def _counted(old: Any, count: int) -> Any:
    return old + count - 1 if isinstance(old, int) and not isinstance(old, bool) else another(old, count - 1)


def _laid(row: Any, facts: dict[str, Any]) -> Any:
    """What was written, laid over the row: each member where the row has one of its name, the outermost
    first; others beside the most of them."""
    if not facts or not isinstance(row, dict):
        return row
    objects = list(_objects(row))
    rest = max(objects, key=lambda one: len(one.keys() & facts.keys()))
    for name, value in facts.items():
        _lay(next((one for one in objects if name in one), rest), {name: value})
    return row


def _lay(holder: dict[str, Any], facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if isinstance(value, dict) and isinstance(holder.get(name), dict):
            _lay(holder[name], value)
        else:
            holder[name] = deepcopy(value)


def _objects(value: dict[str, Any], depth: int = 3) -> Iterator[dict[str, Any]]:
    """The objects in a row, the outermost first."""
    level = [value]
    for _ in range(depth + 1):
        yield from level
        level = [inner for one in level for inner in one.values() if isinstance(inner, dict)]


def _retimed(value: Any, old: float | None, new: float) -> Any:
    """The row with its time of change moved wherever it is told."""
    if old is None:
        return value
    if isinstance(value, dict):
        return {name: _retimed(inner, old, new) for name, inner in value.items()}
    if isinstance(value, list):
        return [_retimed(inner, old, new) for inner in value]
    if isinstance(value, str) and len(value) < len("2026-01-01T"):
        return value
    return like(value, new) if epoch_of(value) == old else value
