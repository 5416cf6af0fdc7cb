"""A crash at any call of a port, before it or after it, ends in the state of an undisturbed erasure."""

import re

import pytest

from hub.pipeline.erase import Order, begin, erase, erasure_of
from tests.hub.pipeline.erase.people import BY_HAND, Lived, lasting, left, left_at_vendors

CALLS = {
    "store": ("read", "commit", "page", "agenda", "walk", "take"),
    "archive": ("put", "get", "delete"),
    "inbound": ("send",),
    "outbound": ("send",),
    "client": ("send",),
}


class Crash(BaseException):
    """The process is gone."""


class Port:
    """A port whose calls are counted; at one of them the process crashes, before or after it."""

    def __init__(self, inner, names, counter):
        self.inner = inner
        for name in names:
            setattr(self, name, counter.counted(getattr(inner, name)))

    def __getattr__(self, name):
        return getattr(self.inner, name)


class Counter:
    def __init__(self, crash_at=0, *, after=False):
        self.calls = 0
        self.crash_at = crash_at
        self.after = after

    def counted(self, call):
        def run(*args, **kwargs):
            self.calls += 1
            now = self.calls == self.crash_at
            if now and not self.after:
                raise Crash
            answer = call(*args, **kwargs)
            if now:
                raise Crash
            return answer

        return run


def run(counter):
    """Erase her, with the ports counted; what crashes is started again a minute later."""
    day = Lived()
    for port, names in CALLS.items():
        inner = getattr(day.hub, port)
        day.hub.__dict__[port] = Port(inner, names, counter)
    for step in [lambda: begin(day.hub, day.id, Order("tests", "she asked")), *[lambda: minute(day)] * 14]:
        try:
            step()
        except Crash:
            day.runner.recover()
            begin(day.hub, day.id, Order("tests", "she asked"))
    for port in CALLS:
        day.hub.__dict__[port] = day.hub.__dict__[port].inner
    return day


def minute(day):
    erase(day.hub)
    day.later(61)


def state(day):
    """What is left, without what depends on when it happened."""
    items = {}
    for item in lasting(day):
        text = re.sub(r"20\d\d-\d\d-\d\dT[\d:.]+Z", "T", repr(sorted(item.data.items())))
        text = re.sub(r"(digest|signature)': '[0-9a-f]+'", "", text)
        items[item.key] = re.sub(r'\\*"attempt\\*":\d+', "", text)
    return items


@pytest.fixture(scope="module")
def calm():
    counter = Counter()
    day = run(counter)
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"
    return state(day), counter.calls


def test_every_crash_ends_in_the_state_of_a_calm_erasure(calm, stride):
    wanted, calls = calm
    points = range(1, calls + 1, stride)
    for number in points:
        for after in (False, True):
            day = run(Counter(number, after=after))
            assert state(day) == wanted, (number, after)
            assert left(day) == [], (number, after)
            assert left_at_vendors(day) <= BY_HAND, (number, after)
    print(f"{calls} calls, {2 * len(points)} crashes, 0 differing states")
