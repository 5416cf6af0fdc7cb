"""The shops, portals and lists of this deployment, and who owns which field."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hub.documents import Document

if TYPE_CHECKING:
    from hub.connector import Connector

SAMPLE = "sample"
"""The key of the account that a connector has in trials, where nobody has entered one."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `name`: `connector.key`. `country`: region of its phones. `settings`: its whole line.

    `base_url` overrides the connector's (a sandbox), `public_url` is what the vendor was told to call.
    `auth_url` stands for the start of the addresses at which tokens are asked for. `secret_ends`: the day
    (2027-01-31) on which a secret of it ends at the vendor, "" where it does not.
    """

    name: str
    connector: str
    key: str
    role: str = ""
    country: str = ""
    time_zone: str = "UTC"
    base_url: str | None = None
    public_url: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    auth_url: str | None = None
    secret_ends: str = ""

    @classmethod
    def of(cls, name: str, settings: dict[str, Any]) -> "Account":
        """The account of one line of accounts.yaml."""
        connector, _, key = name.partition(".")
        return cls(
            name,
            connector,
            key,
            str(settings.get("role", "")),
            str(settings.get("country", "")),
            str(settings.get("time_zone", "UTC")),
            settings.get("base_url"),
            settings.get("public_url"),
            settings,
            settings.get("auth_url"),
            str(settings.get("secret_ends", "")),
        )


@dataclass(frozen=True, slots=True)
class Owners:
    """owners.yaml: entity -> field -> role whose value nobody else's change wins over."""

    document: Document

    def owner(self, entity: str, field: str) -> str | None:
        """The role that owns a field, None where nobody does."""
        role = ((self.document.data or {}).get(entity) or {}).get(field)
        return None if role is None else str(role)


def accounts(document: Document) -> dict[str, Account]:
    """All accounts of accounts.yaml by name."""
    return {name: Account.of(name, settings or {}) for name, settings in document.data.items()}


def sample(connector: "Connector") -> Account:
    """An account as the connector's file shows one: each setting as its `like:`, in Colombia."""
    likes = {name: part["like"] for name, part in connector.settings.items() if "like" in (part or {})}
    return Account.of(f"{connector.name}.{SAMPLE}", {"country": "CO", "time_zone": "America/Bogota", **likes})
