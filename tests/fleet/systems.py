"""The vendors of the fleet: what they hold, what they are asked, what they tell, and what they count.

A record's fields are kept under our names for them (`email phone name line1 city stage`), in the vendor's own
writing; `shape` says how the vendor calls them. Each change is a version that remembers who wrote each
field: a person's edit, or us (None). `_v` in every record that leaves the vendor names its version.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from hub.connector import HttpResponse
from hub.times import from_epoch, to_epoch


@dataclass(eq=False)
class Edit:
    """What a person wrote into one field of one record. `at`: by the vendor's clock; `anew`: over what we had
    written there; `heard`: the earliest version's time with which it reached us, None while none has.

    `repeated`: when we wrote the same over it, by the vendor's clock: what it tells from then on may as well
    be ours. `early`: it sets a value of ours again, while nobody can say whether our last write was before.
    """

    system: str
    id: str
    field: str
    value: Any
    at: float
    anew: bool = False
    heard: float | None = None
    repeated: float | None = None
    early: bool = False


@dataclass(eq=False)
class Version:
    """A record at one moment: by the vendor's clock, with who wrote each field."""

    updated: float
    authors: dict[str, Edit | None]


@dataclass(eq=False)
class Record:
    """One record. `ours`: it was created by us; `linked`: the customer's record of an order; `told`: when we
    first heard of it."""

    id: str
    ours: bool
    created: float
    told: float | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    authors: dict[str, Edit | None] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    linked: "Record | None" = None
    gone: bool = False
    edited: float = 0.0
    overwritten: float = 0.0
    """When a person edited it last, and when we wrote it last (true times)."""
    written: dict[str, set[Any]] = field(default_factory=dict)
    """What we ever wrote into each field."""

    @property
    def updated(self) -> float:
        return self.versions[-1].updated


def answer(status: int, body: Any = None, **headers: str) -> HttpResponse:
    """An answer; names of headers are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, named, b"" if body is None else json.dumps(body).encode())


class Gauge:
    """The vendor's own count of what it is asked: how often a window held more than it may."""

    def __init__(self, windows=(), bucket=None):
        self.windows = windows
        self.bucket = bucket
        self.arrivals: list[float] = []
        self.level, self.at = 0.0, 0.0
        self.banned = 0.0
        self.over = 0
        self.early = 0

    def full(self, now: float) -> bool:
        """Count a request; whether it is one too many."""
        self.early += now < self.banned - 1e-6
        self.arrivals.append(now)
        full = any(self._within(now, seconds) > count for count, seconds in self.windows)
        if self.bucket:
            size, refill = self.bucket
            self.level = max(0.0, self.level - (now - self.at) * refill) + 1
            self.at = now
            full = full or self.level > size + 1e-6
        self.over += full
        return full

    def _within(self, now: float, seconds: float) -> int:
        count = 0
        for arrival in reversed(self.arrivals):
            if arrival <= now - seconds + 1e-6:
                break
            count += 1
        return count


class System:
    """One vendor account. Subclasses say how it names, writes, tells and is asked."""

    kind = ""
    shape: ClassVar[dict[str, str]] = {}
    """Our name of a field -> the vendor's."""
    told = "fat"
    """How it tells: fat or thin webhooks, or "" (it is only asked)."""
    written = True
    timed = True
    """Whether its answers to a write say when that was there."""
    table = "customers"
    resource = "customer"
    topic = "customer"
    updated_name, created_name = "updated", "created"
    windows: tuple[tuple[int, float], ...] = ()
    bucket: tuple[float, float] | None = None
    page_size = 3

    def __init__(self, name, world, *, skew=0.0, resolution=1e-6):
        self.name = name
        self.world = world
        self.skew = skew
        self.resolution = resolution
        self.token = "token-1"
        self.gauge = Gauge(self.windows, self.bucket)
        self.tables: dict[str, dict[str, Record]] = {"customers": {}, "orders": {}}
        self.keys: dict[str, str] = {}
        self.writes = 0
        self.idle_writes = 0
        self.number = 0

    # Its own clock and numbers.

    def time(self):
        now = self.world.clock() + self.skew
        return now if self.resolution < 1 else float(int(now))

    def next_id(self):
        self.number += 1
        return f"{self.name.replace('.', '')}{self.number}"

    # What it holds.

    @property
    def customers(self):
        return self.tables["customers"]

    def put(self, table, id, fields, edits=None, *, linked=None):
        """Write fields of a record, new or known. `edits`: a person's, by field; None: we are the author."""
        held = self.tables[table].get(id)
        record = held or Record(id, ours=edits is None, created=self.time(), linked=linked)
        told = {name: self.writing(name, value) for name, value in fields.items()}
        moved = {name for name, value in told.items() if record.fields.get(name) != value}
        if edits is None:
            self._repeated(record, told)
            record.overwritten = self.world.clock()
            self.writes += 1
            self.idle_writes += not moved and held is not None
        if held is not None and not moved:
            return record
        self.tables[table][id] = record
        record.fields |= {name: told[name] for name in moved}
        record.authors |= {name: edits[name] if edits else None for name in moved}
        before = record.versions[-1].updated if record.versions else 0.0
        record.versions.append(Version(max(self.time(), before), dict(record.authors)))
        self.world.changed(self, table, record)
        return record

    def _repeated(self, record, told):
        """We write: an edit that says the same already is one that we repeat."""
        for name, value in told.items():
            record.written.setdefault(name, set()).add(value)
            edit = record.authors.get(name)
            if edit is not None and edit.repeated is None and record.fields.get(name) == value:
                edit.repeated = self.time()

    def delete(self, table, id):
        record = self.tables[table].pop(id)
        record.gone = True
        record.versions.append(Version(max(self.time(), record.updated), dict(record.authors)))
        self.world.changed(self, table, record)

    def writing(self, name, value):
        """How it keeps a value."""
        return value

    def render(self, record, *, contained=False):
        """The record as it leaves the vendor."""
        own = {there: record.fields.get(here) for here, there in self.shape.items()}
        return {"id": record.id, **own, **self._times(record)}

    def render_order(self, record):
        told = {name: record.fields.get(name) for name in ("number", "status", "note")}
        shown = {"id": record.id, **told, **self._times(record)}
        return {**shown, "customer": self.render(record.linked)} if record.linked else shown

    def rendered(self, table, record):
        return self.render(record) if table == "customers" else self.render_order(record)

    def parse(self, written):
        """Our fields of what was written there."""
        return {here: written[there] for here, there in self.shape.items() if there in written}

    def _times(self, record):
        return {
            self.updated_name: from_epoch(record.updated),
            self.created_name: from_epoch(record.created),
            "_v": len(record.versions) - 1,
        }

    # What it is asked.

    def arrive(self, request):
        """What it says before it looks at the request itself; None: go on."""
        if self.gauge.full(self.world.clock()):
            return answer(429)
        return None if self.token in self.credential(request) else answer(401)

    def credential(self, request):
        return request.headers.get("Authorization", "")

    def writing_request(self, request):
        return request.method != "GET" and not request.url.endswith("/search")

    def apply(self, request):
        """Carry it out."""
        parts = urlsplit(request.url)
        _, _, table, *rest = parts.path.split("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = json.loads(request.body) if request.body else {}
        return self.route(request, table, rest, query, body)

    def route(self, request, table, rest, query, body):
        raise NotImplementedError

    def listed(self, table, since, page, request):
        """One page of what changed since: rows in the order of (time, id); the next page by its last row."""
        rows = self._rows(table, since)
        if page:
            at, _, last = page.partition("~")
            rows = [one for one in rows if (one.updated, one.id) > (float(at), last)]
        shown = rows[: self.page_size]
        token = f"{shown[-1].updated!r}~{shown[-1].id}" if len(rows) > self.page_size else None
        return answer(200, {"records": [self.rendered(table, one) for one in shown], "next": token})

    def _rows(self, table, since):
        floor = to_epoch(since) if since else 0.0
        rows = [one for one in self.tables[table].values() if one.updated >= floor]
        return sorted(rows, key=lambda one: (one.updated, one.id))

    def found(self, table, name, value):
        rows = [
            one for one in self.tables[table].values() if one.fields.get(name) == self.writing(name, value)
        ]
        return answer(200, {"records": [self.rendered(table, one) for one in rows]})

    # What it tells.

    def event(self, table, record, number):
        """The body of a webhook about the present version."""
        topic = f"{self.topic if table == 'customers' else 'order'}.{'gone' if record.gone else 'saved'}"
        told = {"event": f"{self.name}-{number}", "topic": topic, "at": from_epoch(record.updated)}
        return {**told, "record": self.rendered(table, record)}


class Shop(System):
    kind = "shop"
    shape: ClassVar = {"email": "email", "phone": "phone", "name": "name", "line1": "street", "city": "town"}
    windows = ((24, 4.0),)

    def route(self, request, table, rest, query, body):
        if request.method == "GET" and "email" in query:
            return self.found(table, "email", query["email"])
        if request.method == "GET":
            return self.listed(table, query.get("since"), query.get("page"), request)
        if request.method == "PUT":
            if rest[0] not in self.customers:
                return answer(404)
            record = self.put("customers", rest[0], self.parse(body["record"]))
            return answer(200, {"record": self.render(record)})
        key = request.headers.get("Idempotency-Key", "")
        id = self.keys.get(key)
        if id is None:
            id = self.keys[key] = self.next_id()
            self.put("customers", id, self.parse(body["record"]))
        record = self.customers.get(id)
        return answer(201, {"record": self.render(record) if record else {"id": id}})


class Crm(System):
    kind = "crm"
    shape: ClassVar = {
        "email": "email",
        "phone": "phone",
        "name": "fullname",
        "city": "town",
        "stage": "stage",
    }
    told = "thin"
    timed = False
    resource = topic = "contact"
    updated_name, created_name = "updated_at", "created_at"
    windows = ((20, 2.0),)

    def writing(self, name, value):
        if name == "email" and value:
            return value.lower()
        if name == "phone" and value and value.startswith("+57"):
            return f"+57 {value[3:6]} {value[6:]}"
        return value or None

    def render(self, record, *, contained=False):
        own = {there: record.fields.get(here) or "" for here, there in self.shape.items()}
        return {"id": record.id, "properties": own, **self._times(record)}

    def route(self, request, table, rest, query, body):
        if request.method == "GET":
            record = self.customers.get(rest[0])
            return answer(200, self.render(record)) if record else answer(404)
        if rest[0] == "search":
            return self.listed("customers", body.get("since"), body.get("after"), request)
        if rest[0] == "batch":
            return self._batch(body["inputs"])
        fields = self.parse(body["properties"])
        if request.method == "PATCH":
            if rest[0] not in self.customers:
                return answer(404)
            return answer(200, {"id": self.put("customers", rest[0], fields).id})
        return answer(200, {"id": self._upserted(body["match"], fields)})

    def _upserted(self, match, fields):
        email = self.writing("email", match)
        known = [one.id for one in self.customers.values() if one.fields.get("email") == email]
        return self.put("customers", known[0] if known else self.next_id(), fields).id

    def _batch(self, inputs):
        """Each by itself, in an order of its own; who is not there is told among what failed.

        In a bad mood it refuses all of them for one, does some and tells of them alone, or leaves one out of
        what it tells.
        """
        self.world.batches.append(len(inputs))
        if len({one.get("id") or one["match"].lower() for one in inputs}) < len(inputs):
            raise AssertionError("two of one record in a batch")
        mood = self.world.mood.random() if self.world.weather.faults else 1.0
        if mood < 0.1:
            return answer(400, {"message": "one of them is wrong"})
        done, failed = [], []
        for one in reversed(inputs):
            fields = self.parse(one["properties"])
            if ("id" in one and one["id"] not in self.customers) or (mood < 0.2 and not done):
                failed.append({"context": {"trace": [one["trace"]]}})
                continue
            known = "id" in one
            id = (
                self.put("customers", one["id"], fields).id if known else self._upserted(one["match"], fields)
            )
            done.append({"trace": one["trace"], "id": id})
        told = done[1:] if mood > 0.9 and self.world.weather.faults else done
        return answer(207 if failed else 200, {"done": told, "failed": failed})

    def thin(self, record, number):
        kind = "contact.gone" if record.gone else "contact.changed"
        return {
            "event": str(number),
            "contact": record.id,
            "kind": kind,
            "at": from_epoch(record.updated),
        }


class Erp(System):
    kind = "erp"
    shape: ClassVar = {"email": "mail", "phone": "tel", "name": "title", "stage": "stage", "ref": "ref"}
    told = ""
    timed = False
    table = "partners"
    resource = "partner"
    updated_name, created_name = "write_date", "create_date"
    windows = ((10, 1.0), (200, 60.0))
    page_size = 5

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.sales: dict[str, dict[str, Any]] = {}

    def writing(self, name, value):
        if name == "phone" and value and value.startswith("+57"):
            return value[3:]
        return value.strip() if isinstance(value, str) else value

    def route(self, request, table, rest, query, body):
        if table == "sales":
            return self._sales(request, rest, query, body)
        for name in ("ref", "mail"):
            if name in query:
                return self.found("customers", {"mail": "email"}.get(name, name), query[name])
        if request.method == "GET":
            rows = self._rows("customers", query.get("since"))
            start = (int(query["page"]) - 1) * self.page_size
            shown = rows[start : start + self.page_size]
            return answer(200, {"records": [self.render(one) for one in shown]})
        fields = self.parse(body["vals"])
        if request.method == "PUT" and rest[0] not in self.customers:
            return answer(404)
        id = rest[0] if request.method == "PUT" else self.next_id()
        return answer(200, {"id": self.put("customers", id, fields).id})

    def _sales(self, request, rest, query, body):
        if request.method == "GET":
            found = [id for id, sale in self.sales.items() if sale["ref"] == query["ref"]]
            return answer(200, {"records": [{"id": id} for id in found]})
        if request.method == "PUT" and rest[0] not in self.sales:
            return answer(404)
        id = rest[0] if request.method == "PUT" else self.next_id()
        self.sales[id] = {**self.sales.get(id, {}), **body["vals"]}
        self.writes += 1
        return answer(200, {"id": id})


class Mail(System):
    kind = "mail"
    shape: ClassVar = {"email": "email", "name": "first_name"}
    table = "profiles"
    resource = topic = "profile"
    bucket = (10, 4.0)

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.events: dict[str, dict[str, Any]] = {}
        self.letters: list[dict[str, Any]] = []

    def route(self, request, table, rest, query, body):
        if table == "events":
            self.events.setdefault(body["unique_id"], body["record"])
            return answer(202, {"id": body["unique_id"][:8]})
        if table == "letters":
            self.letters.append(body["record"])
            return answer(202, {"id": f"letter{len(self.letters)}"})
        if request.method == "GET":
            return self._linked(
                request, self.listed("customers", query.get("since"), query.get("page"), request)
            )
        fields = self.parse(body["record"])
        if request.method == "PATCH":
            if rest[0] not in self.customers:
                return answer(404)
            return answer(200, {"record": self.render(self.put("customers", rest[0], fields))})
        known = [one.id for one in self.customers.values() if one.fields.get("email") == fields.get("email")]
        record = self.put("customers", known[0] if known else self.next_id(), fields)
        return answer(200, {"record": self.render(record)})

    def _linked(self, request, page):
        token = json.loads(page.body)["next"]
        if token:
            base = re.sub(r"([?&])page=[^&]*", r"\1", request.url)
            page.headers["link"] = f'<{base}&page={token.replace("+", "%2B")}>; rel="next"'
        return page


class Pos(System):
    kind = "pos"
    shape: ClassVar = {"email": "email", "phone": "phone", "name": "name"}
    told = ""
    written = False
    windows = ((5, 1.0),)

    def credential(self, request):
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(pair).decode() if scheme == "Basic" else ""

    def route(self, request, table, rest, query, body):
        rows = self._rows("orders" if table == "tickets" else table, query.get("since"))
        start = int(query.get("page", 0))
        kept = "orders" if table == "tickets" else table
        shown = [self.rendered(kept, one) for one in rows[start : start + self.page_size]]
        return answer(200, {"records": shown})


KINDS = {kind.kind: kind for kind in (Shop, Crm, Erp, Mail, Pos)}
NAMES = ("shop.co", "shop.uy", "crm.main", "erp.main", "mail.main", "pos.one")
