"""What is parked, by what the failures have in common: how many, since when, who must act, and how."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.pipeline import Hub
from hub.pipeline.serve.archived import called
from hub.pipeline.serve.exchange import LARGEST_PAGE, Page
from hub.pipeline.serve.finding import PARTS, find
from hub.pipeline.serve.fingerprint import common, fingerprint
from hub.pipeline.serve.parked import name, view
from hub.pipeline.serve.remedies import lines, remedy
from hub.pipeline.serve.wanted import Wanted, tried_at
from hub.store import Item


def groups(hub: Hub, wanted: Wanted, after: str | None = None) -> dict[str, Any]:
    """The groups of a part of what is parked, largest first; groups of several parts are added up by name.

    One answer looks through a thousand items; `next` goes on behind them.
    """
    items: list[Item] = []
    for _ in range(PARTS):
        found = find(hub, wanted, Page(LARGEST_PAGE, after, newest=True), [keys.PARKED])
        items += found.items
        after = found.next
        if after is None:
            break
    return {"groups": grouped(hub.catalog, items), "next": after}


def found_parked(hub: Hub, wanted: Wanted, page: Page) -> dict[str, Any]:
    """One page of what is parked and wanted, the newest first."""
    found = find(hub, wanted, replace(page, newest=True), [keys.PARKED])
    return {"parked": [_viewed(item) for item in found.items], "next": found.next}


def _viewed(item: Item) -> dict[str, Any]:
    """A parked item under a name that says nothing of anybody."""
    return {**view(item), "id": called(item) or name(item)}


def grouped(catalog: Catalog, items: Iterable[Item]) -> list[dict[str, Any]]:
    """The groups of these items, largest first."""
    held: dict[str, list[Item]] = {}
    for item in items:
        held.setdefault(fingerprint(item), []).append(item)
    views = [_group(catalog, mark, members) for mark, members in held.items()]
    return sorted(views, key=lambda group: (-group["count"], group["last"], group["group"]))


def _group(catalog: Catalog, mark: str, members: list[Item]) -> dict[str, Any]:
    told = common(members[0])
    times = sorted(map(tried_at, members))
    found = remedy(catalog, told)
    return {
        "group": mark,
        "count": len(members),
        **told,
        "first": times[0],
        "last": times[-1],
        "lines": lines(catalog, told),
        "owner": found.owner,
        "why": found.why,
        "hint": found.hint,
        "example": called(members[0]) or name(members[0]),
        "replay": f"hub replay --group {mark}",
    }
