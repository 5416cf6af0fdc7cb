"""From bytes to bytes: msgspec decodes only what a mapping reads, and what it cannot, Python's json does."""

from collections.abc import Callable
from json import dumps, loads
from typing import Any, NamedTuple, TypedDict

from hub.errors import RecordError

Shape = dict[str, Any] | list[Any] | None
"""Names with the shape of what stands there, a list with that of its items, None for all that is there."""


class Codec(NamedTuple):
    """JSON in and out. `decode` raises RecordError("bad-body")."""

    decode: Callable[[bytes], dict[str, Any]]
    encode: Callable[[dict[str, Any]], bytes]


def codec(shape: Shape) -> Codec:
    """The codec of bodies of which only `shape` is read, all of it where that is None.

    What stands in the way of reading a body so (an object expected where a text is, NaN, half a character)
    only costs time: then all of it is read. Without msgspec it always is.
    """
    try:
        import msgspec
    except ImportError:
        return Codec(_decode, _encode)
    refused = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
    partly = msgspec.json.Decoder(_object(shape) if isinstance(shape, dict) else dict[str, Any]).decode
    fast = msgspec.json.Encoder().encode

    def decode(body: bytes) -> dict[str, Any]:
        try:
            found: dict[str, Any] = partly(body)
        except refused:
            return _decode(body)
        return found

    def encode(record: dict[str, Any]) -> bytes:
        try:
            return fast(record)
        except UnicodeEncodeError:
            return _encode(record)

    return Codec(decode, encode)


def _decode(body: bytes) -> dict[str, Any]:
    try:
        found = loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RecordError("bad-body", "this is no object of JSON")
    return found


def _encode(record: dict[str, Any]) -> bytes:
    return dumps(record, separators=(",", ":")).encode()


def _object(shape: dict[str, Any]) -> Any:
    return TypedDict("_Part", {name: _type(part) for name, part in shape.items()}, total=False)  # type: ignore[operator]


def _type(shape: Shape) -> Any:
    if isinstance(shape, dict):
        return _object(shape) | None
    if isinstance(shape, list):
        return list[_type(shape[0])] | None  # type: ignore[misc]
    return Any
