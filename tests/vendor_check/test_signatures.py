"""The shipped connectors verify what the vendors' own SDKs sign, and refuse what those refuse.

Square's vectors are negative only, HubSpot's are of v1 and v2: Square's good signature and HubSpot's
v3 are computed here, with nothing but the standard library and the vendor's description.
"""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qsl

import pytest

from hub.catalog import Catalog
from hub.connector import Request
from tests.vendor_check.catalogue import NAMES, entry
from tests.vendor_check.shared import ROOT, VENDORS, needs_shared

NOW = 1_763_650_000.0


@pytest.fixture(scope="module")
def connectors():
    return Catalog.read(ROOT).connectors


def vectors(vendor):
    file = VENDORS / "signature_vectors.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return [vector for vector in known if vector["vendor"].startswith(vendor)]


def cases():
    for name in NAMES:
        if told := entry(name, "VECTORS"):
            for number, vector in enumerate(vectors(told["vendor"])):
                yield pytest.param(name, vector, id=f"{name}-{number}-{vector['valid']}")


def secret_of(connector):
    return connector.data["receive"]["signature"]["secret"]


@needs_shared
@pytest.mark.parametrize(("name", "vector"), list(cases()))
def test_a_published_vector_is_judged_as_its_publisher_does(connectors, name, vector):
    connector, told = connectors[name], entry(name, "VECTORS")
    headers = {key.lower(): value for key, value in vector["headers"].items()}
    if "header" in told:
        headers = {told["header"]: next(iter(headers.values()))}
    url = vector["url"] or "https://hub.example/v1/webhooks"
    query = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))
    request = Request(vector["method"], url, query, headers, vector["body"].encode())
    now = vector.get("now") or NOW
    assert connector.verify(request, [{secret_of(connector): vector["secret"]}], now) == vector["valid"]


@needs_shared
def test_there_is_a_vector_for_each_construction():
    assert all(vectors(told["vendor"]) for name in NAMES if (told := entry(name, "VECTORS")))


def hubspot_v3(secret, method, url, body, timestamp):
    content = method.encode() + url.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), content, hashlib.sha256)).decode()


def hubspot_request(
    signature, timestamp, body=b'[{"eventId": 1}]', url="https://hub.example/v1/webhooks/hubspot/main"
):
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
    return Request("POST", url, {}, headers, body)


@pytest.mark.parametrize("body", [b'[{"eventId": 1}]', '[{"propertyValue": "Bogotá"}]'.encode(), b""])
def test_hubspot_v3_is_verified_over_method_url_body_and_milliseconds(connectors, body):
    timestamp = str(int(NOW * 1000))
    url = "https://hub.example/v1/webhooks/hubspot/main"
    signature = hubspot_v3("s3cret", "POST", url, body, timestamp)
    assert connectors["hubspot"].verify(
        hubspot_request(signature, timestamp, body), [{"client_secret": "s3cret"}], NOW
    )


@pytest.mark.parametrize(("age", "fresh"), [(0, True), (299, True), (301, False), (-301, False)])
def test_hubspot_v3_is_refused_outside_of_five_minutes(connectors, age, fresh):
    timestamp = str(int((NOW - age) * 1000))
    url = "https://hub.example/v1/webhooks/hubspot/main"
    signature = hubspot_v3("s3cret", "POST", url, b"[]", timestamp)
    request = hubspot_request(signature, timestamp, b"[]")
    assert connectors["hubspot"].verify(request, [{"client_secret": "s3cret"}], NOW) is fresh


def test_hubspot_v3_is_refused_over_another_url(connectors):
    timestamp = str(int(NOW * 1000))
    signature = hubspot_v3("s3cret", "POST", "https://elsewhere.example/", b"[]", timestamp)
    request = hubspot_request(signature, timestamp, b"[]")
    assert not connectors["hubspot"].verify(request, [{"client_secret": "s3cret"}], NOW)


@pytest.mark.parametrize(
    ("age", "secret", "good"), [(0, "s3cret", True), (0, "other", False), (301, "s3cret", False)]
)
def test_bigcommerce_signs_as_standard_webhooks_with_its_client_secret_as_it_is(
    connectors, age, secret, good
):
    stamp, body = str(int(NOW) - age), b'{"scope":"store/order/created"}'
    digest = hmac.digest(b"s3cret", f"msg_1.{stamp}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(digest).decode()}"
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signature}
    request = Request("POST", "https://hub.example/", {}, headers, body)
    assert connectors["bigcommerce"].verify(request, [{"client_secret": secret}], NOW) is good


def test_tiendanube_signs_the_body_in_hex(connectors):
    body = b'{"store_id":1840275,"event":"order/created","id":880012}'
    headers = {"x-linkedstore-hmac-sha256": hmac.digest(b"s3cret", body, hashlib.sha256).hex()}
    request = Request("POST", "https://hub.example/", {}, headers, body)
    assert connectors["tiendanube"].verify(request, [{"client_secret": "s3cret"}], NOW)
    assert not connectors["tiendanube"].verify(request, [{"client_secret": "other"}], NOW)


def test_square_is_verified_over_the_registered_url_and_the_body(connectors):
    url, body = "https://hub.example/v1/webhooks/square/bogota", b'{"event_id":"1"}'
    digest = hmac.digest(b"key", url.encode() + body, hashlib.sha256)
    headers = {"x-square-hmacsha256-signature": base64.b64encode(digest).decode()}
    request = Request("POST", url, {}, headers, body)
    assert connectors["square"].verify(request, [{"signature_key": "key"}], NOW)


@pytest.mark.parametrize("name", ["shopify", "woocommerce", "square", "hubspot", "whatsapp"])
def test_what_a_sample_is_signed_with_is_accepted_and_nothing_else(connectors, name):
    connector = connectors[name]
    url = f"https://hub.example/v1/webhooks/{name}/x"
    plain = Request("POST", url, {}, {}, b'{"a": "b"}')
    secrets = {secret_of(connector): "s3cret"}
    signed = connector.sign(plain, secrets, NOW).headers
    request = Request("POST", url, {}, signed, plain.body)
    assert connector.verify(request, [{secret_of(connector): "new"}, secrets], NOW)
    assert not connector.verify(request, [{secret_of(connector): "other"}], NOW)
    assert not connector.verify(Request("POST", url, {}, signed, b'{"a": "c"}'), [secrets], NOW)
