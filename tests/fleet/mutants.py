"""Seeded bugs of delivery: one of its rules taken away, and the first seed of the fleet at which that shows.

`python -m tests.fleet.mutants` runs them all and prints the table; `--seeds N` says how many at most.
"""

import sys
from dataclasses import dataclass, replace
from unittest.mock import patch

from hub import ledger, limiter
from hub.messages import Delivery
from hub.pipeline.deliver import act, parking, state
from hub.pipeline.deliver.case import Case
from tests.fleet.trial import trial
from tests.identity.mutants import seeded, show

attach, turn, regroup, route, spoken = (
    sys.modules[f"hub.pipeline.{name}"]
    for name in ("unify.attach", "poll.turn", "unify.regroup", "route", "unify.spoken")
)
"""The modules: some packages have functions of these names."""


@dataclass(frozen=True)
class Mutant:
    """A bug: what was taken away, and how. `within`: seeds in which it shows."""

    name: str
    text: str
    apply: object
    within: int


MUTANTS = []
HIDDEN = 20_000
"""Of a bug that other rules hide from the fleet: docs/decisions/0026 says which, and what finds it."""


def mutant(name, text, within):
    """Registers a function that yields the patches of a bug."""

    def register(make):
        MUTANTS.append(Mutant(name, text, make, within))
        return make

    return register


def first_detection(bug, most, first=0):
    """How many seeds it takes until one shows the bug; None when none of `most` does."""
    for seed in range(first, first + most):
        with seeded(bug):
            if trial(seed)[0]:
                return seed - first + 1
    return None


@mutant("no-intent", "the intent is not kept: what is found of an earlier request is forgotten", within=250)
def _no_intent():
    yield patch.object(act, "_settled", lambda case: ("", case))
    yield patch.object(parking, "_again", _without_intent(parking._again))


def _without_intent(again):
    def forgetful(case, outcome, *rest, **named):
        known = replace(outcome, kind="retry") if outcome.kind == "unknown" else outcome
        return again(case, known, *rest, **named)

    return forgetful


@mutant("no-epoch", "an older version is delivered as it was told, not as it is", within=20)
def _no_epoch():
    yield patch.object(state, "_dealt", lambda case, subject: case.data.get("state") == "ok")


@mutant("late-ledger", "the ledger is not written before the call", within=20)
def _late_ledger():
    yield patch.object(ledger, "entry", lambda fields, at, before=None: dict(before or {}))


@mutant("acts-again", "an act is not looked up before it is done", within=500)
def _acts_again():
    yield patch.object(act, "_decided", lambda case: False)
    yield patch.object(act, "_settled", lambda case: ("", case))


@mutant("cursor-first", "a poll's cursor moves before the queue has taken what was found", within=HIDDEN)
def _cursor_first():
    def hasty(hub, events, inner=turn.enqueue):
        if hub.random.random() < 0.05:
            return  # died between the two
        inner(hub, events)

    yield patch.object(turn, "enqueue", hasty)


@mutant("relay-first", "the relay marks an image before it has sent", within=20)
def _relay_first():
    def hasty(hub, deliveries, inner=route.send):
        if hub.random.random() >= 0.05:  # else it died between the two
            inner(hub, deliveries)

    yield patch.object(route, "send", hasty)


@mutant("own-wait", "a Retry-After is kept by whom it was said to, not shared", within=20)
def _own_wait():
    yield patch.object(limiter, "block", lambda *_: None)


@mutant("no-lease", "a creation is not leased, and not looked for before it is repeated", within=250)
def _no_lease():
    yield patch.object(state, "_leased", lambda *_: 0.0)
    yield patch.object(parking, "QUIET", 0.0)


@mutant("no-limit", "calls are made without a token", within=HIDDEN)
def _no_limit():
    yield patch.object(limiter._Taking, "take", lambda *_: 0.0)


@mutant("echo-is-news", "what we wrote ourselves is news when it is told", within=20)
def _echo_is_news():
    yield patch.object(ledger.Written, "is_echo", lambda *_: False)


@mutant("echo-by-receipt", "an echo is known by when we hear of it, for ten minutes", within=50)
def _echo_by_receipt():
    def repeats(written, name, value, at, other=""):
        hashed, wrote = ledger.fingerprint(value), written.wrote.get(name, [])
        return any(hashed in (known, *form) for known, _, *form in wrote[:1])

    yield patch.object(ledger.Written, "_repeats", repeats)


@mutant("anybody's-echo", "the ledger of another record of the customer makes echoes", within=50)
def _anybodys_echo():
    yield patch.object(spoken.keys, "told", _anybody(spoken.keys.told))


def _anybody(told):
    class Any:
        """Equal to every id."""

        def __eq__(self, other):
            return True

        __hash__ = None

    def told_of(pk):
        found = told(pk)
        caller = sys._getframe(1).f_code.co_name
        return found._replace(id=Any()) if caller == "_written" else found

    return told_of


@mutant("not-put-back", "what a destination says otherwise and does not win is left there", within=50)
def _not_put_back():
    for module in (attach, regroup):
        for name in ("unmatched", "lacking"):
            if hasattr(module, name):
                yield patch.object(module, name, lambda *_: ())


@mutant("stranger", "what we created is not told to unify by ourselves", within=50)
def _stranger():
    yield patch.object(state, "introduce", lambda *_: None)


@mutant("old-id", "a delivery is sent again under the id of a customer who was merged long ago", within=400)
def _old_id():
    message = Case._message

    def first(case):
        held = case.data.get("message")
        if not held:
            return message(case)
        attempt = max(case.delivery.attempt, Delivery.loads(held).attempt)
        return replace(Delivery.loads(held), attempt=attempt).dumps()

    yield patch.object(Case, "_message", first)
    yield patch.object(state, "replace", lambda delivery, **_: delivery)


@mutant("told-is-there", "what a record told last is there, though we have written over it since", within=50)
def _told_is_there():
    yield patch.object(ledger.Written, "stands", lambda written, name, told, register: told)


@mutant("set-back", "any other value that the record told makes news of our echo", within=60)
def _set_back():
    def hasty(written, name, value, at, other="", inner=ledger.Written._repeats):
        return not other and inner(written, name, value, at)

    yield patch.object(ledger.Written, "_repeats", hasty)


@mutant("late-set-back", "that what we wrote stood there again is not remembered", within=2000)
def _late_set_back():
    yield patch.object(ledger.Written, "stood", lambda *_: False)


@mutant("own-word", "what a record told before we wrote the same is its echo", within=1500)
def _own_word():
    yield patch.object(ledger.Written, "_is_before", lambda *_: False)


@mutant("no-late-landing", "a write without an outcome does not land after the next one", within=HIDDEN)
def _no_late_landing():
    def until(written, marks, place):
        newer = (one.noted for one in marks[:place] if written._settled(one.noted))
        return min(map(written._surely, newer), default=ledger.FOREVER)

    yield patch.object(ledger.Written, "_until", until)


@mutant("last-landing", "when the writes before the last one landed is forgotten", within=500)
def _last_landing():
    yield patch.object(ledger, "remembered", lambda landed, wrote: dict([max(landed.items())]))


@mutant("overtaken", "an upsert by another identifier does not wait for the one on its way", within=3000)
def _overtaken():
    yield patch.object(state, "_matches_another", lambda *_: False)


if __name__ == "__main__":
    show(MUTANTS, first_detection, "seed", 2000)
