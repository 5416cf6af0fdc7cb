"""What a decision makes, or would make, of who belongs together."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.systems import Systems, counted
from hub.narrative.wording import point

Told = Mapping[str, Any]


def decided(told: Told) -> Iterator[str]:
    """The lines of an answer to a decision, or to its preview."""
    systems = Systems.of(told)
    verb = "would become" if told["preview"] else "are now"
    before, after = len(told["before"]), len(told["after"])
    if told["before"] == told["after"]:
        yield f"Nobody {'would be' if told['preview'] else 'is'} put together or taken apart by it."
        return
    yield f"{counted(before, 'customer')} {verb} {after}:"
    for id, records in sorted(told["after"].items()):
        new = "" if id in told["before"] else " (a new number)"
        yield from point(f"{id}{new}: {systems.records(records)}")
    for id in sorted(told["before"].keys() - told["after"].keys()):
        yield from point(f"{id}: leads to the customer above that has its records")
