"""FIFO queues: what one step leaves for the next."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from hub import aws
from hub.errors import RetryError
from hub.reprs import discreet

BATCH = 10
BATCH_BYTES = 1_000_000
"""SQS takes 10 messages and 1,048,576 bytes at once."""

LONGEST_WAIT = 43_200
"""Seconds: SQS hides a message for 12 hours at most."""

DEDUP_SECONDS = 300.0
"""SQS FIFO: within five minutes a message of the same deduplication id is accepted and not delivered."""


@discreet("group", "dedup")
class Message(NamedTuple):
    """One message: `group` keeps its order, `dedup` is delivered once in five minutes."""

    body: str
    group: str
    dedup: str


class Queue(Protocol):
    """A place to leave messages."""

    def send(self, messages: Sequence[Message]) -> None:
        """Leave messages, ten at a time. Raises RetryError when any of them was not taken."""
        ...

    def postpone(self, receipt: str, seconds: float) -> None:
        """Let a received message come again after `seconds` (at most 12 hours)."""
        ...

    def depth(self) -> int:
        """About how many messages wait. Raises RetryError."""
        ...


def batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """The messages in order, in batches that one call may carry."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        length = len(message.body.encode())
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch


class SqsQueue:
    """A queue of SQS. Its client is made at the first message."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, messages: Sequence[Message]) -> None:
        """Leave messages, one call per batch."""
        for batch in batches(messages):
            self._send(batch)

    def postpone(self, receipt: str, seconds: float) -> None:
        """Let a received message come again after `seconds`; where that fails, in the queue's own time."""
        from botocore.exceptions import BotoCoreError, ClientError

        wait = min(int(seconds + 0.999), LONGEST_WAIT)
        with suppress(BotoCoreError, ClientError):
            self._client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=wait
            )

    def depth(self) -> int:
        """About how many messages wait, as SQS counts them."""
        from botocore.exceptions import BotoCoreError, ClientError

        names = ["ApproximateNumberOfMessages"]
        try:
            answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        except (BotoCoreError, ClientError) as error:
            raise RetryError("queue") from error
        return int(answer["Attributes"][names[0]])

    @cached_property
    def _client(self) -> Any:
        return aws.client("sqs")

    def _send(self, batch: Sequence[Message]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        entries = [
            {
                "Id": str(number),
                "MessageBody": message.body,
                "MessageGroupId": message.group,
                "MessageDeduplicationId": message.dedup,
            }
            for number, message in enumerate(batch)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self.url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise RetryError("queue") from error
        if answer.get("Failed"):
            raise RetryError("queue")


@discreet()
@dataclass(slots=True)
class Stored:
    """A message in a memory queue. `received`: how often; `until`: it is in flight before that time."""

    message: Message
    received: int = 0
    until: float = field(default=0.0)


class MemoryQueue:
    """A FIFO queue in this process that keeps SQS's rules, by a clock that is passed in.

    `visibility`: seconds that a received message stays in flight. `max_receives`: receives after
    which the next one moves a message to `dead`.
    """

    def __init__(
        self, clock: Callable[[], float], *, visibility: float = 360.0, max_receives: int = 5
    ) -> None:
        self.clock = clock
        self.visibility = visibility
        self.max_receives = max_receives
        self.waiting: list[Stored] = []
        self.dead: list[Message] = []
        self.calls = 0
        self._seen: dict[str, float] = {}

    def send(self, messages: Sequence[Message]) -> None:
        """Leave messages; those with the deduplication id of the last five minutes are dropped."""
        now = self.clock()
        self.calls += sum(1 for _ in batches(messages))
        for message in messages:
            if now - self._seen.get(message.dedup, float("-inf")) < DEDUP_SECONDS:
                continue
            self._seen[message.dedup] = now
            self.waiting.append(Stored(message))

    def depth(self) -> int:
        """How many messages wait."""
        now = self.clock()
        return sum(stored.until <= now for stored in self.waiting)

    def receive(self, most: int = BATCH) -> list[Stored]:
        """Up to `most` messages in order, none of a group that has one in flight."""
        now = self.clock()
        self._bury(now)
        blocked = {stored.message.group for stored in self.waiting if stored.until > now}
        taken = [stored for stored in self.waiting if stored.message.group not in blocked][:most]
        for stored in taken:
            stored.received += 1
            stored.until = now + self.visibility
        return taken

    def ack(self, stored: Stored) -> None:
        """Done with a message."""
        self.waiting = [other for other in self.waiting if other is not stored]

    def postpone(self, receipt: str, seconds: float) -> None:
        """Let a received message (its receipt is its deduplication id) come again after `seconds`."""
        for stored in self.waiting:
            if stored.message.dedup == receipt:
                self.fail(stored, seconds)

    def fail(self, stored: Stored, after: float = 0.0) -> None:
        """Give a message back: visible again in `after` seconds."""
        stored.until = self.clock() + after

    def _bury(self, now: float) -> None:
        spent = [one for one in self.waiting if one.until <= now and one.received >= self.max_receives]
        self.dead += [stored.message for stored in spent]
        for stored in spent:
            self.ack(stored)
