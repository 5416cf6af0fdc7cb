"""One account at a simulated vendor: requests in, answers out."""

from collections.abc import Callable
from typing import Any

from hub.accounts import Account
from hub.connector import Connector, HttpRequest, HttpResponse
from hub.connector.body import CONTENT_TYPES, accepts, encode
from hub.errors import RecordError
from hub.simulator.answers import Answered
from hub.simulator.faults import HTML, Asked, Fault
from hub.simulator.gate import Credentials, Meter
from hub.simulator.pages import linked
from hub.simulator.pattern import Match, Pattern, base_of, patterns
from hub.simulator.planting import NotPlantedError
from hub.simulator.samples import Samples
from hub.simulator.service import Service
from hub.simulator.shelf import Shelf
from hub.simulator.trouble import trouble

TOO_MANY = 429


class Simulator:
    """A vendor made of a connector's file. `shelf`: its records; `asked`: what came; `faults`: how it
    misbehaves next; `acts`: what was sent. As a client of the product (`send`), or by `answer`."""

    def __init__(
        self,
        connector: Connector,
        account: Account,
        secrets: dict[str, str],
        samples: Samples,
        clock: Callable[[], float],
    ) -> None:
        self.connector = connector
        self.account = account
        self.clock = clock
        self.credentials = Credentials(connector, account, secrets)
        self.meter = Meter(connector, clock)
        self.shelf = Shelf(connector, samples, account.time_zone)
        self.service = Service(connector, self.shelf, samples, clock)
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.patterns = list(patterns(connector, lambda: self.credentials.scope))

    @property
    def acts(self) -> list[dict[str, Any]]:
        """What was sent: the facts of each act."""
        return self.service.acts

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, as a client of the product gives it."""
        return self.answer(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request. Raises RetryError where it is to stay away, SimulationError where the
        file's line cannot be turned round, RecordError for a request that is none of the file's."""
        if self.credentials.is_grant(request):
            return self._granted(request)
        match = self.recognise(request)
        if match is None:
            raise RecordError(
                "unknown-request", f"{request.method} request that is none of {self.connector.name}'s"
            )
        fault = next(
            (
                one
                for one in self.faults
                if one.strikes(match.pattern.name, match.pattern.resource, len(match.entries))
            ),
            None,
        )
        response = self._done(request, match, fault)
        self._note(request, match, response.status, fault)
        return response

    def misbehave(self, fault: Fault) -> None:
        """Misbehave in this way for its next requests."""
        self.faults.append(fault)

    def refuse_tokens(self) -> None:
        """Take no token any more that was given so far."""
        self.credentials.until = 0.0

    def recognise(self, request: HttpRequest) -> Match | None:
        """Which of the file's calls a request is: of several that fit, the one that says most."""
        url, token = linked(request.url)
        plain = HttpRequest(request.method, url, request.headers, request.body)
        base = base_of(self.connector, self.account.base_url, self.credentials.scope)
        found = [match for pattern in self.patterns if (match := self._as(pattern, plain, base, token))]
        return max(found, key=lambda match: match.score, default=None)

    def _as(self, pattern: Pattern, request: HttpRequest, base: str, token: str) -> Match | None:
        if token and pattern.call.paging.style != "link":
            return None
        if token and "body" in pattern.call.data:
            return None
        match = pattern.match(request, base)
        if match is not None and token:
            match.heard.captured["page"] = token
        return match

    def _granted(self, request: HttpRequest) -> HttpResponse:
        fault = next((one for one in self.faults if one.strikes("token", "")), None)
        response = None if fault and not fault.applied else self.credentials.granting(self.clock())
        if fault:
            response = fault.spoilt(response, self._content(fault))
        assert response is not None
        self.asked.append(Asked(self.clock(), "", "token", request, response.status, fault=bool(fault)))
        return response

    def _done(self, request: HttpRequest, match: Match, fault: Fault | None) -> HttpResponse:
        applied = fault is None or fault.applied
        try:
            if fault is not None and fault.entry is not None:
                return self.service.refused(match, fault.entry)
            right = self._right(request, match) if applied else None
            return (
                right if right is not None and fault is None else self._spoilt(request, match, fault, right)
            )
        except NotPlantedError as error:
            raise trouble(self.connector.document, str(error), *match.pattern.call.path) from None

    def _spoilt(
        self, request: HttpRequest, match: Match, fault: Fault | None, right: HttpResponse | None
    ) -> HttpResponse:
        assert fault is not None
        try:
            return fault.spoilt(right, self._content(fault))
        except Exception:
            self._note(request, match, 0, fault)
            raise

    def _content(self, fault: Fault) -> bytes:
        if fault.body == HTML:
            return HTML
        return b"" if fault.body is None else encode("json", fault.body)

    def _right(self, request: HttpRequest, match: Match) -> HttpResponse:
        """What a vendor answers that is well."""
        if not self.credentials.admits(request, self.clock()):
            return Answered(401, {}, {"error": "unauthorised"}).response()
        broken = self.meter.count(match.pattern.call)
        if broken is not None:
            return self.too_many(max(1.0, broken.interval))
        if not self._readable(request):
            return Answered(415, {}, {"error": "content type"}).response()
        return self.service.perform(match, request.url)

    def too_many(self, after: float) -> HttpResponse:
        """A 429 that says how long to wait, where the file reads it."""
        answered = Answered(TOO_MANY, {}, {})
        rules = [
            rule for rule in self.connector.data.get("responses") or () if isinstance(rule.get("after"), dict)
        ]
        for rule in rules:
            units = {"s": 1.0, "ms": 1000.0, "m": 1 / 60}
            if _holds(rule["if"], answered):
                answered.plant(rule["after"]["from"], str(after * units[rule["after"].get("unit", "s")]))
                return answered.response()
        answered.headers["retry-after"] = str(int(after + 0.999))
        return answered.response()

    def _readable(self, request: HttpRequest) -> bool:
        if request.body is None:
            return True
        kind = next((text for name, text in request.headers.items() if name.lower() == "content-type"), "")
        return any(accepts(format, kind) for format in CONTENT_TYPES)

    def _note(self, request: HttpRequest, match: Match, status: int, fault: Fault | None) -> None:
        pattern = match.pattern
        asked = Asked(
            self.clock(),
            pattern.resource,
            pattern.name,
            request,
            status,
            match.key,
            bool(fault),
            len(match.entries),
        )
        self.asked.append(asked)


def _holds(source: str, answered: Answered) -> bool:
    return answered.read(source) is True
