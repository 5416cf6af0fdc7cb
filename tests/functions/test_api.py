import base64
import json

import pytest

from functions import api
from tests.hub.pipeline.test_serve import ADA, Desk
from tests.hub.pipeline.world import event


@pytest.fixture
def desk(monkeypatch):
    desk = Desk()
    monkeypatch.setattr(api, "current", lambda: desk.hub)
    return desk


def gateway(method, path, body=None, headers=None, **more):
    """What API Gateway sends, payload 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {"Authorization": "Bearer k-2"} if headers is None else headers,
        "requestContext": {"http": {"method": method, "path": path}},
        "body": body,
        "isBase64Encoded": False,
        **more,
    }


def test_a_search_is_answered_with_json_that_nobody_may_keep(desk):
    desk.tell(event(**ADA))
    answer = api.handler(gateway("POST", "/v1/customers/search", json.dumps(ADA)), None)
    assert answer["statusCode"] == 200
    assert answer["headers"] == {"content-type": "application/json", "cache-control": "no-store"}
    assert json.loads(answer["body"])["fields"]["email"]["value"] == "ada@correo.co"


def test_a_body_may_come_in_base64(desk):
    desk.tell(event(**ADA))
    body = base64.b64encode(json.dumps(ADA).encode()).decode()
    assert (
        api.handler(gateway("POST", "/v1/customers/search", body, isBase64Encoded=True), None)["statusCode"]
        == 200
    )
    broken = gateway("POST", "/v1/customers/search", "%", isBase64Encoded=True)
    assert api.handler(broken, None)["statusCode"] == 400


def test_the_query_reaches_the_page(desk):
    answer = api.handler(gateway("GET", "/v1/parked", queryStringParameters={"limit": "0"}), None)
    assert answer["statusCode"] == 400


def test_without_headers_the_answer_is_401_with_an_empty_body(desk):
    answer = api.handler(gateway("GET", "/v1/parked", headers={}), None)
    assert (answer["statusCode"], answer["body"]) == (401, "")


def test_a_wrong_method_says_which_is_right(desk):
    answer = api.handler(gateway("GET", "/v1/replay"), None)
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "POST")


def test_health_needs_no_headers_at_all(desk):
    assert api.handler(gateway("GET", "/v1/health", headers={}), None)["statusCode"] == 200
