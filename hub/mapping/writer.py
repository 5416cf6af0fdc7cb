"""Python statements for the leaves of a mapping, whichever the direction.

Each statement names its line of the file, so that a traceback points there. What several leaves go through is
read once, a list is a loop, functions are called directly.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from hub.documents import Document
from hub.expressions import growth, syntax
from hub.expressions.compiler import Function
from hub.expressions.expression import Expression
from hub.expressions.scope import Path as Names
from hub.expressions.scope import Scope, Spot, prefixes
from hub.expressions.syntax import Tree
from hub.expressions.writer import DEEPEST, Here, Writer, literal
from hub.mapping.leaves import Target
from hub.mapping.points import Points
from hub.mapping.rule import Each, Rule
from hub.mapping.running import ABSENT, Path
from hub.mapping.tables import Table

_KINDS = {
    "or_expression": "||",
    "and_expression": "&&",
    "comparator": "comparison",
    "filter_projection": "filter",
}


class LeafWriter(Writer):
    """Writes one function of a mapping. `constants`: statements of the module that it needs.

    `empty`: what "no value" looks like at the vendor; `points`: notes what can be reached, and each is
    counted when it is.
    """

    def __init__(self, name: str, document: Document, empty: Any, points: Points | None = None) -> None:
        super().__init__(name, self._note if points else None)
        self.constants: list[str] = []
        self._document = document
        self._empty = empty
        self._points = points
        self._scope = Scope("record")
        self._rule: tuple[Path, dict[int, int]] = ((), {})
        self._reads: Counter[Names] = Counter()
        self._rooted = False
        self._clearing = True

    def _count(self, rules: Iterable[Rule]) -> None:
        """How often each path is read; what is read in a loop counts as often."""
        for rule in rules:
            for expression in rule.expressions():
                self._reads.update([*expression.paths] * (2 if rule.each else 1))
                self._rooted |= "root" in expression.source or "@" in expression.source

    def _nested(self, targets: Sequence[Target], whole: str, leaf: Callable[[Rule, str], None]) -> None:
        """The statements of all leaves; an object of the target is there when something in it is."""
        objects: dict[Names, str] = {(): whole}
        for outer in prefixes(target.names for target in targets):
            objects[outer] = self.local(outer[-1], "{}")
        for target in targets:
            self._start(target.rule)
            leaf(target.rule, f"{objects[target.names[:-1]]}[{target.names[-1]!r}]")
            self.comment = ""
        for outer in sorted(objects.keys() - {()}, key=lambda path: (-len(path), path)):
            with self.block(f"if {objects[outer]}:"):
                self.write(f"{objects[outer[:-1]]}[{outer[-1]!r}] = {objects[outer]}")

    def _start(self, rule: Rule) -> None:
        """What follows belongs to this leaf; what it shares with others is read before it may fail."""
        self._rule = (rule.path, {})
        place = self._document.place(*rule.path)
        self.comment = f"  # {shown(place.file)}:{place.line}"
        levels = {name for name, _ in rule.each.levels} if rule.each else set()
        paths = {path for expression in rule.expressions() for path in expression.paths}
        seen = sorted(path for path in paths if path[0] not in levels)
        for outer in prefixes(seen):
            self._see(outer)
        for path in seen:
            if self._reads[path] > 1 and not _is_plain(rule):
                self._scope.keep(self, path)

    def _see(self, path: Names) -> None:
        """Read an object that leaves go through, whatever stands there, unless that was done before."""
        if path in self._scope.views:
            return
        value = self.local(path[-1], self._scope.read(self, path, "ABSENT" if self._clearing else ""))
        with self.block(f"if not isinstance({value}, dict):"):
            self.write(f"{value} = below({value})" if self._clearing else f"{value} = EMPTY")
        self._scope.views[path] = value

    def _constant(self, rule: Rule, place: str) -> bool:
        """Write a leaf that is always the same; whether it is."""
        if rule.source is None or rule.lookup is not None:
            return False
        tree = syntax.parse(rule.source.source)
        if tree["type"] != "literal" or tree["value"] in (None, ""):
            return False
        self._reach(rule, "value")
        self.write(f"{place} = {literal(tree['value'])}")
        return True

    def _guarded(self, rule: Rule, nothing: str, failed: Callable[[str], None]) -> str:
        """The variable of a leaf's value. `failed` writes what happens where it has none."""
        if _is_plain(rule) or rule.setting is not None:
            return self._named(self._value(rule, nothing))
        with self.block("try:"):
            value = self._named(self._value(rule, nothing))
            if value in {*self._scope.values.values(), *self._scope.names.values()}:
                value = self.local("value", value)  # what others read stays as it is, whatever becomes of it
        with self.block("except LOST as error:"):
            failed(value)
        return value

    def _named(self, text: str) -> str:
        return text if text.isidentifier() else self.local("value", text)

    def _value(self, rule: Rule, nothing: str) -> str:
        """The text of a leaf's value; its statements may raise what is in LOST."""
        if rule.setting is not None:
            return f"settings.get({rule.setting!r})"
        if rule.each is not None:
            return self._list(rule.each, rule)
        path = rule.source.path if rule.source else None
        if path:
            value = self._path(path, "" if nothing == "None" else nothing)
        else:
            value = self._expression(rule.source, rule.path)
        return value if rule.lookup is None else self._looked_up(rule, self._named(value), nothing)

    def _path(self, path: Names, default: str) -> str:
        """The variable of a path's value; what is read once shares one, Python is slow with hundreds."""
        if not default and self._reads[path] > 1:
            self._scope.keep(self, path)
            return self._scope.value(self, path)
        text = self._scope.read(self, path, default)
        self.write(f"value = {text}")
        return "value"

    def _looked_up(self, rule: Rule, value: str, nothing: str) -> str:
        """What the lookup lists for a value; LeafError("unlisted") where it lists nothing."""
        name = self.fresh(f"{self.name.upper()}_LOOKUP")
        self.constants.append(f"{name} = {literal(rule.lookup)}")
        known = f"{value} is not None" + (f" and {value} is not ABSENT" if nothing == "ABSENT" else "")
        found = self.local("found", value)
        with self.block(f"if {known}:"):
            key = self.local("key", f"{value} if isinstance({value}, str) else word({value})")
            self.write(f"{found} = {name}.get({key}, {self._unlisted(rule, value)})")
            for entry in _entries(rule) if self._points else ():
                self._reach(rule, f"lookup {entry}", f"{key} == {entry!r}")
            with self.block(f"if {found} is UNLISTED:"):
                if rule.otherwise is ABSENT:
                    self._reach(rule, "unlisted")
                    self.write(f"raise LeafError('unlisted', {rule.path!r})")
                else:
                    self._reach(rule, "else")
                    self.write(f"{found} = {literal(rule.otherwise)}")
        return found

    def _unlisted(self, rule: Rule, value: str) -> str:
        """What a lookup gives for a word that it does not list."""
        return "UNLISTED"

    def _expression(self, source: Expression | None, path: Path) -> str:
        """The value of an expression; of one that is too deep for these blocks, a function of its own."""
        text = source.source if source else ""
        tree = syntax.parse(text)
        self._rule = (path, syntax.offsets(tree, text) if self._points else {})
        names = syntax.path(tree)
        if names:
            return self._scope.value(self, names)
        if syntax.blocks(tree) + self.depth + 3 <= DEEPEST:
            return self.expression(tree, Spot(self._scope))
        apart = Function(self.fresh(f"{self.name}_apart"), text, tree, self._mark)
        self.parts += [*apart.parts, apart.lines]
        self.calls |= apart.calls
        return self.local("apart", f"{apart.name}({self._scope.whole()})")

    def _list(self, each: Each, rule: Rule) -> str:
        """The items of `each`, null where there are none."""
        items = self.local("items", "None")
        outer = self._scope
        with self.bounded(_multiplies(each)), ExitStack() as blocks:
            for number, (name, source) in enumerate(each.levels):
                found = self._expression(source, (*rule.path, "each", name))
                self._level(name, found, blocks, "" if number else items)
            self._reach(rule, "each")
            item = self.local("item", "{}")
            for name, inner in each.fields:
                self._member(inner, f"{item}[{name!r}]")
            self.write(f"{items}.append({item})")
        self._scope = outer
        return items if len(each.levels) == 1 else f"{items} or None"

    def _level(self, name: str, found: str, blocks: ExitStack, items: str) -> None:
        """A level of a list: one more name in sight, read as an object where its members are asked for."""
        blocks.enter_context(self.block(f"if isinstance({found}, list) and {found}:"))
        if items:
            self.write(f"{items} = []")
        if self.working:
            self.write(f"work.spend(len({found}))")
        variable = self.fresh(name)
        blocks.enter_context(self.block(f"for {variable} in {found}:"))
        self._scope = self._scope.inside(name, variable)
        if not any(len(path) > 1 and path[0] == name for path in self._reads):
            return
        if (name,) in self._reads or self._rooted:
            view = self.local(name, f"{variable} if isinstance({variable}, dict) else EMPTY")
        else:
            view = variable
            with self.block(f"if not isinstance({variable}, dict):"):
                self.write(f"{variable} = EMPTY")
        self._scope.views[(name,)] = view

    def _member(self, rule: Rule, place: str) -> None:
        """A member of an item: left out where there is none."""
        if self._constant(rule, place):
            return
        value = self._guarded(rule, "None", lambda value: self._lost_member(rule))
        with self.block(f"if {value} is not None:"):
            self._reach(rule, "value")
            self.write(f"{place} = {value}")
        if rule.required:
            with self.block("else:"):
                self._reach(rule, "required")
                self.write(f"raise RequiredError('missing-value', {rule.path!r})")

    def _lost_member(self, rule: Rule) -> None:
        lost = f"at(error, {rule.path!r})"
        required = f"RequiredError('bad-value', {lost}.path)"
        self.write(f"raise {required if rule.required else lost} from None")

    def _root(self) -> Here:
        return Spot(self._scope)

    def _reach(self, rule: Rule, what: str, condition: str = "") -> None:
        """Note that a point of a leaf is reached."""
        if self._points is None:
            return
        call = f"hit({self._points.add(rule.path, what)})"
        self.write(f"if {condition}: {call}" if condition else call)

    def _note(self, tree: Tree, branch: str) -> str | None:
        """The statement that notes a branch inside of an expression."""
        path, offsets = self._rule
        what = f"{_KINDS.get(tree['type'], 'loop')} {branch}"
        return f"hit({self._points.add(path, what, offsets.get(id(tree)))})" if self._points else None


def shown(file: str) -> str:
    """The name of a file as it may stand in a comment."""
    return re.sub(r"[^\w./-]", "_", file)


def _entries(rule: Rule) -> Iterable[str]:
    """The entries of a lookup that each are a way of their own: those of a table are not."""
    return () if isinstance(rule.lookup, Table) else rule.lookup or ()


def _is_plain(rule: Rule) -> bool:
    """Whether it is a path and nothing else: its value cannot fail."""
    return rule.is_path and rule.lookup is None


def _multiplies(each: Each) -> bool:
    """Whether items may come to more than the record holds: by levels or lists beside each other."""
    known = {each.levels[0][0]}
    if any(growth.outgrows(syntax.parse(source.source)) for _, source in each.levels):
        return True
    for name, source in each.levels[1:]:
        if not source.names or not source.names <= known:
            return True
        known.add(name)
    inner = [one for _, rule in each.fields for one in rule.expressions() if one.path is None]
    return any(_is_free(syntax.parse(one.source), one.names <= known) for one in inner)


def _is_free(tree: Tree, within: bool) -> bool:
    """Whether the work of an expression for one item has another bound than the item."""
    return growth.outgrows(tree) or (growth.loops(tree) and not within)
