"""What people do about credentials: consent to them, renew them, read how they stand."""

import argparse
import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from hub import credentials
from hub.catalog import Catalog
from hub.client import Client
from hub.connector import Grant, Outcome, grant
from hub.connector.auth import CLIENT, REFRESH
from hub.credentials.keeping import connected
from hub.credentials.renewal import ADDRESS, LOST
from hub.credentials.token import Token
from hub.errors import HubError
from hub.secrets import Secrets
from hub.store import Store
from hub.times import from_epoch

REDIRECT = "http://localhost:8080/callback"
"""Where a browser lands after consent. Nothing has to listen there: its address bar holds the code."""

_WHY = {
    grant.REVOKED: "the vendor no longer takes the refresh token: it was revoked, or not used for too long",
    grant.CLIENT_REFUSED: "the vendor does not take the client id and secret, or denies them this access",
    grant.LOGIN_REFUSED: "the vendor does not take the user and password",
    LOST: "the refresh token was good for one use, and the vendor's answer with the next never arrived",
    ADDRESS: "the request for a token cannot be made: look at its address and the account's settings",
}


class Vault(Protocol):
    """Where operators' secrets are read and written."""

    def get(self, name: str, stage: str = "AWSCURRENT") -> dict[str, str]:
        """The values of a secret, {} when there is none."""
        ...

    def put(self, name: str, values: dict[str, str]) -> None:
        """Make these the current values."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    """The vault as functions see secrets."""

    vault: Vault

    def get(self, name: str) -> list[dict[str, str]]:
        found = self.vault.get(name)
        return [found] if found else []

    def refresh(self, name: str) -> None:
        """Nothing is cached."""


@dataclass(slots=True, repr=False)
class Desk:
    """The parts of a hub that credentials need, for a person at a keyboard."""

    catalog: Catalog
    store: Store
    client: Client
    clock: Any
    secrets: Secrets
    sleep: Any = time.sleep
    tokens: credentials.Cache = field(default_factory=credentials.Cache)


def desk(stage: Any) -> Desk:
    """The parts of a stage."""
    return Desk(stage.catalog, stage.store, stage.client, stage.clock, _Held(stage.vault))


def standing(stage: Any, name: str) -> str:
    """How a credential stands, in a few words; "" where it is what an operator set."""
    token = _token(stage, name)
    if token is None:
        return ""
    now = stage.clock()
    if token.dead:
        return f"dead since {_minute(token.since)}"
    if not token.asked:
        return "the vendor does not answer" if token.failures else "not asked for yet"
    ends = f", connect again before {_minute(token.ends)[:10]}" if token.ends else ""
    if now >= token.until:
        return f"over since {_minute(token.until)}{ends}"
    return f"until {_minute(token.until)}, renewed from {_minute(token.due)[11:]}{ends}"


def troubles(stage: Any, names: list[str]) -> Iterator[str]:
    """For each dead credential a sentence that says why, and what to do."""
    for name in names:
        token = _token(stage, name)
        if token is not None and token.dead:
            yield f"{name}: {_WHY.get(token.dead, token.dead)}. {_cure(stage, name, token.dead)}"


def connect(stage: Any, arguments: argparse.Namespace) -> int:
    """Ask a person for consent at the vendor's page, and keep what the vendor gives for it."""
    parts, name = desk(stage), arguments.account
    subject = credentials.Subject.find(parts, name)
    if subject is None or not subject.connector.auth.connects:
        raise HubError(f"{name} is not connected by consent: hub accounts secret set {name}")
    auth, account = subject.connector.auth, subject.account
    held = {**stage.vault.get(account.connector), **stage.vault.get(name)}
    if missing := [one for one in CLIENT if not held.get(one)]:
        raise HubError(f"{name} lacks {', '.join(missing)}: hub accounts secret set {name}")
    state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48) if auth.part.get("pkce") else ""
    page = grant.authorisation(auth, account, held, arguments.redirect, state, _challenge(verifier))
    print(f"Open this page as somebody who may consent for {name}:\n\n{page}\n")
    print(
        f"Then paste the whole address at which the browser ends ({arguments.redirect}?…); it need not load."
    )
    code, more = pasted(input("address or code: "), state)
    asked = stage.clock()
    answer = stage.client.send(grant.exchange(auth, account, held, code, arguments.redirect, verifier))
    given = _given(name, grant.read(auth, answer, asked))
    stage.vault.put(name, {**stage.vault.get(name), REFRESH: given.refresh})
    token = connected(parts, name, given, asked)
    print(f"{name} is connected: a token until {_minute(token.until)}, renewed by itself")
    if more:
        print(f"the vendor also said: {', '.join(f'{key}={value}' for key, value in more.items())}")
    return 0


def pasted(text: str, state: str) -> tuple[str, dict[str, str]]:
    """The code of an address or a bare code, and what else the vendor said there. Raises HubError."""
    text = text.strip()
    query = dict(parse_qsl(urlsplit(text).query))
    if "error" in query:
        raise HubError(f"the vendor says: {query['error'][:80]}")
    if not query and text and "://" not in text:
        return text, {}
    if "code" not in query:
        raise HubError("there is no code in this address")
    if query.get("state", state) != state:
        raise HubError("this address is of another attempt: start again")
    return query["code"], {key: one for key, one in query.items() if key not in ("code", "state", "scope")}


def _given(name: str, found: Grant | Outcome) -> Grant:
    if not isinstance(found, Grant):
        raise HubError(f"{name}: the vendor gives no token for this code ({found.reason}): start again")
    if not found.refresh:
        raise HubError(f"{name}: the vendor gave no refresh token: ask for one by scope: or consent:")
    return found


def _challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") if verifier else ""


def _token(stage: Any, name: str) -> Token | None:
    subject = credentials.Subject.find(desk(stage), name)
    return credentials.load(desk(stage), subject)[1] if subject else None


def _cure(stage: Any, name: str, reason: str) -> str:
    auth = stage.catalog.connectors[stage.catalog.accounts[name].connector].auth
    if reason in (grant.REVOKED, LOST) and auth.connects:
        return f"Consent again: hub accounts connect {name}"
    return f"Set it anew: hub accounts secret set {name}"


def _minute(seconds: float) -> str:
    """2026-11-23 04:00 (UTC)."""
    return from_epoch(seconds)[:16].replace("T", " ")
