"""The keys of the single table: which item lies where (docs/decisions/0002-keys-and-messages.md)."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from hub.identity import Pepper, lifted
from hub.messages import Delivery, digest, escape
from hub.reprs import discreet
from hub.store import Key


def event(dedupe: str) -> Key:
    """The marker of one source event: applied or parked, and where its raw text is archived."""
    return Key(f"EVT#{dedupe}", "EVT")


def record(connector: str, account: str, resource: str, id: str) -> Key:
    """A record as its source tells it: registers and asserted identifiers. Node of the identity graph."""
    return Key(f"REC#{escape(connector, account, resource, id)}", "REC")


@discreet("connector", "account", "resource")
class Told(NamedTuple):
    """Which record a key names: where its source has it."""

    connector: str
    account: str
    resource: str
    id: str

    @property
    def source(self) -> str:
        """`connector.account`, as in accounts.yaml."""
        return f"{self.connector}.{self.account}"


def told(pk: str) -> Told:
    """What the partition key of a record says: the inverse of `record`."""
    parts = pk.split("#")[1:]
    return Told(*(map(unquote, parts) if "%" in pk else parts))


def timeline(record: Key, at: str, dedupe: str) -> Key:
    """One entry of the journey, under the customer record that it was told of, in source order."""
    return Key(record.pk, f"T#{at}#{digest(dedupe)[:16]}")


COUNTED = "O#"
"""How the sort keys of a customer record's counted orders begin."""


def counted(record: str, at: str, id: str) -> Key:
    """What one order counts for, under the record (a partition key) of the customer who placed it `at`."""
    return Key(record, f"{COUNTED}{at}#{id}")


def claim(entity: str, namespace: str, hashed: str) -> Key:
    """Who asserts one identifier. `hashed`: versioned HMAC of the normal form."""
    return Key(f"ID#{escape(entity, namespace, hashed)}", "CLAIM")


def lifted_claim(pk: str, pepper: Pepper) -> str:
    """The partition key of the same claim under this pepper; any other text stays as it is."""
    front, mark, hash = pk.rpartition("#")
    return front + mark + lifted(pepper, hash) if pk.startswith("ID#") else pk


@lru_cache(maxsize=256)  # one event asks for the same one again and again
def root(entity: str, id: str) -> Key:
    """A canonical entity: folded fields, members, or where it was merged into."""
    return Key(f"ENT#{escape(entity, id)}", "ROOT")


def log(entity: str, id: str, epoch: int) -> Key:
    """One entry of an entity's journal: a change of who belongs together, at the epoch that it made."""
    return Key(root(entity, id).pk, f"LOG#{epoch:012d}")


def outbox(entity: str, id: str, epoch: int) -> Key:
    """The image of an entity at one epoch, for the relay."""
    return Key(f"OUT#{escape(entity, id)}", f"E#{epoch:012d}")


def delivery(destination: str, entity: str, id: str) -> Key:
    """Delivery state and write ledger of one entity at one destination."""
    return Key(f"DLV#{escape(destination, entity, id)}", "DLV")


def act(delivery: Delivery) -> Key:
    """An act (message, e-mail) that happens at most once per destination, flow and trigger."""
    return Key(f"ACT#{escape(delivery.destination, delivery.flow, delivery.trigger)}", "ACT")


def wait(flow: str, entity: str, id: str) -> Key:
    """A flow that waits for an entity to stay as it is."""
    return Key(f"WAIT#{escape(flow, entity, id)}", "WAIT")


def note(customer: str, flow: str, entity: str = "", id: str = "") -> Key:
    """That an entity of this customer may cancel a waiting flow; without entity and id: their prefix."""
    found = escape(flow, entity, id) if entity else escape(flow) + "#"
    return Key(f"NOTE#{escape(customer)}", found)


def consent(channel: str, purpose: str, hashed: str) -> Key:
    """The consent of one address for one channel and purpose."""
    return Key(f"CON#{escape(channel, purpose, hashed)}", "CON")


def told_consent(consent: Key, at: str, said: str) -> Key:
    """One state that somebody told of a consent. `said`: digest of who told which state."""
    return Key(consent.pk, f"H#{at}#{said}")


def limit(account: str, name: str) -> Key:
    """A rate limit's state."""
    return Key(f"LIM#{escape(account, name)}", "LIM")


def account(account: str) -> Key:
    """The switch of one account (paused, dry run) that needs no deployment; "*" is the stage's."""
    return Key(f"ACC#{escape(account)}", "ACC")


def cursor(account: str, resource: str) -> Key:
    """How far a poll has come."""
    return Key(f"CUR#{escape(account, resource)}", "CUR")


def suppression(entity: str, namespace: str, hashed: str) -> Key:
    """That an identifier (or, in namespace `@erased`, a record) was erased. `hashed`: an HMAC."""
    return Key(f"SUP#{escape(entity, namespace, hashed)}", "SUP")


def erasure(id: str) -> Key:
    """How far the erasure of a customer (or of an account, `@<account>`) has come, then its certificate."""
    return Key(f"ERA#{escape(id)}", "ERA")


def receipt(id: str, destination: str, hashed: str) -> Key:
    """What one destination did about an erasure. `hashed`: HMAC of the id there."""
    return Key(erasure(id).pk, f"TO#{escape(destination, hashed)}")


def request(event: str) -> Key:
    """What a source asked of us about a person. `event`: digest of the event's dedupe key."""
    return Key(f"ASK#{escape(event)}", "ASK")


def trail(record: Key, archive: str, line: int) -> Key:
    """An archived line about this record that no timeline entry points to."""
    return Key(record.pk, f"E#{digest(archive)[:16]}#{line}")


PENDING = "pending"
"""List of outbox items that the relay has not sent yet."""

DUE = "due"
"""List of parked deliveries, by the time at which they are tried again."""

WAITING = "waiting"
"""List of waiting flows, by the time at which they are decided."""

ERASING = "erasing"
"""List of erasures and requests that are not finished, by the time at which they began."""

PARKED = "parked"
"""List of events and deliveries that were rejected, for people, by the time of parking."""
