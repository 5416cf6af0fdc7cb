"""What a decision makes, or would make, of who belongs together."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.narrative.systems import Systems, counted
from hub.narrative.wording import point

Told = Mapping[str, Any]


def decided(told: Told) -> Iterator[str]:
    """The lines of an answer to a decision, or to its preview."""
    systems = Systems.of(told)
    if told["before"] == told["after"]:
        yield f"Nobody {'would be' if told['preview'] else 'is'} put together or taken apart by it."
        return
    before, after = (counted(len(told[side]), "customer") for side in ("before", "after"))
    now = "there is now" if len(told["after"]) == 1 else "there are now"
    yield f"Instead of {before} {'there would be' if told['preview'] else now} {after}:"
    for id, records in sorted(told["after"].items()):
        new = "" if id in told["before"] else " (a new number)"
        yield from point(f"{id}{new}: {systems.records(records)}")
    for id in sorted(told["before"].keys() - told["after"].keys()):
        yield from point(f"{id}: leads to the customer above that has its records")
