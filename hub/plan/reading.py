"""What recorded events say under one catalogue: its connectors and mappings, without a network."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.catalog import Catalog
from hub.connector import UNKNOWN, Connector, HttpResponse, Request
from hub.connector.body import encode
from hub.connector.reception import moment
from hub.errors import Place, RecordError
from hub.mapping import Context, Incoming, Mapping
from hub.messages import Event, digest, dumps
from hub.plan.recordings import Answers, Recorded
from hub.secrets import MemorySecrets

RECEIVED_AT = "2099-12-31T17:00:00.000000Z"
"""When samples come in: after all times in them, so that none lies in the future."""


class UnansweredError(Exception):
    """The answer of the fetch of a thin event was not recorded."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one mapping makes of one record."""

    resource: str
    id: str
    record: Any
    mapping: Mapping
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an event cannot be applied, and the line that decided."""

    reason: str
    place: Place | None = None

    @property
    def text(self) -> str:
        """What people read."""
        return f"rejected: {self.reason}" + (f" at {self.place}" if self.place else "")


@dataclass(frozen=True)
class Reader:
    """Reads recorded events by the files of one catalogue; `answers` stand for the vendors'."""

    catalog: Catalog
    answers: Answers

    def events(self, recorded: Recorded) -> list[Event]:
        """The events that it tells of, as they are enqueued, thin ones with their record.

        Raises RecordError where receive refuses it, UnansweredError.
        """
        if isinstance(recorded.told, Event):
            return [self._fetched(recorded.told)]
        connector = self.catalog.connectors.get(recorded.connector)
        if connector is None or not connector.receives:
            raise RecordError("no-connector", f"no connector {recorded.connector} receives anything")
        return [self._fetched(event) for event in self._received(connector, recorded)]

    def polled(self, connector: str, resource: str, id: str) -> Recorded | None:
        """A recorded answer as an event of a poll; None where the resource is not polled."""
        label, answer = self.answers[connector, resource, id]
        kind = self._resource(connector, resource)
        key = self._first(connector)
        if kind is None or kind.list is None or not key:
            return None
        record = answer if kind.get is None else kind.get.record(_response(answer))
        version = kind.version_of(record)
        told = dumps(version) if version is not None else digest(dumps(record))
        zone = self.catalog.accounts[f"{connector}.{key}"].time_zone
        event = Event(
            connector,
            key,
            resource,
            f"poll/{resource}",
            kind.identify(record) or id,
            (id, told),
            RECEIVED_AT,
            moment(version, zone, least=10**9),
            record,
            via="poll",
        )
        return Recorded(label, connector, event, key)

    def parts(
        self, event: Event, known: Sequence[Part] = (), same: frozenset[str] = frozenset()
    ) -> list[Part]:
        """What each mapping makes of the event's records. Raises RecordError.

        `known`: parts of the same event elsewhere; those whose mapping is in `same` are taken over.
        """
        account = self.catalog.accounts.get(event.source)
        if account is None:
            raise RecordError("unknown-account", "no account of accounts.yaml is meant")
        if not event.id:
            raise RecordError("missing-id", "the event does not say which record it tells of")
        context = Context(account, event.received_at)
        held = {(part.mapping.name, part.id): part for part in known if part.mapping.name in same}
        found = [
            held.get((mapping.name, id))
            or Part(resource, id, record, mapping, mapping.inward(record, context))
            for resource, id, record in self._records(event)
            for mapping in self.catalog.mappings_of(event.connector, resource)
        ]
        if not found and not event.deleted:
            raise RecordError("no-mapping", f"{event.connector}.{event.resource} has no mapping")
        return found

    def _records(self, event: Event) -> Iterator[tuple[str, str, Any]]:
        connector = self.catalog.connectors.get(event.connector)
        if connector is None or event.resource not in connector.resources:
            raise RecordError("no-resource", f"there is no {event.connector}.{event.resource}")
        if not event.deleted:
            if event.record is None:
                raise RecordError("no-record", "the event carries no record and the resource has no get")
            yield event.resource, event.id, event.record
        if event.record is not None:
            yield from connector.contained(event, event.record)

    def _received(self, connector: Connector, recorded: Recorded) -> list[Event]:
        """What receive makes of a webhook, without its signature. Raises RecordError."""
        assert isinstance(recorded.told, dict)
        request = _request(connector, recorded.told)
        if connector.handshake(request, {}) is not None:
            return []
        if connector.shared:
            return connector.events_of_accounts(request, self._owner(connector.name), RECEIVED_AT)
        account = self.catalog.accounts.get(
            f"{connector.name}.{recorded.account or self._first(connector.name)}"
        )
        if account is None:
            raise RecordError("no-account", f"accounts.yaml has no account of {connector.name}")
        return connector.events(request, account.key, RECEIVED_AT, account.time_zone)

    def _owner(self, connector: str) -> Callable[[list[tuple[str, str]]], tuple[str, str]]:
        mine = [account for account in self.catalog.accounts.values() if account.connector == connector]

        def owner(told: list[tuple[str, str]]) -> tuple[str, str]:
            for account in mine if told else ():
                if all(str(account.settings.get(name, "")) == value for name, value in told):
                    return account.key, account.time_zone
            return UNKNOWN, "UTC"

        return owner

    def _fetched(self, event: Event) -> Event:
        kind = self._resource(event.connector, event.resource)
        if event.record is not None or event.deleted or kind is None or kind.get is None:
            return event
        found = self.answers.get((event.connector, event.resource, event.id))
        if found is None:
            raise UnansweredError
        return replace(event, record=kind.get.record(_response(found[1])))

    def _resource(self, connector: str, resource: str) -> Any:
        known = self.catalog.connectors.get(connector)
        return known.resources.get(resource) if known else None

    def _first(self, connector: str) -> str:
        mine = (one.key for one in self.catalog.accounts.values() if one.connector == connector)
        return next(mine, "")


def secrets(catalog: Catalog) -> MemorySecrets:
    """A placeholder for every secret that the connectors name."""
    held = {name: [_placeholders(connector)] for name, connector in catalog.connectors.items()}
    for account in catalog.accounts.values():
        connector = catalog.connectors.get(account.connector)
        held[account.name] = [_placeholders(connector)] if connector else []
    return MemorySecrets(held)


def _placeholders(connector: Connector) -> dict[str, str]:
    return dict.fromkeys(connector.secret_names, "secret")


def _request(connector: Connector, sample: dict[str, Any]) -> Request:
    """The webhook of a sample. Raises RecordError for what cannot be posted."""
    content = sample.get("body")
    try:
        raw = content.encode() if isinstance(content, str) else encode(connector.reception.format, content)
        headers = {name.lower(): str(text) for name, text in (sample.get("headers") or {}).items()}
        query = {name: str(text) for name, text in (sample.get("query") or {}).items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise RecordError("no-sample", "not a webhook that could be posted") from error
    return Request(str(sample.get("method", "POST")), "https://hub.example/", query, headers, raw)


def _response(answer: Any) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps(answer).encode())
