"""Changed copies of a mapping, made from what its file says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hub.documents import Step
from hub.errors import FileError
from hub.mapping import ABSENT, Mapping, leaves
from hub.mapping.tables import Table
from hub.proof.shapes import Shape
from hub.proof.tokens import changes
from hub.proof.variations import changed

Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mapping with one thing changed. `path` and `offset`: where in the file; `what`: in words."""

    mapping: Mapping
    path: Path
    offset: int | None
    what: str
    data: dict[str, Any]

    @property
    def changed(self) -> Mapping:
        """The mapping as it would be."""
        return replace(self.mapping, document=replace(self.mapping.document, data=self.data), code=None)

    @property
    def place(self) -> FileError:
        """Where it was changed, with the line."""
        return self.mapping.document.error("unnoticed", self.what, *self.path, offset=self.offset)


def mutants(mapping: Mapping, inward: Shape, outward: Shape) -> Iterator[Mutant]:
    """Every mutant of a mapping. `inward` and `outward`: what the expressions of each direction see."""
    yield from _Mutations(mapping, inward, outward).all()


class _Mutations:
    def __init__(self, mapping: Mapping, inward: Shape, outward: Shape) -> None:
        self._mapping = mapping
        self._data = mapping.document.data
        self._shapes = {"in": inward, "consent": inward, "both": inward, "out": outward}

    def all(self) -> Iterator[Mutant]:
        yield from self._both()
        for part in ("in", "out"):
            for path, leaf in leaves(self._data.get(part) or {}, (part,)):
                yield from self._leaf(path, leaf, self._shapes[part])
        for key in self._data.get("consent") or {}:
            yield from self._consent(("consent", key))
        if "record" in self._data:
            yield self._without(("record",))

    def _leaf(self, path: Path, leaf: Any, shape: Shape) -> Iterator[Mutant]:
        if isinstance(leaf, str):
            yield from self._expression(path, shape)
            if "fields" not in path:  # an item without a value is an item all the same
                yield self._mutant(path, "it became required", {"from": leaf, "required": True})
        elif "from" in leaf:
            yield from self._expression((*path, "from"), shape)
            yield from self._options(path, leaf)
        elif "each" in leaf:
            yield from self._each(path, leaf, shape)
        else:
            yield self._without(path)

    def _expression(self, path: Path, shape: Shape) -> Iterator[Mutant]:
        source = self._at(path)
        yield self._mutant(path, "it became `null`", "`null`", 0)
        for change in changes(source, shape.siblings):
            yield self._mutant(path, change.what, change.text, change.offset)

    def _options(self, path: Path, leaf: dict[str, Any]) -> Iterator[Mutant]:
        yield from self._lookup((*path, "lookup"), leaf.get("lookup") or {})
        if "else" in leaf:
            yield self._without((*path, "else"))
        required = bool(leaf.get("required"))
        what = "it is not required any more" if required else "it became required"
        yield Mutant(self._mapping, path, None, what, changed(self._data, (*path, "required"), not required))

    def _lookup(self, path: Path, lookup: dict[str, Any]) -> Iterator[Mutant]:
        """Each entry taken out, and its value exchanged with that of the next one that is another."""
        if isinstance(lookup, Table):  # of as many entries as it has, no test could hold each
            yield self._without(path)
            return
        words = list(lookup)
        for number, word in enumerate(words):
            yield self._without((*path, word))
            following = (*words[number + 1 :], *words[:number])
            other = next((one for one in following if lookup[one] != lookup[word]), None)
            if other is not None:
                exchanged = {**lookup, word: lookup[other], other: lookup[word]}
                data = changed(self._data, path, exchanged)
                what = f"its value was exchanged with that of {other}"
                yield Mutant(self._mapping, (*path, word), None, what, data)

    def _each(self, path: Path, leaf: dict[str, Any], shape: Shape) -> Iterator[Mutant]:
        yield self._without(path)
        for name, source in leaf["each"].items():
            level = (*path, "each", name)
            yield self._mutant(level, "it became an empty list", "`[]`", 0)
            yield from self._expression(level, shape)
            shape = shape.inside(name, source)
        for name, inner in leaf["fields"].items():
            yield from self._leaf((*path, "fields", name), inner, shape)

    def _both(self) -> Iterator[Mutant]:
        """Each pair taken out, with another vendor's name, and exchanged with the next."""
        pairs = list(_pairs(self._data.get("both") or {}, ("both",)))
        for number, (path, pair) in enumerate(pairs):
            yield self._without(path)
            yield from self._renamed(path, pair)
            if isinstance(pair, dict):
                yield from self._lookup((*path, "lookup"), pair.get("lookup") or {})
            yield self._required(path, pair)
            if len(pairs) > 1:
                yield self._exchanged(path, pair, *pairs[(number + 1) % len(pairs)])

    def _required(self, path: Path, pair: Any) -> Mutant:
        options = pair if isinstance(pair, dict) else {"field": pair}
        required = bool(options.get("required"))
        what = "it is not required any more" if required else "it became required"
        return self._mutant(path, what, {**options, "required": not required})

    def _renamed(self, path: Path, pair: Any) -> Iterator[Mutant]:
        *outer, name = path
        known = self._at(tuple(outer))
        steps = tuple(str(step) for step in path[1:])
        for other in self._shapes["both"].siblings(steps):
            if other not in known:
                data = changed(changed(self._data, path, ABSENT), (*outer, other), pair)
                yield Mutant(self._mapping, path, None, f"{name} became {other}", data)

    def _exchanged(self, path: Path, pair: Any, other_path: Path, other: Any) -> Mutant:
        one, two = _field(pair), _field(other)
        data = changed(self._data, path, _with_field(pair, two))
        data = changed(data, other_path, _with_field(other, one))
        return Mutant(self._mapping, path, None, f"{one} was exchanged with {two}", data)

    def _consent(self, path: Path) -> Iterator[Mutant]:
        shape = self._shapes["consent"]
        yield self._without(path)
        for name in ("address", "state", "at"):
            if name in self._at(path):
                yield from self._leaf((*path, name), self._at((*path, name)), shape)

    def _at(self, path: Path) -> Any:
        data = self._data
        for step in path:
            data = data[step]
        return data

    def _without(self, path: Path) -> Mutant:
        return Mutant(self._mapping, path, None, "it was taken out", changed(self._data, path, ABSENT))

    def _mutant(self, path: Path, what: str, value: Any, offset: int | None = None) -> Mutant:
        return Mutant(self._mapping, path, offset, what, changed(self._data, path, value))


def _pairs(data: dict[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for name, inner in data.items():
        if isinstance(inner, dict) and "field" not in inner:
            yield from _pairs(inner, (*path, name))
        else:
            yield (*path, name), inner


def _field(pair: Any) -> str:
    return str(pair["field"] if isinstance(pair, dict) else pair)


def _with_field(pair: Any, field: str) -> Any:
    return {**pair, "field": field} if isinstance(pair, dict) else field
