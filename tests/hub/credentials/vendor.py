"""A vendor with a token server: tokens that end, refresh tokens for one use, answers that are lost."""

import json
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from hub.catalog import Catalog
from hub.connector import HttpResponse
from hub.documents import parse
from hub.errors import RetryError
from hub.runner import Clock
from hub.secrets import MemorySecrets
from hub.store.memory import MemoryStore
from tests.memory_hub import NOW, memory_hub

ACCOUNT = "books.co"
ROTATING = """
base_url: https://api.books.example
auth:
  oauth2: {token: "https://id.books.example/token", grant: refresh_token, client: basic, rotates: true}
resources:
  invoice: {get: {request: "GET /invoices/{id}", id: id}}
"""
LASTING = ROTATING.replace(", rotates: true", "")
ALONE = ROTATING.replace("refresh_token, client: basic, rotates: true", "client_credentials")
SECRETS = {ACCOUNT: [{"client_id": "app", "client_secret": "app-s3cret", "refresh_token": "r0-s3cret"}]}


class Crash(BaseException):
    """The process is gone at this point."""


@dataclass
class Vendor:
    """`life`: seconds of an access token; `grace`: seconds for which the refresh token before the last is
    still taken; `suspicious`: one that is used twice revokes all; `jealous`: a new access token ends those
    before. `skew`: how far its clock is ahead.

    `over`: calls with a token that was over; `refreshes`: when tokens were given.
    """

    clock: Clock
    life: float = 1800.0
    rotates: bool = True
    grace: float = 0.0
    suspicious: bool = False
    jealous: bool = False
    skew: float = 0.0
    refresh: str = "r0-s3cret"
    before: tuple[str, float] = ("", 0.0)
    tokens: dict[str, float] = field(default_factory=dict)
    refreshes: list[float] = field(default_factory=list)
    calls: int = 0
    over: int = 0
    faults: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    password: str = "app-s3cret"

    def send(self, request):
        self.asked.append(request)
        serve = self._token if "/token" in request.url else self._api
        if self.faults and serve == self._token:
            return self.faults.pop(0)(lambda: serve(request))
        return serve(request)

    def _api(self, request):
        self.calls += 1
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        ends = self.tokens.get(token)
        if ends is None or self.now >= ends:
            self.over += ends is not None
            return answer(401)
        return answer(200, {"id": urlsplit(request.url).path.rpartition("/")[2]})

    def _token(self, request):
        form = dict(parse_qsl(request.body.decode()))
        if form["grant_type"] == "client_credentials":
            return answer(200, self._given({}))
        if form["grant_type"] == "refresh_token" and not self._takes(form["refresh_token"]):
            return answer(400, {"error": "invalid_grant"})
        if self.rotates:
            self.before = (form.get("refresh_token", ""), self.now)
            self.refresh = f"r{len(self.refreshes) + 1}-s3cret"
        return answer(200, self._given({"refresh_token": self.refresh} if self.rotates else {}))

    def _takes(self, refresh):
        if refresh == self.refresh:
            return True
        old, since = self.before
        if refresh == old and self.now - since <= self.grace:
            return True
        if self.suspicious:
            self.refresh = ""
        return False

    def _given(self, more):
        self.refreshes.append(self.clock.now)
        if self.jealous:
            self.tokens.clear()
        token = f"a{len(self.refreshes)}-s3cret"
        self.tokens[token] = self.now + self.life
        return {"access_token": token, "expires_in": self.life, "token_type": "bearer", **more}

    @property
    def now(self):
        return self.clock.now + self.skew


def answer(status, body=None, **headers):
    return HttpResponse(status, headers, b"" if body is None else json.dumps(body).encode())


def loses_the_answer(apply):
    apply()
    raise RetryError("timeout")


def never_hears(apply):
    raise RetryError("timeout")


def refuses(apply):
    raise RetryError("connection")


def busy(apply):
    return answer(503)


@cache
def catalog_of(text, settings):
    files = [("connector", parse(text, "connectors/books.yaml"))]
    return Catalog.of([*files, ("accounts", parse(f"{ACCOUNT}: {settings}", "accounts.yaml"))])


def hub_of(text=ROTATING, *, clock=None, vendor=None, store=None, secrets=None, settings="{}", **parts):
    """A hub with one account of this vendor; the same store and vendor make it another process of it."""
    clock = clock or (vendor.clock if vendor else Clock(NOW))
    catalog = catalog_of(text, settings)
    held = SECRETS if secrets is None else secrets
    return memory_hub(
        clock,
        catalog=catalog,
        store=store or MemoryStore(clock),
        client=vendor or Vendor(clock),
        secrets=MemorySecrets({name: [dict(one) for one in found] for name, found in held.items()}),
        **parts,
    )
