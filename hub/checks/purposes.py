"""Whether somebody is asked for consent before a message tells of a person."""

from collections.abc import Iterator

from hub.catalog import Catalog
from hub.checks.suggestion import suggest
from hub.connector import Connector
from hub.documents import Step
from hub.errors import FileError
from hub.flow import Flow, Send
from hub.mapping.leaves import Ledger
from hub.samples import Samples

Path = tuple[Step, ...]
Names = tuple[str, ...]


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """Flows that send messages over a channel without a purpose, or anything for one that nobody grants."""
    for flow in catalog.flows.values():
        for number, send in enumerate(flow.send):
            connector = catalog.connectors.get(send.to.partition(".")[0])
            asks = flow.purpose is not None or bool(connector and _is_message(connector, send))
            if connector and connector.channel and asks:
                path = _path(flow, number)
                yield from _asked(catalog, flow, send, connector, path)


def _is_message(connector: Connector, send: Send) -> bool:
    """Whether it is said to somebody; what is only kept in step there is not."""
    resource = connector.resources.get(send.to.rpartition(".")[2])
    return send.fields is not None or bool(resource and resource.send)


def _path(flow: Flow, number: int) -> Path:
    short = isinstance(flow.document.data["send"][number], str)
    return ("send", number) if short else ("send", number, "to")


def _asked(catalog: Catalog, flow: Flow, send: Send, connector: Connector, path: Path) -> Iterator[FileError]:
    told = {one.purpose for one in _ledgers(catalog) if one.channel == connector.channel}
    if flow.purpose is None:
        personal = _personal(catalog, flow, send)
        if personal and "purpose" not in flow.document.data:
            message = (
                f"{personal} goes to {connector.name} ({connector.channel}), and nobody is asked for consent"
            )
            purpose = " or ".join(sorted(told)) or "marketing"
            hint = f"write purpose: {purpose}; or purpose: null, where none is needed, as for a receipt"
            yield flow.document.error("no-consent", message, *path, hint=hint, offset=0)
    elif flow.purpose not in told:
        message = f"no mapping tells consent of {connector.channel}.{flow.purpose}: this is never sent"
        hint = suggest(flow.purpose, told) or "a mapping tells it below consent:"
        yield flow.document.error("unheard-purpose", message, "purpose", hint=hint, offset=0)


def _ledgers(catalog: Catalog) -> Iterator[Ledger]:
    for mapping in catalog.mappings.values():
        yield from mapping.consents


def _personal(catalog: Catalog, flow: Flow, send: Send) -> str:
    """A personal field that the message or its address is made of, "" for none."""
    entities = {"customer": catalog.entities.get("customer"), flow.on: catalog.entities.get(flow.on)}
    paths = [path for source in (send.fields or {}).values() for path in sorted(source.paths)]
    paths += [path if path[0] in entities else (flow.on, *path) for path in _written(catalog, send)]
    for owner, name, *_ in (path for path in paths if len(path) > 1):
        field = entity.fields.get(name) if (entity := entities.get(owner)) else None
        if field and field.pii:
            return f"{owner}.{name}"
    return ""


def _written(catalog: Catalog, send: Send) -> Iterator[Names]:
    """What the destination's mappings read: of the customer, and of the trigger where it is sent itself."""
    connector, *_, resource = send.to.split(".")
    for mapping in catalog.mappings_of(connector, resource):
        for target in mapping.writes:
            paths = target.rule.source.paths if target.rule.source else ()
            yield from sorted(path for path in paths if path[0] == "customer" or send.fields is None)
