"""The keys of the single table: which item lies where (docs/decisions/0002-keys-and-messages.md)."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from hub.identity import Pepper, lifted
from hub.messages import Delivery, digest, escape
from hub.reprs import discreet
from hub.store import Key


@lru_cache(maxsize=256)  # of the files: the kinds of items that each event names
def _front(*parts: str) -> str:
    """How the keys begin that go on with a hash, or with the id of a record."""
    return f"{escape(*parts)}#"


@lru_cache(maxsize=256)  # one event asks for its own again and again
def event(dedupe: str) -> Key:
    """The marker of one source event: applied or parked, and where its raw text is archived."""
    return Key(f"EVT#{dedupe}", "EVT")


def record(connector: str, account: str, resource: str, id: str) -> Key:
    """A record as its source tells it: registers and asserted identifiers. Node of the identity graph."""
    return Key(_front("REC", connector, account, resource) + escape(id), "REC")


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

    @property
    def destination(self) -> str:
        """Where it would be written: `connector.account.resource`, without the entity that may be named."""
        return f"{self.source}.{self.resource.partition('.')[0]}"


def told(pk: str) -> Told:
    """What the partition key of a record says: the inverse of `record`."""
    parts = pk.split("#")[1:]
    return Told(*(map(unquote, parts) if "%" in pk else parts))


def timeline(record: Key, at: str, mark: str) -> Key:
    """One entry of the journey, under the customer record that it was told of, in source order.

    `mark`: of the event (`hub.messages.Event.mark`).
    """
    return Key(record.pk, f"T#{at}#{mark}")


COUNTED = "O#"
"""How the sort keys of a customer record's counted orders begin."""


def counted(record: str, at: str, id: str) -> Key:
    """What one order counts for, under the record (a partition key) of the customer who placed it `at`."""
    return Key(record, f"{COUNTED}{at}#{id}")


def claim(entity: str, namespace: str, hashed: str) -> Key:
    """Who asserts one identifier. `hashed`: versioned HMAC of the normal form."""
    return Key(_front("ID", entity, namespace) + hashed, "CLAIM")


def lifted_claim(pk: str, pepper: Pepper) -> str:
    """The partition key of the same claim under this pepper; any other text stays as it is."""
    front, mark, hash = pk.rpartition("#")
    return front + mark + lifted(pepper, hash) if pk.startswith("ID#") else pk


@lru_cache(maxsize=256)  # as above
def root(entity: str, id: str) -> Key:
    """A canonical entity: folded fields, members, or where it was merged into."""
    return Key(f"ENT#{escape(entity, id)}", "ROOT")


def log(entity: str, id: str, epoch: int) -> Key:
    """One entry of an entity's journal: a change of who belongs together, at the epoch that it made."""
    return Key(root(entity, id).pk, f"LOG#{epoch:012d}")


OUTBOX = "0123456789abcdef"
"""Partitions of the outbox in each hour, by the first hex digit of what caused the images: 16,000 write units
a second, AWS's 1,000 for each."""


def outbox(at: str, cause: str, entity: str, id: str, epoch: int) -> Key:
    """The image of an entity at one epoch, for the relay, in the order in which they were written.

    `at`: canonical time of the transaction; `cause`: 16 hex digits that stand for what caused it, so that the
    images of an event are found by its marker.
    """
    named = root(entity, id).pk.partition("#")[2]
    return Key(outbox_hour(at, cause[0]), f"{at}#{cause}#{named}#{epoch}")


def outbox_hour(at: str, shard: str) -> str:
    """The partition of the outbox that a time lies in."""
    return f"OUT#{at[:13]}#{shard}"


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
    return Key(_front("CON", channel, purpose) + hashed, "CON")


def told_consent(consent: Key, at: str, said: str) -> Key:
    """One state that somebody told of a consent. `said`: digest of who told which state."""
    return Key(consent.pk, f"H#{at}#{said}")


def limit(account: str) -> Key:
    """What an account allows and how it does: its limits, calls in flight and breaker, as plain numbers."""
    return Key(f"LIM#{escape(account)}", "LIM")


def account(account: str) -> Key:
    """The switch of one account (paused, dry run) that needs no deployment; "*" is the stage's."""
    return Key(f"ACC#{escape(account)}", "ACC")


def token(account: str) -> Key:
    """What authorises calls for an account now, and how the next is got."""
    return Key(f"TOK#{escape(account)}", "TOK")


def cursor(account: str, resource: str) -> Key:
    """How far a poll has come."""
    return Key(f"CUR#{escape(account, resource)}", "CUR")


RELAYED = cursor("~outbox", "relay")
"""Until when (canonical time) every image of the outbox is relayed: what sweep looks behind."""


def importing(account: str, resource: str) -> Key:
    """The import of an account's resource: what was begun, and how far it is."""
    return Key(f"IMP#{escape(account, resource)}", "IMP")


def dropped(name: str) -> Key:
    """A file that was left in the drop: how far it is. Its name may name a person, so that it is a digest."""
    return Key(f"DROP#{digest(name)[:32]}", "DROP")


LOADING = Key("DROP#~", "LEASE")
"""Who works on the drop has it."""


def heard(account: str, day: str) -> Key:
    """What a source told on one day (of UTC), by the hour; without a day: the prefix of all."""
    return Key(f"SRC#{escape(account)}", f"D#{day}")


def subscriptions(account: str) -> Key:
    """The webhook subscriptions of an account: whether they are wanted, and what was found."""
    return Key(f"SRC#{escape(account)}", "SUBS")


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


def done(destination: str) -> str:
    """The list of a destination's deliveries that need nothing more, by the time of their closing."""
    return f"{DONE}#{escape(destination)}"


DONE = "done"
"""How the lists of deliveries begin that need nothing more: one for each destination."""

DUE = "due"
"""List of parked deliveries, by the time at which they are tried again."""

WAITING = "waiting"
"""List of waiting flows, by the time at which they are decided."""

IMPORTING = "importing"
"""List of imports from a vendor's API that are under way, by the time at which they began."""

ERASING = "erasing"
"""List of erasures and requests that are not finished, by the time at which they began."""

CONFLICTS = "conflicts"
"""List of what people have to decide: entities with an open conflict, deliveries that found two records."""

PARKED = "parked"
"""List of events and deliveries that were rejected, for people, by the time of parking."""
