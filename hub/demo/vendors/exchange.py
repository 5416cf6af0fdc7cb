"""What is asked of a vendor, what it answers, and what it tells by webhook."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Asked:
    """A request below the account: header names lower case, `body` parsed JSON or None.

    `target`: path and query as they came, `raw`: the body as it came.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None
    target: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What a vendor posts to its subscriber after a change. `account`: "" for a URL of the whole app."""

    connector: str
    account: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """`facts` say in the log of calls what became of it: ids, created, recorded. `body` None is empty."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    webhooks: tuple[Webhook, ...] = ()


Route = tuple[str, str, Callable[..., Answer]]
"""Method, pattern of the path, and what answers: called with the request and the pattern's groups."""


class Vendor(Protocol):
    """One account at one vendor."""

    def admits(self, headers: dict[str, str]) -> bool:
        """Whether the credential is the account's."""
        ...

    def answer(self, asked: Asked) -> Answer:
        """Does what was asked."""
        ...

    def refuse(self, status: int) -> Any:
        """The body of an error of the vendor's own shape."""
        ...

    def seed(self, resource: str, record: Any) -> None:
        """Puts a record that stood there before; `record` as the vendor's `get` answers it."""
        ...

    def edit(self, resource: str, record: Any) -> Answer:
        """What a person typed into the vendor's own pages; fields that are empty stay as they are."""
        ...


def dispatch(routes: Sequence[Route], asked: Asked) -> Answer | None:
    """The answer of the first route that fits, None when none does."""
    for method, pattern, action in routes:
        match = re.fullmatch(pattern, asked.path) if method == asked.method else None
        if match:
            return action(asked, *match.groups())
    return None
