"""Whether what `both` pairs can be read and written back: what was written must be told as what was meant.

A value is written in the normal form of its field's type. So a pair is wrong where the vendor's samples show
another kind of value or another spelling, and where a value would be lost or be told as another one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from hub.catalog import Catalog
from hub.checks.leaves import Target
from hub.checks.names import PARTS, unknown_field
from hub.connector import Connector
from hub.documents import Step
from hub.entity import Field
from hub.errors import FileError, RecordError
from hub.expressions import compile
from hub.mapping import ABSENT, Mapping
from hub.samples import Samples
from hub.values import normalise, plain

Names = tuple[str, ...]

_KINDS = {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "object"}
_OWN_KINDS = frozenset({"number", "boolean", "list", "object"})
"""Types whose normal form is of a kind of the same name; that of all others is a text."""

_SPELLED = frozenset({"time", "date", "language", "country"})
"""Types of which a vendor may know only its own spelling."""

_APART = "read it in in:, and write it in out: as the vendor has it"


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of `both`. `path`: where; `names`: the vendor's; `part`: of the field, or empty.

    `values`: what the samples show there, less what says that there is no value.
    """

    mapping: Mapping
    path: tuple[Step, ...]
    names: Names
    field: Field
    part: str
    lookup: dict[str, Any]
    values: tuple[Any, ...]

    def error(self, code: str, message: str, hint: str, *below: Step) -> FileError:
        """A mistake at the line, or at what is below it."""
        return self.mapping.document.error(code, message, *self.path, *below, hint=hint)


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The pairs of `both:` that cannot be read and written back."""
    for mapping in catalog.mappings.values():
        if mapping.entity not in catalog.entities:
            continue
        read_only = _read_only(catalog.connectors.get(mapping.connector), mapping)
        for pair in pairs(mapping, samples):
            yield from _written_by_the_vendor(pair, read_only) or _told_otherwise(pair)
            yield from _words(pair)
            yield from _never_cleared(pair)
        yield from _halves(mapping)


def pairs(mapping: Mapping, samples: Samples) -> Iterator[Pair]:
    """The lines of `both:` whose field there is."""
    records = list(_records(mapping, samples)) if mapping.both else []
    lookups = {target.rule.path: target.rule.lookup for target in mapping.reads}
    for target in mapping.writes:
        vendor = ".".join(target.names)
        if target.rule.path[0] != "both" or unknown_field(mapping.model, _dotted(mapping.both[vendor])):
            continue
        name, _, part = mapping.both[vendor].partition(".")
        values = tuple(_values(mapping, records, target.names))
        lookup = lookups[target.rule.path] or {}
        field = mapping.model.fields[name]
        yield Pair(mapping, target.rule.path, target.names, field, part, lookup, values)


def _records(mapping: Mapping, samples: Samples) -> Iterator[Any]:
    for record in samples.all(mapping):
        try:
            yield mapping.scope(record)
        except RecordError:
            continue


def _values(mapping: Mapping, records: Iterable[Any], names: Names) -> Iterator[Any]:
    for record in records:
        value = reduce(_member, names, record)
        blank = value is None or (isinstance(value, str) and not value.strip())
        if not blank and not (type(value) is type(mapping.empty) and value == mapping.empty):
            yield value


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _dotted(text: str) -> Names:
    return tuple(text.split("."))


def _read_only(connector: Connector | None, mapping: Mapping) -> frozenset[Names]:
    """Paths below the mapping's record that hold the record's id and version, which the vendor gives."""
    resource = connector.resources.get(mapping.resource) if connector else None
    if resource is None:
        return frozenset()
    read = [resource.data, resource.data.get("get") or {}, resource.data.get("list") or {}]
    versions = {path for data in read for path in _paths(data.get("version"))}
    ids = {path for data in read for path in _paths(data.get("id")) if path[-1] == "id"}
    above = [("body",), *_paths(resource.data.get("record")), ()]
    inside = next(iter(_paths(mapping.document.data.get("record"))), ())
    below = {path[len(top) :] for path in versions | ids for top in above if path[: len(top)] == top}
    return frozenset(path[len(inside) :] for path in below if path[: len(inside)] == inside)


def _paths(source: str | None) -> frozenset[Names]:
    return compile(source).paths if source else frozenset()


def _written_by_the_vendor(pair: Pair, read_only: frozenset[Names]) -> list[FileError]:
    if pair.field.name in {"created_at", "updated_at"}:
        message = f"{pair.field.name} says when the vendor's record changed, which nobody can write"
    elif pair.names in read_only:
        message = f'the vendor itself gives "{".".join(pair.names)}"'
    else:
        return []
    return [pair.error("read-only", message, "read it in in:")]


def _told_otherwise(pair: Pair) -> Iterator[FileError]:
    """Values of another kind or spelling than those that the vendor shows."""
    if pair.field.type in PARTS and not pair.part:
        yield from _whole(pair)
        return
    ours = _kind(pair)
    accepted = (
        {"text", "number", "boolean"} if pair.lookup else Target(pair.field.name, pair.field.type).accepts
    )
    kinds = (_kind_of(value) for value in pair.values)
    other = next((kind for kind in kinds if ours and kind != ours and kind in accepted), "")
    if other:
        message = f"samples show {_some(other)} here, and {_some(ours)} would be written"
        yield pair.error("other-kind", message, _APART)
    elif pair.field.type in _SPELLED and not pair.lookup:
        yield from _spelling(pair)


def _whole(pair: Pair) -> Iterator[FileError]:
    parts = PARTS[pair.field.type]
    if pair.values and all(isinstance(value, dict) and value.keys() <= set(parts) for value in pair.values):
        return
    message = f"{pair.field.type} is written as {{{', '.join(parts)}}}, which is not what the vendor has"
    yield pair.error("whole-composite", message, f"pair its parts: {pair.field.name}.{parts[0]}")


def _kind(pair: Pair) -> str:
    """The kind of what is written, empty where it may be any."""
    if pair.lookup or pair.field.type in PARTS:
        return "text"
    if pair.part:
        return ""
    return pair.field.type if pair.field.type in _OWN_KINDS else "text"


def _kind_of(value: Any) -> str:
    return _KINDS[type(value)]


def _some(kind: str) -> str:
    return f"an {kind}" if kind == "object" else f"a {kind}"


def _spelling(pair: Pair) -> Iterator[FileError]:
    kind = pair.field.type
    if all(_is_ours(kind, value) for value in pair.values) and (pair.values or kind != "time"):
        return
    other = f"samples show another form of {kind} than the one that would be written"
    message = other if pair.values else f"no sample shows that the vendor writes a {kind} as the hub does"
    example = {"time": "iso_time(…) or format_time(…)", "date": "format_time(…)"}.get(kind, "replace(…)")
    yield pair.error("other-form", message, f"read it in in:, and write it in out: with {example}")


def _is_ours(kind: str, value: str) -> bool:
    """Whether a value is written as it came; capitals are no other spelling."""
    try:
        return bool(normalise(kind, value).casefold() == value.strip().casefold())
    except ValueError:
        return True  # it is not understood, and so never written over


def _words(pair: Pair) -> Iterator[FileError]:
    """Words of a lookup that are told as another one, or not at all."""
    seen: dict[str, str] = {}
    for word, ours in pair.lookup.items():
        alike = seen.setdefault(word.strip().casefold(), word)
        if alike != word:
            message = f'"{word}" differs from "{alike}" only by its capitals'
            yield pair.error("alike-words", message, "keep the one that the vendor writes", "lookup", word)
        if not word.strip() or word == _nothing(pair.mapping):
            message = f'"{word}" says at the vendor that there is no value'
            hint = "leave the word out: null clears the field, and is written so"
            yield pair.error("empty-word", message, hint, "lookup", word)
        yield from _value(pair, word, ours)


def _nothing(mapping: Mapping) -> str | None:
    """The connector's "no value" as a lookup sees it."""
    try:
        return plain(mapping.empty)
    except ValueError:
        return None


def _value(pair: Pair, word: str, ours: Any) -> Iterator[FileError]:
    try:
        form = normalise(pair.field.type, {pair.part: ours} if pair.part else ours)
    except ValueError:
        return  # no value of the type at all
    normal = form.get(pair.part) if pair.part else form
    if normal != ours or type(normal) is not type(ours):
        message = f'"{ours}" is kept as "{normal}", for which the lookup has no word'
        yield pair.error("lookup-value", message, f'write "{normal}"', "lookup", word)


def _never_cleared(pair: Pair) -> Iterator[FileError]:
    """A part of a composite that is gone must be written as nothing, or the next event mixes two values."""
    if pair.part and pair.field.type in PARTS and pair.mapping.empty is ABSENT:
        message = f"a new {pair.field.name} without {pair.part} would keep the old one's"
        hint = f'say empty: in connectors/{pair.mapping.connector}.yaml: how "no value" looks there'
        yield pair.error("never-cleared", message, hint)


def _halves(mapping: Mapping) -> Iterator[FileError]:
    """Money of which only the amount or only the currency is read: it has no normal form."""
    read = {target.names for target in mapping.reads}
    for target in mapping.reads:
        field = mapping.model.fields.get(target.names[0])
        if field is None or field.type != "money" or len(target.names) != 2 or target.rule.path[0] != "both":
            continue
        rest = next(part for part in PARTS["money"] if part != target.names[1])
        if (field.name, rest) not in read:
            message = f"{field.name} has no value without its {rest}"
            hint = f"read {field.name}.{rest} too, or {field.name}: money(…) in in:"
            yield mapping.document.error("half-money", message, *target.rule.path, hint=hint)
