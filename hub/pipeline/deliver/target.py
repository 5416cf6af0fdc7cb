"""Where a delivery goes: the account, its connector and resource, and the switches of the account."""

from dataclasses import dataclass, replace
from typing import Self

from hub import keys
from hub.accounts import Account
from hub.catalog import Catalog
from hub.connector import Call, Connector, Resource
from hub.mapping import Context, Mapping
from hub.pipeline import Hub
from hub.pipeline.flows import commit_once
from hub.pipeline.subjects import CUSTOMER
from hub.store import Item
from hub.times import from_epoch

STAGE = "*"
"""Name of the switch that holds for all accounts."""


@dataclass(frozen=True, slots=True)
class Target:
    """A destination: `name` is `connector.account.resource`; `mappings` are its mappings by entity.

    `customers`: destinations of this account that hold customers.
    """

    name: str
    account: Account
    connector: Connector
    resource: Resource
    mappings: dict[str, Mapping]
    customers: tuple[str, ...]

    @classmethod
    def find(cls, catalog: Catalog, name: str) -> Self | None:
        """The destination of this name, None when the deployed files no longer have it."""
        kind, short, wanted = name.split(".")
        account = catalog.accounts.get(f"{kind}.{short}")
        connector = catalog.connectors.get(kind)
        resource = connector.resources.get(wanted) if connector else None
        if account is None or connector is None or resource is None:
            return None
        mappings = {mapping.entity: mapping for mapping in catalog.mappings_of(kind, wanted)}
        held = (
            f"{kind}.{short}.{r}"
            for r in connector.resources
            if any(m.entity == CUSTOMER for m in catalog.mappings_of(kind, r))
        )
        return cls(name, account, connector, resource, mappings, tuple(held))

    @property
    def account_name(self) -> str:
        """`connector.account`: names the account's secret, limits and switch."""
        return self.name.rpartition(".")[0]

    @property
    def idempotent(self) -> bool:
        """Whether the same request may be sent twice: the vendor knows it again by its key."""
        return self.resource.idempotency is not None and self.resource.idempotency.repeatable

    def begins(self, known: bool) -> Call | None:
        """The call that writing a record begins with: of one that is `known` there, or of another."""
        update = self.resource.update if known else None
        if update is not None and update.looks:
            return self.resource.get
        return update or self.resource.upsert or next(iter(self.resource.find), None) or self.resource.create

    def context(self, now: float) -> Context:
        """What a mapping needs to know of the account."""
        return Context(account=self.account, received_at=from_epoch(now))


@dataclass(frozen=True, slots=True)
class Switches:
    """What an operator has switched without a deployment."""

    paused: bool
    dry_run: bool


def switches(hub: Hub, account: str) -> Switches:
    """The switches of an account, the stage's included."""
    own, stage = keys.account(account), keys.account(STAGE)
    found = [item.data for item in hub.store.read([own, stage]).values()]
    return Switches(
        paused=hub.settings.pause_all or any(data.get("paused") for data in found),
        dry_run=any(data.get("dry_run") for data in found),
    )


def pause(hub: Hub, account: str, reason: str) -> None:
    """Send nothing more to `account` until somebody resumes it. A Conflict: it was switched just now."""
    key = keys.account(account)
    held = hub.store.read([key]).get(key, Item(key, "account"))
    commit_once(hub.store, replace(held, data={**held.data, "paused": True, "reason": reason}))
