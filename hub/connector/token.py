"""Vendors that sign nothing: a secret comes along as it is, as a token somewhere or as user and password."""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from hub.connector import body
from hub.connector.auth import basic
from hub.connector.exchange import Request
from hub.errors import RecordError

PLACE = re.compile(r'(headers|query|body)((?:\.(?:\w+|"[^"]+")(?:\[\])?)+)')
"""Where a token may stand: a plain path, so that it can be put there, too."""

_STEP = re.compile(r'\.(?:(\w+)|"([^"]+)")(\[\])?')


@dataclass(frozen=True)
class Token:
    """`equals:` of a connector's signature. `format`: of the body, which may hold it."""

    equals: str
    secret: str
    format: str = "json"

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that are compared."""
        return frozenset({self.secret})

    def verify(self, request: Request, secrets: Sequence[Mapping[str, str]], now: float) -> bool:
        """Whether every token of the request is one of the secrets, and there is one; in constant time."""
        keys = [held[self.secret].encode() for held in secrets if held.get(self.secret)]
        told = self._told(request)
        found = [
            [hmac.compare_digest(token.encode("utf-8", "replace"), key) for key in keys] for token in told
        ]
        return bool(found) and all(any(one) for one in found)

    def sign(self, request: Request, secrets: Mapping[str, str], now: float) -> Request:
        """The request with the token where the vendor puts it. Raises KeyError without the secret."""
        part, path = self.equals.partition(".")[0], list(_STEP.finditer(self.equals))
        token, name = secrets[self.secret], path[0][1] or path[0][2]
        if part == "headers":
            return replace(request, headers={**request.headers, name: token})
        if part == "query":
            query = {**request.query, name: token}
            return replace(request, query=query, url=f"{request.url.partition('?')[0]}?{urlencode(query)}")
        value = body.parse(self.format, request.body) if request.body else {}
        return replace(request, body=body.encode(self.format, _with(value, path, token)))

    def _told(self, request: Request) -> list[str]:
        """The tokens of a request; none where one of them is missing."""
        part = self.equals.partition(".")[0]
        held: dict[str, Any] = {"headers": request.headers, "query": request.query}
        try:
            scope = held[part] if part in held else body.parse(self.format, request.body)
        except RecordError:
            return []
        found = _at(scope, list(_STEP.finditer(self.equals)))
        texts = [one for one in found if isinstance(one, str) and one]
        return texts if len(texts) == len(found) else []


@dataclass(frozen=True)
class Password:
    """`basic:` of a connector's signature (RFC 7617): the names of two secrets."""

    user: str
    password: str

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that are compared."""
        return frozenset({self.user, self.password})

    def verify(self, request: Request, secrets: Sequence[Mapping[str, str]], now: float) -> bool:
        """Whether the request names user and password of one pair; in constant time."""
        told = request.headers.get("authorization", "").encode("utf-8", "replace")
        whole = [held for held in secrets if held.get(self.user) and held.get(self.password)]
        right = [hmac.compare_digest(told, self._pair(held).encode()) for held in whole]
        return any(right)

    def sign(self, request: Request, secrets: Mapping[str, str], now: float) -> Request:
        """The request with user and password. Raises KeyError without the secrets."""
        return replace(request, headers={**request.headers, "authorization": self._pair(secrets)})

    def _pair(self, held: Mapping[str, str]) -> str:
        return basic(held[self.user], held[self.password])


def _at(value: Any, path: Sequence[re.Match[str]]) -> list[Any]:
    """What stands at the path, once for each item of the lists on it; null where nothing does."""
    if not path:
        return [value]
    inner = value.get(path[0][1] or path[0][2]) if isinstance(value, dict) else None
    items = (inner if isinstance(inner, list) else [None]) if path[0][3] else [inner]
    return [found for item in items for found in _at(item, path[1:])]


def _with(value: Any, path: Sequence[re.Match[str]], token: str) -> Any:
    """The value with the token at the path; `[]` is every item of a list."""
    if not path:
        return token
    name, each = path[0][1] or path[0][2], path[0][3]
    inner = value.get(name) if isinstance(value, dict) else None
    if each:
        items = inner if isinstance(inner, list) else [{}]
        return {**(value or {}), name: [_with(item, path[1:], token) for item in items]}
    return {**(value or {}), name: _with(inner, path[1:], token)}
