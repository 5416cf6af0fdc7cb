"""A schedule: asks the sources what changed, whether they still send, and whether they are silent."""

from dataclasses import asdict

from hub import logs
from hub.credentials.watch import watch
from hub.pipeline import current
from hub.pipeline.poll import poll
from hub.pipeline.sources import sights
from hub.pipeline.subscriptions import GONE, TROUBLE, look


@logs.step("poll")
def handler(event: object, context: object) -> dict[str, int]:
    """Poll every account and say how many records came, and how many sources were in trouble.

    Credentials first: they are looked at even where nothing is called for weeks.
    """
    for found in watch(current()):
        logs.warned(found.kind, account=found.account, reason=found.reason)
    for looked in look(current()):
        say = logs.warned if looked.state in (GONE, TROUBLE) else logs.told
        say(f"subscription-{looked.state}", account=looked.source, reason=looked.error)
    polled = poll(current())
    for one in polled:
        say = logs.warned if one.error else logs.told
        say("polled", **asdict(one))
    for sight in sights(current()):
        if sight.quiet:
            logs.warned("silent", account=sight.account.name)
        if sight.missed_percent is not None:
            logs.gauge("missed_percent", sight.missed_percent, account=sight.account.name)
    return {"records": sum(one.records for one in polled), "errors": sum(bool(one.error) for one in polled)}
