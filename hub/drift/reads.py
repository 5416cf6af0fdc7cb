"""Which paths of a record an expression reads, those inside of lists and filters too."""

from collections.abc import Mapping
from functools import reduce
from typing import Any, Final

from hub.drift.shape import ANY, Path
from hub.expressions.syntax import Tree, parse

Paths = frozenset[Path]
Levels = Mapping[str, Paths]

SCOPE: Final[Paths] = frozenset({()})
_NOTHING: Final[Paths] = frozenset()


def reads(source: str, levels: Levels | None = None) -> Paths:
    """The paths that an expression reads, without `[]`. `levels`: where each named level comes from."""
    return _traced(source, levels)[0]


def origins(source: str, levels: Levels | None = None) -> Paths:
    """The paths at which the expression's own value stands: none for one that is computed."""
    return _traced(source, levels)[1]


def _traced(source: str, levels: Levels | None) -> tuple[Paths, Paths]:
    trace = _Trace(levels or {})
    found = trace.follow(parse(source), SCOPE)
    return frozenset(trace.read), found


class _Trace:
    """Follows the parts of a tree with the paths, instead of the values, that each is applied to."""

    def __init__(self, levels: Levels) -> None:
        self.read: set[Path] = set()
        self._levels = levels

    def follow(self, node: Tree, on: Paths) -> Paths:
        """Where the value of a node stands when it is applied to what stands at `on`."""
        children = [child for child in node["children"] if isinstance(child, dict)]
        by_type = getattr(self, "_" + node["type"], None)
        found: Paths = by_type(node, children, on) if by_type else self._all(node, children, on)
        return found

    def _all(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        """Any of the children may be the value."""
        return frozenset().union(*(self.follow(child, on) for child in children))

    def _chain(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        """Each child is applied to what the one before it gave."""
        return reduce(lambda above, child: self.follow(child, above), children, on)

    _subexpression = _index_expression = _projection = _pipe = _chain

    def _field(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        name = str(node["value"])
        inner = frozenset((*path, name) for path in on if path or name not in self._levels)
        outer = self._levels.get(name, _NOTHING) if () in on else _NOTHING
        self._note(inner | outer)
        return inner | outer

    def _value_projection(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        above = self.follow(children[0], on)
        return self.follow(children[1], frozenset((*path, ANY) for path in above))

    def _filter_projection(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        left, right, condition = children
        above = self.follow(left, on)
        self.follow(condition, above)
        return self.follow(right, above)

    def _function_expression(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        if node["value"] == "root":
            return SCOPE
        plain = [child for child in children if child["type"] != "expref"]
        given = self._all(node, plain, on)
        for child in children:
            if child["type"] == "expref":
                self.follow(child["children"][0], given)
        return given

    def _identity(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        return on

    _current = _index = _slice = _identity

    def _literal(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        return _NOTHING

    def _multi_select_dict(self, node: Tree, children: list[Tree], on: Paths) -> Paths:
        self._all(node, children, on)
        return _NOTHING

    _comparator = _not_expression = _multi_select_dict

    def _note(self, paths: Paths) -> None:
        """Remember what is read, without the way that leads there."""
        self.read |= paths
        self.read -= {path[:-1] for path in paths if len(path) > 1}


def touches(read: Path, changed: Path) -> bool:
    """Whether what happened at one path is seen by who reads the other (or something inside of it)."""
    shorter = min(len(read), len(changed))
    return all(a == b or ANY in {a, b} for a, b in zip(read[:shorter], changed[:shorter], strict=True))


def names(path: Path) -> Path:
    """The path without the items of lists, as expressions write it."""
    return tuple(name for name in path if name != "[]")


def written(path: Path) -> str:
    """A path as people write it: `line_items[].price`."""
    text: list[Any] = []
    for name in path:
        text.append(name if name == "[]" else f".{name}" if text else name)
    return "".join(text) or "the record"
