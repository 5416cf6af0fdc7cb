"""The page of one connector: what it takes and writes, what it needs, how it is set up, how sure it is."""

from collections.abc import Iterator
from typing import Any

from hub.catalog import Catalog
from hub.connector import Connector
from hub.connector.resource import Resource
from hub.listing.facts import Facts, goes
from hub.listing.standing import Standing
from hub.mapping import Mapping

_CALLS = ("find", "upsert", "create", "update", "merge", "archive", "restore", "delete", "send")
_ACCOUNT = "main"


def page(catalog: Catalog, name: str) -> str:
    """The page in Markdown. Raises KeyError for an unknown connector."""
    one = Facts(catalog, catalog.connectors[name])
    parts = (
        _head(one),
        _incoming(one),
        _outgoing(one),
        _fields(one),
        _needs(one),
        _setup(one),
        _standing(one),
    )
    return "\n".join(line for part in parts for line in part)


def _head(one: Facts) -> Iterator[str]:
    yield f"# {one.title}"
    yield ""
    yield one.about
    yield ""


def _incoming(one: Facts) -> Iterator[str]:
    rows = [
        _comes(one, resource, mapping) for resource, mapping in one.mappings() if one.comes(resource, mapping)
    ]
    if rows:
        yield from ("## Comes in", "", "| their | becomes | how |", "|---|---|---|", *rows, "")
    if wanted := (one.connector.data.get("receive") or {}).get("within"):
        yield from (f"A webhook is to be answered within {wanted}; later answers are counted.", "")


def _comes(one: Facts, resource: Resource, mapping: Mapping) -> str:
    ways = []
    if resource.topics:
        thin = ", then fetched" if resource.get else ""
        kind = "webhooks" if one.connector.reception.by_http else "messages"
        ways.append(f"{kind} {_codes(resource.topics)}{thin}")
    if resource.list:
        ways.append("asked for" + ("" if resource.topics else " every five minutes"))
    if one.is_files:
        ways.append("files: left in the hub's bucket, or `hub import`")
    ways += [f"inside of {outer}" for outer in one.around(resource.name)]
    return f"| {resource.name} | {mapping.entity} | {'; '.join(ways)} |"


def _outgoing(one: Facts) -> Iterator[str]:
    rows = [_goes(resource, mapping) for resource, mapping in one.mappings() if goes(resource, mapping)]
    if rows:
        yield from ("## Goes out", "", "| our | becomes | calls |", "|---|---|---|", *rows, "")
    limits = [_limit(limit) for limit in one.connector.data.get("limit") or ()]
    if limits:
        yield from (f"Limits of an account: {'; '.join(limits)}.", "")


def _goes(resource: Resource, mapping: Mapping) -> str:
    calls = ", ".join(call for call in _CALLS if call in resource.data)
    return f"| {mapping.entity} | {resource.name} | {calls} |"


def _limit(limit: Any) -> str:
    if isinstance(limit, dict):
        inner = limit.get("cost", limit)
        points = " points" if "cost" in limit else ""
        return (
            f"{inner}{points}"
            if isinstance(inner, str)
            else f"a bucket of {inner['bucket']}, {inner['refill']}"
        )
    return str(limit)


def _fields(one: Facts) -> Iterator[str]:
    """What of a record stands where, a table for each mapping."""
    for _, mapping in one.mappings():
        rows = list(_lines(mapping))
        if rows:
            yield from (
                f"### {mapping.resource} and {mapping.entity}",
                "",
                "| their | | our |",
                "|---|---|---|",
                *rows,
                "",
            )


def _lines(mapping: Mapping) -> Iterator[str]:
    data = mapping.document.data
    for theirs, ours in mapping.both.items():
        yield f"| `{theirs}` | ↔ | `{ours}` |"
    for ours in data.get("in") or {}:
        yield f"| {_source(data['in'][ours])} | → | `{ours}` |"
    for theirs in data.get("out") or {}:
        yield f"| `{theirs}` | ← | {_source(data['out'][theirs])} |"


def _source(leaf: Any) -> str:
    """An expression as it is written; of a leaf with more to it, where it comes from."""
    text = leaf if isinstance(leaf, str) else leaf.get("from") if isinstance(leaf, dict) else None
    if not isinstance(text, str):
        return "several"
    return f"`{text}`".replace("|", "\\|") if "`" not in text else f"`` {text} ``".replace("|", "\\|")


def _needs(one: Facts) -> Iterator[str]:
    connector = one.connector
    rows = [
        f"| `{name}` | {said.get('help', '')} | `{said.get('like', '')}` |"
        for name, said in connector.settings.items()
    ]
    if rows:
        yield from (
            "## Settings of an account",
            "",
            "| setting | what it is | such as |",
            "|---|---|---|",
            *rows,
            "",
        )
    told = connector.data.get("secrets") or {}
    rows = [f"| `{name}` | {told.get(name, {}).get('help', '')} |" for name in connector.secret_names]
    if rows:
        yield from ("## Secrets", "", "| secret | where it is found |", "|---|---|", *rows, "")


def _setup(one: Facts) -> Iterator[str]:
    """The steps in the vendor's console, then those here."""
    steps = [*(one.connector.data.get("setup") or ()), *_ours(one)]
    yield from ("## Set it up", "", *(f"{number}. {step}" for number, step in enumerate(steps, 1)), "")


def _ours(one: Facts) -> Iterator[str]:
    connector = one.connector
    account = f"{connector.name}.{_ACCOUNT}"
    likes = "".join(
        f", {name}: {_written(said.get('like', ''))}" for name, said in connector.settings.items()
    )
    yield f"Enter the account in `accounts.yaml`, and deploy: `{account}: {{role: {one.role}{likes}}}`"
    if connector.secret_names:
        yield f"Set its secrets: `hub accounts secret set {account}`" + _apps(connector)
    if connector.subscribing:
        yield f"Let the vendor send its webhooks here: `hub subscribe {account}`"
    elif connector.reception.by_http:
        path = f"/v1/webhooks/{connector.name}" + ("" if connector.shared else f"/{_ACCOUNT}")
        yield f"Let the vendor send its webhooks to `https://<the hub>{path}{_query(connector)}`"
    if connector.base_url:
        yield f"Try it: `hub accounts test {account}`"


def _apps(connector: Connector) -> str:
    return (
        f"; those of the app once for all accounts: `hub accounts secret set {connector.name}`"
        if connector.shared and connector.reception.by_http
        else ""
    )


def _query(connector: Connector) -> str:
    """The token in the address, where it is what shows who sends."""
    equals = str(((connector.data.get("receive") or {}).get("signature") or {}).get("equals", ""))
    name = equals.removeprefix("query.") if equals.startswith("query.") else ""
    return f"?{name}=<the secret>" if name else ""


def _written(like: Any) -> str:
    text = str(like)
    plain = text.replace("-", "").replace("_", "").isalnum() and not text.isdigit()
    return text if plain else f'"{text}"'


def _standing(one: Facts) -> Iterator[str]:
    rows = [f"| {part} | {level} | {source} |" for part, level, source in Standing(one.connector).said()]
    if rows:
        yield from (
            "## How sure each part is",
            "",
            "| part | verified by | source |",
            "|---|---|---|",
            *rows,
            "",
        )


def _codes(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)
