"""Messages of a queue of another system, or an event of a bus: what is told without a signature."""

import json
from typing import Any

from hub import logs
from hub.pipeline import current
from hub.pipeline.batch import taken, work_through
from hub.pipeline.listen import Letter, heard
from hub.pipeline.receive import enqueue
from hub.times import from_epoch, parse


@logs.step("listen")
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """What failed of a queue comes again, with what is behind it of its group; that of a bus is raised."""
    hub = current()
    if "Records" not in event:
        enqueue(hub, heard(hub, Letter(json.dumps(event), "", parse(event["time"]))))
        return {}
    letters = [_letter(record) for record in event["Records"]]
    outcomes = list(work_through(taken(event), lambda number: heard(hub, letters[number])))
    for outcome in outcomes:
        _say(outcome)
    enqueue(hub, [one for outcome in outcomes if isinstance(outcome, list) for one in outcome])
    failed = [
        record["messageId"]
        for record, outcome in zip(event["Records"], outcomes, strict=True)
        if isinstance(outcome, Exception)
    ]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}


def _letter(record: dict[str, Any]) -> Letter:
    sent = from_epoch(int(record["attributes"]["SentTimestamp"]) / 1000)
    told = (record.get("messageAttributes") or {}).items()
    headers = {name.lower(): one["stringValue"] for name, one in told if one.get("stringValue") is not None}
    return Letter(record["body"], record["eventSourceARN"], sent, headers)


def _say(outcome: object) -> None:
    if isinstance(outcome, Exception):
        logs.failed(outcome)
