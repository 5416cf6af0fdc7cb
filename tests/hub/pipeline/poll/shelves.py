"""Simulated sources with the habits of real ones, a hub that polls them, and what it has found.

A shelf lists rows `{id, at}`. Between two requests people change, add and delete rows; some are committed
late, with a time that has passed. The vendor's clock may be wrong, its times may be whole seconds, its search
may end at some row, its tokens may expire or come round, and it may be too busy.
"""

import datetime as dt
import json
import random
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

from hub import keys
from hub.catalog import Catalog
from hub.connector import HttpResponse
from hub.documents import parse
from hub.errors import RetryError
from hub.messages import Event
from hub.store import Item, Put
from hub.times import from_epoch, to_epoch
from tests.memory_hub import NOW, memory_hub

OVERLAP = 600.0
STYLES = {
    "offset-timed": "page: {offset: 3}\n      order: time",
    "offset": "page: {offset: 3}",
    "page": "page: {page: 3}",
    "cursor": "page: {cursor: next}",
    "cursor-timed": "page: {cursor: next}\n      order: time",
    "link-timed": "page: link\n      order: time",
    "ties": (
        "page: {cursor: next}\n      order: time\n"
        '      ties: {request: "GET /rows?since={since}&until={until}&after={after}", step: 1s}'
    ),
}


class Crash(BaseException):
    """The function ends here, between two instructions."""


class Shelf:
    """A vendor. `late`: seconds by which a row's time may lie back; `ceiling`: rows that one search gives."""

    def __init__(self, rng, style, *, skew=0.0, late=300.0, whole=False, ceiling=None, churn=0.5, size=3):
        self.rng, self.style, self.size = rng, style, size
        self.skew, self.late, self.whole, self.ceiling, self.churn = skew, late, whole, ceiling, churn
        self.rows, self.now, self.requests, self.tokens, self.busy = {}, 0.0, 0, {}, 0.0
        self.next_id = 1

    @property
    def clock(self):
        return self.now + self.skew

    def put(self, id=None, at=None):
        id, self.next_id = id or self.next_id, self.next_id + (id is None)
        at = self.clock if at is None else at
        self.rows[id] = float(int(at)) if self.whole else round(at, 3)

    def live(self):
        """What people do between two requests."""
        while self.rng.random() < self.churn:
            act = self.rng.choice(["change", "change", "add", "late", "delete"])
            ids = list(self.rows)
            if act == "change" and ids:
                self.put(self.rng.choice(ids))
            elif act == "delete" and ids:
                del self.rows[self.rng.choice(ids)]
            else:
                self.put(at=self.clock - (self.rng.uniform(0, self.late) if act == "late" else 0.0))

    def send(self, request):
        self.requests += 1
        self.live()
        if self.rng.random() < self.busy:
            return self.rng.choice(
                [HttpResponse(429, {"retry-after": "2"}), HttpResponse(503), RetryError("timeout")]
            )
        return self.answer(dict(parse_qsl(urlsplit(request.url).query)), request.url)

    def found(self, asked):
        since, until = to_epoch(asked["since"]), asked.get("until")
        since = float(int(since)) if self.whole else since
        rows = [(at, id) for id, at in self.rows.items() if at >= since]
        if until:
            after = int(asked.get("after") or 0)
            rows = [(id, at) for at, id in rows if at < to_epoch(until) and id > after]
            return [{"id": id, "at": at} for id, at in sorted(rows)]
        return sorted(({"id": id, "at": at} for at, id in rows), key=self.order)

    def answer(self, asked, url):
        rows = self.found(asked)
        if "until" in asked:
            return self.page(rows[: self.size], None, url)
        start = self.start(asked.get("page"), rows)
        if self.ceiling and start + self.size > self.ceiling:
            return HttpResponse(400)
        shown = rows[start : start + self.size]
        more = len(rows) > start + self.size
        return self.page(shown, self.token(start, shown[-1]) if more else None, url)

    @property
    def opaque(self):
        """Tokens that name the last row, as an honest cursor does; else positions."""
        return self.style.startswith(("cursor", "link"))

    def token(self, start, last):
        return f"{self.order(last)[0]}x{last['id']}" if self.opaque else str(start + self.size)

    def start(self, page, rows):
        if page is None:
            return 0
        if self.opaque:
            at, id = page.split("x")
            return sum(self.order(row) <= (float(at), int(id)) for row in rows)
        return (int(page) - 1) * self.size if self.style == "page" else int(page)

    def order(self, row):
        return (row["at"] if "timed" in self.style or self.style == "ties" else 0.0), row["id"]

    def page(self, rows, more, url):
        rows = [{"id": row["id"], "at": from_epoch(row["at"])} for row in rows]
        headers = {"date": format_datetime(dt.datetime.fromtimestamp(self.clock, dt.UTC), usegmt=True)}
        if self.style.startswith("link") and more is not None:
            base = url.split("&page=")[0]
            headers["link"] = f'<{base}&page={more}>; rel="next"'
        return HttpResponse(200, headers, json.dumps({"rows": rows, "next": more}).encode())


class Watch:
    """A hub that polls shelves of these styles; what it sends is taken for applied."""

    def __init__(self, shelves, topics=""):
        self.shelves = shelves
        self.hub = memory_hub(catalog=files(shelves, topics), secrets=None, client=self)
        self.hub.secrets = Held()
        for shelf in shelves.values():
            shelf.now = NOW
        self.sent, self.twice = set(), 0
        self.crash_at = None
        self.rng = random.Random(0)

    def send(self, request):
        name = urlsplit(request.url).netloc.split(".")[0]
        self.later(self.rng.uniform(0.01, 0.4))
        self.boundary()
        answer = self.shelves[name].send(request)
        self.boundary()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def later(self, seconds):
        self.hub.clock.now += seconds
        for shelf in self.shelves.values():
            shelf.now = self.hub.clock.now

    def boundary(self):
        if self.crash_at is not None:
            self.crash_at -= 1
            if self.crash_at < 0:
                self.crash_at = None
                raise Crash

    def take(self):
        """What is on the queue is applied: its marker stands from then on."""
        queue = self.hub.inbound
        taken, queue.waiting = queue.waiting, []
        for stored in taken:
            event = Event.loads(stored.message.body)
            key = keys.event(event.key)
            if key in self.hub.store.read([key]):
                self.twice += 1
            else:
                self.hub.store.commit([Put(Item(key, "marker", {"status": "applied"}))])
            self.sent.add((event.connector, event.id, event.at))

    def missing(self):
        """Rows as they are now of which the hub does not know."""
        return {
            (name, str(id), from_epoch(at))
            for name, shelf in self.shelves.items()
            for id, at in shelf.rows.items()
        } - self.sent


class Held:
    """No vendor here asks for a credential."""

    def get(self, name):
        return [{}]

    def refresh(self, name):
        pass


def files(shelves, topics=""):
    connectors = [
        ("connector", parse(connector(name, shelf, topics), f"connectors/{name}.yaml"))
        for name, shelf in shelves.items()
    ]
    accounts = "\n".join(f"{name}.one: {{role: shop, time_zone: America/Bogota}}" for name in shelves)
    return Catalog.of([*connectors, ("accounts", parse(accounts, "accounts.yaml"))])


def connector(name, shelf, topics):
    style = STYLES[shelf.style].replace("3}", f"{shelf.size}}}")
    return f"""
base_url: https://{name}.example
{"receive: {signature: {hmac: sha256, header: X-S, secret: s}}" if topics else ""}
resources:
  row:
    {topics}
    id: text(id)
    version: at
    list:
      request: "GET /rows?since={{since}}&page={{page}}"
      records: rows
      overlap: 10m
      {style}
"""
