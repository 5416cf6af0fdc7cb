"""Which line of a mapping gives a value."""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.documents import Step
from hub.errors import Place
from hub.mapping import Mapping, Rule

Path = tuple[Step, ...]


def read_line(mapping: Mapping, path: Path) -> Place | None:
    """The line that reads the part of the entity at `path`; None where there is none."""
    return _line(mapping, mapping.reads, path)


def written_line(mapping: Mapping, path: Path) -> Place | None:
    """The line that writes the part of the vendor's record at `path`; None where there is none."""
    return _line(mapping, mapping.writes, path)


def consent_line(mapping: Mapping, path: Path) -> Place | None:
    """The line of a consent, or of its address, state or time; None where there is none."""
    known = mapping.document.data.get("consent") or {}
    return mapping.document.place("consent", *path) if path and path[0] in known else None


def drifting(mapping: Mapping) -> dict[Place, str]:
    """What may not be understood: the place of each leaf, and the field or consent that it is of."""
    fields = {
        mapping.document.place(*rule.path): ".".join(target.names)
        for target in mapping.reads
        for rule in inside(target.rule)
    }
    parts = {
        mapping.document.place("consent", key, part): key
        for key, data in (mapping.document.data.get("consent") or {}).items()
        for part in data
    }
    return fields | parts


def _line(mapping: Mapping, targets: Iterable[Any], path: Path) -> Place | None:
    found = [target for target in targets if _meets(target.names, path)]
    if not found:
        return None
    target = max(found, key=lambda one: len(one.names) if len(one.names) <= len(path) else 0)
    return mapping.document.place(*_inner(target.rule, path[len(target.names) :]).path)


def _meets(names: tuple[str, ...], path: Path) -> bool:
    """Whether one of the two leads to, or into, the other."""
    return all(name == step for name, step in zip(names, path, strict=False))


def _inner(rule: Rule, path: Path) -> Rule:
    """The leaf inside of a list that gives the rest of a path."""
    for step, name in enumerate(path):
        fields = dict(rule.each.fields) if rule.each else {}
        if name in fields:
            return _inner(fields[str(name)], path[step + 1 :])
    return rule


def inside(rule: Rule) -> Iterator[Rule]:
    """A leaf and those inside of it."""
    yield rule
    for _, inner in rule.each.fields if rule.each else ():
        yield from inside(inner)
