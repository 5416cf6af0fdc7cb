"""Going through the lists of what was parked, is due or is done, part by part.

What is dealt with leaves its list while somebody goes through it, so a cursor does not count: it names a
time, and what of that time was given already.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hub import keys
from hub.messages import digest
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Page, bad
from hub.pipeline.serve.wanted import Wanted
from hub.reprs import discreet
from hub.store import Item

PART = 100
"""Items that are read of a list at once."""
PARTS = 10
"""Parts of lists that one question looks through."""
SAME = 50
"""Parts of one and the same time that are read together."""
_CURSOR = re.compile(r"(\d{1,3})(?:\.(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f]{6}))?")


@discreet()
@dataclass(frozen=True, slots=True)
class Found:
    """Items, and the cursor of the rest, or None."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The number of a list, a time in it, and the mark of the last item of that time that was given.

    Marks are six hex digits: keys may hold a vendor's ids of people, and a cursor stands in a URL.
    """

    list: int = 0
    at: str = ""
    mark: str = ""

    @classmethod
    def of(cls, text: str | None) -> "Cursor":
        """The cursor of a text. Raises Refusal(400)."""
        match = _CURSOR.fullmatch(text) if text else None
        if text and match is None:
            raise bad("after is the `next` of a page")
        return cls(int(match[1]), match[2] or "", match[3] or "") if match else cls()

    def __str__(self) -> str:
        return f"{self.list}.{self.at}_{self.mark}" if self.at else str(self.list)

    def behind(self, item: Item) -> "Cursor":
        """The cursor behind an item of this list."""
        return Cursor(self.list, item.at or "", mark(item))

    def given(self, item: Item) -> bool:
        """Whether an item of the list was given before."""
        return item.at == self.at and mark(item) <= self.mark


def mark(item: Item) -> str:
    """What tells an item from others of the same time."""
    return digest("\n".join(item.key))[:6]


def find(hub: Hub, wanted: Wanted, page: Page, lists: Sequence[str] | None = None) -> Found:
    """One page of what is wanted, the oldest first unless `page` says otherwise.

    It may hold fewer than asked for, and none, while `next` goes on.
    """
    names = wanted.lists(hub.catalog) if lists is None else lists
    cursor, found = Cursor.of(page.after), list[Item]()
    for _ in range(PARTS):
        if cursor.list >= len(names) or len(found) >= page.limit:
            break
        name = names[cursor.list]
        items, cursor = _part(hub, name, wanted, cursor, page.limit - len(found), reverse=page.newest)
        found += items
    return Found(found, str(cursor) if cursor.list < len(names) else None)


def _part(
    hub: Hub, name: str, wanted: Wanted, cursor: Cursor, most: int, *, reverse: bool
) -> tuple[list[Item], Cursor]:
    """Some items of one list, as they stand now, and the cursor of the rest."""
    items, more = _listed(hub, name, wanted, cursor, reverse=reverse)
    fresh = hub.store.read([item.key for item in items])
    found: list[Item] = []
    for number, item in enumerate(items):
        now = fresh.get(item.key)
        if now is not None and now.agenda == name and wanted.matches(now):
            found.append(now)
        if len(found) == most and (more or number + 1 < len(items)):
            return found, cursor.behind(item)
    return found, cursor.behind(items[-1]) if more and items else Cursor(cursor.list + 1)


def _listed(hub: Hub, name: str, wanted: Wanted, cursor: Cursor, *, reverse: bool) -> tuple[list[Item], bool]:
    """The next items of a list by time and mark, all or none of one time; whether there are more."""
    bounds = _bounds(name, wanted, cursor, reverse=reverse)
    items, whole, after = list[Item](), list[Item](), None
    for _ in range(SAME):
        page = hub.store.agenda(name, **bounds, after=after, limit=PART, reverse=reverse)
        items, after = items + page.items, page.next
        left = [item for item in items if not cursor.given(item)]
        whole = [item for item in left if after is None or item.at != items[-1].at]
        if whole or after is None:
            break
    found = sorted(whole or left, key=mark)
    return sorted(found, key=lambda item: item.at or "", reverse=reverse), after is not None


def _bounds(name: str, wanted: Wanted, cursor: Cursor, *, reverse: bool) -> dict[str, str]:
    """The times between which a list is read: what is due is listed by another time than it was tried at."""
    since, until = ("", "") if name == keys.DUE else (wanted.since, wanted.until)
    if reverse:
        return {"since": since or " ", "until": cursor.at or until or "~"}
    return {"since": cursor.at or since or " ", "until": until or "~"}
