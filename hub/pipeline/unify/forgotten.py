"""Tellings about somebody who was erased: dropped when they are history, else told without the person."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hub import keys
from hub.catalog import Catalog
from hub.frozen import dataclass
from hub.identity import Pepper, namespace
from hub.messages import Event
from hub.pipeline import suppression
from hub.pipeline.suppression import GONE, Verdict
from hub.pipeline.unify.rules import CUSTOMER
from hub.pipeline.unify.state import Reading, root_key
from hub.pipeline.unify.telling import Tale, Telling
from hub.reprs import discreet
from hub.store import Key


@discreet()
@dataclass(frozen=True, slots=True)
class Finding:
    """What is suppressed of one telling: its record, and which of its claims."""

    record: Verdict
    claims: dict[str, Verdict]

    @property
    def worst(self) -> Verdict:
        """The greatest verdict on the telling."""
        return max(self.record, *self.claims.values()) if self.claims else self.record


NOTHING = Finding(Verdict.FREE, {})


def places(reading: Reading, tellings: Iterable[Telling], pepper: Pepper) -> list[Key]:
    """Where to ask whether these tellings are about somebody erased.

    Nowhere for a known record that tells no new identifier: the fast path.
    """
    found: list[Key] = []
    for telling in tellings:
        new = _new_claims(reading, telling)
        if new or reading[telling.record] is None:
            found.append(_of_record(telling, pepper))
            found += [key for claim in new for key in _of_claim(telling, claim, pepper)]
    return found


def heed(reading: Reading, tale: Tale, catalog: Catalog, pepper: Pepper) -> Tale | None:
    """The tale without whoever was erased; the tale itself when nobody was, None when nothing is left.

    What `places` says must have been read.
    """
    findings = [_finding(reading, telling, pepper) for telling in tale.tellings]
    worst = max([finding.worst for finding in findings])
    if worst is Verdict.FREE:
        return tale
    if worst is Verdict.HISTORY:
        return None
    pairs = list(zip(tale.tellings, findings, strict=True))
    # What is told again of an order that was erased is told of its buyer, whatever the buyer is called now.
    theirs = any(telling.entity != CUSTOMER and finding.record for telling, finding in pairs)
    told = (_stripped(telling, finding, theirs=theirs) for telling, finding in pairs)
    kept = [telling for telling in told if telling is not None]
    if not any(telling.entity == CUSTOMER for telling in kept):
        kept = [replace(t, customer="") for t in kept if not _personal(catalog, t.entity)]
    return replace(tale, tellings=tuple(kept), consents=()) if kept else None


def erased(reading: Reading, event: Event, pepper: Pepper) -> bool:
    """Whether the record that an event names was erased: all that can be asked where nothing is mapped."""
    record = keys.record(event.connector, event.account, event.resource, event.id)
    place = suppression.key(pepper, record.pk)
    reading.load([record, place])
    at = event.at or event.received_at
    return reading[record] is None and bool(suppression.verdict([reading[place]], at))


def _finding(reading: Reading, telling: Telling, pepper: Pepper) -> Finding:
    record = reading[telling.record]
    root = reading[root_key(record)] if record else None
    new = _new_claims(reading, telling)
    if root is not None and root.data["state"] not in GONE and not new:
        return NOTHING
    mine = [_of_record(telling, pepper)] if record is None else []
    if root is not None and root.data["state"] in GONE:
        mine = [_of_record(telling, pepper)]
        reading.load(mine)
    claims = {
        pk: suppression.verdict((reading[key] for key in _of_claim(telling, pk, pepper)), telling.at)
        for pk in new
    }
    return Finding(suppression.verdict((reading[key] for key in mine), telling.at), claims)


def _stripped(telling: Telling, finding: Finding, *, theirs: bool) -> Telling | None:
    """The telling without the identifiers that were erased; None for a person whom nothing else tells."""
    if telling.entity != CUSTOMER:
        return telling
    gone = {pk for pk, verdict in finding.claims.items() if verdict}
    left = {pk: strong for pk, strong in telling.claims.items() if pk not in gone}
    if theirs or finding.record or (gone and not left):
        return None
    names = set(map(namespace, gone))
    fields = {name: value for name, value in telling.fields.items() if name not in names}
    return replace(telling, fields=fields, claims=left)


def _personal(catalog: Catalog, entity: str) -> bool:
    """Whether an entity is about a person even without its customer, as a message is."""
    return any(field.pii for field in catalog.entities[entity].fields.values())


def _new_claims(reading: Reading, telling: Telling) -> list[str]:
    """The claims of a telling that its record has not asserted before."""
    record = reading[telling.record]
    known: dict[str, Any] = record.data["claims"] if record else {}
    return [] if telling.claims.keys() <= known.keys() else [pk for pk in telling.claims if pk not in known]


def _of_record(telling: Telling, pepper: Pepper) -> Key:
    return suppression.key(pepper, telling.record.pk)


def claims_of(telling: Telling, claim: str) -> list[str]:
    """The keys of an identifier that a telling asserts, as any version of the pepper hashes it."""
    return [claim, *telling.older.get(claim, ())]


def _of_claim(telling: Telling, claim: str, pepper: Pepper) -> list[Key]:
    return [suppression.key(pepper, pk) for pk in claims_of(telling, claim)]
