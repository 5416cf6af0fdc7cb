"""Whether what goes to queues and buses has what these need, and goes where one is."""

from collections.abc import Iterator

from hub.accounts import Account
from hub.catalog import Catalog
from hub.checks.names import names_asked
from hub.connector import Call, Connector, account_scope
from hub.connector.arn import Arn
from hub.connector.call import GROUP, KEY, READS, SOURCE, TYPE
from hub.errors import FileError
from hub.expressions import EvaluationError, compile, template
from hub.samples import Samples

HEADERS = {
    SOURCE: "who says it: a bus needs it, a rule there asks for it",
    TYPE: "what it is, such as customer.updated: a bus needs it",
    GROUP: "among what its order is kept in a FIFO queue, such as {customer.id}",
}
"""The headers that every message has, so that an account can be a queue as well as a bus."""

OF_HTTP = ("auth", "sign", "headers", "subscribe")
"""Parts of a file that say nothing of messages: who may send there, IAM says."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in connectors whose `request:` is SEND, and in the addresses of their accounts."""
    for connector in catalog.connectors.values():
        if connector.sends_messages:
            yield from _parts(connector)
            yield from _addresses(catalog, connector)


def _parts(connector: Connector) -> Iterator[FileError]:
    error = connector.document.error
    for name in OF_HTTP:
        if name in connector.data:
            message = f"{name}: is of HTTP, and what goes out here are messages"
            yield error("of-http", message, name, hint="take it out: IAM says who may send")
    for call in (call for one in connector.resources.values() for call in one.calls):
        if not call.is_message:
            message = "this is HTTP, and other calls here send messages: their addresses differ"
            yield error("of-http", message, *call.path, "request", hint="make it a connector of its own")
        elif call.name in READS:
            message = "who sends a message gets no answer to read"
            yield error("no-answer", message, *call.path, hint="take it out")
        else:
            yield from _message(connector, call)


def _message(connector: Connector, call: Call) -> Iterator[FileError]:
    """What a message lacks."""
    error, headers = connector.document.error, call.data.get("headers") or {}
    for name in [one for one in HEADERS if one not in headers]:
        message = f"headers: {name} is missing"
        yield error("half-message", message, *call.path, hint=f"{name}: {HEADERS[name]}")
    held = call.idempotency
    if held is None or held.header != KEY:
        message = f"idempotency: {{header: {KEY}}} is missing"
        hint = "by its key a FIFO queue, and whoever reads it, knows a repeated message again"
        yield error("half-message", message, *call.path[:2], hint=hint)
    if call.id is not None and not compile(call.id.source).names <= {"headers"}:
        message = "AWS answers with an id of the message, another one each time"
        yield error(
            "no-answer", message, *call.path, "id", hint="read what the message said: headers.subject"
        )
    if not any(path[0] == "body" and "key" in names for path, names in names_asked(call.data)):
        message = "{key} is not in the body"
        hint = 'write it there, as id: "{key}": on a bus the body is all that is seen of a message'
        yield error("half-message", message, *call.path, hint=hint)


def _addresses(catalog: Catalog, connector: Connector) -> Iterator[FileError]:
    """The accounts that name neither a queue nor a bus."""
    for kind, document in catalog.documents:
        for account in catalog.accounts.values() if kind == "accounts" else ():
            text = _address(connector, account) if account.connector == connector.name else None
            if text is not None and Arn.of(text) is None:
                message = f"{connector.name} sends messages, and this names no queue and no bus"
                hint = "arn:aws:sqs:<region>:<12 digits>:<queue> or arn:aws:events:…:event-bus/<bus>"
                yield document.error("no-arn", message, account.name, hint=hint)


def _address(connector: Connector, account: Account) -> str | None:
    """Where an account's messages go, None where a setting is missing."""
    try:
        written = template(account.base_url or connector.base_url or "")
        found = written({"account": account_scope(account)})
    except EvaluationError:
        return None
    return None if found is None else str(found)
