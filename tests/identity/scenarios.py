"""Forty-two short histories of up to six events, each with what must come of it, written by hand.

`people`: who is who in the end, one string per customer: its records in any order, `guest` for one without an
id. `golden`: values of the customer of a record; None for a field that nobody tells.
"""

from dataclasses import dataclass, field
from typing import Any

from hub.identity import Guards
from tests.hub.pipeline.world import catalog
from tests.hub.pipeline.world import event as told
from tests.identity.people import NEVER

PLAIN = Guards(never=NEVER)
TWO = Guards(never=NEVER, degree=2)
LOGINS = Guards(never=NEVER, logins=frozenset({"shop"}))
EXCLUSIVE = Guards(
    never=NEVER, exclusive={"email": frozenset({"tax_id"}), "phone": frozenset({"tax_id", "email"})}
)
TRUSTED = Guards(never=NEVER, trusted={"tax_id": frozenset({"erp"})})

ADA, EVA = {"email": "ada@correo.co"}, {"email": "eva@correo.co"}
TEL, FON = {"phone": "+573001234567"}, {"phone": "+573117654321"}
TAX, NIT = {"tax_id": "900123456"}, {"tax_id": "800654321"}


@dataclass(frozen=True)
class Scenario:
    """A history and what must come of it."""

    name: str
    events: list[Any]
    people: list[str]
    golden: dict[str, dict[str, Any]] = field(default_factory=dict)
    guards: Guards = PLAIN

    @property
    def messages(self):
        """Six messages: its events, some of them doubled as sources and queues do."""
        return (self.events * 6)[:6]

    @property
    def files(self):
        return catalog("r1", self.guards)


def shop(n, id="1", **record):
    return told("shop.co", id, n, **record)


def crm(n, id="9", **record):
    return told("crm.main", id, n, **record)


def pos(n, id="7", **record):
    return told("pos.one", id, n, **record)


def erp(n, id="5", **record):
    return told("erp.main", id, n, **record)


def order(n, id="1001", source="shop.co", **record):
    return told(source, id, n, "order", number=f"#{id}", **record)


def gone(n, source="crm.main", id="9"):
    return told(source, id, n, deleted=True)


def older(day):
    return {"created_at": f"2025-12-{day:02d}T00:00:00.000000Z"}


A, B = {"line1": "Calle 1"}, {"line1": "Calle 1", "city": "Bogota"}

SCENARIOS = [
    Scenario("one record told twice is one customer", [shop(1, **ADA), shop(2, name="Ada", **ADA)],
             ["shop/1"], {"shop/1": {"name": "Ada", "email": "ada@correo.co"}}),
    Scenario("an email joins two systems", [shop(1, **ADA), crm(2, name="Ada", **ADA)], ["shop/1 crm/9"]),
    Scenario("what they do not share joins nobody", [shop(1, **ADA), crm(2, **EVA), pos(3, **TEL)],
             ["shop/1", "crm/9", "pos/7"]),
    Scenario("a chain of identifiers joins four systems",
             [shop(1, **ADA), crm(2, **ADA, **TEL), pos(3, **TEL, **TAX), erp(4, **TAX)],
             ["shop/1 crm/9 pos/7 erp/5"]),
    Scenario("two customers turn out to be one", [shop(1, **ADA), pos(2, **TEL), crm(3, **ADA, **TEL)],
             ["shop/1 pos/7 crm/9"]),
    Scenario("two pairs turn out to be one",
             [shop(1, **ADA), crm(2, **ADA), pos(3, **TEL), erp(4, **TEL), shop(5, "2", **ADA, **TEL)],
             ["shop/1 shop/2 crm/9 pos/7 erp/5"]),
    Scenario("an identifier of an older telling joins all the same",
             [crm(5, name="Ada", **ADA), crm(2, name="A.", **TEL), pos(6, **TEL)],
             ["crm/9 pos/7"], {"crm/9": {"name": "Ada"}}),
    Scenario("a changed email joins by the old and the new",
             [shop(1, **ADA), shop(2, **EVA), crm(3, **ADA), pos(4, **EVA)], ["shop/1 crm/9 pos/7"],
             {"shop/1": {"email": "eva@correo.co"}}),
    Scenario("the oldest record names the customer, whenever it is heard of",
             [shop(5, **ADA), crm(6, **ADA, **older(2)), pos(7, **ADA, **older(1))],
             ["shop/1 crm/9 pos/7"]),
    Scenario("a record turns out to be older than it seemed",
             [shop(1, **ADA), crm(2, **ADA), crm(3, **older(1), **ADA)], ["shop/1 crm/9"]),
    Scenario("a placeholder joins nobody",
             [shop(1, email="anonymous"), crm(2, email="anonymous"), pos(3, email="null")],
             ["shop/1", "crm/9", "pos/7"]),
    Scenario("a mailbox of the house joins nobody",
             [shop(1, email="info@correo.co"), crm(2, email="info@correo.co")],
             ["shop/1", "crm/9"], {"shop/1": {"email": "info@correo.co"}}),
    Scenario("an untrusted source may not identify by a tax id",
             [erp(1, **TAX), pos(2, **TAX), erp(3, "6", **TAX)], ["erp/5 erp/6", "pos/7"],
             {"pos/7": {"tax_id": "900123456"}}, guards=TRUSTED),
    Scenario("a phone of three in one account names nobody",
             [pos(1, "1", **TEL), pos(2, "2", **TEL), pos(3, "3", **TEL), shop(4, **TEL)],
             ["pos/1", "pos/2", "pos/3", "shop/1"], guards=TWO),
    Scenario("a phone of three in three accounts names one",
             [pos(1, **TEL), shop(2, **TEL), crm(3, **TEL)], ["pos/7 shop/1 crm/9"], guards=TWO),
    Scenario("a crowded phone leaves the emails as they are",
             [pos(1, "1", **TEL, **ADA), pos(2, "2", **TEL), pos(3, "3", **TEL, **ADA), shop(4, **ADA)],
             ["pos/1 pos/3 shop/1", "pos/2"], guards=TWO),
    Scenario("a strong identifier of three in one account is theirs",
             [pos(1, "1", **TAX), pos(2, "2", **TAX), pos(3, "3", **TAX)], ["pos/1 pos/2 pos/3"], guards=TWO),
    Scenario("a crowd breaks up a merge that it carried",
             [shop(1, **ADA), crm(2, **ADA, **TEL), pos(3, "1", **TEL), pos(4, "2", **TEL),
              pos(5, "3", **TEL), erp(6, **ADA)],
             ["shop/1 crm/9 erp/5", "pos/1", "pos/2", "pos/3"], guards=TWO),
    Scenario("two logins of one shop are two people",
             [shop(1, "1", **TEL, **ADA), shop(2, "2", **TEL, **EVA), crm(3, **TEL)],
             ["shop/1", "shop/2", "crm/9"], guards=LOGINS),
    Scenario("a login and a guest may be one",
             [shop(1, "1", **ADA), order(2, customer=ADA), crm(3, **ADA)], ["shop/1 crm/9 shop/guest"],
             guards=LOGINS),
    Scenario("what two logins share joins no third either",
             [shop(1, "1", **TEL), pos(2, **TEL), crm(3, **TEL), shop(4, "2", **TEL)],
             ["shop/1", "shop/2", "pos/7", "crm/9"], guards=LOGINS),
    Scenario("two tax ids in one account are two people with one mailbox",
             [pos(1, "1", **ADA, **TAX), pos(2, "2", **ADA, **NIT), shop(3, **ADA)],
             ["pos/1", "pos/2", "shop/1"], guards=EXCLUSIVE),
    Scenario("two tax ids in two accounts do not tell them apart",
             [pos(1, **ADA, **TAX), crm(2, **ADA, **NIT)], ["pos/7 crm/9"], guards=EXCLUSIVE),
    Scenario("a tax id that comes later tells them apart",
             [pos(1, "1", **ADA, **TAX), pos(2, "2", **ADA), shop(3, **ADA), pos(4, "2", **NIT)],
             ["pos/1", "pos/2", "shop/1"], guards=EXCLUSIVE),
    Scenario("a corrected tax id contradicts nobody by itself",
             [pos(1, "1", **ADA, **TAX), pos(2, "1", **NIT), shop(3, **ADA)], ["pos/1 shop/1"],
             guards=EXCLUSIVE),
    Scenario("a family's phone with different mails names nobody",
             [pos(1, "1", **TEL, **ADA), pos(2, "2", **TEL, **EVA), crm(3, **ADA)],
             ["pos/1 crm/9", "pos/2"], guards=EXCLUSIVE),
    Scenario("the newest value wins, whoever tells it", [shop(1, **ADA, **TEL), crm(2, **ADA, **FON)],
             ["shop/1 crm/9"], {"shop/1": {"phone": "+573117654321"}}),
    Scenario("a value told again is no change",
             [shop(1, **ADA, **TEL), crm(2, **ADA, **FON), shop(3, **ADA, **TEL, name="Ada")],
             ["shop/1 crm/9"], {"shop/1": {"phone": "+573117654321"}}),
    Scenario("a value told again after another is a change",
             [shop(1, **ADA, **TEL), shop(2, phone="+573009998877"), crm(3, **ADA, **FON), shop(4, **TEL)],
             ["shop/1 crm/9"], {"shop/1": {"phone": "+573001234567"}}),
    Scenario("the first in rank wins over the newest",
             [crm(1, name="Ada King", **ADA), shop(2, name="Ada", **ADA), pos(3, name="A", **ADA)],
             ["crm/9 shop/1 pos/7"], {"crm/9": {"name": "Ada King"}}),
    Scenario("the owner keeps a field", [erp(1, **ADA, **TAX), shop(2, **ADA, **NIT)], ["erp/5 shop/1"],
             {"erp/5": {"tax_id": "900123456"}}),
    Scenario("the oldest record's birthday stays",
             [shop(1, birth_date="1815-12-10", **ADA), crm(2, birth_date="1816-01-01", **ADA)],
             ["shop/1 crm/9"], {"shop/1": {"birth_date": "1815-12-10"}}),
    Scenario("tags are united, the oldest record's first",
             [shop(1, tags=["vip"], **ADA), crm(2, tags=["web", "vip"], **ADA), shop(3, tags=["vip", "a"])],
             ["shop/1 crm/9"], {"shop/1": {"tags": ["vip", "a", "web"]}}),
    Scenario("an address takes the city from the same address elsewhere",
             [shop(1, address=B, **ADA), crm(2, address=A, **ADA)], ["shop/1 crm/9"],
             {"shop/1": {"address": B}}),
    Scenario("another address takes nothing",
             [shop(1, address=B, **ADA), crm(2, address={"line1": "Calle 2"}, **ADA)], ["shop/1 crm/9"],
             {"shop/1": {"address": {"line1": "Calle 2"}}}),
    Scenario("a cleared value gives way to another source",
             [shop(1, name="Ada", **ADA), crm(2, name="Ada King", **ADA), crm(3, name=None)],
             ["shop/1 crm/9"], {"shop/1": {"name": "Ada"}}),
    Scenario("a cleared value stays cleared for what is older",
             [shop(1, name="Ada", **ADA), shop(3, name=None), shop(2, name="Ada K")], ["shop/1"],
             {"shop/1": {"name": None}}),
    Scenario("a deleted record says nothing but still joins",
             [shop(1, name="Ada", **ADA), crm(2, name="Ada King", **ADA, **TEL), pos(3, **TEL), gone(4)],
             ["shop/1 crm/9 pos/7"], {"shop/1": {"name": "Ada"}}),
    Scenario("what comes back after it was deleted speaks again",
             [crm(1, name="Ada", **ADA, **TEL), gone(2), crm(3, name="Ada King", **ADA)], ["crm/9"],
             {"crm/9": {"name": "Ada King", "phone": None}}),
    Scenario("a guest who buys often is one customer",
             [order(1, "1001", customer=ADA), order(2, "1002", customer=ADA), order(3, "1003", customer=EVA)],
             ["shop/guest", "shop/guest"]),
    Scenario("an order moves to the customer whom it names last",
             [order(1, customer={"id": "1", **ADA}), order(2, customer={"id": "2", **EVA}), crm(3, **EVA)],
             ["shop/1", "shop/2 crm/9"]),
    Scenario("an order that two systems know brings nobody together",
             [order(1, reference="R-1", status="open", customer={"id": "1", **ADA}),
              order(2, "77", "erp.main", reference="R-1", status="paid", customer={"id": "5", **EVA})],
             ["shop/1", "erp/5"]),
]  # fmt: skip
