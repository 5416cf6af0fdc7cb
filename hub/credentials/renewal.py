"""Getting the next token: one asks at a time, and what comes is written before it is used.

With a refresh token that is good for one use, a crash between the vendor's answer and our write may lose the
account. So the write follows the answer at once, is repeated, and stays in this process's memory until it
is done; whoever finds an unfinished attempt asks again soon, which vendors with a grace period allow.
"""

from dataclasses import replace

from hub.connector import Grant, Outcome, grant
from hub.connector.auth import REFRESH
from hub.credentials.parts import Parts, Seen, Subject, given
from hub.credentials.token import SPARES, Token, empty
from hub.errors import PauseError, RecordError, RetryError
from hub.store import Conflict, Item, Put

LEASE = 30.0
"""Seconds for which one may ask: more than the client waits (12) and the writes after it."""

ENOUGH = 15.0
"""Seconds of a lease that must be left when a request is sent: whoever was stopped before it sends none."""

LONGEST_HOLD = 60.0
"""Seconds between attempts at a vendor that does not answer: far within a grace period of 30 minutes."""

WRITE_PAUSES = (0.0, 0.05, 0.2, 0.8, 2.0, 4.0)
"""Seconds before each attempt to write a new pair, beside the store's own."""

LOST = "credential-answer-lost"
ADDRESS = "credential-address"


def load(hub: Parts, subject: Subject) -> tuple[Item, Token]:
    """The item of an account's token, and its state."""
    found = empty(subject.name)
    item = hub.store.read([found.key]).get(found.key, found)
    return item, Token.of(item)


def written(hub: Parts, item: Item, token: Token) -> Item:
    """The item after writing this state. Raises Conflict, RetryError."""
    changed = token.item(item)
    hub.store.commit([Put(changed)])
    return replace(changed, version=item.version + 1)


def renew(hub: Parts, subject: Subject, item: Item, token: Token) -> Token | None:
    """The state after asking for a token, whatever came of it; None where somebody else was faster.

    Raises PauseError("missing-secret"), RetryError where the store does not answer.
    """
    auth, asked = subject.connector.auth, hub.clock()
    secrets = given(hub, subject.name, auth.inputs)
    token = token.seeded(secrets.get(REFRESH, "") if auth.refreshes else "")
    _checked(subject, secrets, token.refresh)
    leased = token.leased(asked + LEASE)
    try:
        item = written(hub, item, leased)
    except Conflict:
        return None
    outcome = Outcome("pause")
    for refresh in (leased.refresh, *leased.spare):
        if hub.clock() > leased.lease - ENOUGH:
            return None
        answer = _ask(hub, subject, secrets, refresh)
        if isinstance(answer, Grant):
            after = replace(leased, refresh=refresh).granted(answer, asked)
            return save(hub, subject, Seen(after, 0.0, token), item)
        outcome = answer
        if outcome.kind != "pause":
            break
    return _unanswered(hub, item, leased if auth.rotates else replace(leased, lost=False), outcome)


def _checked(subject: Subject, secrets: dict[str, str], refresh: str) -> None:
    """Whether the request can be made at all. Raises PauseError."""
    try:
        grant.request(subject.connector.auth, subject.account, secrets, refresh)
    except RecordError:
        raise PauseError(ADDRESS, subject.name) from None


def save(hub: Parts, subject: Subject, new: Seen, item: Item | None = None) -> Token:
    """Write a state that nobody else has, and keep it in memory until that is done: what is there then.

    `item`: as it was written last, where that is known.
    """
    after = new.token
    for pause in WRITE_PAUSES:
        if pause:
            hub.sleep(pause)
        try:
            if item is None:
                item, found = load(hub, subject)
                after = _merged(new, found)
            written(hub, item, after)
        except (Conflict, RetryError):
            item = None
            continue
        hub.tokens.seen.pop(subject.name, None)
        return after
    hub.tokens.seen[subject.name] = new
    return new.token


def _merged(new: Seen, found: Token) -> Token:
    """What to write where the item moved on: a newer answer wins, and the other refresh token is kept."""
    before, ours = new.unsaved or Token(), new.token
    if found.seed not in (before.seed, ours.seed):
        return found
    if (found.refresh, found.values) in ((before.refresh, before.values), (ours.refresh, ours.values)):
        return ours
    newer, other = (ours, found) if ours.asked >= found.asked else (found, ours)
    spare = [one for one in dict.fromkeys((other.refresh, *newer.spare)) if one not in ("", newer.refresh)]
    return replace(newer, spare=tuple(spare[:SPARES]))


def _ask(hub: Parts, subject: Subject, secrets: dict[str, str], refresh: str) -> Grant | Outcome:
    auth, asked = subject.connector.auth, hub.clock()
    try:
        response = hub.client.send(grant.request(auth, subject.account, secrets, refresh))
    except RetryError as error:
        return Outcome("retry" if error.reason == "connection" else "unknown", error.after, error.reason)
    except RecordError:
        return Outcome("pause", reason=ADDRESS)
    return grant.read(auth, response, asked)


def _unanswered(hub: Parts, item: Item, token: Token, outcome: Outcome) -> Token | None:
    """The state after an answer without a token; None where somebody else was faster."""
    now = hub.clock()
    if outcome.kind == "pause":
        lost = token.lost and outcome.reason == grant.REVOKED
        changed = token.died(LOST if lost else outcome.reason, now)
    else:
        after = max(outcome.after, min(LONGEST_HOLD, 2.0**token.failures))
        changed = token.failed(now, after, lost=outcome.kind == "unknown")
    try:
        written(hub, item, changed)
    except Conflict:
        return None
    return changed
