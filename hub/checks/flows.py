"""Whether the flows name what there is."""

from collections.abc import Iterator

from hub.catalog import Catalog
from hub.checks.names import at_name, unknown_field, unknown_member, unknown_name
from hub.checks.suggestion import suggest
from hub.documents import Step
from hub.errors import FileError
from hub.expressions import Expression
from hub.flow import Flow, Send
from hub.samples import Samples

MESSAGE = "message"
"""The entity that `with:` builds."""


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes in flows/."""
    for flow in catalog.flows.values():
        yield from _entities(catalog, flow)
        yield from _twice(catalog, flow)
        for number, send in enumerate(flow.send):
            yield from _send(catalog, flow, number, send)


def _twice(catalog: Catalog, flow: Flow) -> Iterator[FileError]:
    """Destinations that stand twice in a flow: the second would never hear of it."""
    seen: set[str] = set()
    for number, send in enumerate(flow.send):
        to = _meant(catalog, send.to)
        if to in seen:
            hint = "write a second flow"
            yield flow.document.error("sent-twice", f"{send.to} is already told", "send", number, hint=hint)
        seen.add(to)


def _meant(catalog: Catalog, to: str) -> str:
    """A destination with its account, as far as it can be told."""
    try:
        return catalog.destination(to)
    except (LookupError, ValueError):
        return to


def _entities(catalog: Catalog, flow: Flow) -> Iterator[FileError]:
    if flow.on not in catalog.entities:
        hint = suggest(flow.on, catalog.entities)
        yield flow.document.error("unknown-entity", f"no entity {flow.on}", "on", hint=hint, offset=0)
        return
    for entity, expression in flow.cancel.items():
        if entity not in catalog.entities:
            hint = suggest(entity, catalog.entities)
            yield flow.document.error("unknown-entity", f"no entity {entity}", "cancel", entity, hint=hint)
        else:
            yield from _names(catalog, flow, expression, ("cancel", entity), entity)
    for key, own in (("if", flow.condition), ("once", flow.once)):
        if own:
            yield from _names(catalog, flow, own, (key,))
    yield from _personal(catalog, flow)


def _personal(catalog: Catalog, flow: Flow) -> Iterator[FileError]:
    """What an act happens once for stands in a key of the table: no value of a person may."""
    for names in sorted(flow.once.paths) if flow.once else ():
        entity = catalog.entities.get(names[0])
        field = entity.fields.get(names[1]) if entity and len(names) > 1 else None
        if field and field.pii:
            message = f"{field.name} is personal, and what it happens once for stands in keys"
            yield flow.document.error("personal-key", message, "once", hint=f"write {names[0]}.id")


def _names(
    catalog: Catalog, flow: Flow, expression: Expression, path: tuple[Step, ...], *more: str
) -> Iterator[FileError]:
    """Names of an expression that are not the trigger, the customer or a field of theirs."""
    scope = {flow.on, "customer", *more}
    for names in sorted(expression.paths):
        if names[0] not in scope:
            yield unknown_name(flow.document, path, names[0], scope)
            continue
        entity = catalog.entities.get(names[0])
        wrong = unknown_member(entity, names[1:]) if entity and len(names) > 1 else None
        if wrong:
            yield at_name(flow.document, path, *wrong)


def _send(catalog: Catalog, flow: Flow, number: int, send: Send) -> Iterator[FileError]:
    short = isinstance(flow.document.data["send"][number], str)
    path: tuple[Step, ...] = ("send", number) if short else ("send", number, "to")
    yield from _destination(catalog, flow, send, path)
    if send.fields is None:
        return
    message = catalog.entities.get(MESSAGE)
    for name, expression in send.fields.items():
        here = ("send", number, "with", name)
        wrong = unknown_field(message, (name,)) if message else None
        if wrong:
            yield flow.document.error("unknown-field", wrong[0], *here, hint=wrong[1])
        yield from _names(catalog, flow, expression, here)


def _destination(catalog: Catalog, flow: Flow, send: Send, path: tuple[Step, ...]) -> Iterator[FileError]:
    name, _, kind = send.to.partition(".")
    kind = kind.rpartition(".")[2]
    connector = catalog.connectors.get(name)
    error = flow.document.error
    if connector is None:
        hint = suggest(name, catalog.connectors)
        yield error("unknown-connector", f"no connector {name}", *path, hint=hint, offset=0)
        return
    if not kind:
        hint = "connector.resource, or connector.account.resource"
        yield error("no-resource", "a destination names its resource", *path, hint=hint, offset=0)
        return
    if kind not in connector.resources:
        hint = suggest(kind, connector.resources)
        yield error(
            "unknown-resource",
            f"{name} has no resource {kind}",
            *path,
            hint=hint,
            offset=len(send.to) - len(kind),
        )
        return
    yield from _account(catalog, flow, send, path)
    yield from _mapped(catalog, flow, send, path, (name, kind))
    if flow.purpose and connector.channel is None:
        message = f"{name} has no channel, so nobody consented to it"
        yield error("no-channel", message, *path, hint="set channel: in the connector", offset=0)


def _account(catalog: Catalog, flow: Flow, send: Send, path: tuple[Step, ...]) -> Iterator[FileError]:
    try:
        catalog.destination(send.to)
    except LookupError:
        name, *account, kind = send.to.split(".")
        mine = sorted(one.key for one in catalog.accounts.values() if one.connector == name)
        if mine and not account:
            hint = "write " + " or ".join(f"{name}.{key}.{kind}" for key in mine)
            yield flow.document.error(
                "ambiguous-account", f"{name} has {len(mine)} accounts", *path, hint=hint, offset=0
            )
        else:
            hint = suggest(account[0], mine) if account else f"add {name}.main to accounts.yaml"
            message = f"{name} has no account {account[0]}" if account else f"{name} has no account"
            yield flow.document.error("unknown-account", message, *path, hint=hint, offset=0)


def _mapped(
    catalog: Catalog, flow: Flow, send: Send, path: tuple[Step, ...], destination: tuple[str, str]
) -> Iterator[FileError]:
    """Whether the destination can be written, and from this entity."""
    name, kind = destination
    resource = catalog.connectors[name].resources[kind]
    if not (resource.upsert or resource.create or resource.update or resource.send):
        yield flow.document.error(
            "not-writable", f"{name}.{kind} has no upsert, create or send", *path, offset=0
        )
    entity = flow.on if send.fields is None else MESSAGE
    mapped = {mapping.entity for mapping in catalog.mappings_of(name, kind)} & catalog.entities.keys()
    if mapped and entity not in mapped:
        message = f"{name}.{kind} maps {' and '.join(sorted(mapped))}, not {entity}"
        hint = "build a message with with:" if MESSAGE in mapped else ""
        yield flow.document.error("other-entity", message, *path, hint=hint, offset=0)
