"""What goes out is signed as Standard Webhooks does it: its rule, and our receiving half, say yes."""

import base64
import hashlib
import hmac

import pytest

from hub.accounts import Account
from hub.catalog import Catalog
from hub.connector import HttpRequest, Request
from hub.errors import PauseError
from tests.conftest import ROOT

NOW = 1_795_406_400.5
KEY = b"0123456789abcdef01234567"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
ACCOUNT = Account.of("webhook.jitterbit", {"url": "https://flows.example/cauce"})
HELD = {"sending_secret": SECRET}


@pytest.fixture(scope="module")
def connector():
    return Catalog.read(ROOT).connectors["webhook"]


@pytest.fixture
def sent(connector):
    call = connector.resources["customer"].upsert
    scope = {"record": {"email": "nora.campos@correo.example"}, "customer": {"id": "c-1"}, "key": "k-17"}

    def made(now=NOW, secrets=HELD):
        return call.signed(call.render(scope, ACCOUNT, secrets), ACCOUNT, secrets, now)

    return made


def test_the_signature_is_that_of_standard_webhooks(sent):
    request = sent()
    content = b"k-17.1795406400." + request.body
    mac = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-id"] == "k-17", "the idempotency key"
    assert request.headers["webhook-timestamp"] == "1795406400"
    assert request.headers["webhook-signature"] == f"v1,{mac}"
    assert request.headers["Content-Type"] == "application/json"


def test_our_own_receiving_half_takes_it_and_not_with_another_body(connector, sent):
    request = sent()
    headers = {name.lower(): text for name, text in request.headers.items()}
    told = Request("POST", request.url, {}, headers, request.body)
    mine = [{"signing_secret": SECRET}]
    assert connector.verify(told, mine, NOW)
    assert not connector.verify(Request("POST", request.url, {}, headers, request.body + b" "), mine, NOW)


def test_what_is_sent_again_has_the_same_id_and_the_time_of_now(sent):
    first, again = sent(), sent(NOW + 600)
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.headers["webhook-signature"] != again.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("secrets", "reason"), [({}, "missing-secret"), ({"sending_secret": "whsec_!"}, "bad-secret")]
)
def test_without_a_secret_that_is_one_the_account_is_paused(sent, secrets, reason):
    with pytest.raises(PauseError, match=reason):
        sent(secrets=secrets)


def test_a_connector_that_signs_nothing_sends_what_it_did(connector):
    plain = HttpRequest("GET", "https://x.example", {"A": "b"})
    call = Catalog.read(ROOT).connectors["klaviyo"].resources["profile"].upsert
    assert call.signed(plain, ACCOUNT, {}, NOW) is plain
