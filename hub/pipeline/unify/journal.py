"""The journal of an entity: each change of who belongs together, with what caused it, never rewritten.

A record that is new, or that joins alone, is no such change: the record's own claims tell when and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub import keys
from hub.identity import Claim, Node
from hub.pipeline.unify.survey import Surroundings
from hub.reprs import discreet
from hub.store import Item


@discreet("at", "op")
@dataclass(frozen=True, slots=True)
class Reason:
    """Why the graph changed: an event (its dedupe key), or an operator's decision (`actor`, `text`, `op`).

    `pairs`: the (record, claim) that a decision detached or attached again; `claim`: the one that it ruled
    on, `ruled` its word before. What is needed to undo it.
    """

    at: str
    event: str = ""
    actor: str = ""
    text: str = ""
    op: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@discreet()
@dataclass(frozen=True, slots=True)
class _Partition:
    """Which records belonged to which id, before or after."""

    groups: dict[str, frozenset[str]]

    def ids(self, records: Iterable[str]) -> list[str]:
        """The ids that these records belong to."""
        wanted = set(records)
        return sorted(id for id, group in self.groups.items() if group & wanted)

    def data(self, ids: Iterable[str]) -> dict[str, list[str]]:
        """The groups of these ids, as they are stored."""
        return {id: sorted(self.groups[id]) for id in sorted(ids)}


def entries(
    around: Surroundings,
    nodes: Mapping[str, Node],
    claims: Mapping[str, Claim],
    roots: Sequence[Item],
    reason: Reason,
) -> list[Item]:
    """The journal's new entries: one at each root that took over another id or lost records to another.

    A decision leaves one in any case, at the oldest root.
    """
    before = _Partition({old.data["id"]: frozenset(old.data["records"]) for old in around.roots.values()})
    after = _Partition({root.data["id"]: frozenset(root.data["records"]) for root in roots})
    found = []
    for root in roots:
        id = root.data["id"]
        came = before.ids(after.groups[id])
        former = [old for old in came if old == id or old in root.data["absorbed"]]
        went = after.ids(record for old in former for record in before.groups[old])
        if len(came) > 1 or len(went) > 1:
            merged = len(came) > 1
            via = (
                _joining(after.groups[id], before, nodes, claims) if merged else _ruled(around.claims, claims)
            )
            partition = before.data(came), after.data({id, *went})
            found.append(_entry(root, reason, "merge" if merged else "split", via, *partition))
    if not found and reason.op:
        found.append(_entry(roots[0], reason, reason.op, _ruled(around.claims, claims), {}, {}))
    return found


def _entry(
    root: Item, reason: Reason, op: str, via: Sequence[str], before: dict[str, Any], after: dict[str, Any]
) -> Item:
    data = {
        "op": reason.op or op,
        "at": reason.at,
        "actor": reason.actor,
        "reason": reason.text,
        "event": reason.event,
        "via": list(via),
        "before": before,
        "after": after,
        "pairs": [list(pair) for pair in reason.pairs],
        **reason.extra,
    }
    key = keys.log(root.data["entity"], root.data["id"], root.version + 1)
    return Item(key, "log", {name: value for name, value in data.items() if value})


def _joining(
    records: Iterable[str], before: _Partition, nodes: Mapping[str, Node], claims: Mapping[str, Claim]
) -> list[str]:
    """The claims that hold together what was not together before."""
    holds: dict[str, set[str]] = {}
    for record in records:
        label = next(iter(before.ids([record])), record)
        for pk in nodes[record].joins:
            holds.setdefault(pk, set()).add(label)
    return sorted(pk for pk, labels in holds.items() if len(labels) > 1 and not claims[pk].demoted)


def _ruled(before: Mapping[str, Claim], after: Mapping[str, Claim]) -> list[str]:
    """The claims whose standing changed."""
    return sorted(pk for pk, found in after.items() if pk in before and found.why != before[pk].why)
