"""One request to a vendor as data, and what is read from its answer."""

import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hub.accounts import Account
from hub.connector import body, duration
from hub.connector.auth import Auth, Held, secrets_in
from hub.connector.duration import Limit, seconds
from hub.connector.exchange import HttpRequest, HttpResponse, Request
from hub.connector.idempotency import Idempotency
from hub.connector.paging import Paging
from hub.connector.response import Answer, scope_of
from hub.connector.signature import Signature
from hub.documents import Document
from hub.errors import PauseError, RecordError
from hub.expressions import EvaluationError, Template, compile, template

if TYPE_CHECKING:
    from hub.connector.bulk import Bulk

_QUERY = re.compile(r"\?(?![^{}]*\})")
_AND = re.compile(r"&(?![^{}]*\})")
READS = frozenset({"get", "list", "find", "verify"})
"""Calls that change nothing: their nulls are left out, and no key is spent on them."""

SEND = "SEND"
"""The whole `request:` of a message to the queue or the bus of AWS whose ARN is `base_url:`."""

KEY, GROUP, SOURCE, TYPE = "idempotency-key", "group", "source", "type"
"""Headers of a message: by what it is known again, among what its order is kept, who says it, what it is."""

CURRENT = "current"
"""In a write: the record as it stands there, which its resource's `get:` is asked for just before."""

_INHERITED = {
    "ties": frozenset({"records", "id", "version", "headers", "format"}),
    "bulk": frozenset({"request", "body", "format", "headers", "limit", "cost"}),
}
"""What a part of a call takes from the call that it belongs to."""


@dataclass(frozen=True, eq=False)
class Call:
    """The request at `path` of a connector file. `idempotency`: where the key of a write goes."""

    document: Document
    connector: str
    path: tuple[str | int, ...]
    idempotency: Idempotency | None = None

    @cached_property
    def data(self) -> dict[str, Any]:
        """This call's part of the file."""
        part: Any = self.document.data
        for step in self.path:
            part, outer = part[step], part
        shared = _INHERITED.get(str(self.path[-1]), frozenset())
        return {**{name: outer[name] for name in shared if name in outer}, **part}

    @property
    def name(self) -> str:
        """get, list, find, upsert, create, update, delete or send."""
        return str(self.path[2] if self.path[0] == "resources" else self.path[1])

    @property
    def overlap(self) -> float:
        """Seconds before `since` from which a poll asks again."""
        return seconds(self.data.get("overlap", "0s"))

    @property
    def id(self) -> Answer | None:
        """Where the answer names the record."""
        return self._answer("id")

    @property
    def records(self) -> Answer | None:
        """Where the answer of a `list` or `find` holds the records."""
        return self._answer("records")

    @property
    def version(self) -> Answer | None:
        """Where a fetched record holds its version."""
        return self._answer("version")

    @cached_property
    def bulk(self) -> "Bulk | None":
        """How several records go in one request; None where they do not."""
        from hub.connector.bulk import Bulk

        return Bulk(self.document, self.connector, (*self.path, "bulk")) if "bulk" in self.data else None

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Rates of this endpoint, beside those of its account; calls with one `request:` share them."""
        found = duration.limits(self.data.get("limit") or ())
        return tuple(replace(limit, name=f"{self.data['request']} {limit.name}") for limit in found)

    @property
    def at_once(self) -> int | None:
        """Calls of its account that may be in flight when this one is made, None when it does not say."""
        return duration.at_once(self.data.get("limit") or ())

    @property
    def cost(self) -> float:
        """Points that it takes of limits that count points."""
        return float(self.data.get("cost", 1))

    @cached_property
    def paging(self) -> Paging:
        """How a list goes on."""
        return Paging.of(self.data.get("page"))

    @property
    def timed(self) -> bool:
        """Whether a list is in the order of the records' times."""
        return self.data.get("order") == "time"

    @cached_property
    def ties(self) -> "Call | None":
        """How a list is asked for the rows of one time in the order of their ids; None where it cannot be."""
        return Call(self.document, self.connector, (*self.path, "ties")) if "ties" in self.data else None

    @property
    def step(self) -> float:
        """Seconds that `ties` takes for one time."""
        return seconds((self.data.get("ties") or {}).get("step", "1s"))

    @cached_property
    def looks(self) -> bool:
        """Whether it names `current`."""
        written = [template(self.data[part]) for part in ("request", "body", "headers") if part in self.data]
        return any(CURRENT in one.names for part in written for one in part.expressions)

    @property
    def is_message(self) -> bool:
        """Whether it is a message to a queue or a bus, and no HTTP."""
        return bool(self.data["request"] == SEND)

    @property
    def needed(self) -> tuple[Answer, ...]:
        """What a 2xx must show for the call to be done: a write its id, a read its records."""
        if self.name in READS:
            return (self.records or self._answer("record") or Answer("body"),)
        return (self.id,) if self.id else ()

    def render(self, scope: Mapping[str, Any], account: Account, secrets: Mapping[str, str]) -> HttpRequest:
        """The request. `scope`: `record id key customer`, or `since page id` and event levels for reads.

        Raises RecordError("missing-value") where a text needs a value that is null, PauseError where
        a secret is missing.
        """
        known = {"page": None, "since": None, "until": None, "after": None, "id": None, **scope}
        full = {**known, "account": account_scope(account), "secret": self._held(secrets, account)}
        try:
            return self._rendered(full, account)
        except EvaluationError as error:
            reason = str(error.args[0]) if error.args else "bad-expression"
            message = "the request cannot be made from this record"
            raise RecordError(reason, message, self.document.place(*self.path)) from error

    def signed(
        self, request: HttpRequest, account: Account, secrets: Mapping[str, str], now: float
    ) -> HttpRequest:
        """The request with the signature that `sign:` of its connector says, of this moment.

        Raises PauseError where the secret is missing, or is none.
        """
        part = self.document.data.get("sign")
        if not part:
            return request
        held = Held(secrets, account.name)
        held.named(part["secret"])
        lower = {name.lower(): text for name, text in request.headers.items()}
        plain = Request(request.method, request.url, {}, lower, request.body or b"")
        try:
            made = Signature.of(part).sign(plain, held, now).headers
        except (binascii.Error, EvaluationError):
            raise PauseError("bad-secret", account.name) from None
        added = {name: text for name, text in made.items() if lower.get(name) != text}
        return replace(request, headers={**request.headers, **added})

    def id_of(self, response: HttpResponse) -> str | None:
        """The id of the record there, None when the answer names none."""
        value = self._read(self.id, response)
        return None if value is None or value == "" else str(value)

    def record(self, response: HttpResponse) -> Any:
        """The record that a `get` answered: at `record:`, else the whole body."""
        return self._read(self._answer("record") or Answer("body"), response)

    def stored(self, response: HttpResponse) -> Any:
        """The record as a write left it there, None where its answer does not hold it."""
        return self._read(self._answer("record"), response)

    def records_of(self, response: HttpResponse) -> list[Any]:
        """The records that a `list` or `find` answered."""
        found = self._read(self.records or Answer("body"), response)
        return found if isinstance(found, list) else []

    def hit(self, response: HttpResponse, scope: Mapping[str, Any]) -> tuple[int, str | None, Any]:
        """How many records a search found, id and record of the first; with `where:`, of those kept."""
        rows = self.records_of(response)
        if "where" not in self.data:
            return len(rows), self.id_of(response), rows[0] if rows else None
        kept = [row for row in rows if isinstance(row, dict) and self._keeps(row, scope)]
        id = compile(self.data["id"])(kept[0]) if kept else None
        return len(kept), None if id is None else str(id), kept[0] if kept else None

    def next_page(self, response: HttpResponse, page: Any, asked: str) -> Any:
        """The token of the page after `page`, None at the end. `asked`: URL of this page."""
        return self.paging.after(page, response, self.records_of(response), asked)

    def _keeps(self, row: dict[str, Any], scope: Mapping[str, Any]) -> bool:
        try:
            return compile(self.data["where"])({**row, "record": scope["record"]}) is True
        except EvaluationError:
            return False

    def _answer(self, name: str) -> Answer | None:
        return Answer(self.data[name]) if name in self.data else None

    def _read(self, answer: Answer | None, response: HttpResponse) -> Any:
        try:
            return answer(scope_of(response)) if answer else None
        except EvaluationError:
            return None

    def _held(self, secrets: Mapping[str, str], account: Account) -> Held:
        """The secrets; those that this request itself names are there. Raises PauseError."""
        held = Held(secrets, account.name)
        for name in (*self._named, *secrets_in(account.base_url or self.document.data.get("base_url"))):
            held.named(name)
        return held

    @cached_property
    def _named(self) -> tuple[str, ...]:
        own = [self.data.get(key) for key in ("request", "body", "headers")]
        return tuple(sorted(secrets_in([*own, self.document.data.get("headers")])))

    @cached_property
    def _auth(self) -> Auth:
        return Auth(self.document)

    def _rendered(self, scope: dict[str, Any], account: Account) -> HttpRequest:
        method, _, target = self.data["request"].partition(" ")
        linked = self.paging.style == "link" and scope["page"]
        url = scope["page"] if linked else self._url(target, scope, account)
        content = None if linked else self._body(scope)
        return HttpRequest(method, url, self._headers(scope, content), content)

    def _url(self, target: str, scope: dict[str, Any], account: Account) -> str:
        base = str(template(account.base_url or self.document.data["base_url"])(scope))
        path, *query = _QUERY.split(target, maxsplit=1)
        pairs = [_pair(pair, scope) for part in query for pair in _AND.split(part)]
        asked = "&".join(pair for pair in pairs if pair is not None)
        return base.rstrip("/") + str(template(path)(scope, _quoted)) + (f"?{asked}" if asked else "")

    def _headers(self, scope: dict[str, Any], content: bytes | None) -> dict[str, str]:
        headers = {} if self.is_message else self._usual(content)
        written = {**(self.document.data.get("headers") or {}), **(self.data.get("headers") or {})}
        texts = {name: template(text)(scope) for name, text in written.items()}
        headers |= {name: str(text) for name, text in texts.items() if text is not None}
        if self.idempotency and self.idempotency.header and scope.get("key"):
            headers[self.idempotency.header] = self.idempotency.key(scope["key"])
        return headers | self._auth.headers(scope)

    def _usual(self, content: bytes | None) -> dict[str, str]:
        """What every request by HTTP says."""
        kind = {} if content is None else {"Content-Type": body.CONTENT_TYPES[self._format]}
        return {"Accept": "application/json", "User-Agent": "cauce", **kind}

    def _body(self, scope: dict[str, Any]) -> bytes | None:
        if "body" not in self.data:
            return None
        value = self._template(scope)
        if self.name in READS:
            value = _without_nulls(value)
        if self.idempotency and self.idempotency.member and scope.get("key"):
            value = _with(value, self.idempotency.member.split("."), self.idempotency.key(scope["key"]))
        return self._encoded(value)

    def _encoded(self, value: Any) -> bytes:
        return body.encode(self._format, value)

    @cached_property
    def _template(self) -> Template:
        return template(self.data["body"])

    @property
    def _format(self) -> str:
        return str(self.data.get("format", "json"))


def account_scope(account: Account) -> dict[str, Any]:
    """What `{account.x}` may name: the account's settings, and `name`."""
    return {**account.settings, "name": account.name}


def _pair(written: str, scope: Mapping[str, Any]) -> str | None:
    """One query parameter, None when its whole value is null."""
    name, _, value = written.partition("=")
    alone = value.startswith("{") and value.find("}") == len(value) - 1
    filled = template(value)(scope, None if alone else _quoted)
    if filled is None:
        return None
    return f"{name}={_quoted(_text(filled)) if alone else filled}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _with(value: dict[str, Any], path: list[str], key: str) -> dict[str, Any]:
    """The body with the idempotency key at this path."""
    name, *inner = path
    return {**value, name: _with(value.get(name) or {}, inner, key) if inner else key}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
