"""Several records in one request: how they are put together, and what the answer says of each.

An answer is read by the names that its entries were given, never by their order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.accounts import Account
from hub.connector.call import Call, account_scope
from hub.connector.exchange import HttpResponse
from hub.connector.response import Answer
from hub.errors import RecordError
from hub.expressions import EvaluationError, compile
from hub.reprs import discreet


@discreet("id")
@dataclass(frozen=True, slots=True)
class Stored:
    """One record that is written: its `id` there (None where the answer tells none), and the `record` as it
    was stored, None where the answer does not hold it."""

    id: str | None
    record: Any = None


@discreet()
@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says, by the names of the entries. Who is in neither is in doubt."""

    written: dict[str, Stored] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()


@discreet()
@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a request. `name`: what the answer calls it; `once`: what it is of, of which there is one
    in a request."""

    content: Any
    name: str
    once: str


class Bulk(Call):
    """The request of a call's `bulk:`; its body holds one entry, in the list at `at`."""

    @property
    def most(self) -> int:
        """Records that one request may hold."""
        return int(self.data["max"])

    @property
    def needed(self) -> tuple[Answer, ...]:
        """A 2xx without its list of results shows nothing."""
        return (Answer(self.data["results"]["at"]),)

    def entry(self, scope: Mapping[str, Any], account: Account) -> Entry:
        """One record's part of the body. `scope`: `record id key customer`. Raises RecordError."""
        try:
            content = self._list(self._template({**scope, "account": account_scope(account)}))[0]
            name = _name(self.data["name"], content)
            once = _name(self.data.get("once", self.data["name"]), content)
        except EvaluationError as error:
            reason = str(error.args[0]) if error.args else "bad-expression"
            place = self.document.place(*self.path)
            raise RecordError(reason, "the request cannot be made from this record", place) from error
        if not name or not once:
            place = self.document.place(*self.path, "name")
            raise RecordError("missing-value", "nothing names this record in an answer", place)
        return Entry(content, name, once)

    def told(self, response: HttpResponse) -> Told:
        """What the answer says of each entry; a name that it tells twice says nothing."""
        results, errors = self.data["results"], self.data.get("errors")
        written: dict[str, Stored] = {}
        refused = set(self._refused(errors, response)) if errors else set()
        twice = set(refused)
        for result in self._told(results, response):
            name = _name(results["name"], _scope(result))
            if name in written:
                twice.add(name)
            written[name] = Stored(_id(results, result), _record(results, result))
        sure = {name: one for name, one in written.items() if name and name not in twice}
        return Told(sure, frozenset(refused - written.keys()))

    def understands(self, response: HttpResponse) -> bool:
        """Whether it is an answer that tells of each: whatever else its status is said to mean."""
        return 200 <= response.status < 300 and isinstance(self._read(self.needed[0], response), list)

    def _refused(self, errors: dict[str, Any], response: HttpResponse) -> Iterator[str]:
        for error in self._told(errors, response):
            yield from _names(errors["name"], _scope(error))

    def _told(self, part: dict[str, Any], response: HttpResponse) -> Sequence[Any]:
        found = self._read(Answer(part["at"]), response)
        return found if isinstance(found, list) else ()

    def _body(self, scope: dict[str, Any]) -> bytes | None:
        return self._encoded(self._with_entries(scope))

    def _with_entries(self, scope: dict[str, Any]) -> Any:
        path: list[str] = self.data["at"].split(".")
        frame = self._template({**scope, **scope["first"]})
        return _put(frame, path, [entry.content for entry in scope["entries"]])

    def _list(self, body: Any) -> list[Any]:
        for step in self.data["at"].split("."):
            body = body[step]
        found: list[Any] = body
        return found


def _put(body: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    name, *inner = path
    return {**body, name: _put(body[name], inner, value) if inner else value}


def _scope(one: Any) -> dict[str, Any]:
    return {**one, "record": one} if isinstance(one, dict) else {"record": one}


def _names(source: str, scope: dict[str, Any]) -> list[str]:
    """The names at an expression: one, or a list of them; none where it does not fit."""
    try:
        value = compile(source)(scope)
    except EvaluationError:
        return []
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, str | int) and not isinstance(one, bool) and one]


def _name(source: str, scope: dict[str, Any]) -> str:
    return next(iter(_names(source, scope)), "")


def _id(results: dict[str, Any], result: Any) -> str | None:
    return _name(results.get("id", "id"), _scope(result)) or None


def _record(results: dict[str, Any], result: Any) -> Any:
    try:
        return compile(results["record"])(_scope(result)) if "record" in results else None
    except EvaluationError:
        return None
