"""Whether what a mapping reads is there, and can be what the entity's fields are."""

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from functools import partial

from hub.checks import leaves, lists, lookups, sources
from hub.checks.leaves import Target, target_of, text_of
from hub.checks.names import unknown_field
from hub.checks.payloads import Payloads
from hub.checks.suggestion import suggest
from hub.checks.text import Text
from hub.checks.types import ANY
from hub.checks.wording import REVIVED, Scope, impossible, is_computed
from hub.entity import Entity
from hub.errors import FileError
from hub.mapping import Mapping, Rule
from hub.mapping.model import STATES

Names = tuple[str, ...]
Members = Dict[str, str]
"""What the objects of a list hold: name -> type."""


def check(mapping: Mapping, entity: Entity, payloads: Payloads) -> Iterator[FileError]:
    """The mistakes in `both:`, `in:` and `consent:`."""
    promised = payloads.said(mapping) or ANY
    scope = Scope(payloads.scope(mapping), " in every sample", promised, payloads.unseen(mapping))
    yield from _targets(mapping, entity)
    for target in mapping.reads:
        wanted = target_of(entity, target.names)
        members = entity.fields[target.names[0]].of if wanted else {}
        yield from _leaf(mapping, wanted, members, target.rule, scope)
    yield from _consents(mapping, scope)


def _targets(mapping: Mapping, entity: Entity) -> Iterator[FileError]:
    """Fields that there are not, or that are read twice, whole or in part."""
    seen: set[Names] = set()
    for target in mapping.reads:
        path, names = target.rule.path, target.names
        value = path[0] == "both"
        where = (*path, "field") if value and isinstance(leaves.at(mapping, path), dict) else path
        said = _wrong_target(entity, names, seen)
        if said:
            code, message, hint = said
            yield mapping.document.error(code, message, *where, hint=hint, offset=0 if value else None)
        seen.add(names)


def _wrong_target(entity: Entity, names: Names, seen: set[Names]) -> tuple[str, str, str] | None:
    wrong = unknown_field(entity, names)
    if wrong:
        return "unknown-field", *wrong
    if names in seen:
        return "field-twice", f"{'.'.join(names)} is already read", ""
    other = whole_or_part(names, seen)
    if other:
        message = f"{'.'.join(other)} is already read: one of both is lost"
        return "whole-and-part", message, "read the whole, or each of its parts"
    return None


def whole_or_part(names: Names, seen: set[Names]) -> Names | None:
    """The target that this one is a part of, or that is a part of this one."""
    return next((one for one in sorted(seen) if one == names[: len(one)] or names == one[: len(names)]), None)


def _leaf(
    mapping: Mapping, wanted: Target | None, members: Members, rule: Rule, scope: Scope
) -> Iterator[FileError]:
    text = text_of(mapping, rule)
    if text:
        yield from sources.check(text, scope, mapping.name, wanted)
        yield from leaves.check(mapping, rule, text, wanted, scope)
        yield from lookups.check(mapping, rule, text, scope)
        yield from impossible(text, scope.promised)
        if wanted and "||" in text.source:
            yield from _or_on_boolean(text, wanted)
    for level, inside in lists.texts(mapping, rule, scope):
        yield from sources.check(level, inside, mapping.name)
    yield from lists.check(mapping, rule, scope, partial(_item, mapping, members))


def _item(mapping: Mapping, members: Members, rule: Rule, scope: Scope) -> Iterator[FileError]:
    """A leaf inside of a list."""
    name = str(rule.path[-1])
    if members and name not in members:
        message = f'the items of this list have no "{name}"'
        yield mapping.document.error("unknown-field", message, *rule.path, hint=suggest(name, members))
    wanted = Target(name, members[name]) if name in members else None
    yield from _leaf(mapping, wanted, {}, rule, scope)


def _consents(mapping: Mapping, scope: Scope) -> Iterator[FileError]:
    for ledger in mapping.consents:
        yield from _leaf(
            mapping, Target("the address", ledger.type, personal=True), {}, ledger.address, scope
        )
        yield from _leaf(mapping, Target("the state", "text", tuple(sorted(STATES))), {}, ledger.state, scope)
        if ledger.at:
            yield from _leaf(mapping, Target("the time", "time", personal=True), {}, ledger.at, scope)


def _or_on_boolean(text: Text, wanted: Target) -> Iterator[FileError]:
    """`a || b` for what may be false, or denied."""
    if wanted.type != "boolean" and wanted.values != tuple(sorted(STATES)):
        return
    for node in leaves.values(text.tree):
        if node.kind == "or_expression" and not all(map(is_computed, node.children)):
            yield text.error(REVIVED[0], REVIVED[1], node, REVIVED[2])
