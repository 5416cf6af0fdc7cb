"""How requests to a vendor are authorised: `auth:` of a connector.

`bearer`, `basic` and `header` say how a credential is sent; `oauth2` and `login` how one is got that lives
for a while only. What those get is a secret like any other, by a name of its own: `{secret.access_token}`,
`{secret.session}`, and whatever `keeps:` names.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.connector.duration import seconds
from hub.documents import Document
from hub.errors import PauseError
from hub.expressions import EvaluationError, template

ACCESS = "access_token"
SESSION = "session"
REFRESH = "refresh_token"
CLIENT = ("client_id", "client_secret")
"""Names of secrets: what OAuth gets, what a login gets, and what OAuth needs for it."""

USUAL_LIFE = 3600.0
"""Seconds that an access token is taken to live where neither the answer nor the file says."""

_MADE = {"oauth2": ACCESS, "login": SESSION}
_NAMED = re.compile(r"\bsecret\.(\w+)")
_BRACED = re.compile(r"\{[^{}]*\}")


class Held(dict[str, str]):
    """The secrets of an account, by name; a missing one pauses the account."""

    def __init__(self, secrets: Mapping[str, str], account: str) -> None:
        super().__init__(secrets)
        self.account = account

    def __repr__(self) -> str:
        """Whose they are, and none of them."""
        return f"Held({self.account})"

    def named(self, name: str) -> str:
        """The secret of this name. Raises PauseError without it."""
        if not self.get(name):
            raise PauseError("missing-secret", self.account)
        return self[name]

    def filled(self, text: str, scope: Mapping[str, Any]) -> str:
        """A template with secrets. Raises PauseError where it comes to nothing."""
        try:
            value = template(text)(scope)
        except EvaluationError:
            value = None
        if not value:
            raise PauseError("missing-secret", self.account)
        return str(value)


@dataclass(frozen=True, eq=False)
class Auth:
    """The `auth:` of a connector's file."""

    document: Document

    @cached_property
    def data(self) -> dict[str, Any]:
        """This part of the file."""
        return dict(self.document.data.get("auth") or {})

    @cached_property
    def kind(self) -> str:
        """How a credential is got: oauth2, login, or "" where it is what an operator set."""
        return next((kind for kind in _MADE if kind in self.data), "")

    @cached_property
    def part(self) -> dict[str, Any]:
        """What the file says of getting one."""
        return dict(self.data.get(self.kind) or {})

    @property
    def token(self) -> str:
        """The name of the secret that is got, "" where none is."""
        return _MADE.get(self.kind, "")

    @property
    def refreshes(self) -> bool:
        """Whether it is got with a refresh token, which a person's consent gave first."""
        return self.part.get("grant") == REFRESH

    @property
    def rotates(self) -> bool:
        """Whether each refresh token is good for one use, so that a lost answer may lose the account."""
        return self.refreshes and bool(self.part.get("rotates"))

    @property
    def connects(self) -> bool:
        """Whether a person can consent to it by the vendor's page."""
        return self.refreshes and "authorize" in self.part

    @cached_property
    def made(self) -> frozenset[str]:
        """The names of the secrets that are got."""
        return frozenset({self.token, *(self.part.get("keeps") or ())} if self.kind else ())

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The names of the secrets with which they are got."""
        if self.kind == "oauth2":
            own = {*CLIENT, REFRESH} if self.refreshes else {*CLIENT}
            return frozenset(own | secrets_in(self.part))
        return frozenset(secrets_in(self.part))

    @cached_property
    def sent(self) -> frozenset[str]:
        """The names of the secrets that go with each request."""
        named = {self.bearer} if self.bearer else set()
        for text in (self.data.get("basic") or {}).values():
            named |= secrets_in(text) if "{" in text else {text}
        return frozenset(named | secrets_in(self.data.get("header")))

    @property
    def bearer(self) -> str:
        """The name of the secret that is sent as a bearer; what is got is, where nothing else is said."""
        said = any(way in self.data for way in ("bearer", "basic", "header"))
        return str(self.data.get("bearer", "")) if said else self.token

    @cached_property
    def life(self) -> float:
        """Seconds that what is got lives where its answer does not say."""
        return seconds(self.part["lives"]) if "lives" in self.part else USUAL_LIFE

    @cached_property
    def refresh_life(self) -> float:
        """Seconds that a refresh token lives, 0.0 where it does not end."""
        return seconds(self.part["refresh_lives"]) if "refresh_lives" in self.part else 0.0

    def headers(self, scope: Mapping[str, Any]) -> dict[str, str]:
        """What a request is authorised by. `scope["secret"]`: Held. Raises PauseError without a secret."""
        held: Held = scope["secret"]
        if self.bearer:
            return {"Authorization": f"Bearer {held.named(self.bearer)}"}
        if "basic" in self.data:
            pair = (self._basic(name, scope) for name in ("user", "password"))
            return {"Authorization": basic(*pair)}
        written = self.data.get("header") or {}
        return {name: held.filled(text, scope) for name, text in written.items()}

    def _basic(self, name: str, scope: Mapping[str, Any]) -> str:
        text = self.data["basic"].get(name, "")
        held: Held = scope["secret"]
        if "{" in text:
            return held.filled(text, scope)
        return held.named(text) if text else ""


def basic(user: str, password: str) -> str:
    """The Authorization of a user and a password (RFC 7617)."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def secrets_in(part: Any) -> set[str]:
    """The names of all secrets in the templates of a part of a file."""
    return {name for text in _texts(part) for hole in _BRACED.findall(text) for name in _NAMED.findall(hole)}


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for one in inner:
        yield from _texts(one)
