"""Sample events: what a vendor would post to the hub, signed as it signs."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hub.connector import Connector, Request, ecdsa
from hub.connector.body import CONTENT_TYPES, encode
from hub.connector.signature import STANDARD


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a vendor posts. `account`: the account's key, "" for the one URL of all accounts of an app."""

    connector: Connector
    account: str = ""

    @classmethod
    def of(cls, connector: Connector, account: str) -> "Endpoint":
        """Where the events of this account come in."""
        return cls(connector, "" if connector.shared else account)

    @property
    def path(self) -> str:
        """The path of the webhook."""
        return "/".join(filter(None, ("/v1/webhooks", quote(self.connector.name), quote(self.account))))

    @property
    def secret(self) -> str:
        """The name of the secret that signs: `connector.account`, or the connector of an app."""
        return ".".join(filter(None, (self.connector.name, self.account)))

    def request(self, url: str, sample: Mapping[str, Any], secrets: Mapping[str, str], now: float) -> Request:
        """A sample as it is posted to the hub at `url` at `now` (Unix seconds).

        `sample`: `{method, headers, query, body}`, each of them optional; a body that is a text goes as it
        is, any other is encoded as the connector reads it. Raises KeyError for a secret that is missing.
        """
        return self.connector.sign(self._plain(url, sample), secrets, now)

    def _plain(self, url: str, sample: Mapping[str, Any]) -> Request:
        form = self.connector.reception.format
        body = sample.get("body")
        raw = body.encode() if isinstance(body, str) else encode(form, body) if body is not None else b""
        headers = {"content-type": CONTENT_TYPES[form], **_lower(sample.get("headers") or {})}
        query = dict(sample.get("query") or {})
        address = url.rstrip("/") + self.path + (f"?{urlencode(query)}" if query else "")
        return Request(sample.get("method", "POST"), address, query, headers, raw)


def invented(connector: Connector, owner: str) -> dict[str, str]:
    """Secrets of the kind that an account of the connector has, which follow from its name: for samples."""
    found = {name: f"demo-{owner}-{name}" for name in connector.secret_names}
    part = (connector.data.get("receive") or {}).get("signature") or {}
    for one in (part, connector.data.get("sign") or {}):
        if one.get("key") == "base64":
            found[one["secret"]] = STANDARD + b64encode(found[one["secret"]].encode()).decode()
    if "ecdsa" in part:
        found[part["secret"]], found[ecdsa.SIGNING] = ecdsa.pair(owner)
    return found


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}
