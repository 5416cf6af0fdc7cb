"""The invented credentials of the demo's accounts: what each of them would get from its vendor."""

from hub.catalog import Catalog
from hub.samples.signing import invented as invented_for

ACCOUNTS: dict[str, tuple[str, ...]] = {
    "shopify.co": ("client_secret", "access_token"),
    "woocommerce.co": ("webhook_secret", "consumer_key", "consumer_secret"),
    "square.bogota": ("signature_key", "access_token"),
    "hubspot.main": ("client_secret", "access_token"),
    "klaviyo.main": ("api_key",),
    "odoo.main": ("api_key",),
    "whatsapp": ("app_secret", "verify_token"),
    "whatsapp.co": ("access_token",),
}
"""Account (or connector, where the vendor signs for all accounts of an app) -> the names of its secrets."""


def invented(catalog: Catalog) -> dict[str, dict[str, str]]:
    """The secrets of the demo's accounts, and those that any other account (or app) of the files needs."""
    found = {account: secrets_of(account) for account in ACCOUNTS}
    for account in catalog.accounts.values():
        app = [account.connector] if catalog.connectors[account.connector].shared else []
        for owner in (account.name, *app):
            found.setdefault(owner, invented_for(catalog.connectors[account.connector], owner))
    return found


def secrets_of(account: str) -> dict[str, str]:
    """The secrets of an account by name; those of its connector's app with them. Empty for an unknown one."""
    owners = (account.partition(".")[0], account)
    return {name: f"demo-{owner}-{name}" for owner in owners for name in ACCOUNTS.get(owner, ())}
