"""What a vendor looks at before it does anything: who asks, and how often."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hub.accounts import Account
from hub.connector import Call, Connector, HttpRequest, HttpResponse, Request, grant
from hub.connector.auth import Held
from hub.connector.call import account_scope
from hub.connector.duration import Limit, limits, seconds
from hub.connector.signature import Signature
from hub.errors import HubError
from hub.expressions import EvaluationError, compile, template
from hub.simulator.answers import Answered
from hub.simulator.planting import NotPlantedError
from hub.simulator.trouble import trouble

LIFE = 3600.0
HAIR = 1e-3
"""Seconds at the edge of a window: calls are not timed more exactly than that."""

ADDRESS = "https://{name}.vendor.example"


@dataclass(slots=True)
class Credentials:
    """What authorises calls: `given` by an operator, `granted` by the token's or the login's answer.

    `until`: when what was granted ends; `count`: how often it was.
    """

    connector: Connector
    account: Account
    given: dict[str, str]
    granted: dict[str, str] = field(default_factory=dict)
    until: float = 0.0
    count: int = 0

    @property
    def held(self) -> Held:
        """All of them."""
        return Held({**self.given, **self.granted}, self.account.name)

    @property
    def scope(self) -> dict[str, Any]:
        """What templates see."""
        return {"account": account_scope(self.account), "secret": self.held}

    def admits(self, request: HttpRequest, now: float) -> bool:
        """Whether a request has the headers that the file says, with what is good now."""
        auth = self.connector.auth
        if auth.kind and (not self.granted or now >= self.until):
            return False
        try:
            wanted = {**self._headers(), **auth.headers(self.scope)}
        except HubError:
            return False
        given = {name.lower(): text for name, text in request.headers.items()}
        if (part := self.connector.data.get("sign")) is not None:
            told = Request(request.method, request.url, {}, given, request.body or b"")
            if not Signature.of(part).verify(told, [self.held], now):
                return False
        return all(given.get(name.lower()) == text for name, text in wanted.items())

    def is_grant(self, request: HttpRequest) -> bool:
        """Whether a token (or a session) is asked for."""
        auth = self.connector.auth
        if not auth.kind:
            return False
        asked = grant.request(auth, self.account, {**self.given, **self.granted})
        return asked.method == request.method and urlsplit(asked.url)[:3] == urlsplit(request.url)[:3]

    def granting(self, now: float) -> HttpResponse:
        """A new token, in the form in which the file reads it. Raises SimulationError."""
        auth = self.connector.auth
        self.count += 1
        self.until = now + (auth.life if "lives" in auth.part else LIFE)
        answered = Answered.of({"body": {}})
        self.granted = {auth.token: f"granted-{self.connector.name}-{self.count}"}
        for name in auth.part.get("keeps") or {}:
            self.granted[name] = self._kept(name)
        cookies: dict[str, str] = {}
        for name, source in self._told().items():
            self._say(answered, source, self.granted[name], cookies, name)
        if auth.rotates:
            answered.body = {**(answered.body or {}), "refresh_token": f"refresh-{self.count}"}
        if "lives" not in auth.part and "expires" not in auth.part:
            answered.body = {**(answered.body or {}), "expires_in": int(LIFE)}
        elif "expires" in auth.part:
            self._say(answered, auth.part["expires"], self.until - now, cookies, "expires")
        if cookies:
            answered.headers["set-cookie"] = "\n".join(
                f"{name}={text}; Path=/" for name, text in cookies.items()
            )
        return answered.response()

    def _told(self) -> dict[str, str]:
        """Secret -> expression over the answer."""
        auth = self.connector.auth
        token = auth.part["token"] if auth.kind == "login" else f'"{auth.token}"'
        return {auth.token: token, **(auth.part.get("keeps") or {})}

    def _kept(self, name: str) -> str:
        """A part of the answer that requests name: an address, where one begins with it."""
        base = self.connector.base_url or ""
        if base.startswith(f"{{secret.{name}}}"):
            return ADDRESS.format(name=self.connector.name)
        return f"kept-{name}-{self.count}"

    def _say(self, answered: Answered, source: str, value: Any, cookies: dict[str, str], name: str) -> None:
        cookie = next((path[1] for path in compile(source).paths if path[0] == "cookies" and path[1:]), "")
        if cookie:
            cookies[cookie] = value
            return
        try:
            answered.plant(source, value)
        except NotPlantedError as error:
            document = self.connector.document
            raise trouble(document, str(error), "auth", self.connector.auth.kind, name) from None

    def _headers(self) -> dict[str, str]:
        """The headers of every request whose text is known beforehand."""
        found = {}
        for name, text in (self.connector.document.data.get("headers") or {}).items():
            filled = template(text)
            if all(one.names <= {"account", "secret"} for one in filled.expressions):
                try:
                    found[name] = str(filled(self.scope))
                except EvaluationError:
                    continue
        return found


@dataclass(slots=True)
class Meter:
    """Counts calls against the limits of the file, in windows that begin anywhere.

    `over`: the limits that were exceeded, with how many calls too many.
    """

    connector: Connector
    clock: Callable[[], float]
    calls: list[tuple[float, str, float]] = field(default_factory=list)
    over: dict[str, int] = field(default_factory=dict)

    def count(self, call: Call) -> Limit | None:
        """Count a call: the limit that it exceeds, None where it exceeds none."""
        now = self.clock()
        request = str(call.data["request"])
        broken = None
        for written, scope in self._limits(call):
            limit = read_rate(written)
            if limit is not None and self._exceeds(limit, scope, call, now):
                self.over[limit.name] = self.over.get(limit.name, 0) + 1
                broken = broken or limit.limit
        if broken is None:
            self.calls.append((now, request, call.cost))
        return broken

    def _limits(self, call: Call) -> list[tuple[Any, str]]:
        own = [(one, "") for one in self.connector.data.get("limit") or ()]
        return own + [(one, str(call.data["request"])) for one in call.data.get("limit") or ()]

    def _exceeds(self, rate: "Rate", scope: str, call: Call, now: float) -> bool:
        cost = call.cost if rate.points else 1.0
        mine = [(at, points) for at, request, points in self.calls if not scope or request == scope]
        if rate.bucket:
            level = 0.0
            last = mine[0][0] if mine else now
            for at, points in mine:
                level = max(0.0, level - (at - last) / rate.limit.interval) + (points if rate.points else 1.0)
                last = at
            level = max(0.0, level - (now - last) / rate.limit.interval) + cost
            return level > rate.most + 1e-6
        used = sum(points if rate.points else 1.0 for at, points in mine if at > now - rate.window + HAIR)
        return used + cost > rate.most + 1e-6


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit as a vendor counts it: `most` in a `window`, or in a bucket; `points`: by the calls' cost."""

    name: str
    most: float
    window: float
    limit: Limit
    bucket: bool = False
    points: bool = False


def read_rate(written: Any, points: bool = False) -> Rate | None:
    """A limit of a file as its vendor counts it; None for one of calls at once."""
    if isinstance(written, dict) and "cost" in written:
        return read_rate(written["cost"], points=True)
    found = limits([written])
    if not found:
        return None
    if isinstance(written, dict):
        return Rate(str(written), float(written["bucket"]), found[0].window, found[0], True, points)
    count, _, length = written.partition(" per ")
    return Rate(written, float(count), seconds(length), found[0], False, points)
