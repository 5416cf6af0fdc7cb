"""Whether `auth:` of a connector makes sense: what is got, with what, and whether anything sends it."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import combinations

from hub.catalog import Catalog
from hub.checks.exchanges import rules
from hub.checks.names import unknown_name
from hub.checks.shape import texts
from hub.checks.suggestion import suggest
from hub.connector import Connector
from hub.connector.auth import secrets_in
from hub.documents import Step
from hub.errors import FileError
from hub.expressions import Expression
from hub.expressions.template import split
from hub.samples import Samples

Path = tuple[Step, ...]

SCOPE = frozenset({"account", "secret"})
"""What the request for a token sees."""

_TEMPLATES = ("token", "authorize", "scope", "request", "body", "parameters", "consent", "headers")
_REFRESHED = ("rotates", "refresh_lives", "refresh_expires", "authorize", "consent", "pkce")
_ADDRESSES = ("token", "authorize", "request")
_OPEN = re.compile(r"\bhttp://(?!localhost\b|127\.0\.0\.1\b|\[::1\])")


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in how connectors are authorised."""
    for connector in catalog.connectors.values():
        yield from _ways(connector)
        yield from _renewals(connector)
        if connector.auth.kind:
            yield from _got(connector)
            yield from _sent(connector)
            yield from _asked(connector)


def _ways(connector: Connector) -> Iterator[FileError]:
    """Two that say the same of a credential."""
    for ways, what in ((("bearer", "basic", "header"), "is sent"), (("oauth2", "login"), "is got")):
        for one, other in combinations([way for way in ways if way in connector.auth.data], 2):
            message = f"{one} and {other} both say how the credential {what}"
            yield connector.document.error("two-credentials", message, "auth", other, hint="keep one of them")


def _renewals(connector: Connector) -> Iterator[FileError]:
    for path, rule in rules(connector):
        if rule["then"] == "renew" and not connector.auth.kind:
            message = "no token is got that another could take the place of"
            hint = "write then: pause, or say under auth: how a token is got"
            yield connector.document.error("nothing-to-renew", message, *path, "then", hint=hint, offset=0)


def _got(connector: Connector) -> Iterator[FileError]:
    """Words of a refresh token where there is none; a login nobody can find."""
    auth, error = connector.auth, connector.document.error
    for word in _REFRESHED if auth.kind == "oauth2" and not auth.refreshes else ():
        if word in auth.part:
            message = f"{word}: is of a refresh token, and a client alone has none"
            yield error(
                "no-refresh-token", message, "auth", auth.kind, word, hint="grant: refresh_token has one"
            )
    if auth.kind == "login" and "://" not in auth.part["request"] and connector.base_url is None:
        yield error("no-base-url", "base_url: is missing", "auth", "login", "request")


def _sent(connector: Connector) -> Iterator[FileError]:
    """Whether a request sends what is got, and names it rightly."""
    auth, error = connector.auth, connector.document.error
    named = secrets_in([connector.data.get(part) for part in ("base_url", "headers", "resources")])
    if auth.token not in named | auth.sent:
        message = f"no request sends {{secret.{auth.token}}}, which is got here"
        way = next(way for way in ("bearer", "basic", "header") if way in auth.data)
        hint = f"write it under {way}:, or leave {way}: out and it is sent as a bearer"
        yield error("unused-token", message, "auth", auth.kind, hint=hint)
    parts = {
        "auth": auth.data.get("header"),
        **{key: connector.data.get(key) for key in ("base_url", "headers")},
    }
    parts = {**parts, "resources": connector.data["resources"]}
    for top, part in parts.items():
        for path, text in texts(part):
            place = ("auth", "header", *path) if top == "auth" else (top, *path)
            yield from _misspelt(connector, place, text)


def _misspelt(connector: Connector, path: Path, text: str) -> Iterator[FileError]:
    """Names that are nearly what is got: they would have to be set by hand."""
    made = connector.auth.made
    for name in sorted(secrets_in(text) - made):
        if get_close_matches(name, made, n=1, cutoff=0.75):
            message = f'"{name}" is not got, so each account would have to set it'
            offset = text.find(f"secret.{name}") + len("secret.")
            error = connector.document.error
            yield error("unknown-secret", message, *path, hint=suggest(name, made), offset=offset)


def _asked(connector: Connector) -> Iterator[FileError]:
    """What the request for a token names, and where it goes."""
    auth, document = connector.auth, connector.document
    skipped = "token" if auth.kind == "login" else ""
    written = {key: auth.part[key] for key in _TEMPLATES if key in auth.part and key != skipped}
    for path, text in texts(written):
        full = ("auth", auth.kind, *path)
        parts = [part for part in split(text) if isinstance(part, Expression)]
        for name in sorted(name for part in parts for name in part.names - SCOPE):
            yield unknown_name(document, full, name, SCOPE)
        for name in sorted(secrets_in(text) & auth.made):
            message = f"this request gets {{secret.{name}}}, so it cannot send it"
            hint, offset = "name a secret that an operator sets", text.find(f"secret.{name}")
            yield document.error("own-token", message, *full, hint=hint, offset=offset)
        if path[0] in _ADDRESSES:
            yield from _open(connector, full, text)


def _open(connector: Connector, path: Path, text: str) -> Iterator[FileError]:
    """An address without encryption that is not of this machine."""
    found = _OPEN.search(text)
    if found:
        message = "secrets would be sent without encryption"
        yield connector.document.error(
            "not-https", message, *path, hint="write https://", offset=found.start()
        )
