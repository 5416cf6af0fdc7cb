"""The end of the slow path: who belongs together after a change of the graph, and what is written of it.

The roots' versions lock the component: each root that was read is written, also when nothing in it changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub import identity, keys
from hub.errors import RecordError
from hub.golden import Member, Value, fold
from hub.identity import Claim, Node, entity_id
from hub.pipeline.unify.contests import GRANTED, judged, words
from hub.pipeline.unify.journal import Reason, entries
from hub.pipeline.unify.rules import CUSTOMER, Rules
from hub.pipeline.unify.state import (
    Changed,
    Reading,
    claim_data,
    claim_key,
    moved_names,
    node,
    registers,
    values,
    with_data,
)
from hub.pipeline.unify.survey import Surroundings
from hub.pipeline.unify.traits import TRAITS, carried, sums_of
from hub.reprs import discreet
from hub.store import TRANSACTION_ITEMS, Item, Put

OWN_WRITES = 8
"""Left free in the transaction for marker, timeline, consents and outbox."""


@discreet()
@dataclass(frozen=True, slots=True)
class Settled:
    """Who belongs together now: the roots after the change, record -> id of its entity, the writes, and the
    entities whose values or ids moved."""

    roots: dict[str, Item]
    homes: dict[str, str]
    writes: tuple[Put, ...]
    changed: tuple[Changed, ...]

    def home(self, record: str) -> Item:
        """The root of a record."""
        return self.roots[self.homes[record]]


def settle(
    reading: Reading,
    around: Surroundings,
    members: Mapping[str, Item],
    claims: Mapping[str, Claim],
    rules: Rules,
    reason: Reason,
) -> Settled:
    """The outcome for these members and claims, which were changed since they were surveyed.

    Raises RecordError when a component is too large.
    """
    entity = next(iter(members.values())).data["entity"]
    nodes = {pk: node(item, login=rules.login(pk)) for pk, item in members.items()}
    claims = _judged(claims, nodes, around.asserted, rules)
    groups = identity.components(nodes.values(), claims)
    _check_size(groups, rules)
    homes = {one.key: entity_id(group[0].key) for group in groups for one in group}
    reading.load(keys.root(entity, id) for id in homes.values())
    decided = words(around.roots.values())
    roots = [_root(reading, entity, group, members, rules, decided) for group in groups]
    roots = [carried(_with_past(reading, root, around.roots), around.roots.values()) for root in roots]
    logged = entries(around, nodes, claims, roots, reason)
    moved = [
        with_data(item, root=homes[pk])
        for pk, item in members.items()
        if item is not around.members.get(pk) or item.data["root"] != homes[pk]
    ]
    losers = _losers(around.roots, {root.data["id"] for root in roots})
    writes = [*_claim_writes(reading, around.claims, claims), *moved, *roots, *losers, *logged]
    if len(writes) > TRANSACTION_ITEMS - OWN_WRITES:
        raise RecordError("component-too-large", "joining these records needs more than one transaction")
    changed = [change for root in roots if (change := _change(reading, root))]
    return Settled({root.data["id"]: root for root in roots}, homes, tuple(map(Put, writes)), tuple(changed))


def _judged(
    claims: Mapping[str, Claim], nodes: Mapping[str, Node], asserted: Iterable[str], rules: Rules
) -> dict[str, Claim]:
    """The claims after the rules looked at those whose asserters are all here."""
    return {**claims, **{pk: claims[pk].judged(nodes, rules.guards) for pk in asserted}}


def _check_size(groups: list[list[Node]], rules: Rules) -> None:
    guards = rules.guards
    for group in groups:
        asserted = {pk for one in group for pk in one.claims}
        if len(group) > guards.records:
            raise RecordError("too-many-records", f"one entity would have more than {guards.records} records")
        if len(asserted) > guards.identifiers:
            message = f"one entity would have more than {guards.identifiers} identifiers"
            raise RecordError("too-many-identifiers", message)


def _root(
    reading: Reading,
    entity: str,
    group: list[Node],
    members: Mapping[str, Item],
    rules: Rules,
    decided: Mapping[str, Any],
) -> Item:
    """The root of one component, folded anew from its members. `decided`: an operator's words on fields."""
    oldest = group[0]
    id = entity_id(oldest.key)
    item = reading.item(keys.root(entity, id), "root")
    parts = [Member(one.key, rules.role(one.key), one.created, registers(members[one.key])) for one in group]
    folded = fold(parts, rules.policies, decided.get(GRANTED))
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
        **decided,
    }
    return judged(Item(item.key, "root", data, item.version), parts, rules)


def _with_past(reading: Reading, root: Item, before: Mapping[str, Item]) -> Item:
    """The root with the ids that it took over, and the one that it was split from.

    An id is named after a record, and goes where that record goes.
    """
    id, held = root.data["id"], reading[root.key]
    olds = [old.data for old in (*before.values(), *([held] if held else ()))]
    once = {one for old in olds for one in (old["id"], *old.get("absorbed", ()))}
    absorbed = sorted(once & set(map(entity_id, root.data["records"])) - {id})
    origin = held.data.get("origin", "") if held else ""
    if held is None or held.data["state"] != "active":
        from_here = (
            old.data["id"] for old in before.values() if old.data["records"].keys() & root.data["records"]
        )
        origin = next((one for one in from_here if one != id and one not in absorbed), origin)
    return with_data(root, absorbed=absorbed, **({"origin": origin} if origin else {}))


def _losers(before: Mapping[str, Item], active: set[str]) -> list[Item]:
    """The tombstones of the roots that were merged away: each names the record that it was named after."""
    gone = (old for old in before.values() if old.data["id"] not in active)
    return [Item(old.key, "root", _tombstone(old.data), old.version) for old in gone]


def _tombstone(data: Mapping[str, Any]) -> dict[str, Any]:
    record = next(pk for pk in data["records"] if entity_id(pk) == data["id"])
    kept = {name: data[name] for name in ("entity", "id", "absorbed", "origin") if name in data}
    return {**kept, "state": "merged", "record": record}


def _claim_writes(reading: Reading, before: Mapping[str, Claim], after: Mapping[str, Claim]) -> list[Item]:
    changed = [found for pk, found in after.items() if found != before.get(pk)]
    return [
        Item(
            claim_key(found.key),
            "claim",
            claim_data(found),
            reading.item(claim_key(found.key), "claim").version,
        )
        for found in changed
    ]


def _change(reading: Reading, root: Item) -> Changed | None:
    """What the outbox tells of a root, or None when neither its values nor its former ids moved."""
    held = reading[root.key]
    before = held if held and held.data["state"] == "active" else None
    names = moved_names(values(before) if before else {}, values(root))
    if before and before.data["absorbed"] != root.data["absorbed"]:
        names = (*names, "id")
    if before and sums_of(before) != sums_of(root):
        names = (*names, TRAITS)
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
