"""Whether somebody wrote a secret into a file."""

import re
from collections.abc import Iterator

from hub.checks.shape import texts
from hub.documents import Document
from hub.errors import FileError

_SECRETS = re.compile(
    r"shp(at|ss|ca|pa|ua)_[0-9a-f]{20,}|(sk|pk|rk)_(live|test)_\w{10,}|pat-(na|eu)\d-[0-9a-f-]{20,}"
    r"|sq0(atp|csp|idp)-[\w-]{20,}|c[ks]_[0-9a-f]{40}|whsec_[\w+/]{16,}|\bpk_[0-9a-f]{30,}"
    r"|gh[pousr]_\w{30,}|github_pat_\w{30,}|\b(AKIA|ASIA)[0-9A-Z]{16}\b|xox[abprs]-[\w-]{10,}|\bEAA[\w]{40,}"
    r"|\bAIza[\w-]{35}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\b(SK|AC)[0-9a-f]{32}\b|\b[0-9a-f]{32}-us\d{1,2}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
    r"|https?://[^\s/@:{}\"]+:[^\s/@{}\"]{3,}@"
)
"""Forms that vendors give their keys and tokens, and user and password in a URL."""

_AUTHORIZATION = re.compile(r"(?i)\b(bearer|basic|token)\s+(?![{<])[\w.~+/=-]{12,}")
_KEY = re.compile(r"(?i)[?&](api_?key|access_?token|token|secret|password)=(?!\{)([\w.~+/=-]{8,})")
_NAMES = re.compile(r"(secret|password|token|api_?key|private_?key)$", re.IGNORECASE)
_HEADERS = re.compile(r"(?i)(authorization|(x-)?[\w-]*(api-?key|token|secret))$")
_HINT = "take it out (git keeps it: renew it), and set it with `hub accounts secret set`"
_TEMPLATE = _HINT + "; a file says {secret.name}"


def check(document: Document) -> Iterator[FileError]:
    """The texts that look like secrets; in accounts.yaml also what is named like one."""
    for path, text in texts(document.data):
        named = document.file == "accounts.yaml" and path and _NAMES.search(str(path[-1]))
        start = 0 if named and text else looks_secret(text)
        if start is not None:
            yield document.error(
                "secret-in-file", "this looks like a secret", *path, hint=_HINT, offset=start
            )
        elif path and _in_request(path, text) is not None:
            offset = _in_request(path, text)
            yield document.error(
                "secret-in-file", "this looks like a secret", *path, hint=_TEMPLATE, offset=offset
            )


def looks_secret(text: str) -> int | None:
    """Where a text has the form of a secret, None where it has not."""
    match = _SECRETS.search(text)
    return match.start() if match else None


def _in_request(path: tuple[str | int, ...], text: str) -> int | None:
    """Where a header or a URL has a literal where `{secret.…}` should stand."""
    key = _KEY.search(text)
    if key:
        return key.start(2)
    written = _AUTHORIZATION.search(text)
    if written:
        return written.start()
    literal = "headers" in path[:-1] and _HEADERS.search(str(path[-1])) and "{" not in text
    return 0 if literal else None
