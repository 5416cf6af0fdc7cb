"""The type of an expression over the type of its scope, and what on the way can give nothing but null.

Sound, as a test shows: a value over a scope of this type is of the type inferred. `ANY` wherever unsure.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hub.checks.signatures import EACH, GIVES, PROBES, TAKES
from hub.checks.tree import Node
from hub.checks.types import ANY, BOOLEAN, NULL, Type, either, list_of, object_of, of
from hub.expressions import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Note:
    """Something the types say of a node: `about` is a slug, `type` what was there, `by` whose argument."""

    about: str
    node: Node
    type: Type
    by: str = ""


class Inference:
    """One reading of an expression. `notes`: what was found, in the order of finding."""

    def __init__(self, root: Type) -> None:
        self._root = root
        self.notes: list[Note] = []

    def type(self, node: Node, scope: Type) -> Type:
        """The type of a node's value over a scope."""
        rule = _RULES.get(node.kind)
        return rule(self, node, scope) if rule else ANY

    def _note(self, about: str, node: Node, type: Type) -> None:
        self.notes.append(Note(about, node, type))

    def _field(self, node: Node, scope: Type) -> Type:
        if scope.some and "object" not in scope.kinds:
            self._note("of-list" if scope.only("list") else "of-scalar", node, scope)
        found = scope.member(node.value)
        if found is None:
            self._note("unknown", node, scope)
        return ANY if found is None else found

    def _subexpression(self, node: Node, scope: Type) -> Type:
        for child in node.children:
            scope = self.type(child, scope)
        return scope

    def _index(self, node: Node, scope: Type) -> Type:
        if scope.some and "list" not in scope.kinds:
            self._note("index", node, scope)
            return NULL
        return ANY if scope.item is None else scope.item.nullable()

    def _slice(self, node: Node, scope: Type) -> Type:
        if "list" not in scope.kinds:
            return NULL
        return replace(list_of(scope.item), kinds=_with_null({"list"}, scope, "list"))

    def _projection(self, node: Node, scope: Type) -> Type:
        left = self.type(node.children[0], scope)
        if left.some and "list" not in left.kinds:
            self._note("projection", node, left)
        if "list" not in left.kinds:
            return NULL
        return self._projected(node, left, left.item or ANY)

    def _projected(self, node: Node, left: Type, item: Type) -> Type:
        if node.kind == "filter_projection":
            self.type(node.children[2], item)
        before = len(self.notes)
        right = self.type(node.children[1], item)
        self.notes[before:] = [_inside(note) for note in self.notes[before:]]
        container = "object" if node.kind == "value_projection" else "list"
        return replace(list_of(right.without("null")), kinds=_with_null({"list"}, left, container))

    def _value_projection(self, node: Node, scope: Type) -> Type:
        left = self.type(node.children[0], scope)
        if "object" not in left.kinds:
            return NULL
        known = left.fields is not None and not left.open
        return self._projected(node, left, either((left.fields or {}).values()) if known else ANY)

    def _flatten(self, node: Node, scope: Type) -> Type:
        left = self.type(node.children[0], scope)
        if left.some and "list" not in left.kinds:
            self._note("projection", node, left)
        if "list" not in left.kinds:
            return NULL
        item = left.item
        if item is not None and "list" in item.kinds:
            item = None if item.item is None else either([item.without("list"), item.item])
        return replace(list_of(item), kinds=_with_null({"list"}, left, "list"))

    def _scope(self, node: Node, scope: Type) -> Type:
        return scope

    def _literal(self, node: Node, scope: Type) -> Type:
        return of(node.value)

    def _comparator(self, node: Node, scope: Type) -> Type:
        left, right = (self.type(child, scope) for child in node.children)
        if node.value not in {"eq", "ne"}:
            return BOOLEAN.nullable()
        for child, other in ((node.children[0], right), (node.children[1], left)):
            if child.kind == "literal" and child.value is not None:
                self._compared(node, child, other)
        if {left.form, right.form} == {"canonical", "time"} and left.only("text") and right.only("text"):
            self._note("two-forms", node, left)
        return BOOLEAN

    def _compared(self, node: Node, literal: Node, other: Type) -> None:
        """Whether the other side can be equal to a literal."""
        mine = of(literal.value)
        if other.some and not other.some & mine.some:
            self._note("never-equal", literal, other)
        elif (
            other.only("text")
            and other.words is not None
            and mine.words is not None
            and not mine.words & other.words
        ):
            self._note("never-this-word", literal, other)
        elif (
            other.only("text")
            and other.form in {"canonical", "time"}
            and mine.form
            and mine.form != other.form
        ):
            self._note("two-forms", node, other)

    def _or(self, node: Node, scope: Type) -> Type:
        left, right = (self.type(child, scope) for child in node.children)
        if _sure(node.children[0]):
            self._note("after-truth", node, left)
        if left.only("boolean"):
            self._note("boolean-or", node, right)
        return either([left.without("null"), right])

    def _and(self, node: Node, scope: Type) -> Type:
        left, right = (self.type(child, scope) for child in node.children)
        if _sure(node.children[0]) or _never(node.children[0]):
            self._note("after-truth" if _sure(node.children[0]) else "after-falsehood", node, left)
        falsy = replace(left.without("number"), words=None, form="")
        return either([falsy, right])

    def _not(self, node: Node, scope: Type) -> Type:
        self.type(node.children[0], scope)
        return BOOLEAN

    def _pipe(self, node: Node, scope: Type) -> Type:
        left = self.type(node.children[0], scope)
        before = len(self.notes)
        right = self.type(node.children[1], left)
        self.notes[before:] = [
            replace(note, about="piped") if note.about == "of-scalar" and note.type is left else note
            for note in self.notes[before:]
        ]
        return right

    def _multi_select_list(self, node: Node, scope: Type) -> Type:
        made = list_of(either(self.type(child, scope) for child in node.children))
        return _unless_null(made, scope)

    def _multi_select_dict(self, node: Node, scope: Type) -> Type:
        pairs = {child.value: self.type(child.children[0], scope) for child in node.children}
        return _unless_null(object_of(pairs), scope)

    def _function(self, node: Node, scope: Type) -> Type:
        if node.value == "root":
            return self._root
        if node.value in _BY:
            return self._by(node, scope)
        types = [self.type(child, scope) for child in node.children]
        self._arguments(node, types)
        if node.value in {"coalesce", "not_null"}:
            return self._first(node, types)
        given = GIVES.get(node.value)
        if given is None:
            return _of_first(node.value, types) if types else ANY
        null = node.value in FUNCTIONS and any("null" in type.kinds for type in types)
        return given.nullable() if null else given

    def _arguments(self, node: Node, types: list[Type]) -> None:
        """What a function cannot take, and the constants that it refuses."""
        every = EACH.get(node.value)
        takes = (every,) * len(types) if every else TAKES.get(node.value, ())
        for child, type, kinds in zip(node.children, types, takes, strict=False):
            if type.some and not type.some & kinds:
                self.notes.append(Note("argument", child, type, node.value))
        refused = _refused(node)
        if refused:
            self.notes.append(Note("constant", refused, ANY, node.value))

    def _first(self, node: Node, types: list[Type]) -> Type:
        for child, following in zip(node.children, node.children[1:], strict=False):
            if child.kind == "literal" and child.value not in (None, ""):
                self._note("after-truth", following, ANY)
        sure = any("null" not in type.kinds and "text" not in type.kinds for type in types)
        sure = sure or any(
            child.kind == "literal" and child.value not in (None, "") for child in node.children
        )
        found = either([type.without("null") for type in types])
        return found if sure else found.nullable()

    def _by(self, node: Node, scope: Type) -> Type:
        """Functions that take `&expression`, applied to each item of a list."""
        first, second = node.children
        reference, listed = (first, second) if node.value == "map" else (second, first)
        items = self.type(listed, scope)
        if reference.kind != "expref":
            self._note("no-reference", reference, items)
            return ANY
        if items.some and "list" not in items.kinds:
            self.notes.append(Note("argument", reference, items, node.value))
            return ANY
        by = self.type(reference.children[0], items.item or ANY)
        if node.value == "map":
            return list_of(by)
        if node.value == "sort_by":
            return replace(list_of(items.item), kinds=frozenset({"list"}))
        return (items.item or ANY).nullable()


_BY = frozenset({"map", "max_by", "min_by", "sort_by"})
"""Functions of a list that take `&expression`."""


def _inside(note: Note) -> Note:
    """A note of an index that is applied to each item of a projection."""
    return replace(note, about="projected-index") if note.about == "index" else note


def _with_null(kinds: set[str], left: Type, container: str) -> frozenset[str]:
    return frozenset(kinds if left.kinds == {container} else kinds | {"null"})


def _unless_null(made: Type, scope: Type) -> Type:
    return made.nullable() if "null" in scope.kinds else made


def _of_first(name: str, types: list[Type]) -> Type:
    """Functions that give what they are given, or an item of it."""
    first = types[0]
    if name in {"max", "min"}:
        return (first.item or ANY).nullable()
    if name == "reverse":
        return replace(first, kinds=first.kinds & {"text", "list"}, words=None, form="")
    return ANY


def _refused(node: Node) -> Node | None:
    """The first constant behind the first argument that the function cannot use."""
    constants = [child for child in node.children[1:] if child.kind == "literal"]
    if node.value not in PROBES or len(constants) < len(node.children) - 1:
        return None
    for count in range(1, len(constants) + 1):
        try:
            FUNCTIONS[node.value](PROBES[node.value], *(child.value for child in constants[:count]))
        except (ValueError, TypeError, LookupError, OSError):
            return constants[count - 1]
    return None


def _sure(node: Node) -> bool:
    """Whether its value is a constant that JMESPath takes for true, or always something with content."""
    if node.kind == "literal":
        return node.value is not None and node.value is not False and node.value not in ("", [], {})
    if node.kind == "or_expression":
        return any(map(_sure, node.children))
    return node.kind == "and_expression" and all(map(_sure, node.children))


def _never(node: Node) -> bool:
    """Whether it is a constant that JMESPath takes for false."""
    return node.kind == "literal" and not _sure(node)


_RULES: dict[str, Callable[[Inference, Node, Type], Type]] = {
    "field": Inference._field,
    "subexpression": Inference._subexpression,
    "index_expression": Inference._subexpression,
    "index": Inference._index,
    "slice": Inference._slice,
    "projection": Inference._projection,
    "filter_projection": Inference._projection,
    "value_projection": Inference._value_projection,
    "flatten": Inference._flatten,
    "identity": Inference._scope,
    "current": Inference._scope,
    "literal": Inference._literal,
    "comparator": Inference._comparator,
    "or_expression": Inference._or,
    "and_expression": Inference._and,
    "not_expression": Inference._not,
    "pipe": Inference._pipe,
    "multi_select_list": Inference._multi_select_list,
    "multi_select_dict": Inference._multi_select_dict,
    "function_expression": Inference._function,
}
