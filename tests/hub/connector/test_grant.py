"""How vendors give tokens, as `auth:` says it: what they are asked, and what their answers mean.

The forms are those of the vendors' public documentation; each one differs from the rest in one thing.
"""

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from hub.accounts import Account
from hub.connector import Connector, Grant, HttpResponse, Outcome, grant
from hub.connector.auth import Held
from hub.documents import parse
from hub.errors import PauseError, RecordError

NOW = 1_795_406_400.0  # 2026-11-23T04:00:00Z
HELD = {"client_id": "app", "client_secret": "s3", "refresh_token": "r0", "user": "u", "password": "p w"}


def connector(text):
    head = "" if text.strip().startswith("base_url") else "base_url: https://api.example\n"
    return Connector(parse(head + text, "connectors/v.yaml"))


def auth(text):
    return connector(text).auth


def account(base_url=None, auth_url=None, **settings):
    return Account("v.co", "v", "co", base_url=base_url, auth_url=auth_url, settings=settings)


def asked(text, secrets=HELD, refresh="", **settings):
    return grant.request(auth(text), account(**settings), secrets, refresh)


def form(request):
    return dict(parse_qsl(request.body.decode()))


def read(text, body, status=200, headers=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return grant.read(auth(text), HttpResponse(status, headers or {}, raw), NOW)


HUBSPOT = """
auth: {oauth2: {token: "https://api.hubapi.com/oauth/v1/token", grant: refresh_token}}
"""
ZOHO = """
auth:
  oauth2:
    token: "https://accounts.zoho.{account.region}/oauth/v2/token"
    grant: refresh_token
    keeps: {api_domain: api_domain}
    busy: error == 'Access Denied'
  header: {Authorization: "Zoho-oauthtoken {secret.access_token}"}
"""
SQUARE = """
auth:
  oauth2:
    token: https://connect.squareup.com/oauth2/token
    grant: refresh_token
    format: json
    headers: {Square-Version: "2025-08-20"}
    expires: expires_at
"""
SALESFORCE = """
auth:
  oauth2:
    token: https://login.salesforce.com/services/oauth2/token
    grant: refresh_token
    lives: 2h
    keeps: {instance_url: instance_url}
"""
QUICKBOOKS = """
auth:
  oauth2:
    token: https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer
    grant: refresh_token
    client: basic
    rotates: true
    refresh_lives: 100d
    refresh_expires: x_refresh_token_expires_in
"""
CENTRAL = """
auth:
  oauth2:
    token: "https://login.microsoftonline.com/{account.tenant}/oauth2/v2.0/token"
    grant: client_credentials
    scope: https://api.businesscentral.dynamics.com/.default
"""
KLAVIYO = """
auth:
  oauth2:
    token: https://a.klaviyo.com/oauth/token
    authorize: https://www.klaviyo.com/oauth/authorize
    grant: refresh_token
    client: basic
    scope: "profiles:read profiles:write"
    pkce: true
    consent: {prompt: consent}
"""
SHOPIFY = """
auth:
  oauth2:
    token: "https://{account.shop}.myshopify.com/admin/oauth/access_token"
    grant: client_credentials
    parameters: {expiring: "1"}
  header: {X-Shopify-Access-Token: "{secret.access_token}"}
"""
SAP = """
base_url: "https://{account.host}:50000/b1s/v2"
auth:
  login:
    request: POST /Login
    body: {CompanyDB: "{account.company}", UserName: "{secret.user}", Password: "{secret.password}"}
    token: cookies.B1SESSION
    keeps: {route: cookies.ROUTEID}
    lives: 30m
  header: {Cookie: "B1SESSION={secret.session}; ROUTEID={secret.route}"}
"""
SIIGO = """
auth:
  login:
    request: POST https://api.siigo.com/auth
    body: {username: "{secret.user}", access_key: "{secret.password}"}
    token: access_token
    expires: expires_in
    lives: 24h
"""
EMBLUE = """
auth:
  login:
    request: POST /Services/EmBlue3Service.svc/Json/Authenticate
    body: {User: "{secret.user}", Pass: "{secret.password}", Token: "{secret.token}"}
    token: Token
    lives: 20m
  header: {}
"""


def test_a_refresh_token_is_sent_in_a_form_with_the_client_in_it():
    request = asked(HUBSPOT, refresh="r7")
    assert (request.method, request.url) == ("POST", "https://api.hubapi.com/oauth/v1/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form(request) == {
        "grant_type": "refresh_token",
        "refresh_token": "r7",
        "client_id": "app",
        "client_secret": "s3",
    }
    assert form(asked(HUBSPOT))["refresh_token"] == "r0"


def test_the_client_stands_in_the_header_where_the_vendor_wants_it_there():
    request = asked(QUICKBOOKS)
    assert request.headers["Authorization"] == "Basic YXBwOnMz"
    assert form(request) == {"grant_type": "refresh_token", "refresh_token": "r0"}


def test_a_client_alone_asks_for_its_scope_at_its_tenant():
    request = asked(CENTRAL, secrets={"client_id": "app", "client_secret": "s3"}, tenant="t-1")
    assert request.url == "https://login.microsoftonline.com/t-1/oauth2/v2.0/token"
    assert form(request)["scope"] == "https://api.businesscentral.dynamics.com/.default"
    assert form(request)["grant_type"] == "client_credentials"


def test_more_of_the_form_and_a_body_of_json():
    assert form(asked(SHOPIFY, shop="tienda"))["expiring"] == "1"
    square = asked(SQUARE)
    assert json.loads(square.body)["grant_type"] == "refresh_token"
    assert (square.headers["Content-Type"], square.headers["Square-Version"]) == (
        "application/json",
        "2025-08-20",
    )


def test_a_login_below_the_base_url_sends_what_the_file_says():
    request = asked(SAP, host="sap.co", company="SBO")
    assert (request.method, request.url) == ("POST", "https://sap.co:50000/b1s/v2/Login")
    assert json.loads(request.body) == {"CompanyDB": "SBO", "UserName": "u", "Password": "p w"}


def test_a_login_at_an_address_of_its_own():
    request = asked(SIIGO)
    assert request.url == "https://api.siigo.com/auth"
    assert json.loads(request.body) == {"username": "u", "access_key": "p w"}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (HUBSPOT, "http://127.0.0.1:9/v.co/oauth/v1/token"),
        (SIIGO, "http://127.0.0.1:9/v.co/auth"),
        (SAP, "http://127.0.0.1:9/v.co/b1s/v2/Login"),
    ],
)
def test_a_sandbox_stands_for_the_token_server_too(text, url):
    settings = {"host": "sap.co", "company": "SBO"}
    base, own = "http://127.0.0.1:9/v.co/b1s/v2", "http://127.0.0.1:9/v.co"
    assert asked(text, base_url=base, auth_url=own, **settings).url == url


def test_a_missing_secret_pauses_and_a_missing_setting_is_a_mistake():
    with pytest.raises(PauseError, match="missing-secret"):
        asked(HUBSPOT, secrets={"client_id": "app", "client_secret": "s3"})
    with pytest.raises(PauseError, match="missing-secret"):
        asked(SAP, secrets={"user": "u"}, host="x", company="y")
    with pytest.raises(RecordError, match="missing-value"):
        asked(CENTRAL)


GRANTED = {
    "as the standard says": (
        HUBSPOT,
        {"access_token": "a1", "refresh_token": "r0", "expires_in": 1800},
        Grant({"access_token": "a1"}, "r0", 1800.0),
    ),
    "with seconds as a text": (
        HUBSPOT,
        {"access_token": "a1", "expires_in": "1800"},
        Grant({"access_token": "a1"}, "", 1800.0),
    ),
    "with no life": (
        SALESFORCE,
        {"access_token": "a1", "instance_url": "https://na1.example"},
        Grant({"access_token": "a1", "instance_url": "https://na1.example"}, "", 7200.0),
    ),
    "with no life anywhere": (HUBSPOT, {"access_token": "a1"}, Grant({"access_token": "a1"}, "", 3600.0)),
    "with a life that is none": (
        HUBSPOT,
        {"access_token": "a1", "expires_in": -5},
        Grant({"access_token": "a1"}, "", 3600.0),
    ),
    "with the address of the API": (
        ZOHO,
        {"access_token": "a1", "api_domain": "https://www.zohoapis.eu", "expires_in": 3600},
        Grant({"access_token": "a1", "api_domain": "https://www.zohoapis.eu"}, "", 3600.0),
    ),
    "with the time of its end": (
        SQUARE,
        {"access_token": "a1", "refresh_token": "r1", "expires_at": "2026-12-23T04:00:00Z"},
        Grant({"access_token": "a1"}, "r1", 30 * 86_400.0),
    ),
    "with the life of the refresh token": (
        QUICKBOOKS,
        {"access_token": "a1", "refresh_token": "r1", "expires_in": 3600, "x_refresh_token_expires_in": 8e6},
        Grant({"access_token": "a1"}, "r1", 3600.0, 8e6),
    ),
    "without it, where the file says it": (
        QUICKBOOKS,
        {"access_token": "a1", "refresh_token": "r1", "expires_in": 3600},
        Grant({"access_token": "a1"}, "r1", 3600.0, 8_640_000.0),
    ),
    "to a client alone, whose refresh token is of no use": (
        CENTRAL,
        {"access_token": "a1", "refresh_token": "r1", "expires_in": 3599},
        Grant({"access_token": "a1"}, "", 3599.0),
    ),
    "to a login": (
        SIIGO,
        {"access_token": "a1", "expires_in": 86400},
        Grant({"session": "a1"}, "", 86_400.0),
    ),
}


@pytest.mark.parametrize(("text", "body", "expected"), GRANTED.values(), ids=GRANTED)
def test_an_answer_gives_a_token(text, body, expected):
    assert read(text, body) == expected


def test_a_login_is_answered_by_cookies():
    cookies = "B1SESSION=s-1; HttpOnly; Secure\nROUTEID=.node1; path=/b1s\nbroken"
    found = read(SAP, b"{}", headers={"set-cookie": cookies})
    assert found == Grant({"session": "s-1", "route": ".node1"}, "", 1800.0)


def test_a_time_of_the_vendors_clock_is_compared_with_the_vendors_clock():
    """Ours is an hour slow: the token would seem to live an hour longer."""
    body = {"access_token": "a1", "expires_at": "2026-11-23T07:00:00Z"}
    found = read(SQUARE, body, headers={"date": "Mon, 23 Nov 2026 05:00:00 GMT"})
    assert found.lives == 7200.0


REFUSED = {
    "revoked": (HUBSPOT, 400, {"error": "invalid_grant"}, Outcome("pause", reason="credential-revoked")),
    "revoked, in words of its own": (
        HUBSPOT,
        400,
        {"status": "BAD_REFRESH_TOKEN", "message": "…"},
        Outcome("pause", reason="credential-revoked"),
    ),
    "revoked, with a yes": (
        ZOHO,
        200,
        {"error": "invalid_code"},
        Outcome("pause", reason="credential-revoked"),
    ),
    "the client": (
        QUICKBOOKS,
        401,
        {"error": "invalid_client"},
        Outcome("pause", reason="credential-client-refused"),
    ),
    "a client alone": (
        CENTRAL,
        400,
        {"error": "invalid_scope"},
        Outcome("pause", reason="credential-client-refused"),
    ),
    "forbidden": (HUBSPOT, 403, {"errors": []}, Outcome("pause", reason="credential-revoked")),
    "forbidden by something in between": (HUBSPOT, 403, b"<html>", Outcome("retry", reason="status-403")),
    "a login": (SAP, 401, {"error": {"code": -304}}, Outcome("pause", reason="credential-login-refused")),
    "for now": (HUBSPOT, 400, {"error": "temporarily_unavailable"}, Outcome("retry", reason="status-400")),
    "down": (HUBSPOT, 503, b"", Outcome("retry", reason="status-503")),
    "too often, said in a way of its own": (
        ZOHO,
        400,
        {"error": "Access Denied"},
        Outcome("retry", reason="credential-busy"),
    ),
    "moved": (HUBSPOT, 404, b"", Outcome("retry", reason="status-404")),
    "a page": (HUBSPOT, 200, b"<html>", Outcome("unknown", reason="unreadable-token")),
    "nothing": (HUBSPOT, 200, {}, Outcome("unknown", reason="unreadable-token")),
    "a token that no header takes": (
        HUBSPOT,
        200,
        {"access_token": "a\r\nX-Admin: 1"},
        Outcome("unknown", reason="unreadable-token"),
    ),
    "a token that is no text": (
        HUBSPOT,
        200,
        {"access_token": {"a": 1}},
        Outcome("unknown", reason="unreadable-token"),
    ),
}


@pytest.mark.parametrize(("text", "status", "body", "expected"), REFUSED.values(), ids=REFUSED)
def test_an_answer_without_a_token_says_whether_to_ask_again(text, status, body, expected):
    assert read(text, body, status) == expected


def test_a_vendor_that_is_busy_says_for_how_long():
    assert read(HUBSPOT, b"", 429, {"retry-after": "40"}).after == 40.0


def test_a_person_consents_at_an_address_with_scope_state_and_proof():
    url = grant.authorisation(auth(KLAVIYO), account(), HELD, "http://localhost:8080/", "st", "ch")
    assert url.startswith("https://www.klaviyo.com/oauth/authorize?")
    assert {name: one for name, [one] in parse_qs(urlsplit(url).query).items()} == {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": "http://localhost:8080/",
        "state": "st",
        "scope": "profiles:read profiles:write",
        "code_challenge": "ch",
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    assert "s3" not in url


def test_a_code_is_made_into_tokens():
    request = grant.exchange(auth(KLAVIYO), account(), HELD, "c-1", "http://localhost:8080/", "proof")
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": "c-1",
        "redirect_uri": "http://localhost:8080/",
        "code_verifier": "proof",
    }
    assert request.headers["Authorization"] == "Basic YXBwOnMz"


NEEDED = {
    HUBSPOT: ("client_id", "client_secret", "refresh_token"),
    CENTRAL: ("client_id", "client_secret"),
    SAP: ("password", "user"),
    EMBLUE: ("password", "token", "user"),
    'auth: {basic: {user: "{secret.email}/token", password: api_token}}': ("api_token", "email"),
    "auth: {basic: {user: api_key}}": ("api_key",),
    "auth: {bearer: access_token}": ("access_token",),
    'auth: {header: {X-VTEX-API-AppKey: "{secret.key}", X-VTEX-API-AppToken: "{secret.token}"}}': (
        "key",
        "token",
    ),
}


@pytest.mark.parametrize(("text", "names"), NEEDED.items(), ids=lambda one: str(one)[:40])
def test_an_account_needs_the_secrets_with_which_a_token_is_got_and_not_the_token(text, names):
    assert connector(text).secret_names == names


SENT = {
    'auth: {basic: {user: "{secret.email}/token", password: api_token}}': {
        "Authorization": "Basic bWVAeC5jby90b2tlbjp0MQ=="
    },
    "auth: {basic: {user: api_token}}": {"Authorization": "Basic dDE6"},
    ZOHO: {"Authorization": "Zoho-oauthtoken a1"},
    HUBSPOT: {"Authorization": "Bearer a1"},
    SHOPIFY: {"X-Shopify-Access-Token": "a1"},
    SAP: {"Cookie": "B1SESSION=s1; ROUTEID=n1"},
    SIIGO: {"Authorization": "Bearer s1"},
    EMBLUE: {},
}


@pytest.mark.parametrize(("text", "expected"), SENT.items(), ids=lambda one: str(one)[:40])
def test_what_goes_with_each_request(text, expected):
    held = {"email": "me@x.co", "api_token": "t1", "access_token": "a1", "session": "s1", "route": "n1"}
    assert auth(text).headers({"secret": Held(held, "v.co")}) == expected


def test_an_address_that_the_answer_named_is_where_requests_go():
    text = """
base_url: "{secret.instance_url}/services/data"
auth: {oauth2: {token: "https://login.x/token", grant: client_credentials, keeps: {instance_url: url}}}
resources: {contact: {get: {request: "GET /contacts/{id}"}}}
"""
    found = connector(text)
    get = found.resources["contact"].get
    held = {"access_token": "a1", "instance_url": "https://na1.example"}
    assert get.render({"id": 7}, account(), held).url == "https://na1.example/services/data/contacts/7"
    assert found.secret_names == ("client_id", "client_secret")
    with pytest.raises(PauseError, match="missing-secret"):
        get.render({"id": 7}, account(), {"access_token": "a1"})
