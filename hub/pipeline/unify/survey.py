"""R2 to R6 of the slow path: everything that some records' identifiers reach, in an order that lets no torn
read pass (docs/decisions/0003-identity.md): claims, the asserting records, their roots, and only then all
members and their claims."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.identity import Claim
from hub.pipeline.unify.lens import Moved
from hub.pipeline.unify.state import Reading, claim, claim_key, record_key, root_key
from hub.reprs import discreet
from hub.store import Item, Key

Mine = Mapping[Key, Mapping[str, bool]]
"""The records in question, each with the claims that it newly asserts (claim key -> strong)."""


@discreet()
@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that may belong together with some records: member items, claims, active roots, by partition key.

    `asserted`: the claims that the records in question ever asserted; all who assert those are members.
    """

    members: dict[str, Item]
    claims: dict[str, Claim]
    roots: dict[str, Item]
    asserted: frozenset[str]


def survey(reading: Reading, mine: Mine) -> Surroundings:
    """What the records in question reach. Raises Moved for a torn reading."""
    reading.load(mine)
    told = {pk: strong for new in mine.values() for pk, strong in new.items()}
    held = [pk for item in reading.present(mine) for pk in item.data["claims"]]
    asserted = dict.fromkeys([*held, *told])
    reading.load(map(claim_key, asserted))
    near = {*mine, *map(record_key, _asserters(_claims(reading, asserted, told).values()))}
    reading.load(near)
    found = reading.present(near)
    reading.load(map(root_key, found))
    roots = {root_key(record).pk: root for record in found if (root := reading[root_key(record)])}
    _check_roots(found, roots)
    inside = [record_key(pk) for root in roots.values() for pk in root.data["records"]]
    reading.load(inside, fresh=True)
    members = {item.key.pk: item for item in reading.present(inside)}
    reached = dict.fromkeys([*asserted, *(pk for item in members.values() for pk in item.data["claims"])])
    reading.load(map(claim_key, reached), fresh=True)
    claims = _claims(reading, reached, told)
    around = Surroundings(members, claims, roots, frozenset(asserted))
    _check_closure(around, mine)
    return around


def _claims(reading: Reading, pks: Iterable[str], told: Mapping[str, bool]) -> dict[str, Claim]:
    items = {pk: reading.item(claim_key(pk), "claim") for pk in pks}
    return {pk: claim(item, strong=told.get(pk, False)) for pk, item in items.items()}


def _asserters(claims: Iterable[Claim]) -> set[str]:
    """Who asserts them, joined or not: the rules look at all of them."""
    return {record for found in claims if not found.demoted for record in found.records}


def _check_roots(found: list[Item], roots: Mapping[str, Item]) -> None:
    """R4 and R5: every root is active and knows the record that led to it."""
    for record in found:
        root = roots.get(root_key(record).pk)
        if root is None or root.data["state"] != "active" or record.key.pk not in root.data["records"]:
            raise Moved("torn reading")


def _check_closure(around: Surroundings, mine: Mine) -> None:
    """The second half of R6: the members are where their roots say, and nobody else asserts with them."""
    ours = around.members.keys() | {key.pk for key in mine}
    joined = {record for found in around.claims.values() if found.joined & ours for record in found.joined}
    judged = _asserters(around.claims[pk] for pk in around.asserted)
    moved = [pk for pk, item in around.members.items() if root_key(item).pk not in around.roots]
    count = sum(len(root.data["records"]) for root in around.roots.values())
    mine_now = (around.members[key.pk] for key in mine if key.pk in around.members)
    if any(pk not in around.asserted for item in mine_now for pk in item.data["claims"]):
        raise Moved("torn reading")  # somebody told of the record since it was read first
    if (joined | judged) - ours or moved or len(around.members) != count:
        raise Moved("torn reading")
