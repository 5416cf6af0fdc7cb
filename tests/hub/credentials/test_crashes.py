"""A process ends at each boundary of a renewal, singly and in pairs; others go on with the same table.

Boundaries: before and after each call of the store, the vendor, and the secrets.
"""

import itertools

import pytest

from hub import credentials
from hub.errors import PauseError, RetryError
from tests.hub.credentials.vendor import (
    ACCOUNT,
    ALONE,
    LASTING,
    ROTATING,
    Crash,
    Vendor,
    hub_of,
    loses_the_answer,
)
from tests.memory_hub import NOW, Clock

PORTS = {"store": ("read", "commit"), "client": ("send",), "secrets": ("get",)}
FOREVER = 400
"""Attempts after which an account counts as lost."""


class Broken:
    """A port whose calls are counted with those of the others, and at one of which the process ends."""

    def __init__(self, port, names, count, at):
        self.port = port
        self.names = names
        self.count = count
        self.at = at

    def __getattr__(self, name):
        real = getattr(self.port, name)
        return (lambda *given: self._call(name, real, given)) if name in self.names else real

    def _call(self, name, real, given):
        before = next(self.count)
        if before == self.at:
            raise Crash
        found = real(*given)
        self.at_after = next(self.count)
        if self.at_after == self.at:
            raise Crash
        return found


class Stack:
    """A table and a vendor; `process(at)` is one more process, which ends at its boundary number `at`."""

    def __init__(self, text=ROTATING, **vendor):
        self.clock = Clock(NOW)
        self.vendor = Vendor(self.clock, **vendor)
        self.text = text
        self.first = hub_of(text, vendor=self.vendor)

    def process(self, at=None):
        hub, count = hub_of(self.text, vendor=self.vendor, store=self.first.store), itertools.count()
        for name, methods in PORTS.items():
            hub.__dict__[name] = Broken(getattr(hub, name), methods, count, at)
        return hub

    def boundaries(self):
        """How many there are in a renewal that nothing disturbs."""
        count = itertools.count()
        hub = hub_of(self.text, vendor=self.vendor, store=self.first.store)
        for name, methods in PORTS.items():
            hub.__dict__[name] = Broken(getattr(hub, name), methods, count, None)
        credentials.current(hub, ACCOUNT)
        return next(count)

    def renew(self, at):
        """One process until it has a token or ends: whether it ended by itself."""
        try:
            credentials.current(self.process(at), ACCOUNT)
        except Crash:
            return False
        except (RetryError, PauseError):
            return True
        return True

    def alive(self):
        """Whether a process that nothing disturbs gets a token in the end, and the vendor takes it."""
        for _ in range(FOREVER):
            try:
                found = credentials.current(self.process(), ACCOUNT)
            except RetryError as error:
                self.clock.now += max(error.after, 1.0)
            except PauseError:
                return False
            else:
                return self.vendor.tokens[found["access_token"]] > self.vendor.now
        return False


def lost(text, depth, *, used=True, **vendor):
    """The combinations of boundaries at which an account is lost, and how many combinations there are.

    `used`: it has been renewed before, and the token is over.
    """
    plan = Stack(text, **vendor)
    many = range(plan.boundaries())
    found, tried = [], 0
    for ends in itertools.product(many, repeat=depth):
        stack = Stack(text, **vendor)
        if used:
            credentials.current(stack.process(), ACCOUNT)
            stack.clock.now += 3600
        for at in ends:
            stack.renew(at)
            stack.clock.now += 31
        tried += 1
        found += [] if stack.alive() else [ends]
        assert stack.vendor.over == 0
    return found, tried


@pytest.mark.parametrize("used", [False, True], ids=["the first token", "a later one"])
@pytest.mark.parametrize("depth", [1, 2], ids=["singly", "in pairs"])
@pytest.mark.parametrize(
    ("text", "vendor"),
    [(ROTATING, {"grace": 1800.0}), (LASTING, {"rotates": False}), (ALONE, {"rotates": False})],
    ids=["grace of 30 minutes", "refresh tokens that last", "a client alone"],
)
def test_no_account_is_lost_where_the_vendors_rules_allow_it(text, vendor, depth, used, figure):
    found, tried = lost(text, depth, used=used, **vendor)
    figure("ends of processes in a renewal", tried)
    assert tried >= 8**depth
    assert found == []


def test_the_one_boundary_at_which_a_token_for_one_use_is_lost_is_named():
    """Between the vendor's answer and our write, and nowhere else: two boundaries with nothing between."""
    found, _ = lost(ROTATING, 1)
    stack = Stack()
    credentials.current(stack.process(), ACCOUNT)
    stack.clock.now += 3600
    names = order(stack)
    assert [names[at] for (at,) in found] == ["after send", "before commit"]
    assert names.count("after send") == 1


def order(stack):
    """What each boundary of a renewal is."""
    names = []
    hub = hub_of(stack.text, vendor=stack.vendor, store=stack.first.store)
    for port, methods in PORTS.items():
        hub.__dict__[port] = Named(getattr(hub, port), methods, names)
    credentials.current(hub, ACCOUNT)
    return names


class Named:
    def __init__(self, port, methods, names):
        self.port, self.methods, self.names = port, methods, names

    def __getattr__(self, name):
        real = getattr(self.port, name)
        return (lambda *given: self._call(name, real, given)) if name in self.methods else real

    def _call(self, name, real, given):
        self.names.append(f"before {name}")
        found = real(*given)
        self.names.append(f"after {name}")
        return found


def test_a_lost_answer_after_a_crash_is_within_the_grace_period_of_a_suspicious_vendor():
    """Such a vendor revokes everything when an old refresh token is used after its grace."""
    stack = Stack(grace=60.0, suspicious=True)
    stack.vendor.faults = [loses_the_answer]
    assert stack.alive()
    for at in range(Stack().boundaries()):
        stack = Stack(grace=60.0, suspicious=True)
        stack.renew(at)
        assert stack.alive(), at
