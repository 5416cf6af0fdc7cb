"""What of a vendor's refusal is kept: its status, its code, and of its message the words that name nobody.

A vendor quotes what it refuses. So of a message only words of a list are kept, and names of members that we
sent; all else is left out, and shown as an ellipsis.

Whoever may see values gets more of it (`words`): of what may be a value of somebody the form is left. That is
what we sent ourselves, whatever has a digit or an @, what is quoted, and what begins with a capital.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from hub.connector.exchange import HttpResponse
from hub.connector.response import Answer, scope_of
from hub.connector.wordlist import WORDS
from hub.documents import Document
from hub.expressions import EvaluationError

LONGEST = 160
"""Characters that are kept of a message."""
GAP = "…"
LONGEST_WORDS = 300
"""Characters of a message that are kept for who may see values."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}")
_MANY_DIGITS = re.compile(r"\d{5}")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_CHUNK = re.compile(r"[^\s\"'`“”‘’«»(\[<>=]+")
_QUOTED = re.compile(r"\"[^\"]*\"|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»|<[^>]*>|(?<!\w)'[^']*'(?!\w)")
_TOKEN = re.compile(r"[^\W\d_]+(?:[_.\-\d]+\w+)*|\S")


def refusal(document: Document, response: HttpResponse, record: Any) -> dict[str, Any]:
    """What is kept of a refusal of `record`: `status`, `code`, `message`, `fields` that the message names;
    and `words`, which nobody is shown who may not see values."""
    scope = scope_of(response)
    told = document.data.get("error") or {}
    code, message = (_text(told.get(name), scope) for name in ("code", "message"))
    names = sorted(set(_names(record)))
    said: dict[str, Any] = {"status": response.status}
    if _CODE.fullmatch(code) and not _MANY_DIGITS.search(code) and code not in set(_values(record)):
        said["code"] = code
    if message:
        said["message"] = worded(message, names)
        if GAP in said["message"]:
            said["words"] = spoken(message, names, _values(record))
        said["fields"] = [name for name in names if _named(name, message)]
    return {name: value for name, value in said.items() if value}


def worded(message: str, names: Iterable[str] = ()) -> str:
    """Of a message the words that name nobody: those of the list, and `names`."""
    known = {name for name in names if name.lower() not in WORDS}
    said: list[str] = []
    for token in _TOKEN.findall(message[: 4 * LONGEST]):
        plain = token.lower()
        kept = token if token in known else plain if plain in WORDS else GAP
        if kept != GAP or said[-1:] != [GAP]:
            said.append(kept)
    text = " ".join(said)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rpartition(" ")[0] + GAP


def spoken(message: str, names: Iterable[str], values: Iterable[str]) -> str:
    """A message with the form of what may be a value of somebody: `a` for a letter, `9` for a digit."""
    sent = {word for value in values for word in _WORD.findall(value.lower())}
    known, text = set(names), message[:LONGEST_WORDS]
    quoted = [match.span() for match in _QUOTED.finditer(text)]

    def shown(match: re.Match[str]) -> str:
        token = match[0]
        plain = token.rstrip(".,:;!?)]")
        if plain in known or plain.lower() in WORDS:
            return token
        free = plain.isalpha() and plain.islower() and plain not in sent
        inside = any(start <= match.start() < end for start, end in quoted)
        return token if free and not inside else _DIGIT.sub("9", _LETTER.sub("a", token))

    return _CHUNK.sub(shown, text)


def _named(name: str, message: str) -> bool:
    return len(name) > 1 and bool(_word(name).search(message))


@lru_cache(maxsize=512)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")


def _text(source: str | None, scope: Mapping[str, Any]) -> str:
    try:
        value = Answer(source)(scope) if source else None
    except EvaluationError:
        value = None
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _names(record: Any) -> Iterator[str]:
    if isinstance(record, dict):
        yield from record
    for inner in _inside(record):
        yield from _names(inner)


def _values(record: Any) -> Iterator[str]:
    if isinstance(record, dict | list):
        for inner in _inside(record):
            yield from _values(inner)
    else:
        yield str(record)


def _inside(record: Any) -> Iterable[Any]:
    return record.values() if isinstance(record, dict) else record if isinstance(record, list) else ()
