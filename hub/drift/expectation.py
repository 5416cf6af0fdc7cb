"""What a mapping may expect of each record, as far as its samples prove it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.connector import Connector
from hub.drift.forms import kind
from hub.drift.lines import Line, lines
from hub.drift.reads import reads
from hub.drift.shape import ANY, Path
from hub.errors import RecordError
from hub.mapping import ABSENT, Mapping
from hub.mapping.running import walk
from hub.samples import Samples

ENOUGH = 2
"""Samples that a claim takes: what stands in the only one may stand there by chance."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the samples show at a path of the mapping's scope.

    `kinds`: of values (number, text, …), empty where none was ever told. `always`: every record has the
    key, be it with null. `beside`: every record with a value at this path, if not ().
    """

    path: Path
    kinds: frozenset[str]
    always: bool
    beside: Path = ()

    def surprised(self, scope: dict[str, Any], empty: Any = ABSENT) -> str:
        """`vanished`, `changed` (a kind that no sample shows), or nothing."""
        value = walk(scope, self.path)
        if value is ABSENT:
            whole = not self.beside or _tells(walk(scope, self.beside), empty)
            return "vanished" if self.always and whole else ""
        changed = self.kinds and _tells(value, empty) and kind(value) not in self.kinds
        return "changed" if changed else ""


def expectations(mapping: Mapping, samples: Samples) -> dict[str, tuple[Expectation, ...]]:
    """Pointer of a leaf -> what to expect at each path that it reads, without those inside of lists.

    A leaf that is a plain path has one. No claim is made that a sample of the mapping breaks.
    """
    return expected(mapping, list(samples.all(mapping)), samples.connector(mapping))


def expected(
    mapping: Mapping, records: Iterable[Any], connector: Connector | None = None
) -> dict[str, tuple[Expectation, ...]]:
    """As `expectations`, of these records."""
    proof = _Proof(mapping, list(_distinct(mapping, records)), _id_path(mapping, connector))
    found = {line.pointer: tuple(proof.of(line)) for line in lines(mapping) if line.outer is None}
    return {pointer: some for pointer, some in found.items() if some}


@dataclass(frozen=True, slots=True)
class _Proof:
    """The scopes of the distinct samples, and the path of a record's id in them."""

    mapping: Mapping
    scopes: list[dict[str, Any]]
    id: Path

    def of(self, line: Line) -> Iterator[Expectation]:
        for path in sorted(line.reads):
            if ANY not in path and not any(_through_list(scope, path) for scope in self.scopes):
                claim = self._claim(path)
                yield from [claim] if claim.kinds or claim.always else []

    def _claim(self, path: Path) -> Expectation:
        found = (walk(scope, path) for scope in self.scopes)
        kinds = frozenset(kind(value) for value in found if _tells(value, self.mapping.empty))
        if self._always(path, self.scopes):
            return Expectation(path, kinds, always=True)
        whole = [scope for scope in self.scopes if self.id and _tells(walk(scope, self.id))]
        if self._always(path, whole):
            return Expectation(path, kinds, always=True, beside=self.id)
        return Expectation(path, kinds, always=False)

    def _always(self, path: Path, scopes: list[dict[str, Any]]) -> bool:
        """Whether all have the key, and the vendor says "no value" where there is none.

        One that leaves such keys out has shown nothing by having them in a few samples.
        """
        enough = len(scopes) >= ENOUGH and all(walk(scope, path) is not ABSENT for scope in scopes)
        return enough and any(self._is_explicit(scope, path) for scope in scopes)

    def _is_explicit(self, scope: dict[str, Any], path: Path) -> bool:
        holders = [walk(scope, path[:depth]) for depth in range(len(path))]
        values = [value for one in holders if isinstance(one, dict) for value in one.values()]
        return any(not _tells(value, self.mapping.empty) for value in values)


def _distinct(mapping: Mapping, records: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The scopes of the records that the mapping can read, each once."""
    seen: set[str] = set()
    for record in records:
        text = json.dumps(record, sort_keys=True)
        try:
            scope = mapping.scope(record)
        except RecordError:
            continue
        if text not in seen:
            seen.add(text)
            yield scope


def _id_path(mapping: Mapping, connector: Connector | None) -> Path:
    """Where a record of its own, and no part of another one, has its id; () where that cannot be told."""
    resource = connector.resources.get(mapping.resource) if connector else None
    data = resource.data if resource else {}
    parts = (data.get("list") or {}, data.get("get") or {}, data)
    source = next((part["id"] for part in parts if "id" in part), None)
    found = sorted(reads(source)) if source else []
    return ("payload", *found[0]) if len(found) == 1 else ()


def _through_list(scope: dict[str, Any], path: Path) -> bool:
    return any(isinstance(walk(scope, path[:depth]), list) for depth in range(1, len(path)))


def _tells(value: Any, empty: Any = ABSENT) -> bool:
    """Whether a value says something: no null, no blank text, and not the connector's "no value"."""
    if value is None or value is ABSENT or value == "":
        return False
    return empty is ABSENT or type(value) is not type(empty) or value != empty
