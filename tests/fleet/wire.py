"""What carries our requests to the vendors, and what becomes of them on the way."""

from email.utils import formatdate

from hub.connector import HttpResponse
from hub.errors import RetryError
from tests.fleet.systems import answer

PATIENCE = 3
"""Faults in a row of one request's path: then it is let through, so that a seed comes to its end."""

FETCHES = 1
"""The same for a record of a thin event, which is given up after five tries in 13 minutes."""

CLIENT_SECONDS = 10.0
LANDS = 60.0
"""Seconds after which a request that timed out has landed, or never will."""


class Wire:
    """A client whose `send` is the vendor, in the seed's weather."""

    def __init__(self, world):
        self.world = world
        self.rng = world.dice("wire")
        self.spoilt = {}
        self.calls = 0
        self.unknown = set()

    def send(self, request):
        """The answer. Raises RetryError, as the real client does."""
        self.world.cross()
        response = self._send(request)
        self.world.cross()
        return response

    def _send(self, request):
        self.calls += 1
        path = request.url.split("/", 3)[3]
        system = self.world.systems[path.partition("/")[0]]
        self.world.spend(self.rng.uniform(0.001, 0.05))
        fault = self._fault(f"{request.method} {path.partition('/')[2].partition('?')[0]} {system.name}")
        self._tell(system, request, fault)
        return self._carry(system, request, fault)

    def _carry(self, system, request, fault):
        """What comes of it on its way."""
        if fault == "lost-before":
            raise RetryError("connection")
        refused = system.arrive(request)
        if refused is not None:
            self.world.tell(f"{system.name}: answers {refused.status}")
            return refused
        return getattr(self, f"_{fault}")(system, request)

    def _fault(self, path):
        """What becomes of a request of this path."""
        dice = self.rng.random()
        for fault, rate in self.world.weather.faults.items():
            dice -= rate
            if dice < 0:
                self.spoilt[path] = self.spoilt.get(path, 0) + 1
                if self.spoilt[path] > (FETCHES if path.startswith("GET contacts") else PATIENCE):
                    break
                return {"reset": "lost-before", "unheard": "reset"}.get(fault, fault)
        self.spoilt[path] = 0
        return "good"

    def _good(self, system, request):
        response = system.apply(request)
        self.world.spend(self.rng.uniform(0.01, 0.3))
        return response

    def _slow(self, system, request):
        response = system.apply(request)
        self.world.spend(self.rng.uniform(3.0, 9.9))
        return response

    def _busy(self, system, request):
        """429, with a wait in seconds, as a date, in the vendor's own header, or without."""
        wait = self.rng.choice((0, 0, 3, 20, 90))
        if not wait:
            return answer(429)
        system.gauge.banned = max(system.gauge.banned, self.world.clock() + wait)
        if system.kind == "crm":
            return answer(429, None, x_wait_ms=str(wait * 1000))
        if self.rng.random() < 0.5:
            return answer(429, None, retry_after=str(wait))
        return answer(429, None, date=_date(system.time()), retry_after=_date(system.time() + wait + 1))

    def _error(self, system, request):
        return answer(self.rng.choice((500, 502, 503, 504, 408)))

    def _reset(self, system, request):
        """The vendor did it, and the connection was cut."""
        system.apply(request)
        self.unknown.add(request.body)
        raise RetryError("timeout")

    def _lost(self, system, request):
        """The vendor did it, and we waited in vain."""
        system.apply(request)
        self.unknown.add(request.body)
        self.world.spend(CLIENT_SECONDS)
        raise RetryError("timeout")

    def _never(self, system, request):
        self.unknown.add(request.body)
        self.world.spend(CLIENT_SECONDS)
        raise RetryError("timeout")

    def _later(self, system, request):
        """The vendor does it when we have long stopped waiting."""
        self.unknown.add(request.body)
        if system.writing_request(request):
            wait = CLIENT_SECONDS + self.rng.uniform(0, LANDS)
            self.world.later(wait, lambda: self._land(system, request))
        self.world.spend(CLIENT_SECONDS)
        raise RetryError("timeout")

    def _land(self, system, request):
        self.world.tell(f"{system.name}: a request that timed out lands")
        system.apply(request)

    def _html(self, system, request):
        """A page of HTML with 200: of a proxy that has passed it on, or not."""
        self.unknown.add(request.body)
        if self.rng.random() < 0.5:
            system.apply(request)
        return HttpResponse(200, {"content-type": "text/html"}, b"<html><body>One moment</body></html>")

    def _half(self, system, request):
        self.unknown.add(request.body)
        whole = system.apply(request)
        return HttpResponse(whole.status, whole.headers, whole.body[: len(whole.body) // 2])

    def _tell(self, system, request, fault):
        if self.world.told is not None:
            body = (request.body or b"").decode()[:120]
            self.world.tell(
                f"  -> {system.name} {request.method} {request.url.split('/', 4)[4][:60]} {body} [{fault}]"
            )


def _date(seconds):
    return formatdate(int(seconds), usegmt=True)
