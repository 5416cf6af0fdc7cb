"""What is written on the bench: people and things, one after another, and later editions of them."""

from copy import deepcopy
from typing import Any

from hub.entity import Entity, Field
from hub.errors import RecordError
from hub.expressions import EvaluationError
from hub.mapping import Context, Mapping
from hub.times import from_epoch, to_epoch

Fields = dict[str, Any]

_ADDRESS = {
    "line1": "Carrera 7 # 71-21",
    "line2": "Apto 502",
    "city": "Bogotá",
    "region": "Bogotá, D.C.",
    "postcode": "110231",
    "country": "CO",
}
GIVEN, FAMILY = "Lucía", "Fernández Ríos"
SHAPES: dict[str, Any] = {
    "text": "Nota",
    "number": 3,
    "money": {"amount": "45900.00", "currency": "COP"},
    "time": "2026-11-20T16:20:11.000000Z",
    "date": "1991-04-05",
    "language": "es-CO",
    "boolean": True,
    "address": _ADDRESS,
    "country": "CO",
}
"""A value of each type of field."""


def example(mapping: Mapping) -> Fields:
    """The entity of the mapping's own tests that says the most, less its customer."""
    told = [
        test["out"] for test in mapping.tests if isinstance(test.get("out"), dict) and "rejected" not in test
    ]
    fullest: Fields = max(told, key=len, default={})
    return {
        name: deepcopy(value) for name, value in fullest.items() if name != "customer" and value is not None
    }


def person(mapping: Mapping | None, number: int) -> Fields:
    """A customer, each with identifiers of its own."""
    shown = example(mapping) if mapping is not None and mapping.entity == "customer" else {}
    card = {"loyalty_id": f"{shown['loyalty_id']}-{number}"} if "loyalty_id" in shown else {}
    return {
        **shown,
        **card,
        "email": f"lucia.fernandez{number}@correo.example",
        "phone": f"+5731055{51000 + number}",
        "tax_id": str(1_018_450_000 + number),
        "given_name": GIVEN,
        "family_name": FAMILY,
        "address": {**_ADDRESS, **(shown.get("address") or {})},
    }


def thing(mapping: Mapping, entity: Entity, number: int) -> Fields:
    """Any other entity, with an identity of its own."""
    found = example(mapping)
    for name, field in entity.fields.items():
        if name in ("created_at", "updated_at"):
            continue
        if name not in found and _is_read(mapping, name):
            found[name] = field.values[0] if field.values else deepcopy(SHAPES.get(field.type, []))
        if (
            name in found
            and field.type == "text"
            and not field.values
            and (field.identifies or name == "number")
        ):
            found[name] = f"{found[name]}-{number}"
    return found


def editions(
    mapping: Mapping, entity: Entity, fields: Fields, customer: Fields, context: Context
) -> list[Fields]:
    """Later states of the same, each of which is another record there; what names it stays."""
    before = _written(mapping, fields, customer, context)
    found = []
    for name, field in entity.fields.items():
        if field.identifies or field.keep == "first" or name in ("created_at", "updated_at"):
            continue
        changed = {**fields, name: _other(field, fields.get(name))}
        after = _written(mapping, changed, customer, context)
        if after is not None and after != before:
            found.append(changed)
    return found


def _is_read(mapping: Mapping, name: str) -> bool:
    """Whether the mapping writes something of a field."""
    sources = (target.rule.source for target in mapping.writes)
    return any(source is not None and name in source.names for source in sources)


def _written(mapping: Mapping, fields: Fields, customer: Fields, context: Context) -> Fields | None:
    ids = {mapping.connector: "4711"}
    try:
        return mapping.outward({**fields, "id": "e-1"}, {**customer, "id": "c-1", "ids": ids}, context)
    except (RecordError, EvaluationError):
        return None


def _other(field: Field, value: Any) -> Any:
    """Another value of a field."""
    if field.values:
        return next(one for one in (*field.values[::-1], value) if one != value or len(field.values) == 1)
    value = deepcopy(SHAPES.get(field.type)) if value in (None, [], "") else deepcopy(value)
    return _changed(field.type, value)


def _changed(kind: str, value: Any) -> Any:
    if kind == "money" and isinstance(value, dict):
        return {**value, "amount": f"{float(value['amount']) + 100:.2f}"}
    if kind == "address" and isinstance(value, dict):
        return {**value, "line1": f"{value.get('line1', '')} Bis".strip()}
    if kind == "time" and isinstance(value, str):
        return from_epoch(to_epoch(value) + 3600)
    if kind == "date":
        return "1992-05-06"
    if kind == "language":
        return "pt-BR" if value != "pt-BR" else "es-CO"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list):
        return _list(value)
    return f"{value} Bis"


def _list(items: list[Any]) -> list[Any]:
    if items and isinstance(items[0], dict):
        first = {**items[0], "quantity": int(items[0].get("quantity", 1)) + 1}
        return [first, *items[1:]]
    return [*items, "nuevo"]
