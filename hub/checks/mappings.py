"""Whether the mappings fit the entities, the connectors and what the vendors send."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from hub.catalog import Catalog
from hub.checks import inwards, outwards
from hub.checks.payloads import Payloads
from hub.checks.suggestion import suggest
from hub.connector import Connector
from hub.errors import FileError
from hub.mapping import Mapping, Rule
from hub.mapping.tables import named
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in mappings/."""
    payloads = Payloads(samples)
    for mapping in catalog.mappings.values():
        yield from _names(catalog, mapping)
        entity = catalog.entities.get(mapping.entity)
        if entity is None:
            hint = suggest(mapping.entity, catalog.entities)
            message = f"no entity {mapping.entity}"
            yield mapping.document.error("unknown-entity", message, "entity", hint=hint, offset=0)
            continue
        yield from inwards.check(mapping, entity, payloads)
        yield from outwards.check(mapping, entity, payloads)
        yield from _settings(catalog, mapping)
        yield from _tables(catalog, mapping)
        yield from _lookups(mapping)


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


def _tables(catalog: Catalog, mapping: Mapping) -> Iterator[FileError]:
    """Tables that are not there; the catalogue has put those that are in the place of their names."""
    known = {PurePosixPath(one.file).stem for kind, one in catalog.documents if kind == "table"}
    written = next(one for _, one in catalog.documents if one.file == mapping.document.file)
    for path, name in named(written):
        if name not in known:
            hint = suggest(name, known) or f"a lookup is a file mappings/{name}.csv, or {{word: ours}}"
            yield written.error("unknown-table", f"there is no table {name}", *path, hint=hint, offset=0)


def _lookups(mapping: Mapping) -> Iterator[FileError]:
    for target in mapping.reads:
        if target.rule.lookup and target.rule.path[0] == "both":
            yield from _one_to_one(mapping, target.rule, target.rule.lookup)


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
