"""The use-cases: one module per step, the only place where the rooms of the hub meet."""

import gc
import random
import re
import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.accounts import Account
from hub.archive import Archive, S3Archive
from hub.catalog import Catalog
from hub.client import Client, HttpClient, Publisher
from hub.connector.call import account_scope
from hub.credentials.parts import Cache
from hub.drop import Drop, S3Drop
from hub.expressions import template
from hub.queues import Queue, SqsQueue
from hub.secrets import AwsSecrets, Secrets
from hub.settings import Settings
from hub.store import Store

if TYPE_CHECKING:
    from hub.pipeline.sources.tally import Tally


class Hub:
    """What the steps work with; each part is made when it is first used, or passed in by its name.

    `clock`: Unix seconds; nothing in `hub.pipeline` reads another clock. `sleep`: waits of less than a
    second. `random`: jitter.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        **parts: Any,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.sleep = sleep
        if unknown := sorted(name for name in parts if not hasattr(type(self), name)):
            raise TypeError(f"no such part: {', '.join(unknown)}")
        self.__dict__.update(parts)

    def over(self, store: Store) -> "Hub":
        """The same hub on another store; all other parts are shared, and made by now."""
        self.make()
        other = copy(self)
        other.__dict__["store"] = store
        return other

    def make(self) -> None:
        """Make every part that is not made yet, as threads need it that share them."""
        for name, part in vars(Hub).items():
            if isinstance(part, cached_property):
                getattr(self, name)

    @cached_property
    def catalog(self) -> Catalog:
        """All files: of the artifact when there is one, else of the working directory."""
        return sandboxed(_catalog(), self.settings.vendor_url)

    @cached_property
    def store(self) -> Store:
        """The table."""
        from hub.store.dynamodb import DynamoStore

        return DynamoStore(self.settings.table, clock=self.clock, sleep=self.sleep)

    @cached_property
    def inbound(self) -> Queue:
        """Events on their way to unify."""
        return SqsQueue(self.settings.inbound_url)

    @cached_property
    def outbound(self) -> Queue:
        """Deliveries on their way to deliver."""
        return SqsQueue(self.settings.outbound_url)

    @cached_property
    def archive(self) -> Archive:
        """Raw events and claim checks."""
        return S3Archive(self.settings.bucket)

    @cached_property
    def drop(self) -> Drop:
        """Files that others left."""
        return S3Drop(self.settings.drop)

    @cached_property
    def secrets(self) -> Secrets:
        """The accounts' credentials."""
        return AwsSecrets(self.settings.stack, self.clock)

    @cached_property
    def tokens(self) -> Cache:
        """The tokens that this process knows."""
        return Cache()

    @cached_property
    def client(self) -> Client:
        """The way out to vendors."""
        return Publisher(HttpClient(plain=bool(self.settings.vendor_url)))

    @cached_property
    def tally(self) -> "Tally":
        """What the sources told this process since it was noted last."""
        from hub.pipeline.sources.tally import Tally

        return Tally()

    @cached_property
    def random(self) -> random.Random:
        """Jitter."""
        return random.Random()


GARBAGE = 20_000
"""Objects that are made before Python looks for cycles among them: at its own 700, 4 % of unify's time."""


@cache
def current() -> Hub:
    """The hub of this process, which seldom looks for garbage: events leave little behind."""
    gc.set_threshold(GARBAGE)
    return Hub(Settings.current())


def sandboxed(catalog: Catalog, vendor_url: str) -> Catalog:
    """The catalogue with each account at `<vendor_url>/<connector>.<account>` and its own URL's path.

    Messages to queues and buses stay in the AWS that the stack is in, and where its role lets it send.
    """
    if not vendor_url:
        return catalog
    moved = replace(catalog)
    moved.__dict__["accounts"] = {
        name: account if catalog.sends_messages(account.connector) else _moved(catalog, account, vendor_url)
        for name, account in catalog.accounts.items()
    }
    return moved


def _moved(catalog: Catalog, account: Account, vendor_url: str) -> Account:
    start = f"{vendor_url.rstrip('/')}/{account.name}"
    return replace(account, base_url=f"{start}{_path(catalog, account)}", auth_url=start)


def _path(catalog: Catalog, account: Account) -> str:
    connector = catalog.connectors.get(account.connector)
    written = account.base_url or (connector.base_url if connector else None) or ""
    # An address that only the answer to a token's request names.
    started = re.sub(r"^\{secret\.[^{}]*\}", "https://vendor", written)
    base = str(template(started)({"account": account_scope(account)}))
    return re.sub(r"^[a-z]+://[^/]*", "", base)


def _catalog() -> Catalog:
    try:
        import compiled  # the build writes it into the artifact
    except ImportError:
        return Catalog.read(Path.cwd())
    return Catalog.thaw(compiled.DATA, compiled.MAPPINGS)
