"""What the expressions of a mapping see: the samples' records, or an entity made up by its fields' types."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.entity import Entity, Field
from hub.expressions import EvaluationError, compile
from hub.proof.tokens import Names

_FEW = 2
"""Siblings that are tried for one name."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Scopes that expressions are read in. `seed`: which siblings are tried."""

    scopes: tuple[dict[str, Any], ...]
    seed: str

    def siblings(self, path: Names) -> list[str]:
        """A few names beside the last of a path whose values are of the same kind, if there are any."""
        *outer, name = path
        found = [scope for scope in self.scopes for scope in _inside(scope, outer)]
        kinds = {type(scope[name]) for scope in found if scope.get(name) is not None}
        named = {other: type(value) for scope in found for other, value in scope.items() if other != name}
        alike = sorted(other for other, kind in named.items() if kind in kinds and other != "payload")
        chance = random.Random(f"{self.seed}/{'.'.join(path)}")
        return chance.sample(alike, min(_FEW, len(alike)))

    def inside(self, level: str, source: str) -> "Shape":
        """The shape with a level: what each item of a list sees."""
        return Shape(tuple(one for scope in self.scopes for one in _items(scope, level, source)), self.seed)


def entity_sample(entity: Entity, seed: int = 1) -> dict[str, Any]:
    """An entity in which every field has a value in its normal form."""
    return {field.name: _value(field, seed + number) for number, field in enumerate(entity.fields.values())}


def _inside(scope: Any, names: list[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        scope = scope.get(name) if isinstance(scope, dict) else None
    if isinstance(scope, dict):
        yield scope


def _items(scope: dict[str, Any], level: str, source: str) -> Iterator[dict[str, Any]]:
    try:
        items = compile(source)(scope)
    except EvaluationError:
        items = None
    yield from ({**scope, level: item} for item in (items if isinstance(items, list) else ()))


def _value(field: Field, number: int) -> Any:
    if field.values:
        return field.values[number % len(field.values)]
    if field.type == "list":
        kinds = field.of or {"name": "text"}
        return [{name: _typed(kind, name, number + item) for name, kind in kinds.items()} for item in (0, 1)]
    return _typed(field.type, field.name, number)


def _typed(kind: str, name: str, number: int) -> Any:
    address = {part: f"{part} {number}" for part in ("line1", "line2", "city", "region", "postcode")}
    values: dict[str, Any] = {
        "email": f"person{number}@correo.example",
        "phone": f"+5731055501{number % 100:02}",
        "tax_id": str(900_000_000 + number),
        "time": f"2026-03-{number % 28 + 1:02}T10:30:00.000000Z",
        "date": f"1990-03-{number % 28 + 1:02}",
        "number": number,
        "boolean": number % 2 == 0,
        "country": "CO",
        "language": "es-CO",
        "money": {"amount": f"{number}.50", "currency": "USD"},
        "address": {**address, "country": "CO"},
        "url": f"https://tienda.example/{number}",
        "object": {"name": f"{name} {number}"},
    }
    return values.get(kind, f"{name} {number}")
