"""How the fields of an entity are decided, from the files: what folding needs to know."""

from dataclasses import dataclass

from hub import keys
from hub.catalog import Catalog
from hub.golden import Policy
from hub.identity import Guards
from hub.messages import digest, dumps
from hub.pipeline.subjects import contained

CUSTOMER = "customer"
"""The register that links an order, a cart or a message to the customer record that it was told with."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies of one entity; `revision` changes when any of them does, and the roots are folded anew."""

    catalog: Catalog
    policies: dict[str, Policy]
    guards: Guards
    revision: str

    def role(self, record: str) -> str:
        """The role of the account that a record (its partition key) comes from."""
        found = self.catalog.accounts.get(keys.told(record).source)
        return found.role if found else ""

    def login(self, record: str) -> bool:
        """Whether a record is one person's account at its source: not a guest, not told inside another."""
        return self.role(record) in self.guards.logins and not contained(self.catalog, keys.told(record))


def rules(catalog: Catalog, entity: str) -> Rules:
    """The rules of an entity as the deployed files have them, kept with the catalogue that they come from."""
    kept: dict[str, Rules] = catalog.__dict__.setdefault("rules of unify", {})
    if entity not in kept:
        kept[entity] = _rules(catalog, entity)
    return kept[entity]


def _rules(catalog: Catalog, entity: str) -> Rules:
    declared = catalog.entities[entity]
    policies = {
        name: Policy(field.keep, field.roles, catalog.owners.owner(entity, name) or "")
        for name, field in declared.fields.items()
    }
    if declared.customer:
        policies[CUSTOMER] = Policy("newest")
    roles = {name: account.role for name, account in catalog.accounts.items()}
    return Rules(catalog, policies, declared.guards, digest(dumps([policies, roles]))[:12])
