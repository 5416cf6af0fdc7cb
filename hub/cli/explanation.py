"""Each leaf of a mapping with what it read, before that gets its normal form."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.documents import Document
from hub.errors import Place
from hub.expressions import EvaluationError, Expression
from hub.mapping import ABSENT, Mapping, Rule
from hub.mapping.leaves import Target
from hub.mapping.running import word

_FAILED = object()
"""The value of an expression that has none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One leaf. `at`: what it is for; `source`: its expression; `value`: what that gave.

    `meant`: what the lookup makes of it; ABSENT where it lists nothing; the value where there is no lookup.
    """

    at: str
    line: Place
    source: str
    value: Any
    meant: Any

    def text(self) -> str:
        """As a person reads it."""
        said = (
            _shown(self.value) if self.meant is self.value else f"{_shown(self.value)} → {_shown(self.meant)}"
        )
        return f"{self.at} = {self.source}   {said}   {self.line.file}:{self.line.line}"

    def plain(self) -> dict[str, Any]:
        """As JSON; what has no value has no `value`."""
        value = {} if self.value is _FAILED else {"value": self.value}
        meant = {} if self.meant is ABSENT or self.meant is self.value else {"meant": self.meant}
        line = f"{self.line.file}:{self.line.line}"
        return {"at": self.at, "line": line, "source": self.source, **value, **meant}


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "(not listed)"
    taken = value is not _FAILED
    return (
        json.dumps(value, ensure_ascii=False) if taken else "(no value: a function got what it does not take)"
    )


def read(mapping: Mapping, record: Any, settings: dict[str, Any]) -> list[Reading]:
    """The leaves of the way in, over a record. Raises RecordError for what is no record."""
    scope = mapping.scope(record)
    found = list(_targets(mapping.document, mapping.reads, scope, settings))
    for ledger in mapping.consents:
        for rule in ledger.rules:
            at = f"consent {ledger.channel}.{ledger.purpose} {rule.path[-1]}"
            found += _readings(mapping.document, rule, at, scope, settings)
    return found


def written(mapping: Mapping, entity: dict[str, Any], settings: dict[str, Any]) -> list[Reading]:
    """The leaves of the way out, over an entity with its `customer`."""
    own = {"id": (entity.get("customer") or {}).get("id")} if mapping.entity == "customer" else {}
    return list(_targets(mapping.document, mapping.writes, {**own, **entity}, settings))


def _targets(
    document: Document, targets: Iterable[Target], scope: dict[str, Any], settings: dict[str, Any]
) -> Iterator[Reading]:
    for target in targets:
        yield from _readings(document, target.rule, ".".join(target.names), scope, settings)


def _readings(
    document: Document, rule: Rule, at: str, scope: dict[str, Any], settings: dict[str, Any]
) -> Iterator[Reading]:
    line = document.place(*rule.path)
    if rule.setting is not None:
        value = settings.get(rule.setting)
        yield Reading(at, line, f"setting {rule.setting}", value, value)
    elif rule.each is not None:
        for number, inner in enumerate(_items(scope, rule.each.levels)):
            for name, leaf in rule.each.fields:
                yield from _readings(document, leaf, f"{at}[{number}].{name}", inner, settings)
    elif rule.source is not None:
        value = _value(rule.source, scope)
        source = ".".join(rule.source.path or ()) if rule.path[0] == "both" else rule.source.source
        yield Reading(at, line, source, value, _meant(rule, value))


def _items(scope: dict[str, Any], levels: tuple[tuple[str, Expression], ...]) -> list[dict[str, Any]]:
    scopes = [scope]
    for name, source in levels:
        found = ((one, _value(source, one)) for one in scopes)
        scopes = [{**one, name: item} for one, items in found if isinstance(items, list) for item in items]
    return scopes


def _value(source: Expression, scope: dict[str, Any]) -> Any:
    try:
        return source(scope)
    except EvaluationError:
        return _FAILED


def _meant(rule: Rule, value: Any) -> Any:
    if rule.lookup is None or value is None or value is _FAILED:
        return value
    return rule.lookup.get(str(word(value)), rule.otherwise)
