"""How a vendor signs what it sends, as data: verified on the raw bytes, and made for samples.

The signed content is a template. It is filled with bytes read as Latin-1, in which every byte is one
character, so that the content is the raw body to the byte whatever the body holds.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from hub.connector import ecdsa
from hub.connector.body import accepts
from hub.connector.duration import seconds
from hub.connector.exchange import Request
from hub.expressions import EvaluationError, compile, template
from hub.macs import mac

MAX_SIGNATURES = 8
"""How many signatures of one request are examined: rotation needs two, hostile input offers thousands."""

_TIMESTAMP = re.compile(r"[0-9]{1,16}")
_FIELD = re.compile(r"(?P<prefix>[^{}]*)\{(?P<name>timestamp|signature)\}")
_DIGESTS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
_PER_SECOND = {"s": 1, "ms": 1000}
_PORTS = {"https": 443, "http": 80}

STANDARD = "whsec_"
"""Before the key of a Standard Webhooks secret, which is base64 (`key: base64`)."""


@dataclass(frozen=True)
class Signature:
    """The `signature:` of a connector.

    `kind`: `hmac` with the secret, a plain `hash`, whose content names the secret itself, or `ecdsa`, whose
    secret is the vendor's public key. `coded`: the secret is base64 text of the key.
    `parse`: name ("timestamp", "signature") -> prefix of its part in a header of comma-joined parts.
    `within`: seconds that a timestamp may differ from now, None when the vendor documents no window.
    """

    kind: str
    algorithm: str
    coded: bool
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
    body_digest: str | None
    port: bool

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The signature of its part of a connector file."""
        stamp = data.get("timestamp") or {}
        fields = _FIELD.finditer(data.get("parse", ""))
        return cls(
            kind=next(kind for kind in ("hmac", "hash", "ecdsa") if kind in data),
            algorithm=data.get("hmac") or data.get("hash") or "sha256",
            coded=data.get("key") == "base64",
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
            body_digest=data.get("body_digest"),
            port=data.get("port") == "optional",
        )

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that it is made with."""
        return frozenset({self.secret})

    def verify(self, request: Request, secrets: Sequence[Mapping[str, str]], now: float) -> bool:
        """Whether one of the request's signatures is right under one of the secrets, and fresh.

        Every signature is compared with every secret in constant time; hostile input is False.
        """
        stamp, candidates = self._read(request.headers.get(self.header.lower(), ""))
        stamp = request.headers.get(self.stamp_header.lower(), "") if self.stamp_header else stamp
        if not candidates or not self._fresh(stamp, now) or not self._whole(request):
            return False
        keys = [held[self.secret] for held in secrets if held.get(self.secret)]
        if self.kind == "ecdsa":
            return self._signed(request, stamp, keys, candidates)
        right = False
        for expected in self._expected(request, stamp, keys):
            for candidate in candidates:
                right |= hmac.compare_digest(expected, candidate)
        return right

    def sign(self, request: Request, secrets: Mapping[str, str], now: float) -> Request:
        """The request as the vendor would send it. Raises KeyError without the secret.

        A public key signs nothing: what stands under `signing_key` does, the other half of a pair of ours.
        """
        stamp = str(int(now * _PER_SECOND[self.unit]))
        request = self._stamped(self._digested(request), stamp)
        signature = self._made(request, stamp, secrets).decode()
        values = {"timestamp": stamp, "signature": signature}
        text = ",".join(prefix + values[name] for name, prefix in self.parse.items())
        headers = {**request.headers, self.header.lower(): text or self.prefix + signature}
        return replace(request, headers=headers)

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

    def _stamped(self, request: Request, stamp: str) -> Request:
        """The request with its time, and with an id of its own where one is signed."""
        added = {self.stamp_header.lower(): stamp} if self.stamp_header else {}
        if self.id_header and self.id_header.lower() not in request.headers:
            told = hashlib.sha256(stamp.encode() + request.body).hexdigest()[:24]
            added[self.id_header.lower()] = f"msg_{told}"
        return replace(request, headers=request.headers | added)

    def _made(self, request: Request, stamp: str, secrets: Mapping[str, str]) -> bytes:
        if self.kind == "ecdsa":
            return ecdsa.sign(secrets[ecdsa.SIGNING], self._content(request, stamp, ""))
        return self._digest(request, stamp, secrets[self.secret])

    def _signed(self, request: Request, stamp: str, keys: list[str], candidates: list[bytes]) -> bool:
        try:
            content = self._content(request, stamp, "")
        except EvaluationError:
            return False
        return any(ecdsa.right(key, content, candidate) for key in keys for candidate in candidates)

    def _expected(self, request: Request, stamp: str, keys: list[str]) -> list[bytes]:
        try:
            return [self._digest(one, stamp, key) for one in self._spelled(request) for key in keys]
        except (EvaluationError, ValueError):  # a key that is no base64, a port that is no number
            return []

    def _spelled(self, request: Request) -> list[Request]:
        """The request, and with its port written out where the vendor may sign the URL so."""
        found = urlsplit(request.url)
        if not self.port or found.port or found.scheme not in _PORTS:
            return [request]
        written = found._replace(netloc=f"{found.netloc}:{_PORTS[found.scheme]}").geturl()
        return [request, replace(request, url=written)]

    def _digest(self, request: Request, stamp: str, secret: str) -> bytes:
        content = self._content(request, stamp, secret)
        if self.kind == "hash":
            raw = _DIGESTS[self.algorithm](content).digest()
        else:
            raw = mac(_decoded_key(secret) if self.coded else secret, content, self.algorithm).digest()
        return raw.hex().encode() if self.encoding == "hex" else base64.b64encode(raw)

    def _whole(self, request: Request) -> bool:
        """Whether the body is the one whose digest the signed URL carries, where it has to carry one."""
        if self.body_digest is None:
            return True
        told = compile(self.body_digest)({"query": request.query, "headers": request.headers})
        if told is None:
            return not request.body or _is_form(request)
        found = hashlib.sha256(request.body).hexdigest()
        return isinstance(told, str) and hmac.compare_digest(told.encode("utf-8", "replace"), found.encode())

    def _digested(self, request: Request) -> Request:
        """The request with the digest of its body in the URL, where the vendor puts one there."""
        if self.body_digest is None or not request.body or _is_form(request):
            return request
        name = self.body_digest.rpartition(".")[2].strip('"')
        query = {**request.query, name: hashlib.sha256(request.body).hexdigest()}
        return replace(request, query=query, url=f"{request.url.partition('?')[0]}?{urlencode(query)}")

    def _content(self, request: Request, stamp: str, secret: str) -> bytes:
        if self.over == "{body}":
            return request.body
        scope = {
            "method": request.method,
            "url": _raw(_decoded(request.url, self.decode)),
            "query": {name: _raw(value) for name, value in request.query.items()},
            "headers": {name: _raw(value) for name, value in request.headers.items()},
            "body": request.body.decode("latin-1"),
            "form": _form(request) if "form" in self.over else "",
            "timestamp": _raw(stamp),
            "id": _raw(request.headers.get((self.id_header or "").lower(), "")),
            "secret": _raw(secret),
        }
        return str(template(self.over)(scope)).encode("latin-1", "replace")


def _is_form(request: Request) -> bool:
    return accepts("form", request.headers.get("content-type", "?"))


def _form(request: Request) -> str:
    """The parameters of a form in the order of their names, each name and value joined; each pair once."""
    if not _is_form(request):
        return ""
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return _raw("".join(name + value for name, value in sorted(set(pairs))))


def _decoded_key(secret: str) -> bytes:
    """The key of a secret in base64. Raises ValueError for any other text."""
    return base64.b64decode(secret.removeprefix(STANDARD), validate=True)


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
