"""hub accounts connect, rotate, list: what a person does about credentials."""

import argparse
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from hub import credentials, keys
from hub.cli import accounts
from hub.cli.accounts import Stage
from hub.cli.credentials import desk, pasted
from hub.errors import HubError
from hub.store import Item, Put
from hub.store.memory import MemoryStore
from tests.hub.cli.test_accounts import FakeVault, Terminal
from tests.hub.credentials.vendor import Vendor, answer, catalog_of
from tests.memory_hub import NOW, Clock

ACCOUNT = "books.co"
CONSENT = """
base_url: https://api.books.example
auth:
  oauth2:
    token: https://id.books.example/token
    grant: refresh_token
    client: basic
    rotates: true
    refresh_lives: 100d
    authorize: https://id.books.example/consent
    scope: invoices
    pkce: true
resources:
  invoice: {list: {request: "GET /invoices?since={since}", records: "[id]", id: id}}
"""


class Books(Vendor):
    """The vendor, which also knows codes, and who asked with which secret."""

    def _token(self, request):
        if b"app-s3cret" not in request.body and "YXBwOmFwcC1zM2NyZXQ=" not in str(request.headers):
            return answer(401, {"error": "invalid_client"})
        if b"authorization_code" in request.body:
            self.codes = dict(parse_qs(request.body.decode()))
            self.refresh = "r-consented-s3cret"
            return answer(200, self._given({"refresh_token": self.refresh}))
        return super()._token(request)


@pytest.fixture
def stage(monkeypatch):
    clock = Clock(NOW)
    vault = FakeVault()
    vault.held[ACCOUNT] = {"client_id": "app", "client_secret": "app-s3cret"}
    made = Stage(catalog_of(CONSENT, "{}"), vault, MemoryStore(clock), Books(clock), clock)
    monkeypatch.setattr(accounts, "stage_of", lambda arguments: made)
    return made


@pytest.fixture
def hub(stage):
    parser = argparse.ArgumentParser()
    accounts.add(parser.add_subparsers())

    def run(*words):
        arguments = parser.parse_args(["accounts", *words])
        return arguments.run(arguments)

    return run


@pytest.fixture
def browser(monkeypatch, capsys):
    """Somebody who opens the printed page and pastes where the browser ends; `seen`: the page's query."""

    class Browser:
        seen: dict[str, str]
        more = "&realmId=4711"

        def __call__(self, prompt):
            (page,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("https://"))
            self.seen = {name: one for name, [one] in parse_qs(urlsplit(page).query).items()}
            return f"{self.seen['redirect_uri']}?code=c-s3cret&state={self.seen['state']}{self.more}"

    made = Browser()
    monkeypatch.setattr("builtins.input", made)
    return made


def pause(stage, reason):
    stage.store.commit([Put(Item(keys.account(ACCOUNT), "account", {"paused": True, "reason": reason}))])


def paused(stage):
    key = keys.account(ACCOUNT)
    return stage.store.read([key])[key].data["paused"]


def test_consent_at_the_vendors_page_becomes_a_living_credential(hub, stage, browser, capsys):
    pause(stage, "credential-revoked")
    assert hub("connect", ACCOUNT) == 0
    assert browser.seen["scope"] == "invoices"
    assert browser.seen["redirect_uri"] == "http://localhost:8080/callback"
    assert stage.client.codes["code"] == ["c-s3cret"]
    assert len(stage.client.codes["code_verifier"][0]) >= 43
    assert stage.vault.held[ACCOUNT]["refresh_token"] == "r-consented-s3cret"
    out = capsys.readouterr().out
    assert "books.co is connected: a token until 2026-11-23 04:29" in out
    assert "realmId=4711" in out
    assert "books.co is resumed" in out
    assert "s3cret" not in out
    assert not paused(stage)
    assert credentials.current(desk(stage), ACCOUNT) == {"access_token": "a1-s3cret"}
    stage.clock.now += 1700
    assert credentials.current(desk(stage), ACCOUNT) == {"access_token": "a2-s3cret"}


def test_consent_given_again_takes_the_place_of_a_dead_credential(hub, stage, browser, capsys):
    stage.vault.held[ACCOUNT]["refresh_token"] = "old"
    with pytest.raises(HubError, match="credential-revoked"):
        credentials.current(desk(stage), ACCOUNT)
    hub("list")
    out = capsys.readouterr().out
    assert "dead since 2026-11-23 04:00" in out
    assert "revoked, or not used for too long. Consent again: hub accounts connect books.co" in out
    hub("connect", ACCOUNT)
    hub("list")
    out = capsys.readouterr().out
    assert "until 2026-11-23 04:29, renewed from 04:24, connect again before 2027-03-03" in out
    assert "dead" not in out


def test_an_account_that_is_paused_for_another_reason_stays_so(hub, stage, browser, capsys):
    pause(stage, "stocktaking")
    hub("connect", ACCOUNT)
    assert paused(stage)


def test_the_redirect_is_the_registered_one(hub, browser):
    hub("connect", ACCOUNT, "--redirect", "https://hub.example/back")
    assert browser.seen["redirect_uri"] == "https://hub.example/back"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://localhost/?error=access_denied&state=st", "access_denied"),
        ("http://localhost/?state=st", "no code"),
        ("http://localhost/?code=c&state=other", "another attempt"),
        ("", "no code"),
    ],
)
def test_an_address_that_holds_no_code_of_this_attempt_is_refused(text, said):
    with pytest.raises(HubError, match=said):
        pasted(text, "st")


def test_a_bare_code_will_do():
    assert pasted(" 4/0AX-code \n", "st") == ("4/0AX-code", {})


def test_consent_that_the_vendor_does_not_honour_changes_nothing(hub, stage, browser):
    stage.vault.held[ACCOUNT]["client_secret"] = "wrong"
    before = dict(stage.vault.held[ACCOUNT])
    with pytest.raises(HubError, match="credential-client-refused"):
        hub("connect", ACCOUNT)
    assert stage.vault.held[ACCOUNT] == before
    assert stage.store.items() == []


def test_consent_needs_the_client_first_and_a_connector_that_knows_of_it(hub, stage):
    del stage.vault.held[ACCOUNT]["client_secret"]
    with pytest.raises(HubError, match="lacks client_secret: hub accounts secret set"):
        hub("connect", ACCOUNT)
    with pytest.raises(HubError, match="not connected by consent"):
        hub("connect", "other.co")


def test_what_is_asked_for_is_what_the_kind_of_credential_needs(hub, stage, monkeypatch, capsys):
    prompts = []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: prompts.append(prompt) or "x")
    hub("secret", "set", ACCOUNT)
    assert [prompt.split()[0].rstrip(":") for prompt in prompts] == ["client_id", "client_secret"]
    assert "now consent to it: hub accounts connect books.co" in capsys.readouterr().out


def test_list_says_where_the_lacking_secret_is_named_and_what_to_do(hub, stage, capsys):
    hub("list")
    out = capsys.readouterr().out
    assert "lacks refresh_token" in out
    assert "connectors/books.yaml:3:1: books.co lacks refresh_token: hub accounts connect books.co" in out


def piped(monkeypatch, values):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(values)))


def test_rotated_secrets_are_tried_at_the_vendor_and_taken_back_where_they_do_not_do(
    hub, stage, monkeypatch, capsys
):
    stage.vault.held[ACCOUNT]["refresh_token"] = "r0-s3cret"
    assert hub("test", ACCOUNT) == 0
    piped(monkeypatch, {"client_secret": "wrong"})
    assert hub("rotate", ACCOUNT) == 1
    out = capsys.readouterr().out
    assert "the vendor does not take the client id and secret" in out
    assert "hub accounts rotate --back books.co" in out
    assert credentials.current(desk(stage), ACCOUNT) == {"access_token": "a1-s3cret"}  # it still lives
    assert hub("rotate", "--back", ACCOUNT) == 0
    assert stage.vault.held[ACCOUNT]["client_secret"] == "app-s3cret"
    assert credentials.current(desk(stage), ACCOUNT) == {"access_token": "a2-s3cret"}


def test_rotated_secrets_that_do_resume_the_account(hub, stage, monkeypatch):
    stage.vault.held[ACCOUNT] |= {"refresh_token": "r0-s3cret", "client_secret": "wrong"}
    assert hub("test", ACCOUNT) == 1
    pause(stage, "credential-client-refused")
    piped(monkeypatch, {"client_secret": "app-s3cret"})
    assert hub("rotate", ACCOUNT) == 0
    assert not paused(stage)
    assert stage.vault.before[ACCOUNT]["client_secret"] == "wrong"


def test_the_same_secrets_are_no_rotation(hub, stage, monkeypatch):
    piped(monkeypatch, {"client_secret": "app-s3cret"})
    with pytest.raises(HubError, match="keeps its secrets"):
        hub("rotate", ACCOUNT)


def test_resume_lets_a_dead_credential_be_asked_for_again(hub, stage):
    stage.vault.held[ACCOUNT]["refresh_token"] = "r0-s3cret"
    right, stage.client.refresh = stage.client.refresh, "other"
    with pytest.raises(HubError):
        credentials.current(desk(stage), ACCOUNT)
    stage.client.refresh = right
    with pytest.raises(HubError):
        credentials.current(desk(stage), ACCOUNT)
    hub("resume", ACCOUNT)
    assert credentials.current(desk(stage), ACCOUNT) == {"access_token": "a1-s3cret"}


def test_list_tells_a_credential_that_was_never_used_and_one_that_is_over(hub, stage, capsys):
    stage.vault.held[ACCOUNT]["refresh_token"] = "r0-s3cret"
    hub("list")
    assert "not asked for yet" in capsys.readouterr().out
    credentials.current(desk(stage), ACCOUNT)
    stage.clock.now += 7200
    hub("list")
    assert "over since 2026-11-23 04:29" in capsys.readouterr().out
