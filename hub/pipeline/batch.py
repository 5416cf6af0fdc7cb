"""A batch of a FIFO queue: what fails comes again with all of its group behind it, the other groups go on.

Lambda's own rule (give back everything from the first failure on) would let one source that does not answer
hold up the records of all others, and burn their receives.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from hub.errors import RetryError
from hub.queues import Queue
from hub.reprs import discreet

if TYPE_CHECKING:
    from concurrent.futures import Executor

Result = TypeVar("Result")

PATIENCE = (5.0, 30.0, 120.0, 600.0)
"""Seconds until a message comes again, by how often it was received."""

LAST = 5
"""The receive after which a failure goes to the dead-letter queue: the template's maxReceiveCount."""


@discreet("group", "receives")
class Taken(NamedTuple):
    """A message as it was received: `receives` counts from 1; `receipt` gives it back."""

    id: str
    body: str
    group: str
    receives: int
    receipt: str

    @property
    def last(self) -> bool:
        """Whether it will not come again when it fails now."""
        return self.receives >= LAST


def taken(event: dict[str, Any]) -> list[Taken]:
    """The messages of Lambda's envelope; of a queue without groups each is a group of its own."""
    return [
        Taken(
            record["messageId"],
            record["body"],
            record["attributes"].get("MessageGroupId", record["messageId"]),
            int(record["attributes"]["ApproximateReceiveCount"]),
            record["receiptHandle"],
        )
        for record in event["Records"]
    ]


def work_through(batch: Sequence[Taken], step: Callable[[int], Result]) -> Iterator[Result | Exception]:
    """What became of each message: a result, or its failure or that of one before it in its group."""
    failed: dict[str, Exception] = {}
    for number, one in enumerate(batch):
        if one.group not in failed:
            try:
                yield step(number)
                continue
            except Exception as error:
                failed[one.group] = error
        yield failed[one.group]


def work_at_once(
    batch: Sequence[Taken], step: Callable[[int], Result], pool: "Executor", late: Callable[[], bool]
) -> list[Result | Exception]:
    """As `work_through`, but groups at once, each in order; what has not begun when it is `late` waits."""
    groups: dict[str, list[int]] = {}
    for number, one in enumerate(batch):
        groups.setdefault(one.group, []).append(number)

    def punctual(number: int) -> Result:
        if late():
            raise RetryError("out-of-time")
        return step(number)

    def work(numbers: list[int]) -> list[Result | Exception]:
        mine = [batch[number] for number in numbers]
        return list(work_through(mine, lambda place: punctual(numbers[place])))

    outcomes: dict[int, Result | Exception] = {}
    for numbers, done in zip(groups.values(), pool.map(work, groups.values()), strict=True):
        outcomes |= zip(numbers, done, strict=True)
    return [outcomes[number] for number in range(len(batch))]


def give_back(queue: Queue, batch: Sequence[Taken], outcomes: Iterable[object]) -> list[Taken]:
    """The messages that failed; those that only have to wait are told when to come again."""
    failed = []
    for one, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, Exception):
            failed.append(one)
        if isinstance(outcome, RetryError):
            queue.postpone(one.receipt, max(outcome.after, PATIENCE[min(one.receives, len(PATIENCE)) - 1]))
    return failed
