"""Whether what a mapping writes is in the entity, and each of the vendor's fields is written once."""

from collections.abc import Iterator
from functools import partial

from hub.checks import lists
from hub.checks.inwards import whole_or_part
from hub.checks.leaves import first, text_of
from hub.checks.names import GIVEN, at_name, unknown_member
from hub.checks.payloads import Payloads
from hub.checks.text import Text
from hub.checks.types import ANY, Type, object_of, of_entity
from hub.checks.wording import Scope, kinds, remarks
from hub.entity import Entity
from hub.errors import FileError
from hub.expressions import Expression
from hub.mapping import Mapping, Rule

CUSTOMER = "customer"
_CONTAINERS = frozenset({"list", "object"})


def check(mapping: Mapping, entity: Entity, payloads: Payloads) -> Iterator[FileError]:
    """The mistakes in `out:`, and in what `both:` writes."""
    yield from _targets(mapping)
    scope = Scope(_scope(mapping, entity))
    for target in mapping.writes:
        if target.rule.path[0] != "both":
            yield from _names(mapping, target.rule, set())
            yield from _leaf(mapping, target.rule, scope, _shown(payloads.scope(mapping), target.names))


def _targets(mapping: Mapping) -> Iterator[FileError]:
    """The vendor's fields that are written twice, whole or in part."""
    seen: set[tuple[str, ...]] = set()
    for target in mapping.writes:
        other = whole_or_part(target.names, seen)
        if other:
            code = "written-twice" if other == target.names else "whole-and-part"
            message = f"{'.'.join(other)} is already written"
            yield mapping.document.error(code, message, *target.rule.path, hint="one of both is lost")
        seen.add(target.names)


def _scope(mapping: Mapping, entity: Entity) -> Type:
    known = of_entity(entity)
    customer = mapping.entities.get("customer")
    more = of_entity(customer).nullable() if customer else ANY
    return object_of({**(known.fields or {}), "customer": more})


def _shown(record: Type, names: tuple[str, ...]) -> Type:
    """What the vendor's own samples have in the field."""
    for name in names:
        record = record.member(name) or ANY
    return record


def _leaf(mapping: Mapping, rule: Rule, scope: Scope, shown: Type = ANY) -> Iterator[FileError]:
    text = text_of(mapping, rule)
    if text:
        found, wrong = remarks(text, scope)
        yield from wrong
        if rule.lookup is None:
            yield from _wrong_type(text, found, shown)
    yield from lists.check(mapping, rule, scope, partial(_leaf, mapping))


def _wrong_type(text: Text, found: Type, shown: Type) -> Iterator[FileError]:
    """An object or a list where the vendor has a text, and the other way round."""
    shaped = found.some & _CONTAINERS or shown.some & _CONTAINERS
    if found.some and shown.some and shaped and not found.some & shown.some:
        message = f"the vendor has {kinds(shown)} here in every sample, and this is {kinds(found)}"
        money = found.only("object") and "amount" in (found.fields or {})
        hint = "write its .amount or .currency" if money else ""
        yield text.error("wrong-type", message, first(text.tree), hint)


def _names(mapping: Mapping, rule: Rule, levels: set[str]) -> Iterator[FileError]:
    """Names that the entity has not."""
    text = text_of(mapping, rule)
    if text and rule.source:
        yield from _unknown(mapping, text, rule.source, levels)
    inside = set(levels)
    for name, source in rule.each.levels if rule.each else ():
        level = Text(mapping.document, (*rule.path, "each", name), source.source)
        yield from _unknown(mapping, level, source, inside)
        inside.add(name)
    for _, leaf in rule.each.fields if rule.each else ():
        yield from _names(mapping, leaf, inside)


def _unknown(mapping: Mapping, text: Text, source: Expression, levels: set[str]) -> Iterator[FileError]:
    for names in sorted(source.paths):
        of_customer = names[0] == CUSTOMER
        entity = mapping.entities.get(CUSTOMER if of_customer else mapping.entity)
        seen, given = (names[1:], GIVEN) if of_customer else (names, ("id",))
        known = not seen or names[0] in levels
        wrong = None if known or entity is None else unknown_member(entity, seen, given)
        if wrong:
            yield at_name(text.document, text.path, *wrong)
