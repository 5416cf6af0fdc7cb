import base64
import json

import pytest

from functions import receive as function
from tests.memory_hub import SECRETS, memory_hub, signed

PATH = "/v1/webhooks/shop/co"
BODY = '{"id": 7, "note": "ñ lucia@correo.example"}'


@pytest.fixture
def hub(monkeypatch):
    found = memory_hub()
    monkeypatch.setattr(function, "current", lambda: found)
    return found


def event(hub, body=BODY, path=PATH, **changes):
    headers = signed(hub, PATH, BODY.encode(), SECRETS["shop.co"][0], {"x-topic": "orders/create"})
    known = {"rawPath": path, "rawQueryString": "", "headers": headers, "body": body}
    return {**known, "requestContext": {"http": {"method": "POST"}}, **changes}


@pytest.mark.parametrize(
    "part", [{}, {"body": base64.b64encode(BODY.encode()).decode(), "isBase64Encoded": True}]
)
def test_a_webhook_is_verified_as_the_bytes_that_were_sent(hub, caplog, part):
    answer = function.handler({**event(hub), **part}, None)
    assert answer == {"statusCode": 200, "headers": {}, "body": ""}
    assert len(hub.inbound.waiting) == 1
    assert caplog.records == []


def test_a_refusal_is_logged_with_the_account_and_without_the_body(hub, caplog):
    assert function.handler(event(hub, body=BODY + " "), None)["statusCode"] == 401
    [line] = caplog.records
    assert (line.message, line.path, line.status) == ("refused", "/v1/webhooks/shop/co", 401)
    assert "lucia" not in caplog.text


@pytest.mark.parametrize("early", [0, 5])
def test_an_answer_within_what_the_vendor_waits_is_not_counted(hub, caplog, capsys, early):
    context = {"http": {"method": "POST"}, "timeEpoch": (hub.clock() - early) * 1000}
    assert function.handler(event(hub, requestContext=context), None)["statusCode"] == 200
    assert (caplog.records, capsys.readouterr().out) == ([], "")


def test_an_answer_after_a_cold_start_is_counted_by_step_and_by_connector(hub, caplog, capsys):
    context = {"http": {"method": "POST"}, "timeEpoch": (hub.clock() - 5) * 1000 - 1}
    assert function.handler(event(hub, requestContext=context), None)["statusCode"] == 200
    [line] = caplog.records
    assert (line.message, line.path) == ("late", PATH)
    counted = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [(one["late"], one.get("connector"), one.get("step")) for one in counted] == [
        ([1.0], "shop", None),
        ([1.0], None, "receive"),
    ]


def test_an_unknown_path_is_not_logged(hub, caplog):
    assert function.handler(event(hub, path="/v1/webhooks/lucia@correo.example"), None)["statusCode"] == 404
    assert caplog.records == []


def test_a_body_that_is_no_base64_is_refused(hub, caplog):
    assert function.handler(event(hub, body="ñ", isBase64Encoded=True), None)["statusCode"] == 400
    [line] = caplog.records
    assert line.status == 400
    assert not hasattr(line, "path")


def test_a_request_without_body_and_headers_is_answered(hub):
    asked = {"rawPath": PATH, "requestContext": {"http": {"method": "GET"}}}
    assert function.handler(asked, None)["statusCode"] == 401
