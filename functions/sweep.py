"""Each minute: what has become due."""

from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.sweep import sweep


@logs.step("sweep")
def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Sweep once: how many deliveries, waits and images were taken up."""
    taken = sweep(current())
    logs.told("swept", **taken)
    return taken
