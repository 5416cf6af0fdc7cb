"""Subscriptions: that each source sends its webhooks here, looked after once somebody has asked for it.

The vendor's own list is what holds. What is missing or has stopped is made anew, what is there twice is
taken away; a crash at any point leaves what the next look puts right. When one was gone, what changed since
the last webhook is asked for at once.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from hub import keys
from hub.accounts import Account
from hub.connector import Connector
from hub.connector.subscription import Subscribing, Subscription
from hub.errors import PauseError, RecordError, RetryError
from hub.messages import digest
from hub.pipeline import Hub
from hub.pipeline.poll.source import Source, called
from hub.pipeline.sources import sight
from hub.store import Conflict, Item, Put
from hub.times import from_epoch

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 300.0
PAGES = 20
RENEWED = 0.25
"""The part of a subscription's life at whose beginning another is made in its place."""

OK, GONE, MADE, REMOVED, TROUBLE = "ok", "gone", "made", "removed", "trouble"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at one account's subscriptions came to: how many were made and taken away."""

    source: str
    state: str
    made: int = 0
    removed: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """An account whose vendor can be told where to send. `address`: ours."""

    account: Account
    connector: Connector
    subscribing: Subscribing
    address: str

    @property
    def topics(self) -> list[str]:
        """What we want to hear of."""
        return sorted(self.connector.reception.topics)


def doors(hub: Hub) -> Iterator[Door]:
    """The accounts whose vendor has an API for subscriptions."""
    for _, account in sorted(hub.catalog.accounts.items()):
        connector = hub.catalog.connectors[account.connector]
        if connector.subscribing:
            yield Door(account, connector, connector.subscribing, _address(hub, account, connector))


def wish(hub: Hub, account: str, *, wanted: bool) -> dict[str, Any]:
    """Note that an account's webhooks are wanted (or not): the next poll sees to it. Raises LookupError."""
    if account not in {door.account.name for door in doors(hub)}:
        raise LookupError("its connector has no subscribe:")
    item = _item(hub, account)
    data = {**item.data, "wanted": wanted, "next": "", "state": "asked"}
    hub.store.commit([Put(replace(item, data=data))])
    return shown(data)


def states(hub: Hub) -> dict[str, dict[str, Any]]:
    """Account -> what is known of its subscriptions, for people."""
    places = {keys.subscriptions(door.account.name): door.account.name for door in doors(hub)}
    found = hub.store.read(places)
    return {name: shown(found[key].data if key in found else {}) for key, name in places.items()}


def shown(data: dict[str, Any]) -> dict[str, Any]:
    """What people see of it."""
    told = {name: data.get(name) for name in ("looked", "remade", "error")}
    return {"state": data.get("state", "not asked for"), **told, "topics": data.get("topics", [])}


def look(hub: Hub) -> list[Looked]:
    """Look at those whose hour has come, and put them right."""
    now = from_epoch(hub.clock())
    found = []
    for door in doors(hub):
        item = _item(hub, door.account.name)
        if "wanted" in item.data and str(item.data.get("next") or "") <= now:
            found.append(_looked(hub, door, item))
    return found


def _looked(hub: Hub, door: Door, item: Item) -> Looked:
    """One account: the look is claimed first, so that two at once do not both make what is missing."""
    name = door.account.name
    try:
        item = _saved(hub, item, {"next": from_epoch(hub.clock() + AGAIN_SECONDS)})
        return _set_right(hub, door, item)
    except Conflict:
        return Looked(name, TROUBLE, error="looked-at-elsewhere")
    except (RecordError, RetryError, PauseError) as error:
        return _trouble(hub, door, error.reason)


def _set_right(hub: Hub, door: Door, item: Item) -> Looked:
    ours = [one for one in _listed(hub, door) if one.address == door.address]
    if not item.data["wanted"]:
        _remove(hub, door, ours)
        _saved(hub, item, {"state": REMOVED, "topics": [], "ids": [], **_done(hub)})
        return Looked(door.account.name, REMOVED, removed=len(ours))
    ending = _ending(hub, door, ours)
    good, rest = _sorted(door, ours, set(item.data.get("ids", ())), ending)
    covered = {topic for one in good for topic in one.topics}
    lacking = [topic for topic in door.topics if topic not in covered]
    _remove(hub, door, rest)
    item = _made(hub, door, item, lacking, good)
    renewed = {topic for one in ours if one.active and one.id in ending for topic in one.topics}
    gone = bool(set(lacking) - renewed) and bool(item.data.get("topics"))
    if gone:
        _fill(hub, door)
    told = {"state": MADE if lacking else OK, "topics": door.topics, "error": "", **_done(hub)}
    _saved(hub, item, {**told, **({"remade": from_epoch(hub.clock())} if gone else {})})
    return Looked(door.account.name, GONE if gone else told["state"], len(lacking), len(rest))


def _ending(hub: Hub, door: Door, ours: Sequence[Subscription]) -> set[str]:
    """The ids of those of whose life less than a quarter is left."""
    soon = from_epoch(hub.clock() + door.subscribing.lives * RENEWED)
    return {one.id for one in ours if one.ends and one.ends <= soon}


def _sorted(
    door: Door, ours: Sequence[Subscription], known: set[str], ending: set[str]
) -> tuple[list[Subscription], list[Subscription]]:
    """Those that are kept, and the rest: stopped or about to, there twice, or made without our having its
    secret."""
    good: list[Subscription] = []
    rest: list[Subscription] = []
    for one in sorted(ours, key=lambda one: (one.id not in known, one.id)):
        covered = {topic for kept in good for topic in kept.topics}
        ours_to_verify = one.id in known or not door.subscribing.secrets
        lasting = one.active and one.id not in ending
        useful = lasting and ours_to_verify and not one.topics <= covered and one.topics & set(door.topics)
        (good if useful else rest).append(one)
    return good, rest


def _made(hub: Hub, door: Door, item: Item, topics: list[str], good: Sequence[Subscription]) -> Item:
    """Make what is lacking; each is noted, with the secret that the vendor chose for it, before the next."""
    item = _saved(hub, item, {"ids": sorted(one.id for one in good)})
    for part in door.subscribing.parts(topics):
        count = item.data.get("count", 0) + 1
        until = from_epoch(hub.clock() + door.subscribing.lives)
        scope = {"topics": list(part), "topic": part[0], "address": door.address, "until": until}
        key = digest(f"{door.account.name} {count} {' '.join(part)}")[:32]
        response = called(hub, _source(door), door.subscribing.create, {**scope, "key": key})
        told = door.subscribing.told_secrets(response)
        if told:
            held = hub.secrets.get(door.account.name)
            hub.secrets.put(door.account.name, {**(held[0] if held else {}), **told})
        made = door.subscribing.create.id_of(response) or ""
        item = _saved(hub, item, {"ids": sorted({*item.data["ids"], made}), "count": count})
    return item


def _remove(hub: Hub, door: Door, some: Sequence[Subscription]) -> None:
    for id in dict.fromkeys(one.id for one in some):
        called(hub, _source(door), door.subscribing.delete, {"id": id}, missing=True)


def _listed(hub: Hub, door: Door) -> Iterator[Subscription]:
    call = door.subscribing.list
    page = call.paging.first
    for _ in range(PAGES):
        response = called(hub, _source(door), call, {"page": page, "address": door.address}, missing=True)
        yield from door.subscribing.held(response)
        page = call.next_page(response, page, "")
        if page is None:
            return


def _fill(hub: Hub, door: Door) -> None:
    """Let the next poll begin where the last webhook was, at once."""
    since = sight(hub, door.account).last
    for resource in door.connector.resources.values():
        key = keys.cursor(door.account.name, resource.name)
        item = hub.store.read([key]).get(key) if resource.list and resource.topics else None
        if item is None or "since" not in item.data:
            continue
        start = min(item.data["since"], since) if since else item.data["since"]
        kept: dict[str, Any] = {
            name: item.data[name] for name in ("night", "asked", "first") if name in item.data
        }
        hub.store.commit([Put(replace(item, data={**kept, "since": start, "next": ""}))])


def _trouble(hub: Hub, door: Door, reason: str) -> Looked:
    with suppress(Conflict):
        _saved(hub, _item(hub, door.account.name), {"state": TROUBLE, "error": reason})
    return Looked(door.account.name, TROUBLE, error=reason)


def _done(hub: Hub) -> dict[str, Any]:
    now = hub.clock()
    return {"looked": from_epoch(now), "next": from_epoch(now + EVERY_SECONDS)}


def _saved(hub: Hub, item: Item, told: dict[str, Any]) -> Item:
    saved = replace(item, data={**item.data, **told})
    hub.store.commit([Put(saved)])
    return replace(saved, version=saved.version + 1)


def _item(hub: Hub, account: str) -> Item:
    key = keys.subscriptions(account)
    return hub.store.read([key]).get(key) or Item(key, "subscriptions")


def _source(door: Door) -> Source:
    return Source(door.account, door.connector, next(iter(door.connector.resources.values())))


def _address(hub: Hub, account: Account, connector: Connector) -> str:
    base = (account.public_url or hub.settings.public_url).rstrip("/")
    path = f"/v1/webhooks/{connector.name}"
    return base + path if connector.shared else f"{base}{path}/{account.key}"
