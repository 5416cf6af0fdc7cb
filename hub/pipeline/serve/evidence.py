"""What an explanation of a customer rests on, read once: records, identifiers and the events that told them.

Identifiers are kept as HMACs; their values are known where a record still says them. What is read is
bounded by the caps of one customer, however long the history is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub import identity, keys
from hub.errors import RetryError
from hub.identity import SAME, Claim, Node, Pepper, namespace
from hub.pipeline import Hub
from hub.pipeline.subjects import CUSTOMER
from hub.pipeline.unify.rules import Rules, rules
from hub.pipeline.unify.state import claim, claim_key, node, record_key, registers
from hub.reprs import discreet
from hub.store import Item, Key, Store

EARLY = 25
"""Timeline entries of a record, its oldest ones, among which the events are looked for that told it first."""

Assertion = tuple[str, str]
"""A record and a claim, by their partition keys."""


@discreet()
@dataclass(frozen=True, slots=True)
class Evidence:
    """All of one customer, by partition key. `values`: of the claims that are known. `entries`: the timeline
    entry of the event that first told a record's identifier, where it has left one."""

    root: Item
    records: dict[str, Item]
    nodes: dict[str, Node]
    claims: dict[str, Claim]
    values: dict[str, str]
    ignored: list[tuple[str, str, str]]
    entries: dict[Assertion, Item]
    rules: Rules

    def echoed(self, record: str, claim: str) -> bool:
        """Whether a record only repeated an identifier that this hub had written there."""
        said = registers(self.records[record]).get(namespace(claim))
        silent = said is None or said.unsaid or (said.value is None and said.other is None)
        return silent and namespace(claim) != SAME

    def told_at(self, record: str, claim: str) -> str:
        """When a record first told an identifier."""
        return str(self.records[record].data["claims"][claim][0])


def evidence(hub: Hub, root: Item) -> Evidence:
    """Everything that explains this customer. Raises RetryError where its records are just being moved."""
    pks = list(root.data["records"])
    found = hub.store.read(map(record_key, pks))
    records = {pk: found[record_key(pk)] for pk in pks if record_key(pk) in found}
    if not records:
        raise RetryError("moved")
    asserted = dict.fromkeys(pk for item in records.values() for pk in item.data["claims"])
    held = hub.store.read(map(claim_key, asserted))
    claims = {pk: claim(held[claim_key(pk)], strong=False) for pk in asserted if claim_key(pk) in held}
    values, ignored = _values(hub, records, identity.peppers(hub.secrets.get(hub.settings.pepper_secret)))
    decided = rules(hub.catalog, CUSTOMER)
    nodes = {pk: node(item, login=decided.login(pk)) for pk, item in records.items()}
    return Evidence(root, records, nodes, claims, values, ignored, _entries(hub.store, records), decided)


def _values(
    hub: Hub, records: Mapping[str, Item], peppers: list[Pepper]
) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """The values of claims; and of what identifies nobody: (record, field, value)."""
    known: dict[str, str] = {}
    ignored = []
    for pk, name, value in _identifying(hub, records):
        claims = [keys.claim(CUSTOMER, name, identity.hashed(pepper, name, value)).pk for pepper in peppers]
        held = [found for found in claims if found in records[pk].data["claims"]]
        known |= dict.fromkeys(held, value)
        if not held:
            ignored.append((pk, name, value))
    return known, ignored


def _identifying(hub: Hub, records: Mapping[str, Item]) -> Iterable[tuple[str, str, str]]:
    fields = hub.catalog.entities[CUSTOMER].fields
    for pk, item in records.items():
        for name, said in registers(item).items():
            if said.value is not None and name in fields and fields[name].identifies:
                yield pk, name, str(said.value)


def _entries(store: Store, records: Mapping[str, Item]) -> dict[Assertion, Item]:
    """The timeline entries of the first assertions.

    An entry lies at the event's time, the assertion at the record's own: mostly they are one, else it is
    among the oldest of the record.
    """
    wanted = {
        (pk, name): Key(pk, f"T#{at}#{event}")
        for pk, item in records.items()
        for name, (at, event) in item.data["claims"].items()
        if event
    }
    found = store.read(wanted.values())
    entries = {one: found[key] for one, key in wanted.items() if key in found}
    missing = wanted.keys() - entries.keys()
    for pk in sorted({record for record, _ in missing}):
        early = {item.key.sk[-16:]: item for item in store.page(pk, prefix="T#", limit=EARLY).items}
        told = {one: early.get(wanted[one].sk[-16:]) for one in missing if one[0] == pk}
        entries |= {one: item for one, item in told.items() if item}
    return entries
