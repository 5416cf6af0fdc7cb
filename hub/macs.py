"""HMACs under keys that come again: a key is taken up once, which is half of the work on a short text."""

import hmac
from functools import lru_cache


def mac(secret: str | bytes, content: bytes, algorithm: str = "sha256") -> hmac.HMAC:
    """The HMAC of some content."""
    made = _keyed(secret, algorithm).copy()
    made.update(content)
    return made


@lru_cache(maxsize=64)
def _keyed(secret: str | bytes, algorithm: str) -> hmac.HMAC:
    """The HMAC that has taken its key."""
    return hmac.new(secret.encode() if isinstance(secret, str) else secret, digestmod=algorithm)
