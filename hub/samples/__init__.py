"""The sample events and records of `events/`, as the mappings get them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from hub.accounts import SAMPLE, Account
from hub.accounts import sample as shown
from hub.catalog import Catalog
from hub.connector import Connector, HttpResponse, Request, Resource
from hub.connector.body import answer, encode
from hub.errors import RecordError
from hub.mapping import Context, Mapping
from hub.messages import Event

RECEIVED_AT = "2026-01-01T00:00:00.000000Z"

SCHEMA = ".schema.json"
"""How the JSON Schema of a resource's records ends, which lies beside the samples."""


class Samples:
    """The samples of one project."""

    def __init__(self, root: Path, catalog: Catalog) -> None:
        self.root = root
        self._catalog = catalog
        self.known = cache(self._known)
        self.load = cache(self._load)
        self.told = cache(self._told)
        self._listed = cache(self._found)

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
        if _is_event(sample):
            return list(_within(connector, mapping.resource, _events(connector, sample)))
        return [_answered(connector.resources[mapping.resource], sample)]

    def of_file(self, mapping: Mapping, file: str) -> list[Any]:
        """The records of a file below the project that this mapping reads.

        Raises OSError, ValueError, and RecordError where the connector cannot read it.
        """
        sample, connector = self.load(file), self.connector(mapping)
        if connector and mapping.resource in connector.resources and _is_event(sample):
            return list(_within(connector, mapping.resource, self.told(connector, file)))
        return self.records(mapping, sample)

    def connector(self, mapping: Mapping) -> Connector | None:
        """The connector of a mapping, None where there is none of its name."""
        return self._catalog.connectors.get(mapping.connector)

    def completed(self, mapping: Mapping, sample: Any) -> tuple[list[Any], list[str]]:
        """As `records`, with what an event only names taken from `records/`, and the files missing there."""
        connector = self.connector(mapping)
        if connector is None or mapping.resource not in connector.resources or not _is_event(sample):
            return self.records(mapping, sample), []
        known, missing = [], []
        for event in _events(connector, sample):
            resource = connector.resources[event.resource]
            if mapping.resource not in {resource.name, *resource.contains} or not _is_thin(resource, event):
                known.append(event)
            elif (record := self._record(connector, event)) is not None:
                known.append(replace(event, record=record))
            else:
                missing.append(_record_file(resource, event.id))
        return list(_within(connector, mapping.resource, known)), missing

    def _record(self, connector: Connector, event: Event) -> Any:
        """The record that an event names, as a `get` would answer; None where no sample is of it."""
        resource = connector.resources[event.resource]
        for file in self.fetched(connector.name, resource.name):
            with suppress(ValueError):
                record = _answered(resource, self.load(file))
                if event.id in {resource.identify(record), _named(file)}:
                    return record
        return None

    def files(self, mapping: Mapping) -> list[Path]:
        """The files that may hold records of a mapping: its connector's events, and fetched records."""
        named = (self.webhooks(mapping.connector), self.fetched(mapping.connector, mapping.resource))
        return [self.root / file for files in named for file in files]

    def webhooks(self, connector: str) -> tuple[str, ...]:
        """The files of a connector's sample events."""
        return tuple(file for file in self._listed(connector, "*.json") if not file.endswith(SCHEMA))

    def fetched(self, connector: str, resource: str) -> tuple[str, ...]:
        """The files of what a `get` of a resource would answer."""
        return self._listed(connector, f"records/{resource}.*.json")

    def wanted(self, mapping: Mapping, id: str = "<id>") -> str:
        """The file in which a record of the mapping would lie that has to be fetched; "" where none has."""
        connector = self.connector(mapping)
        resource = connector.resources.get(mapping.resource) if connector else None
        return _record_file(resource, id) if resource and resource.get else ""

    def answers(self, connector: str) -> tuple[str, ...]:
        """The files of examples of answers."""
        return self._listed(connector, "answers/*.json")

    def whole(self, connector: Connector, resource: str) -> Iterator[tuple[str, Any]]:
        """The outermost records of a resource that samples show, each with its file; none that is deleted."""
        for file in self.webhooks(connector.name):
            for event in self._readable(connector, file):
                if event.resource == resource and event.record is not None and not event.deleted:
                    yield file, event.record
        for file in self.fetched(connector.name, resource):
            with suppress(ValueError):
                yield file, _answered(connector.resources[resource], self.load(file))

    def events(self, connector: Connector) -> Iterator[tuple[str, Event]]:
        """What the sample events of a connector tell, each with its file, as far as they can be read."""
        for file in self.webhooks(connector.name):
            for event in self._readable(connector, file):
                yield file, event

    def _readable(self, connector: Connector, file: str) -> tuple[Event, ...]:
        try:
            return self.told(connector, file) if _is_event(self.load(file)) else ()
        except (ValueError, RecordError):
            return ()

    def _told(self, connector: Connector, file: str) -> tuple[Event, ...]:
        """The events of a file that is one. Raises OSError, ValueError, RecordError."""
        return tuple(_events(connector, self.load(file)))

    def _load(self, file: str) -> Any:
        """The JSON of a file below the project. Raises OSError, ValueError."""
        return answer((self.root / file).read_bytes())

    def _found(self, connector: str, pattern: str) -> tuple[str, ...]:
        folder = self.root / "events" / connector
        return tuple(path.relative_to(self.root).as_posix() for path in sorted(folder.glob(pattern)))

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
        for path in self.files(mapping):
            with suppress(ValueError, RecordError):
                yield from self.of_file(mapping, path.relative_to(self.root).as_posix())

    def examples(self, mapping: Mapping) -> Iterator[Any]:
        """The records inside of the mapping's own tests: of these a person may have left out the most."""
        for test in mapping.tests:
            if isinstance(test.get("in"), dict):
                with suppress(RecordError):
                    yield from self.records(mapping, test["in"])


def _record(mapping: Mapping, payload: dict[str, Any]) -> dict[str, Any]:
    try:
        return mapping.scope(payload)
    except RecordError:
        return {}


def _is_event(sample: Any) -> bool:
    return isinstance(sample, dict) and "body" in sample and "headers" in sample


def _answered(resource: Resource, sample: Any) -> Any:
    """The record in what a `get` would answer."""
    inner = resource.get.record(HttpResponse(200, {}, json.dumps(sample).encode())) if resource.get else None
    return sample if inner is None else inner


def _is_thin(resource: Resource, event: Event) -> bool:
    """Whether an event only names a record, which has to be fetched."""
    return event.record is None and not event.deleted and resource.get is not None


def _record_file(resource: Resource, id: str) -> str:
    return f"events/{resource.connector}/records/{resource.name}.{id.replace('/', '_')}.json"


def _named(file: str) -> str:
    """The id in the name of a record's file."""
    return PurePosixPath(file).stem.partition(".")[2]


def _events(connector: Connector, sample: dict[str, Any]) -> Iterator[Event]:
    """What a webhook tells of records; what it asks about people is left out."""
    for event in connector.events(_request(connector, sample), "sample", RECEIVED_AT):
        if event.topic not in connector.asks:
            yield event


def _within(connector: Connector, resource: str, events: Iterable[Event]) -> Iterator[Any]:
    """The records of a resource that events tell of, those inside of others too."""
    for event in events:
        if event.record is None or event.deleted:
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
