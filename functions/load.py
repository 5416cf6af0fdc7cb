"""A file was left in the drop, or the clock asks for one: rows on their way to the inbound queue."""

from dataclasses import asdict
from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.load import load

LAST_START = 60.0
"""Seconds of the function's time that a batch needs at most: its calls, each of them tried again."""


@logs.step("load")
def handler(event: object, context: Any) -> dict[str, int]:
    """Work for as long as the function may run; what is left then, the next one goes on with."""
    loaded = load(current(), context.get_remaining_time_in_millis() / 1000 - LAST_START)
    for one in loaded:
        facts = asdict(one)
        say = logs.warned if one.reason or one.unreadable or one.refused else logs.told
        say(f"file-{facts.pop('state')}", **facts)
    return {"files": len(loaded), "sent": sum(one.sent for one in loaded)}
