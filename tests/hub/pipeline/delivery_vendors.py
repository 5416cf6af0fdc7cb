"""Vendors of the deliveries' tests: what they hold, what they were asked, what they do wrong."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub.connector import HttpRequest, HttpResponse
from hub.errors import RetryError


class Crash(BaseException):
    """The process is gone at this point."""


@dataclass
class Vendors:
    """Four vendors in one client: what they hold, what they were asked, what they do wrong next.

    `wrong`: the email of a contact that the CRM refuses, alone in a batch or not; `poison`: of one for which
    it refuses the whole batch.

    `faults`: callables (apply) -> response, taken one per request; `apply` carries the request out.
    """

    clock: Callable[[], float]
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    partners: dict[str, dict[str, Any]] = field(default_factory=dict)
    sales: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: list[Callable[[Callable[[], HttpResponse]], HttpResponse]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    token: str = "good"
    poison: str = ""
    wrong: str = ""

    def send(self, request: HttpRequest) -> HttpResponse:
        body = json.loads(request.body) if request.body else None
        self.asked.append((request.method, request.url, body))
        self.headers.append(request.headers)

        def apply() -> HttpResponse:
            return self._apply(request, body)

        return self.faults.pop(0)(apply) if self.faults else apply()

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        return [call for call in self.asked if not call[1].endswith("/search")]

    def state(self) -> dict[str, Any]:
        """What a crash may not change: the records, without the ids that the vendor gave."""
        held = {
            "contacts": list(self.contacts.values()),
            "partners": list(self.partners.values()),
            "sales": list(self.sales.values()),
            "events": list(self.events.values()),
        }
        return {name: sorted(map(json.dumps, records)) for name, records in held.items()}

    def _apply(self, request: HttpRequest, body: Any) -> HttpResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return answer(401)
        _, _, host, *path = request.url.split("/")
        serve = {"crm.example": self._crm, "erp.example": self._erp}.get(host)
        if serve:
            return serve(request, path, body)
        return self._mail(body) if host == "mail.example" else self._chat(body)

    def _crm(self, request: HttpRequest, path: list[str], body: Any) -> HttpResponse:
        if path[-1] == "batch":
            return self._batch(body["inputs"])
        if body["record"].get("email") in (self.poison, self.wrong):
            return answer(400, {"message": "invalid email"})
        if request.method == "PATCH":
            return _update(self.contacts, path[1], body["record"])
        known = _matching(self.contacts, body["match"])
        id = known[0] if known else f"c{len(self.contacts) + 1}"
        self.contacts[id] = {**self.contacts.get(id, {}), **body["record"]}
        return answer(200, {"id": id})

    def _batch(self, inputs: list[dict[str, Any]]) -> HttpResponse:
        """Each contact by itself, told in another order than asked."""
        emails = [one["record"].get("email") for one in inputs]
        if self.poison and self.poison in emails:
            return answer(400, {"message": "one of them is wrong"})
        done, failed = [], []
        for one, email in zip(reversed(inputs), reversed(emails), strict=True):
            id = one.get("id") or next(iter(_matching(self.contacts, f"email:{email}")), None)
            if (self.wrong and email == self.wrong) or ("id" in one and id not in self.contacts):
                failed.append({"context": {"trace": [one["trace"]]}})
                continue
            id = id or f"c{len(self.contacts) + 1}"
            self.contacts[id] = {**self.contacts.get(id, {}), **one["record"]}
            done.append({"trace": one["trace"], "id": id})
        return answer(207 if failed else 200, {"done": done, "failed": failed})

    def _erp(self, request: HttpRequest, path: list[str], body: Any) -> HttpResponse:
        table = {"partners": self.partners, "sales": self.sales, "notes": self.notes}[path[0]]
        if path[-1] == "search":
            return answer(200, {"found": [{"id": id} for id in _matching(table, body["match"])]})
        if request.method == "PUT":
            return _update(table, path[1], body["record"])
        key = request.headers.get("Idempotency-Key")
        id = self.keys.get(key or "") or f"e{len(table) + 1}"
        if key:
            self.keys[key] = id
        table.setdefault(id, body["record"])
        return answer(201, {"id": id})

    def _mail(self, body: Any) -> HttpResponse:
        self.events.setdefault(body["unique_id"], body["record"])
        return answer(202)

    def _chat(self, body: Any) -> HttpResponse:
        self.messages.append(body["record"])
        return answer(200, {"id": f"m{len(self.messages)}"})


def _matching(table: dict[str, dict[str, Any]], match: str) -> list[str]:
    name, _, value = match.partition(":")
    return [id for id, held in table.items() if held.get(name) == value]


def _update(table: dict[str, dict[str, Any]], id: str, record: dict[str, Any]) -> HttpResponse:
    if id not in table:
        return answer(404)
    table[id] = {**table[id], **record}
    return answer(200, {"id": id})


def answer(status: int, body: Any = None, **headers: str) -> HttpResponse:
    """An answer; names of headers are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, named, b"" if body is None else json.dumps(body).encode())


def says(status: int, body: Any = None, **headers: str) -> Callable[[Any], HttpResponse]:
    """A vendor that answers this instead of doing anything."""
    return lambda apply: answer(status, body, **headers)


def refuses(apply: Callable[[], HttpResponse]) -> HttpResponse:
    """A vendor that cannot be reached."""
    raise RetryError("connection")


def loses_the_answer(apply: Callable[[], HttpResponse]) -> HttpResponse:
    """A vendor that did it, and whose answer never came."""
    apply()
    raise RetryError("timeout")


def never_hears(apply: Callable[[], HttpResponse]) -> HttpResponse:
    """A vendor that did nothing, which nobody can know."""
    raise RetryError("timeout")
