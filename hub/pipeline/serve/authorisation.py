"""Who may ask: whoever holds the API key, the current one or, while it is being rotated, the one before."""

import hmac
from collections.abc import Mapping

from hub.pipeline import Hub

SECRET = "api-key"  # noqa: S105 - the name of a secret


def authorised(hub: Hub, headers: Mapping[str, str]) -> bool:
    """Whether the request carries `authorization: Bearer <key>`; a key just set is fetched once a minute."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        return False
    if _held(hub, given):
        return True
    hub.secrets.refresh(SECRET)
    return _held(hub, given)


def _held(hub: Hub, given: str) -> bool:
    told = given.encode("utf-8", "replace")
    keys = (held["key"].encode() for held in hub.secrets.get(SECRET) if held.get("key"))
    return any(hmac.compare_digest(key, told) for key in keys)
