"""How a simulated vendor misbehaves, for its next requests."""

from dataclasses import dataclass, field
from typing import Any

from hub.connector import HttpRequest, HttpResponse
from hub.errors import RetryError

HTML = b"<!doctype html><title>Sign in to the network</title>"


@dataclass(slots=True)
class Fault:
    """One way to misbehave, `times` times, at calls of these `names` (of any where it is empty), the first
    `skip` of them excepted; of one `resource` where it is named.

    `applied`: the vendor does what it was asked first. `status headers body`: the answer instead of the right
    one, None keeps that one's. `half`: half of it comes; `silent`: none comes (`lost`: not even the request);
    `entry`: of a bulk this one is refused, and the others are done.
    """

    names: tuple[str, ...] = ()
    times: int = 1
    applied: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    half: bool = False
    silent: bool = False
    lost: bool = False
    skip: int = 0
    resource: str = ""
    entry: int | None = None

    def strikes(self, name: str, resource: str, size: int = 1) -> bool:
        """Whether this call is one of its own; counts it. `size`: records in it."""
        if self.times <= 0 or (self.names and name not in self.names):
            return False
        if (self.resource and resource != self.resource) or (self.entry is not None and size < 2):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def spoilt(self, response: HttpResponse | None, content: bytes) -> HttpResponse:
        """The answer as it comes. Raises RetryError where none does. `content`: the body that it has."""
        if self.lost:
            raise RetryError("connection")
        if self.silent:
            raise RetryError("timeout")
        right = response or HttpResponse(200)
        if self.status is None:
            body = right.body[: len(right.body) // 2] if self.half else right.body
            return HttpResponse(right.status, {**right.headers, **self.headers}, body)
        return HttpResponse(self.status, {"content-type": "application/json", **self.headers}, content)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came: which call it was (`call` "" for none), of which resource, and what was answered
    (`status` 0: nothing). `key`: its idempotency key; `size`: records in a bulk, 0 for a call of one."""

    at: float
    resource: str
    call: str
    request: HttpRequest
    status: int
    key: str = ""
    fault: bool = False
    size: int = 0
