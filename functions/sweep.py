"""Each minute: what has become due."""

import json
import logging
from typing import Any

from hub.pipeline import current
from hub.pipeline.sweep import sweep

LOG = logging.getLogger("cauce.sweep")
LOG.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Sweep once: how many deliveries, waits and images were taken up."""
    taken = sweep(current())
    LOG.info(json.dumps(taken))
    return taken
