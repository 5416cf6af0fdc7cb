import base64
import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.connector import Request, ecdsa
from hub.connector.signature import MAX_SIGNATURES, Signature

NOW = 1_795_000_000.0
SECRETS = [{"key": "current"}, {"key": "previous"}]

PLAIN = {"hmac": "sha256", "encoding": "base64", "header": "X-Shop-Hmac", "secret": "key"}
PREFIXED = {"hmac": "sha256", "header": "X-Hub-Signature-256", "prefix": "sha256=", "secret": "key"}
PARSED = {
    "hmac": "sha256",
    "header": "X-Sign",
    "parse": "t={timestamp},v1={signature}",
    "over": "{timestamp}.{body}",
    "timestamp": {"unit": "s", "within": "5m"},
    "secret": "key",
}
STAMPED = {
    "hmac": "sha256",
    "encoding": "base64",
    "header": "X-Signature-v3",
    "over": "{method}{url}{body}{timestamp}",
    "decode": ":/?@!$'()*,;",
    "timestamp": {"header": "X-Request-Timestamp", "unit": "ms", "within": "5m"},
    "secret": "key",
}
HASHED = {"hash": "sha256", "header": "X-Old", "over": "{secret}{method}{url}{body}", "secret": "key"}
NAMED = {"hmac": "sha1", "header": "X-Id-Sign", "over": "{id}:{query.order}", "id": "X-Id", "secret": "key"}
PORTED = {"hmac": "sha1", "header": "X-Port", "over": "{url}{body}", "port": "optional", "secret": "key"}
SCHEMES = [PLAIN, PREFIXED, PARSED, STAMPED, HASHED, PORTED, NAMED]


def request(body=b'{"id": 1}', headers=None, url="https://hub.example/v1/webhooks/shop/co", query=None):
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    return Request("POST", url, query or {"order": "7"}, {"x-id": "42", **lower}, body)


def verified(scheme, asked, secrets=SECRETS, now=NOW):
    return Signature.of(scheme).verify(asked, secrets, now)


def signed(scheme, asked, secret="current", now=NOW):
    return Signature.of(scheme).sign(asked, {"key": secret}, now)


def test_the_plain_scheme_is_an_hmac_of_the_raw_body_in_base64():
    body = b"\xff\x00 not even text"
    expected = base64.b64encode(hmac.digest(b"current", body, "sha256")).decode()
    assert verified(PLAIN, request(body, {"X-Shop-Hmac": expected}))


def test_the_prefixed_scheme_is_hexadecimal_in_either_case():
    expected = hmac.digest(b"current", b'{"id": 1}', "sha256").hex()
    assert verified(PREFIXED, request(headers={"X-Hub-Signature-256": "sha256=" + expected.upper()}))
    assert not verified(PREFIXED, request(headers={"X-Hub-Signature-256": expected}))


def test_a_parsed_header_holds_the_time_and_the_signature_over_both():
    expected = hmac.digest(b"current", b'1795000000.{"id": 1}', "sha256").hex()
    assert verified(PARSED, request(headers={"X-Sign": f"t=1795000000,v1={expected},v0=other"}))
    assert verified(PARSED, request(headers={"X-Sign": f"t=1795000000, v1=00, v1={expected}"}))


def test_an_url_is_decoded_where_the_vendor_decodes_it_before_signing():
    asked = request(url="https://hub.example/v1/webhooks/crm?back=https%3A%2f%2fx.example%20")
    content = b'POSThttps://hub.example/v1/webhooks/crm?back=https://x.example%20{"id": 1}1795000000000'
    expected = base64.b64encode(hmac.digest(b"current", content, "sha256")).decode()
    headers = {"x-signature-v3": expected, "x-request-timestamp": "1795000000000"}
    assert verified(STAMPED, Request("POST", asked.url, {}, headers, asked.body))


def test_a_plain_hash_names_the_secret_in_its_content():
    content = b'currentPOSThttps://hub.example/v1/webhooks/shop/co{"id": 1}'
    assert verified(HASHED, request(headers={"X-Old": hashlib.sha256(content).hexdigest()}))


def test_content_may_come_from_headers_and_query():
    assert verified(NAMED, request(headers={"X-Id-Sign": hmac.digest(b"current", b"42:7", "sha1").hex()}))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    scheme=st.sampled_from(SCHEMES),
    body=st.binary(max_size=200),
    secret=st.sampled_from(["current", "previous"]),
    query=st.text(max_size=10),
)
def test_what_is_signed_verifies_under_either_secret(scheme, body, secret, query):
    asked = signed(scheme, request(body, query={"order": query}), secret)
    assert verified(scheme, asked)
    assert not verified(scheme, asked, [{"key": "another"}])


@pytest.mark.parametrize("scheme", SCHEMES[:-1])
def test_another_body_does_not_verify(scheme):
    asked = signed(scheme, request())
    assert not verified(scheme, Request("POST", asked.url, asked.query, asked.headers, asked.body + b" "))


@pytest.mark.parametrize(
    ("url", "signed_url", "right"),
    [
        ("https://hub.example/v1", "https://hub.example:443/v1", True),
        ("http://hub.example/v1?a=1", "http://hub.example:80/v1?a=1", True),
        ("https://hub.example/v1", "https://hub.example:8443/v1", False),
        ("https://hub.example:8443/v1", "https://hub.example:443/v1", False),
        ("https://hub.example:x/v1", "https://hub.example:443/v1", False),
    ],
)
def test_an_url_may_be_signed_with_its_default_port_where_the_vendor_does_so(url, signed_url, right):
    headers = signed(PORTED, request(url=signed_url)).headers
    assert verified(PORTED, request(headers=headers, url=url)) is right
    assert not verified({**PORTED, "port": "as-written"}, request(headers=headers, url=url))


@pytest.mark.parametrize("scheme", [STAMPED, HASHED])
def test_another_url_does_not_verify_where_it_is_signed(scheme):
    asked = signed(scheme, request())
    assert not verified(scheme, Request("POST", asked.url + "?a=1", asked.query, asked.headers, asked.body))


@pytest.mark.parametrize("scheme", [PARSED, STAMPED])
@pytest.mark.parametrize(("late", "right"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_a_signature_is_good_for_five_minutes_around_its_time(scheme, late, right):
    assert verified(scheme, signed(scheme, request()), now=NOW + late) is right


@pytest.mark.parametrize(
    "stamp",
    ["", "nan", "inf", "1e400", "1_795_000_000", " 1795000000", "1795000000.5", "-1", "١٧٩٥٠٠٠٠٠٠", "1" * 17],
)
def test_a_time_is_up_to_sixteen_digits_and_nothing_else(stamp):
    expected = hmac.digest(b"current", stamp.encode() + b'.{"id": 1}', "sha256").hex()
    assert not verified(PARSED, request(headers={"X-Sign": f"t={stamp},v1={expected}"}))


def test_two_different_times_are_no_time():
    asked = signed(PARSED, request())
    doubled = asked.headers["x-sign"] + ",t=1795000001"
    assert not verified(PARSED, request(headers={"X-Sign": doubled}))


def test_a_scheme_without_a_window_still_needs_the_time_that_it_signs():
    scheme = {**STAMPED, "timestamp": {"header": "X-Request-Timestamp"}}
    asked = signed(scheme, request(), now=1.0)
    assert verified(scheme, asked)
    headers = {name: text for name, text in asked.headers.items() if name != "x-request-timestamp"}
    assert not verified(scheme, Request("POST", asked.url, asked.query, headers, asked.body))


def test_only_the_first_eight_signatures_are_examined():
    right = signed(PREFIXED, request()).headers["x-hub-signature-256"]
    wrong = ["sha256=00"] * (MAX_SIGNATURES - 1)
    assert verified(PREFIXED, request(headers={"X-Hub-Signature-256": ",".join([*wrong, right])}))
    assert verified(PREFIXED, request(headers={"X-Hub-Signature-256": ", ".join([*wrong, right])}))
    assert not verified(
        PREFIXED, request(headers={"X-Hub-Signature-256": ",".join([*wrong, "sha256=1", right])})
    )


@pytest.mark.parametrize("secrets", [[], [{}], [{"key": ""}], [{"other": "current"}]])
def test_nothing_verifies_without_a_secret(secrets):
    asked = signed(PLAIN, request(), "")
    assert not verified(PLAIN, asked, secrets)


def test_signing_needs_the_secret():
    with pytest.raises(KeyError, match="key"):
        Signature.of(PLAIN).sign(request(), {}, NOW)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    scheme=st.sampled_from(SCHEMES),
    header=st.text(st.characters(), max_size=60),
    stamp=st.text(st.characters(), max_size=20),
    body=st.binary(max_size=50),
    url=st.text(st.characters(), max_size=30),
)
def test_hostile_headers_are_refused_without_an_exception(scheme, header, stamp, body, url):
    headers = {scheme["header"]: header, "X-Request-Timestamp": stamp, "X-Id": header}
    assert verified(scheme, request(body, headers, url, {"order": stamp})) is False


@pytest.mark.parametrize(
    "header", [None, "sha256=", "sha256", "=", ",,,", "sha256=é", "sha256=\udcff", "===="]
)
def test_malformed_signatures_are_refused(header):
    headers = {} if header is None else {"X-Hub-Signature-256": header, "X-Shop-Hmac": header}
    assert not verified(PREFIXED, request(headers=headers))
    assert not verified(PLAIN, request(headers=headers))


def test_content_that_names_what_the_request_lacks_is_refused():
    scheme = {**NAMED, "over": "{id}:{query.absent}"}
    assert not verified(scheme, request(headers={"X-Id-Sign": "00"}))


STANDARD = {
    "hmac": "sha256",
    "encoding": "base64",
    "key": "base64",
    "header": "webhook-signature",
    "prefix": "v1,",
    "over": "{id}.{timestamp}.{body}",
    "id": "webhook-id",
    "timestamp": {"header": "webhook-timestamp", "unit": "s", "within": "5m"},
    "secret": "key",
}
FORM = {
    "hmac": "sha1",
    "encoding": "base64",
    "header": "X-Form-Signature",
    "over": "{url}{form}",
    "body_digest": "query.bodySHA256",
    "secret": "key",
}
ECDSA = {
    "ecdsa": "p256",
    "encoding": "base64",
    "header": "X-Event-Signature",
    "over": "{timestamp}{body}",
    "timestamp": {"header": "X-Event-Timestamp"},
    "secret": "public_key",
}


def test_a_key_in_base64_is_the_key_that_it_says():
    key = base64.b64encode(b"\x00\xffnot text").decode()
    asked = request(headers={"webhook-id": "msg_1"})
    expected = base64.b64encode(hmac.digest(b"\x00\xffnot text", b'msg_1.1795000000.{"id": 1}', "sha256"))
    headers = {"webhook-timestamp": "1795000000", "webhook-signature": "v1,AAAA v1," + expected.decode()}
    asked = request(headers={**asked.headers, **headers})
    for secret in (key, "whsec_" + key):
        assert verified(STANDARD, asked, [{"key": secret}])
    assert not verified(STANDARD, asked, [{"key": "no base64!"}])


def test_a_sample_gets_an_id_where_one_is_signed():
    secrets = {"key": "whsec_" + base64.b64encode(b"k").decode()}
    asked = Signature.of(STANDARD).sign(request(), secrets, NOW)
    assert asked.headers["webhook-id"].startswith("msg_")
    assert verified(STANDARD, asked, [secrets])


def form(body, query=""):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return request(body, kind, "https://hub.example/v1/webhooks/sms/co" + query)


def test_a_form_is_signed_in_the_order_of_its_names_each_pair_once():
    content = b"https://hub.example/v1/webhooks/sms/coAna1Zed2Zed3"
    headers = {"x-form-signature": base64.b64encode(hmac.digest(b"current", content, "sha1")).decode()}
    asked = form(b"Zed=3&Ana=1&Zed=2&Zed=3")
    assert verified(FORM, Request(asked.method, asked.url, {}, asked.headers | headers, asked.body))


def test_a_body_that_is_no_form_is_told_by_its_digest_in_the_signed_url():
    asked = signed(FORM, request(b'{"a": 1}', {"content-type": "application/json"}))
    assert asked.query["bodySHA256"] == hashlib.sha256(b'{"a": 1}').hexdigest()
    assert verified(FORM, asked)
    assert not verified(FORM, Request(asked.method, asked.url, asked.query, asked.headers, b'{"a": 2}'))
    bare = request(b'{"a": 1}', {"content-type": "application/json"})
    digest = base64.b64encode(hmac.digest(b"current", bare.url.encode(), "sha1")).decode()
    assert not verified(FORM, request(b'{"a": 1}', {**bare.headers, "x-form-signature": digest}))


def test_a_vendors_own_key_signs_what_nobody_else_can():
    public, private = ecdsa.pair("shop.co")
    held = {"public_key": public, "signing_key": private}
    asked = Signature.of(ECDSA).sign(request(), held, NOW)
    assert verified(ECDSA, asked, [{"public_key": ecdsa.pair("other")[0]}, held])
    assert not verified(ECDSA, asked, [{"public_key": ecdsa.pair("other")[0]}])
    assert not verified(ECDSA, Request(asked.method, asked.url, {}, asked.headers, asked.body + b" "), [held])


@pytest.mark.parametrize(
    "key", ["", "no base64!", "AAAA", base64.b64encode(b"\x30\x03\x02\x01\x01").decode()]
)
@pytest.mark.parametrize("signature", ["", "AAAA", "no base64!"])
def test_keys_and_signatures_that_are_none_refuse(key, signature):
    public, _ = ecdsa.pair("shop.co")
    headers = {"x-event-signature": signature, "x-event-timestamp": "1"}
    assert not verified(ECDSA, request(headers=headers), [{"public_key": key}, {"public_key": public}])
