"""Bodies of incoming requests, read strictly: what is ambiguous, endless or no text is refused.

Every RecordError of this module has the reason `bad-body` and a message without any of the body.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

from hub.errors import RecordError

MAX_DEPTH = 64
MAX_KEYS = 200_000

CONTENT_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}

_ACCEPTED = {
    "json": re.compile(r"(application|text)/([\w.+-]+\+)?json"),
    "form": re.compile(r"application/x-www-form-urlencoded"),
}
_CHARSETS = {"", "utf-8", "utf8", "us-ascii"}
_FIELD = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def accepts(format: str, content_type: str) -> bool:
    """Whether a content type is one of the format's; a source that sends none is believed."""
    kind, _, parameters = content_type.lower().partition(";")
    charset = re.search(r'charset="?([^";\s]*)', parameters)
    known = not kind.strip() or _ACCEPTED[format].fullmatch(kind.strip()) is not None
    return known and (charset[1] if charset else "") in _CHARSETS


def parse(format: str, raw: bytes) -> Any:
    """The value of a body of JSON or of a form, whose `a[b]` and `a[]` become objects and lists.

    Raises RecordError for other encodings than UTF-8, duplicate keys, numbers beyond range, NaN,
    nesting beyond 64 and more than 200,000 keys.
    """
    try:
        text = raw.decode()
        value = _json(text) if format == "json" else _form(text)
    except RecursionError:
        raise _refusal("nested too deep") from None
    except ValueError as error:
        raise _refusal(str(error) if isinstance(error, _Refused) else "malformed") from None
    if format == "json" and _opened(raw) > MAX_DEPTH and _is_deep(value):
        raise _refusal("nested too deep")
    return _repaired(value) if _halved(raw) else value


def written(format: str, raw: bytes) -> str | None:
    """The JSON of a body that was parsed, where it may travel and be archived as it is.

    On one line, and without the two characters that JSON and UTF-8 allow and SQS refuses.
    """
    if format != "json" or b"\n" in raw or b"\r" in raw or _halved(raw):
        return None
    text = raw.decode()
    return None if "\ufffe" in text or "\uffff" in text else text


def answer(raw: bytes) -> Any:
    """The value of a vendor's answer in JSON, of any size, which may repeat a key.

    Raises ValueError for what no event could carry further: NaN, numbers beyond range, nesting beyond 64.
    """
    try:
        value = json.loads(raw, parse_constant=_constant, parse_float=_float)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if _opened(raw) > MAX_DEPTH and _is_deep(value):
        raise ValueError("nested too deep")
    return _repaired(value) if _halved(raw) else value


def encode(format: str, value: Any) -> bytes:
    """The body of a value: compact JSON, or a form with `a[b]` for nested names."""
    if format == "json":
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    return urlencode(_pairs("", value)).encode()


class _Refused(ValueError):
    """One of our own complaints, whose text holds nothing of the body."""


def _refusal(message: str) -> RecordError:
    """The error, to be raised `from None`: what it came from may hold the body."""
    return RecordError("bad-body", message)


def _json(text: str) -> Any:
    value = _decoded(text)
    if len(text) > MAX_KEYS and text.count(":") > MAX_KEYS and _keys(value) > MAX_KEYS:
        raise _Refused("too many keys")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("duplicate key")
    return found


def _keys(value: Any) -> int:
    inner = _members(value) if isinstance(value, dict | list) else ()
    return (len(value) if isinstance(value, dict) else 0) + sum(map(_keys, inner))


def _constant(_: str) -> NoReturn:
    raise _Refused("not a number")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _Refused("number beyond range")
    return number


_decoded = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_float
).decode  # one for all bodies: making it takes as long as reading a small one


def _form(text: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    if len(pairs) > MAX_KEYS:
        raise _Refused("too many keys")
    for name, value in pairs:
        _insert(result, name, value)
    return result


def _insert(result: dict[str, Any], name: str, value: str) -> None:
    match = _FIELD.fullmatch(name)
    if match is None:
        raise _Refused("malformed name")
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(path) > MAX_DEPTH:
        raise _Refused("nested too deep")
    is_list = len(path) > 1 and path[-1] == ""
    leaf = path[-2] if is_list else path[-1]
    holder = _holder(result, path[: -2 if is_list else -1])
    if is_list and isinstance(holder.setdefault(leaf, []), list):
        holder[leaf].append(value)
    elif leaf in holder or is_list:
        raise _Refused("duplicate key")
    else:
        holder[leaf] = value


def _holder(result: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for name in path:
        result = result.setdefault(name, {})
        if not isinstance(result, dict):
            raise _Refused("duplicate key")
    return result


def _opened(raw: bytes) -> int:
    """How many lists and objects there may be. `replace` finds them four times as fast as `count` does."""
    return len(raw) - len(raw.replace(b"[", b"").replace(b"{", b""))


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _members(outer) if isinstance(inner, dict | list)]
    return bool(level)


def _members(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _halved(raw: bytes) -> bool:
    """Whether halves of surrogate pairs may stand in it: pairs do, too."""
    return b"\\" in raw and _SURROGATE.search(raw) is not None


def _repaired(value: Any) -> Any:
    """The value with halves of surrogate pairs, left by a source that cut a text, as U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _pairs(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        inner = [(f"{name}[{key}]" if name else str(key), item) for key, item in value.items()]
        return [pair for key, item in inner for pair in _pairs(key, item)]
    if isinstance(value, list):
        return [pair for item in value for pair in _pairs(f"{name}[]", item)]
    return [(name, text)] if (text := _text(value)) is not None else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value)
