"""All the vendors of a demo in one place: who is asked, what goes wrong, and the log of it."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Vendor, Webhook
from hub.demo.vendors.faults import Fault, fault_of
from hub.demo.vendors.hubspot import HubSpot
from hub.demo.vendors.journal import Journal, Row, Story, Tables
from hub.demo.vendors.klaviyo import Klaviyo
from hub.demo.vendors.odoo import Odoo
from hub.demo.vendors.secrets import ACCOUNTS, secrets_of
from hub.demo.vendors.shopify import Shopify
from hub.demo.vendors.simulated import Simulated
from hub.demo.vendors.square import Square
from hub.demo.vendors.whatsapp import WhatsApp
from hub.demo.vendors.woocommerce import WooCommerce

_VENDORS: dict[str, Callable[[Tables, dict[str, str]], Vendor]] = {
    "hubspot": HubSpot,
    "klaviyo": Klaviyo,
    "odoo": Odoo,
    "shopify": Shopify,
    "square": Square,
    "whatsapp": WhatsApp,
    "woocommerce": WooCommerce,
}
_NOT_APPLIED = {
    "429": (429, {"Retry-After": "1"}),
    "500": (500, {}),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a call: `answer` None is silence; `fault` is how it goes wrong on the wire."""

    answer: Answer | None
    fault: str = ""


class Town:
    """The vendors' accounts. One call is handled at a time, so that the log is the order of what happened.

    `more`: accounts beside those that have a server written by hand.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Story,
        tell: Callable[[Webhook], None],
        more: Mapping[str, Simulated] | None = None,
    ) -> None:
        self.journal = journal
        self.clock = clock
        self.faults: list[Fault] = []
        self._tell = tell
        self._lock = threading.RLock()
        self._arrived = Counter(call["account"] for call in journal.calls())
        for call in journal.calls():
            clock.reach(call["at"])
        self.tables: dict[str, Tables] = {}
        self.simulated = dict(more or {})
        self.vendors: dict[str, Vendor] = dict(self.simulated)
        for account in ACCOUNTS:
            make = _VENDORS.get(account.partition(".")[0])
            if make and "." in account:
                self.tables[account] = Tables(account, journal, clock)
                self.vendors[account] = make(self.tables[account], secrets_of(account))

    def seed(self, records: Iterable[tuple[str, str, Any]]) -> None:
        """What stood there before, as (account, resource, record), for accounts that are still empty."""
        empty = {account for account, tables in self.tables.items() if not tables.state()}
        for account, resource, record in records:
            if account in empty:
                self.vendors[account].seed(resource, record)

    def arrive(self, account: str) -> tuple[int, str]:
        """The number of a call that comes in, counted from 1 per account, and its fault ("" for none)."""
        with self._lock:
            self._arrived[account] += 1
            nth = self._arrived[account]
            return nth, fault_of(self.faults, account, nth)

    def call(self, account: str, asked: Asked, nth: int = 0, fault: str = "") -> Outcome:
        """Handles and logs one call to a vendor."""
        with self._lock:
            answer = self._answer(account, asked, fault)
            self._log(account, asked, nth, fault, answer)
        self._spread(answer)
        return Outcome(None if fault in ("refuse", "reset") else answer, fault)

    def edit(self, account: str, told: Row) -> Answer:
        """What the vendor's own users do: `{resource, record, tell}`; `tell` says whether webhooks go out."""
        with self._lock:
            answer = self.vendors[account].edit(told["resource"], told["record"])
        if told.get("tell"):
            self._spread(answer)
        return answer

    def state(self) -> dict[str, Any]:
        """All records of all accounts."""
        with self._lock:
            told = {account: tables.state() for account, tables in self.tables.items()}
            return told | {account: vendor.state() for account, vendor in self.simulated.items()}

    def _answer(self, account: str, asked: Asked, fault: str) -> Answer:
        vendor = self.vendors[account]
        if fault in _NOT_APPLIED:
            status, headers = _NOT_APPLIED[fault]
            return Answer(status, vendor.refuse(status), dict(headers))
        if fault in ("refuse", "html"):
            return Answer(200 if fault == "html" else 0)
        if not vendor.admits(asked.headers):
            return Answer(401, vendor.refuse(401))
        try:
            return vendor.answer(asked)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError):
            return Answer(400, vendor.refuse(400))

    def _log(self, account: str, asked: Asked, nth: int, fault: str, answer: Answer) -> None:
        call = {
            "at": self.clock(),
            "account": account,
            "nth": nth,
            "method": asked.method,
            "path": asked.path,
            "status": answer.status,
            "fault": fault,
            "facts": answer.facts,
        }
        self.journal.append({"call": call})

    def _spread(self, answer: Answer) -> None:
        for webhook in answer.webhooks:
            self._tell(webhook)


def seeds(root: Path) -> list[tuple[str, str, Any]]:
    """What `events/before.json` says stood there, and the records that thin events name."""
    file = root / "events/before.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    told = [
        (account, resource, record)
        for account, tables in before.items()
        for resource, record in _rows(tables)
    ]
    accounts = {account.partition(".")[0]: account for account in ACCOUNTS if "." in account}
    known = {
        (accounts[account.partition(".")[0]], resource, _id(record)) for account, resource, record in told
    }
    for file in sorted(root.glob("events/*/records/*.json")):
        account, (resource, _, id) = accounts.get(file.parts[-3]), file.stem.partition(".")
        if account and (account, resource, id) not in known:
            told.append((account, resource, json.loads(file.read_text(encoding="utf-8"))))
    return told


def _rows(tables: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(resource, record) for resource, records in tables.items() for record in records]


def _id(record: Row) -> str:
    return str(record["id"])
