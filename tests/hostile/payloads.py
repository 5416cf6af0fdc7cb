"""What a source may send: answered with 4xx, parked with its line, or applied; what is behind it goes on."""

import contextlib
import io
import json
import tempfile
from pathlib import Path

from hub.accounts import Account
from hub.catalog import Catalog
from hub.cli import main
from hub.connector import HttpResponse
from hub.documents import parse
from hub.errors import RecordError, RetryError
from hub.identity import peppers
from hub.mapping import Context
from hub.messages import Event
from hub.pipeline.receive import Arrival, enqueue, receive
from hub.pipeline.unify import Source, apply
from hub.runner import Clock, Runner
from hub.secrets import MemorySecrets
from tests.hostile.case import Case, deep
from tests.memory_hub import NOW, memory_hub, signed

ENTITY = """
name: customer
fields:
  email:      {type: email, identifies: weak, pii: true}
  phone:      {type: phone}
  name:       {type: text}
  born:       {type: date}
  seen:       {type: time}
  points:     {type: number}
  vip:        {type: boolean}
  land:       {type: country}
  language:   {type: language}
  total:      {type: money}
  address:    {type: address}
  url:        {type: url}
  tags:       {type: list, keep: union}
  items:      {type: list, of: {sku: text, price: money}}
  thing:      {type: object}
  stage:      {type: text, values: [lead, buyer]}
  updated_at: {type: time}
"""
CONNECTOR = """
base_url: https://crm.example
empty: ""
receive:
  signature: {hmac: sha256, encoding: hex, header: X-Signature, over: "{body}", secret: client_secret}
  events: {item: "body.items || [body]"}
  topic: item.topic || 'contact.changed'
  event_id: [item.event]
resources:
  contact: {topics: [contact.changed], id: text(item.id), upsert: {request: PUT /c, body: "{record}", id: id}}
  person:
    topics: [person.changed]
    id: text(item.id)
    get: {request: "GET /p/{id}", id: text(id), version: updated}
    list: {request: GET /p, records: people, id: text(id), version: updated, page: {offset: 100}}
"""
PLAIN = "\n".join(
    f"  {name}: {name}"
    for name in [
        "email",
        "phone",
        "name",
        "born",
        "seen",
        "points",
        "vip",
        "land",
        "language",
        "url",
        "tags",
        "items",
        "thing",
        "stage",
    ]
)
MAPPING = f"entity: customer\nboth:\n{PLAIN}\n  line: address.line1\nin:\n  total: money(total, 'COP')\n"
FIELDS = ["email", "phone", "name", "born", "seen", "points", "vip", "land", "language", "url", "total"]
FIELDS += ["stage", "line", "tags", "items", "thing"]

APPLIED = "applied"
PARKED = r"parked [a-z-]+ (mappings/crm\.\w+\.yaml|connectors/crm\.yaml|):?[\d:]*; applied"
EITHER = rf"applied; applied|echo; applied|{PARKED}"
"""What becomes of a hostile event, and of a good one behind it."""


def hub_with(mapping):
    files = [
        ("entity", parse(ENTITY, "entities/customer.yaml")),
        ("connector", parse(CONNECTOR, "connectors/crm.yaml")),
        ("mapping", parse(mapping, "mappings/crm.contact.yaml")),
        ("mapping", parse(mapping, "mappings/crm.person.yaml")),
        ("accounts", parse("crm.main: {role: crm, country: CO}", "accounts.yaml")),
    ]
    held = MemorySecrets({"pepper": [{"1": "pepper"}], "crm.main": [{"client_secret": "s"}]})
    return memory_hub(Clock(NOW), catalog=Catalog.of(files), secrets=held)


def event(number, record, resource="contact"):
    at = "2026-11-22T00:00:00.000000Z"
    return Event("crm", "main", resource, "contact.changed", str(number), (str(number),), at, at, record)


GOOD = {"email": "ada@correo.example", "name": "Ada"}


def unified(record, mapping=MAPPING):
    """What becomes of a record, and of a good one behind it in the same batch."""

    def made():
        hub = hub_with(mapping)
        events = [event(1, record() if callable(record) else record), event(2, GOOD)]

        def run():
            enqueue(hub, events)
            runner = Runner(hub)
            runner.run()
            return _said(runner.results)

        return run

    return made


def read(value):
    """What is read of each field that holds the value."""

    def made():
        mapping = hub_with(MAPPING).catalog.mappings["crm.contact"]
        context = Context(Account.of("crm.main", {"country": "CO"}), "2026-11-22T00:00:00.000000Z")

        def run():
            return "; ".join(f"{field} {_reading(mapping, {field: value}, context)}" for field in FIELDS)

        return run

    return made


def _reading(mapping, record, context):
    try:
        return "left" if mapping.inward(record, context).drift else "read"
    except RecordError as error:
        return f"parked {error.reason}"


def fetched(body, mapping=MAPPING):
    """As `unified`, for what a vendor answers when a thin event is asked for."""

    def made():
        hub = hub_with(mapping)
        object.__setattr__(hub, "client", People({"1": body, "2": json.dumps(GOOD).encode()}))

        def run():
            said = [_applied(hub, event(number, None, "person")) for number in (1, 2)]
            return "; ".join(said)

        return run

    return made


class People:
    """A vendor's people, by their id."""

    def __init__(self, bodies):
        self._bodies = bodies

    def send(self, request):
        return HttpResponse(200, {}, self._bodies[request.url.rpartition("/")[2]])


def _applied(hub, one):
    try:
        result = apply(hub, one, Source("raw", 0), peppers([{"1": "pepper"}]))
    except RetryError as error:
        result = apply(hub, one, Source("raw", 0), peppers([{"1": "pepper"}]), last=True)
        return f"retried {error.reason}, then {_said([result])}"
    return _said([result])


def _said(results):
    return "; ".join(f"{one.kind} {one.reason} {one.place}".strip() for one in results)


def received(body):
    """The answer to a webhook, and what unify makes of what was taken."""

    def made():
        hub = hub_with(MAPPING)
        path = "/v1/webhooks/crm/main"
        headers = signed(hub, path, body, {"client_secret": "s"}, {"content-type": "application/json"})

        def run():
            reply = receive(hub, Arrival("POST", path, "", headers, body))
            runner = Runner(hub)
            runner.run()
            longest = max((len(item.key.pk) for item in runner.store.items()), default=0)
            assert longest <= 2048, "DynamoDB takes no such key"
            return f"answered {reply.status}: {_said(runner.results)}"

        return run

    return made


def tried(content):
    """What `hub try` says of a file."""

    def made():
        folder = Path(tempfile.mkdtemp())
        texts = {
            "entities/customer.yaml": ENTITY,
            "connectors/crm.yaml": CONNECTOR,
            "mappings/crm.contact.yaml": MAPPING,
        }
        for file, text in texts.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
        sample = folder / "sample.json"
        sample.write_bytes(content)

        def run():
            output = io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                code = main(["try", "--root", str(folder), "crm.contact", str(sample)])
            return f"{code}: {output.getvalue()[:200]}"

        return run

    return made


LETTERS = "a" * 10_000_000
LARGE = {
    "letters": LETTERS,
    "digits": "1" * 10_000_000,
    "spaces": " " * 10_000_000 + "a",
    "accents": "é" * 5_000_000,
    "accents of their own": "a" + "\u0301" * 5_000_000,
    "ligatures": "ﷺ" * 1_000_000,
    "addresses": "@" * 10_000_000,
    "an address": "é" * 5_000_000 + "@" + "b." * 1_000_000 + "co",
    "a number": "+57 " * 2_500_000,
    "a link": "http://" + "a" * 10_000_000,
    "a port": "http://a:" + "1" * 10_000_000,
    "a time": "2026-01-01T00:00:00." + "0" * 10_000_000 + "Z",
}
ODD = {
    "a huge number": 10**4000,
    "a number beyond any currency": 1e300,
    "a tiny number": 5e-324,
    "an exponent": "1e999999999",
    "half a character": "\ud800",
    "no character": "\x00",
    "right to left": "\u202e\u2066abc",
    "other digits": "١٢٣٤٥٦٧٨٩٠",
    "a deep list": deep(60),
    "a time before all": "0001-01-01T00:00:00+23:59",
    "a time after all": "9999-12-31T23:59:59-23:59",
    "an object of Python's names": {"__class__": {"__init__": {"__globals__": 1}}, "__dict__": 1},
    "true": True,
    "a list of everything": [None, True, 1.5, "a", [], {}, [[]], {"amount": [1]}],
}
HALF = "a" * 500_000
PARKING = {
    "a name": {"email": "a@correo.example", "name": HALF},
    "a tag": {"email": "a@correo.example", "tags": [HALF]},
    "a member": {"email": "a@correo.example", "thing": {"a": [{"b": HALF}]}},
    "a street": {"email": "a@correo.example", "line": HALF},
}
LISTS = {
    "tags": lambda: {"tags": [f"tag {number}" for number in range(200_000)]},
    "tags that are alike": lambda: {"tags": ["same"] * 200_000},
    "tags that are lists": lambda: {"tags": [[number] for number in range(200_000)]},
    "items": lambda: {
        "items": [{"sku": "a", "price": {"amount": "1", "currency": "COP"}} for _ in range(50_000)]
    },
    "items that are numbers": lambda: {"items": list(range(200_000))},
    "an object of many": lambda: {"thing": {f"k{number}": number for number in range(80_000)}},
    "keys that nothing reads": lambda: {f"k{number}": number for number in range(80_000)},
    "a text that nothing reads": lambda: {"other": LETTERS},
}
EACH = "entity: customer\nboth: {email: email}\nin:\n  items:\n"
LEVELS = {
    "five levels over one list": EACH + "    each: {a: x, b: x, c: x, d: x, e: x}\n    fields: {sku: e}",
    "five levels in each other": EACH + "    each: {a: x, b: a, c: b, d: c, e: d}\n    fields: {sku: e}",
    "an expression in a level": EACH + "    each: {a: x}\n    fields: {sku: 'length(root().x[?@ == `1`])'}",
    "a list in a level": EACH + "    each: {a: x}\n    fields: {sku: a, all: 'x'}",
    "a filter in a level": EACH + "    each: {a: x, b: 'x[?@ > `5`]'}\n    fields: {sku: b}",
    "half a million": EACH + "    each: {a: x}\n    fields: {sku: a}",
}
LOOP = "entity: customer\nboth: {email: email}\n"
LOOPED = {
    "a text that doubles": LOOP + 'in: {name: "concat(email, email)' + " | concat(@, @)" * 40 + '"}',
    "a list that doubles": LOOP + 'in: {tags: "[email]' + " | [@, @][]" * 40 + '"}',
    "a list in lists": LOOP + 'in: {tags: "[email]' + " | [@, @]" * 40 + '"}',
    "an object in objects": LOOP + 'in: {thing: "{a: email}' + " | {a: @, b: @}" * 40 + '"}',
    "all in all": LOOP + 'in: {tags: "x[?length(root().x[?@ == `-1`]) > `5`]"}',
    "all in all in all": LOOP + 'in: {tags: "x[?root().x[?root().x[?@ == `-1`]]]"}',
}
SCOPE = {"email": "ada@correo.example", "x": list(range(2_000))}
BODIES = {
    "100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "never closing": b'{"a":' * 100_000,
    "a field 900 deep": b'{"id": 1, "event": "e", "email": ' + b"[" * 900 + b"]" * 900 + b"}",
    "NaN": b'{"id": 1, "event": "e", "points": NaN}',
    "beyond range": b'{"id": 1, "event": "e", "points": 1e400}',
    "5,000 digits": b'{"id": 1, "event": "e", "points": ' + b"1" * 5_000 + b"}",
    "a key twice": b'{"id": 1, "event": "e", "email": "a@b.co", "email": "c@d.co"}',
    "bytes": b"\xff\xfe\x00",
    "too many keys": json.dumps({f"k{n}": 1 for n in range(60_000)}).encode() + b" " * 600_000,
    "nothing": b"",
}
TAKEN = {
    "half a character": b'{"id": 1, "event": "e", "email": "a@correo.example", "name": "\\ud800"}',
    "no character": b'{"id": 1, "event": "e", "email": "a@correo.example", "name": "\\u0000a"}',
    "names of Python's own": b'{"id": 1, "event": "e", "email": "a@correo.example", "__class__": 1}',
    "many lists": b'{"id": 1, "event": "e", "email": "a@correo.example", "x": [' + b"[]," * 300_000 + b"[]]}",
    "many keys": json.dumps({"id": 1, "event": "e", **{f"k{n}": n for n in range(50_000)}}).encode(),
    "an id of lists": b'{"id": [[1]], "event": "e"}',
    "no id": b'{"event": "e"}',
    "a number": b"1",
    "no object": b"[]",
    "a text": b'"a"',
}
LONG_ID = b'{"id": "' + b"a" * 900_000 + b'", "event": "e", "email": "a@correo.example"}'
LONG_EVENT_ID = b'{"id": 1, "event": "' + b"a" * 900_000 + b'", "email": "a@correo.example"}'

OF_EACH = rf"(\w+ (read|left|parked [a-z-]+)(; )?){{{len(FIELDS)}}}$"
CASES = {
    **{f"odd: {name}": Case(EITHER, unified(dict.fromkeys(FIELDS, value))) for name, value in ODD.items()},
    **{f"10 MB: {name}": Case(OF_EACH, read(value)) for name, value in LARGE.items()},
    **{f"500,000 characters: {name}": Case(PARKED, unified(record)) for name, record in PARKING.items()},
    **{f"many: {name}": Case(EITHER, unified(record)) for name, record in LISTS.items()},
    **{
        f"each: {name}": Case(
            EITHER, unified(SCOPE if "million" not in name else {**SCOPE, "x": [1] * 400_000}, mapping)
        )
        for name, mapping in LEVELS.items()
    },
    **{f"loop: {name}": Case(EITHER, unified(SCOPE, mapping)) for name, mapping in LOOPED.items()},
    **{f"received: {name}": Case(r"answered 4\d\d: $", received(body)) for name, body in BODIES.items()},
    "taken: a long id": Case("answered 200: parked missing-id$", received(LONG_ID)),
    "taken: a long event id": Case("answered 200: applied$", received(LONG_EVENT_ID)),
    **{f"taken: {name}": Case(r"answered 200", received(body)) for name, body in TAKEN.items()},
    **{f"tried: {name}": Case(r"[012]: .+", tried(body)) for name, body in (BODIES | TAKEN).items()},
    **{
        f"fetched: {name}": Case(r"(retried|parked|applied|echo)\b.*; applied$", fetched(body))
        for name, body in (BODIES | TAKEN).items()
    },
}
