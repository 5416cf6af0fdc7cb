"""What the API does about somebody who wants to be forgotten, to have what is known, or to be known again."""

import json
from typing import Any

from hub.pipeline import Hub
from hub.pipeline.deliver.forget import FINAL
from hub.pipeline.erase import Order, begin, certificate, destinations, erasure_of
from hub.pipeline.erase.export import export, put_away
from hub.pipeline.erase.restore import readmit
from hub.pipeline.serve.exchange import Refusal, bad
from hub.pipeline.serve.search import named
from hub.store import Item

LONGEST_WORD = 200
LARGEST = 5_000_000
"""Bytes of an answer: Lambda takes six million."""

LINK_SECONDS = 3600


def ask_erasure(hub: Hub, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Begin the erasure of a customer: `{"actor": …, "reason": …}`; repeated, say how far it is."""
    actor, reason = (_word(body, name) for name in ("actor", "reason"))
    found = begin(hub, id, Order(actor, reason))
    if found is None:
        raise Refusal(404, "unknown-customer", "there is no customer with this id")
    return view(hub, found)


def erasure(hub: Hub, id: str) -> dict[str, Any]:
    """How far the erasure of a customer is, what each destination did, and the certificate."""
    found = erasure_of(hub.store, id)
    if found is None:
        raise Refusal(404, "unknown-erasure", "nobody with this id was erased")
    return view(hub, found)


def view(hub: Hub, item: Item) -> dict[str, Any]:
    """An erasure as people read it."""
    receipts = destinations.receipts_of(hub.store, item)
    signed = item.data.get("certificate")
    told = ("state", "begun", "actor", "reason", "source", "lifted", "certificate")
    return {
        "id": item.data["customer"],
        **{name: item.data[name] for name in told if item.data.get(name)},
        **({"genuine": certificate.verify(hub, signed)} if signed else {}),
        "receipts": [certificate.receipt(one) for one in receipts],
        "waiting": sum(one.data["state"] not in FINAL for one in receipts),
    }


def exported(hub: Hub, id: str) -> dict[str, Any]:
    """All that is known of a customer; where it is too large for an answer, a link to it that ends."""
    found = export(hub, id)
    if found is None:
        raise Refusal(404, "unknown-customer", "there is no customer with this id")
    if len(json.dumps(found)) <= LARGEST:
        return found
    name = put_away(hub, id)
    link = hub.archive.link(str(name), LINK_SECONDS)
    return {"id": found["id"], "export": name, "url": link, "seconds": LINK_SECONDS}


def readmitted(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """Let somebody who was erased be known again: named as in a search."""
    id = readmit(hub, named(hub, body))
    if id is None:
        raise Refusal(404, "unknown-erasure", "nobody who is named so was erased")
    return {"erasure": id, "readmitted": True}


def gone(hub: Hub, id: str) -> Refusal:
    """The answer about a customer who is not there: 410 for one who was erased."""
    if erasure_of(hub.store, id) is not None:
        return Refusal(410, "erased", "this customer was erased: ask for its erasure")
    return Refusal(404, "unknown-customer", "there is no customer with this id")


def _word(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_WORD:
        raise bad(f"{name} is a text of 1 to {LONGEST_WORD} characters")
    return value
