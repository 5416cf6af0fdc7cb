"""sweep: each minute, whatever has become due: parked deliveries, waiting flows, images nobody relayed.

What flows and images lead to is sent first and noted second: a crash in between sends the same again, which
the deduplication id or the delivery's state recognises. A parked delivery is noted first (`gathering`).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from hub import keys
from hub.errors import RetryError
from hub.expressions import EvaluationError
from hub.pipeline import Hub, flows, outbox
from hub.pipeline.flows import Sight
from hub.pipeline.gathering import Gathering
from hub.pipeline.route import deliveries_of, route, send
from hub.pipeline.subjects import find
from hub.store import Item
from hub.times import from_epoch, to_epoch

RELAY_SECONDS = 120.0
"""How long the stream's relay has before the sweep takes an image over: longer than unify may run, so that no
image appears later behind the sweep."""

FIRST_SECONDS = 86_400.0
"""How far back the first sweep of a stack looks for images."""

PAGE = 100

PER_SECOND = 120
"""Deliveries that are sent again in a second: a call for ten messages, and a write each."""

TICK = 0.25
"""Seconds between two looks at what has become due: less than a limit's burst lasts."""


def sweep(hub: Hub, budget: int = 1000, *, stay: float = 0.0) -> dict[str, int]:
    """Do what is due, at most `budget` items of each kind: how many were taken up of each.

    `stay`: seconds for which deliveries are sent as they become due, each at its turn, while there are any;
    of these it may be as many as that time is enough for.
    """
    now = hub.clock()
    waiting = sum(_wake(hub, item) for item in _listed(hub, keys.WAITING, now, budget))
    relayed = _relay(hub, from_epoch(now - RELAY_SECONDS), budget)
    sent = _resend(hub, max(budget, int(stay * PER_SECOND)), now + stay)
    return {"deliveries": sent, "waiting": waiting, "relayed": relayed}


def _listed(hub: Hub, name: str, until: float, budget: int) -> Iterator[Item]:
    """The items of a list as they stand now: the index may lag behind them."""
    after = None
    while budget > 0:
        page = hub.store.agenda(name, until=from_epoch(until), after=after, limit=min(PAGE, budget))
        budget -= len(page.items)
        fresh = hub.store.read([item.key for item in page.items])
        for item in page.items:
            now = fresh.get(item.key)
            if now is not None and now.agenda == name and (now.at or "") <= from_epoch(until):
                yield now
        after = page.next
        if after is None:
            return


def _resend(hub: Hub, budget: int, until: float) -> int:
    """Send deliveries again, what is due now first, then until that time whatever becomes due: their number.

    `budget`: of effort; a crowd takes less of it than its deliveries would.
    """
    sent, gathering = 0, Gathering(hub)
    while True:
        sent += gathering.send(_listed(hub, keys.DUE, hub.clock(), budget - gathering.effort))
        coming = hub.store.agenda(keys.DUE, until=from_epoch(until), limit=1).items
        left = until - hub.clock()
        if gathering.effort >= budget or not coming or left <= 0:
            return sent
        hub.sleep(min(left, max(TICK, to_epoch(coming[0].at or "") - hub.clock())))


def _wake(hub: Hub, item: Item) -> int:
    """Ask a flow again now that its wait is over."""
    due = _due(hub, item)
    if due > hub.clock():
        flows.commit_once(hub.store, replace(item, at=from_epoch(due)))
        return 1
    try:
        state = _decide(hub, item)
    except EvaluationError as error:
        data = {**item.data, "state": "rejected", "reason": error.reason}
        flows.commit_once(hub.store, replace(item, data=data, agenda=keys.PARKED, at=from_epoch(hub.clock())))
        return 1
    data = {**item.data, "state": state}
    flows.commit_once(hub.store, replace(item, data=data, agenda=None, at=None))
    return 1


def _due(hub: Hub, item: Item) -> float:
    """When the wait is over by the file as it is deployed now: it may have become longer since it began."""
    flow = hub.catalog.flows.get(item.data["flow"])
    since = item.data.get("since")
    return to_epoch(since) + (flow.wait or 0) if flow and since else 0.0


def _decide(hub: Hub, item: Item) -> str:
    """What became of a waiting flow: sent, ended, cancelled or superseded."""
    flow = hub.catalog.flows.get(item.data["flow"])
    subject = find(hub, item.data["entity"], item.data["id"])
    if flow is None or subject is None:
        return "ended"
    if (
        item.data["id"] in subject.absorbed
    ):  # the merge was a change of the one that stays, which waits itself
        return "superseded"
    # The version that was waited with names the act, so that a second sweep does not name another.
    sight = Sight(replace(subject, epoch=item.data["epoch"]), cause=item.data.get("cause", ""))
    if not flows.holds(flow, sight):
        return "ended"
    if flows.cancelled(hub, flow, subject):
        return "cancelled"
    send(hub, list(deliveries_of(hub, flow, sight)))
    return "sent"


def _relay(hub: Hub, until: str, budget: int) -> int:
    """Relay what was written before `until` and never relayed, and note how far everything is.

    One that fails for a bug is listed for people, so that it holds up nobody; then the bug is raised.
    """
    cursor = hub.store.read([keys.RELAYED]).get(keys.RELAYED, Item(keys.RELAYED, "cursor"))
    since = cursor.data.get("until") or from_epoch(to_epoch(until) - FIRST_SECONDS)
    pending = filter(outbox.is_pending, outbox.between(hub.store, since, until))
    found = list(islice(pending, budget))
    bugs = [bug for image in found if (bug := _relayed(hub, image))]
    if len(found) < budget and until > since:
        flows.commit_once(hub.store, replace(cursor, data={"until": until}))
    if bugs:
        raise bugs[0]
    return len(found)


def _relayed(hub: Hub, image: Item) -> Exception | None:
    """The bug that keeps an image from being relayed. Raises RetryError where the world is not ready."""
    try:
        route(hub, [image])
    except RetryError:
        raise
    except Exception as bug:
        parked = outbox.parked(image, hub.clock(), f"bug:{type(bug).__name__}")
        flows.commit_once(hub.store, parked)
        return bug
    return None
