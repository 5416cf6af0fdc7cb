"""The slow path: a record or an identifier is new, so the components are computed from their members.

Reads in the order that lets no torn read pass: claims, the asserting records, their roots, and only then all
members and their claims. The roots' versions lock the component in the transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub import identity, keys
from hub.errors import RecordError
from hub.golden import Member, Register, Value, fold, overlay
from hub.identity import Claim, Node, entity_id
from hub.messages import Event
from hub.pipeline.unify.rules import CUSTOMER, Rules
from hub.pipeline.unify.spoken import spoken
from hub.pipeline.unify.state import (
    Changed,
    Moved,
    Outcome,
    Reading,
    claim,
    claim_data,
    claim_key,
    moved_names,
    node,
    record_key,
    registers,
    root_key,
    values,
    with_data,
)
from hub.pipeline.unify.telling import Telling
from hub.store import TRANSACTION_ITEMS, Item, Put

OWN_WRITES = 8
"""Left free in the transaction for marker, timeline, consents and outbox."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that may belong together with one record: member items, claims, active roots, by partition key."""

    members: dict[str, Item]
    claims: dict[str, Claim]
    roots: dict[str, Item]


def regroup(reading: Reading, telling: Telling, rules: Rules, event: Event) -> Outcome:
    """The outcome of a telling that may found, join or split entities.

    Raises Moved when what was read does not fit together, RecordError when the component is too large.
    """
    around = survey(reading, telling)
    known = [id for root in around.roots.values() for id in (root.data["id"], *root.data["absorbed"])]
    told = spoken(reading, telling, event, known)
    members = {**around.members, telling.record.pk: _told(reading, telling, told)}
    claims = {pk: _asserted(found, telling) for pk, found in around.claims.items()}
    groups = identity.components(list(map(node, members.values())), claims)
    _check_size(groups)
    homes = {one.key: entity_id(group[0].key) for group in groups for one in group}
    reading.load(keys.root(telling.entity, id) for id in homes.values())
    roots = [_root(reading, telling.entity, group, members, rules) for group in groups]
    roots, losers = _absorb(reading, roots, around.roots, homes)
    writes = [
        *_claim_writes(reading, around.claims, claims),
        *(
            _moved_record(item, homes[pk])
            for pk, item in members.items()
            if _touched(item, pk, telling, homes)
        ),
        *roots,
        *losers,
    ]
    if len(writes) > TRANSACTION_ITEMS - OWN_WRITES:
        raise RecordError("component-too-large", "joining these records needs more than one transaction")
    changed = [change for root in roots if (change := _change(reading, root))]
    home = next(root for root in roots if root.data["id"] == homes[telling.record.pk])
    return Outcome(home.data["id"], values(home), tuple(map(Put, writes)), tuple(changed), news=bool(told))


def survey(reading: Reading, telling: Telling) -> Surroundings:
    """R2 to R6: everything that the record's identifiers reach. Raises Moved for a torn reading."""
    me = reading.item(telling.record, "record")
    asserted = dict.fromkeys([*me.data.get("claims", ()), *telling.claims])
    reading.load(map(claim_key, asserted))
    near = {telling.record, *map(record_key, _asserters(_claims(reading, asserted, telling)))}
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
    claims = _claims(reading, reached, telling)
    _check_closure(members, claims, roots, telling)
    return Surroundings(members, claims, roots)


def _claims(reading: Reading, pks: Iterable[str], telling: Telling) -> dict[str, Claim]:
    items = {pk: reading.item(claim_key(pk), "claim") for pk in pks}
    return {pk: claim(item, strong=telling.claims.get(pk, False)) for pk, item in items.items()}


def _asserters(claims: Mapping[str, Claim]) -> set[str]:
    return {record for found in claims.values() if not found.demoted for record in found.records}


def _check_roots(found: list[Item], roots: Mapping[str, Item]) -> None:
    """R4 and R5: every root is active and knows the record that led to it."""
    for record in found:
        root = roots.get(root_key(record).pk)
        if root is None or root.data["state"] != "active" or record.key.pk not in root.data["records"]:
            raise Moved("torn reading")


def _check_closure(
    members: Mapping[str, Item], claims: Mapping[str, Claim], roots: Mapping[str, Item], telling: Telling
) -> None:
    """The second half of R6: the members are where their roots say, and nobody new asserts with them."""
    stray = _asserters(claims) - members.keys() - {telling.record.pk}
    moved = [pk for pk, item in members.items() if root_key(item).pk not in roots]
    if stray or moved or len(members) != sum(len(root.data["records"]) for root in roots.values()):
        raise Moved("torn reading")


def _told(reading: Reading, telling: Telling, told: Mapping[str, Register]) -> Item:
    """The record's own item after the telling."""
    item = reading.item(telling.record, "record")
    said, _ = overlay(registers(item), told)
    asserted = sorted({*item.data.get("claims", ()), *telling.claims})
    return with_data(
        item,
        entity=telling.entity,
        root=item.data.get("root", ""),
        created=min(item.data.get("created", telling.created), telling.created),
        claims=asserted,
        registers=said,
    )


def _asserted(found: Claim, telling: Telling) -> Claim:
    return found.with_record(telling.record.pk) if found.key in telling.claims else found


def _check_size(groups: list[list[Node]]) -> None:
    for group in groups:
        asserted = {pk for one in group for pk in one.claims}
        if len(group) > identity.RECORDS_PER_ENTITY:
            raise RecordError("too-many-records", "one entity would have more than 25 records")
        if len(asserted) > identity.IDENTIFIERS_PER_ENTITY:
            raise RecordError("too-many-identifiers", "one entity would have more than 50 identifiers")


def _root(
    reading: Reading, entity: str, group: list[Node], members: Mapping[str, Item], rules: Rules
) -> Item:
    """The root of one component, folded anew from its members."""
    oldest = group[0]
    id = entity_id(oldest.key)
    item = reading.item(keys.root(entity, id), "root")
    folded = fold(
        [Member(one.key, rules.role(one.key), one.created, registers(members[one.key])) for one in group],
        rules.policies,
    )
    link = folded.pop(CUSTOMER, None)
    spoken_at = [(said.last.at, one.key) for one in group for said in registers(members[one.key]).values()]
    at, latest = max(spoken_at, default=(oldest.created, oldest.key))
    folded["created_at"] = Value(oldest.created, oldest.key, oldest.created, "", 0)
    folded["updated_at"] = Value(at, latest, at, "", 0)
    data: dict[str, Any] = {
        "entity": entity,
        "id": id,
        "state": "active",
        "records": {one.key: one.created for one in group},
        "fields": {name: list(value) for name, value in folded.items()},
        "absorbed": [],
        "customer": link.value if link else "",
        "revision": rules.revision,
    }
    return Item(item.key, "root", data, item.version)


def _absorb(
    reading: Reading, roots: list[Item], before: Mapping[str, Item], homes: Mapping[str, str]
) -> tuple[list[Item], list[Item]]:
    """The roots with their former ids, and the items of ids that are no more or lead elsewhere now.

    A former id goes with the record that it was named after. After a split it may have to lead elsewhere.
    """
    active = {root.data["id"] for root in roots}
    former = {id for old in before.values() for id in (old.data["id"], *old.data["absorbed"])} - active
    into = {id: home for pk, home in homes.items() if (id := entity_id(pk)) in former}
    gone = [old for old in before.values() if old.data["id"] in former]
    if len(roots) > 1:
        tombs = [keys.root(roots[0].data["entity"], id) for id in sorted(former)]
        reading.load(tombs)
        known = {old.key for old in gone}
        gone += [item for item in reading.present(tombs) if item.key not in known and _leads_astray(item, into)]
    losers = [Item(old.key, "root", _tombstone(old.data, into[old.data["id"]]), old.version) for old in gone]
    return [with_data(root, absorbed=_former(root.data["id"], into)) for root in roots], losers


def _leads_astray(tomb: Item, into: Mapping[str, str]) -> bool:
    return bool(tomb.data.get("into") != into[tomb.data["id"]])


def _former(id: str, into: Mapping[str, str]) -> list[str]:
    return sorted(former for former, home in into.items() if home == id)


def _tombstone(data: Mapping[str, Any], into: str) -> dict[str, Any]:
    return {
        "entity": data["entity"],
        "id": data["id"],
        "state": "merged",
        "into": into,
        "absorbed": data["absorbed"],
    }


def _claim_writes(reading: Reading, before: Mapping[str, Claim], after: Mapping[str, Claim]) -> list[Item]:
    changed = [found for pk, found in after.items() if found != before[pk]]
    return [with_data(reading.item(claim_key(found.key), "claim"), **claim_data(found)) for found in changed]


def _touched(item: Item, pk: str, telling: Telling, homes: Mapping[str, str]) -> bool:
    return pk == telling.record.pk or item.data["root"] != homes[pk]


def _moved_record(item: Item, home: str) -> Item:
    return with_data(item, root=home)


def _change(reading: Reading, root: Item) -> Changed | None:
    """What the outbox tells of a root, or None when neither its values nor its former ids moved."""
    held = reading[root.key]
    before = held if held and held.data["state"] == "active" else None
    names = moved_names(values(before) if before else {}, values(root))
    if before and before.data["absorbed"] != root.data["absorbed"]:
        names = (*names, "id")
    if before and not names:
        return None
    return Changed(
        root.data["entity"],
        root.data["id"],
        root.version + 1,
        values(root),
        names,
        root.data["customer"],
        created=before is None,
    )
