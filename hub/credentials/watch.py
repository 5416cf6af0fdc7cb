"""What nobody else would notice: credentials that are dead or end soon, and renewals that nobody finished."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from hub.accounts import Account
from hub.credentials.parts import Parts, Subject
from hub.credentials.token import Token, empty
from hub.credentials.use import valid
from hub.errors import HubError
from hub.reprs import discreet
from hub.times import parse, to_epoch

AHEAD = 14 * 86_400.0
"""Seconds before the end of a refresh token at which somebody is told."""

DEAD = "credential-dead"
ENDS = "credential-ends"
SECRET, CONSENT = "credential-set-another", "credential-connect-again"
"""What to do about one that ends."""


@discreet("kind", "account")
@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person has to see: `kind` credential-dead or credential-ends."""

    kind: str
    account: str
    reason: str = ""


def watch(hub: Parts) -> list[Finding]:
    """Look at each credential once: finish what nobody did, keep alive what is idle, say what ends."""
    subjects = [one for name in hub.catalog.accounts if (one := Subject.find(hub, name))]
    held = hub.store.read([empty(subject.name).key for subject in subjects])
    found = [(subject, held.get(empty(subject.name).key)) for subject in subjects]
    states = [(subject, Token.of(item)) for subject, item in found if item is not None]
    ending = [Finding(ENDS, name, SECRET) for name, one in hub.catalog.accounts.items() if _ends(hub, one)]
    return [*ending, *(finding for subject, token in states for finding in _seen(hub, subject, token))]


def _ends(hub: Parts, account: Account) -> bool:
    """Whether what an operator set ends soon, as accounts.yaml says."""
    return bool(account.secret_ends) and hub.clock() > to_epoch(parse(account.secret_ends)) - AHEAD


def _seen(hub: Parts, subject: Subject, token: Token) -> Iterator[Finding]:
    now = hub.clock()
    if not token.dead and _neglected(subject, token, now):
        with contextlib.suppress(HubError):
            token = valid(hub, subject)
    if token.dead:
        yield Finding(DEAD, subject.name, token.dead)
    elif token.ends and now > token.ends - AHEAD:
        yield Finding(ENDS, subject.name, CONSENT)


def _neglected(subject: Subject, token: Token, now: float) -> bool:
    """Whether nobody finished a renewal, or half the life of a refresh token went by without a use."""
    begun = subject.connector.auth.rotates and bool(token.lease or token.failures)
    unfinished = begun and now >= max(token.lease, token.hold, token.due)
    idle = bool(token.ends) and now > token.asked + (token.ends - token.asked) / 2 and now >= token.due
    return unfinished or idle
