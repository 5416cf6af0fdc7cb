"""What sample webhooks show of how a vendor sends: its signature, its topics, ids, times and batches."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hub.times import parse

if TYPE_CHECKING:
    from hub.proposal.openapi.draft import Line

_SIGNATURE = re.compile(r"signature|hmac|-sign$|digest", re.IGNORECASE)
_TIMESTAMP = re.compile(r"timestamp", re.IGNORECASE)
_TOPIC = re.compile(r"topic|event-?(type|name)?$|resource-?event", re.IGNORECASE)
_DELIVERY = re.compile(r"(webhook|delivery|event|message|request)-?(id|uuid)$", re.IGNORECASE)
_HEX = {64: "sha256", 40: "sha1"}
_BASE64 = {44: "sha256", 28: "sha1"}
_TYPES = ("type", "topic", "event", "event_type", "eventType", "scope", "action", "name")
_IDS = ("event_id", "eventId", "id", "uuid", "message_id", "messageId", "delivery_id")
_TIMES = (
    "created_at",
    "createdAt",
    "occurred_at",
    "occurredAt",
    "timestamp",
    "time",
    "date",
    "sent_at",
    "fired_at",
)
_LISTS = ("events", "data", "entry", "items", "value", "notifications", "records")


def received(events: Sequence[Any]) -> Iterator["Line"]:
    """The `receive:` of the file; nothing where there is no sample."""
    from hub.proposal.openapi.draft import Line

    told = [one for one in events if isinstance(one, Mapping) and "body" in one]
    if not told:
        return
    first = told[0]
    headers = {str(name): str(text) for name, text in (first.get("headers") or {}).items()}
    yield Line(0, "receive:")
    yield _signed(headers)
    if level := _level(first["body"]):
        yield Line(1, f"events: {{event: {level}}}", 0.75, "a list: each is an event")
    scope, body = first_event(first["body"])
    source, likely, why = topic_of(headers, scope, body)
    yield Line(1, f"topic: {source}", likely, why)
    yield _id(headers, scope, body)
    if at := _at(body):
        yield Line(1, f"at: {scope}.{at}", 0.7, "a time, by its name")
    yield Line(0, "")


def _signed(headers: Mapping[str, str]) -> "Line":
    """The scheme that a signature's length and form suggest; what it is over nobody sees from it."""
    from hub.proposal.openapi.draft import Line

    name = next((name for name in headers if _SIGNATURE.search(name) and not _TIMESTAMP.search(name)), None)
    if name is None:
        text = "signature: {equals: query.token, secret: url_token}"
        return Line(1, text, 0.5, "nothing is signed: a secret in the address that the vendor is told")
    value = headers[name]
    parsed = re.fullmatch(r"t(?:s)?=\d+,\s*v1=([0-9a-f]+).*", value)
    prefix = "" if parsed else (re.match(r"[a-z0-9]+=(?!$|=)|v1,", value) or [""])[0]
    digest = parsed[1] if parsed else value.removeprefix(prefix)
    coded, kind = _scheme(digest)
    stamp = next((other for other in headers if _TIMESTAMP.search(other)), None)
    parts = [f"hmac: {kind}", f"encoding: {coded}", f"header: {name}"]
    if parsed:
        parts += [
            'parse: "t={timestamp},v1={signature}"',
            'over: "{timestamp}.{body}"',
            "timestamp: {unit: s, within: 5m}",
        ]
    elif stamp:
        parts += [f'prefix: "{prefix}"'] if prefix else []
        parts += ['over: "{timestamp}{body}"', f"timestamp: {{header: {stamp}, unit: s, within: 5m}}"]
    else:
        parts += [f'prefix: "{prefix}"'] if prefix else []
        parts += ['over: "{body}"']
    text = f"signature: {{{', '.join([*parts, 'secret: signing_secret'])}}}"
    return Line(1, text, 0.7, "by the header's form; what is signed stands in the documentation")


def _scheme(digest: str) -> tuple[str, str]:
    if re.fullmatch(r"[0-9a-fA-F]+", digest) and len(digest) in _HEX:
        return "hex", _HEX[len(digest)]
    return "base64", _BASE64.get(len(digest), "sha256")


def _level(body: Any) -> str:
    if isinstance(body, list) and body:
        return "body"
    if isinstance(body, Mapping):
        for name in _LISTS:
            if isinstance(body.get(name), list) and body[name] and isinstance(body[name][0], Mapping):
                return f"body.{name}"
    return ""


def topic_of(headers: Mapping[str, str], scope: str, body: Any) -> tuple[str, float, str]:
    """The expression that gives the topic, how likely it is, and why."""
    if name := next((name for name in headers if _TOPIC.search(name)), None):
        return f'headers."{name.lower()}"', 0.8, "a header names it"
    if told := _first(body, _TYPES):
        return f"{scope}.{told}", 0.7, "by its name"
    return f"{scope}.type", 0.3, "no sample says what happened"


def first_event(body: Any) -> tuple[str, Any]:
    """The name of an event's innermost level, and the first event of a body."""
    level = _level(body)
    if not level:
        return "body", body
    return "event", (body if level == "body" else body[level.partition(".")[2]])[0]


def _id(headers: Mapping[str, str], scope: str, body: Any) -> "Line":
    from hub.proposal.openapi.draft import Line

    if name := next((name for name in headers if _DELIVERY.search(name)), None):
        return Line(1, f"event_id: ['headers.\"{name.lower()}\"']", 0.8, "a header names the delivery")
    if told := _first(body, _IDS):
        likely = 0.5 if told == "id" else 0.75
        return Line(
            1, f"event_id: [{scope}.{told}]", likely, "by its name; is it the event's, or the record's?"
        )
    return Line(1, f"event_id: [{scope}.id]", 0.3, "without one, equal bodies are one event")


def _at(body: Any) -> str:
    for name in _TIMES:
        if isinstance(body, Mapping) and name in body and _is_time(body[name]):
            return name
    return ""


def _is_time(value: Any) -> bool:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return False
    try:
        parse(value)
    except (ValueError, OverflowError, OSError):
        return False
    return True


def _first(body: Any, names: Sequence[str]) -> str:
    found = (name for name in names if isinstance(body, Mapping) and isinstance(body.get(name), str | int))
    return next(found, "")
