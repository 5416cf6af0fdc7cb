"""Why each field has its value: the rule in words, and what the others said."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.systems import Systems, listed, role
from hub.narrative.wording import Clock, paragraph, value

Told = Mapping[str, Any]


def fields(told: Mapping[str, Told], systems: Systems, clock: Clock) -> Iterator[str]:
    """Each field: its value, and below it why it is this one."""
    width = max(map(len, told), default=0)
    for name, choice in told.items():
        indent = " " * (width + 4)
        yield from paragraph(
            value(choice["value"]), first=f"  {name.replace('_', ' '):<{width}}  ", rest=indent
        )
        yield from paragraph(_why(choice, systems, clock), first=indent, rest=indent)


def _why(choice: Told, systems: Systems, clock: Clock) -> str:
    if choice["rule"] == "union":
        return f"put together from what all say: {_each(choice, systems)}."
    parts = [_chosen(choice, systems, clock), _completed(choice, systems), *_others(choice, systems, clock)]
    return f"{'; '.join(part for part in parts if part)}."


def _chosen(choice: Told, systems: Systems, clock: Clock) -> str:
    record, at = systems.record(choice), clock.brief(choice["at"])
    roles = [role(one) for one in choice.get("roles", ())]
    if choice["rule"] == "owner":
        return f"from {record} ({at}): what the {roles[0]} says counts here, whatever others say"
    if choice["rule"] == "priority":
        return f"from {record} ({at}): here the {roles[0]} counts first{_then(roles[1:])}"
    if choice["rule"] == "first":
        return f"from {record} ({at}), the oldest record that says it"
    if not choice["others"]:
        return f"from {record} ({at}), which alone says it"
    return f"from {record}, which said it last ({at})"


def _then(roles: list[str]) -> str:
    return f", then {listed([f'the {one}' for one in roles])}" if roles else ""


def _completed(choice: Told, systems: Systems) -> str:
    """The parts that another record supplied."""
    parts = choice.get("completed", {})
    return ", ".join(f"its {name} from {systems.record(by)}" for name, by in sorted(parts.items()))


def _others(choice: Told, systems: Systems, clock: Clock) -> Iterator[str]:
    same = [systems.record(one) for one in choice["others"] if one["same"]]
    if same:
        yield f"{listed(same)} {'says' if len(same) == 1 else 'say'} the same"
    for one in choice["others"]:
        if not one["same"]:
            said = f"{'another, ' if one['value'] == choice['value'] else ''}“{value(one['value'])}”"
            yield f"{systems.record(one)} said {said} ({clock.brief(one['at'])})"


def _each(choice: Told, systems: Systems) -> str:
    return "; ".join(f"{systems.record(one)} “{value(one['value'])}”" for one in choice["others"])
