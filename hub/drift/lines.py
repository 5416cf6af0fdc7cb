"""The lines of a mapping, and what of a record each of them reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.connector import Connector, Resource
from hub.documents import pointer
from hub.drift.reads import SCOPE, Levels, Paths, origins, reads
from hub.drift.shape import Path
from hub.errors import Place
from hub.mapping import Each, Mapping, Rule


@dataclass(frozen=True, slots=True)
class Line:
    """One leaf. `names`: of the canonical field, outermost first; empty for a consent.

    `reads`: paths below the mapping's scope, without `[]`. `pointer`: where it stands in the file's data.
    `outer`: the leaf whose list this one fills an item of.
    """

    place: Place
    pointer: str
    names: tuple[str, ...]
    reads: Paths
    rule: Rule
    outer: Rule | None = None

    @property
    def target(self) -> str:
        """The canonical field as people write it."""
        return ".".join(self.names) or f"consent {self.rule.path[1]}"


@dataclass(frozen=True, slots=True)
class Around:
    """An expression of the connector that reads the record: `part` is id, version or `contains customer`.

    `reads`: paths as in a Line.
    """

    place: Place
    part: str
    reads: Paths


def around(mapping: Mapping, connector: Connector | None) -> list[Around]:
    """What the connector reads of the records of a mapping."""
    resource = connector.resources.get(mapping.resource) if connector else None
    if resource is None:
        return []
    parts = [("contains", name) for name in resource.contains]
    parts += [(*call, name) for call in (("list",), ("get",), ()) for name in ("id", "version")]
    found = ((path, value_at(resource.data, path)) for path in parts)
    return [_around(mapping, resource, path, source) for path, source in found if source]


def value_at(data: Any, path: Path) -> Any:
    """What stands at a path, None where nothing does."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _around(mapping: Mapping, resource: Resource, path: Path, source: str) -> Around:
    outer = ("payload",) if "record" in mapping.document.data else ()
    paths = frozenset((*outer, *one) for one in reads(source))
    part = " ".join(path) if path[0] == "contains" else path[-1]
    return Around(resource.document.place("resources", resource.name, *path), part, paths)


def lines(mapping: Mapping) -> list[Line]:
    """The lines that read, in the order of the file's sections."""
    own = [line for target in mapping.reads for line in _lines(mapping, target.rule, target.names)]
    rules = [rule for ledger in mapping.consents for rule in ledger.rules]
    return [*own, *(line for rule in rules for line in _lines(mapping, rule, ()))]


def scoped(mapping: Mapping, record: Any) -> dict[str, Any]:
    """What the lines see of a record: its fields, and under `payload` what lies around them, if anything.

    Raises RecordError("not-a-record").
    """
    scope = mapping.scope(record)
    return scope if "record" in mapping.document.data else {**scope, "payload": None}


def settled(mapping: Mapping, path: Path) -> Path:
    """A path of the scope as `scoped` shows it: without `record:`, `payload` is the record itself."""
    around = "record" not in mapping.document.data and path[:1] == ("payload",)
    return path[1:] if around else path


def _lines(mapping: Mapping, rule: Rule, names: tuple[str, ...]) -> Iterator[Line]:
    if rule.each is None:
        yield _line(mapping, rule, names, {})
        return
    levels, found = _levels(rule.each)
    yield _line(mapping, rule, names, {}, found)
    for name, inner in rule.each.fields:
        yield _line(mapping, inner, (*names, name), levels, outer=rule)


def _line(
    mapping: Mapping,
    rule: Rule,
    names: tuple[str, ...],
    levels: Levels,
    found: Paths = frozenset(),
    outer: Rule | None = None,
) -> Line:
    own = reads(rule.source.source, levels) if rule.source else found
    paths = frozenset(settled(mapping, path) for path in own)
    return Line(mapping.document.place(*rule.path), pointer(rule.path), names, paths, rule, outer)


def _levels(each: Each) -> tuple[dict[str, Paths], Paths]:
    """Where each level's items stand, and all that is read to find them."""
    levels: dict[str, Paths] = {}
    found: Paths = frozenset()
    for name, expression in each.levels:
        found |= reads(expression.source, levels)
        levels[name] = origins(expression.source, levels) or SCOPE
    return levels, found
