"""The golden record: each field's value, folded from what every member record says, with provenance.

Each record keeps one register per field: the last thing it said. The fold is a pure function of the
members' registers, so that the order in which events arrived leaves no trace. The rank of a source is
computed when folding: an edited priority takes effect on what was told before.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

DELETED = "__deleted__"
"""The register that says that the record is gone at its source."""


class Register(NamedTuple):
    """What one record said of a field: later wins by (`at`, `event`, `revision`)."""

    value: Any
    at: str
    event: str
    revision: int


class Policy(NamedTuple):
    """How one field is decided: `keep` newest, first, union or priority (by `roles`); `owner`: a role."""

    keep: str
    roles: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A record of the entity: its key, the role of its account, its creation time, its registers."""

    key: str
    role: str
    created: str
    registers: Mapping[str, Register]


class Value(NamedTuple):
    """A golden value and where it comes from. A union's value comes from several; the latest is named."""

    value: Any
    record: str
    at: str
    event: str
    revision: int


def overlay(
    registers: Mapping[str, Register], told: Mapping[str, Register]
) -> tuple[dict[str, Register], set[str]]:
    """The registers after something was told, and the fields whose register moved.

    An older or equal telling moves nothing.
    """
    moved = {name for name, register in told.items() if _later(register, registers.get(name))}
    return {**registers, **{name: told[name] for name in moved}}, moved


def fold(members: Iterable[Member], policies: Mapping[str, Policy]) -> dict[str, Value]:
    """The golden value of each field that some member tells; a cleared field counts as not told."""
    told: dict[str, list[tuple[Member, Register]]] = {}
    for member in members:
        for name, register in _spoken(member):
            told.setdefault(name, []).append((member, register))
    return {
        name: _decide(candidates, policies[name])
        for name, candidates in sorted(told.items())
        if name in policies
    }


def losers(members: Iterable[Member], policies: Mapping[str, Policy], name: str) -> list[Value]:
    """The values of a field that did not win, best first: what an explanation shows."""
    rest = [(member, register) for member in members for field, register in _spoken(member) if field == name]
    ranked: list[Value] = []
    while rest:
        best = _decide(rest, policies[name]._replace(keep=_single(policies[name].keep)))
        ranked.append(best)
        rest = [(member, register) for member, register in rest if member.key != best.record]
    return ranked[1:]


def _spoken(member: Member) -> Iterable[tuple[str, Register]]:
    gone = member.registers.get(DELETED)
    return (
        (name, register)
        for name, register in member.registers.items()
        if register.value is not None and name != DELETED and not (gone and register.at <= gone.at)
    )


def _later(register: Register, held: Register | None) -> bool:
    return held is None or register[1:] > held[1:]


def _decide(candidates: list[tuple[Member, Register]], policy: Policy) -> Value:
    owners = [(member, register) for member, register in candidates if member.role == policy.owner]
    candidates = owners or candidates
    if policy.keep == "union":
        return _union(candidates)
    order: Callable[[tuple[Member, Register]], Any] = {
        "first": _age,
        "priority": lambda candidate: _rank(candidate, policy.roles),
    }.get(policy.keep, _freshness)
    member, register = (min if policy.keep == "first" else max)(candidates, key=order)
    return Value(register.value, member.key, *register[1:])


def _freshness(candidate: tuple[Member, Register]) -> tuple[Any, ...]:
    member, register = candidate
    return (*register[1:], member.key)


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
    return Value(values, member.key, *register[1:])
