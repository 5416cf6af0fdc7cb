"""The inbound queue: events on their way to the one customer."""

import json
import logging
from dataclasses import asdict
from typing import Any

from hub.errors import HubError
from hub.pipeline import current
from hub.pipeline.unify import unify

LOG = logging.getLogger("cauce.unify")
LOG.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Apply in order; the first failure and all behind it come again, so that no record loses its order."""
    records = event["Records"]
    done = 0
    try:
        for result in unify(current(), [record["body"] for record in records]):
            done += 1
            LOG.info(json.dumps(asdict(result)))
    except Exception as error:
        # Only our own errors are known to say no value of a record.
        said = str(error) if isinstance(error, HubError) else ""
        LOG.error(json.dumps({"error": type(error).__name__, "reason": said}))  # noqa: TRY400
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records[done:]]}
