"""A crash at any call of a port, before it or after it, ends in the state of an undisturbed erasure."""

import re

import pytest

from hub.pipeline.erase import Order, begin, erase, erasure_of
from tests.hub.pipeline.erase.people import BY_HAND, Lived, lasting, left, left_at_vendors

CALLS = {
    "store": ("read", "commit", "page", "agenda", "walk", "count"),
    "archive": ("put", "get", "delete"),
    "inbound": ("send",),
    "outbound": ("send",),
    "client": ("send",),
}


EFFECTS = {
    "store": ("commit", "count"),
    "archive": ("put", "delete"),
    "inbound": ("send",),
    "outbound": ("send",),
    "client": ("send",),
}
"""Those of them that leave something behind."""


CALM, LONGEST = 16, 40
"""Minutes that an undisturbed erasure is given, and that a disturbed one may take."""


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
    """Counts the boundaries of calls, before and after each; dies at these, once at each."""

    def __init__(self, *deaths):
        self.boundaries = 0
        self.deaths = {*deaths}

    def cross(self):
        self.boundaries += 1
        if self.boundaries in self.deaths:
            raise Crash

    def counted(self, call):
        def run(*args, **kwargs):
            self.cross()
            answer = call(*args, **kwargs)
            self.cross()
            return answer

        return run


class FirstStep(Lived):
    """Only the first webhook of her day, and what follows from it."""

    def story(self):
        self.live(0)


def run(counter, lived=Lived, ports=CALLS):
    """Erase her, with the ports counted; what crashes is started again a minute later.

    What two deaths keep from the queue is sent by the second sweep after it, ten minutes after the first.
    """
    day = lived()
    store = day.hub.store
    for port, names in ports.items():
        inner = getattr(day.hub, port)
        day.hub.__dict__[port] = Port(inner, names, counter)
    for number in range(LONGEST):
        if number > CALM and erasure_of(store, day.id).data["state"] == "done":
            break
        survives = survived(minute if number else asked, day)
        while not survives:
            day.runner.recover()
            survives = survived(asked, day)
    for port in ports:
        day.hub.__dict__[port] = day.hub.__dict__[port].inner
    return day


def survived(step, day):
    try:
        step(day)
    except Crash:
        return False
    return True


def asked(day):
    begin(day.hub, day.id, Order("tests", "she asked"))


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
    return state(day), counter.boundaries


def test_every_crash_ends_in_the_state_of_a_calm_erasure(calm, stride):
    wanted, boundaries = calm
    points = range(1, boundaries + 1, stride)
    for number in points:
        day = run(Counter(number))
        assert state(day) == wanted, number
        assert left(day) == [], number
        assert left_at_vendors(day) <= BY_HAND, number
    print(f"{boundaries} boundaries, {len(points)} crashes, 0 differing states")


@pytest.mark.parametrize("part", range(8))
def test_every_two_crashes_around_what_has_an_effect_end_in_that_state(part, pairs):
    """A process keeps nothing: a death between two reads is a death before the next effect."""
    counter = Counter()
    calm = run(counter, FirstStep, EFFECTS)
    wanted, last = state(calm), counter.boundaries + 2
    mine = [(a, b) for a in range(1, last) for b in range(a + 1, last + 1)][part :: 8 * pairs]
    for first, second in mine:
        day = run(Counter(first, second), FirstStep, EFFECTS)
        assert state(day) == wanted, (first, second)
        assert left(day) == [], (first, second)
    print(f"part {part + 1} of 8: {last} boundaries, {len(mine)} pairs of crashes, 0 differing states")
