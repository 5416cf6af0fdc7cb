"""The canonical model: what is known of a customer, an order, a cart, a message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from hub.documents import Document
from hub.identity import Guards
from hub.traits import Scoring
from hub.values import TYPES, Form, normalise

Keep = Literal["newest", "first", "union", "priority"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `keep`: whose value wins; `roles`: of accounts, for `priority`, first wins.

    `identifies`: "weak" or "strong" where equal values join records, else empty. `pii`: may never stand
    in a log. `values`: all that it may be, empty for anything. `of`: types of what a list's objects hold.
    """

    name: str
    type: str
    keep: Keep = "newest"
    roles: tuple[str, ...] = ()
    identifies: Literal["", "weak", "strong"] = ""
    pii: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    of: Mapping[str, str] = field(default_factory=dict)

    def normalise(self, value: Any, *, region: str = "", zone: str = "UTC") -> Any:
        """The normal form of a value of this field. Raises ValueError, without the value."""
        form = normalise(self.type, value, region=region, zone=zone)
        if self.values and form not in self.values:
            raise ValueError("not one of the values")
        return [self._item(item, region, zone) for item in form] if self.type == "list" else form

    def _item(self, item: Any, region: str, zone: str) -> Any:
        if not self.of or not isinstance(item, dict):
            return item.strip() if isinstance(item, str) else item
        known = {name: value for name, value in item.items() if value is not None and value != ""}
        return {
            name: normalise(self.of[name], value, region=region, zone=zone) if name in self.of else value
            for name, value in known.items()
        }


@dataclass(frozen=True)
class Entity:
    """The entity of one file."""

    document: Document

    @property
    def name(self) -> str:
        """As in mappings and flows."""
        return str(self.document.data["name"])

    @property
    def customer(self) -> bool:
        """Whether each belongs to a customer."""
        return bool(self.document.data.get("customer", False))

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Its fields by name."""
        return {name: _field(name, data) for name, data in self.document.data["fields"].items()}

    @cached_property
    def forms(self) -> dict[str, Form]:
        """How values become normal, by the field's name. They raise `hub.values.REFUSALS`."""
        return {name: _form(field) for name, field in self.fields.items()}

    @cached_property
    def identifying(self) -> tuple[Field, ...]:
        """The fields that join records."""
        return tuple(field for field in self.fields.values() if field.identifies)

    @cached_property
    def scoring(self) -> Scoring:
        """Where the scores of its traits begin."""
        return Scoring.of(self.document.data.get("traits", {}).get("rfm", {}))

    @cached_property
    def guards(self) -> Guards:
        """What keeps strangers apart who share an identifier."""
        data = self.document.data.get("guards", {})
        caps = {
            name: data[name] for name in ("degree", "records", "identifiers", "per_event") if name in data
        }
        return Guards(
            logins=frozenset(data.get("logins", ())),
            exclusive={name: frozenset(told) for name, told in data.get("exclusive", {}).items()},
            trusted={name: frozenset(roles) for name, roles in data.get("trusted", {}).items()},
            never={name: _any_of(patterns) for name, patterns in data.get("never", {}).items()},
            **caps,
        )


def _form(field: Field) -> Form:
    if field.values or field.type == "list":
        return lambda value, region, zone: field.normalise(value, region=region, zone=zone)
    return TYPES[field.type]


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    """One pattern for a list of them, upper and lower case alike."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _field(name: str, data: dict[str, Any]) -> Field:
    keep = data.get("keep", "newest")
    roles = tuple(keep["priority"]) if isinstance(keep, dict) else ()
    return Field(
        name,
        data["type"],
        "priority" if isinstance(keep, dict) else keep,
        roles,
        data.get("identifies", ""),
        bool(data.get("pii", False)),
        bool(data.get("required", False)),
        tuple(data.get("values", ())),
        data.get("of", {}),
    )
