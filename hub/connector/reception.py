"""The `receive:` of a connector: handshakes, and the events of a request."""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hub.connector import body
from hub.connector.duration import seconds
from hub.connector.exchange import Reply, Request
from hub.connector.privacy import Ask, asks
from hub.connector.resource import Resource, quiet
from hub.connector.signature import Signature
from hub.connector.token import Password, Token
from hub.documents import Document
from hub.errors import RecordError
from hub.expressions import EvaluationError, compile
from hub.messages import Event, brief, digest, dumps
from hub.times import parse, to_epoch

UNKNOWN = "unknown"
"""The account of an event whose account is not in accounts.yaml: unify parks it."""

Whose = Callable[[Mapping[str, Any]], tuple[str, str]]
"""From the scope of an event to the name and the time zone of its account."""

_EARLIEST_TIME = 10**9
"""A version that is a number below this is a counter, not Unix seconds (2001) or milliseconds."""


@dataclass(frozen=True, eq=False)
class Reception:
    """What a connector file says of receiving; `resources` by name."""

    document: Document
    connector: str
    resources: dict[str, Resource]

    @cached_property
    def data(self) -> dict[str, Any]:
        """The `receive:` part; empty when this vendor sends nothing."""
        return self.document.data.get("receive") or {}

    @cached_property
    def format(self) -> str:
        """`json` or `form`."""
        return str(self.data.get("format", "json"))

    @cached_property
    def signature(self) -> Signature | Token | Password | None:
        """How requests show who sent them; None lets nobody in."""
        part = self.data.get("signature")
        if not part:
            return None
        if "equals" in part:
            return Token(part["equals"], part["secret"], self.format)
        return Password(**part["basic"]) if "basic" in part else Signature.of(part)

    @property
    def by_http(self) -> bool:
        """Whether it sends webhooks, of which it is known how they show who sent them."""
        return self.signature is not None

    @property
    def by_queue(self) -> bool:
        """Whether its messages may come by a queue or a bus, where IAM says who sends."""
        return bool(self.data.get("queue"))

    @cached_property
    def within(self) -> float:
        """Seconds in which the vendor wants an answer; 0.0 where it does not say."""
        return seconds(self.data["within"]) if "within" in self.data else 0.0

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that requests and handshakes are held against."""
        own = self.signature.secrets if self.signature else frozenset()
        greeting = (self.data.get("handshake") or {}).get("secret")
        return own | {greeting} if greeting else own

    @cached_property
    def topics(self) -> dict[str, Resource]:
        """Topic -> the resource that it tells of."""
        return {topic: resource for resource in self.resources.values() for topic in resource.topics}

    @cached_property
    def asks(self) -> dict[str, Ask]:
        """Topic -> what it asks of us about people."""
        return asks(self.document, self.resources)

    def handshake(self, request: Request, secrets: Mapping[str, str]) -> Reply | None:
        """The answer to a vendor that asks whether this URL is ours; None for any other request."""
        part = self.data.get("handshake")
        if not part or not self._greets(part["if"], request):
            return None
        scope = _request_scope(request, self._greeting(request))
        if "secret" in part and not _same(compile(part["token"])(scope), secrets.get(part["secret"])):
            return Reply(401)
        answer = compile(part["answer"])(scope) if "answer" in part else ""
        headers = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}
        return Reply(200, _text(answer), headers)

    def scopes(self, request: Request) -> list[dict[str, Any]]:
        """One scope per event: the request, and each level of `events:` by its name.

        Raises RecordError for a body that is not what the vendor sends.
        """
        scopes = [_request_scope(request, body.parse(self.format, request.body))]
        for name, source in (self.data.get("events") or {}).items():
            try:
                found = [(scope, compile(source)(scope)) for scope in scopes]
            except EvaluationError as error:
                raise self._bad_body("receive", "events", name) from error
            scopes = [{**scope, name: item} for scope, items in found for item in _items(items)]
        return scopes

    def accounts(self, scope: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The settings that tell whose event this is, with their values in the signed body.

        Empty where the body leaves one of them out.
        """
        names = self.data.get("account") or {}
        found = [(name, _text(self._value(scope, "account", name))) for name in names]
        return found if all(value for _, value in found) else []

    def events(self, request: Request, whose: Whose, received_at: str) -> list[Event]:
        """The events of a request, in its order; several thin ones of one record are one.

        Events of topics that no resource names, or that their resource skips, are left out.
        """
        scopes = self.scopes(request)
        told = [event for scope in scopes if (event := self._event(scope, whose, received_at))]
        if len(told) > 1:
            return list(_joined(told, self.resources))
        if told and told[0].record is scopes[0]["body"]:
            text = body.written(self.format, request.body)
            return [told[0].as_written(text)] if text else told
        return told

    def _event(self, scope: dict[str, Any], whose: Whose, received_at: str) -> Event | None:
        item = self._item(scope)
        inner = {**item, **scope} if isinstance(item, dict) else scope
        topic = _text(self._value(inner, "topic"))
        resource = self.topics.get(topic)
        if topic in self.asks:
            return self._asked(self.asks[topic], inner, whose, received_at)
        if resource is None or resource.says("skip", inner):
            return None
        account, zone = whose(inner)
        return Event(
            connector=self.connector,
            account=account,
            resource=resource.name,
            topic=topic,
            id=resource.told_id(inner),
            event_id=(*(self._event_id(inner) or (digest(dumps(item)),)), *self._turn(received_at)),
            received_at=received_at,
            at=self._at(inner, resource, zone),
            deleted=resource.says("deleted", inner),
            record=resource.record_told(inner, item),
        )

    def _asked(self, ask: Ask, scope: dict[str, Any], whose: Whose, received_at: str) -> Event:
        """What is asked about a person, as an event of the record that it names."""
        account, zone = whose(scope)
        record = ask.record(scope)
        return Event(
            connector=self.connector,
            account=account,
            resource=ask.resource.name if ask.resource else "",
            topic=ask.topic,
            id=(ask.resource.identify(record) if ask.resource else None) or "",
            event_id=self._event_id(scope) or (digest(dumps(self._item(scope))),),
            received_at=received_at,
            at=moment(quiet(self.data.get("at"), scope), zone),
            record=record,
        )

    def _at(self, scope: Mapping[str, Any], resource: Resource, zone: str) -> str | None:
        """When it happened, as the source says; a time that cannot be read is none, and loses no event."""
        told = quiet(self.data.get("at"), scope)
        return moment(told, zone) or moment(resource.told_version(scope), zone, least=_EARLIEST_TIME)

    def _turn(self, received_at: str) -> tuple[str, ...]:
        """The number of the turn in which an event came, of vendors that give it neither id nor time."""
        length = self.data.get("anew")
        return (str(int(to_epoch(received_at) // seconds(length))),) if length else ()

    def _item(self, scope: Mapping[str, Any]) -> Any:
        return scope[self._level]

    @cached_property
    def _level(self) -> str:
        """The innermost level of an event's scope."""
        levels: list[str] = ["body", *(self.data.get("events") or {})]
        return levels[-1]

    def _event_id(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        values = [self._value(scope, *path) for path in self._event_ids]
        known = values.count(None) < len(values)
        return tuple([brief(_text(value)) for value in values]) if known else ()

    @cached_property
    def _event_ids(self) -> list[tuple[str | int, ...]]:
        """Where the parts of an event's own id are written."""
        source = self.data.get("event_id")
        if not isinstance(source, list):
            return [("event_id",)]
        return [("event_id", number) for number in range(len(source))]

    def _value(self, scope: Mapping[str, Any], *path: str | int) -> Any:
        source: Any = self.data
        for step in path:
            source = source.get(step) if isinstance(source, dict) else source[step]
        try:
            return compile(source)(scope) if source is not None else None
        except EvaluationError as error:
            raise self._bad_body("receive", *path) from error

    def _bad_body(self, *path: str | int) -> RecordError:
        return RecordError("bad-body", "not what this vendor sends", self.document.place(*path))

    def _greets(self, source: str, request: Request) -> bool:
        try:
            return compile(source)(_request_scope(request, self._greeting(request))) is True
        except EvaluationError:
            return False

    def _greeting(self, request: Request) -> Any:
        """The body of a possible handshake, which is not signed: "" of none, null when it cannot be read."""
        kind = request.headers.get("content-type", "")
        form = next((name for name in ("json", "form") if kind and body.accepts(name, kind)), self.format)
        try:
            return body.parse(form, request.body) if request.body else ""
        except RecordError:
            return None


def moment(value: Any, zone: str, least: float = 0) -> str | None:
    """The canonical time of what a vendor wrote, None when it is no time (or a number below `least`)."""
    if not isinstance(value, str) and (type(value) not in (int, float) or value < least):
        return None
    try:
        return parse(value, zone)
    except (ValueError, OverflowError, OSError):
        return None


def _joined(events: Sequence[Event], resources: Mapping[str, Resource]) -> Iterator[Event]:
    """The events, with those that only tell of the same record joined to the last of them."""
    seen: dict[tuple[str, str, str], list[Event]] = {}
    for number, event in enumerate(events):
        resource = resources.get(event.resource)
        thin = resource is not None and resource.get is not None and event.record is None and event.id
        seen.setdefault((event.source, event.resource, event.id if thin else f"#{number}"), []).append(event)
    return map(_last, seen.values())


def _last(told: list[Event]) -> Event:
    """The last event by its time, with an id that names all of them whatever their order was."""
    ordered = sorted(told, key=_order)
    keys = sorted({event.key for event in told})
    if len(keys) == 1:
        return ordered[-1]
    return replace(ordered[-1], event_id=(*ordered[-1].event_id, digest("\n".join(keys))[:16]))


def _order(event: Event) -> tuple[str, bool, tuple[str, ...], str]:
    return event.at or "", event.deleted, event.event_id, event.topic


def _request_scope(request: Request, parsed: Any) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "query": request.query,
        "headers": request.headers,
        "body": parsed,
    }


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value)


def _same(given: Any, secret: str | None) -> bool:
    return bool(secret) and hmac.compare_digest(_text(given).encode(), str(secret).encode())
