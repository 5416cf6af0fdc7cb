"""Whether requests for several records can be put together, and their answers be told apart."""

from collections.abc import Iterator
from typing import Any

from hub.catalog import Catalog
from hub.checks.names import unknown_name
from hub.checks.shape import texts
from hub.connector import Bulk, Connector
from hub.documents import Step
from hub.errors import FileError
from hub.expressions import Expression, compile
from hub.expressions.template import split
from hub.samples import Samples

ENTRY = frozenset({"record", "id", "key", "customer", "account"})
WHOLE = frozenset({"account", "secret"})
"""What the request itself may name, which is of nobody."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in every `bulk:`."""
    for connector in catalog.connectors.values():
        for name, resource in connector.resources.items():
            for call in (resource.upsert, resource.update):
                if call is not None and call.bulk is not None:
                    yield from _bulk(connector, call.bulk, ("resources", name, call.name, "bulk"))


def _bulk(connector: Connector, bulk: Bulk, path: tuple[Step, ...]) -> Iterator[FileError]:
    document, data = connector.document, bulk.data
    if connector.resources[str(path[1])].idempotency is not None:
        message = "one request of several records has no key of one of them"
        yield document.error("bulk-with-key", message, *path, hint="take idempotency: or bulk: out")
    yield from _unknown(connector, path, {"request": data["request"], **_part(data, "headers")}, WHOLE)
    yield from _unknown(connector, path, _part(data, "body"), ENTRY)
    entry = _entry(data)
    if entry is None:
        message = f'the body has no list "{data["at"]}" with one entry'
        hint = "write the body for one record: {inputs: [{…}]}"
        yield document.error("bulk-entry", message, *path, "at", hint=hint, offset=0)
    elif isinstance(entry, dict):
        for part in ("name", "once"):
            for name in sorted(compile(data[part]).names - entry.keys()) if part in data else ():
                yield unknown_name(document, (*path, part), name, entry.keys())


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: data[name]} if name in data else {}


def _unknown(
    connector: Connector, path: tuple[Step, ...], written: dict[str, Any], known: frozenset[str]
) -> Iterator[FileError]:
    """Names in templates that nothing has there; what is taken from the call is its own to check."""
    own: Any = connector.data
    for step in path:
        own = own[step]
    for inner, text in texts(written):
        here = path if inner[0] in own else path[:-1]
        for part in split(text):
            for name in sorted(part.names - known) if isinstance(part, Expression) else ():
                yield unknown_name(connector.document, (*here, *inner), name, known)


def _entry(data: dict[str, Any]) -> Any:
    """The one entry of the list in the body, None where there is none."""
    found: Any = data.get("body")
    for step in data["at"].split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found[0] if isinstance(found, list) and len(found) == 1 else None
