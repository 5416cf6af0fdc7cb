"""Whether the connectors make sense."""

import re
from collections.abc import Iterator
from typing import Any

from hub.catalog import Catalog
from hub.checks import pages
from hub.checks.accounts import OWN
from hub.checks.names import names_asked, unknown_name
from hub.checks.shape import texts
from hub.checks.suggestion import suggest
from hub.connector import CURRENT, Connector
from hub.documents import Step
from hub.errors import FileError
from hub.samples import Samples

READS = frozenset({"record", "since", "page", "id", "account", "secret"})
WRITES = frozenset({"record", "id", "key", "customer", "account", "secret"})
TIES = frozenset({"since", "until", "after", "account", "secret"})
DELETES = frozenset({"id", "key", "account", "secret"})
"""Whoever is erased is known by the id there only."""

SUBSCRIPTIONS = frozenset({"topics", "topic", "address", "until", "id", "key", "page", "account", "secret"})
CALLS = frozenset(
    {"get", "list", "upsert", "create", "update", "delete", "merge", "archive", "restore", "send", "verify"}
)

CUSTOMER = "customer"

LOOKING = frozenset({"update", "delete", "merge", "archive", "restore"})
"""Calls of a record that is known there: with a get, `current` is in scope, the record as it stands."""

MERGES = DELETES | {"other"}
"""Two records are known by their ids there."""

_SCOPES: dict[Step, frozenset[str]] = {
    **{"get": READS, "list": READS, "delete": DELETES},
    "verify": frozenset({"key", "account", "secret"}),
    **{"merge": MERGES, "archive": DELETES, "restore": DELETES},
}
_PATH = re.compile(r"\{[\w.]+\}")
_ALONE = re.compile(r"[?&][^=&{]*=(\{[\w.]+\})(?=&|$)")
_ACCOUNT = re.compile(r"\baccount\.(\w+)")


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in connectors/."""
    for connector in catalog.connectors.values():
        yield from _topics(connector)
        yield from _account_settings(connector)
        yield from _secrets(connector)
        yield from _remaining(connector)
        yield from _privacy(catalog, connector)
        yield from _subscribing(connector)
        for name, resource in connector.data["resources"].items():
            yield from _resource(catalog, connector, name, resource or {})
            yield from _mapped(samples, connector, name)


def _topics(connector: Connector) -> Iterator[FileError]:
    seen: dict[str, str] = {}
    for name, resource in connector.resources.items():
        for number, topic in enumerate(resource.topics):
            if topic in seen:
                message = f'"{topic}" already tells of {seen[topic]}'
                path = ("resources", name, "topics", number)
                yield connector.document.error("topic-twice", message, *path, offset=0)
            seen.setdefault(topic, name)


def _privacy(catalog: Catalog, connector: Connector) -> Iterator[FileError]:
    """Topics that ask about people: each told once, of a resource that holds people, with what names them."""
    error = connector.document.error
    for topic, part in (connector.data.get("privacy") or {}).items():
        here = ("privacy", topic)
        if topic in connector.reception.topics:
            told = connector.reception.topics[topic].name
            yield error("topic-twice", f'"{topic}" already tells of {told}', *here)
        if part["do"] == "erase-account":
            continue
        yield from (
            error("missing-key", f"{name}: is missing", *here)
            for name in ("resource", "record")
            if name not in part
        )
        name = part.get("resource")
        if name is not None and name not in connector.resources:
            hint = suggest(name, connector.resources)
            yield error("unknown-resource", f"no resource {name}", *here, "resource", hint=hint, offset=0)
        elif name and not _holds_customers(catalog, connector, name):
            message = f"no mapping makes customers of {connector.name}.{name}"
            yield error("other-entity", message, *here, "resource", offset=0)


def _subscribing(connector: Connector) -> Iterator[FileError]:
    """What a vendor is told of webhooks: where they come in, and names that its requests have."""
    if connector.subscribing is None:
        return
    error = connector.document.error
    if not connector.receives:
        yield error("missing-key", "receive: is missing, where its webhooks would come in", "subscribe")
    if connector.base_url is None:
        yield error("no-base-url", "base_url: is missing", "subscribe")
    for call in ("list", "create", "delete"):
        yield from _names(connector, ("subscribe", call), SUBSCRIPTIONS)
    if "list" in connector.data["subscribe"]:
        yield from pages.check(connector, ("subscribe", "list"), connector.data["subscribe"]["list"])
    for name in connector.subscribing.secrets:
        if name not in connector.secret_names:
            hint = suggest(name, connector.secret_names)
            message = f"no secret {name} signs or authorises anything"
            yield error("unknown-name", message, "subscribe", "create", "secret", name, hint=hint)


def _holds_customers(catalog: Catalog, connector: Connector, resource: str) -> bool:
    return any(mapping.entity == CUSTOMER for mapping in catalog.mappings_of(connector.name, resource))


def _account_settings(connector: Connector) -> Iterator[FileError]:
    known = connector.settings.keys() | OWN | {"name"}
    for path, text in texts(connector.data):
        for match in _ACCOUNT.finditer(text):
            if match[1] not in known and path[0] not in {"standing", "settings"}:
                message = f'"{match[1]}" is not among settings:'
                hint = suggest(match[1], known)
                error = connector.document.error
                yield error("unknown-setting", message, *path, hint=hint, offset=match.start(1))


def _secrets(connector: Connector) -> Iterator[FileError]:
    """Explained secrets that nothing uses."""
    for name in connector.data.get("secrets") or {}:
        if name not in connector.secret_names:
            hint = suggest(name, connector.secret_names)
            message = f"no secret {name} signs or authorises anything"
            yield connector.document.error("unknown-name", message, "secrets", name, hint=hint)


def _remaining(connector: Connector) -> Iterator[FileError]:
    """Limits of which answers are said to tell, and that nothing has."""
    written = list(connector.data.get("limit") or ())
    for resource in connector.data["resources"].values():
        calls = [*(resource or {}).values(), *((resource or {}).get("find") or ())]
        written += [limit for call in calls if isinstance(call, dict) for limit in call.get("limit") or ()]
    for number, rule in enumerate(connector.data.get("remaining") or ()):
        if rule["limit"] not in written:
            hint = "write it as in limit:"
            path = ("remaining", number, "limit")
            yield connector.document.error("unknown-limit", "no such limit is written", *path, hint=hint)


def _resource(catalog: Catalog, connector: Connector, name: str, data: dict[str, Any]) -> Iterator[FileError]:
    error, here = connector.document.error, ("resources", name)
    for inner in data.get("contains") or {}:
        if inner not in connector.resources:
            hint = suggest(inner, connector.resources)
            yield error("unknown-resource", f"no resource {inner}", *here, "contains", inner, hint=hint)
    for number, entity in enumerate(data.get("needs") or ()):
        if entity not in catalog.entities:
            hint = suggest(entity, catalog.entities)
            yield error("unknown-entity", f"no entity {entity}", *here, "needs", number, hint=hint)
    yield from _calls(connector, name, data)
    yield from _verified(catalog, connector, name, data)


def _verified(catalog: Catalog, connector: Connector, name: str, data: dict[str, Any]) -> Iterator[FileError]:
    """The field by which a webhook tells of an act: one that identifies, or it is not found by its value."""
    told = (data.get("verify") or {}).get("told")
    if told is None:
        return
    mapped = {mapping.entity for mapping in catalog.mappings_of(connector.name, name)}
    fields = {one.name: one for entity in mapped for one in catalog.entities[entity].fields.values()}
    here = ("resources", name, "verify", "told")
    if told not in fields:
        hint = suggest(told, fields)
        message = f'no entity of {connector.name}.{name} has a field "{told}"'
        yield connector.document.error("cannot-verify", message, *here, hint=hint, offset=0)
    elif not fields[told].identifies:
        message = f"{told} does not identify: an act cannot be found by it"
        yield connector.document.error("cannot-verify", message, *here, hint="identifies: strong", offset=0)


def _mapped(samples: Samples, connector: Connector, name: str) -> Iterator[FileError]:
    """Whether there is a mapping, be it a wrong one."""
    full = f"{connector.name}.{name}"
    if not any((samples.root / "mappings").glob(f"{full}.*")):
        hint = f"write mappings/{full}.yaml"
        yield connector.document.error("no-mapping", f"nothing maps {full}", "resources", name, hint=hint)


def _calls(connector: Connector, name: str, data: dict[str, Any]) -> Iterator[FileError]:
    calls = CALLS & data.keys()
    paths: list[tuple[Step, ...]] = [(call,) for call in sorted(calls)]
    paths += [("find", number) for number in range(len(data.get("find") or ()))]
    if "ties" in (data.get("list") or {}):
        here = ("resources", name, "list", "ties")
        yield from _names(connector, here, TIES)
        if data["list"].get("order") != "time":
            yield connector.document.error("missing-key", "order: time is missing, which ties: needs", *here)
    for path in paths:
        full = ("resources", name, *path)
        if connector.base_url is None:
            yield connector.document.error("no-base-url", "base_url: is missing", *full)
        current = {CURRENT} if path[0] in LOOKING and "get" in data else set()
        yield from _names(connector, full, _SCOPES.get(path[0], WRITES) | current)
        if path[0] == "find":
            yield from _open_searches(connector, full)
        if path[0] == "list":
            yield from pages.check(connector, full, data["list"])


def _open_searches(connector: Connector, path: tuple[Step, ...]) -> Iterator[FileError]:
    """Criteria of a search that are left out when they are null: it would find anybody."""
    call = _at(connector, path)
    hint = "write {coalesce(…, '-')} with a value that nobody has"
    message = "without this value the search finds anybody"
    for match in _ALONE.finditer(call["request"]):
        error = connector.document.error
        yield error("open-search", message, *path, "request", hint=hint, offset=match.start(1))
    for inner, text in texts(call.get("body")):
        if isinstance(inner[-1], str) and _PATH.fullmatch(text):
            yield connector.document.error("open-search", message, *path, "body", *inner, hint=hint, offset=0)


def _names(connector: Connector, path: tuple[Step, ...], known: frozenset[str]) -> Iterator[FileError]:
    """Names in the templates of a call that nothing has there."""
    call = _at(connector, path)
    for inner, names in names_asked(call):
        for name in sorted(names - known):
            yield unknown_name(connector.document, (*path, *inner), name, known)


def _at(connector: Connector, path: tuple[Step, ...]) -> Any:
    part: Any = connector.data
    for step in path:
        part = part[step]
    return part
