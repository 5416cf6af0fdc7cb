"""One page of a list, and how the vendor says where it goes on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from hub.connector import Call
from hub.simulator.answers import Answered
from hub.simulator.planting import NotPlantedError, satisfied
from hub.simulator.trees import is_true, tree_of, value_of

FEW = 3
"""Rows on a page of a list that goes on by tokens: its vendor decides how many they are."""

_SIZE = re.compile(
    r"\$?(limit|per_?page|page_?size|count|first|top|max_?results|rows|size|take|amount)", re.IGNORECASE
)
_SIZED = re.compile(r"(?:maxresults|limit|top|first)\W{0,3}(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Tokens:
    """Tokens of pages that were given: the place in the list where each goes on."""

    places: dict[str, int] = field(default_factory=dict)

    def token(self, call: str, place: int) -> str:
        """A token of the place."""
        text = f"page-{call.replace('.', '-')}-{place}"
        self.places[text] = place
        return text

    def place(self, token: Any) -> int | None:
        """The place of a token; None for one that was never given."""
        return 0 if token in (None, "") else self.places.get(str(token))


def size_of(call: Call) -> int:
    """Rows on a page: what the request asks for, else what the file counts with."""
    style = call.paging.style
    if style in ("offset", "page"):
        return next(_sizes(call), call.paging.size)
    return FEW if style != "none" else next(_sizes(call), 0)


def asked_for(call: Call) -> int:
    """How many rows a request asks for, 0 where it does not say."""
    return next(_sizes(call), 0)


def start_of(call: Call, page: Any, tokens: Tokens) -> int | None:
    """The place of the first row of a page; None for a token that was never given."""
    style, first = call.paging.style, int(call.paging.first or 0)
    if style in ("offset", "page"):
        number = int(page) if str(page or "").lstrip("-").isdigit() else first
        return max(0, number - first) * (1 if style == "offset" else size_of(call))
    return tokens.place(page)


def turn(call: Call, answered: Answered, url: str, following: int | None, tokens: Tokens, name: str) -> None:
    """Say where the list goes on, None where it does not. Raises NotPlantedError."""
    paging = call.paging
    if paging.style == "link" and following is not None:
        _link(call, answered, url, tokens.token(name, following))
    elif paging.style == "cursor" and paging.told:
        _cursor(paging.told, answered, tokens, name, following)


def _link(call: Call, answered: Answered, url: str, token: str) -> None:
    base = url.partition("&sim_page=")[0].partition("?sim_page=")[0]
    address = f"{base}{'&' if '?' in base else '?'}sim_page={token}"
    if call.paging.told:
        answered.plant(call.paging.told, address)
    else:
        answered.headers["link"] = f'<{address}>; rel="next"'


def linked(url: str) -> tuple[str, str]:
    """The URL of the first page, and the token of the page that is asked for."""
    found = re.search(r"[?&]sim_page=([^&]*)", url)
    return (url[: found.start()], unquote(found[1])) if found else (url, "")


def _cursor(source: str, answered: Answered, tokens: Tokens, name: str, following: int | None) -> None:
    """A token that is a part of a row (its id) is taken as it is, any other is planted."""
    told = answered.read(source)
    if told in (None, "", False) and following is not None:
        told = _told(source, answered)
    if following is None:
        if told not in (None, "", False):
            tokens.places[str(told)] = 1 << 30
        return
    if told in (None, "", False):
        told = tokens.token(name, following)
        try:
            answered.plant(source, told)
        except NotPlantedError:
            told = following
            answered.plant(source, told)
    tokens.places[str(told)] = following


def _told(source: str, answered: Answered) -> Any:
    """What `has_more && rows[-1].id` gives once it says that there is more."""
    tree = tree_of(source)
    if tree["type"] != "and_expression" or not isinstance(answered.body, dict):
        return None
    scope = {**answered.body, "body": answered.body, "headers": answered.headers, "status": answered.status}
    if not is_true(value_of(tree["children"][1], scope)):
        return None
    answered.body = satisfied(source.partition("&&")[0].strip(), answered.body)
    return answered.read(source)


def _sizes(call: Call) -> Iterator[int]:
    """The numbers of rows that a request asks for."""
    query = str(call.data["request"]).partition("?")[2]
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if value.isdigit() and _SIZE.fullmatch(re.sub(r"^.*[\[.]|\]$", "", name)):
            yield int(value)
    yield from _in_body(call.data.get("body"))
    for found in _SIZED.findall(unquote(query)):
        yield int(found)


def _in_body(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if _SIZE.fullmatch(name) and str(inner).isdigit():
                yield int(inner)
            else:
                yield from _in_body(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_body(inner)
    elif isinstance(value, str):
        yield from (int(found) for found in _SIZED.findall(value))
