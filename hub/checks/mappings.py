"""Whether the mappings fit the entities, the connectors and what the vendors send."""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.catalog import Catalog
from hub.checks.names import at_name, unknown_field
from hub.checks.suggestion import suggest
from hub.connector import Connector
from hub.documents import Step
from hub.entity import Entity, Field
from hub.errors import FileError
from hub.expressions import Expression
from hub.mapping import Mapping, Rule
from hub.mapping.model import STATES
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in mappings/."""
    for mapping in catalog.mappings.values():
        yield from _names(catalog, mapping)
        entity = catalog.entities.get(mapping.entity)
        if entity is None:
            hint = suggest(mapping.entity, catalog.entities)
            message = f"no entity {mapping.entity}"
            yield mapping.document.error("unknown-entity", message, "entity", hint=hint, offset=0)
            continue
        yield from _inwards(mapping, entity, samples)
        yield from _outwards(mapping, entity)
        yield from _settings(catalog, mapping)
        yield from _lookups(mapping, entity)
        yield from _consents(mapping)


def _names(catalog: Catalog, mapping: Mapping) -> Iterator[FileError]:
    error = mapping.document.error
    parts = mapping.name.split(".")
    if len(parts) not in {2, 3}:
        hint = "mappings/<connector>.<resource>.yaml"
        yield error("other-name", "the file's name says which record it maps", hint=hint)
        return
    connector = catalog.connectors.get(parts[0])
    if connector is None:
        yield error(
            "unknown-connector", f"no connector {parts[0]}", hint=suggest(parts[0], catalog.connectors)
        )
    elif parts[1] not in connector.resources:
        hint = suggest(parts[1], connector.resources)
        yield error("unknown-resource", f"{parts[0]} has no resource {parts[1]}", hint=hint)


def _inwards(mapping: Mapping, entity: Entity, samples: Samples) -> Iterator[FileError]:
    known = samples.known(mapping)
    seen: set[tuple[str, ...]] = set()
    for target in mapping.reads:
        path = target.rule.path
        value = path[0] == "both"
        where = (*path, "field") if value and isinstance(_at(mapping, path), dict) else path
        wrong = unknown_field(entity, target.names)
        if wrong:
            yield mapping.document.error(
                "unknown-field", wrong[0], *where, hint=wrong[1], offset=0 if value else None
            )
        elif target.names in seen:
            message = f"{'.'.join(target.names)} is already read"
            yield mapping.document.error("field-twice", message, *where, offset=0 if value else None)
        seen.add(target.names)
        yield from _sources(mapping, target.rule, known)
        yield from _booleans(mapping, target.rule, entity.fields.get(target.names[0]))


def _sources(mapping: Mapping, rule: Rule, known: frozenset[str]) -> Iterator[FileError]:
    """Names that no sample record has, where there are samples."""
    if not known:
        return
    for path, expression, levels in _expressions(mapping, rule):
        for name in sorted(expression.names - known - levels - {"payload"}):
            message = f'no sample of {mapping.name} has "{name}"'
            hint = suggest(name, known - {"payload"})
            if path[0] == "both":
                yield mapping.document.error("unknown-source-field", message, *path, hint=hint)
            else:
                yield at_name(mapping.document, path, name, (message, hint), "unknown-source-field")


def _booleans(mapping: Mapping, rule: Rule, field: Field | None) -> Iterator[FileError]:
    """`a || b` for a field that may be false."""
    if field is None or field.type != "boolean" or rule.source is None or "||" not in rule.source.source:
        return
    hint = "coalesce(a, b) skips only null and empty text"
    path = _source_path(mapping, rule.path)
    offset = rule.source.source.index("||")
    yield mapping.document.error("or-on-boolean", "false || x gives x", *path, hint=hint, offset=offset)


def _outwards(mapping: Mapping, entity: Entity) -> Iterator[FileError]:
    for target in mapping.writes:
        if target.rule.path[0] == "both":
            continue
        for path, expression, levels in _expressions(mapping, target.rule):
            for names in sorted(expression.paths):
                if names[0] in levels | {"id", "customer"}:
                    continue
                wrong = unknown_field(entity, names)
                if wrong:
                    yield at_name(mapping.document, path, _wrong_name(entity, names), wrong)


def _wrong_name(entity: Entity, names: tuple[str, ...]) -> str:
    """The name that is wrong: the field's, or that of its part."""
    return names[1] if names[0] in entity.fields else names[0]


def _expressions(mapping: Mapping, rule: Rule) -> Iterator[tuple[tuple[Step, ...], Expression, set[str]]]:
    """The expressions of a leaf: where each stands, and the levels that it may name."""
    if rule.source is not None:
        yield _source_path(mapping, rule.path), rule.source, set()
    if rule.each is None:
        return
    levels: set[str] = set()
    for name, expression in rule.each.levels:
        yield (*rule.path, "each", name), expression, set(levels)
        levels.add(name)
    for _, inner in rule.each.fields:
        for path, expression, more in _expressions(mapping, inner):
            yield path, expression, levels | more


def _settings(catalog: Catalog, mapping: Mapping) -> Iterator[FileError]:
    connector = catalog.connectors.get(mapping.connector)
    for target in (*mapping.reads, *mapping.writes):
        yield from _setting(mapping, connector, target.rule)


def _setting(mapping: Mapping, connector: Connector | None, rule: Rule) -> Iterator[FileError]:
    for _, inner in rule.each.fields if rule.each else ():
        yield from _setting(mapping, connector, inner)
    if rule.setting and connector and rule.setting not in connector.settings:
        message = f'{connector.name} has no setting "{rule.setting}"'
        hint = suggest(rule.setting, connector.settings)
        yield mapping.document.error("unknown-setting", message, *rule.path, "setting", hint=hint, offset=0)


def _lookups(mapping: Mapping, entity: Entity) -> Iterator[FileError]:
    for target in mapping.reads:
        field, lookup = entity.fields.get(target.names[0]), target.rule.lookup
        if field is None or lookup is None:
            continue
        if field.values:
            yield from _words(mapping, target.rule, field.values)
        if target.rule.path[0] == "both":
            yield from _one_to_one(mapping, target.rule, lookup)


def _words(mapping: Mapping, rule: Rule, allowed: Iterable[str]) -> Iterator[FileError]:
    for word, ours in (rule.lookup or {}).items():
        if ours not in allowed:
            path = (*rule.path, "lookup", word)
            message = f'"{ours}" is not one of its values'
            yield mapping.document.error(
                "unknown-value", message, *path, hint=suggest(str(ours), allowed), offset=0
            )


def _one_to_one(mapping: Mapping, rule: Rule, lookup: dict[str, Any]) -> Iterator[FileError]:
    seen: dict[Any, str] = {}
    for word, ours in lookup.items():
        if ours in seen:
            message = f'"{ours}" is already the word for "{seen[ours]}"'
            hint = "in both: each of ours has one of theirs; use in: and out: for anything else"
            yield mapping.document.error(
                "lookup-not-one-to-one", message, *rule.path, "lookup", word, hint=hint
            )
        seen.setdefault(ours, word)


def _consents(mapping: Mapping) -> Iterator[FileError]:
    for ledger in mapping.consents:
        state = ledger.state
        yield from _words(mapping, state, sorted(STATES))
        source = state.source.source if state.source else ""
        if "||" in source:
            path = _source_path(mapping, state.path)
            hint = "coalesce(a, b) skips only null and empty text"
            yield mapping.document.error(
                "or-on-boolean", "false || x gives x", *path, hint=hint, offset=source.index("||")
            )


def _at(mapping: Mapping, path: tuple[Step, ...]) -> Any:
    data = mapping.document.data
    for step in path:
        data = data[step]
    return data


def _source_path(mapping: Mapping, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """Where the text of a leaf's expression stands."""
    data = _at(mapping, path)
    return (*path, "from") if isinstance(data, dict) and "from" in data else path
