"""Which differences of the files decide what differs in a record."""

from collections.abc import Iterable, Sequence

from hub.catalog import TABLES, Catalog
from hub.errors import Place
from hub.mapping import Mapping
from hub.mapping.tables import named
from hub.plan.differences import Names
from hub.plan.edits import Edit, Path, within


class Causes:
    """What differs, asked by what it touches."""

    def __init__(self, found: Sequence[Edit], catalogs: Sequence[Catalog]) -> None:
        self.found = tuple(found)
        self._catalogs = catalogs
        self._files = {edit.place.file for edit in found}
        names = {name for catalog in catalogs for name in catalog.mappings}
        self.untouched = frozenset(name for name in names if not self._touch_mapping(name))
        self._touched: dict[str, bool] = {}
        self._fields: dict[tuple[str, Names], tuple[Edit, ...]] = {}
        self._connectors: dict[str, tuple[Edit, ...]] = {}

    def touch(self, connector: str) -> bool:
        """Whether anything that the connector's events say may differ."""
        if connector not in self._touched:
            mine = (
                name
                for catalog in self._catalogs
                for name in catalog.mappings
                if name.startswith(f"{connector}.")
            )
            touched = bool(self.of_connector(connector)) or any(name not in self.untouched for name in mine)
            self._touched[connector] = touched
        return self._touched[connector]

    def of_connector(self, connector: str) -> tuple[Edit, ...]:
        """The edits by which its events may be read otherwise: in its file, in its accounts."""
        if connector not in self._connectors:
            accounts = (
                edit
                for edit in self.found
                if edit.place.file == "accounts.yaml"
                and (not edit.path or str(edit.path[0]).partition(".")[0] == connector)
            )
            own = within(self.found, f"connectors/{connector}.yaml", ())
            self._connectors[connector] = (*own, *accounts)
        return self._connectors[connector]

    def of_resource(self, name: str) -> tuple[Edit, ...]:
        """The edits by which the events of `connector.resource` find no mapping, or are read otherwise."""
        return self.of_mapping(name) or self.of_connector(name.partition(".")[0])

    def of_mapping(self, name: str) -> tuple[Edit, ...]:
        """The edits of a mapping's file."""
        return within(self.found, f"mappings/{name}.yaml", ())

    def at(self, place: Place | None) -> tuple[Edit, ...]:
        """The edits on the line of a place, else in its file."""
        mine = [edit for edit in self.found if place and edit.place.file == place.file]
        return tuple([edit for edit in mine if place and edit.place.line == place.line] or mine)

    def of_field(self, mapping: str, names: Names) -> tuple[Edit, ...]:
        """The edits that decide a field of a mapping: on its own lines, else on what those stand on."""
        if (mapping, names) not in self._fields:
            self._fields[mapping, names] = self._of_field(mapping, names)
        return self._fields[mapping, names]

    def _of_field(self, mapping: str, names: Names) -> tuple[Edit, ...]:
        file = f"mappings/{mapping}.yaml"
        rules = [path for catalog in self._catalogs for path in _rules(catalog, mapping, names)]
        return (
            (*within(self.found, file, *rules), *self._of_tables(mapping, rules))
            or within(self.found, file, ("record",), ("entity",))
            or self._of_entity(mapping, ("fields", names[0]))
            or self.of_connector(mapping.partition(".")[0])
        )

    def of_consent(self, mapping: str, key: str) -> tuple[Edit, ...]:
        """The edits that decide a consent of a mapping."""
        own = within(self.found, f"mappings/{mapping}.yaml", ("consent", key), ("record",))
        return (*own, *self._of_tables(mapping, [("consent", key)])) or self.of_connector(
            mapping.partition(".")[0]
        )

    def _of_tables(self, mapping: str, rules: Sequence[Path]) -> tuple[Edit, ...]:
        """The edits of the lookup tables that these leaves name."""
        found = (table for catalog in self._catalogs for table in tables_of(catalog, mapping))
        files = sorted({file for path, file in found if any(path[: len(rule)] == rule for rule in rules)})
        return tuple(edit for file in files for edit in within(self.found, file, ()))

    def _of_entity(self, mapping: str, path: Path) -> tuple[Edit, ...]:
        files = sorted(_entity_files(self._catalogs, mapping))
        return tuple(edit for file in files for edit in within(self.found, file, path))

    def _touch_mapping(self, name: str) -> bool:
        connector = name.partition(".")[0]
        files = {
            f"mappings/{name}.yaml",
            f"connectors/{connector}.yaml",
            *_entity_files(self._catalogs, name),
        }
        files |= {file for catalog in self._catalogs for _, file in tables_of(catalog, name)}
        return bool(files & self._files)


def tables_of(catalog: Catalog, mapping: str) -> list[tuple[Path, str]]:
    """Where a mapping's file names lookup tables, and the files of those."""
    file = f"mappings/{mapping}.yaml"
    written = (
        document for kind, document in catalog.documents if kind == "mapping" and document.file == file
    )
    return [(path, f"{TABLES}/{name}.csv") for document in written for path, name in named(document)]


def _entity_files(catalogs: Iterable[Catalog], name: str) -> set[str]:
    mappings = [(catalog, catalog.mappings[name]) for catalog in catalogs if name in catalog.mappings]
    return {_entity_file(catalog, mapping) for catalog, mapping in mappings}


def _entity_file(catalog: Catalog, mapping: Mapping) -> str:
    entity = catalog.entities.get(mapping.entity)
    return entity.document.file if entity else ""


def _rules(catalog: Catalog, mapping: str, names: Names) -> list[Path]:
    """Where the leaves stand that a field is read by."""
    known = catalog.mappings.get(mapping)
    plain = [name for name in names if name != "[]"]
    reads = known.reads if known else ()
    return [one.rule.path for one in reads if all(a == b for a, b in zip(one.names, plain, strict=False))]
