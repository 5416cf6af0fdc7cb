"""What `hub check` says of `auth:`, where one mistake has several forms. The rest are the folders beside."""

import shutil

import pytest

from hub.checks import check
from tests.checks.test_checks import HERE


def oauth(more=""):
    return f'  oauth2: {{token: "https://id.shop.example/token", grant: refresh_token{more}}}\n'


def login(request, body="{}", token="id"):
    return f"  login: {{request: {request}, body: {body}, token: {token}, lives: 30m}}\n"


@pytest.fixture
def found(tmp_path):
    """The mistakes of the base project with this `auth:`, as (code, what stands at the place)."""
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    shop = tmp_path / "connectors/shop.yaml"

    def look(auth):
        text = shop.read_text(encoding="utf-8").replace("auth: {bearer: access_token}", f"auth:\n{auth}")
        shop.write_text(text, encoding="utf-8")
        lines = text.splitlines()
        return [
            (one.code, lines[one.place.line - 1][one.place.column - 1 :].split()[0].strip('"}{,'))
            for one in check(tmp_path).errors
        ]

    return look


RIGHT = [
    oauth(),
    oauth(", rotates: true, lives: 1h, refresh_lives: 100d, pkce: true, scope: all"),
    oauth(', keeps: {api_domain: api_domain}, parameters: {expiring: "1"}'),
    oauth() + '  header: {X-Token: "{secret.access_token}"}',
    login("POST /login", '{user: "{secret.user}", key: "{secret.access_key}"}', "cookies.SID"),
    login("POST https://id.shop.example/login", '{site: "{account.site}"}', "Token"),
    login("POST http://localhost:1/login"),
    '  basic: {user: "{secret.email}/token", password: api_token}',
    "  basic: {user: api_key}",
]


@pytest.mark.parametrize("auth", RIGHT)
def test_what_vendors_need_is_right(found, auth):
    assert found(auth) == []


WRONG = {
    oauth(", rotate: true"): ("unknown-key", "rotate:"),
    '  oauth2: {token: "https://x.example/token"}': ("missing-key", "oauth2:"),
    '  oauth2: {token: "https://x.example/token", grant: password}': ("bad-value", "password"),
    "  login: {request: POST /login, token: id}": ("missing-key", "login:"),
    login("DELETE /login"): ("bad-value", "DELETE"),
    '  oauth2: {token: "https://{record.x}/token", grant: refresh_token}': ("unknown-name", "record.x"),
    '  oauth2: {token: "https://{account.realm}/t", grant: refresh_token}': ("unknown-setting", "realm"),
    login("POST http://id.shop.example/login"): ("not-https", "http://id.shop.example/login"),
    login("POST /login", "{password: hunter22}"): ("secret-in-file", "hunter22"),
    oauth(", parameters: {client_key: abcdefgh}"): ("secret-in-file", "abcdefgh"),
    login("POST /login", token="headers.Token"): ("header-case", "Token"),
}


@pytest.mark.parametrize(("auth", "mistake"), WRONG.items(), ids=lambda one: str(one)[:60])
def test_what_is_wrong_is_shown_where_it_stands(found, auth, mistake):
    [(code, word)] = found(auth)
    assert (code, word[: len(mistake[1])]) == mistake
