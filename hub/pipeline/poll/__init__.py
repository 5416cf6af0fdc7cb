"""poll: asks sources what changed since last time, and sends what is news down the path of the webhooks.

Sources without webhooks are asked at each tick. Those with webhooks are reconciled every quarter of an hour:
what their webhooks told is known, so what is news did not come. The accounts take turns, a page each, so that
a huge one starves nobody; the time of a run is bounded, and the next run goes on where this one stopped.
"""

from collections.abc import Iterable

from hub import keys
from hub.pipeline import Hub
from hub.pipeline.poll.backfill import imports
from hub.pipeline.poll.source import Source, sources
from hub.pipeline.poll.turn import WAITED, Polled, Turn
from hub.store import Item

__all__ = ["PAGES", "SECONDS", "Polled", "Source", "Turn", "poll", "take_turns"]

PAGES = 200
SECONDS = 180.0
"""Pages of one source and seconds of all after which a run stops and leaves the rest to the next one."""


IMPORT_PAGES = 10_000
"""An import is bounded by the time, and by what waits on the queue."""


def poll(hub: Hub, *, pages: int = PAGES, seconds: float = SECONDS) -> list[Polled]:
    """Ask every account for what changed; the trouble of one does not keep the others from being asked."""
    deadline = hub.clock() + seconds
    turns = [*_turns(hub, pages), *imports(hub, IMPORT_PAGES)]
    take_turns(hub, turns, deadline)
    hub.tally.note(hub.store, hub.clock())
    return [turn.polled for turn in turns]


def take_turns(hub: Hub, turns: Iterable[Turn], deadline: float) -> None:
    """A page of each in turn, until all have ended or time is over; a limit that is spent is waited for."""
    left = [turn for turn in turns if not turn.done]
    while left:
        for turn in left:
            if turn.ready <= hub.clock():
                turn.step()
            if hub.clock() >= deadline:
                return
        left = [turn for turn in left if not turn.done]
        soonest = min((turn.ready for turn in left), default=0.0)
        pause = soonest - hub.clock()
        if pause > min(WAITED, deadline - hub.clock()):
            return
        if pause > 0:
            hub.sleep(pause)


def _turns(hub: Hub, pages: int) -> list[Turn]:
    """Those who are due, the one that was asked longest ago first."""
    asked = list(sources(hub))
    places = {source.name: keys.cursor(source.account.name, source.resource.name) for source in asked}
    found = hub.store.read(places.values())
    turns = [
        Turn(hub, source, found.get(key) or Item(key, "cursor"), pages)
        for source in asked
        if (key := places[source.name])
    ]
    return sorted((turn for turn in turns if turn.due), key=lambda turn: str(turn.state.get("asked") or ""))
