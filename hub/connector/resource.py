"""A kind of record at a vendor: how events tell of it, how it is read and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.connector.call import READS, Call
from hub.connector.idempotency import Idempotency
from hub.documents import Document
from hub.errors import RecordError
from hub.expressions import EvaluationError, compile
from hub.messages import Event, escape

LONGEST_ID = 200
"""Bytes of a vendor's id in a key: a timeline entry has room for two such keys. A longer one is none."""


@dataclass(frozen=True, eq=False)
class Resource:
    """One entry of `resources:`; what the file leaves out is None or empty."""

    document: Document
    connector: str
    name: str

    @cached_property
    def data(self) -> dict[str, Any]:
        """This resource's part of the connector file."""
        return self.document.data["resources"][self.name] or {}

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that tell of it."""
        return tuple(self.data.get("topics", ()))

    @property
    def needs(self) -> tuple[str, ...]:
        """Entities that must exist at the destination first."""
        return tuple(self.data.get("needs", ()))

    @cached_property
    def contains(self) -> dict[str, str]:
        """Resource -> expression: the records inside this one."""
        return dict(self.data.get("contains") or {})

    @cached_property
    def idempotency(self) -> Idempotency | None:
        """How a repeated write is recognised by the vendor; None when it is not."""
        return Idempotency.of(self.data.get("idempotency"))

    @cached_property
    def get(self) -> Call | None:
        """Fetches the record of a thin event."""
        return self._call("get")

    @cached_property
    def list(self) -> Call | None:
        """Asks what changed since a time."""
        return self._call("list")

    @cached_property
    def upsert(self) -> Call | None:
        """Creates or updates by a key of ours."""
        return self._call("upsert")

    @cached_property
    def create(self) -> Call | None:
        """Creates."""
        return self._call("create")

    @cached_property
    def update(self) -> Call | None:
        """Updates by the vendor's id."""
        return self._call("update")

    @cached_property
    def delete(self) -> Call | None:
        """Deletes by the vendor's id."""
        return self._call("delete")

    @cached_property
    def merge(self) -> Call | None:
        """Makes one record of two: `id` stays, `other` goes."""
        return self._call("merge")

    @cached_property
    def archive(self) -> Call | None:
        """Puts away a record whose customer has another one there."""
        return self._call("archive")

    @cached_property
    def restore(self) -> Call | None:
        """Takes it out of the archive again."""
        return self._call("restore")

    @cached_property
    def send(self) -> Call | None:
        """An act that cannot be repeated: a message, an e-mail."""
        return self._call("send")

    @cached_property
    def verify(self) -> Call | None:
        """Asks by the key of an act whether it happened."""
        return self._call("verify") if "request" in (self.data.get("verify") or {}) else None

    @property
    def told_by(self) -> str:
        """The field of what webhooks tell that holds the key of an act, "" where they hold none."""
        return str((self.data.get("verify") or {}).get("told", ""))

    @cached_property
    def find(self) -> tuple[Call, ...]:
        """Searches for the record, to be tried in this order."""
        return tuple(self._make("find", number) for number in range(len(self.data.get("find") or ())))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All its requests, without those that are a part of another."""
        held = {
            name: part for name, part in self.data.items() if isinstance(part, dict) and "request" in part
        }
        return (*map(self._make, held), *self.find)

    def identify(self, record: Any) -> str | None:
        """The id of a listed, fetched or contained record; None without one."""
        return _id(self._first(record, ("list.id", "get.id", "id")))

    def gone(self, record: Any, call: str) -> bool:
        """Whether a record that `call` (get, list) answered says of itself that it is deleted."""
        return quiet(_inner(self.data, (call, "deleted")), _scope(record)) is True

    def told_id(self, scope: Mapping[str, Any]) -> str:
        """The id of the record that an event tells of, "" without one: unify parks it."""
        return _id(quiet(self.data.get("id"), scope)) or ""

    def told_version(self, scope: Mapping[str, Any]) -> Any:
        """The version of the record that an event tells of, as the vendor writes it; None without one."""
        return quiet(self.data.get("version"), scope)

    def version_of(self, record: Any) -> Any:
        """The version of a listed or fetched record, as the vendor writes it; None without one."""
        return self._first(record, ("list.version", "get.version", "version"))

    def record_in(self, scope: Mapping[str, Any], item: Any) -> Any:
        """The record of an event: `record:` over its scope, else its innermost level."""
        return self.value("record", scope) if "record" in self.data else item

    def record_told(self, scope: Mapping[str, Any], item: Any) -> Any:
        """The record of an event, None where it has to be fetched: it is thin, or carries none this time."""
        return None if self.get and "record" not in self.data else self.record_in(scope, item)

    def says(self, name: str, scope: Mapping[str, Any]) -> bool:
        """Whether the expression `name:` is true; an absent one is not."""
        return name in self.data and self.value(name, scope) is True

    def value(self, name: str, scope: Mapping[str, Any]) -> Any:
        """The value of the expression `name:`, None for an absent one. Raises RecordError("bad-body")."""
        source = self.data.get(name)
        try:
            return compile(source)(scope) if source is not None else None
        except EvaluationError as error:
            place = self.document.place("resources", self.name, name)
            raise RecordError("bad-body", "not what this vendor sends", place) from error

    def inside(self, event: Event, record: Any, name: str, inner: "Resource") -> tuple[str, str, Any] | None:
        """The contained record `name` as (resource, id, record), None when there is none in this record.

        Without an id of its own it is `<outer resource>/<outer id>`.
        """
        found = self.within(record, name)
        if not isinstance(found, dict):
            return None
        return name, inner.identify(found) or f"{event.resource}/{event.id}", found

    def within(self, record: Any, name: str) -> Any:
        """What `contains:` gives for `name`: an object, or nothing. Raises RecordError("bad-record")."""
        try:
            return compile(self.contains[name])(_scope(record))
        except EvaluationError as error:
            place = self.document.place("resources", self.name, "contains", name)
            raise RecordError("bad-record", "the contained record cannot be read", place) from error

    def _first(self, record: Any, sources: tuple[str, ...]) -> Any:
        scope = _scope(record)
        values = (quiet(_inner(self.data, source.split(".")), scope) for source in sources)
        return next((value for value in values if value is not None), None)

    def _call(self, name: str) -> Call | None:
        return self._make(name) if name in self.data else None

    def _make(self, *path: str | int) -> Call:
        key = None if path[0] in READS else self.idempotency
        return Call(self.document, self.connector, ("resources", self.name, *path), key)


def _scope(record: Any) -> dict[str, Any]:
    return {**record, "record": record} if isinstance(record, dict) else {"record": record}


def _inner(data: Any, path: Sequence[str]) -> Any:
    for step in path:
        data = (data or {}).get(step)
    return data


def _id(value: Any) -> str | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        return None
    short = text.isascii() and 0 < 3 * len(text) <= LONGEST_ID  # all of it escaped
    return text if short or 0 < len(escape(text)) <= LONGEST_ID else None


def quiet(source: str | None, scope: Mapping[str, Any]) -> Any:
    """The value of what may be absent: None where there is no expression, or it does not fit."""
    try:
        return compile(source)(scope) if source is not None else None
    except EvaluationError:
        return None
