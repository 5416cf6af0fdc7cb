"""How a vendor's lists go on: by a link in a header or in the body, an offset, a page's number or a cursor.

A page is a token of JSON: None is the first page of a cursor or of links.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from hub.connector.exchange import HttpResponse
from hub.connector.response import Answer, scope_of
from hub.errors import RecordError

_FIRST = {"offset": 0, "page": 1}
_NEXT = re.compile(r"""<([^<>]*)>[^<>,]*;\s*rel="?next"?""")


@dataclass(frozen=True, slots=True)
class Paging:
    """`style`: none, link, offset, page or cursor. `size`: of a full page.

    `told`: the expression of a cursor, or of a link in the body. `first`: the token of the first page.
    """

    style: str = "none"
    size: int = 0
    told: str = ""
    first: int | None = None

    @classmethod
    def of(cls, data: Any) -> Self:
        """The paging of `page:`: `link`, or `{offset: 200}`, `{page: 100}`, `{cursor: …}` or `{link: …}`.

        `first:` is the number of the first row or page: 0 of an offset, 1 of a page, where it does not say.
        """
        if not data:
            return cls()
        if data == "link":
            return cls("link")
        style = next(style for style in ("offset", "page", "cursor", "link") if style in data)
        if style in _FIRST:
            return cls(style, size=int(data[style]), first=int(data.get("first", _FIRST[style])))
        return cls(style, told=data[style])

    def after(self, page: Any, response: HttpResponse, records: Sequence[Any], asked: str) -> Any:
        """The token of the next page, None at the end. `asked`: URL of this page.

        Raises RecordError("foreign-page") for a link to another host, which must not see our credentials.
        """
        if self.style == "link":
            return _link(self._linked(response), asked)
        if self.style == "cursor":
            token = Answer(self.told)(scope_of(response))
            return token if token not in (None, "", False) and token != page else None
        if self.style == "none" or len(records) < self.size:
            return None
        at = self.first if page is None else page
        return int(at or 0) + (self.size if self.style == "offset" else 1)

    def _linked(self, response: HttpResponse) -> Any:
        if self.told:
            return Answer(self.told)(scope_of(response))
        match = _NEXT.search(response.headers.get("link", ""))
        return match[1] if match else None


def _link(told: Any, asked: str) -> str | None:
    """The address of the next page, which may be written from the host's root."""
    address = urljoin(asked, told) if isinstance(told, str) and told else asked
    if address == asked:
        return None
    if urlsplit(address)[:2] != urlsplit(asked)[:2]:
        raise RecordError("foreign-page", "the next page is at another host")
    return address
