"""A schedule: asks the sources what changed."""

from dataclasses import asdict

from hub import logs
from hub.credentials.watch import watch
from hub.pipeline import current
from hub.pipeline.poll import poll


@logs.step("poll")
def handler(event: object, context: object) -> dict[str, int]:
    """Poll every account and say how many records came, and how many sources were in trouble.

    Credentials first: they are looked at even where nothing is called for weeks.
    """
    for found in watch(current()):
        logs.warned(found.kind, account=found.account, reason=found.reason)
    polled = poll(current())
    for one in polled:
        say = logs.warned if one.error else logs.told
        say("polled", **asdict(one))
    return {"records": sum(one.records for one in polled), "errors": sum(bool(one.error) for one in polled)}
