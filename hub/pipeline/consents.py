"""What an address consented to: which one is asked for, what stands, and what was told of it.

A consent belongs to an address, a channel and a purpose, never to a profile: merging and splitting move
none. It lies under the pepper that was in force when it was told, so that all of them are asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hub import identity, keys
from hub.catalog import Catalog
from hub.identity import Pepper
from hub.mapping import address_type
from hub.pipeline import Hub
from hub.store import Item, Key, Store

GRANTED = "granted"
DENIED = "denied"
RESTRICTIVE = {GRANTED: 0, DENIED: 1}
"""The states that say something: at the same time the more restrictive one wins."""

ENTRY = "H#"
HISTORY = 25
"""How many of the states told of one consent are shown: the latest ones."""


class Consented(NamedTuple):
    """A consent in words: the channel, the purpose and the field (`kind`) that holds the address."""

    channel: str
    purpose: str
    kind: str


def allowed(hub: Hub, purpose: str, channel: str | None, fields: Mapping[str, Any]) -> str:
    """Why this purpose may not be followed on this channel with these fields of a customer, "" when it may.

    Unknown is no. Where the files know several kinds of address for it, none of them may have denied.
    """
    kinds = kinds_of(hub.catalog, channel, purpose) if channel else []
    named = [Consented(str(channel), purpose, kind) for kind in kinds if fields.get(kind)]
    if not named:
        return "no-address"
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
    found = current(hub.store, named, fields, peppers)
    states = {item.data["state"] for item in found.values()}
    return "" if GRANTED in states and DENIED not in states else "no-consent"


def kinds_of(catalog: Catalog, channel: str, purpose: str) -> list[str]:
    """The kinds of address (fields of a customer) that a consent of this channel and purpose is given for."""
    told = (mapping.addresses.get((channel, purpose)) for mapping in catalog.mappings.values())
    return sorted({kind for kind in told if kind}) or [address_type(channel)]


def places(one: Consented, address: str, peppers: Iterable[Pepper]) -> list[Key]:
    """Where the consent of an address may lie: under each pepper, in their order."""
    return [
        keys.consent(one.channel, one.purpose, identity.hashed(pepper, one.kind, address))
        for pepper in peppers
    ]


def beats(rank: list[Any], held: Item | None) -> bool:
    """Whether a statement of this rank ([at, restrictiveness, event]) holds in place of what stands.

    The latest does, then the opt-out, then the least event: a proof is the first one that said so.
    """
    if held is None:
        return True
    at, restrictive, event = held.data["rank"]
    if (rank[0], rank[1]) == (at, restrictive):
        return bool(rank[2] < event)
    return bool((rank[0], rank[1]) > (at, restrictive))


def standing(items: Iterable[Item]) -> Item | None:
    """The one that holds of the items of one consent."""
    best: Item | None = None
    for item in items:
        best = item if best is None or beats(item.data["rank"], best) else best
    return best


def current(
    store: Store, named: Iterable[Consented], fields: Mapping[str, Any], peppers: list[Pepper]
) -> dict[Consented, Item]:
    """What stands of these consents for the addresses in `fields`; what was never told is missing."""
    wanted = {one: places(one, str(fields[one.kind]), peppers) for one in named}
    found = store.read(key for held in wanted.values() for key in held)
    told = {one: standing(found[key] for key in held if key in found) for one, held in wanted.items()}
    return {one: item for one, item in told.items() if item is not None}


def consents_of(hub: Hub, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every consent that the files know, for the addresses in a customer's `fields`, with proof and history.

    `state` unknown: nobody told one, which is a no. `history`: the latest 25 states told, newest first.
    """
    named = [one for one in known(hub.catalog) if fields.get(one.kind)]
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret)) if named else []
    found = current(hub.store, named, fields, peppers)
    return [
        {
            **one._asdict(),
            **_shown(found.get(one)),
            "history": _history(hub.store, places(one, str(fields[one.kind]), peppers)),
        }
        for one in named
    ]


def known(catalog: Catalog) -> list[Consented]:
    """The consents that mappings tell or that flows ask for."""
    told = {
        Consented(channel, purpose, kind)
        for mapping in catalog.mappings.values()
        for (channel, purpose), kind in mapping.addresses.items()
    }
    return sorted(told | set(_asked(catalog)))


def _asked(catalog: Catalog) -> Iterator[Consented]:
    for flow in catalog.flows.values():
        for send in flow.send if flow.purpose else ():
            channel = catalog.connectors[send.to.partition(".")[0]].channel
            for kind in kinds_of(catalog, channel, str(flow.purpose)) if channel else ():
                yield Consented(str(channel), str(flow.purpose), kind)


def _shown(item: Item | None) -> dict[str, Any]:
    if item is None:
        return {"state": "unknown"}
    names = ("state", "at", "source", "topic", "event", "archive")
    return {name: item.data[name] for name in names if name in item.data}


def _history(store: Store, held: Iterable[Key]) -> list[dict[str, Any]]:
    """What was told, newest first; of what stands under two peppers the least event is the proof."""
    pages = [store.page(key.pk, prefix=ENTRY, limit=HISTORY, reverse=True).items for key in held]
    entries = sorted((item for page in pages for item in page), key=lambda item: str(item.data["event"]))
    told: dict[str, Item] = {}
    for item in entries:
        told.setdefault(item.key.sk, item)
    return [{"at": sk.split("#")[1], **told[sk].data} for sk in sorted(told, reverse=True)[:HISTORY]]
