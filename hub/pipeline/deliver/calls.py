"""One HTTP call to a destination: a token of its limit, the request, and what the answer means."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from hub import credentials, limiter
from hub.connector import Call, HttpRequest, HttpResponse, Outcome
from hub.errors import PauseError, RetryError
from hub.pipeline import Hub
from hub.pipeline.deliver.target import Target
from hub.reprs import discreet


class StoppedError(Exception):
    """The delivery cannot go on: `outcome` says why; `throttled`: our own limit, so nothing was sent."""

    def __init__(self, outcome: Outcome, *, throttled: bool = False) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
        self.throttled = throttled


@discreet()
@dataclass(slots=True)
class Calls:
    """The calls of one attempt. `made`: each with its name, the status of its answer (`-`: none) and the
    milliseconds that it took. `admitted`: the next call's token is already taken.
    """

    hub: Hub
    target: Target
    made: list[list[Any]] = field(default_factory=list)
    admitted: bool = False
    used: dict[str, str] = field(default_factory=dict)

    def admit(self) -> None:
        """Take the next call's token, before the intent is written. Raises StoppedError."""
        account, limits = self.target.account_name, self.target.connector.limits
        try:
            limiter.acquire(self.hub.store, account, limits, self.hub.clock, self.hub.sleep)
        except RetryError as error:
            outcome = Outcome("retry", after=error.after, reason=error.reason)
            raise StoppedError(outcome, throttled=True) from error
        self.admitted = True

    def make(self, call: Call, scope: dict[str, Any]) -> HttpResponse | None:
        """The answer; None when the record is not there. Raises StoppedError, RecordError.

        A refused credential is renewed once, or read again: it may be another one since it was cached.
        """
        outcome, response = self._once(call, scope)
        if self._doubtful(outcome):
            outcome, response = self._once(call, scope)
        if outcome.kind == "missing":
            return None
        if outcome.kind != "done" or response is None:
            raise StoppedError(outcome)
        return response

    def _doubtful(self, outcome: Outcome) -> bool:
        try:
            return credentials.again(self.hub, self.target.account_name, self.used, outcome)
        except RetryError as error:
            raise StoppedError(Outcome("retry", after=error.after, reason=error.reason)) from error

    def _once(self, call: Call, scope: dict[str, Any]) -> tuple[Outcome, HttpResponse | None]:
        if not self.admitted:
            self.admit()
        self.admitted = False
        try:
            self.used = credentials.current(self.hub, self.target.account_name)
            request = call.render(scope, self.target.account, self.used)
        except PauseError as error:
            return Outcome("pause", reason=error.reason), None
        except RetryError as error:
            raise StoppedError(Outcome("retry", after=error.after, reason=error.reason)) from error
        try:
            response = self._sent(call.name, request)
        except RetryError as error:
            # Without a connection nothing was sent; after a timeout nobody knows.
            kind: Literal["retry", "unknown"] = "retry" if error.reason == "connection" else "unknown"
            raise StoppedError(Outcome(kind, after=error.after, reason=error.reason)) from error
        outcome = self.target.connector.meaning(response, call, self.hub.clock())
        if outcome.kind not in ("done", "missing"):
            said = self.target.connector.refusal(response, scope.get("record"))
            outcome = replace(outcome, said=said)
        return outcome, response

    def _sent(self, name: str, request: HttpRequest) -> HttpResponse:
        """The answer, with the call noted. Raises as the client does."""
        note: list[Any] = [name, "-", 0]
        self.made.append(note)
        began = self.hub.clock()
        try:
            response = self.hub.client.send(request)
            note[1] = response.status
        finally:
            note[2] = round((self.hub.clock() - began) * 1000)
        return response
