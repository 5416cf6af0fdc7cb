"""What is left of an erasure: a signed certificate without any personal data, and its suppressions.

Both lie in the archive as `erased/<id>.json`, outside of the table: a table that was restored from a backup
knows nothing of the erasure, and gets the suppressions back from there (`reapply`).
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from hub import identity
from hub.identity import Pepper
from hub.messages import FORMAT, digest, dumps
from hub.pipeline import Hub
from hub.store import Item

FOLDER = "erased/"
_PURPOSE = "erasure certificate"


def name(id: str) -> str:
    """What the archive calls the record of an erasure."""
    return f"{FOLDER}{id}.json"


def keep(hub: Hub, erasure: Item, certificate: Mapping[str, Any] | None = None) -> None:
    """Put the suppressions, and the certificate where there is one, into the archive."""
    data = erasure.data
    told = ("begun", "actor", "reason", "source", "suppressions", "lifted")
    kept: dict[str, Any] = {key: data[key] for key in told if key in data}
    text = dumps({**kept, "format": FORMAT, "id": data["customer"], "certificate": certificate})
    hub.archive.put(name(data["customer"]), text)


def kept(hub: Hub, id: str) -> dict[str, Any]:
    """What the archive has of an erasure. Raises KeyError."""
    found: dict[str, Any] = json.loads(hub.archive.get(name(id)))
    return found


def issue(hub: Hub, erasure: Item, receipts: Iterable[Item], finished: str) -> dict[str, Any]:
    """The certificate: who asked, when, what was deleted, what every destination did, and the signature."""
    data = erasure.data
    content = {
        "format": FORMAT,
        "id": data["customer"],
        "begun": data["begun"],
        "finished": finished,
        "actor": data["actor"],
        "reason": data["reason"],
        "source": data["source"],
        "counts": data["counts"],
        "suppressions": len(data["suppressions"]),
        "receipts": [receipt(item) for item in receipts],
    }
    pepper = _peppers(hub)[0]
    marks = {"digest": digest(dumps(content)), "key": pepper.version}
    return {**content, **marks, "signature": _signature(pepper, marks["digest"])}


def verify(hub: Hub, certificate: Mapping[str, Any]) -> bool:
    """Whether a certificate is ours and says what it said when it was issued."""
    marks = ("digest", "key", "signature")
    content = {name: value for name, value in certificate.items() if name not in marks}
    if digest(dumps(content)) != certificate.get("digest"):
        return False
    signed = (
        _signature(pepper, certificate["digest"])
        for pepper in _peppers(hub)
        if pepper.version == certificate.get("key")
    )
    return any(hmac.compare_digest(one, str(certificate.get("signature"))) for one in signed)


def receipt(item: Item) -> dict[str, Any]:
    """What a destination did, as people read it."""
    names = ("destination", "state", "told", "reason", "task", "place")
    return {name: item.data[name] for name in names if item.data.get(name)}


def _signature(pepper: Pepper, digested: str) -> str:
    return identity.hashed(pepper, _PURPOSE, digested).partition(".")[2]


def _peppers(hub: Hub) -> list[Pepper]:
    return identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
