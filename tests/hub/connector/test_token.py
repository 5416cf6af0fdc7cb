import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.connector import Request
from hub.connector.token import Password, Token

SECRETS = [{"token": "current"}, {"token": "previous"}]
URL = "https://hub.example/v1/webhooks/crm/main"


def request(body=b'{"channel": 1}', headers=None, query=None):
    return Request("POST", URL, query or {}, headers or {}, body)


def told(equals, asked, secrets=SECRETS):
    return Token(equals, "token").verify(asked, secrets, 0.0)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(('headers."x-token"', request(headers={"x-token": "current"})), id="header"),
        pytest.param(("query.token", request(query={"token": "previous"})), id="query"),
        pytest.param(("body.token", request(b'{"token": "current"}')), id="body"),
        pytest.param(
            ("body.value[].state", request(b'{"value": [{"state": "current"}, {"state": "current"}]}')),
            id="each",
        ),
    ],
)
def test_a_token_is_good_where_the_vendor_puts_it(asked):
    assert told(*asked)
    assert not told(*asked, [{"token": "another"}])


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"",
        b"not JSON",
        b"[]",
        b'{"value": []}',
        b'{"value": [{"state": "current"}, {"state": "other"}]}',
        b'{"value": [{"state": "current"}, {}]}',
        b'{"value": [{"state": "current"}, {"state": 7}]}',
        b'{"value": [{"state": ""}]}',
    ],
)
def test_one_wrong_or_missing_token_refuses_all(body):
    assert not told("body.value[].state", request(body))


def test_an_empty_secret_lets_nobody_in():
    asked = request(headers={"x-token": ""})
    assert not told('headers."x-token"', asked, [{"token": ""}, {}])


@pytest.mark.parametrize("equals", ['headers."x-token"', "query.token", "body.a.token", "body.value[].state"])
def test_a_sample_is_given_the_token_where_it_belongs(equals):
    asked = request(b'{"value": [{"id": 1}, {"id": 2}], "a": {"b": 1}}', query={"x": "y"})
    signed = Token(equals, "token").sign(asked, {"token": "previous"}, 0.0)
    assert told(equals, signed)
    assert not told(equals, asked)
    assert signed.query["x"] == "y"
    assert json.loads(signed.body)["a"]["b"] == 1


def test_a_token_of_the_query_stands_in_the_url_too():
    signed = Token("query.token", "token").sign(request(), {"token": "previous"}, 0.0)
    assert signed.url == f"{URL}?token=previous"


def test_a_form_may_hold_the_token():
    token = Token("body.token", "token", "form")
    signed = token.sign(request(b"a=1"), {"token": "current"}, 0.0)
    assert signed.body == b"a=1&token=current"
    assert token.verify(signed, SECRETS, 0.0)


def test_a_user_and_a_password_are_those_of_one_pair():
    password = Password("user", "password")
    pairs = [{"user": "ana", "password": "new"}, {"user": "bea", "password": "old"}]
    assert all(password.verify(password.sign(request(), pair, 0.0), pairs, 0.0) for pair in pairs)
    mixed = password.sign(request(), {"user": "ana", "password": "old"}, 0.0)
    assert not password.verify(mixed, pairs, 0.0)
    assert not password.verify(request(), [*pairs, {"user": "", "password": ""}], 0.0)
    assert password.secrets == {"user", "password"}


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    body=st.binary(max_size=80), header=st.text(max_size=20), equals=st.sampled_from(["body.a[].b", "body.a"])
)
def test_hostile_requests_are_refused_without_an_error(body, header, equals):
    asked = request(body, headers={"authorization": header, "x-token": header})
    assert not told(equals, asked)
    assert told('headers."x-token"', asked) is (header in {"current", "previous"})
    assert not Password("a", "b").verify(asked, [{"a": "x", "b": "y"}], 0.0)
