"""The golden record: each field's value, folded from what every member record says, with provenance.

Each record keeps one register per field: the last thing it said. The fold is a pure function of the
members' registers, so that the order in which events arrived leaves no trace. The rank of a source is
computed when folding: an edited priority takes effect on what was told before.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any, NamedTuple

from hub.frozen import dataclass
from hub.reprs import discreet

DELETED = "__deleted__"
"""The register that says that the record is gone at its source."""


class Stamp(NamedTuple):
    """When something was told: the source's time, the event (16 hex digits), the replay's revision."""

    at: str
    event: str
    revision: int


NEVER = Stamp("1970-01-01T00:00:00.000000Z", "", 0)
"""When a record said a field of which it only repeats what we wrote there."""


@discreet()
class Register(NamedTuple):
    """What one record says of a field: `run` are the tellings of `value` since another value was told last.

    Vendors tell whole records: a value told again is confirmed, not changed, so it must not win over what
    another system changed meanwhile. `other`: the last telling of another value, or when another value of
    ours stood there: the same value told after that was set once more.
    """

    value: Any
    run: tuple[Stamp, ...]
    other: Stamp | None = None

    @classmethod
    def of(cls, value: Any, at: str, event: str, revision: int = 0) -> "Register":
        """What one event tells."""
        return cls(value, (Stamp(at, event, revision),))

    @property
    def unsaid(self) -> bool:
        """Whether the record never said anything of the field itself."""
        return self.run == (NEVER,)

    @property
    def since(self) -> Stamp:
        """When the value became what it is."""
        return self.run[0]

    @property
    def last(self) -> Stamp:
        """When it was told last."""
        return self.run[-1]


RUN = 4
"""Tellings that a run keeps, its first and its last ones: only an older value that comes later than all of
them needs those between."""


class Policy(NamedTuple):
    """How one field is decided: `keep` newest, first, union or priority (by `roles`); `owner`: a role."""

    keep: str
    roles: tuple[str, ...] = ()
    owner: str = ""


@discreet("role")
@dataclass(frozen=True, slots=True)
class Member:
    """A record of the entity: its key, the role of its account, its creation time, its registers."""

    key: str
    role: str
    created: str
    registers: Mapping[str, Register]


@discreet()
class Value(NamedTuple):
    """A golden value and where it comes from. A union's value comes from several; the latest is named."""

    value: Any
    record: str
    at: str
    event: str
    revision: int


@discreet("at")
class Objection(NamedTuple):
    """That a record, not of its owner, said another value of a field than its owner, and later."""

    record: str
    at: str
    event: str
    revision: int


def stored(registers: Mapping[str, Any]) -> dict[str, Register]:
    """The registers of a record's item, by field."""
    return {name: _register(*told) for name, told in registers.items()}


def overlay(
    registers: Mapping[str, Register], told: Mapping[str, Register]
) -> tuple[dict[str, Register], set[str]]:
    """The registers after something was told, and the fields whose register moved.

    The later of two values wins; the same value told twice holds since the earlier telling. A repeated
    telling moves nothing.
    """
    merged = {name: _merged(register, registers.get(name)) for name, register in told.items()}
    moved = {name for name, register in merged.items() if register != registers.get(name)}
    return {**registers, **merged}, moved


def confirmed(
    stored: Mapping[str, Sequence[Any]], told: Mapping[str, Any], stamp: Stamp
) -> dict[str, list[Any]]:
    """Registers as they are stored (lists for tuples), after a telling that only says their values once more.

    Those of which another value is told, or not later than all that was told before, are left to `overlay`.
    """
    found = {}
    for name, said in told.items():
        if name not in stored:
            continue
        value, before, other = stored[name]
        if value == said and (stamp.at > before[-1][0] or stamp > tuple(before[-1])):
            run = [*before, stamp]
            del run[1 : 1 - RUN]
            found[name] = [value, run, other]
    return found


def fold(
    members: Iterable[Member],
    policies: Mapping[str, Policy],
    granted: Mapping[str, Sequence[Any]] | None = None,
) -> dict[str, Value]:
    """The golden value of each field that some member tells; a cleared field counts as not told.

    `granted`: field -> [record, at]: an operator took what this record said, until its owner says more.
    """
    words = granted or {}
    return {
        name: decide(_granted(candidates, policies[name], words.get(name)), policies[name])
        for name, candidates in sorted(_by_field(members).items())
        if name in policies
    }


def objections(
    members: Iterable[Member], policies: Mapping[str, Policy], folded: Mapping[str, Value]
) -> dict[str, Objection]:
    """The owned fields of which somebody else has said another value since their owner spoke: the latest."""
    found: dict[str, Objection] = {}
    for name, candidates in _by_field(members).items():
        policy, value = policies.get(name), folded.get(name)
        owners = [register.since for member, register in candidates if policy and member.role == policy.owner]
        if not owners or value is None:
            continue
        others = [
            Objection(member.key, *register.since)
            for member, register in candidates
            if register.since > max(owners) and differs(register.value, value.value)
        ]
        if others:
            found[name] = max(others, key=lambda one: (*one[1:], one.record))
    return found


def differs(told: Any, golden: Any) -> bool:
    """Whether a record says another value than the golden one, of which it may say a part only."""
    if isinstance(told, dict) and isinstance(golden, dict):
        return any(golden.get(name) != value for name, value in told.items())
    return bool(told != golden)


def losers(members: Iterable[Member], policies: Mapping[str, Policy], name: str) -> list[Value]:
    """The values of a field that did not win, best first: what an explanation shows."""
    rest = [(member, register) for member in members for field, register in _spoken(member) if field == name]
    ranked: list[Value] = []
    while rest:
        best = decide(rest, policies[name]._replace(keep=_single(policies[name].keep)))
        ranked.append(best)
        rest = [(member, register) for member, register in rest if member.key != best.record]
    return ranked[1:]


def _spoken(member: Member) -> Iterable[tuple[str, Register]]:
    gone = member.registers.get(DELETED)
    return (
        (name, register)
        for name, register in member.registers.items()
        if register.value is not None and name != DELETED and not (gone and register.last.at <= gone.last.at)
    )


def _register(value: Any, run: list[list[Any]], other: list[Any] | None) -> Register:
    return Register(value, tuple(starmap(Stamp, run)), Stamp(*other) if other else None)


def _by_field(members: Iterable[Member]) -> dict[str, list[tuple[Member, Register]]]:
    told: dict[str, list[tuple[Member, Register]]] = {}
    for member in members:
        for name, register in _spoken(member):
            told.setdefault(name, []).append((member, register))
    return told


def _granted(
    candidates: list[tuple[Member, Register]], policy: Policy, word: Sequence[Any] | None
) -> list[tuple[Member, Register]]:
    """The candidates that count: the one whose value an operator took, while the owner has said no more."""
    if word is None:
        return candidates
    record, at = word
    overruled = any(m.role == policy.owner and register.since.at > at for m, register in candidates)
    chosen = [one for one in candidates if one[0].key == record]
    return candidates if overruled or not chosen else chosen


def _merged(told: Register, held: Register | None) -> Register:
    stamp = told.run[0]
    if held is None:
        return told
    same, newest = told.value == held.value, stamp > held.run[-1]
    if newest and (not same or (told.other and told.other > held.run[-1])):
        return Register(told.value, told.run, max(held.run[-1], told.other or held.run[-1]))
    if not newest and (stamp in held.run or (held.other and stamp <= held.other < held.since)):
        return held
    if same:
        run = (*held.run, stamp) if newest else tuple(sorted((*held.run, stamp)))
        return Register(held.value, _shortened(run), held.other)
    return Register(held.value, tuple(one for one in held.run if one > stamp), stamp)


def _shortened(run: tuple[Any, ...]) -> tuple[Any, ...]:
    return run if len(run) <= RUN else (run[0], *run[-RUN + 1 :])


def decide(candidates: list[tuple[Member, Register]], policy: Policy) -> Value:
    """The golden value of one field, of the members that tell a value of it."""
    owners = [(member, register) for member, register in candidates if member.role == policy.owner]
    candidates = owners or candidates
    if policy.keep == "union":
        return _union(candidates)
    member, register = candidates[0] if len(candidates) == 1 else _best(candidates, policy)
    return Value(_completed(register.value, candidates), member.key, *register.since)


def _best(candidates: list[tuple[Member, Register]], policy: Policy) -> tuple[Member, Register]:
    if policy.keep == "first":
        return min(candidates, key=_age)
    if policy.keep == "priority":
        return max(candidates, key=lambda candidate: _rank(candidate, policy.roles))
    return max(candidates, key=_freshness)


def _completed(value: Any, candidates: list[tuple[Member, Register]]) -> Any:
    """A composite value with the members that its source has no field for.

    They come from the newest other value that agrees with it on all that both have: an address without a
    second line takes it from the same address elsewhere, another address takes nothing.
    """
    if not isinstance(value, dict):
        return value
    for _, other in sorted(candidates, key=_freshness, reverse=True):
        if isinstance(other.value, dict) and all(other.value.get(k, v) == v for k, v in value.items()):
            value = {**other.value, **value}
    return value


def _freshness(candidate: tuple[Member, Register]) -> tuple[Any, ...]:
    member, register = candidate
    return (*register.since, member.key)


def _age(candidate: tuple[Member, Register]) -> tuple[Any, ...]:
    member, _ = candidate
    return (member.created, member.key)


def _rank(candidate: tuple[Member, Register], roles: tuple[str, ...]) -> tuple[Any, ...]:
    role = candidate[0].role
    return (-roles.index(role) if role in roles else -len(roles), *_freshness(candidate))


def _single(keep: str) -> str:
    return "newest" if keep == "union" else keep


def _union(candidates: list[tuple[Member, Register]]) -> Value:
    values: list[Any] = []
    for _, register in sorted(candidates, key=_age):
        listed = register.value if isinstance(register.value, list) else [register.value]
        values.extend(value for value in listed if value not in values)
    member, register = max(candidates, key=_freshness)
    return Value(values, member.key, *register.since)
