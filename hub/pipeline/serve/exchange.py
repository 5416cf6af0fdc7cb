"""A question to the API and its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.errors import HubError
from hub.reprs import discreet

LARGEST_PAGE = 100
PAGE = 20


@discreet("status")
@dataclass(frozen=True, slots=True)
class Answer:
    """`data`: JSON, None for an empty body."""

    status: int
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(HubError):
    """A question that is not answered with 200. `message` is ours: it repeats nothing of the question."""

    def __init__(
        self, status: int, error: str = "", message: str = "", headers: dict[str, str] | None = None
    ) -> None:
        data = {"error": error, "message": message} if error else None
        self.answer = Answer(status, data, headers or {})
        super().__init__(error or str(status))


@discreet("limit")
@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for. `after`: the `next` of the part before."""

    limit: int = PAGE
    after: str | None = None
    newest: bool = False


@discreet("method")
@dataclass(frozen=True, slots=True)
class Question:
    """`headers`: names in lower case. `query`: decoded."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body, a JSON object. Raises Refusal(400)."""
        try:
            data = json.loads(self.body)
            # Halves of surrogate pairs can be neither hashed nor stored.
            json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise bad("the body is not JSON") from None
        if not isinstance(data, dict):
            raise bad("the body is not a JSON object")
        return data

    def page(self) -> Page:
        """The page that the query asks for: `limit`, `after`, `order=newest`. Raises Refusal(400)."""
        return Page(
            limit(self.query.get("limit", PAGE)), self.query.get("after"), self.query.get("order") == "newest"
        )


def limit(value: object) -> int:
    """How many are asked for, from 1 to 100. Raises Refusal(400)."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST_PAGE):
        raise bad("limit is a number from 1 to 100")
    return int(text)


def bad(message: str) -> Refusal:
    """A question that is not as it should be."""
    return Refusal(400, "bad-request", message)
