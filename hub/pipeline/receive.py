"""receive: a webhook in, its events on the inbound queue, an answer. Nothing else.

What is wrong with the request is answered with 4xx; what is wrong with us is raised, so that the
function answers 5xx and the source sends again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field
from urllib.parse import parse_qsl, unquote

from hub.accounts import Account
from hub.archive import pack
from hub.connector import UNKNOWN, Connector, Reply, Request
from hub.connector.body import accepts
from hub.errors import RecordError
from hub.frozen import dataclass
from hub.messages import Event
from hub.pipeline import Hub
from hub.queues import Message
from hub.reprs import discreet
from hub.times import from_epoch

LARGEST_BODY = 1024 * 1024
ROOT = ["v1", "webhooks"]


@discreet("method")
@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in, as the gateway gives it. `query`: its raw text; `headers`: names in any case; `at`: when
    the gateway took it, in Unix seconds, 0.0 where it does not say."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where it came in: an account's URL, or (`account` None) the one URL of an app."""

    connector: Connector
    account: Account | None

    @property
    def secret(self) -> str:
        """The name of the secret that signs here."""
        return self.account.name if self.account else self.connector.name


def receive(hub: Hub, arrival: Arrival) -> Reply:
    """The answer to a webhook: 200 only after the queue has taken its events.

    404 unknown connector or account, 413 too large, 401 (empty) not signed as agreed, 415 another
    content type, 400 not what this vendor sends. Raises RetryError when queue or secrets fail.
    """
    door = _door(hub, arrival.path)
    if door is None:
        return Reply(404)
    if len(arrival.body) > LARGEST_BODY:
        return Reply(413)
    request = _request(hub, door, arrival)
    return _greeting(hub, door, request) or _admitted(hub, door, request)


def late(hub: Hub, arrival: Arrival) -> str:
    """The connector whose vendor no longer waits for the answer that is given now; "" while it does, or where
    its file has no `within:`.

    Counted from the gateway on: a cold start is a part of what the vendor waits for.
    """
    door = _door(hub, arrival.path) if arrival.at else None
    if door is None or not door.connector.reception.within:
        return ""
    waited = hub.clock() - arrival.at
    return door.connector.name if waited > door.connector.reception.within else ""


def enqueue(hub: Hub, events: Sequence[Event]) -> None:
    """Put events on the inbound queue, the large ones as claim checks."""
    hub.inbound.send(
        [Message(pack(hub.archive, event.dumps()), event.group, event.dedup) for event in events]
    )


def _door(hub: Hub, path: str) -> Door | None:
    parts = path.strip("/").split("/")
    if "%" in path:
        parts = [unquote(part) for part in parts]
    if parts[:2] != ROOT or len(parts) not in (3, 4):
        return None
    connector = hub.catalog.connectors.get(parts[2])
    if connector is None or not connector.reception.by_http:
        return None
    if len(parts) == 3:
        return Door(connector, None) if connector.shared else None
    account = hub.catalog.accounts.get(f"{connector.name}.{parts[3]}")
    return Door(connector, account) if account else None


def _request(hub: Hub, door: Door, arrival: Arrival) -> Request:
    base = (door.account.public_url if door.account else None) or hub.settings.public_url
    query = _clean(arrival.query)
    url = base.rstrip("/") + _clean(arrival.path) + (f"?{query}" if query else "")
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    if not "".join((*headers, *headers.values())).isascii():
        headers = {_clean(name): _clean(value) for name, value in headers.items()}
    values = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    return Request(arrival.method.upper(), url, values, headers, arrival.body)


def _greeting(hub: Hub, door: Door, request: Request) -> Reply | None:
    """The answer to a handshake, tried with the current and the previous secret, then with fresh ones."""
    reply = door.connector.handshake(request, {})
    if reply is None or reply.status == 200:
        return reply
    for secrets in _held(hub, door):
        for held in secrets:
            reply = door.connector.handshake(request, held) or reply
            if reply.status == 200:
                return reply
    return reply


def _admitted(hub: Hub, door: Door, request: Request) -> Reply:
    if not any(door.connector.verify(request, secrets, hub.clock()) for secrets in _held(hub, door)):
        return Reply(401)
    if not accepts(door.connector.reception.format, request.headers.get("content-type", "")):
        return Reply(415)
    try:
        events = told(hub, door, request, from_epoch(hub.clock()))
    except RecordError as error:
        return Reply(400, error.reason)
    enqueue(hub, events)
    return Reply(200)


def _held(hub: Hub, door: Door) -> Iterator[list[dict[str, str]]]:
    """The secrets as they are cached and, when those did not do, as they are now."""
    yield hub.secrets.get(door.secret)
    hub.secrets.refresh(door.secret)
    yield hub.secrets.get(door.secret)


def told(hub: Hub, door: Door, request: Request, received_at: str) -> list[Event]:
    """The events of a request that is trusted. Raises RecordError for what this vendor does not send."""
    if door.account:
        account = door.account
        return door.connector.events(request, account.key, received_at, account.time_zone)
    accounts = [one for one in hub.catalog.accounts.values() if one.connector == door.connector.name]
    return door.connector.events_of_accounts(request, lambda named: _owner(accounts, named), received_at)


def _owner(accounts: Sequence[Account], told: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Key and zone of the account with these settings; one that nobody has entered is "unknown"."""
    for account in accounts:
        if told and all(_sets(account, name, value) for name, value in told):
            return account.key, account.time_zone
    return UNKNOWN, "UTC"


def _sets(account: Account, name: str, value: str) -> bool:
    return name in account.settings and str(account.settings[name]) == value


def _clean(text: str) -> str:
    """The text without halves of surrogate pairs, which no key and no hash could take."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
