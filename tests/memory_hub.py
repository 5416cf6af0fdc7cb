"""A hub whose ports are all in memory, with three invented vendors: a shop, a CRM and a chat."""

from urllib.parse import urlsplit

from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.connector import HttpResponse, Request
from hub.documents import parse
from hub.drop import MemoryDrop
from hub.pipeline import Hub
from hub.queues import MemoryQueue
from hub.runner import Clock
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store.memory import MemoryStore

NOW = 1_795_406_400.0  # 2026-11-23T04:00:00Z
PUBLIC = "https://hub.example"

SHOP = """
base_url: https://{account.shop}.shop.example/api
auth: {bearer: access_token}
limit: [100 per 1s]
receive:
  signature: {hmac: sha256, encoding: base64, header: X-Shop-Hmac, secret: client_secret}
  topic: headers."x-topic"
  event_id: headers."x-webhook-id"
  at: updated_at
  within: 5s
resources:
  order:
    topics: [orders/create]
    id: text(id)
    version: updated_at
    list:
      request: "GET /orders?since={since}&page={page}"
      records: orders
      page: {cursor: next}
      overlap: 1m
"""

CRM = """
receive:
  signature:
    hmac: sha256
    encoding: base64
    header: X-Signature-v3
    over: "{method}{url}{body}{timestamp}"
    timestamp: {header: X-Request-Timestamp, unit: ms, within: 5m}
    secret: client_secret
  events: {event: body}
  topic: event.type
  event_id: [event.eventId]
  at: event.occurredAt
  account: {portal: text(event.portalId)}
resources:
  contact: {topics: [changed], id: text(event.objectId), get: {request: "GET /contacts/{id}"}}
"""

CHAT = """
receive:
  format: form
  handshake:
    {if: query.mode == 'subscribe', token: query.token, secret: verify_token, answer: query.challenge}
  signature: {hmac: sha256, header: X-S, prefix: "sha256=", secret: app_secret}
  topic: body.type
resources:
  message: {topics: [message], id: body.id}
"""

QUIET = "standing: {}"

SECRETS = {
    "shop.co": [{"client_secret": "new", "access_token": "t"}, {"client_secret": "old"}],
    "crm": [{"client_secret": "app"}],
    "crm.main": [{"client_secret": "own"}],
    "chat.co": [{"app_secret": "s", "verify_token": "v2"}, {"app_secret": "s", "verify_token": "v1"}],
}


class Vendors:
    """A client whose answers were written down before; `asked` keeps the requests."""

    def __init__(self):
        self.answers = []
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0) if self.answers else HttpResponse(200, {}, b"{}")
        if isinstance(answer, Exception):
            raise answer
        return answer


ACCOUNTS = """
shop.co: {shop: tienda, time_zone: America/Bogota}
crm.main: {portal: "4711"}
chat.co: {role: support}
quiet.co: {role: none}
"""


def catalog():
    """The files of this hub."""
    texts = {"shop": SHOP, "crm": CRM, "chat": CHAT, "quiet": QUIET}
    connectors = [("connector", parse(text, f"connectors/{name}.yaml")) for name, text in texts.items()]
    return Catalog.of([*connectors, ("accounts", parse(ACCOUNTS, "accounts.yaml"))])


def memory_hub(clock=None, **parts):
    """The hub; parts that are named replace the ones in memory."""
    clock = clock or Clock(NOW)
    known = {
        "catalog": catalog(),
        "store": MemoryStore(clock),
        "inbound": MemoryQueue(clock),
        "outbound": MemoryQueue(clock),
        "archive": MemoryArchive(),
        "drop": MemoryDrop(),
        "secrets": MemorySecrets({name: list(held) for name, held in SECRETS.items()}),
        "client": Vendors(),
        "sleep": clock.sleep,
    }
    return Hub(Settings(public_url=PUBLIC), clock=clock, **{**known, **parts})


def signed(hub, path, body, secret, headers=None, query=""):
    """The headers of a request as the vendor would send it."""
    connector = hub.catalog.connectors[urlsplit(path).path.split("/")[3]]
    url = PUBLIC + path + (f"?{query}" if query else "")
    asked = Request("POST", url, {}, headers or {}, body)
    return connector.sign(asked, secret, hub.clock()).headers
