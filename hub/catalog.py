"""All files together: read from YAML by people's tools, thawed from the artifact by functions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from hub.accounts import Account, Owners, accounts
from hub.connector import Connector
from hub.documents import Document, read
from hub.entity import Entity
from hub.errors import FileError, FileErrors
from hub.flow import Flow
from hub.mapping import ABSENT, Mapping
from hub.mapping.tables import Table, resolved
from hub.messages import digest, dumps

FOLDERS = {"entities": "entity", "connectors": "connector", "mappings": "mapping", "flows": "flow"}
TABLES = "mappings"
"""The folder of lookup tables in CSV."""

FILES = {"accounts.yaml": "accounts", "owners.yaml": "owners"}
KINDS = (*FOLDERS.values(), "table", *FILES.values())


Found = tuple[str, Document]
"""A document and its kind."""


@dataclass(frozen=True)
class Catalog:
    """Every model by name. `revision`: 16 hex digits that say which version of the files this is.

    Checks nothing: a catalogue that was frozen has passed `hub check`. Models compile their expressions
    on first use.
    """

    entities: dict[str, Entity]
    connectors: dict[str, Connector]
    mappings: dict[str, Mapping]
    flows: dict[str, Flow]
    accounts: dict[str, Account]
    owners: Owners
    revision: str
    documents: tuple[Found, ...] = field(repr=False)

    @classmethod
    def read(cls, root: Path) -> "Catalog":
        """The catalogue of a project's folder. Raises FileErrors for what is not even YAML."""
        found, errors = documents(root)
        if errors:
            raise FileErrors(errors)
        return cls.of(found)

    @classmethod
    def of(
        cls, found: Iterable[Found], revision: str = "", modules: dict[str, str] | None = None
    ) -> "Catalog":
        """The catalogue of documents, each with its kind. `modules`: those of built mappings, by name."""
        kept = tuple(found)
        by_kind = {kind: [document for known, document in kept if known == kind] for kind in KINDS}
        entities = {entity.name: entity for entity in map(Entity, by_kind["entity"])}
        connectors = {connector.name: connector for connector in map(Connector, by_kind["connector"])}
        built = {name: partial(_names, module) for name, module in (modules or {}).items()}
        tables = {_stem(one): Table(one.data) for one in by_kind["table"]}
        mappings = (
            Mapping(resolved(one, tables), entities, _empty(one, connectors), built.get(_stem(one)))
            for one in by_kind["mapping"]
        )
        listed = (accounts(one) for one in by_kind["accounts"])
        return cls(
            entities,
            connectors,
            {mapping.name: mapping for mapping in mappings},
            {flow.name: flow for flow in map(Flow, by_kind["flow"])},
            {name: account for some in listed for name, account in some.items()},
            Owners(next(iter(by_kind["owners"]), Document("owners.yaml", {}))),
            revision or _revision(kept),
            kept,
        )

    @classmethod
    def thaw(cls, data: dict[str, Any], modules: dict[str, str] | None = None) -> "Catalog":
        """The catalogue of the artifact: no YAML is read, no expression of built mappings parsed."""
        entries = data["documents"]
        found = (
            (entry["kind"], Document(entry["file"], entry["data"], entry["places"])) for entry in entries
        )
        return cls.of(found, data["revision"], modules)

    def freeze(self) -> dict[str, Any]:
        """Plain JSON: `{revision, documents: [{kind, name, file, data, places}]}`."""
        return {"revision": self.revision, "documents": [_frozen(*found) for found in self.documents]}

    def in_use(self) -> "Catalog":
        """The catalogue without connectors that have no account, and without their mappings."""
        used = {account.connector for account in self.accounts.values()}
        of_connectors = {"connector", "mapping"}
        return Catalog.of(
            (kind, document)
            for kind, document in self.documents
            if kind not in of_connectors or _stem(document).partition(".")[0] in used
        )

    def sends_messages(self, connector: str) -> bool:
        """Whether what goes out by this connector are messages to a queue or a bus; not of an unknown one."""
        known = self.connectors.get(connector)
        return known is not None and known.sends_messages

    def mappings_of(self, connector: str, resource: str) -> list[Mapping]:
        """The mappings of one kind of record, by name."""
        return self._by_resource.get((connector, resource), [])

    @cached_property
    def _by_resource(self) -> dict[tuple[str, str], list[Mapping]]:
        found: dict[tuple[str, str], list[Mapping]] = {}
        for _, mapping in sorted(self.mappings.items()):
            found.setdefault((mapping.connector, mapping.resource), []).append(mapping)
        return found

    def destination(self, to: str) -> str:
        """`connector.account.resource` of a destination as a flow names it; a single account may go unsaid.

        Raises LookupError where no account, or more than one, is meant.
        """
        connector, *account, resource = to.split(".")
        mine = [known for known in self.accounts.values() if known.connector == connector]
        meant = [known.key for known in mine if not account or known.key == account[0]]
        if len(meant) != 1:
            raise LookupError(f"{connector} has {len(meant) or 'no such'} account{'s' if meant else ''}")
        return f"{connector}.{meant[0]}.{resource}"


def documents(root: Path) -> tuple[list[Found], list[FileError]]:
    """The documents of a project with their kinds, and the mistakes of those that cannot be read."""
    found: list[Found] = []
    errors: list[FileError] = []
    for kind, path in _paths(root):
        try:
            found.append((kind, read(path, root)))
        except FileError as error:
            errors.append(error)
    return found, errors


def _paths(root: Path) -> list[tuple[str, Path]]:
    folders = [
        (kind, path) for folder, kind in FOLDERS.items() for path in sorted((root / folder).glob("*.yaml"))
    ]
    folders += [("table", path) for path in sorted((root / TABLES).glob("*.csv"))]
    return folders + [(kind, root / name) for name, kind in FILES.items() if (root / name).is_file()]


def _frozen(kind: str, document: Document) -> dict[str, Any]:
    places = {pointer: list(place) for pointer, place in document.places.items()}
    name = PurePosixPath(document.file).stem
    return {"kind": kind, "name": name, "file": document.file, "data": document.data, "places": places}


def _revision(found: Iterable[Found]) -> str:
    parts = sorted(dumps([kind, document.file, document.data]) for kind, document in found)
    return digest("\n".join(parts))[:16]


def _stem(document: Document) -> str:
    return PurePosixPath(document.file).stem


def _names(module: str) -> dict[str, Any]:
    return vars(import_module(module))


def _empty(document: Document, connectors: dict[str, Connector]) -> Any:
    connector = connectors.get(_stem(document).split(".")[0])
    return connector.document.data.get("empty", ABSENT) if connector else ABSENT
