"""listen: messages of other systems' queues and buses, which IAM lets in, down the path of webhooks.

A message is a body as its vendor writes it, in the envelope of SNS or EventBridge or in none: `events:` open
it. One that cannot be read is parked with its text: nobody waits for an answer.
"""

from dataclasses import field

from hub.connector import UNKNOWN, Request
from hub.errors import HubError, RecordError
from hub.frozen import dataclass
from hub.messages import UNREAD, Event, digest
from hub.pipeline import Hub
from hub.pipeline.receive import Door, told
from hub.reprs import discreet


class NoDoorError(HubError):
    """The deployment does not say whose messages these are: nothing is taken."""


@discreet("received_at")
@dataclass(frozen=True, slots=True)
class Letter:
    """One message. `queue`: the ARN of the queue that it came on, "" from a bus. `received_at`: when it came
    there. `headers`: its attributes, by names in small letters.
    """

    body: str
    queue: str
    received_at: str
    headers: dict[str, str] = field(default_factory=dict)


def heard(hub: Hub, letter: Letter) -> list[Event]:
    """The events of a message; of one that is none of this connector, itself, to be parked.

    Raises NoDoorError.
    """
    door = _door(hub, letter.queue)
    request = Request("POST", "", {}, letter.headers, letter.body.encode("utf-8", "replace"))
    try:
        return told(hub, door, request, letter.received_at)
    except RecordError:
        return [_unread(door, letter)]


def _door(hub: Hub, queue: str) -> Door:
    """Where the messages of a queue come in, as the stack's parameters say."""
    name = hub.settings.queues.get(queue, "") if queue else hub.settings.bus
    account = hub.catalog.accounts.get(name)
    connector = hub.catalog.connectors.get(account.connector if account else name)
    if connector is None or not connector.reception.by_queue or (account is None and not connector.shared):
        raise NoDoorError(f"{name or 'no account'}: nobody whose connector says receive.queue")
    return Door(connector, account)


def _unread(door: Door, letter: Letter) -> Event:
    return Event(
        connector=door.connector.name,
        account=door.account.key if door.account else UNKNOWN,
        resource="",
        topic=f"{UNREAD}message",
        id="",
        event_id=(digest(letter.body),),
        received_at=letter.received_at,
        record={"text": letter.body},
    )
