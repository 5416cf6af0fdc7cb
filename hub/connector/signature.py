"""How a vendor signs what it sends, as data: verified on the raw bytes, and made for samples.

The signed content is a template. It is filled with bytes read as Latin-1, in which every byte is one
character, so that the content is the raw body to the byte whatever the body holds.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from hub.connector.duration import seconds
from hub.connector.exchange import Request
from hub.expressions import EvaluationError, template
from hub.macs import mac

MAX_SIGNATURES = 8
"""How many signatures of one request are examined: rotation needs two, hostile input offers thousands."""

_TIMESTAMP = re.compile(r"[0-9]{1,16}")
_FIELD = re.compile(r"(?P<prefix>[^{}]*)\{(?P<name>timestamp|signature)\}")
_DIGESTS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
_PER_SECOND = {"s": 1, "ms": 1000}


@dataclass(frozen=True)
class Signature:
    """The `signature:` of a connector.

    `keyed`: HMAC with the secret; otherwise a plain hash, whose content names the secret itself.
    `parse`: name ("timestamp", "signature") -> prefix of its part in a header of comma-joined parts.
    `within`: seconds that a timestamp may differ from now, None when the vendor documents no window.
    """

    algorithm: str
    keyed: bool
    encoding: str
    header: str
    prefix: str
    parse: dict[str, str]
    over: str
    secret: str
    stamp_header: str | None
    unit: str
    within: float | None
    id_header: str | None
    decode: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The signature of its part of a connector file."""
        stamp = data.get("timestamp") or {}
        fields = _FIELD.finditer(data.get("parse", ""))
        return cls(
            algorithm=data.get("hmac") or data["hash"],
            keyed="hmac" in data,
            encoding=data.get("encoding", "hex"),
            header=data["header"],
            prefix=data.get("prefix", ""),
            parse={field["name"]: field["prefix"].lstrip(", ") for field in fields},
            over=data.get("over", "{body}"),
            secret=data["secret"],
            stamp_header=stamp.get("header"),
            unit=stamp.get("unit", "s"),
            within=seconds(stamp["within"]) if "within" in stamp else None,
            id_header=data.get("id"),
            decode=data.get("decode", ""),
        )

    def verify(self, request: Request, secrets: Sequence[Mapping[str, str]], now: float) -> bool:
        """Whether one of the request's signatures is right under one of the secrets, and fresh.

        Every signature is compared with every secret in constant time; hostile input is False.
        """
        stamp, candidates = self._read(request.headers.get(self.header.lower(), ""))
        stamp = request.headers.get(self.stamp_header.lower(), "") if self.stamp_header else stamp
        if not candidates or not self._fresh(stamp, now):
            return False
        right = False
        for expected in self._expected(request, stamp, secrets):
            for candidate in candidates:
                right |= hmac.compare_digest(expected, candidate)
        return right

    def sign(self, request: Request, secrets: Mapping[str, str], now: float) -> dict[str, str]:
        """The headers that the vendor would add. Raises KeyError without the secret."""
        stamp = str(int(now * _PER_SECOND[self.unit]))
        signature = self._digest(request, stamp, secrets[self.secret]).decode()
        values = {"timestamp": stamp, "signature": signature}
        text = ",".join(prefix + values[name] for name, prefix in self.parse.items())
        headers = {self.header: text or self.prefix + signature}
        return {**headers, self.stamp_header: stamp} if self.stamp_header else headers

    def _read(self, text: str) -> tuple[str, list[bytes]]:
        """The timestamp and the signatures of a header, which a gateway may have joined by commas."""
        if not self.parse:
            return "", self._candidates(_signatures(text, self.prefix))
        parts = [part.strip() for part in text.split(",")]
        stamps = set(_after(parts, self.parse.get("timestamp")))
        signatures = self._candidates(_after(parts, self.parse.get("signature")))
        return (stamps.pop(), signatures) if len(stamps) == 1 else ("", [])

    def _candidates(self, texts: list[str]) -> list[bytes]:
        kind = str.lower if self.encoding == "hex" else str
        return [kind(text).encode("utf-8", "replace") for text in texts if text][:MAX_SIGNATURES]

    def _fresh(self, stamp: str, now: float) -> bool:
        if self.within is None:
            return bool(stamp) or not (self.stamp_header or "timestamp" in self.parse)
        if not _TIMESTAMP.fullmatch(stamp):
            return False
        return abs(now - int(stamp) / _PER_SECOND[self.unit]) <= self.within

    def _expected(self, request: Request, stamp: str, secrets: Sequence[Mapping[str, str]]) -> list[bytes]:
        try:
            return [self._digest(request, stamp, key) for held in secrets if (key := held.get(self.secret))]
        except EvaluationError:
            return []

    def _digest(self, request: Request, stamp: str, secret: str) -> bytes:
        content = self._content(request, stamp, secret)
        kind = _DIGESTS[self.algorithm]
        raw = (mac(secret, content, self.algorithm) if self.keyed else kind(content)).digest()
        return raw.hex().encode() if self.encoding == "hex" else base64.b64encode(raw)

    def _content(self, request: Request, stamp: str, secret: str) -> bytes:
        if self.over == "{body}":
            return request.body
        scope = {
            "method": request.method,
            "url": _raw(_decoded(request.url, self.decode)),
            "query": {name: _raw(value) for name, value in request.query.items()},
            "headers": {name: _raw(value) for name, value in request.headers.items()},
            "body": request.body.decode("latin-1"),
            "timestamp": _raw(stamp),
            "id": _raw(request.headers.get((self.id_header or "").lower(), "")),
            "secret": _raw(secret),
        }
        return str(template(self.over)(scope)).encode("latin-1", "replace")


def _after(parts: list[str], prefix: str | None) -> list[str]:
    return [part.removeprefix(prefix) for part in parts if prefix and part.startswith(prefix)]


def _raw(text: str) -> str:
    """The UTF-8 bytes of a text, each as one character."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _signatures(text: str, prefix: str) -> list[str]:
    """The parts of a header of signatures, separated by spaces or joined by commas, without the prefix."""
    parts = [word.removeprefix(prefix) for word in text.split() if word.startswith(prefix)]
    return [one.removeprefix(prefix) for part in parts for one in part.split(",") if one]


def _decoded(url: str, characters: str) -> str:
    """The URL with the percent-encoded forms of these characters decoded, as HubSpot signs it."""
    for character in characters:
        coded = quote(character, safe="")
        url = url.replace(coded, character).replace(coded.lower(), character)
    return url
