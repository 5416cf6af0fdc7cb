"""HMACs (RFC 2104) under keys that come again: a key is taken up once, half of the work on a short text."""

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash


def mac(secret: str, content: bytes, algorithm: str = "sha256") -> "_Hash":
    """The HMAC of some content, as a hash that has taken all of it."""
    keyed = _keyed(secret, algorithm)
    inner, outer = keyed[0].copy(), keyed[1].copy()
    inner.update(content)
    outer.update(inner.digest())
    return outer


@lru_cache(maxsize=64)
def _keyed(secret: str, algorithm: str) -> "tuple[_Hash, _Hash]":
    """The inner and the outer hash, which have taken the key."""
    key, size = secret.encode(), hashlib.new(algorithm).block_size
    if len(key) > size:
        key = hashlib.new(algorithm, key).digest()
    padded = key.ljust(size, b"\0")
    inner, outer = (hashlib.new(algorithm, bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))
    return inner, outer
