"""Each minute: what is left to do of the erasures that have begun."""

from dataclasses import asdict

from hub import logs
from hub.pipeline import current
from hub.pipeline.erase import erase


@logs.step("erase")
def handler(event: object, context: object) -> dict[str, int]:
    """Go on with each: how many were worked on, how many are done, how many another writer was at."""
    done = asdict(erase(current()))
    logs.told("erased", **done)
    return done
