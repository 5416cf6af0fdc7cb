"""No value of a person and no credential in a log, an exception or what a function answers to AWS.

The whole hub runs in this process through its Lambda handlers, with every log captured at DEBUG.
"""

import base64
import contextlib
import json
import logging
import re
import traceback
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from functions import api, deliver, erase, poll, receive, route, sweep, unify
from hub import logs
from hub.connector import HttpResponse
from hub.credentials import current
from hub.errors import HubError, RetryError
from hub.messages import Event
from hub.runner import Clock, Runner
from hub.store.dynamodb import encode
from tests.envelopes import message
from tests.hub.credentials.vendor import ROTATING, hub_of, loses_the_answer
from tests.hub.credentials.vendor import Vendor as TokenServer
from tests.journey import Day
from tests.memory_hub import NOW, PUBLIC

ROOT = Path(__file__).parents[1]
HANDLERS = (api, deliver, erase, poll, receive, route, sweep, unify)
SHORTEST = 5
"""Shorter values (a country, a size) also occur where nobody is meant."""

LISTING = ROTATING.replace("{get:", '{id: id, list: {request: "GET /invoices", records: "[@]"}, get:')

CANARY = {
    "email": "canario.amarillo@correo.example",
    "phone": "+573125550166",
    "name": "Canaria Plumaamarilla",
    "token": "tok-canary-7781",
}


class Handled(Runner):
    """A runner that goes through the Lambda handlers; `said` keeps what they answered or raised."""

    said: list[str]

    def _queue(self, queue, handler):
        taken = queue.receive(self.batch)
        if not taken:
            return False
        records = [message(str(n), one.message.body, one.message.group) for n, one in enumerate(taken)]
        answer = self.call(handler, {"Records": records})
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for number, stored in enumerate(taken):
            if str(number) in failed:
                queue.fail(stored, 1.0)
            else:
                queue.ack(stored)
        return True

    def call(self, handler, event):
        try:
            answer = handler(event, None)
        except Exception as error:
            self.said.append("".join(traceback.format_exception(error)))
            raise
        if handler is not api.handler:
            self.said.append(repr(answer))
        return answer

    def unify(self):
        return self._queue(self.hub.inbound, unify.handler)

    def deliver(self):
        return self._queue(self.hub.outbound, deliver.handler)

    def route(self):
        stream = self.store.stream
        fresh = [item for item in stream[self._relayed :] if item.version == 1]
        self._relayed = len(stream)
        images = [{"NewImage": encode(replace(item, version=0))} for item in fresh]
        self.call(
            route.handler, {"Records": [{"eventName": "INSERT", "dynamodb": image} for image in images]}
        )
        return any(item.kind == "outbox" for item in fresh)

    def poll(self):
        self.call(poll.handler, {})
        self.run()

    def sweep(self):
        self.call(sweep.handler, {})
        self.run()


class Watched(Day):
    """A day whose hub is reached as on AWS."""

    def __init__(self):
        super().__init__()
        self.runner = Handled(self.hub)
        self.runner.said = []

    def post(self, request):
        return self.gate(receive.handler, "POST", request.url.removeprefix(PUBLIC), request)["statusCode"]

    def gate(self, handler, method, path, request):
        path, _, query = path.partition("?")
        return self.runner.call(
            handler,
            {
                "rawPath": path,
                "rawQueryString": query,
                "headers": request.headers,
                "body": request.body.decode("utf-8", "replace"),
                "requestContext": {"http": {"method": method}},
            },
        )

    def ask(self, path, body):
        headers = {"authorization": "Bearer key"}
        request = type("Asked", (), {"headers": headers, "body": json.dumps(body).encode()})
        return self.gate(api.handler, "POST", path, request)


@pytest.fixture
def day(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logs.LOG._logger, "propagate", True)
    monkeypatch.setattr(logs.LOG._logger, "level", logging.DEBUG)
    day = Watched()
    for handler in HANDLERS:
        monkeypatch.setattr(handler, "current", lambda: day.hub)
    return day


def heard(day, caplog, capsys):
    """Everything that a log or AWS gets to see."""
    printed = capsys.readouterr()
    records = [
        f"{record.getMessage()} {record.exc_text or ''} {record.__dict__}" for record in caplog.records
    ]
    return "\n".join([printed.out, printed.err, *records, *day.runner.said])


def personal(day):
    """Every value that the entities call `pii`, of everybody whom the hub knows."""
    entities = day.hub.catalog.entities
    for item in day.hub.store.items():
        if item.kind == "record":
            declared = entities[item.data["entity"]].fields
            for name, (value, *_) in item.data["registers"].items():
                if name in declared and declared[name].pii:
                    yield from texts(value)


def texts(value):
    if isinstance(value, dict):
        value = list(value.values())
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and len(text) >= SHORTEST:
            yield text


def credentials(day):
    """Every secret that protects something; ids of a client are none, but are not told either."""
    for held in day.hub.secrets.held.values():
        for values in held:
            yield from (value for value in values.values() if len(value) >= SHORTEST and value != "pepper")


def hits(text, values):
    """Those values that occur, also as JSON would write them."""
    wanted = {form for value in values for form in (value, json.dumps(value)[1:-1])}
    return sorted(value for value in wanted if value.lower() in text.lower())


def test_the_story_of_a_person_leaves_no_value_of_theirs_in_any_log(day, caplog, capsys):
    day.story()
    known = set(personal(day))
    assert {"lucia.fernandez@correo.example", "+573105550147"} <= known
    text = heard(day, caplog, capsys)
    assert "'message': 'applied'" in text
    assert "'message': 'done'" in text
    assert hits(text, known) == []
    assert hits(text, credentials(day)) == []


def canary_record():
    return {
        "id": 99,
        "email": CANARY["email"],
        "phone": CANARY["phone"],
        "first_name": CANARY["name"],
        "note": CANARY["token"],
        "updated_at": "2026-11-20T09:12:31-05:00",
    }


def tell(day, record, topic="customers/update", id="1"):
    """A customer of the web shop, as if the webhook had been admitted."""
    told = Event("shopify", "co", "customer", topic, "99", (id,), "2026-11-24T06:00:00.000000Z", None, record)
    day.runner.call(unify.handler, {"Records": [message("1", told.dumps())]})


BAD_RECORDS = {
    "no record at all": CANARY["email"],
    "a list": [CANARY],
    "a time that is none": {**canary_record(), "updated_at": CANARY["name"]},
    "a time far ahead": {**canary_record(), "updated_at": "2099-01-01T00:00:00Z"},
    "an address that is none": {**canary_record(), "email": f"{CANARY['name']} {CANARY['email']}"},
    "a phone that is none": {**canary_record(), "phone": f"{CANARY['phone']}-{CANARY['token']}"},
    "objects where texts are": {
        **canary_record(),
        "first_name": {"x": CANARY["name"]},
        "email": [CANARY["email"]],
    },
    "a lookup that is not listed": {**canary_record(), "email_marketing_consent": {"state": CANARY["name"]}},
}


@pytest.mark.parametrize("record", BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_a_record_that_cannot_be_mapped_is_not_quoted(day, caplog, capsys, record):
    tell(day, record)
    text = heard(day, caplog, capsys)
    assert "'event': '" in text
    assert hits(text, CANARY.values()) == []


def test_two_bodies_under_one_id_are_not_quoted(day, caplog, capsys):
    tell(day, canary_record())
    tell(day, {**canary_record(), "first_name": CANARY["name"] + "!"})
    text = heard(day, caplog, capsys)
    assert "same-id-other-body" in text
    assert hits(text, CANARY.values()) == []


ANSWERS = {
    "refused": HttpResponse(400, {}, json.dumps({"errors": [CANARY]}).encode()),
    "unauthorised": HttpResponse(401, {}, json.dumps(CANARY).encode()),
    "not JSON": HttpResponse(200, {}, "; ".join(CANARY.values()).encode()),
    "a conflict": HttpResponse(409, {}, json.dumps({"message": CANARY}).encode()),
    "down": HttpResponse(503, {"retry-after": CANARY["token"]}, json.dumps(CANARY).encode()),
    "no answer": RetryError("timeout"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_what_a_destination_answers_is_not_quoted(day, caplog, capsys, answer):
    def send(request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    day.hub.client = type("Client", (), {"send": staticmethod(send)})
    tell(day, canary_record())
    day.rest()
    for _ in range(3):
        day.clock.now += 900
        day.runner.sweep()
    text = heard(day, caplog, capsys)
    assert "klaviyo.main.profile" in text
    assert hits(text, CANARY.values()) == []
    assert hits(text, credentials(day)) == []


def test_hostile_webhooks_are_not_quoted(day, caplog, capsys):
    canary = " ".join(CANARY.values())
    bodies = [canary.encode(), json.dumps(CANARY).encode(), b"{" + canary.encode(), b"\xff" + canary.encode()]
    for body in bodies:
        headers = {
            "x-shopify-hmac-sha256": canary,
            "content-type": "application/json",
            "x-shopify-topic": canary,
        }
        request = type("Posted", (), {"url": "/v1/webhooks/shopify/co", "headers": headers, "body": body})
        assert day.post(request) in (400, 401)
    path = f"/v1/webhooks/{CANARY['email']}/{CANARY['token']}"
    request = type("Posted", (), {"url": path, "headers": {}, "body": b""})
    assert day.post(request) == 404
    assert hits(heard(day, caplog, capsys), CANARY.values()) == []


def test_a_search_is_not_quoted_and_its_key_neither(day, caplog, capsys):
    tell(day, canary_record())
    asked = [
        {"email": CANARY["email"]},
        {"phone": CANARY["phone"]},
        {"email": CANARY["name"]},
        {CANARY["token"]: 1},
    ]
    assert [day.ask("/v1/customers/search", body)["statusCode"] for body in asked] == [200, 200, 400, 400]
    assert "Bearer" not in (text := heard(day, caplog, capsys))
    assert hits(text, CANARY.values()) == []


def test_who_is_explained_and_decided_on_is_not_quoted(day, caplog, capsys):
    tell(day, canary_record())
    found = day.ask("/v1/customers/search", {"email": CANARY["email"]})
    path = f"/v1/customers/{json.loads(found['body'])['id']}"
    told = {"email": CANARY["email"], "shared": True, "actor": CANARY["name"], "reason": CANARY["phone"]}
    request = type("Asked", (), {"headers": {"authorization": "Bearer key"}, "body": b""})
    asked = [
        day.gate(api.handler, "GET", f"{path}/explain", request),
        day.ask("/v1/customers/shared", told),
        day.ask("/v1/customers/shared", told),
        day.ask("/v1/customers/shared", {**told, "shared": CANARY["token"]}),
        day.gate(api.handler, "GET", f"{path}/log", request),
    ]
    assert [answer["statusCode"] for answer in asked] == [200, 200, 409, 400, 200]
    assert CANARY["email"] not in asked[0]["body"]
    assert hits("".join(answer["body"] for answer in asked[2:4]), CANARY.values()) == []
    assert hits(heard(day, caplog, capsys), CANARY.values()) == []


def test_a_bug_is_logged_by_its_kind_alone(day, caplog, capsys):
    def broken(*_):
        raise ValueError(f"cannot parse {CANARY['email']}")

    day.hub.store.commit = broken
    tell(day, canary_record())
    text = heard(day, caplog, capsys)
    assert "ValueError" in text
    assert hits(text, CANARY.values()) == []


def test_what_sqs_shows_beside_a_body_holds_no_value(day):
    """Group and deduplication ids stand in consoles, in X-Ray's segments and in CloudTrail."""
    shown = []
    for queue in (day.hub.inbound, day.hub.outbound):
        send = queue.send
        queue.send = lambda messages, send=send: (shown.extend(messages), send(messages))
    day.story()
    tell(day, canary_record())
    day.rest()
    assert len(shown) > 10
    for sent in shown:
        assert re.fullmatch(r"[0-9a-f]{64}", sent.group)
        assert re.fullmatch(r"[0-9a-f]{64}", sent.dedup)
    assert "MessageAttributes" not in (ROOT / "hub/queues.py").read_text(encoding="utf-8")


def test_metrics_are_counts_by_step(day, caplog, capsys):
    tell(day, canary_record())
    tell(day, BAD_RECORDS["a time far ahead"], id="2")
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    lines = [line for line in printed if "_aws" in line]
    assert lines
    for line in lines:
        (metrics,) = line["_aws"]["CloudWatchMetrics"]
        named = {metric["Name"] for metric in metrics["Metrics"]}
        assert line.keys() - named <= {"_aws", "service", "step"}
        assert all(re.fullmatch(r"[a-z-]+", name) for name in named)


def test_nothing_of_ours_is_written_into_traces():
    """X-Ray is switched on for the platform's own segments: names of AWS calls, times, error kinds. What a
    Lambda raises is a Crash, whose text is a class name; no SDK is patched, nothing is annotated."""
    for path in [*ROOT.glob("hub/**/*.py"), *ROOT.glob("functions/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"aws_xray_sdk|Tracer|put_annotation|put_metadata|capture_(method|lambda)|patch_all", text
        ), path
    requirements = (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8")
    assert "xray" not in requirements


def test_what_a_handler_raises_says_its_kind_and_nothing_else(day):
    @logs.step("try")
    def broken(event, context):
        raise ValueError(CANARY["email"], Event("a", "b", "c", "d", CANARY["phone"], (), "", record=CANARY))

    with pytest.raises(logs.Crash) as caught:
        broken({}, None)
    text = "".join(traceback.format_exception(caught.value))
    assert "ValueError" in text
    assert hits(text, CANARY.values()) == []


RAW_IDS = {"whatsapp": "its contact's id is the phone, its message's id holds it (decision 0017)"}
"""Connectors whose own ids are values of a person."""


def test_no_key_of_the_table_holds_a_value_of_a_person(day):
    day.story()
    tell(day, canary_record())
    day.rest()
    known = {value for value in personal(day) if re.search(r"@|^\+\d{7}| ", value)}
    assert CANARY["email"] in known
    assert CANARY["phone"] in known
    bare = {value.removeprefix("+") for value in known}
    for item in day.hub.store.items():
        connector = item.key.pk.split("#")[1] if item.key.pk.startswith(("REC", "EVT")) else ""
        if connector.partition(".")[0] not in RAW_IDS:
            told = " ".join(unquote(part) for part in item.key)
            assert hits(told, known | bare) == [], item.kind
            assert not [value for value in bare if value in base64_of(told)], item.kind


def base64_of(text):
    """What the parts of a key say when they are base64."""
    found = []
    for part in re.split(r"[#./:]", text):
        with contextlib.suppress(ValueError):
            found.append(base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1"))
    return " ".join(found)


def test_a_leak_would_be_heard(day, caplog, capsys):
    logging.getLogger("anything").debug("seen %s", CANARY["email"].upper())
    assert hits(heard(day, caplog, capsys), CANARY.values()) == [CANARY["email"]]


def test_a_token_and_what_it_is_got_with_are_in_no_log_queue_or_exception(monkeypatch, caplog, capsys):
    """Got, used, refused, renewed, lost, revoked; every secret of that account holds `s3cret`."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logs.LOG._logger, "propagate", True)
    hub = hub_of(LISTING, vendor=TokenServer(Clock(NOW), grace=1800))
    monkeypatch.setattr(poll, "current", lambda: hub)
    said = []
    for trouble in ([], [loses_the_answer], [lambda apply: HttpResponse(400, {}, b'{"error": "a1-s3cret"}')]):
        hub.client.tokens.clear()
        hub.client.faults = trouble
        hub.clock.now += 3600
        said.append(repr(poll.handler({}, None)))
        try:
            current(hub, "books.co")
        except HubError as error:
            said.append("".join(traceback.format_exception(error)))
    poll.handler({}, None)
    said += [one.message.body for one in hub.inbound.waiting]
    printed = capsys.readouterr()
    records = [f"{one.getMessage()} {one.exc_text or ''} {one.__dict__}" for one in caplog.records]
    text = "\n".join([printed.out, printed.err, *records, *said])
    assert "credential-dead" in text
    assert "credential-answer-lost" in text
    assert "s3cret" not in text
    assert "s3cret" in "".join(json.dumps(item.data) for item in hub.store.items())
