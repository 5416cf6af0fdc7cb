"""Hashes that destinations ask for, in hex."""

import hashlib

from hub.expressions.functions.registry import function
from hub.expressions.limits import limited


@function(
    "md5(text)",
    "MD5 of a text, in hex: some vendors name subscribers by it.",
    ("md5(x)", {"x": "a"}, "0cc175b9c0f1b6a831c399e269772661"),
    ("md5(lower(trim(x)))", {"x": " Ada@Correo.example"}, "e5a54b63b06866ee7d761d0f58e56c5d"),
)
def _md5(text: str) -> str:
    return hashlib.md5(limited(text).encode(), usedforsecurity=False).hexdigest()


@function(
    "sha256(text)",
    "SHA-256 of a text, in hex: advertising systems match customers by it.",
    ("sha256(x)", {"x": "a"}, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    (
        "sha256(lower(trim(x)))",
        {"x": " A"},
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ),
)
def _sha256(text: str) -> str:
    return hashlib.sha256(limited(text).encode()).hexdigest()
