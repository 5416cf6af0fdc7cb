"""The whole hub in one process: moves messages between the steps, with a clock that stands until it is moved.

For tests, simulations and dry runs: thousands of schedules and simulated days run in seconds.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from hub.errors import RetryError
from hub.pipeline import Hub
from hub.pipeline.batch import Taken, give_back, work_through
from hub.pipeline.deliver import carry
from hub.pipeline.poll import poll
from hub.pipeline.route import route
from hub.pipeline.subscriptions import look
from hub.pipeline.sweep import sweep
from hub.pipeline.unify import Result, opened
from hub.queues import MemoryQueue, Queue, Stored
from hub.store.memory import MemoryStore

Work = Callable[[Sequence[Taken]], Iterator[Result | str | Exception]]

ROUNDS = 10_000
"""A flow of events that has not come to rest by then goes round in circles."""


class Clock:
    """A clock that stands still until it is moved: Unix seconds."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Waiting is moving the clock."""
        self.now += seconds


class Runner:
    """Runs the steps of a hub whose store and queues are in memory until nothing is left to do.

    `results`: what became of each event and delivery. A crash (any BaseException of a port) leaves the
    messages in flight: `recover` makes them visible again, as the visibility timeout does.
    """

    def __init__(self, hub: Hub, *, batch: int = 10) -> None:
        self.hub = hub
        self.batch = batch
        self.results: list[Result | str] = []
        self._relayed = 0

    @property
    def store(self) -> MemoryStore:
        """The hub's store."""
        return cast(MemoryStore, self.hub.store)

    def run(self) -> None:
        """Unify, route and deliver until all queues and the stream are at rest."""
        for _ in range(ROUNDS):
            if not (self.unify() or self.route() or self.deliver()):
                return
        raise RuntimeError("the flow of events does not come to rest")

    def recover(self) -> None:
        """Give back what was in flight when a step crashed."""
        for queue in (self.hub.inbound, self.hub.outbound):
            for stored in cast(MemoryQueue, queue).waiting:
                stored.until = 0.0

    def unify(self) -> bool:
        """One batch of events; whether there was any."""
        return self._step(self.hub.inbound, self._events)

    def deliver(self) -> bool:
        """One batch of deliveries; whether there was any."""
        return self._step(self.hub.outbound, self._deliver)

    def route(self) -> bool:
        """The stream since the last relay; whether there was anything new."""
        stream = self.store.stream
        fresh = [item for item in stream[self._relayed :] if item.kind == "outbox" and item.version == 1]
        seen = len(stream)
        if fresh:
            route(self.hub, fresh)
        self._relayed = seen
        return bool(fresh)

    def poll(self) -> None:
        """See to the subscriptions, ask the sources that are polled, then run."""
        look(self.hub)
        poll(self.hub)
        self.run()

    def sweep(self) -> None:
        """Take up what is due, then run."""
        sweep(self.hub)
        self.run()

    def _events(self, batch: Sequence[Taken]) -> Iterator[Result | Exception]:
        step = opened(self.hub, [one.body for one in batch])
        yield from work_through(batch, lambda number: step(number, last=batch[number].last))
        step.close()

    def _deliver(self, batch: Sequence[Taken]) -> Iterator[str | Exception]:
        return work_through(batch, lambda number: self._carried(batch[number].body))

    def _carried(self, body: str) -> str:
        return ", ".join(result for _, result in carry(self.hub, body))

    def _step(self, queue: Queue, work: Work) -> bool:
        """Take a batch, acknowledge what succeeded; what has to wait comes again, a bug is raised."""
        memory = cast(MemoryQueue, queue)
        stored = memory.receive(self.batch)
        batch = [_taken(one) for one in stored]
        outcomes = []
        for one, outcome in zip(stored, work(batch) if batch else (), strict=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, RetryError):
                raise outcome
            outcomes.append(outcome)
            if not isinstance(outcome, Exception):
                self.results.append(outcome)
                memory.ack(one)
        give_back(memory, batch, outcomes)
        return bool(batch)


def _taken(stored: Stored) -> Taken:
    message = stored.message
    return Taken(message.dedup, message.body, message.group, stored.received, message.dedup)
