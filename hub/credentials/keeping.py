"""What an operator's word does to a token's item: another consent, other secrets."""

from collections.abc import Callable

from hub.connector import Grant
from hub.credentials.parts import Parts, Subject
from hub.credentials.renewal import load, written
from hub.credentials.token import Token, mark
from hub.store import Conflict

ATTEMPTS = 8


def connected(hub: Parts, account: str, given: Grant, asked: float) -> Token:
    """Keep what a person's consent gave: nothing of an earlier one stays."""
    fresh = Token(seed=mark(given.refresh)).granted(given, asked)
    _changed(hub, account, lambda _: fresh)
    return fresh


def revive(hub: Parts, account: str) -> None:
    """Let a token be asked for anew after its secrets were set; one that lives is used until that is done."""
    _changed(hub, account, lambda token: token.revived())


def _changed(hub: Parts, account: str, change: Callable[[Token], Token]) -> None:
    subject = Subject.find(hub, account)
    for _ in range(ATTEMPTS if subject else 0):
        assert subject is not None
        item, token = load(hub, subject)
        changed = change(token)
        if changed == token:
            return
        try:
            written(hub, item, changed)
        except Conflict:
            continue
        return
