"""The requests of a connector's file as patterns: which call a request is, and what was filled in."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from hub.connector import Bulk, Call, Connector, HttpRequest
from hub.connector.body import parse
from hub.errors import RecordError
from hub.expressions import EvaluationError, Expression, template
from hub.simulator.heard import Heard
from hub.simulator.holes import Reader

READS = frozenset({"get", "list", "ties", "find", "verify"})

_QUERY = re.compile(r"\?(?![^{}]*\})")
_AND = re.compile(r"&(?![^{}]*\})")
_CONSTANT = frozenset({"account", "secret"})


@dataclass(frozen=True, slots=True)
class Match:
    """A request that is one of the file's. `heard`: what was filled in; `entries`: of each record of a bulk;
    `key`: the idempotency key that came with it; `said`: the headers of a message, which its answer has."""

    pattern: "Pattern"
    heard: Heard
    entries: tuple[Heard, ...] = ()
    key: str = ""
    score: int = 0
    said: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class Pattern:
    """One call of the file. `name`: get, list, ties, find, upsert, create, update, delete, ..., and
    `subscribe.list` and its like; `resource`: whose it is, "" for those."""

    call: Call
    resource: str
    name: str
    constants: Callable[[], Mapping[str, Any]] = field(repr=False)

    @property
    def bulk(self) -> Bulk | None:
        """The call where it takes several records."""
        return self.call if isinstance(self.call, Bulk) else None

    def match(self, request: HttpRequest, base: str) -> Match | None:
        """The request as this call, None where it is another."""
        method, _, target = str(self.call.data["request"]).partition(" ")
        if method != request.method or not request.url.startswith(base):
            return None
        reader = self._reader()
        if not self._addressed(reader, target, request.url[len(base) :]):
            return None
        if not self._headed(reader, request):
            return None
        content = self._content(request)
        if ("body" in self.call.data) is (content is None):
            return None
        if "body" not in self.call.data:
            return self._found(reader, request, ())
        return self._read(reader, request, content)

    def _read(self, reader: Reader, request: HttpRequest, content: Any) -> Match | None:
        bulk = self.bulk
        if bulk is None:
            return self._found(reader, request, ()) if reader.matches(self._body, content) else None
        steps = bulk.data["at"].split(".")
        frame, entry = _cut(self._body, steps), _inside(self._body, steps)
        held = _inside(content, steps)
        if not isinstance(held, list) or not held or not reader.matches(frame, _cut(content, steps)):
            return None
        entries = [self._entry(entry[0], one) for one in held]
        found = tuple(one for one in entries if one is not None)
        return self._found(reader, request, found) if len(found) == len(entries) else None

    def _entry(self, literal: Any, value: Any) -> Heard | None:
        reader = self._reader()
        return Heard(reader.captured, value) if reader.matches(literal, value) else None

    def _found(self, reader: Reader, request: HttpRequest, entries: tuple[Heard, ...]) -> Match:
        said = {name.lower(): text for name, text in request.headers.items() if self.call.is_message}
        return Match(self, Heard(reader.captured), entries, self._key(request), reader.score, said)

    @property
    def _body(self) -> Any:
        return self.call.data["body"]

    @property
    def _form(self) -> bool:
        return self.call.data.get("format") == "form"

    def _reader(self) -> Reader:
        member = self.call.idempotency.member if self.call.idempotency else None
        lenient = self.name in READS
        return Reader(self._known, lenient, self._form, tuple(member.split(".")) if member else ())

    def _known(self, expression: Expression) -> tuple[bool, Any]:
        if not expression.names or not expression.names <= _CONSTANT:
            return False, None
        try:
            return True, expression(self.constants())
        except EvaluationError:
            return True, None

    def _addressed(self, reader: Reader, target: str, url: str) -> bool:
        path, *query = _QUERY.split(target, maxsplit=1)
        asked, _, pairs = url.partition("?")
        if not reader.text(path, asked, "([^/?]*)", unquote):
            return False
        wanted = [pair for part in query for pair in _AND.split(part)]
        return _pairs(reader, wanted, pairs.split("&") if pairs else [])

    def _headed(self, reader: Reader, request: HttpRequest) -> bool:
        """Whether the call's own headers are those of the file, but for the ones that were null."""
        written = self.call.data.get("headers") or {}
        held = {name: _header(request, name) for name in written}
        return all(reader.text(text, held[name]) for name, text in written.items() if held[name])

    def _content(self, request: HttpRequest) -> Any:
        if request.body is None:
            return None
        try:
            return parse("form" if self._form else "json", request.body)
        except RecordError:
            return None

    def _key(self, request: HttpRequest) -> str:
        idempotency = self.call.idempotency
        if idempotency is None:
            return ""
        if idempotency.header:
            return _header(request, idempotency.header)
        found = _inside(self._content(request), (idempotency.member or "").split("."))
        return str(found or "")


def patterns(connector: Connector, constants: Callable[[], Mapping[str, Any]]) -> Iterator[Pattern]:
    """The calls of a connector's file. `constants`: `account` and `secret`, as templates see them."""
    for resource in connector.resources.values():
        for call, name in _calls(resource.data, connector, resource.name):
            yield Pattern(call, resource.name, name, constants)
    if connector.subscribing:
        for name in ("list", "create", "delete"):
            yield Pattern(getattr(connector.subscribing, name), "", f"subscribe.{name}", constants)


_ONCE = ("get", "list", "upsert", "create", "update", "delete", "merge", "archive", "restore", "send")


def _calls(data: Mapping[str, Any], connector: Connector, name: str) -> Iterator[tuple[Call, str]]:
    resource = connector.resources[name]
    single = [(getattr(resource, one), one) for one in _ONCE if one in data]
    if resource.verify:
        single.append((resource.verify, "verify"))
    for call, kind in [*single, *((one, "find") for one in resource.find)]:
        yield call, kind
        if call.ties:
            yield call.ties, "ties"
        if call.bulk:
            yield call.bulk, kind


def base_of(connector: Connector, account_base: str | None, constants: Mapping[str, Any]) -> str:
    """Where the vendor's URLs begin."""
    return str(template(account_base or connector.base_url or "")(constants)).rstrip("/")


def _pairs(reader: Reader, wanted: list[str], given: list[str]) -> bool:
    """Whether the parameters of a URL are those of the file, but for the ones that were null."""
    left = list(given)
    for pair in wanted:
        name, _, written = pair.partition("=")
        held = next((one for one in left if one.partition("=")[0] == name), None)
        if held is None:
            if not (written.startswith("{") and written.find("}") == len(written) - 1):
                return False
            continue
        left.remove(held)
        text = held.partition("=")[2]
        alone = written.startswith("{") and written.find("}") == len(written) - 1
        if not reader.text(written, unquote(text) if alone else text, "(.*?)", unquote):
            return False
    return not left


def _inside(value: Any, path: list[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _cut(value: Any, path: list[str]) -> Any:
    """The value without the list at a path."""
    if not isinstance(value, dict):
        return value
    changed = deepcopy(value)
    holder = _inside(changed, path[:-1])
    if isinstance(holder, dict):
        holder[path[-1]] = []
    return changed


def _header(request: HttpRequest, name: str) -> str:
    return next((text for held, text in request.headers.items() if held.lower() == name.lower()), "")
