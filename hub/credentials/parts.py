"""What credentials need of a hub, and what they work with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from hub.accounts import Account
from hub.catalog import Catalog
from hub.client import Client
from hub.connector import Connector
from hub.credentials.token import Token
from hub.reprs import discreet
from hub.secrets import Secrets
from hub.store import Store


@discreet()
@dataclass(slots=True)
class Seen:
    """A token in this process's memory. `look`: when to read its item again; `unsaved`: the state that it
    came after, while its item could not be written.
    """

    token: Token
    look: float
    unsaved: Token | None = None


@discreet()
@dataclass(slots=True)
class Cache:
    """The tokens that this process knows, by account."""

    seen: dict[str, Seen] = field(default_factory=dict)


class Parts(Protocol):
    """The parts of a hub that are used here."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]

    @property
    def catalog(self) -> Catalog:
        """The files."""
        ...

    @property
    def store(self) -> Store:
        """The table."""
        ...

    @property
    def secrets(self) -> Secrets:
        """What operators set."""
        ...

    @property
    def client(self) -> Client:
        """Outgoing HTTP."""
        ...

    @property
    def tokens(self) -> Cache:
        """What this process knows."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose credential it is: an account and its connector."""

    account: Account
    connector: Connector

    @classmethod
    def find(cls, hub: Parts, name: str) -> "Subject | None":
        """The account of this name where it has a token, None where an operator's secret is all it has."""
        account = hub.catalog.accounts.get(name)
        connector = hub.catalog.connectors.get(account.connector) if account else None
        return cls(account, connector) if account and connector and connector.auth.kind else None

    @property
    def name(self) -> str:
        """`connector.account`."""
        return self.account.name


def given(hub: Parts, account: str, names: frozenset[str]) -> dict[str, str]:
    """The secrets that an operator set for an account; what it lacks of `names` is its connector's app's."""
    held = hub.secrets.get(account)
    own = held[0] if held else {}
    if all(own.get(name) for name in names):
        return own
    app = hub.secrets.get(account.partition(".")[0])
    return {**app[0], **own} if app else own
