"""Going through the lists of what was parked, is due or is done: newest first, part by part."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hub import keys
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Page, bad
from hub.pipeline.serve.wanted import Wanted
from hub.reprs import discreet
from hub.store import Item

PART = 100
"""Items that are read of a list at once."""
PARTS = 10
"""Parts of lists that one question looks through."""
_CURSOR = re.compile(r"(\d{1,3})\.(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_(\d{1,6}))?")


@discreet()
@dataclass(frozen=True, slots=True)
class Found:
    """Items, and the cursor of the rest, or None."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The number of a list, the time in it, and how many of that time were looked at already.

    It says nothing of the items: keys may hold a vendor's ids of people, and a cursor stands in a URL.
    """

    list: int = 0
    at: str = ""
    given: int = 0

    @classmethod
    def of(cls, text: str | None) -> "Cursor":
        """The cursor of a text. Raises Refusal(400)."""
        match = _CURSOR.fullmatch(text) if text else None
        if text and match is None:
            raise bad("after is the `next` of a page")
        return cls(int(match[1]), match[2] or "", int(match[3] or 0)) if match else cls()

    def __str__(self) -> str:
        return f"{self.list}.{self.at}_{self.given}" if self.at else f"{self.list}."


def find(hub: Hub, wanted: Wanted, page: Page, lists: Sequence[str] | None = None) -> Found:
    """One page of what is wanted, the newest first (or, where `page` says so, last).

    It may hold fewer than asked for, and none, while `next` goes on.
    """
    names = wanted.lists(hub.catalog) if lists is None else lists
    cursor, found = Cursor.of(page.after), list[Item]()
    for _ in range(PARTS):
        if cursor.list >= len(names):
            return Found(found, None)
        name = names[cursor.list]
        items, cursor = _part(hub, name, wanted, cursor, page.limit - len(found), reverse=page.newest)
        found += items
        if len(found) >= page.limit:
            break
    return Found(found, str(cursor) if cursor.list < len(names) else None)


def _part(
    hub: Hub, name: str, wanted: Wanted, cursor: Cursor, most: int, *, reverse: bool
) -> tuple[list[Item], Cursor]:
    """Some items of one list, as they stand now, and where the rest goes on."""
    bounds = _bounds(name, wanted, cursor, reverse=reverse)
    listed = hub.store.agenda(name, **bounds, limit=PART + cursor.given, reverse=reverse)
    items = listed.items[cursor.given :]
    fresh = hub.store.read([item.key for item in items])
    found: list[Item] = []
    for number, item in enumerate(items):
        now = fresh.get(item.key)
        if now is not None and now.agenda == name and wanted.matches(now):
            found.append(now)
        if len(found) == most and (number + 1 < len(items) or listed.next):
            return found, _at(cursor, items[: number + 1])
    return found, _at(cursor, items) if listed.next and items else Cursor(cursor.list + 1)


def _bounds(name: str, wanted: Wanted, cursor: Cursor, *, reverse: bool) -> dict[str, str]:
    """The times between which a list is read: what is due is listed by another time than it was tried at."""
    since, until = ("", "") if name == keys.DUE else (wanted.since, wanted.until)
    start = cursor.at or (until if reverse else since)
    return (
        {"since": since or " ", "until": start or "~"}
        if reverse
        else {
            "since": start or " ",
            "until": until or "~",
        }
    )


def _at(cursor: Cursor, items: Sequence[Item]) -> Cursor:
    """The cursor behind these items of its list."""
    at = items[-1].at or ""
    same = sum(item.at == at for item in items)
    return Cursor(cursor.list, at, same + (cursor.given if at == cursor.at else 0))
