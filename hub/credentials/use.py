"""The credential of an account at this moment, and what to do when a vendor refuses it."""

from hub import keys
from hub.connector.auth import REFRESH
from hub.credentials.parts import Parts, Seen, Subject, given
from hub.credentials.renewal import load, renew, save, written
from hub.credentials.token import Token
from hub.errors import PauseError, RetryError
from hub.store import Conflict, Item
from hub.times import to_epoch

KEPT = 300.0
"""Seconds after which a token in memory is compared with its item: an operator may have connected anew."""

GLANCE = 2.0
"""Seconds after which the item is read again while somebody else renews."""

WAITS = (0.1, 0.2, 0.4, 0.8)
"""Seconds to wait, in turn, for a token that somebody else is getting."""

YOUNG = 60.0
"""Seconds within which a token that is refused is not replaced by another: the trouble lies elsewhere."""

RENEWAL = "credential-renewal"
UNREACHABLE = "credential-unreachable"


def current(hub: Parts, account: str) -> dict[str, str]:
    """The secrets that authorise calls for an account now, by name.

    Raises PauseError with the reason why a credential is dead, RetryError where a token cannot be had yet.
    """
    subject = Subject.find(hub, account)
    if subject is None:
        return given(hub, account, _names(hub, account))
    token, sent = valid(hub, subject), subject.connector.sent
    return {**(given(hub, account, sent) if sent else {}), **token.values}


def refused(hub: Parts, account: str, used: dict[str, str] | None = None) -> bool:
    """After a vendor refused what was `used` (what `current` gave): whether there is another one now.

    A token is asked for anew, unless it was got in the last minute. Raises RetryError.
    """
    subject = Subject.find(hub, account)
    if subject is None:
        return _reread(hub, account, used)
    name, seen = subject.connector.auth.token, hub.tokens.seen.get(account)
    known = (seen.token.values if used is None and seen else used or {}).get(name)
    item, token = load(hub, subject)
    if seen and seen.unsaved is None:
        hub.tokens.seen.pop(account, None)
    if known and token.values.get(name) not in (known, None):
        return True
    return hub.clock() - token.asked >= YOUNG and _replaced(hub, subject, item, token)


def valid(hub: Parts, subject: Subject) -> Token:
    """The token of an account; renewed when it is due and nobody else is at it. Raises as `current`."""
    seen = hub.tokens.seen.get(subject.name)
    if seen and seen.unsaved is not None:
        saved = save(hub, subject, seen)
        if hub.clock() < saved.due:
            return saved
    elif seen and hub.clock() < seen.look:
        return seen.token
    for pause in WAITS:
        token = _looked(hub, subject)
        if token is not None:
            return token
        hub.sleep(pause)
    raise RetryError(RENEWAL, GLANCE)


def _looked(hub: Parts, subject: Subject) -> Token | None:
    """The token as its item has it, or a newer one; None where somebody else is getting it."""
    item, token = load(hub, subject)
    if _wanted(hub, subject, token):
        try:
            token = renew(hub, subject, item, token) or load(hub, subject)[1]
        except (PauseError, RetryError):
            if hub.clock() >= token.until:
                raise
    return _chosen(hub, subject, token)


def _wanted(hub: Parts, subject: Subject, token: Token) -> bool:
    """Whether to ask for another token now."""
    now, auth = hub.clock(), subject.connector.auth
    if now < max(token.due, token.lease):
        return False
    if token.dead and auth.refreshes:
        token = token.seeded(given(hub, subject.name, auth.inputs).get(REFRESH, ""))
    return now >= token.hold and (not token.dead or _resumed(hub, subject, token.since))


def _resumed(hub: Parts, subject: Subject, since: float) -> bool:
    """Whether an operator let the account go on after its credential died."""
    key = keys.account(subject.name)
    found = hub.store.read([key]).get(key)
    at = found.data.get("at") if found and not found.data.get("paused") else None
    return bool(at) and to_epoch(str(at)) > since


def _chosen(hub: Parts, subject: Subject, token: Token) -> Token | None:
    now = hub.clock()
    if now < token.until:
        fresh = now < token.due
        return _kept(hub, subject, token, min(token.due, now + KEPT) if fresh else now + GLANCE)
    if token.dead:
        raise PauseError(token.dead, subject.name)
    if now < token.hold:
        raise RetryError(UNREACHABLE, token.hold - now)
    return None


def _kept(hub: Parts, subject: Subject, token: Token, look: float) -> Token:
    held = hub.tokens.seen.get(subject.name)
    if held is None or held.unsaved is None:
        hub.tokens.seen[subject.name] = Seen(token, min(look, token.until))
    return token


def _replaced(hub: Parts, subject: Subject, item: Item, token: Token) -> bool:
    try:
        written(hub, item, token.over())
    except Conflict:
        return True
    try:
        valid(hub, subject)
    except PauseError:
        return False
    return True


def _names(hub: Parts, account: str) -> frozenset[str]:
    """The secrets that calls for an account without a token need."""
    connector = hub.catalog.connectors.get(account.partition(".")[0])
    return connector.sent if connector else frozenset()


def _reread(hub: Parts, account: str, used: dict[str, str] | None) -> bool:
    """Whether what an operator set is another one now: it may have been renewed since it was cached."""
    names = _names(hub, account)
    before = given(hub, account, names) if used is None else used
    held = hub.secrets.get(account)
    hub.secrets.refresh(account)
    if not held or not all(held[0].get(name) for name in names):
        hub.secrets.refresh(account.partition(".")[0])
    return given(hub, account, names) != before
