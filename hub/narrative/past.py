"""The journal in sentences: when customers were put together or taken apart, by what, and how to undo it."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.systems import Systems, counted, listed
from hub.narrative.wording import Clock, identifier, paragraph, point

Told = Mapping[str, Any]


def journal(told: Told, *, zone: str = "", options: str = "") -> Iterator[str]:
    """The lines of one page of a journal. `options`: those by which a command line names the hub."""
    systems, clock = Systems.of(told), Clock(zone or told["time_zone"])
    yield f"Customer {told['id']}. All times are {clock.name}."
    if not told["entries"]:
        yield from ("", "Nothing was put together or taken apart yet.")
    for entry in told["entries"]:
        yield ""
        yield from paragraph(_sentence(entry, systems, clock))
        for id, records in entry.get("after", {}).items():
            yield from point(f"{id}: {systems.records(records)}")
        yield f"  to take it back: hub customers undo {entry['entry']} --reason …{options}"


def decisions(told: Told, systems: Systems, clock: Clock) -> Iterator[str]:
    """The journal inside a story, oldest first."""
    for entry in told["journal"]:
        yield from point(_sentence(entry, systems, clock))
    if told["next"]:
        yield from point("And earlier ones, which `hub customers log` lists.")


def _sentence(entry: Told, systems: Systems, clock: Clock) -> str:
    when = f"{clock.brief(entry['at'])}:"
    why = f": “{entry['reason']}”" if entry.get("reason") else ""
    if entry.get("actor"):
        return f"{when} {entry['actor']} {_deed(entry)}{why}."
    return f"{when} {_happened(entry, systems)}."


def _deed(entry: Told) -> str:
    """What an operator did."""
    via = _via(entry)
    deeds = {
        "merge": f"made {_count(entry, 'before')} one",
        "split": f"took one customer apart into {_apart(entry)}",
        "shared": f"said that several people share {via}",
        "joins": f"said that {via} is one person's",
        "unruled": f"left {via} to the rules again",
        "uphold": "upheld the owner of a field",
        "take": "took another system's value of a field",
    }
    return deeds.get(entry["op"], "changed something")


def _happened(entry: Told, systems: Systems) -> str:
    """What the rules did when something was told."""
    source = entry.get("event", {}).get("source")
    teller = systems.system(source) if source else "a system"
    what = _via(entry)
    if entry["op"] == "merge":
        return f"{_count(entry, 'before')} became one, when {teller} told {what}, which all of them have"
    return (
        f"one customer was taken apart into {_apart(entry)}, when what {teller} told showed that several "
        f"people share {what}"
    )


def _via(entry: Told) -> str:
    """The identifiers that it was about, with their values where they are told."""
    known = [one for one in entry["via"] if one["name"] != "hand"]
    said = [
        identifier(one["name"], one["value"]) if one.get("value") else f"the {one['name'].replace('_', ' ')}"
        for one in known
    ]
    return listed(said) or "an identifier"


def _count(entry: Told, side: str) -> str:
    return counted(len(entry.get(side, {})), "customer")


def _apart(entry: Told) -> str:
    return _count(entry, "after")
