"""What of a document a mapping reads, so that nothing else of it need be decoded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.expressions import syntax
from hub.expressions.syntax import Tree
from hub.mapping.leaves import Target
from hub.mapping.rule import Rule
from hub.mapping.transcoding import Shape


def shape(targets: Iterable[Target]) -> Shape:
    """What the leaves of `out:` read of an entity's fields; None where one may read everything."""
    fields = _Part()
    for target in targets:
        _follow(target.rule, _Scope(fields, {"customer": _Part()}))
    return fields.shape()


@dataclass(eq=False, slots=True)
class _Part:
    """A part of a document. `whole`: somebody reads all of it; `made`: a list that an expression makes."""

    whole: bool = False
    made: bool = False
    members: dict[str, "_Part"] = field(default_factory=dict)
    items: "_Part | None" = None

    def member(self, name: str) -> "_Part":
        """What stands under a name."""
        return self.members.setdefault(name, _Part())

    def item(self) -> "_Part":
        """Any of its items."""
        self.items = self.items or _Part()
        return self.items

    def take(self) -> None:
        """Read all of it."""
        self.whole = True
        if self.made and self.items:
            self.items.take()

    def shape(self) -> Shape:
        """As a literal: all of it where it would be a list and an object, or where its reader would fail."""
        if self.whole or (self.items and self.members):
            return None
        if self.items:
            return [self.items.shape()]
        # msgspec 0.22 does not find a TypedDict's name that is not ASCII.
        plain = all(name.isascii() for name in self.members)
        return {name: part.shape() for name, part in sorted(self.members.items())} if plain else None


class _Scope(_Part):
    """The fields, and names that stand before them."""

    __slots__ = ("_fields", "_names")

    def __init__(self, fields: _Part, names: dict[str, _Part]) -> None:
        super().__init__()
        self._fields = fields
        self._names = names

    def member(self, name: str) -> _Part:
        return self._names.get(name) or self._fields.member(name)

    def take(self) -> None:
        for part in (self._fields, *self._names.values()):
            part.take()

    def inside(self, name: str, part: _Part) -> "_Scope":
        """The scope of a level."""
        return _Scope(self._fields, {**self._names, name: part})


def _follow(rule: Rule, scope: _Scope) -> None:
    """Note what a leaf reads."""
    if rule.source:
        _Reader(scope).take(syntax.parse(rule.source.source))
    if rule.each:
        for name, source in rule.each.levels:
            found = _Reader(scope).part(syntax.parse(source.source), scope)
            scope = scope.inside(name, found.item() if found else _Part())
        for _, inner in rule.each.fields:
            _follow(inner, scope)


class _Reader:
    """Follows an expression through the parts of a scope."""

    def __init__(self, scope: _Scope) -> None:
        self._scope = scope

    def take(self, tree: Tree, here: _Part | None = None) -> None:
        """All of its value is read."""
        found = self.part(tree, here or self._scope)
        if found:
            found.take()

    def part(self, tree: Tree, here: _Part) -> _Part | None:
        """Where its value stands in the document; None for what is made of other values, which are read."""
        follow = getattr(self, f"_{tree['type']}", self._made)
        found: _Part | None = follow(tree, here)
        return found

    def _made(self, tree: Tree, here: _Part) -> None:
        """A value made of those of its children."""
        if tree["type"] == "function_expression" and tree["value"] == "root":
            self._scope.take()
        for child in tree["children"]:
            if isinstance(child, dict):
                self.take(child, here)

    def _field(self, tree: Tree, here: _Part) -> _Part:
        return here.member(tree["value"])

    def _current(self, tree: Tree, here: _Part) -> _Part:
        return here

    _identity = _current

    def _subexpression(self, tree: Tree, here: _Part) -> _Part | None:
        found: _Part | None = here
        for child in tree["children"]:
            found = self.part(child, found or _Part())
        return found

    _index_expression = _pipe = _subexpression

    def _index(self, tree: Tree, here: _Part) -> _Part:
        return here.item()

    def _slice(self, tree: Tree, here: _Part) -> _Part:
        return _Part(made=True, items=here.item())

    def _flatten(self, tree: Tree, here: _Part) -> _Part | None:
        """Items that are lists are not expected: a document that has them is decoded in full."""
        base = self.part(tree["children"][0], here) or _Part()
        if base.made:
            base.take()
            return None
        return _Part(made=True, items=base.item())

    def _projection(self, tree: Tree, here: _Part) -> _Part:
        base, each, *conditions = tree["children"]
        item = (self.part(base, here) or _Part()).item()
        for condition in conditions:
            self.take(condition, item)
        return _Part(made=True, items=self.part(each, item))

    _filter_projection = _projection

    def _expref(self, tree: Tree, here: _Part) -> None:
        self.take(tree["children"][0], _Part())

    def _value_projection(self, tree: Tree, here: _Part) -> None:
        base, each = tree["children"]
        self.take(base, here)
        self.take(each, _Part())
