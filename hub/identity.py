"""Whose record it is: a pure function of what was asserted, so that the order of events leaves no trace.

Records assert identifiers; an identifier joins the records that assert it unless it is not eligible
(a placeholder, a role mailbox) or demoted (asserted by more records than one person has in one account).
The components of that graph are the entities; the oldest record of a component is its root and
names it. Rules and their reasons: docs/decisions/0003-identity.md.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from hub.errors import RetryError
from hub.messages import digest

DEGREE = 5
"""A weak identifier asserted by more records of one account than this joins nobody any more (for good).

Counted by account, because one person stands once or twice in each of many systems, while a placeholder or
a number of the house stands many times in one.
"""
RECORDS_PER_ENTITY = 25
IDENTIFIERS_PER_ENTITY = 50
IDENTIFIERS_PER_EVENT = 8

_PLACEHOLDER = re.compile(
    r"|null|none|nan|undefined|true|false|0|-1|id|email|anonymous|guest|not_authenticated|distinct_id"
    r"|\[object object\]|[0-]*",
    re.I,
)
_ROLE_MAILBOX = re.compile(
    r"(test|no-?reply|do-?not-?reply|example|admin|info|sales|hello|ventas|contacto)@.*"
    r"|.*@(test|invalid|localhost|example(\.\w+)?)",
    re.I,
)
_PLACEHOLDER_PHONE = re.compile(r"\+\d{1,3}?(\d)\1{6,}|\+?1?234567\d*|\+1555\d{3}01\d\d|\+1\d{3}55501\d\d")


class Pepper(NamedTuple):
    """The secret that identifier keys are hashed with; `version` is kept in the key."""

    version: str
    secret: str


class Identifier(NamedTuple):
    """A normal form that tells who somebody is, in a namespace (the entity's field)."""

    namespace: str
    value: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A record in the graph: its key, when its source created it, the claims that it ever asserted."""

    key: str
    created: str
    claims: frozenset[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """An identifier in the graph: who asserted it, and whether it still joins them."""

    key: str
    strong: bool
    records: frozenset[str] = frozenset()
    demoted: bool = False

    def with_record(self, record: str) -> "Claim":
        """The claim after `record` asserted it. A demoted claim is frozen: no further write, no hot item."""
        if self.demoted or record in self.records:
            return self
        records = self.records | {record}
        most = max(Counter(map(_account, records)).values())
        return replace(self, records=records, demoted=not self.strong and most > DEGREE)


def peppers(secret: list[dict[str, str]]) -> list[Pepper]:
    """All versions of the secret, newest first. Raises RetryError when there is none: it is being made."""
    found = [Pepper(version, text) for version, text in (secret[0] if secret else {}).items()]
    if not found:
        raise RetryError("no-pepper", 30)
    return sorted(found, key=lambda pepper: int(pepper.version), reverse=True)


def hashed(pepper: Pepper, namespace: str, value: str) -> str:
    """What stands in keys for an identifier: `<pepper version>.<40 hex digits of an HMAC-SHA256>`."""
    mac = hmac.new(pepper.secret.encode(), f"{namespace}\x1f{value}".encode(), hashlib.sha256)
    return f"{pepper.version}.{mac.hexdigest()[:40]}"


def eligible(namespace: str, value: Any) -> bool:
    """Whether a normal form can tell somebody: no placeholder, no role mailbox, no made-up phone."""
    if not isinstance(value, str) or _PLACEHOLDER.fullmatch(value.strip()):
        return False
    pattern = {"email": _ROLE_MAILBOX, "phone": _PLACEHOLDER_PHONE}.get(namespace)
    return pattern is None or not pattern.fullmatch(value)


def components(nodes: Iterable[Node], claims: Mapping[str, Claim]) -> list[list[Node]]:
    """The records that belong together, joined by claims that are not demoted; each oldest first."""
    found: dict[str, list[Node]] = {}
    parents = {node.key: node.key for node in nodes}
    first: dict[str, str] = {}
    for node in nodes:
        for claim in node.claims:
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


def _seniority(node: Node) -> tuple[str, str]:
    return (node.created, node.key)


def _top(parents: dict[str, str], key: str) -> str:
    while parents[key] != key:
        parents[key] = parents[parents[key]]
        key = parents[key]
    return key


def _join(parents: dict[str, str], one: str, other: str) -> None:
    parents[_top(parents, other)] = _top(parents, one)
