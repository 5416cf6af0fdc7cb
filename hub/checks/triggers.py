"""Whether a flow's expressions can hold of its trigger, and build a message."""

from collections.abc import Iterator

from hub.catalog import Catalog
from hub.checks import leaves
from hub.checks.flows import MESSAGE
from hub.checks.leaves import first, target_of
from hub.checks.text import Text
from hub.checks.types import ANY, Type, object_of, of_entity
from hub.checks.wording import Scope, kinds, remarks
from hub.documents import Step
from hub.errors import FileError
from hub.expressions import Expression
from hub.flow import Flow
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The mistakes that the types of fields show in flows/."""
    for flow in catalog.flows.values():
        if flow.condition:
            yield from _condition(catalog, flow, flow.condition, ("if",))
        for entity, expression in flow.cancel.items():
            yield from _condition(catalog, flow, expression, ("cancel", entity), entity)
        if flow.once:
            yield from _once(catalog, flow, flow.once)
        yield from _messages(catalog, flow)


def _scope(catalog: Catalog, flow: Flow, *more: str) -> Scope:
    known = {name: catalog.entities.get(name) for name in ("customer", flow.on, *more)}
    types: dict[str, Type] = {name: of_entity(entity) if entity else ANY for name, entity in known.items()}
    if flow.on != "customer":
        types["customer"] = types["customer"].nullable()
    return Scope(object_of(types))


def _condition(
    catalog: Catalog, flow: Flow, expression: Expression, path: tuple[Step, ...], *more: str
) -> Iterator[FileError]:
    text = Text(flow.document, path, expression.source)
    yield from remarks(text, _scope(catalog, flow, *more), condition=True)[1]


def _once(catalog: Catalog, flow: Flow, expression: Expression) -> Iterator[FileError]:
    text = Text(flow.document, ("once",), expression.source)
    found, wrong = remarks(text, _scope(catalog, flow))
    yield from wrong
    if found.only("object"):
        message = f"this is {kinds(found)}, which any change makes another"
        yield text.error("wrong-type", message, first(text.tree), f"write {expression.source}.id")


def _messages(catalog: Catalog, flow: Flow) -> Iterator[FileError]:
    message = catalog.entities.get(MESSAGE)
    for number, send in enumerate(flow.send):
        for name, expression in (send.fields or {}).items():
            text = Text(flow.document, ("send", number, "with", name), expression.source)
            target = target_of(message, (name,)) if message else None
            yield from leaves.value(text, target, _scope(catalog, flow))
