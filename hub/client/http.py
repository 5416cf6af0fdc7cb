"""Outgoing HTTP: one try, no redirects, bounded time and size."""

from functools import cached_property
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    SSLError,
)

from hub.connector import HttpRequest, HttpResponse
from hub.errors import RecordError, RetryError

CONNECT_SECONDS = 2.0
READ_SECONDS = 10.0
LARGEST_BODY = 1024 * 1024
"""Bytes that are read of an answer; the rest is cut off, which makes the answer unreadable as JSON."""

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Client(Protocol):
    """Sends requests to vendors."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer. Raises RetryError("connection") when nothing was sent, RetryError("timeout") when
        nobody knows what the vendor did.
        """
        ...


class HttpClient:
    """Requests over urllib3. `plain`: allow http:// to any host, for a sandbox, not only to loopback."""

    def __init__(self, *, plain: bool = False) -> None:
        self.plain = plain

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer. Raises RetryError, and RecordError for one that may not be sent or cannot be."""
        self._check(request.url)
        try:
            answer = self._pool.request(
                request.method,
                request.url,
                body=request.body,
                headers=request.headers,
                redirect=False,
                preload_content=False,
            )
            return _read(answer)
        except ValueError:
            raise RecordError("bad-request", "the request cannot be put into HTTP") from None
        except (NewConnectionError, ConnectTimeoutError, SSLError) as error:
            raise RetryError("connection") from error
        except HTTPError as error:
            raise RetryError("timeout") from error

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        return urllib3.PoolManager(num_pools=20, maxsize=5, timeout=timeout, retries=False)

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - raises for a port that is none
        except ValueError as error:
            raise RecordError("bad-url", "not an address") from error
        plain = parts.scheme == "http" and (self.plain or parts.hostname in _LOOPBACK)
        if not parts.hostname or (parts.scheme != "https" and not plain):
            raise RecordError("bad-url", "only https:// may be called")


def _read(answer: Any) -> HttpResponse:
    body = answer.read(LARGEST_BODY + 1, decode_content=True)
    whole = len(body) <= LARGEST_BODY
    if whole:
        answer.release_conn()
    else:
        answer.close()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if "set-cookie" in headers:  # the one header that no comma may join
        headers["set-cookie"] = "\n".join(answer.headers.getlist("set-cookie"))
    return HttpResponse(answer.status, headers, body[:LARGEST_BODY])
