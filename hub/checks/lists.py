"""Leaves that build lists, `{each: …, fields: …}`: what their levels go through and are named."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from hub.checks.text import Text
from hub.checks.types import ANY, Type, object_of
from hub.checks.wording import Scope, kinds, remarks
from hub.errors import FileError
from hub.mapping import Each, Mapping, Rule
from hub.mapping.running import Path

Inner = Callable[[Rule, Scope], Iterator[FileError]]
"""The check of a leaf inside of a list."""


def check(mapping: Mapping, rule: Rule, scope: Scope, inner: Inner) -> Iterator[FileError]:
    """What is wrong with the levels of a list, and with the leaves of its items."""
    if rule.each is None:
        return
    outer = scope
    for name, source in rule.each.levels:
        text = Text(mapping.document, (*rule.path, "each", name), source.source)
        found, wrong = remarks(text, scope)
        yield from wrong
        yield from _level(text, name, found, outer)
        scope = _inside(scope, name, found)
    yield from _unused(mapping, rule.path, rule.each)
    for _, leaf in rule.each.fields:
        yield from inner(leaf, scope)


def texts(mapping: Mapping, rule: Rule, scope: Scope) -> Iterator[tuple[Text, Scope]]:
    """The expressions of the levels, each with what it sees."""
    for name, source in rule.each.levels if rule.each else ():
        text = Text(mapping.document, (*rule.path, "each", name), source.source)
        yield text, scope
        scope = _inside(scope, name, remarks(text, scope)[0])


def _inside(scope: Scope, name: str, found: Type) -> Scope:
    item = found.item if found.item and found.item.kinds else ANY
    if scope.type.fields is None:
        return scope
    return replace(scope, type=object_of({**scope.type.fields, name: item}, open=scope.type.open))


def _level(text: Text, name: str, found: Type, outer: Scope) -> Iterator[FileError]:
    error = text.document.error
    if found.some and "list" not in found.kinds:
        message = f"this is {kinds(found)}{outer.evidence}, and no list to go through"
        yield error("each-of-no-list", message, *text.path, offset=0)
    if name in (outer.type.fields or {}):
        message = f'"{name}" is also a field of the record, which cannot be read here any more'
        yield error("level-hides-field", message, *text.path, hint="give the level another name")


def _unused(mapping: Mapping, path: Path, each: Each) -> Iterator[FileError]:
    """Levels that neither a field nor an inner level reads: all their items become equal."""
    for number, (name, _) in enumerate(each.levels):
        inner = {used for _, source in each.levels[number + 1 :] for used in source.names}
        if name not in inner | {used for _, leaf in each.fields for used in _names(leaf)}:
            message = f'nothing reads "{name}", so that all its items become the same'
            hint = f"fields read it as {name}.…"
            yield mapping.document.error("unused-level", message, *path, "each", name, hint=hint)


def _names(rule: Rule) -> set[str]:
    """The first-level names that a leaf reads."""
    names = set(rule.source.names) if rule.source else set()
    for _, source in rule.each.levels if rule.each else ():
        names |= source.names
    for _, leaf in rule.each.fields if rule.each else ():
        names |= _names(leaf)
    return names
