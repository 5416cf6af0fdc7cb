"""Why each field of a customer has the value that it has: the rule, who won, and who did not."""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.golden import Member, Policy, losers
from hub.pipeline.serve.evidence import Evidence
from hub.pipeline.serve.masks import Mask
from hub.pipeline.serve.profile import reference
from hub.pipeline.unify.state import registers

OF_THE_RECORDS = {"created_at", "updated_at"}
"""Times of the records themselves, which nobody chose."""


def choices(case: Evidence, identifying: Iterable[str], mask: Mask) -> dict[str, Any]:
    """By field: value, source, time, rule, and the values that did not win, best first."""
    members = [
        Member(pk, case.rules.role(pk), item.data["created"], registers(item))
        for pk, item in case.records.items()
    ]
    hidden = set(identifying)
    told = {name: value for name, value in case.root.data["fields"].items() if name not in OF_THE_RECORDS}
    return {
        name: _choice(case, members, name, told[name], mask if name in hidden else None)
        for name in sorted(told)
        if name in case.rules.policies
    }


def _choice(
    case: Evidence, members: list[Member], name: str, told: list[Any], mask: Mask | None
) -> dict[str, Any]:
    value, pk, at, *_ = told
    policy = case.rules.policies[name]
    others = list(_others(case, members, name, policy, told))
    found = {"value": _seen(value, mask), **reference(pk), "at": at, **_rule(members, name, policy)}
    if supplied := _supplied(case, pk, name, value, others):
        found["completed"] = supplied
    found["others"] = [
        {"value": _seen(other, mask), **reference(one), "at": since, "same": other == value}
        for other, one, since in others
    ]
    return found


def _seen(value: Any, mask: Mask | None) -> Any:
    return mask(value) if mask and isinstance(value, str) else value


def _rule(members: list[Member], name: str, policy: Policy) -> dict[str, Any]:
    """Which rule decided: the owner's word where there is one, else what the field keeps."""
    told = [one for one in members if name in one.registers and one.registers[name].value is not None]
    if policy.owner and any(one.role == policy.owner for one in told):
        return {"rule": "owner", "roles": [policy.owner]}
    return {"rule": policy.keep, **({"roles": list(policy.roles)} if policy.roles else {})}


def _others(
    case: Evidence, members: list[Member], name: str, policy: Policy, told: list[Any]
) -> Iterator[tuple[Any, str, str]]:
    """What the other records say, as they say it: value, record, since when. Of a union, all of them."""
    said = {one.key: one.registers[name] for one in members if name in one.registers}
    ranked = [lost.record for lost in losers(members, {name: policy}, name)]
    if policy.keep == "union" and told[1] in said:
        ranked.insert(0, told[1])
    for pk in ranked:
        yield said[pk].value, pk, said[pk].since.at


def _supplied(
    case: Evidence, winner: str, name: str, value: Any, others: Iterable[tuple[Any, str, str]]
) -> dict[str, Any]:
    """The members of a composite value that its source has no field for, and who has them."""
    own = registers(case.records[winner]).get(name) if winner in case.records else None
    if not isinstance(value, dict) or own is None or not isinstance(own.value, dict):
        return {}
    missing = value.keys() - own.value.keys()
    agreeing = sorted((since, pk, said) for said, pk, since in others if isinstance(said, dict))
    return {
        member: reference(pk)
        for since, pk, said in agreeing
        for member in missing
        if said.get(member) == value[member]
    }
