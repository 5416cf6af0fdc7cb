"""Random histories: a handful of people, the systems that know them, and what those tell the hub of them.

Small enough that thousands run in seconds, and crowded on purpose: few values for many records, equal times,
late and repeated tellings, things cleared and deleted, guests, orders that two systems know.
"""

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from hub.golden import RUN
from hub.identity import Guards
from hub.messages import Event
from tests.hub.pipeline.world import catalog, event
from tests.identity.reference import Policy, Rules, claim, tellings

REPLAY = "2026-01-03T00:00:00.000000Z-ab"
AHEAD = "2026-01-02T00:11:00.000000Z"

MAILS = ("ada@correo.co", "mary@correo.co", "eva@correo.co", "info@correo.co", "anonymous")
PHONES = ("+573001234567", "+573117654321", "+573009998877")
TAX_IDS = ("900123456", "800654321")
NAMES = ("Ada", "Ada King", "Mary", "Eva")
TAGS = (["vip"], ["club", "web"], ["web"], [])
ADDRESSES = ({"line1": "X"}, {"line1": "X", "city": "B"}, {"city": "B", "country": "CO"}, {"line1": "Y"})
IDS = ("1", "2", "3", "4", "5", "6")
ACCOUNTS = ("shop.co", "crm.main", "pos.one", "erp.main")


NEVER = {
    "any": re.compile("null|none|-1|anonymous|guest|undefined", re.I),
    "email": re.compile("(info|admin|ventas|noreply|test)@.*", re.I),
}
GUARDS = tuple(
    Guards(degree=degree, logins=logins, exclusive=exclusive, trusted=trusted, never=NEVER)
    for degree, logins, exclusive, trusted in (
        (1, frozenset(), {}, {}),
        (2, frozenset(), {}, {"tax_id": frozenset({"shop", "crm", "erp"})}),
        (2, frozenset({"shop"}), {"email": frozenset({"tax_id"})}, {}),
        (5, frozenset(), {}, {}),
        (5, frozenset({"shop"}), {}, {}),
        (5, frozenset(), {"email": frozenset({"tax_id"}), "phone": frozenset({"tax_id", "email"})}, {}),
    )
)
FILES = tuple((catalog("r1", guards), catalog("r2", guards)) for guards in GUARDS)
"""The files as deployed first, and as corrected before anything is replayed, by guards."""


@dataclass(frozen=True)
class Decree:
    """What an operator wants: `word` is merge, split, undo, or of an identifier apart, joins, unruled."""

    word: str
    record: str
    other: str
    identifier: str


@dataclass(frozen=True)
class Scenario:
    """What is told and decreed, and what is sent again once all of it was applied, under corrected files."""

    events: tuple[Event, ...]
    replays: tuple[Event, ...]
    decrees: tuple[Decree, ...]
    files: tuple[Any, Any]

    @property
    def everything(self):
        return (*self.events, *self.replays)

    @property
    def rules(self):
        """The files as the reference takes them."""
        return rules(self.files[0])


def rules(files):
    """Files as the reference takes them."""
    policies = {
        name: {
            field: Policy(one.keep, one.roles, files.owners.owner(name, field) or "")
            for field, one in entity.fields.items()
        }
        for name, entity in files.entities.items()
    }
    identifying = {
        name: {field: one.identifies == "strong" for field, one in entity.fields.items() if one.identifies}
        for name, entity in files.entities.items()
    }
    roles = {name: account.role for name, account in files.accounts.items()}
    guards = files.entities["customer"].guards
    return Rules(policies, identifying, roles, guards.degree, guards.logins, guards.exclusive, guards.trusted)


@dataclass(frozen=True)
class Town:
    """From what a history draws: few accounts make crowds, few records make histories of each."""

    accounts: tuple[str, ...]
    ids: tuple[str, ...]
    fields: tuple[tuple[float, str, tuple[Any, ...]], ...]
    minutes: int
    orders: float

    @classmethod
    def of(cls, rng):
        """A town where some things are scarce."""
        return cls(
            accounts=tuple(rng.sample(ACCOUNTS, k=rng.choice((1, 2, 3, 4)))),
            ids=IDS[: rng.choice((1, 2, 3, 6))],
            fields=(
                (rng.choice((0.2, 0.6)), "email", tuple(rng.sample(MAILS, k=rng.choice((1, 2, 5))))),
                (rng.choice((0.2, 0.6)), "phone", PHONES[: rng.choice((1, 2, 3))]),
                (rng.choice((0.0, 0.3)), "tax_id", TAX_IDS),
                (rng.choice((0.3, 0.7)), "name", NAMES[: rng.choice((2, 4))]),
                (rng.choice((0.0, 0.3)), "tags", TAGS),
                (0.1, "birth_date", ("1815-12-10", "1816-01-01")),
                (rng.choice((0.0, 0.3)), "address", ADDRESSES),
            ),
            minutes=rng.choice((3, 6, 12)),
            orders=rng.choice((0.0, 0.2, 0.4)),
        )


def scenario(rng: random.Random) -> Scenario:
    """A history of two to eleven events."""
    town = Town.of(rng)
    events: list[Event] = []
    for n in range(1, rng.choice((2, 3, 4, 5, 6, 7, 8, 11)) + 1):
        known = [told for told in events if told.record] if rng.random() < 0.3 else []
        events.append(_edited(rng, rng.choice(known), town, n) if known else _event(rng, town, n))
    again = rng.sample(events, k=min(len(events), 2)) if rng.random() < 0.25 else []
    files = rng.choice(FILES)
    known = rules(files[0])
    count: Counter[str] = Counter()
    events = _few(events, known, count)
    replays = _few([_corrected(rng, told) for told in again if told in events], known, count)
    decrees = _decrees(rng, events, known) if rng.random() < 0.35 else ()
    return Scenario(tuple(events), tuple(replays), decrees, files)


def _few(events, rules, count):
    """Those of the events that tell of no record more often than a register can date exactly."""
    kept = []
    for one in events:
        told = {telling.record for telling in tellings(one, rules)}
        if all(count[record] < RUN for record in told):
            count.update(told)
            kept.append(one)
    return kept


def _decrees(rng, events, rules):
    told = [one for event in events for one in tellings(event, rules) if one.entity == "customer"]
    if not told:
        return ()
    claims = sorted(claim(identifier, rules) for one in told for identifier in one.identifiers) or [""]
    words = ("merge", "merge", "split", "split", "apart", "joins", "joins", "unruled", "undo", "undo")
    return tuple(
        Decree(rng.choice(words), rng.choice(told).record, rng.choice(told).record, rng.choice(claims))
        for _ in range(rng.randint(1, 4))
    )


def _event(rng, town, n):
    account = rng.choice(town.accounts)
    minute = rng.randint(1, town.minutes)
    kind = rng.random()
    if kind < town.orders:
        return event(account, str(rng.randint(1001, 1003)), n, "order", at=minute, **_order(rng, town, n))
    if kind > 0.94:
        return event(account, rng.choice(town.ids), n, at=minute, deleted=True)
    return event(account, rng.choice(town.ids), n, at=minute, **_customer(rng, town))


def _edited(rng, told, town, n):
    """The whole record again with one field another, as vendors tell it."""
    if told.resource == "order":
        record = {**told.record, "status": rng.choice(("open", "paid", "fulfilled"))}
    else:
        record = {**told.record, "name": rng.choice(NAMES)}
        record.pop("updated_at", None)
    return event(told.source, told.id, n, told.resource, at=rng.randint(1, town.minutes), **record)


def _customer(rng, town):
    told = {}
    for chance, field, values in town.fields:
        if rng.random() < chance:
            told[field] = rng.choice(values) if rng.random() < 0.93 else None
    if rng.random() < 0.15:
        told["created_at"] = f"2025-12-{rng.randint(10, 12)}T00:00:00.000000Z"
    if rng.random() < 0.05:
        told["updated_at"] = (
            AHEAD if rng.random() < 0.3 else f"2026-01-01T00:{rng.randint(1, 9):02d}:30.000000Z"
        )
    if rng.random() < 0.06:
        told["consent"] = [_consent(rng)]
    return told


def _order(rng, town, n):
    told = {"number": f"#{n}", "status": rng.choice(("open", "paid"))}
    if rng.random() < 0.4:
        told["reference"] = rng.choice(("R-1", "R-2"))
    if rng.random() < 0.8:
        known = {"id": rng.choice(town.ids)} if rng.random() < 0.5 else {}
        told["customer"] = {**known, **_customer(rng, town)} or {"name": "Nobody"}
    return told


def _consent(rng):
    return {
        "channel": "email",
        "purpose": "marketing",
        "address_type": "email",
        "address": rng.choice(MAILS[:2]),
        "state": rng.choice(("granted", "denied")),
        "at": f"2026-01-01T00:{rng.randint(1, 3):02d}:00.000000Z",
    }


def _corrected(rng, told):
    if told.record is None:
        return replace(told, replay=REPLAY)
    right = {"status": "paid"} if told.resource == "order" else {"name": "Corrected"}
    kept = {name: value for name, value in told.record.items() if name != "updated_at"}
    return replace(told, record={**kept, **right} if rng.random() < 0.7 else kept, replay=REPLAY)
