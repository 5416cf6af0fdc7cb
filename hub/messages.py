"""What travels on the two queues: an event inwards, a delivery outwards.

Both are JSON texts in ASCII, but for a record that stands there as its source wrote it: no character that
SQS refuses can occur (`hub.connector.body.written`). The format is described in
docs/decisions/0002-keys-and-messages.md; `FORMAT` is its version.
"""

import hashlib
import json
import re
from dataclasses import fields
from functools import cached_property, lru_cache
from typing import Any, Self
from urllib.parse import quote

from hub.frozen import dataclass
from hub.reprs import discreet
from hub.times import to_epoch

FORMAT = 1

BACKFILL = "backfill"
"""The lane of what was told long ago: it lets go first what happens now."""

DAY = 86_400.0

LONGEST_PART = 128
"""Bytes of an event's own id in a key, with which its marker stays small; DynamoDB takes 2,048 for all."""

AGAIN = "-again"
"""How the id of a replay ends that writes a second time what is done already."""

WRITTEN = "written/"
"""How the topic of an event begins by which we say ourselves what we have created at a destination."""

UNREAD = "unread/"
"""How the topic of what came and cannot be read begins: its record is the text, for people to look at."""
FOUND = "found/"
"""How the topic of an event begins that tells what a search found there, before we wrote over it."""
GONE = "gone/"
"""How the topic of an event begins that tells of a record of ours which a destination did not find."""

_encoded = json.JSONEncoder(separators=(",", ":"), sort_keys=True, allow_nan=False).encode
_RECORD = re.compile(r'\{"account":.*?,"record":(.*),"replay":', re.DOTALL).match
"""The record in the text of an event as we write it: no text of JSON holds a quote that is not escaped."""
_NO_RECORD = ',"record":null,"replay":'
_PLAIN = re.compile(r"[A-Za-z0-9_.\-@:+,~ /#]*").fullmatch


def escape(*parts: object) -> str:
    """Parts joined by `#` after percent-encoding, so that no two lists of parts meet in one text."""
    text = "#".join(map(str, parts))
    if _PLAIN(text) and text.count("#") == len(parts) - 1:
        return text
    return "#".join(quote(str(part), safe="@:+,~ /") for part in parts)


def brief(text: str) -> str:
    """A text as part of a key: its digest where it is longer than the table's keys have room for."""
    small = text.isascii() and 3 * len(text) <= LONGEST_PART  # all of it escaped
    return text if small or len(escape(text)) <= LONGEST_PART else digest(text)


def digest(text: str) -> str:
    """A 64-character SHA-256 of a text: fits the 128 characters of SQS group and dedup ids."""
    return hashlib.sha256(text.encode()).hexdigest()


def dumps(value: object) -> str:
    """Compact ASCII JSON with keys in order: equal values give equal texts. Refuses NaN and Infinity."""
    return _encoded(value)


@discreet("connector", "account", "resource", "topic", "via")
@dataclass(frozen=True)
class Event:
    """One thing that a source told: a record, or (thin) only that a record changed.

    `event_id`: the parts of the source's own event id. `at`: canonical time at which the source says
    that it happened, a function of what it sent (the same on each retry), or None. `received_at`:
    stamped once, kept by replays. `record`: the record as JSON, None for a thin event. `deleted`: the
    source says that the record is gone. `via`: webhook, poll, import, replay, written (by us). `replay`:
    the id of the replay that sent it again (`<canonical time>-<random>`), or None.
    """

    connector: str
    account: str
    resource: str
    topic: str
    id: str
    event_id: tuple[str, ...]
    received_at: str
    at: str | None = None
    record: Any = None
    deleted: bool = False
    via: str = "webhook"
    replay: str | None = None

    @cached_property
    def source(self) -> str:
        """`connector.account`, as in accounts.yaml."""
        return f"{self.connector}.{self.account}"

    @cached_property
    def mark(self) -> str:
        """16 hex digits that stand for the event where it is named."""
        return digest(self.key)[:16]

    @cached_property
    def key(self) -> str:
        """The dedupe key: connector, account, topic and the event id's parts, each escaped.

        Topic and id are digests where they are long; the key of a digest is the same again.
        """
        told, named = _topic(self.connector, self.account, self.topic), escape(*self.event_id)
        return f"{told}#{named if len(named) <= LONGEST_PART else digest(named)}"

    @cached_property
    def text(self) -> str:
        """The record as JSON: as its source or its message has written it, else as `dumps` gives it."""
        return dumps(self.record)

    def as_written(self, text: str) -> Self:
        """The event, whose record need not be written anew: `text` is its JSON, and a message may hold it."""
        self.__dict__["text"] = text
        return self

    @property
    def lane(self) -> str:
        """ "backfill" for what is told late: an import, a replay, a poll of more than a day ago; else ""."""
        if self.via == "poll":
            late = self.at is not None and to_epoch(self.received_at) - to_epoch(self.at) > DAY
        else:
            late = self.via in ("import", "replay")
        return BACKFILL if late else ""

    @property
    def revision(self) -> int:
        """0, or the time of the replay (Unix seconds): a replay's telling wins over the first one's."""
        return int(to_epoch(self.replay[:27])) if self.replay else 0

    @property
    def group(self) -> str:
        """FIFO group: one record's events stay in order."""
        return digest(escape(self.connector, self.account, self.resource, self.id))

    @property
    def dedup(self) -> str:
        """FIFO deduplication id: the same for a source's retries, another for each replay."""
        return digest(escape(self.key, self.replay or ""))

    def dumps(self) -> str:
        """The message body."""
        return _body(self, record=None).replace(_NO_RECORD, f',"record":{self.text},"replay":', 1)

    @classmethod
    def loads(cls, text: str) -> Self:
        """The event of a message body. Raises ValueError for another format."""
        data = _members(text)
        event = cls(**{**data, "event_id": tuple(data["event_id"])})
        record = _RECORD(text)
        return event.as_written(record[1]) if record else event


@discreet("destination", "entity", "id", "epoch", "flow")
@dataclass(frozen=True, slots=True)
class Delivery:
    """One entity that one destination must hear of. Thin: deliver reads the current state.

    `destination`: `connector.account.resource`. `entity`, `id`: what changed; `epoch`: its version
    that caused this. `customer`: the customer's id, "" where the entity has none. `flow`: name of
    the flow that decided. `trigger`: names what a `send:` act happens once for (the flow's `once:`
    value), "" for state. `attempt` counts from 0. `replay` as in Event. `cause`: mark of the event that
    caused it, for the journal. `lane`: "" for what happens now, "backfill" for what was told long ago and
    lets the other go first. `record`: key of the record there that the entity was made of when this was sent,
    "" for none: it is read first, and decides nothing.
    """

    destination: str
    entity: str
    id: str
    epoch: int
    customer: str
    flow: str
    trigger: str = ""
    attempt: int = 0
    replay: str | None = None
    cause: str = ""
    lane: str = ""
    record: str = ""

    @property
    def again(self) -> bool:
        """Whether a replay is to write what is done already a second time."""
        return bool(self.replay and self.replay.endswith(AGAIN))

    @property
    def group(self) -> str:
        """FIFO group: one destination's writes for one customer (or entity without one) stay in order."""
        return digest(escape(self.destination, self.customer or escape(self.entity, self.id)))

    @property
    def dedup(self) -> str:
        """FIFO deduplication id: the same when a relay sends twice."""
        parts = (self.destination, self.entity, self.id, self.epoch, self.flow, self.trigger)
        return digest(escape(*parts, self.attempt, self.replay or ""))

    def dumps(self) -> str:
        """The message body."""
        return _body(self)

    @classmethod
    def loads(cls, text: str) -> Self:
        """The delivery of a message body. Raises ValueError for another format."""
        return cls(**_members(text))


@lru_cache(maxsize=256)
def _topic(connector: str, account: str, topic: str) -> str:
    """How the dedupe keys of a topic begin."""
    return escape(connector, account, brief(topic))


def _body(message: Event | Delivery, **instead: Any) -> str:
    members = {field.name: getattr(message, field.name) for field in fields(message)}
    return dumps({"format": FORMAT, **members, **instead})


def _members(text: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(text)
    if data.pop("format", None) != FORMAT:
        raise ValueError("unknown message format")
    return data
