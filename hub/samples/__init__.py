"""The sample events and records of `events/`, as the mappings get them."""

import json
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from hub.accounts import SAMPLE, Account
from hub.accounts import sample as shown
from hub.catalog import Catalog
from hub.connector import Connector, HttpResponse, Request
from hub.connector.body import answer, encode
from hub.errors import RecordError
from hub.mapping import Context, Mapping

RECEIVED_AT = "2026-01-01T00:00:00.000000Z"

SCHEMA = ".schema.json"
"""How the JSON Schema of a resource's records ends, which lies beside the samples."""


class Samples:
    """The samples of one project."""

    def __init__(self, root: Path, catalog: Catalog) -> None:
        self.root = root
        self._catalog = catalog
        self.known = cache(self._known)

    def context(self, mapping: Mapping, account: str | None = None) -> Context:
        """A context with the named account, else the first of the mapping's connector, else one as its file
        shows it."""
        mine = [
            one
            for one in self._accounts
            if one.connector == mapping.connector and account in {None, one.name}
        ]
        return Context(mine[0] if mine else self._shown(mapping), RECEIVED_AT)

    def contexts(self, mapping: Mapping) -> list[Context]:
        """The contexts of all accounts of the mapping's connector; without any, of one as its file shows."""
        mine = [one.name for one in self._accounts if one.connector == mapping.connector]
        return [self.context(mapping, name) for name in mine] or [self.context(mapping)]

    def records(self, mapping: Mapping, sample: Any) -> list[Any]:
        """The records of a sample that this mapping reads: of a webhook, of a fetched record, or itself.

        Raises RecordError where the connector cannot read the sample.
        """
        connector = self.connector(mapping)
        if connector is None or mapping.resource not in connector.resources:
            return [sample]
        if isinstance(sample, dict) and "body" in sample and "headers" in sample:
            return list(_told(connector, mapping.resource, sample))
        get = connector.resources[mapping.resource].get
        if get is None:
            return [sample]
        inner = get.record(HttpResponse(200, {}, json.dumps(sample).encode()))
        return [sample if inner is None else inner]

    def connector(self, mapping: Mapping) -> Connector | None:
        """The connector of a mapping, None where there is none of its name."""
        return self._catalog.connectors.get(mapping.connector)

    def files(self, mapping: Mapping) -> list[Path]:
        """The files that may hold records of a mapping: its connector's events, and fetched records."""
        folder = self.root / "events" / mapping.connector
        events = (path for path in sorted(folder.glob("*.json")) if not path.name.endswith(SCHEMA))
        return [*events, *sorted(folder.glob(f"records/{mapping.resource}.*.json"))]

    def load(self, file: str) -> Any:
        """The JSON of a file below the project. Raises OSError, ValueError."""
        return answer((self.root / file).read_bytes())

    def _shown(self, mapping: Mapping) -> Account:
        connector = self.connector(mapping)
        return shown(connector) if connector else Account.of(f"{mapping.connector}.{SAMPLE}", {})

    @cached_property
    def _accounts(self) -> list[Account]:
        return list(self._catalog.accounts.values())

    def _known(self, mapping: Mapping) -> frozenset[str]:
        """The names in any sample record of this mapping; empty when there is no sample."""
        return frozenset(
            name
            for record in self.all(mapping)
            for name in (_record(mapping, record) if isinstance(record, dict) else ())
        )

    def all(self, mapping: Mapping) -> Iterator[Any]:
        """The records of all samples that this mapping reads, those inside of its own tests too."""
        yield from self.recorded(mapping)
        yield from self.examples(mapping)

    def recorded(self, mapping: Mapping) -> Iterator[Any]:
        """The records in the files of `events/`: whole ones, as the vendor sends them."""
        return self._each(mapping, map(_loaded, self.files(mapping)))

    def examples(self, mapping: Mapping) -> Iterator[Any]:
        """The records inside of the mapping's own tests: of these a person may have left out the most."""
        return self._each(mapping, (test["in"] for test in mapping.tests if isinstance(test.get("in"), dict)))

    def _each(self, mapping: Mapping, samples: Iterable[Any]) -> Iterator[Any]:
        for sample in samples:
            try:
                yield from self.records(mapping, sample)
            except RecordError:
                continue


def _loaded(path: Path) -> Any:
    try:
        return answer(path.read_bytes())
    except ValueError:
        return None


def _record(mapping: Mapping, payload: dict[str, Any]) -> dict[str, Any]:
    try:
        return mapping.scope(payload)
    except RecordError:
        return {}


def _told(connector: Connector, resource: str, sample: dict[str, Any]) -> Iterator[Any]:
    """The records of a resource that a webhook tells of, those inside of others too."""
    for event in connector.events(_request(connector, sample), "sample", RECEIVED_AT):
        if event.record is None or event.deleted or event.topic in connector.asks:
            continue
        if event.resource == resource:
            yield event.record
        outer = connector.resources[event.resource]
        if resource in outer.contains:
            inside = outer.inside(event, event.record, resource, connector.resources[resource])
            yield from [inside[2]] if inside else []


def _request(connector: Connector, sample: dict[str, Any]) -> Request:
    body, told = sample["body"], (sample["headers"], sample.get("query") or {})
    if not all(isinstance(one, dict) and all(isinstance(v, str) for v in one.values()) for one in told):
        raise RecordError("not-a-sample", "headers and query are objects of texts")
    content = body.encode() if isinstance(body, str) else encode(connector.reception.format, body)
    headers = {name.lower(): value for name, value in sample["headers"].items()}
    method = str(sample.get("method", "POST"))
    return Request(method, "https://hub.example/", dict(told[1]), headers, content)
