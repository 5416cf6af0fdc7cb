"""Whatever comes in unsigned: never an exception, never 5xx, never anything on the queue."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions import receive as function
from hub.pipeline.receive import Arrival, receive
from tests.memory_hub import SECRETS, memory_hub, signed

HUB = memory_hub()

ANYTHING = st.text(st.characters(), max_size=40)
NAMES = st.sampled_from(["shop", "crm", "chat", "quiet", "nobody", "co", "..", "%00", "shop%2Fco", ""])
PATHS = (
    ANYTHING
    | st.builds("/v1/webhooks/{}".format, NAMES)
    | st.builds("/v1/webhooks/{}/{}".format, NAMES, NAMES | st.just("co"))
)
QUERIES = ANYTHING | st.sampled_from(
    ["mode=subscribe&token=&challenge=x", "mode=subscribe", "mode=subscribe&token=%FF", "%", "&=&"]
)
HEADER_NAMES = ANYTHING | st.sampled_from(
    ["X-Shop-Hmac", "X-Signature-v3", "X-Request-Timestamp", "X-S", "X-Topic", "Content-Type", "Host"]
)
HEADER_VALUES = ANYTHING | st.sampled_from(
    [
        "sha256=",
        "sha256=00,sha256=00",
        "1795406400000",
        "nan",
        "orders/create",
        "application/json",
        "application/json; charset=utf-16",
    ]
)
HEADERS = st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=5)
MEMBERS = st.sampled_from(["type", "eventId", "objectId", "portalId", "occurredAt", "id", "updated_at"])


def nested(scalars, names):
    """JSON of any shape."""
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner))


VALUES = nested(st.none() | st.booleans() | st.integers() | ANYTHING, MEMBERS | ANYTHING)
ODD = [b'{"id": 7}', b"[" * 70_000, b'{"a":1,"a":2}', b"NaN", b'"\\ud800"', b"a[b=1", b"\x00"]
BODIES = st.binary(max_size=60) | st.sampled_from(ODD) | VALUES.map(lambda value: json.dumps(value).encode())


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.sampled_from(["POST", "GET", "HEAD", "PUT", "", "post"]), PATHS, QUERIES, HEADERS, BODIES)
@example("GET", "/v1/webhooks/chat/co", "mode=subscribe&token=v3&challenge=x", {}, b"")
@example("POST", "/v1/webhooks/crm", "", {"X-Signature-v3": "\udcff"}, b"[]")
def test_an_unsigned_request_is_refused_and_leaves_nothing(method, path, query, headers, body):
    reply = receive(HUB, Arrival(method, path, query, headers, body))
    assert reply.status in {401, 404, 413}
    assert reply.body == ""
    assert HUB.inbound.waiting == []


@settings(max_examples=300, derandomize=True, deadline=None)
@given(body=BODIES, topic=HEADER_VALUES, kind=HEADER_VALUES, id=ANYTHING)
@example(b'{"id": 7, "updated_at": 1e300}', "orders/create", "application/json", "w")
@example(b'{"id": "\\ud800", "updated_at": "\\ud800"}', "orders/create", "application/json", "\ud800")
def test_a_signed_request_is_accepted_or_refused_but_never_fails(body, topic, kind, id):
    hub = memory_hub(catalog=HUB.catalog)
    path = "/v1/webhooks/shop/co"
    sent = {"X-Topic": topic, "Content-Type": kind, "X-Webhook-Id": id}
    headers = signed(hub, path, body, SECRETS["shop.co"][0], sent)
    reply = receive(hub, Arrival("POST", path, "", headers, body))
    assert reply.status in {200, 400, 415}
    assert reply.status == 200 or hub.inbound.waiting == []


@settings(max_examples=200, derandomize=True, deadline=None)
@given(VALUES)
@example([{"type": "changed", "objectId": [1], "portalId": {"a": 1}}])
@example([{"type": "changed", "objectId": 1, "occurredAt": 10**300, "eventId": {"a": []}}])
def test_a_signed_batch_of_any_shape_never_fails(value):
    hub = memory_hub(catalog=HUB.catalog)
    body = json.dumps(value).encode()
    headers = signed(hub, "/v1/webhooks/crm", body, SECRETS["crm"][0])
    assert receive(hub, Arrival("POST", "/v1/webhooks/crm", "", headers, body)).status in {200, 400}


@settings(max_examples=100, derandomize=True, deadline=None)
@given(PATHS, QUERIES, ANYTHING, st.booleans(), st.none() | HEADERS)
def test_the_function_answers_whatever_the_gateway_hands_over(path, query, body, encoded, headers):
    event = {
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "body": body,
        "isBase64Encoded": encoded,
        "requestContext": {"http": {"method": "POST"}},
    }
    known = function.current
    function.current = lambda: HUB
    try:
        answer = function.handler(event, None)
    finally:
        function.current = known
    assert answer["statusCode"] in {400, 401, 404}
    assert HUB.inbound.waiting == []
