"""Whose record it is: a pure function of what was asserted, so that the order of events leaves no trace.

Records assert identifiers; an identifier joins the records that assert it unless it is not eligible
(a placeholder, a role mailbox, a source that is not trusted with it), demoted (its asserters are not one
person), or an operator took it from a record. The components of that graph are the entities; the oldest
record of a component is its root and names it. Rules and their reasons: docs/decisions/0003-identity.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from hub.errors import RetryError
from hub.frozen import dataclass
from hub.macs import mac
from hub.messages import digest
from hub.reprs import discreet

SAME = "@same"
"""Namespace of the claims by which an operator joins records: no field can be called so."""

FLOOR = "floor"
"""Member of the pepper's secret: the oldest version under which something may still lie."""


@discreet("version")
class Pepper(NamedTuple):
    """The secret that identifier keys are hashed with; `version` is kept in the key.

    `below`: the version before it, over whose hashes this one hashes again (0017): so that a key can be
    brought to a newer version by whoever knows the key alone, also where the value is long gone.
    """

    version: str
    secret: str
    below: "Pepper | None" = None

    @property
    def base(self) -> "Pepper":
        """The first version: what is hashed with it alone never changes its name."""
        return self.below.base if self.below else self


@discreet("namespace", "strong")
class Identifier(NamedTuple):
    """A normal form that tells who somebody is, in a namespace (the entity's field)."""

    namespace: str
    value: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Guards:
    """What keeps strangers apart: `guards:` of an entity's file.

    `degree`: a weak identifier of more records of one account joins nobody. `logins`: roles of accounts
    whose records are each the login of one person. `exclusive`: weak namespace -> namespaces in which its
    records of one account may not differ. `trusted`: namespace -> roles that may identify by it; all where
    it is not named. `never`: namespace (or "any") -> values that name nobody. The rest are caps: an event
    that would exceed one is parked.
    """

    degree: int = 5
    records: int = 25
    identifiers: int = 50
    per_event: int = 8
    logins: frozenset[str] = frozenset()
    exclusive: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trusted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    never: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def eligible(self, namespace: str, value: Any, role: str) -> bool:
        """Whether a normal form, told by an account of this role, can tell somebody."""
        if not isinstance(value, str) or role not in self.trusted.get(namespace, (role,)):
            return False
        for name in ("any", namespace):
            if name in self.never and self.never[name].fullmatch(value):
                return False
        return bool(value.strip("0- "))


@discreet()
@dataclass(frozen=True, slots=True)
class Node:
    """A record in the graph: its key, when its source created it, the claims that it ever asserted.

    `detached`: those of them that an operator took from it. `login`: it is one person's account.
    """

    key: str
    created: str
    claims: frozenset[str]
    detached: frozenset[str] = frozenset()
    login: bool = False

    @property
    def joins(self) -> frozenset[str]:
        """The claims by which it may be joined."""
        return self.claims - self.detached


Why = Literal["", "degree", "conflict", "operator"]


@discreet("strong", "why")
@dataclass(frozen=True, slots=True)
class Claim:
    """An identifier in the graph: who asserted it, and whether it still joins them.

    `why` it was demoted: more records than one person has, records that contradict each other, or an
    operator. `ruled`: an operator's word, which no rule overrides. `detached`: asserters not joined by it.
    """

    key: str
    strong: bool
    records: frozenset[str] = frozenset()
    why: Why = ""
    ruled: Literal["", "joins", "apart"] = ""
    detached: frozenset[str] = frozenset()

    @property
    def demoted(self) -> bool:
        """Whether it joins nobody any more."""
        return bool(self.why)

    @property
    def joined(self) -> frozenset[str]:
        """The records that belong together by it."""
        return frozenset() if self.why else self.records - self.detached

    def with_record(self, record: str, guards: Guards) -> "Claim":
        """The claim after `record` asserted it.

        A demoted claim takes some more, so that an operator may let it join again, and is frozen then: no
        further write, no hot item.
        """
        if record in self.records or (self.demoted and len(self.records) >= guards.records):
            return self
        return replace(self, records=self.records | {record})

    def judged(self, nodes: Mapping[str, Node], guards: Guards) -> "Claim":
        """The claim after the rules looked at its asserters (all of them in `nodes`); demoted is for good."""
        if self.ruled == "apart":
            return replace(self, why="operator")
        if self.demoted or self.strong or self.ruled:
            return self
        by_account: dict[tuple[str, ...], list[Node]] = {}
        for record in self.records:
            by_account.setdefault(_account(record), []).append(nodes[record])
        if any(len(group) > guards.degree for group in by_account.values()):
            return replace(self, why="degree")
        exclusive = guards.exclusive.get(namespace(self.key), frozenset())
        contradict = any(_contradict(group, exclusive) for group in by_account.values())
        return replace(self, why="conflict") if contradict else self


def peppers(secret: list[dict[str, str]]) -> list[Pepper]:
    """The versions under which something may lie, newest first: all, or from `floor` on where it is set.

    Raises RetryError when there is none (it is being made) or one of 1, 2, 3, … is missing: without it
    nobody would be found again, so that nothing may be told meanwhile.
    """
    held = secret[0] if secret else {}
    versions = sorted(int(name) for name in held if name != FLOOR)
    if not versions:
        raise RetryError("no-pepper", 30)
    if versions != list(range(1, len(versions) + 1)):
        raise RetryError("pepper-incomplete", 30)
    made: list[Pepper] = []
    for version in versions:
        made.append(Pepper(str(version), held[str(version)], made[-1] if made else None))
    return made[int(held.get(FLOOR, 1)) - 1 :][::-1]


@lru_cache(maxsize=256)  # an event says one address of its person and of a consent
def hashed(pepper: Pepper, namespace: str, value: str) -> str:
    """What stands in keys for an identifier: `<pepper version>.<40 hex digits of an HMAC-SHA256>`."""
    if pepper.below is None:
        return _mac(pepper, f"{namespace}\x1f{value}")
    return _mac(pepper, hashed(pepper.below, namespace, value))


def lifted(pepper: Pepper, hash: str) -> str:
    """The hash of the same identifier under this version; what no older version made stays as it is."""
    version, dot, _ = hash.partition(".")
    if not dot or pepper.below is None or not version.isdecimal() or int(version) >= int(pepper.version):
        return hash
    return _mac(pepper, lifted(pepper.below, hash))


def _mac(pepper: Pepper, text: str) -> str:
    return f"{pepper.version}.{mac(pepper.secret, text.encode()).hexdigest()[:40]}"


def namespace(claim: str) -> str:
    """The namespace of a claim's key (`ID#<entity>#<namespace>#<hash>`)."""
    return claim.split("#", 3)[2]


def components(nodes: Iterable[Node], claims: Mapping[str, Claim]) -> list[list[Node]]:
    """The records that belong together, joined by claims that are not demoted; each oldest first."""
    found: dict[str, list[Node]] = {}
    nodes = list(nodes)
    parents = {node.key: node.key for node in nodes}
    first: dict[str, str] = {}
    for node in nodes:
        for claim in node.joins:
            if claim in claims and not claims[claim].demoted:
                _join(parents, first.setdefault(claim, node.key), node.key)
    for node in nodes:
        found.setdefault(_top(parents, node.key), []).append(node)
    return sorted((sorted(group, key=_seniority) for group in found.values()), key=lambda g: _seniority(g[0]))


def entity_id(root: str) -> str:
    """The id of the entity whose oldest record has this key: 24 hex digits."""
    return digest(root)[:24]


def _account(record: str) -> tuple[str, ...]:
    """Connector and account of a record's key (`REC#<connector>#<account>#…`)."""
    return tuple(record.split("#")[1:3])


def _contradict(asserters: list[Node], exclusive: frozenset[str]) -> bool:
    """Whether records of one account cannot be one person: two logins, or different values where one has one.

    A record that told two values itself (a correction) contradicts nobody by that alone. Told values only
    grow, so what contradicts now always will: the order of events leaves no trace.
    """
    if sum(node.login for node in asserters) > 1:
        return True
    for name in exclusive:
        told = [values for node in asserters if (values := _values(node, name))]
        if len(told) > 1 and len(frozenset().union(*told)) > 1:
            return True
    return False


def _values(node: Node, name: str) -> frozenset[str]:
    return frozenset(claim for claim in node.claims if namespace(claim) == name)


def _seniority(node: Node) -> tuple[str, str]:
    return (node.created, node.key)


def _top(parents: dict[str, str], key: str) -> str:
    while parents[key] != key:
        parents[key] = parents[parents[key]]
        key = parents[key]
    return key


def _join(parents: dict[str, str], one: str, other: str) -> None:
    parents[_top(parents, other)] = _top(parents, one)
