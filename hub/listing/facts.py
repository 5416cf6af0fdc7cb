"""What a connector takes in and writes, as its file and its mappings say."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.catalog import Catalog
from hub.connector import Connector
from hub.connector.resource import Resource
from hub.mapping import Mapping

ROLES = {
    "shop": "Shops and marketplaces",
    "pos": "Points of sale and payments",
    "crm": "CRM",
    "erp": "ERP and accounting",
    "email": "Email and marketing",
    "support": "Messaging and support",
    "other": "Files, queues and anything else",
}
"""The kinds of systems in the order in which they are listed: the usual roles of their accounts."""

_WRITES = ("upsert", "create", "update", "send")


@dataclass(frozen=True)
class Facts:
    """One connector of a catalogue."""

    catalog: Catalog
    connector: Connector

    @property
    def title(self) -> str:
        """The system's own name."""
        return str(self.connector.data.get("title") or self.connector.name)

    @property
    def role(self) -> str:
        """What kind of system it is."""
        return str(self.connector.data.get("role") or "other")

    @property
    def about(self) -> str:
        """What the file says of itself in its first lines."""
        lines = []
        for line in self.connector.document.lines:
            if not line.startswith("#"):
                break
            lines.append(line.lstrip("# ").strip())
        return " ".join(lines)

    @property
    def receives(self) -> tuple[str, ...]:
        """The entities that come in."""
        told = (mapping.entity for resource, mapping in self.mappings() if self.comes(resource, mapping))
        return tuple(dict.fromkeys(told))

    @property
    def writes(self) -> tuple[str, ...]:
        """The entities that go out."""
        told = (mapping.entity for resource, mapping in self.mappings() if goes(resource, mapping))
        return tuple(dict.fromkeys(told))

    def mappings(self) -> Iterator[tuple[Resource, Mapping]]:
        """Its resources with their mappings."""
        for resource in self.connector.resources.values():
            for mapping in self.catalog.mappings_of(self.connector.name, resource.name):
                yield resource, mapping

    def comes(self, resource: Resource, mapping: Mapping) -> bool:
        """Whether records of a resource come in, by themselves or inside of others, and are mapped."""
        reads = {"in", "both"} & mapping.document.data.keys()
        return bool(
            reads and (resource.topics or resource.list or self.around(resource.name) or self.is_files)
        )

    @property
    def is_files(self) -> bool:
        """Whether it knows no way but files: it sends nothing, and nothing is asked of it."""
        return not self.connector.receives and not self.connector.base_url

    def around(self, name: str) -> tuple[str, ...]:
        """The resources inside of whose records those of a resource come."""
        resources = self.connector.resources.values()
        return tuple(one.name for one in resources if name in one.contains)


def goes(resource: Resource, mapping: Mapping) -> bool:
    """Whether records of a resource are written, and are mapped."""
    written = {"out", "both"} & mapping.document.data.keys()
    return bool(written and set(_WRITES) & resource.data.keys())
