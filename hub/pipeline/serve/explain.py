"""Why somebody is one customer, and why each field says what it says."""

from collections.abc import Iterable
from typing import Any

from hub.identity import SAME, namespace
from hub.pipeline import Hub
from hub.pipeline.serve.choices import choices
from hub.pipeline.serve.evidence import evidence
from hub.pipeline.serve.exchange import Page
from hub.pipeline.serve.journal import entries, ids, time_zone, view
from hub.pipeline.serve.links import Hand, chain, identifiers, masks, records
from hub.pipeline.serve.masks import masked, shown
from hub.pipeline.serve.profile import known
from hub.pipeline.subjects import CUSTOMER
from hub.store import Item

NEWEST = Page(limit=50, newest=True)
"""The part of the journal that is told; the rest is for the journal's own route."""


def explain(hub: Hub, id: str, *, values: bool = False) -> dict[str, Any]:
    """How each record of a customer came to be here, by what, and which rule chose each field.

    Identifiers are masked unless `values` are asked for. Raises Refusal(404).
    """
    root = known(hub, id)
    case = evidence(hub, root)
    mask = shown if values else masked
    links = chain(case)
    journal, more = entries(hub.store, ids(hub.store, root), NEWEST)
    identifying = [field.name for field in hub.catalog.entities[CUSTOMER].identifying]
    return {
        "id": root.data["id"],
        **({} if root.data["id"] == id else {"merged_from": id}),
        "time_zone": time_zone(hub.catalog, case.records),
        "records": list(records(case, links, mask, _hands(journal))),
        "identifiers": list(identifiers(case, mask, _words(journal))),
        "fields": choices(case, identifying, mask),
        "guards": {"degree": case.rules.guards.degree},
        "journal": [view(item, masks(case, mask)) for item in reversed(journal)],
        "next": more,
    }


def _words(journal: Iterable[Item]) -> dict[str, Hand]:
    """Whose word on an identifier stands, by claim; the journal comes newest first."""
    told = [(item.data["claim"], _hand(item)) for item in journal if "claim" in item.data]
    return dict(reversed(told))


def _hand(item: Item) -> Hand:
    return Hand(item.data.get("actor", ""), item.data.get("reason", ""), item.data["at"])


def _hands(journal: Iterable[Item]) -> dict[str, Hand]:
    """Who joined by hand, by the claim that says so."""
    return {
        pk: _hand(item)
        for item in journal
        for pk in item.data.get("via", ())
        if namespace(pk) == SAME and item.data["op"] == "merge"
    }
