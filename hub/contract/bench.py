"""A connector on the bench: its files, its samples, and worlds in which it meets its simulated vendor."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hub.accounts import Account, sample
from hub.catalog import Catalog, Found
from hub.connector import Connector
from hub.contract import pen, source
from hub.contract.verdict import DoesNotApply
from hub.contract.world import World
from hub.documents import Document
from hub.flow import Flow
from hub.mapping import Mapping
from hub.samples.signing import invented
from hub.simulator.samples import Samples
from hub.simulator.webhooks import Told, greeting, told


class Bench:
    """One connector of a project. Every world that is made is kept, so that what it left can be looked at."""

    def __init__(self, root: Path, catalog: Catalog, name: str) -> None:
        self.root = root
        self.files = catalog
        self.connector: Connector = catalog.connectors[name]
        self.account: Account = replace(sample(self.connector), role="crm")
        self.samples = Samples.read(root, name)
        self.worlds: list[World] = []

    @property
    def name(self) -> str:
        """The connector's."""
        return self.connector.name

    @cached_property
    def secrets(self) -> dict[str, str]:
        """What an operator would set."""
        return invented(self.connector, self.account.name)

    @cached_property
    def others(self) -> dict[str, str]:
        """The secrets of somebody else."""
        return invented(self.connector, "somebody.else")

    def world(self, *resources: str) -> World:
        """A hub whose ports are in memory, and whose only vendor is the simulated one; with flows to these
        resources, from a source beside it that tells of every entity."""
        catalog = replace(self.catalog, flows={flow.name: flow for flow in self._flows(resources)})
        made = World(catalog, self.connector, self.account, self.secrets, self.samples)
        self.worlds.append(made)
        return made

    @cached_property
    def catalog(self) -> Catalog:
        """The connector's files with those of the source, without flows: compiled once for all worlds."""
        return Catalog.of(self._found())

    @cached_property
    def events(self) -> dict[str, dict[str, Any]]:
        """The samples that tell of something, by file name."""
        return {name: one for name, one in self.samples.webhooks.items() if told(self.connector, one)}

    @cached_property
    def tellings(self) -> list[tuple[str, Told]]:
        """The events of all samples, with the names of their files."""
        return [(name, one) for name, sample in self.events.items() for one in told(self.connector, sample)]

    def an_event(self) -> dict[str, Any]:
        """A sample that tells of something. Raises DoesNotApply."""
        self.receiving()
        plain = [name for name, one in self.tellings if not one.deleted]
        if not plain:
            raise DoesNotApply(f"no sample in events/{self.name} tells of anything")
        return self.events[plain[0]]

    def receiving(self) -> None:
        """Raise DoesNotApply where the vendor sends no webhooks."""
        if not self.connector.receives:
            raise DoesNotApply("the vendor sends nothing")
        if not self.connector.reception.by_http:
            raise DoesNotApply("it sends no webhooks: its messages come by a queue, where IAM says who sends")

    def mapping(self, resource: str) -> Mapping | None:
        """The first mapping of a resource by which something is written."""
        return next((one for one in self.catalog.mappings_of(self.name, resource) if one.writes), None)

    def writable(self) -> list[str]:
        """The resources whose records are written."""
        held = self.connector.resources.values()
        return [
            one.name for one in held if (one.upsert or one.create) and not one.send and self.mapping(one.name)
        ]

    def sendable(self) -> list[str]:
        """The resources that are acts."""
        held = self.connector.resources.values()
        return [one.name for one in held if one.send and self.mapping(one.name)]

    def greeting(self, answer: str = "challenge-4711") -> dict[str, Any]:
        """A handshake as the vendor makes it. Raises DoesNotApply, NotPlantedError."""
        made = greeting(self.connector, self.secrets, answer)
        if made is None:
            raise DoesNotApply("the vendor asks for no handshake")
        return made

    def _found(self) -> Iterable[Found]:
        for kind, document in self.files.documents:
            mine = document.file.rpartition("/")[2].partition(".")[0] == self.name
            if kind in ("entity", "table") or (kind in ("connector", "mapping") and mine):
                yield kind, document
        yield from source.documents(self.files.entities)
        accounts = {
            self.account.name: {**self.account.settings, "role": "crm"},
            source.ACCOUNT: source.SETTINGS,
        }
        yield "accounts", Document("accounts.yaml", accounts)

    def _flows(self, resources: tuple[str, ...]) -> Iterable[Flow]:
        """Every entity to the resource that holds it, and an act for each customer."""
        for name in resources:
            mapping = self.mapping(name)
            assert mapping is not None
            if self.connector.resources[name].send:
                send = [{"to": f"{self.name}.{name}", "with": _literal(pen.example(mapping))}]
                data = {"on": "customer", "once": "customer.id", "send": send}
            else:
                data = {"on": mapping.entity, "send": [f"{self.name}.{name}"]}
            yield Flow(Document(f"flows/to-{name}.yaml", data))


def _literal(fields: dict[str, Any]) -> dict[str, str]:
    """Expressions that give these values."""
    return {name: "`" + json.dumps(value).replace("`", "\\`") + "`" for name, value in fields.items()}
