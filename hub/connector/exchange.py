"""What passes over HTTP in either direction, as plain values."""

from dataclasses import field
from typing import Any, Literal

from hub.connector.body import answer
from hub.connector.duration import Limit
from hub.errors import Place
from hub.frozen import dataclass
from hub.reprs import discreet

Kind = Literal["done", "retry", "pause", "reject", "missing", "unknown"]


@discreet("method")
@dataclass(frozen=True, slots=True)
class Request:
    """What came in. `url`: the registered public URL with its query, never made from the Host header.

    Names of `headers` are lower case; `body` is what was sent, byte by byte.
    """

    method: str
    url: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@discreet("status")
@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a source."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@discreet("method")
@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What goes out. The repr shows no header and no body, which hold credentials and personal values."""

    method: str
    url: str = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@discreet("status")
@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a vendor answered. Names of `headers` are lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """The body read as JSON, None when it is empty. Raises ValueError for anything else."""
        return answer(self.body) if self.body.strip() else None


@dataclass(frozen=True, slots=True)
class Left:
    """What is left: `tokens` of this limit, all of them again in `after` seconds (0.0: unsaid)."""

    limit: Limit
    tokens: float
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer means. `after`: seconds that the vendor asks to wait, 0.0 when it does not say.

    `reason`: a slug. `place`: the line of the connector that decided, None for the defaults.
    `unknown`: the vendor said yes, but not in a form that shows what it did. `said`: what is kept of a
    refusal (`hub.connector.refusal`), without a value. `throttled`: it was one call too many, so that the
    account is left alone. `left`: what the answer says of its limits. `renews`: a pause that a newer token
    may cure.
    """

    kind: Kind
    after: float = 0.0
    reason: str = ""
    place: Place | None = None
    said: dict[str, Any] | None = None
    throttled: bool = False
    left: tuple[Left, ...] = ()
    renews: bool = False
