"""Who reads a canonical field: the destinations and flows behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.catalog import Catalog
from hub.errors import Place
from hub.expressions import Expression
from hub.flow import Flow
from hub.mapping import Mapping, Rule

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """A place that reads a field; `name`: the destination, or the flow whose decision it is."""

    name: str
    place: Place


def readers(catalog: Catalog, entity: str, field: Names) -> list[Reader]:
    """The destinations that are told of a field (or of its part), and the flows that decide by it."""
    found = (reader for flow in catalog.flows.values() for reader in _of_flow(catalog, flow, entity, field))
    return sorted(set(found))


def _of_flow(catalog: Catalog, flow: Flow, entity: str, field: Names) -> Iterator[Reader]:
    named = (entity, *field)
    seen = entity in {flow.on, "customer"}
    for expression, path in _decisions(flow, entity):
        if (seen or path[0] == "cancel") and _reads(expression, named):
            yield Reader(f"flow {flow.name}", flow.document.place(*path))
    for number, send in enumerate(flow.send):
        connector, resource = send.to.split(".")[0], send.to.split(".")[-1]
        for name, expression in (send.fields or {}).items():
            if seen and _reads(expression, named):
                yield Reader(send.to, flow.document.place("send", number, "with", name))
        told = flow.on if send.fields is None else "message"
        for mapping in catalog.mappings_of(connector, resource):
            yield from _of_mapping(mapping, told, named, send.to)


def _decisions(flow: Flow, entity: str) -> Iterator[tuple[Expression, tuple[str, ...]]]:
    if flow.condition:
        yield flow.condition, ("if",)
    if flow.once:
        yield flow.once, ("once",)
    if entity in flow.cancel:
        yield flow.cancel[entity], ("cancel", entity)


def _of_mapping(mapping: Mapping, told: str, named: Names, to: str) -> Iterator[Reader]:
    """The lines that write it; beside the entity's own fields they see its `customer`."""
    if mapping.entity != told:
        return
    for target in mapping.writes:
        for path in _paths(target.rule):
            whole = path if path[0] == "customer" else (told, *path)
            if _meets(whole, named):
                yield Reader(to, mapping.document.place(*target.rule.path))


def _paths(rule: Rule) -> Iterator[Names]:
    if rule.source is not None:
        yield from rule.source.paths
    for _, level in rule.each.levels if rule.each else ():
        yield from level.paths


def _reads(expression: Expression, named: Names) -> bool:
    return any(_meets(path, named) for path in expression.paths)


def _meets(path: Names, named: Names) -> bool:
    """Whether a path leads to a field, into it, or to the whole that it is part of (beyond the entity)."""
    return len(path) > 1 and all(one == other for one, other in zip(path, named, strict=False))
