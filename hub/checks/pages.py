"""Whether a list reaches its last page: what says how it goes on, and what its requests ask for."""

import re
from collections.abc import Iterator
from typing import Any

from hub.checks.names import names_asked
from hub.connector import Connector
from hub.connector.paging import Paging
from hub.documents import Step
from hub.errors import FileError

_NUMBER = re.compile(r"[?&](?P<name>[^=&{}]*)=(?P<number>\d+)(?=&|$)")
_SIZES = frozenset({"limit", "pagesize", "perpage", "rows", "count", "top", "size", "maxresults"})
"""Parameters by which vendors are asked for so many rows, without signs and in small letters."""


def check(connector: Connector, path: tuple[Step, ...], call: dict[str, Any]) -> Iterator[FileError]:
    """What keeps the list of this call from its later pages."""
    error = connector.document.error
    paging = Paging.of(call.get("page"))
    asked = any("page" in names for _, names in names_asked(call))
    if asked and paging.style == "none":
        hint = "write page: {page: 100} (or offset:, cursor:), with the size of a full page"
        yield error("endless-page", "asks for {page}, and no page: says how it goes on", *path, hint=hint)
    if not asked and paging.style in {"offset", "page", "cursor"}:
        hint = "write {page} where the request says which page it wants"
        yield error("same-page", "no request says which page it wants", *path, "page", hint=hint, offset=0)
    if paging.style in {"offset", "page"}:
        yield from _sizes(connector, path, call["request"], paging.size)


def _sizes(connector: Connector, path: tuple[Step, ...], request: str, size: int) -> Iterator[FileError]:
    for match in _NUMBER.finditer(request):
        name = re.sub(r"[^a-z]", "", match["name"].rpartition("[")[2].lower())
        if name in _SIZES and int(match["number"]) != size:
            message = f"a page is full with {size} rows by page:, and {match['number']} are asked for"
            at = match.start("number")
            yield connector.document.error("page-size", message, *path, "request", offset=at)
