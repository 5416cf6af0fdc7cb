"""How a credential that lives for a while is asked for, and what is read from the answer.

OAuth 2.0 (RFC 6749) as vendors speak it: some answer an error with 200, some name another life, some tell a
time instead of seconds. A login is any request whose answer holds a token or a cookie.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from hub import times
from hub.accounts import Account
from hub.connector import body
from hub.connector.auth import CLIENT, REFRESH, Auth, Held, basic
from hub.connector.exchange import HttpRequest, HttpResponse, Outcome
from hub.connector.response import Answer, date_of, scope_of, usual
from hub.errors import RecordError
from hub.expressions import EvaluationError, template
from hub.reprs import discreet

REVOKED = "credential-revoked"
CLIENT_REFUSED = "credential-client-refused"
LOGIN_REFUSED = "credential-login-refused"
"""Why a credential is dead: what pauses an account, and what an operator reads."""

UNREADABLE = "unreadable-token"

_OF_THE_CLIENT = frozenset({"invalid_client", "unauthorized_client", "invalid_client_secret"})
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_HEADERS = {"Accept": "application/json", "User-Agent": "cauce"}
_LONGEST = 10 * 365 * 86_400.0


@discreet()
@dataclass(frozen=True, slots=True)
class Grant:
    """What an answer gave. `values`: secrets by name; `refresh`: a refresh token, "" where none came.

    `lives`, `refresh_lives`: seconds from the request on; 0.0 where a refresh token does not end.
    """

    values: dict[str, str] = field(default_factory=dict)
    refresh: str = ""
    lives: float = 0.0
    refresh_lives: float = 0.0


def request(auth: Auth, account: Account, secrets: Mapping[str, str], refresh: str = "") -> HttpRequest:
    """The request for a new credential. Raises PauseError("missing-secret")."""
    held = {**secrets, REFRESH: refresh} if refresh else secrets
    scope = _scope(account, held)
    for name in sorted(auth.inputs):
        scope["secret"].named(name)
    if auth.kind == "login":
        return _login(auth, account, scope)
    form = {"grant_type": auth.part["grant"]}
    if auth.refreshes:
        form[REFRESH] = scope["secret"][REFRESH]
    elif "scope" in auth.part:
        form["scope"] = _text_of(auth.part["scope"], scope)
    return _asked(auth, account, scope, form)


def exchange(
    auth: Auth, account: Account, secrets: Mapping[str, str], code: str, redirect: str, verifier: str = ""
) -> HttpRequest:
    """The request that makes a code, which a person's consent gave, into tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    proof = {"code_verifier": verifier} if verifier else {}
    return _asked(auth, account, _scope(account, secrets), {**form, **proof})


def authorisation(
    auth: Auth, account: Account, secrets: Mapping[str, str], redirect: str, state: str, challenge: str = ""
) -> str:
    """The address at which a person consents. `challenge`: of PKCE (RFC 7636, S256)."""
    scope = _scope(account, secrets)
    asked = {
        "response_type": "code",
        "client_id": scope["secret"].named(CLIENT[0]),
        "redirect_uri": redirect,
        "state": state,
        **({"scope": _text_of(auth.part["scope"], scope)} if "scope" in auth.part else {}),
        **({"code_challenge": challenge, "code_challenge_method": "S256"} if challenge else {}),
        **_texts_of(auth.part.get("consent"), scope),
    }
    url = _filled(auth.part["authorize"], account, scope)
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"


def read(auth: Auth, response: HttpResponse, asked: float) -> Grant | Outcome:
    """What an answer gives; else why not: "pause" where no repetition helps, "retry", or "unknown" where it
    said yes and gave nothing that can be read. `asked`: Unix seconds at which the request began.
    """
    scope = {**scope_of(response), "cookies": _cookies(response)}
    if _value(auth.part.get("busy"), scope) is True:
        return Outcome("retry", usual(scope, asked).after, "credential-busy")
    if 200 <= response.status < 300:
        return _granted(auth, scope, asked) or _refused(auth, scope, asked)
    return _refused(auth, scope, asked)


def _granted(auth: Auth, scope: dict[str, Any], asked: float) -> Grant | None:
    token = _text(_said(auth, "token" if auth.kind == "login" else "", auth.token, scope))
    if not token:
        return None
    kept = {name: _text(_value(source, scope)) for name, source in (auth.part.get("keeps") or {}).items()}
    return Grant(
        values={auth.token: token, **{name: value for name, value in kept.items() if value}},
        refresh=_text(_said(auth, "", REFRESH, scope)) if auth.refreshes else "",
        lives=_life(_said(auth, "expires", "expires_in", scope), scope, asked) or auth.life,
        refresh_lives=_life(_said(auth, "refresh_expires", "", scope), scope, asked) or auth.refresh_life,
    )


def _refused(auth: Auth, scope: dict[str, Any], asked: float) -> Outcome:
    """What an answer without a token means."""
    outcome, error = usual(scope, asked), _error(scope["body"])
    if outcome.kind == "retry" or error in _PASSING:
        return Outcome("retry", outcome.after, outcome.reason)
    if outcome.kind == "done" and not error:
        return Outcome("unknown", reason=UNREADABLE)
    said = scope["status"] in (400, 401) or (scope["status"] == 403 and isinstance(scope["body"], dict))
    if not (said or outcome.kind == "done"):
        return Outcome("retry", reason=outcome.reason)
    return Outcome("pause", reason=_reason(auth, error))


def _reason(auth: Auth, error: str) -> str:
    if auth.kind == "login":
        return LOGIN_REFUSED
    return CLIENT_REFUSED if error in _OF_THE_CLIENT or not auth.refreshes else REVOKED


def _error(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, str) else "error" if error else ""


def _life(value: Any, scope: dict[str, Any], asked: float) -> float:
    """Seconds, from a number of them or a time of the vendor's clock; 0.0 where it is neither."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = _until(value, date_of(scope["headers"]) or asked)
    return min(seconds, _LONGEST) if seconds > 0 else 0.0


def _until(value: Any, now: float) -> float:
    """Seconds from `now` of the vendor's clock to a time."""
    try:
        return times.to_epoch(times.parse(value)) - now if isinstance(value, str) else 0.0
    except ValueError:
        return 0.0


def _asked(auth: Auth, account: Account, scope: dict[str, Any], form: dict[str, str]) -> HttpRequest:
    """A request to the token endpoint, by the client."""
    held: Held = scope["secret"]
    format = str(auth.part.get("format", "form"))
    headers = {**_HEADERS, "Content-Type": body.CONTENT_TYPES[format]}
    pair = [held.named(name) for name in CLIENT]
    if auth.part.get("client") == "basic":
        headers["Authorization"] = basic(*pair)
    else:
        form |= dict(zip(CLIENT, pair, strict=True))
    form |= _texts_of(auth.part.get("parameters"), scope)
    headers |= _texts_of(auth.part.get("headers"), scope)
    return HttpRequest(
        "POST", _filled(auth.part["token"], account, scope), headers, body.encode(format, form)
    )


def _login(auth: Auth, account: Account, scope: dict[str, Any]) -> HttpRequest:
    method, _, target = auth.part["request"].partition(" ")
    base = "" if "://" in target else str(account.base_url or auth.document.data["base_url"]).rstrip("/")
    url = _filled(base + target, account if not base else None, scope)
    format = str(auth.part.get("format", "json"))
    content = body.encode(format, _of(auth.part["body"], scope)) if "body" in auth.part else None
    typed = {"Content-Type": body.CONTENT_TYPES[format]} if content else {}
    written = _texts_of(auth.part.get("headers"), scope)
    return HttpRequest(method, url, {**_HEADERS, **typed, **written}, content)


def _filled(url: str, account: Account | None, scope: dict[str, Any]) -> str:
    """A URL of a file, at the host that the account's `auth_url` puts in its place."""
    full = _text_of(url, scope)
    if account is None or not account.auth_url:
        return full
    parts = urlsplit(full)
    return account.auth_url.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def _of(written: Any, scope: dict[str, Any]) -> Any:
    """A filled template. Raises RecordError where a setting is missing, which `hub check` would have said."""
    try:
        return template(written)(scope)
    except EvaluationError:
        raise RecordError("missing-value", "the request for a token cannot be made") from None


def _text_of(written: str, scope: dict[str, Any]) -> str:
    return str(_of(written, scope))


def _texts_of(written: dict[str, str] | None, scope: dict[str, Any]) -> dict[str, str]:
    return {name: _text_of(text, scope) for name, text in (written or {}).items()}


def _scope(account: Account, secrets: Mapping[str, str]) -> dict[str, Any]:
    named = {**account.settings, "name": account.name}
    return {"account": named, "secret": Held(secrets, account.name)}


def _cookies(response: HttpResponse) -> dict[str, str]:
    """The cookies of an answer, whose client joins several by line feeds."""
    lines = response.headers.get("set-cookie", "").split("\n")
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _said(auth: Auth, key: str, usual: str, scope: dict[str, Any]) -> Any:
    """What the file's expression under `key` says; where it has none, the answer's member `usual`."""
    if key in auth.part:
        return _value(auth.part[key], scope)
    return scope["body"].get(usual) if isinstance(scope["body"], dict) else None


def _value(source: str | None, scope: dict[str, Any]) -> Any:
    try:
        return Answer(source)(scope) if source else None
    except EvaluationError:
        return None


def _text(value: Any) -> str:
    """A text that can stand in a header, "" for anything else."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isprintable() else ""
