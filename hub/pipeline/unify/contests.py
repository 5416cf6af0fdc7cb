"""What of a telling did not win: owned fields about which somebody else says otherwise, and what is put back.

An open conflict stands in the root that is written anyway, and puts the root on the list `conflicts`. It is a
function of what the records say and of the operator's words, so it is over when the owner says more, when
nobody says otherwise any more, or when an operator has decided (docs/decisions/0022-conflicts.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hub import keys
from hub.golden import DELETED, Member, Objection, Register, Value, differs, objections
from hub.pipeline.subjects import contained
from hub.pipeline.unify.rules import CUSTOMER, Rules
from hub.pipeline.unify.spoken import Spoken
from hub.pipeline.unify.telling import Telling
from hub.store import Item

CONTESTED = "contested"
"""The member of a root that holds its open conflicts: field -> `hub.golden.Objection`."""

UPHELD = "upheld"
"""The member of a root that says until when an operator has upheld the owner of a field."""

GRANTED = "granted"
"""The member of a root that says which record's value an operator took, and when: field -> [record, at]."""

OWN = frozenset({"created_at", "updated_at", CUSTOMER, DELETED})
"""What is no field that a destination could be told."""


def judged(root: Item, members: Iterable[Member], rules: Rules) -> Item:
    """The root with its open conflicts, from what its members say."""
    folded = {name: Value(*value) for name, value in root.data["fields"].items()}
    return listed(root, objections(members, rules.policies, folded))


def listed(root: Item, found: Mapping[str, Iterable[Any]]) -> Item:
    """The root with these objections, and on the list as long as one of them is undecided."""
    upheld = root.data.get(UPHELD, {})
    left = {name: one for name, told in sorted(found.items()) if (one := [*told])[1] > upheld.get(name, "")}
    rest = {name: value for name, value in root.data.items() if name != CONTESTED}
    if not left:
        return replace(root, data=rest, agenda=None, at=None)
    latest = max(one[1] for one in left.values())
    return replace(root, data={**rest, CONTESTED: left}, agenda=keys.CONFLICTS, at=latest)


def contested(root: Item, record: str, role: str, rules: Rules, said: Mapping[str, Register]) -> Item:
    """The root after one record, of an account of this role, said this: nothing was in dispute before."""
    found = {}
    for name, register in said.items():
        owner = rules.policies[name].owner if name in rules.policies else ""
        if not owner or role == owner or name not in root.data["fields"]:
            continue
        value = Value(*root.data["fields"][name])
        later = register.since > value[2:] and rules.role(value.record) == owner
        if later and differs(register.value, value.value):
            found[name] = Objection(record, *register.since)
    return listed(root, {**root.data.get(CONTESTED, {}), **found}) if found else root


def words(roots: Iterable[Item | None]) -> dict[str, dict[str, Any]]:
    """What operators have decided on the fields of these roots: the latest word on each."""
    found: dict[str, dict[str, Any]] = {}
    for root in roots:
        for kind in (UPHELD, GRANTED) if root else ():
            held = found.setdefault(kind, {})
            for name, word in root.data.get(kind, {}).items() if root else ():
                held[name] = max(held.get(name, word), word, key=_when)
    return {kind: held for kind, held in found.items() if held}


def unmatched(
    telling: Telling,
    rules: Rules,
    heard: Spoken,
    said: Mapping[str, Register],
    fields: Mapping[str, Any],
) -> tuple[str, ...]:
    """The fields that a destination's own record tells otherwise than its entity has them.

    `heard`: what it tells now; `said`: its registers after that. An older word of it does not count.
    """
    if not telling.destination or contained(rules.catalog, keys.told(telling.record.pk)):
        return ()
    news = (name for name in heard.told if name not in OWN and said[name].last == heard.stamp)
    told = {name: said[name].value for name in news} | heard.doubts
    return tuple(sorted(name for name, value in told.items() if differs(value, fields.get(name))))


def lacking(
    telling: Telling, rules: Rules, said: Mapping[str, Register], fields: Mapping[str, Any]
) -> tuple[str, ...]:
    """The fields that a destination's own record, which is new here, says otherwise or not at all."""
    if not telling.destination or contained(rules.catalog, keys.told(telling.record.pk)):
        return ()
    values = {name: said[name].value if name in said else None for name in fields.keys() - OWN}
    return tuple(sorted(name for name, value in values.items() if differs(value, fields[name])))


def _when(word: Any) -> str:
    return str(word[1]) if isinstance(word, list) else str(word)
