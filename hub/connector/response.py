"""What a vendor's answer says, and what it means for us."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, cast

from hub.connector.duration import Limit, limits
from hub.connector.exchange import HttpResponse, Kind, Left, Outcome
from hub.documents import Document
from hub.expressions import EvaluationError, compile
from hub.messages import dumps

EXPIRED = "token-expired"
"""The reason of a rule `then: renew`."""

Path = tuple[str | int, ...]
"""Steps to a part of a connector's file."""

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 86_400.0

_SECONDS = {"s": 1.0, "ms": 0.001, "m": 60.0}
TOO_MANY = 429
_RETRY = frozenset({408, 425, TOO_MANY})
_COUNT = re.compile(r"-?\d{1,15}(\.\d{1,9})?").fullmatch
_OWN_NAMES = frozenset({"status", "headers", "body"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An expression over a response."""

    source: str

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        """Its value over `scope_of(response)`; the body's own fields are in scope, a list body is the scope.

        Raises EvaluationError.
        """
        expression = compile(self.source)
        body = scope["body"]
        if isinstance(body, dict):
            return expression({**body, **scope})
        return expression(scope if expression.names & _OWN_NAMES else cast("Mapping[str, Any]", body))


def scope_of(response: HttpResponse) -> dict[str, Any]:
    """`status headers body`; the body is None where it is not JSON."""
    return {"status": response.status, "headers": response.headers, "body": _json(response)}


def meaning(
    document: Document, response: HttpResponse, needed: Sequence[Answer], now: float, call: Path = ()
) -> Outcome:
    """The first rule of `responses:` that matches, the call's own before the connector's, else what the
    status says.

    `needed`: expressions without whose value a 2xx does not show what was done. `now`: Unix seconds,
    for a Retry-After that is a date and comes without a Date header. `call`: where the call stands.
    """
    scope = scope_of(response)
    outcome = _ruled(document, scope, now, call) or usual(scope, now)
    left = tuple(_left(document, scope, now))
    outcome = replace(outcome, left=left) if left else outcome
    if outcome.kind == "done" and 200 <= response.status < 300 and not _shows(scope, needed):
        return Outcome("unknown", reason="unreadable-answer", left=outcome.left)
    return outcome


def _ruled(document: Document, scope: dict[str, Any], now: float, call: Path) -> Outcome | None:
    for path, rule in _rules(document, call):
        if _value(rule["if"], scope) is True:
            place = document.place(*path)
            if rule["then"] == "renew":
                return Outcome("pause", reason=EXPIRED, place=place, renews=True)
            after, reason = _after(rule.get("after"), scope, now), f"status-{scope['status']}"
            throttled = rule["then"] == "throttle" or scope["status"] == TOO_MANY
            kind = cast("Kind", "retry" if rule["then"] == "throttle" else rule["then"])
            return Outcome(kind, after, reason, place, throttled=throttled and kind == "retry")
    return None


def _rules(document: Document, call: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The rules of a call, then those of its connector, each with its path."""
    for path in [call, ()] if call else [()]:
        part: Any = document.data
        for step in path:
            part = part[step]
        for number, rule in enumerate(part.get("responses") or ()):
            yield (*path, "responses", number), rule


def usual(scope: dict[str, Any], now: float) -> Outcome:
    """What the status says by itself."""
    status = scope["status"]
    reason = f"status-{status}"
    if 200 <= status < 300:
        return Outcome("done", reason=reason)
    if status in _RETRY or status >= 500:
        throttled = status == TOO_MANY
        return Outcome("retry", _retry_after(scope["headers"], now), reason, throttled=throttled)
    if status in (401, 403):
        return Outcome("pause", reason=reason, renews=status == 401)
    return Outcome("missing" if status in (404, 410) else "reject", reason=reason)


def _left(document: Document, scope: dict[str, Any], now: float) -> Iterator[Left]:
    """What the answer says is left, by the rules of `remaining:`; one whose number is absent says nothing."""
    for rule in document.data.get("remaining") or ():
        value = _value(rule["left"], scope)
        if isinstance(value, str | int | float) and _COUNT(str(value)):
            after = _after(rule["after"], scope, now) if "after" in rule else 0.0
            yield Left(_limit(dumps(rule["limit"])), float(value), after)


@cache
def _limit(written: str) -> Limit:
    return limits([json.loads(written)])[0]


def _after(rule: Any, scope: dict[str, Any], now: float) -> float:
    if not isinstance(rule, dict):
        return _retry_after(scope["headers"], now)
    value = _value(rule["from"], scope)
    return _clamped(_number(value) * _SECONDS[rule.get("unit", "s")])


def _retry_after(headers: Mapping[str, str], now: float) -> float:
    """Seconds of a Retry-After in seconds or as a date (RFC 9110, 10.2.3); 0.0 when there is none."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _clamped(_number(text))
    until = _epoch(text)
    started = date_of(headers) or now
    return _clamped(until - started) if until and started else 0.0


def date_of(headers: Mapping[str, str]) -> float:
    """Unix seconds of the vendor's clock by its Date header, 0.0 without one."""
    return _epoch(headers.get("date", ""))


def _epoch(text: str) -> float:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _clamped(seconds: float) -> float:
    """Between a second and a day; NaN is a second."""
    return min(LONGEST_WAIT, seconds) if seconds > SHORTEST_WAIT else SHORTEST_WAIT


def _shows(scope: dict[str, Any], needed: Sequence[Answer]) -> bool:
    return all(_value_of(answer, scope) is not None for answer in needed)


def _value(source: str, scope: dict[str, Any]) -> Any:
    return _value_of(Answer(source), scope)


def _value_of(answer: Answer, scope: dict[str, Any]) -> Any:
    try:
        return answer(scope)
    except EvaluationError:
        return None


def _json(response: HttpResponse) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
