"""How a vendor's lists go on: by a link, an offset, a page's number or a cursor.

A page is a token of JSON: None is the first page of a cursor or of links.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from hub.connector.exchange import HttpResponse
from hub.connector.response import Answer, scope_of
from hub.errors import RecordError

_NEXT = re.compile(r"""<([^<>]*)>[^<>,]*;\s*rel="?next"?""")


@dataclass(frozen=True, slots=True)
class Paging:
    """`style`: none, link, offset, page or cursor. `size`: of a full page. `cursor`: its expression."""

    style: str = "none"
    size: int = 0
    cursor: str = ""

    @classmethod
    def of(cls, data: Any) -> Self:
        """The paging of `page:`: `link`, `{offset: 200}`, `{page: 100}` or `{cursor: paging.next.after}`."""
        if not data:
            return cls()
        if data == "link":
            return cls("link")
        style, value = next(iter(data.items()))
        return cls(style, cursor=value) if style == "cursor" else cls(style, size=int(value))

    @property
    def first(self) -> int | None:
        """The token of the first page."""
        return {"offset": 0, "page": 1}.get(self.style)

    def after(self, page: Any, response: HttpResponse, records: Sequence[Any], asked: str) -> Any:
        """The token of the next page, None at the end. `asked`: URL of this page.

        Raises RecordError("foreign-page") for a link to another host, which must not see our credentials.
        """
        if self.style == "link":
            return _link(response.headers.get("link", ""), asked)
        if self.style == "cursor":
            token = Answer(self.cursor)(scope_of(response))
            return token if token not in (None, "", False) and token != page else None
        if self.style == "none" or len(records) < self.size:
            return None
        return (page or self.first or 0) + (self.size if self.style == "offset" else 1)


def _link(header: str, asked: str) -> str | None:
    match = _NEXT.search(header)
    if match is None or match[1] == asked:
        return None
    if urlsplit(match[1])[:2] != urlsplit(asked)[:2]:
        raise RecordError("foreign-page", "the next page is at another host")
    return match[1]
