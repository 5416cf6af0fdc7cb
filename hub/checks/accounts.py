"""Whether the accounts fit their connectors, and the owners the model."""

from collections.abc import Iterator

from hub.accounts import Account
from hub.catalog import Catalog
from hub.checks.suggestion import suggest
from hub.documents import Document
from hub.errors import FileError
from hub.samples import Samples

OWN = frozenset(
    {"role", "country", "time_zone", "base_url", "public_url", "auth_url", "secret_ends", "quiet_for"}
)
"""What any account may say."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in accounts.yaml and owners.yaml."""
    for kind, document in catalog.documents:
        if kind == "accounts":
            yield from _accounts(catalog, document)
        elif kind == "owners":
            yield from _owners(catalog, document)


def _accounts(catalog: Catalog, document: Document) -> Iterator[FileError]:
    for account in catalog.accounts.values():
        if account.connector in catalog.connectors:
            yield from _settings(catalog, document, account)
            continue
        hint = suggest(account.connector, catalog.connectors)
        yield document.error(
            "unknown-connector", f"no connector {account.connector}", account.name, hint=hint
        )


def _settings(catalog: Catalog, document: Document, account: Account) -> Iterator[FileError]:
    declared = catalog.connectors[account.connector].settings
    for name in declared.keys() - account.settings.keys():
        about = declared[name]
        hint = f"{name}: {about.get('help', '')} (like {about.get('like', '')})"
        yield document.error(
            "missing-setting", f'{account.connector} needs "{name}"', account.name, hint=hint
        )
    for name in account.settings.keys() - declared.keys() - OWN:
        hint = suggest(name, declared.keys() | OWN)
        message = f'{account.connector} has no setting "{name}"'
        yield document.error("unknown-setting", message, account.name, name, hint=hint)


def _owners(catalog: Catalog, document: Document) -> Iterator[FileError]:
    roles = {account.role for account in catalog.accounts.values() if account.role}
    for name, owners in document.data.items():
        entity = catalog.entities.get(name)
        if entity is None:
            hint = suggest(name, catalog.entities)
            yield document.error("unknown-entity", f"no entity {name}", name, hint=hint)
            continue
        for field, role in owners.items():
            if field not in entity.fields:
                hint = suggest(field, entity.fields)
                yield document.error(
                    "unknown-field", f'{name} has no field "{field}"', name, field, hint=hint
                )
            if role not in roles:
                hint = suggest(role, roles)
                yield document.error(
                    "unknown-role", f"no account is {role}", name, field, hint=hint, offset=0
                )
