"""What a customer is known by without being joined by it, and why."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.systems import Systems, counted
from hub.narrative.wording import identifier, point

Told = Mapping[str, Any]


def quiet(told: Told, systems: Systems) -> Iterator[str]:
    """The identifiers that join nobody here, each with the reason, and those taken from a record."""
    for known in told["identifiers"]:
        what = identifier(known["name"], known["value"])
        what = what[0].upper() + what[1:]
        if known["state"] == "apart":
            yield from point(f"{what} joins nobody: {_why(known, told, systems)}")
        elif known["state"] == "ignored":
            yield from point(
                f"{what}, which {systems.records(known['told'])} has, says nothing about who it is: it is "
                "a shared mailbox or a placeholder, or that system is not relied on for it."
            )
        elif known["state"] == "alone" and _held(known):
            yield from point(
                f"{what} is known from {systems.records(_held(known))} alone{_elsewhere(known)}."
            )
        if taken := [one for one in known["told"] if one.get("detached")]:
            yield from point(
                f"{what} was taken from {systems.records(taken)} by an operator: it still stands "
                "there, and no longer says who it is."
            )


def _held(known: Told) -> list[Told]:
    return [one for one in known["told"] if not one.get("detached")]


def _elsewhere(known: Told) -> str:
    count = known["elsewhere"]
    return f" (and {counted(count, 'record')} of other customers)" if count else ""


def _why(known: Told, told: Told, systems: Systems) -> str:
    if known["why"] == "operator":
        who = known.get("actor") or "an operator"
        reason = f": “{known['reason']}”" if known.get("reason") else ""
        return f"{who} said that several people share it{reason}."
    most = known["most"]
    system = systems.system(most["source"])
    if known["why"] == "degree":
        limit = told["guards"]["degree"]
        return f"{most['records']} records of {system} have it, and one person has at most {limit}."
    return f"{system} has it for two people who cannot be the same, so it is shared."
