"""A schedule: asks the sources what changed."""

import json
import logging
from dataclasses import asdict

from hub.pipeline import current
from hub.pipeline.poll import poll

LOG = logging.getLogger("cauce.poll")
LOG.setLevel(logging.INFO)


def handler(event: object, context: object) -> dict[str, int]:
    """Poll every account and say how many records came, and how many sources were in trouble."""
    polled = poll(current())
    for one in polled:
        LOG.log(logging.WARNING if one.error else logging.INFO, json.dumps(asdict(one)))
    return {"records": sum(one.records for one in polled), "errors": sum(bool(one.error) for one in polled)}
