"""What a mapping may expect of each record, as far as its samples prove it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.connector import Connector
from hub.drift.lines import Line, lines
from hub.drift.reads import reads
from hub.drift.shape import ANY, Path
from hub.errors import RecordError
from hub.mapping import ABSENT, Mapping
from hub.mapping.claims import Claim, kind, tells
from hub.mapping.running import Path as Steps
from hub.mapping.running import walk
from hub.samples import Samples

ENOUGH = 2
"""Samples that a claim takes: what stands in the only one may stand there by chance."""


def claims(mapping: Mapping, samples: Samples) -> Iterator[tuple[Steps, Claim]]:
    """Path of a leaf in its file, and what to expect at each path that it reads, if not inside of lists.

    A leaf that is a plain path has one at most. No claim is made that a sample file breaks; the records
    inside of the mapping's tests, which may be partial or wrong on purpose, stand in where no file tells.
    """
    examples = list(samples.examples(mapping))
    recorded = list(samples.recorded(mapping)) or examples
    yield from proven(mapping, recorded, samples.connector(mapping), examples)


def proven(
    mapping: Mapping,
    records: Iterable[Any],
    connector: Connector | None = None,
    examples: Iterable[Any] = (),
) -> Iterator[tuple[Steps, Claim]]:
    """As `claims`, of these records; `examples` tell the kinds of what no record has."""
    whole, more = (list(_distinct(mapping, some)) for some in (records, examples))
    proof = _Proof(mapping, whole, _id_path(mapping, connector), more)
    for line in lines(mapping):
        if line.outer is None:
            yield from ((line.rule.path, claim) for claim in proof.of(line))


@dataclass(frozen=True, slots=True)
class _Proof:
    """The scopes of the distinct samples and of the examples, and the path of a record's id in them."""

    mapping: Mapping
    scopes: list[dict[str, Any]]
    id: Path
    examples: list[dict[str, Any]]

    def of(self, line: Line) -> Iterator[Claim]:
        for path in sorted(line.reads):
            if ANY not in path and not self._in_list(path):
                claim = self._claim(path)
                yield from [claim] if claim.kinds or claim.always else []

    def _in_list(self, path: Path) -> bool:
        return any(_through_list(scope, path) for scope in (*self.scopes, *self.examples))

    def _claim(self, path: Path) -> Claim:
        kinds = self._kinds(path, self.scopes) or self._kinds(path, self.examples)
        if self._always(path, self.scopes):
            return Claim(path, kinds, always=True)
        whole = [scope for scope in self.scopes if self.id and tells(walk(scope, self.id))]
        if self._always(path, whole):
            return Claim(path, kinds, always=True, beside=self.id)
        return Claim(path, kinds, always=False)

    def _kinds(self, path: Path, scopes: list[dict[str, Any]]) -> frozenset[str]:
        found = (walk(scope, path) for scope in scopes)
        return frozenset(kind(value) for value in found if tells(value, self.mapping.empty))

    def _always(self, path: Path, scopes: list[dict[str, Any]]) -> bool:
        """Whether all have the key, and the vendor says "no value" where there is none.

        One that leaves such keys out has shown nothing by having them in a few samples.
        """
        enough = len(scopes) >= ENOUGH and all(walk(scope, path) is not ABSENT for scope in scopes)
        return enough and any(self._is_explicit(scope, path) for scope in scopes)

    def _is_explicit(self, scope: dict[str, Any], path: Path) -> bool:
        holders = [walk(scope, path[:depth]) for depth in range(len(path))]
        values = [value for one in holders if isinstance(one, dict) for value in one.values()]
        return any(not tells(value, self.mapping.empty) for value in values)


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
