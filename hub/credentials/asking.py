"""One request to a vendor with the account's credential, and a second one where a newer credential may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.accounts import Account
from hub.connector import Call, HttpRequest, HttpResponse, Outcome
from hub.credentials.parts import Parts
from hub.credentials.use import current, refused
from hub.reprs import discreet

Send = Callable[[HttpRequest], tuple[Outcome, HttpResponse]]


@discreet()
@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked, what was answered, and what that means. `used`: the credential."""

    request: HttpRequest
    response: HttpResponse
    outcome: Outcome
    used: dict[str, str]


def asked(
    hub: Parts,
    account: Account,
    call: Call,
    scope: dict[str, Any],
    send: Send,
) -> Exchange:
    """The exchange; `send` gives the answer and what it means.

    Raises RecordError, RetryError, and PauseError where there is no credential.
    """
    first = _once(hub, account, call, scope, send)
    if not again(hub, account.name, first.used, first.outcome):
        return first
    return _once(hub, account, call, scope, send)


def again(hub: Parts, account: str, used: dict[str, str], outcome: Outcome) -> bool:
    """Whether a request that got `outcome` may be repeated: its credential was refused, and there is
    another one now. Raises RetryError.
    """
    if outcome.kind != "pause":
        return False
    connector = hub.catalog.connectors.get(account.partition(".")[0])
    doubtful = outcome.renews or not (connector and connector.auth.kind)
    return doubtful and refused(hub, account, used)


def _once(
    hub: Parts,
    account: Account,
    call: Call,
    scope: dict[str, Any],
    send: Send,
) -> Exchange:
    used = current(hub, account.name)
    request = call.signed(call.render(scope, account, used), account, used, hub.clock())
    outcome, response = send(request)
    return Exchange(request, response, outcome, used)
