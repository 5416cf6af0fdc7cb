"""What unify must end in, as a function of what was told: no order, no store, none of its code.

`final(events, rules)` is F(S) of docs/decisions/0003-identity.md, written from the rules and as plainly as
they can be. It shares with the hub only names: how a key is spelled and how an identifier is sealed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from hub import keys
from hub.identity import Pepper, hashed

GONE = "__deleted__"
LINK = "customer"
NOBODY = {"", "null", "none", "0", "-1", "anonymous", "guest", "undefined"}
HOUSE = ("info", "admin", "ventas", "noreply", "test")
ENVELOPE = ("created_at", "updated_at")


class Stamp(NamedTuple):
    """When something was told: the source's time, the event, the replay's revision."""

    at: str
    event: str
    revision: int


class Identifier(NamedTuple):
    """Something that tells who somebody is."""

    entity: str
    namespace: str
    value: str
    strong: bool


class Policy(NamedTuple):
    """How a field is decided."""

    keep: str
    roles: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True)
class Rules:
    """The files: policies and identifying fields by entity, roles by account, how many may share."""

    policies: Mapping[str, Mapping[str, Policy]]
    identifying: Mapping[str, Mapping[str, bool]]
    roles: Mapping[str, str]
    degree: int = 5
    logins: frozenset[str] = frozenset()
    exclusive: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trusted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    seal: Callable[[str, str], str] = lambda namespace, value: hashed(Pepper("1", "pepper"), namespace, value)


@dataclass(frozen=True)
class Decisions:
    """What operators decided, by the last word on each.

    `same`: claim -> records that are one. `detached`: record -> claims that were taken from it. `ruled`:
    claim -> "joins" or "apart".
    """

    same: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    detached: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ruled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What one event tells of one record."""

    record: str
    source: str
    entity: str
    values: Mapping[str, Any]
    identifiers: frozenset[Identifier]
    stamp: Stamp
    created: str


@dataclass
class Record:
    """All that was told of a record: every telling of each field, in the order of the stamps.

    `claims`: what it asserts, each with the earliest telling that did. `login`: it is one person's account.
    """

    key: str
    entity: str
    role: str
    login: bool
    created: str
    claims: dict[str, list[str]] = field(default_factory=dict)
    tellings: dict[str, list[tuple[Stamp, Any]]] = field(default_factory=lambda: defaultdict(list))


class Register(NamedTuple):
    """What a record says of a field in the end: since when it holds, and when it was told last."""

    value: Any
    since: Stamp
    last: Stamp


def final(
    events: Iterable[Any], rules: Rules, decisions: Decisions = Decisions()
) -> dict[str, dict[Any, Any]]:
    """What is left when all of these events were applied: by kind, what tests compare."""
    events = list({(event.key, event.replay): event for event in events}.values())
    accepted = [event for event in events if not from_the_future(event)]
    told = [telling for event in accepted for telling in tellings(event, rules)]
    news = [event for event in accepted if any(one.values for one in tellings(event, rules))]
    records = collect(told, rules, decisions)
    asserted = assertions(records.values())
    weak = {claim(one, rules) for telling in told for one in telling.identifiers if not one.strong}
    out = {pk for pk, who in asserted.items() if demoted(pk, pk in weak, who, rules, decisions)}
    joining = {pk: _joined(pk, who, decisions) for pk, who in asserted.items() if pk not in out}
    entities = [entity(group, rules) for group in components(records, joining)]
    home = {key: one["id"] for one in entities for key in one["records"]}
    return {
        "record": {key: stated(record, home[key], decisions) for key, record in records.items()},
        "entity": {one["id"]: one for one in entities},
        "claim": {pk: standing(pk, who, pk in out, decisions) for pk, who in asserted.items()},
        "marker": {
            **{event.key: "parked" for event in events},
            **{event.key: "echo" for event in accepted},
            **{event.key: "applied" for event in news},
        },
        "timeline": {entry(event, rules): True for event in news},
        "consent": consents(accepted, rules),
    }


def from_the_future(event: Any) -> bool:
    """Whether a record claims a time more than 10 minutes ahead of its arrival (here: of its day)."""
    parts = [event.record or {}, (event.record or {}).get("customer") or {}]
    return any(part.get("updated_at", "") > "2026-01-02T00:10:00.000000Z" for part in parts)


def tellings(event: Any, rules: Rules) -> list[Told]:
    """What an event tells: of the customer whom its record contains, and of its record."""
    inner = (event.record or {}).get("customer")
    contained = [_told(event, "customer", inner, rules)] if inner else []
    own = _told(event, event.resource, event.record, rules, link=contained[0].record if contained else "")
    return [*contained, own]


def _told(event: Any, entity: str, body: Any, rules: Rules, link: str = "") -> Told:
    values = {name: v for name, v in (body or {}).items() if name not in ("id", LINK, "consent", *ENVELOPE)}
    at = (body or {}).get("updated_at") or event.at or event.received_at
    created = min((body or {}).get("created_at") or at, at)
    identifiers = frozenset(
        Identifier(entity, name, str(value), rules.identifying[entity][name])
        for name, value in values.items()
        if name in rules.identifying[entity] and eligible(name, value, rules.roles[event.source], rules)
    )
    own = entity == event.resource
    id = event.id if own else body.get("id") or _guest(event, identifiers, rules)
    values |= {LINK: link} if link else {}
    values |= {GONE: True} if event.deleted and own else {}
    stamp = Stamp(at, hashlib.sha256(event.key.encode()).hexdigest()[:16], event.revision)
    key = keys.record(event.connector, event.account, entity, id).pk
    return Told(key, event.source, entity, values, identifiers, stamp, created)


def _guest(event: Any, identifiers: frozenset[Identifier], rules: Rules) -> str:
    """Whom an order names without an id: the guest of the strongest identifier, else only this order's."""
    if not identifiers:
        return f"order/{event.id}"
    best = min(identifiers, key=lambda one: (not one.strong, one.namespace, one.value))
    return f"guest/{rules.seal(best.namespace, best.value)}"


def eligible(name: str, value: Any, role: str, rules: Rules) -> bool:
    """Whether a value can tell anybody: no placeholder, no mailbox of the house, told by who may know."""
    if not isinstance(value, str) or role not in rules.trusted.get(name, {role}):
        return False
    return value.lower() not in NOBODY and not (name == "email" and value.split("@")[0] in HOUSE)


def collect(told: Iterable[Told], rules: Rules, decisions: Decisions) -> dict[str, Record]:
    """The records, each with all that was ever told of it: nothing is skipped as old."""
    records: dict[str, Record] = {}
    for one in sorted(told, key=lambda one: one.stamp):
        role = rules.roles[one.source]
        login = role in rules.logins and "/" not in one.record
        record = records.setdefault(one.record, Record(one.record, one.entity, role, login, one.created))
        record.created = min(record.created, one.created)
        for identifier in one.identifiers:
            record.claims.setdefault(claim(identifier, rules), [one.stamp.at, one.stamp.event])
        for name, value in one.values.items():
            record.tellings[name].append((one.stamp, value))
    for pk, who in decisions.same.items():
        for key, since in who.items():
            records[key].claims[pk] = since
    return records


def assertions(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Who asserts each claim, for good."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for pk in record.claims:
            found[pk].append(record)
    return found


def demoted(pk: str, weak: bool, who: list[Record], rules: Rules, decisions: Decisions) -> bool:
    """Whether a claim joins nobody: an operator said so, or it is weak and those are not one person."""
    ruled = decisions.ruled.get(pk, "")
    if ruled or not weak:
        return ruled == "apart"
    by_account: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in who:
        by_account[tuple(record.key.split("#")[1:3])].append(record)
    others = rules.exclusive.get(_namespace(pk), frozenset())
    return any(_not_one(group, others, rules.degree) for group in by_account.values())


def _not_one(group: list[Record], exclusive: Iterable[str], degree: int) -> bool:
    """Whether records of one account cannot be one person: too many, two logins, or told apart elsewhere."""
    told = [[{pk for pk in r.claims if _namespace(pk) == name} for r in group] for name in exclusive]
    apart = any(len([v for v in values if v]) > 1 and len(set().union(*values)) > 1 for values in told)
    return len(group) > degree or sum(record.login for record in group) > 1 or apart


def _namespace(pk: str) -> str:
    return pk.split("#")[2]


def _joined(pk: str, who: list[Record], decisions: Decisions) -> set[str]:
    return {record.key for record in who if pk not in decisions.detached.get(record.key, ())}


def standing(pk: str, who: list[Record], out: bool, decisions: Decisions) -> dict[str, Any]:
    """A claim as tests compare it: a demoted one need not know all who assert it."""
    apart = sorted(record.key for record in who if pk in decisions.detached.get(record.key, ()))
    records = None if out else sorted(record.key for record in who)
    return {"records": records, "detached": apart, "ruled": decisions.ruled.get(pk, "")}


def components(records: Mapping[str, Record], joining: Mapping[str, set[str]]) -> Iterable[list[Record]]:
    """The records that are one: whoever shares an identifier, and whoever shares one with those."""
    left = set(records)
    while left:
        group: set[str] = set()
        edge = {min(left)}
        while edge:
            group |= edge
            joins = ((key, joining.get(pk, set())) for key in edge for pk in records[key].claims)
            edge = {key for me, who in joins if me in who for key in who} - group
        left -= group
        yield sorted((records[key] for key in group), key=_age)


def _age(record: Record) -> tuple[str, str]:
    return (record.created, record.key)


def register(tellings: list[tuple[Stamp, Any]]) -> Register:
    """The last value told; it holds since it was first told after any other: told again is no change."""
    *_, (value, run) = ((value, [stamp for stamp, _ in same]) for value, same in groupby(tellings, _value))
    return Register(value, run[0], run[-1])


def _value(telling: tuple[Stamp, Any]) -> Any:
    return telling[1]


def entity(group: list[Record], rules: Rules) -> dict[str, Any]:
    """One entity: the oldest record names it, each field by its policy, with where its value comes from."""
    oldest, kind = group[0], group[0].entity
    said: dict[str, list[tuple[Record, Register]]] = defaultdict(list)
    for record in group:
        for name, one in spoken(record).items():
            said[name].append((record, one))
    policies = {**rules.policies[kind], LINK: Policy("newest")}
    fields = {name: decide(candidates, policies[name]) for name, candidates in said.items()}
    every = [(register(told).last.at, r.key) for r in group for told in r.tellings.values()]
    at, latest = max(every, default=(oldest.created, oldest.key))
    fields["created_at"] = (oldest.created, oldest.key, oldest.created, "", 0)
    fields["updated_at"] = (at, latest, at, "", 0)
    return {
        "id": hashlib.sha256(oldest.key.encode()).hexdigest()[:24],
        "records": {record.key: record.created for record in group},
        "customer": fields.pop(LINK, ("",))[0],
        "fields": fields,
    }


def spoken(record: Record) -> dict[str, Register]:
    """What a record still says: not what it cleared, and nothing from before it was deleted."""
    every = {name: register(told) for name, told in record.tellings.items()}
    gone = every.pop(GONE, None)
    return {
        name: one
        for name, one in every.items()
        if one.value is not None and (gone is None or one.last.at > gone.last.at)
    }


def decide(candidates: list[tuple[Record, Register]], policy: Policy) -> tuple[Any, ...]:
    """The value of a field, and the record, the time, the event and the revision that it comes from."""
    candidates = [c for c in candidates if c[0].role == policy.owner] or candidates
    newest_first = sorted(candidates, key=lambda c: (c[1].since, c[0].key), reverse=True)
    if policy.keep == "union":
        record, one = newest_first[0]
        return (_union(candidates), record.key, *one.since)
    if policy.keep == "first":
        record, one = min(candidates, key=lambda c: _age(c[0]))
    elif policy.keep == "priority":
        best = min(_rank(c[0].role, policy.roles) for c in candidates)
        record, one = next(c for c in newest_first if _rank(c[0].role, policy.roles) == best)
    else:
        record, one = newest_first[0]
    return (_completed(one.value, [c[1].value for c in newest_first]), record.key, *one.since)


def _rank(role: str, roles: tuple[str, ...]) -> int:
    return roles.index(role) if role in roles else len(roles)


def _union(candidates: list[tuple[Record, Register]]) -> list[Any]:
    """All that any record lists, each once, as the oldest record first said it."""
    ordered = sorted(candidates, key=lambda c: _age(c[0]))
    listed = [one.value if isinstance(one.value, list) else [one.value] for _, one in ordered]
    return list({str(value): value for values in listed for value in values}.values())


def _completed(value: Any, others: list[Any]) -> Any:
    """A composite takes what it lacks from the newest others that contradict it in nothing."""
    for other in others if isinstance(value, dict) else ():
        if isinstance(other, dict) and all(
            value[name] == other[name] for name in value.keys() & other.keys()
        ):
            value = {**other, **value}
    return value


def stated(record: Record, home: str, decisions: Decisions) -> dict[str, Any]:
    """A record as tests compare it."""
    said = {name: register(told) for name, told in record.tellings.items()}
    apart = sorted(decisions.detached.get(record.key, ()))
    claims = {"claims": record.claims, "detached": apart}
    return {"root": home, "created": record.created, **claims, "registers": said}


def claim(one: Identifier, rules: Rules) -> str:
    """The key of an identifier."""
    return keys.claim(one.entity, one.namespace, rules.seal(one.namespace, one.value)).pk


def entry(event: Any, rules: Rules) -> tuple[str, str]:
    """Where the journey tells of an event: with the customer whom it names, at the envelope's time."""
    whose = tellings(event, rules)[0].record
    return tuple(keys.timeline(keys.Key(whose, "REC"), event.at or event.received_at, event.mark))


def consents(events: Iterable[Any], rules: Rules) -> dict[tuple[str, str], str]:
    """The last word of each address; at one time the opt-out is the last; what is unknown says nothing."""
    said: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for event in events:
        for part in (event.record or {}, (event.record or {}).get("customer") or {}):
            for one in part.get("consent", ()):
                sealed = rules.seal(one["address_type"], one["address"])
                key = tuple(keys.consent(one["channel"], one["purpose"], sealed))
                said[key].append((one["at"], one["state"] == "denied", event.key, one["state"]))
    return {key: max(told)[3] for key, told in said.items() if told}
