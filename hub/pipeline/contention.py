"""How those who met at one item come apart again: full jitter over a window that doubles.

An attempt of unify takes about 60 ms, so that a first window of less would separate nobody. With 50 workers
on one new person (`python -m bench storm`) 99 % of the events are through within 7 attempts; with
windows from 25 to 800 ms one in a hundred came again from the queue, five seconds later.
"""

from hub.pipeline import Hub

ATTEMPTS = 8
FIRST = 0.1
LONGEST = 1.6
"""Seconds of the first window and of the longest one."""


def come_apart(hub: Hub, attempt: int) -> None:
    """Wait after attempt number `attempt` (from 0) met somebody."""
    hub.sleep(hub.random.uniform(0, min(LONGEST, FIRST * 2**attempt)))
