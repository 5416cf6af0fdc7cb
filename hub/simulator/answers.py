"""Answers in the form in which a connector's file reads them."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hub.connector import HttpResponse
from hub.connector.response import Answer, scope_of
from hub.expressions import EvaluationError, compile
from hub.simulator.planting import planted, satisfied

_OWN = frozenset({"status", "headers", "body"})


@dataclass(slots=True)
class Answered:
    """An answer that is being written. Expressions see it as those of a connector see a response."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    @classmethod
    def of(cls, example: dict[str, Any]) -> "Answered":
        """One that begins as an example of a file: {status, headers, body}, each optional."""
        headers = {name.lower(): text for name, text in (example.get("headers") or {}).items()}
        return cls(int(example.get("status", 200)), headers, deepcopy(example.get("body")))

    def plant(self, source: str, value: Any) -> None:
        """Let an expression give a value. Raises NotPlantedError."""
        if compile(source).names & _OWN:
            self._took(planted(source, self._scope(), value))
        else:
            self.body = planted(source, self.body, value)

    def satisfy(self, source: str) -> None:
        """Let a condition hold. Raises NotPlantedError."""
        self._took(satisfied(source, self._scope()))

    def read(self, source: str) -> Any:
        """What an expression gives, None where it does not fit."""
        try:
            return Answer(source)(scope_of(self.response()))
        except EvaluationError:
            return None

    def response(self) -> HttpResponse:
        """As it is sent."""
        body = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        headers = {
            "content-type": "application/json",
            **{name: str(text) for name, text in self.headers.items()},
        }
        return HttpResponse(self.status, headers, body)

    def _scope(self) -> dict[str, Any]:
        return {"status": self.status, "headers": self.headers, "body": self.body}

    def _took(self, scope: dict[str, Any]) -> None:
        self.status, self.headers, self.body = scope["status"], scope["headers"], scope["body"]


def told(record: Any, source: str, value: Any) -> Any:
    """A record changed so that an expression over it gives a value. Raises NotPlantedError."""
    if "record" in compile(source).names and not (isinstance(record, dict) and "record" in record):
        return planted(source, {"record": record}, value)["record"]
    return planted(source, record, value)
