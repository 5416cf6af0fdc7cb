"""Static types: what a value may be, as samples, JSON Schemas, fields of entities and expressions say."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.entity import Entity
from hub.traits import RFM_TYPES, TYPES
from hub.values import ADDRESS

KINDS = frozenset({"null", "boolean", "number", "text", "list", "object"})
SCALARS = frozenset({"boolean", "number", "text"})

_KIND = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
}
_MOST = 200
"""Items of a list that are looked at."""

_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Type:
    """A set of values. `kinds`: of JSON, text for its string.

    `fields`: of an object by name, None where nothing is known of them; `open`: others may be there too.
    `item`: of a list, None where nothing is known. `words`: the JSON texts of all values beside null,
    None where they are not all known. `form`: of a text, "canonical" time, "time", "date" or unknown.
    """

    kinds: frozenset[str] = KINDS
    fields: Mapping[str, "Type"] | None = field(default=None, hash=False)
    open: bool = False
    item: "Type | None" = None
    words: frozenset[str] | None = None
    form: str = ""

    @property
    def some(self) -> frozenset[str]:
        """The kinds beside null."""
        return self.kinds - {"null"}

    def only(self, *kinds: str) -> bool:
        """Whether it is sure to be of these kinds where it is not null."""
        return bool(self.some) and self.some <= set(kinds)

    def without(self, *kinds: str) -> "Type":
        """The values that are not of these kinds."""
        return replace(self, kinds=self.kinds - set(kinds))

    def nullable(self) -> "Type":
        """The same, or null."""
        return replace(self, kinds=self.kinds | {"null"})

    def member(self, name: str) -> "Type | None":
        """The type of an object's member; None where there is no such member. Null where it is no object."""
        if "object" not in self.kinds:
            return NULL
        if self.fields is None:
            return ANY
        found = self.fields.get(name, ANY if self.open else None)
        return found if found is None or self.kinds == {"object"} else found.nullable()


ANY = Type()
NULL = Type(frozenset({"null"}))
BOOLEAN = Type(frozenset({"boolean"}))
NUMBER = Type(frozenset({"number"}))
TEXT = Type(frozenset({"text"}))
TIME = Type(frozenset({"text"}), form="canonical")
LIST = Type(frozenset({"list"}))
OBJECT = Type(frozenset({"object"}))
MONEY = Type(frozenset({"object"}), {"amount": TEXT, "currency": TEXT})

_OF_FIELDS = {
    "number": NUMBER,
    "boolean": BOOLEAN,
    "time": TIME,
    "date": Type(frozenset({"text"}), form="date"),
    "money": MONEY,
    "address": Type(frozenset({"object"}), {name: TEXT.nullable() for name in ADDRESS}),
    "list": LIST,
    "object": OBJECT,
}
"""The types of canonical values; those of the other field types are texts."""


def list_of(item: Type | None) -> Type:
    """A list of such items."""
    return Type(frozenset({"list"}), item=item)


def object_of(fields: Mapping[str, Type], *, open: bool = False) -> Type:
    """An object with these members."""
    return Type(frozenset({"object"}), fields, open)


def either(types: Iterable[Type]) -> Type:
    """The values of any of these types; no type has no values."""
    some = [one for one in types if one.kinds]
    if len(some) < 2:
        return some[0] if some else Type(frozenset())
    by_kind = {kind: [one for one in some if kind in one.kinds] for kind in ("object", "list", "text")}
    return Type(
        frozenset().union(*(one.kinds for one in some)),
        _fields(by_kind["object"]),
        any(one.open for one in some),
        _item(by_kind["list"]),
        _words([one for one in some if one.some]),
        _common_form(by_kind["text"]),
    )


def of(value: Any, depth: int = 40) -> Type:
    """The type of a JSON value; below `depth`, and in long lists, anything. Raises KeyError if it is none."""
    kind = _KIND[type(value)]
    if not depth:
        return ANY
    if kind == "object":
        return object_of({name: of(inner, depth - 1) for name, inner in value.items()})
    if kind == "list":
        known = len(value) <= _MOST
        return list_of(either(of(inner, depth - 1) for inner in value) if known else None)
    if kind == "null":
        return NULL
    return Type(frozenset({kind}), words=frozenset({json.dumps(value)}), form=_form(value))


def seen(types: Iterable[Type]) -> Type:
    """What samples of these types tell: where they show only null, anything may be."""
    return _softened(either(types))


def of_field(type: str) -> Type:
    """The type of a canonical value of a field's type."""
    return _OF_FIELDS.get(type, TEXT)


def of_entity(entity: Entity) -> Type:
    """What expressions see of an entity: any field may be missing."""
    fields = {name: _of_known(known.type, known.values, known.of) for name, known in entity.fields.items()}
    traits = {"traits": _TRAITS} if entity.name == "customer" else {}
    return object_of({**fields, **traits, "id": ANY, "ids": OBJECT})


def _of_traits(types: Mapping[str, str]) -> Type:
    return object_of({name: of_field(type).nullable() for name, type in types.items()})


_TRAITS = _of_traits(TYPES)
_TRAITS = replace(_TRAITS, fields={**(_TRAITS.fields or {}), "rfm": _of_traits(RFM_TYPES)}).nullable()
"""What expressions see of what a customer's orders come to; null where there is no customer."""


def _of_known(type: str, values: tuple[str, ...], members: Mapping[str, str]) -> Type:
    found = of_field(type)
    if values:
        found = replace(found, words=frozenset(map(json.dumps, values)))
    if members:
        item = object_of({name: of_field(inner).nullable() for name, inner in members.items()}, open=True)
        found = list_of(replace(item, kinds=KINDS))
    return found.nullable()


def _form(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    forms = {"canonical": _CANONICAL, "time": _TIME, "date": _DATE}
    return next((name for name, pattern in forms.items() if pattern.fullmatch(value)), "")


def _fields(sides: Sequence[Type]) -> Mapping[str, Type] | None:
    """The members of objects: those of all of them, null where one has none."""
    known = [side.fields for side in sides]
    if len(sides) < 2 or any(fields is None for fields in known):
        return known[0] if len(sides) == 1 else None
    names = dict.fromkeys(name for fields in known for name in fields or ())
    return {name: either(_present(side, name) for side in sides) for name in names}


def _present(side: Type, name: str) -> Type:
    """A member as one side has it: null where it has none."""
    known = (side.fields or {}).get(name)
    return known or (ANY if side.open else NULL)


def _item(sides: Sequence[Type]) -> Type | None:
    items = [side.item for side in sides if side.item is not None]
    return either(items) if items and len(items) == len(sides) else None


def _words(sides: Sequence[Type]) -> frozenset[str] | None:
    known = [side.words for side in sides if side.words is not None]
    return frozenset[str]().union(*known) if len(known) == len(sides) else None


def _common_form(sides: Sequence[Type]) -> str:
    forms = {side.form for side in sides}
    if forms == {"canonical", "time"}:
        return "time"
    return forms.pop() if len(forms) == 1 else ""


def _is_empty(type: Type) -> bool:
    """Whether nothing was ever in it: where vendors have no value, some write "", [] or {}."""
    text = type.only("text") and type.words == frozenset({'""'})
    listed = type.only("list") and type.item is not None and not type.item.kinds
    return text or listed or (type.only("object") and type.fields == {} and not type.open)


def _softened(type: Type) -> Type:
    """Without what only few samples suggest: that null is all there is, that these are all the words."""
    if type.kinds <= {"null"} or _is_empty(type):
        return ANY
    fields = type.fields and {name: _softened(inner) for name, inner in type.fields.items()}
    item = None if type.item is None or not type.item.kinds else _softened(type.item)
    return replace(type, fields=fields or None, item=item, words=None)
