"""erase: by the clock, what is left to do of the erasures that have begun, and of what sources asked for.

An erasure goes from `begun` (nobody reads the customer any more) by way of `recorded` (its suppressions are
in the archive, outside of the table), `told` (each copy elsewhere has its item), `purged` (nothing of it is
parked) and `removed` (nothing is left here) to `done` (every destination has answered; there is a
certificate). Each run goes on where the last one stopped. Decisions: docs/decisions/0018-erasure.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hub import keys
from hub.errors import RetryError
from hub.pipeline import Hub
from hub.pipeline.deliver.forget import FINAL
from hub.pipeline.erase import certificate, destinations, parked, removal, requests
from hub.pipeline.erase.begin import BEGUN, DONE, Order, begin, erasure_of, stray, suppress
from hub.pipeline.erase.work import OutOfTime, Work
from hub.pipeline.subjects import CUSTOMER
from hub.store import Conflict, Item
from hub.times import from_epoch, to_epoch

__all__ = ["Done", "Order", "begin", "erase", "erasure_of", "suppress"]

SETTLE = 120.0
"""Seconds after which nobody is at work who has read the customer before it was gone: twice the longest
timeout of unify and deliver."""

SECONDS = 40.0
PAGES = 5_000
LISTED = 100


@dataclass(slots=True)
class Done:
    """What one run came to: erasures that went on, that are finished, and that another writer was at."""

    worked: int = 0
    finished: int = 0
    moved: int = 0


def erase(hub: Hub, *, seconds: float = SECONDS, pages: int = PAGES) -> Done:
    """Go on with everything that has begun, oldest first, for so long."""
    deadline = hub.clock() + seconds
    done = Done()
    for item in _listed(hub):
        if hub.clock() >= deadline:
            break
        _go_on(Work(hub, item, pages, deadline), done)
    return done


def _listed(hub: Hub) -> Iterator[Item]:
    """What has begun, as it stands now: the index may lag behind."""
    after = None
    while True:
        page = hub.store.agenda(keys.ERASING, after=after, limit=LISTED)
        fresh = hub.store.read([item.key for item in page.items])
        yield from (fresh[i.key] for i in page.items if i.key in fresh and fresh[i.key].agenda)
        after = page.next
        if after is None:
            return


def _go_on(work: Work, done: Done) -> None:
    done.worked += 1
    try:
        if work.item.kind == "request":
            requests.carry_out(work)
            done.finished += 1
            return
        while step := _STEPS.get(work.data["state"]):
            before = work.data["state"]
            step(work)
            if work.data["state"] == before:
                return
        done.finished += 1
    except OutOfTime:
        return
    except (Conflict, RetryError):
        done.moved += 1


def _record(work: Work) -> None:
    certificate.keep(work.hub, work.item)
    work.commit(state="recorded")


def _tell(work: Work) -> None:
    if work.hub.clock() < to_epoch(work.data["begun"]) + SETTLE:
        return
    root = _root(work)
    if root is not None:
        destinations.plan(work, root)
    work.commit(state="told")


def _purge(work: Work) -> None:
    """Once no image of theirs is on its way: relayed ones hold no value, and the rest is parked."""
    held = work.hub.store.read([keys.RELAYED]).get(keys.RELAYED)
    if held is None or to_epoch(held.data["until"]) < to_epoch(work.data["begun"]) + SETTLE:
        return
    root = _root(work)
    if root is not None:
        parked.purge(work, root)
    work.commit(state="purged")


def _remove(work: Work) -> None:
    root = _root(work)
    if root is not None:
        removal.remove(work, root)
    work.commit(state="removed")


def _finish(work: Work) -> None:
    if found := stray(work.hub.store, work.data.get("watch", ())):
        begin(work.hub, found, Order(work.data["actor"], work.data["reason"], work.data["source"]))
    receipts = destinations.receipts(work)
    if any(item.data["state"] not in FINAL for item in receipts):
        return
    finished = from_epoch(work.hub.clock())
    issued = certificate.issue(work.hub, work.item, receipts, finished)
    certificate.keep(work.hub, work.item, issued)
    work.commit(state=DONE, certificate=issued, counts={}, watch=None)


def _root(work: Work) -> Item | None:
    """The customer's root while it still stands."""
    key = keys.root(CUSTOMER, work.id)
    root = work.hub.store.read([key]).get(key)
    return root if root is not None and root.data["state"] == "erasing" else None


_STEPS: dict[str, Callable[[Work], None]] = {
    BEGUN: _record,
    "recorded": _tell,
    "told": _purge,
    "purged": _remove,
    "removed": _finish,
}
