"""Whether somebody wrote a secret into a file. What is shown of it is its start alone."""

import re
from collections.abc import Iterator

from hub.checks.shape import texts
from hub.documents import Document, Step
from hub.errors import FileError

_FORMS = re.compile(
    r"shp(at|ss|ca|pa|ua)_[0-9a-f]{20,}|(sk|pk|rk)_(live|test)_\w{10,}|pat-(na|eu)\d-[0-9a-f-]{20,}"
    r"|sq0(atp|csp|idp)-[\w-]{20,}|c[ks]_[0-9a-f]{40}|whsec_[\w+/]{16,}|\bpk_[0-9a-f]{30,}"
    r"|gh[pousr]_\w{30,}|github_pat_\w{30,}|\b(AKIA|ASIA)[0-9A-Z]{16}\b|xox[abprs]-[\w-]{10,}|\bEAA\w{40,}"
    r"|\bAIza[\w-]{35}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\b(SK|AC)[0-9a-f]{32}\b|\b[0-9a-f]{32}-us\d{1,2}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
)
"""Forms that vendors give their keys and tokens."""

_SENT = re.compile(
    r"(?i)\b(?:bearer|basic|token)\s+(?P<header>[\w.~+/=-]{12,})"
    r"|[?&](?:api_?key|access_?token|token|secret|password)=(?P<query>[\w.~+/=-]{8,})"
    r"|https?://[^\s/@:{}\"]+:(?P<password>[^\s/@{}\"]{3,})@"
)
"""Literals in a header or a URL where `{secret.…}` should stand."""

_NAMES = re.compile(r"(secret|password|token|api_?key|private_?key)$", re.IGNORECASE)
_HEADERS = re.compile(r"(?i)(authorization|[\w-]*(api-?key|token|secret))$")
_SENT_IN = frozenset({"body", "headers", "header", "parameters"})
_SENT_AS = re.compile(r"(secret|pass(word|wd)?|pwd|token|key)$", re.IGNORECASE)
"""Where a request for a token names its secrets: a literal there is one."""

_WORD = re.compile(r"[^\s'\",}\]@]*")
_SHOWN = 6
_HINT = "take it out (git keeps it: renew it), and set it with `hub accounts secret set`"


def check(document: Document) -> Iterator[FileError]:
    """The texts that look like secrets; in accounts.yaml and in headers also what is named like one."""
    for path, text in texts(document.data):
        start = _start(document.file, path, text)
        if start is not None:
            error = document.error(
                "secret-in-file", "this looks like a secret", *path, hint=_HINT, offset=start
            )
            yield masked(error)


def looks_secret(text: str) -> int | None:
    """Where a text has the form of a secret, None where it has not."""
    match = _FORMS.search(text)
    return match.start() if match else None


def masked(error: FileError) -> FileError:
    """The mistake with the secret's start alone: logs of CI are read by many."""
    starts = {error.place.column - 1, *(start for start in _starts(error.text))}
    text = error.text
    for start in starts:
        secret = _WORD.match(text, start)
        end = secret.end() if secret else start
        shown = min(_SHOWN, (end - start) // 3)
        text = text[: start + shown] + "*" * (end - start - shown) + text[end:]
    return FileError(error.code, error.message, error.place, text=text, hint=error.hint)


def _starts(line: str) -> Iterator[int]:
    """Where secrets that can be told by their form start in a line."""
    for match in _FORMS.finditer(line):
        yield match.start()
    for match in _SENT.finditer(line):
        yield match.start(match.lastgroup or 0)


def _start(file: str, path: tuple[Step, ...], text: str) -> int | None:
    """Where a secret starts in a text of a file."""
    if file == "accounts.yaml" and path and text and _NAMES.search(str(path[-1])):
        return 0
    asked = path[:1] == ("auth",) and not _SENT_IN.isdisjoint(path[1:-1])
    if asked and text and "{" not in text and _SENT_AS.search(str(path[-1])):
        return 0
    header = any(str(step).lower() in {"headers", "authorization"} for step in path)
    sent = next((one for one in _SENT.finditer(text) if header or one.lastgroup != "header"), None)
    if sent:
        return sent.start(sent.lastgroup or 0)
    if "headers" in path[:-1] and _HEADERS.fullmatch(str(path[-1])) and "{" not in text:
        return 0
    return looks_secret(text)
