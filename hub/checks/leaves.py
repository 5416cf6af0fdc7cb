"""Whether what a leaf gives can be a value of its field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.checks.inference import Inference
from hub.checks.names import PARTS
from hub.checks.suggestion import suggest
from hub.checks.text import Text
from hub.checks.tree import Node
from hub.checks.types import ANY, Type, of
from hub.checks.wording import Scope, kinds, remarks
from hub.documents import Step
from hub.entity import Entity, Field
from hub.errors import FileError
from hub.mapping import ABSENT, Mapping, Rule

_ACCEPTS = {
    "text": {"text", "number", "boolean"},
    "phone": {"text", "number"},
    "tax_id": {"text", "number"},
    "time": {"text", "number"},
    "date": {"text", "number"},
    "number": {"text", "number"},
    "boolean": {"boolean", "text", "number"},
    "money": {"object"},
    "address": {"object"},
    "list": {"list"},
    "object": {"object"},
}
"""The kinds of values that have a normal form; text alone for the other types."""

_CURES = {
    "money": "money({}, currency) makes money of it",
    "address": "write its parts: address.line1, address.city, …",
    "list": "split({0}, ',') or [{0}] makes a list of it",
    "time": "a time is a text or a number",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a leaf must give: a field's type, or that of a part or member. `values`: all that it may be.

    `personal`: it says something of one person, so that a constant would be strange; `identifies`: it
    joins records.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()
    personal: bool = False
    identifies: bool = False

    @property
    def accepts(self) -> set[str]:
        """The kinds of values that have a normal form in it."""
        return _ACCEPTS.get(self.type, {"text"})


def target_of(entity: Entity, names: tuple[str, ...]) -> Target | None:
    """The target of a leaf; None where nothing is known of it."""
    field = entity.fields.get(names[0])
    if field is None:
        return None
    if len(names) == 1:
        identifies = bool(field.identifies)
        return Target(field.name, field.type, field.values, field.pii or identifies, identifies)
    return Target(names[1], "text", personal=field.pii) if field.type in PARTS else None


def text_of(mapping: Mapping, rule: Rule) -> Text | None:
    """The text of a leaf's expression, None where it has none."""
    if rule.source is None:
        return None
    both = rule.path[0] == "both"
    inner = at(mapping, rule.path)
    path = (*rule.path, "from") if isinstance(inner, dict) and "from" in inner else rule.path
    return Text(mapping.document, path, rule.source.source, key=both)


def at(mapping: Mapping, path: tuple[Step, ...]) -> Any:
    """What stands at a path of the mapping's file."""
    data = mapping.document.data
    for step in path:
        data = data[step]
    return data


def check(
    mapping: Mapping, rule: Rule, text: Text, target: Target | None, scope: Scope
) -> Iterator[FileError]:
    """What is wrong with the expression of a leaf, and with its value for the target."""
    if target and target.identifies:
        yield from _shared(text, target)
    if rule.lookup is None:
        yield from value(text, target, scope)
        if target and target.type == "boolean":
            yield from _missing_as_false(text, scope)
        return
    yield from remarks(text, scope)[1]
    yield from _words(mapping, rule, target) if target else ()
    if rule.lookup.keys() <= {"true", "false"}:
        yield from _missing_as_false(text, scope, "read {} itself, and turn the lookup round")


def value(text: Text, target: Target | None, scope: Scope) -> Iterator[FileError]:
    """What is wrong with an expression, or else with what it gives."""
    found, wrong = remarks(text, scope)
    yield from wrong
    if target:
        yield from () if wrong else _wrong_type(text, target, found, scope)
        yield from _constants(text, target)


def _shared(text: Text, target: Target) -> Iterator[FileError]:
    """Constants in a field that identifies: all who get one become one."""
    for node in results(text.tree):
        literals = node.children if node.calls("concat") else (node,)
        if all(one.kind == "literal" and one.value not in (None, "") for one in literals):
            message = f"whoever gets this {target.name} becomes one and the same"
            hint = "a field that identifies is left out where the record does not say it"
            yield text.error("shared-identity", message, node, hint)


def _wrong_type(text: Text, target: Target, found: Type, scope: Scope) -> Iterator[FileError]:
    if found.some and not found.some & target.accepts:
        message = f"{target.name} is of type {target.type}, and this is {kinds(found)}{scope.evidence}"
        yield text.error("wrong-type", message, first(text.tree), _cure(target, found, text))
    elif target.type == "money" and found.only("object") and _lacks_amount(found):
        message = f"{target.name} is money, and this has no amount and currency{scope.evidence}"
        yield text.error("wrong-type", message, first(text.tree), _cure(target, ANY, text))


def _lacks_amount(found: Type) -> bool:
    return found.fields is not None and not found.open and not {"amount", "currency"} <= found.fields.keys()


def _cure(target: Target, found: Type, text: Text) -> str:
    if found.only("object") and "amount" in (found.fields or {}):
        return "its .amount is a text"
    if found.only("list") and target.accepts & {"text", "number"}:
        return f"{text.source} | [0] takes the first of them"
    return _CURES.get(target.type, "").format(text.source if text.tree.path else "x")


def first(node: Node) -> Node:
    """The node that stands first in the text."""
    return min(node.nodes(), key=lambda one: one.start)


def values(node: Node) -> Iterator[Node]:
    """The nodes in whose place a value is given, the whole expression first."""
    yield node
    inner: tuple[Node, ...] = ()
    if node.kind == "or_expression" or node.calls("coalesce", "not_null"):
        inner = node.children
    elif node.kind in {"and_expression", "pipe"}:
        inner = node.children[-1:]
    for child in inner:
        yield from values(child)


def results(node: Node) -> Iterator[Node]:
    """The nodes whose own value may be the whole expression's."""
    for one in values(node):
        passing = {"or_expression", "and_expression", "pipe"}
        if one.kind not in passing and not one.calls("coalesce", "not_null"):
            yield one


def _constants(text: Text, target: Target) -> Iterator[FileError]:
    """Constants that have no normal form in the field."""
    for node in results(text.tree):
        constant = node.kind == "literal" and node.value is not None and node.value != ""
        if constant and of(node.value).some & target.accepts and not fits(target, node.value):
            code, message, hint = _misfit(target, node.value)
            yield text.error(code, message, node, hint)


def fits(target: Target, value: Any) -> bool:
    """Whether a constant has a normal form in the field."""
    field = Field(target.name, target.type, values=target.values)
    try:
        field.normalise(value, region="US" if target.type == "phone" else "")
    except ValueError:
        return False
    return True


def _misfit(target: Target, value: Any) -> tuple[str, str, str]:
    if target.values:
        return "unknown-value", f'"{value}" is not one of its values', suggest(str(value), target.values)
    return "wrong-value", f"this is no value of type {target.type}", ""


def _words(mapping: Mapping, rule: Rule, target: Target) -> Iterator[FileError]:
    """The values of a lookup, and of `else:`."""
    error = mapping.document.error
    for word, ours in (rule.lookup or {}).items():
        if not fits(target, ours):
            code, message, hint = _misfit(target, ours)
            yield error(code, message, *rule.path, "lookup", word, hint=hint, offset=0)
    other = rule.otherwise
    if other is not ABSENT and other is not None and other != "" and not fits(target, other):
        code, message, hint = _misfit(target, other)
        yield error(code, message, *rule.path, "else", hint=hint, offset=0)


_TURNED = '{{from: {}, lookup: {{"true": false, "false": true}}}} keeps it open'


def _missing_as_false(text: Text, scope: Scope, turned: str = _TURNED) -> Iterator[FileError]:
    """A comparison, or `!x`, as the value of something that may also be unknown."""
    node = text.tree
    if node.kind not in {"comparator", "not_expression"} or node.value not in {None, "eq", "ne"}:
        return
    paths = [child for child in node.children if child.path]
    literals = [child for child in node.children if child.kind == "literal" and child.value is not None]
    if any("null" not in Inference(ANY).type(path, scope.promised).kinds for path in paths):
        return
    if len(paths) != 1 or (node.kind == "comparator" and not literals):
        return
    path = ".".join(paths[0].path)
    said = "true" if node.kind == "not_expression" or node.value == "ne" else "false"
    message = f"without {path} this is {said}, and nobody said so"
    yield text.error("missing-as-false", message, node, _kept_missing(node, path, text.source, turned))


def _kept_missing(node: Node, path: str, source: str, turned: str) -> str:
    if node.kind == "not_expression":
        return turned.format(path)
    if any(child.value is True for child in node.children) and node.value == "eq":
        return f"write {path}"
    return f"write {path} && {source}"
