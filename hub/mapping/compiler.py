"""The Python functions of a mapping: the source that the build ships, or that runs in memory.

Each leaf is a few statements that name its line of the file, so that a traceback points there. What several
leaves go through is read once, a list is a loop, functions are called directly.
"""

import linecache
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from hub.documents import Document
from hub.expressions import growth, syntax
from hub.expressions.compiler import IMPORTS, Function, bound, loaded
from hub.expressions.expression import Expression
from hub.expressions.scope import Path as Names
from hub.expressions.scope import Scope, Spot, prefixes
from hub.expressions.syntax import Tree
from hub.expressions.writer import DEEPEST, Here, Writer, literal
from hub.mapping.leaves import Leaves, Ledger, Target
from hub.mapping.points import Point, Points
from hub.mapping.rule import Each, Path, Rule
from hub.mapping.running import ABSENT

_RUNNING = "from hub.mapping.running import ABSENT, EMPTY, LOST, UNLISTED, LeafError, at, below, word\n"


def built(
    document: Document, leaves: Leaves, empty: Any, hit: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """The functions and facts of a mapping, compiled in memory: the names of its module.

    `hit` is called with the number of each point that is reached. Raises ExpressionError.
    """
    text = module(document, leaves, empty, Points() if hit else None)
    file = f"<functions of {document.file}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = loaded(text, file)
    names["hit"] = hit
    return names


def points(document: Document, leaves: Leaves) -> tuple[Point, ...]:
    """The points of a mapping, in the order of their numbers."""
    found = Points()
    module(document, leaves, ABSENT, found)
    return tuple(found.found)


def module(document: Document, leaves: Leaves, empty: Any, found: Points | None = None) -> str:
    """The source of a mapping's module. `found`: notes the points, and each is counted as it is reached.

    `told(record, payload, drift)`: fields of `both`; `inward(record, payload, settings, drift)`: fields, and
    for each consent address, state and time; `outward(fields, customer, settings)`: the vendor's record.
    `drift` gets the paths of leaves without a value; LeafError is raised for those that must have one.
    `TOLD`, `READ`: (field, path of its first leaf, whether one is required, whether "no value" clears).
    `CONSENTS`: (channel, purpose, type, paths of address, state and time).
    """
    body = _Body(document, empty, found)
    body.told(leaves.told)
    body.inward(leaves)
    body.outward(leaves.writes)
    facts = [
        f"TOLD = {_facts(leaves.told)}",
        f"READ = {_facts(leaves.reads)}",
        f"CONSENTS = {tuple(_consent(one) for one in leaves.consents)!r}",
    ]
    head = f'"""What {document.file} says, as Python."""\n\n{IMPORTS}{_RUNNING}\n{bound(body.calls)}'
    functions = ["\n".join(lines) for lines in (*body.parts, body.lines)]
    return "\n".join([head, *body.constants, *facts, "", *functions, ""])


def _facts(targets: Iterable[Target]) -> str:
    found: dict[str, tuple[Path, bool, bool]] = {}
    for target in targets:
        path, required, clears = found.get(target.names[0], (target.rule.path, False, False))
        rule = target.rule
        found[target.names[0]] = (path, required or rule.required, clears or rule.is_path)
    return repr(tuple((name, *facts) for name, facts in found.items()))


def _consent(ledger: Ledger) -> tuple[Any, ...]:
    paths = (ledger.address.path, ledger.state.path, ledger.at and ledger.at.path)
    return (ledger.channel, ledger.purpose, ledger.type, *paths)


def _multiplies(each: Each) -> bool:
    """Whether items may come to more than the record holds: by levels or lists beside each other."""
    known = {each.levels[0][0]}
    for name, source in each.levels[1:]:
        if not source.names or not source.names <= known:
            return True
        known.add(name)
    inner = (one for _, rule in each.fields for one in rule.expressions() if one.path is None)
    trees = ((one, syntax.parse(one.source)) for one in inner)
    return any(
        growth.outgrows(tree) or (growth.loops(tree) and not one.names <= known) for one, tree in trees
    )


class _Body(Writer):
    """Writes the functions of one mapping. `constants`: statements of the module before them."""

    def __init__(self, document: Document, empty: Any, found: Points | None) -> None:
        super().__init__("mapping", self._note if found else None)
        self.constants: list[str] = []
        self._document = document
        self._empty = empty
        self._found = found
        self._scope = Scope("record")
        self._rule: tuple[Path, str, dict[int, int]] = ((), "", {})
        self._once: Counter[Names] = Counter()

    def told(self, targets: tuple[Target, ...]) -> None:
        """`told`: what the fields of `both` are, in a record of the vendor."""
        self._begin(Scope("record", {"payload": "payload"}), targets)
        with self.block("def told(record, payload, drift):"):
            self.write("fields = {}")
            self._fields(targets)
            self.write("return fields")
        self.write("")

    def inward(self, leaves: Leaves) -> None:
        """`inward`: what a record says of each field, and of consents."""
        self._begin(Scope("record", {"payload": "payload"}), leaves.reads)
        for ledger in leaves.consents:
            self._count(ledger.rules)
        with self.block("def inward(record, payload, settings, drift):"):
            self.write("fields = {}")
            self._fields(leaves.reads)
            said = [
                "(" + ", ".join(map(self._read_or_none, self._three(one))) + ")" for one in leaves.consents
            ]
            self.write(f"return fields, [{', '.join(said)}]")
        self.write("")

    def _three(self, ledger: Ledger) -> tuple[Rule | None, ...]:
        return ledger.address, ledger.state, ledger.at

    def _read_or_none(self, rule: Rule | None) -> str:
        return "None" if rule is None else self._read(rule)

    def outward(self, targets: tuple[Target, ...]) -> None:
        """`outward`: the vendor's record of an entity."""
        self._begin(Scope("fields", {"customer": "customer"}), targets)
        with self.block("def outward(fields, customer, settings):"):
            self.write("written = {}")
            self._nested(targets, "written", self._write_out)
            self.write("return written")

    def _begin(self, scope: Scope, targets: Iterable[Target]) -> None:
        """A new function: nothing was read yet."""
        self._scope = scope
        self._once = Counter()
        self._count(target.rule for target in targets)

    def _count(self, rules: Iterable[Rule]) -> None:
        """How often each path is read; what is read in a loop counts as often."""
        for rule in rules:
            for expression in rule.expressions():
                self._once.update(expression.paths if not rule.each else [*expression.paths] * 2)

    def _fields(self, targets: tuple[Target, ...]) -> None:
        self._nested(targets, "fields", self._read_in)

    def _nested(self, targets: tuple[Target, ...], whole: str, leaf: Callable[[Target, str], None]) -> None:
        """The statements of all leaves; an object of the target is there when something in it is."""
        objects: dict[Names, str] = {(): whole}
        for outer in prefixes(target.names for target in targets):
            objects[outer] = self.local(outer[-1], "{}")
        for target in targets:
            leaf(target, f"{objects[target.names[:-1]]}[{target.names[-1]!r}]")
        for outer in sorted(objects.keys() - {()}, key=len, reverse=True):
            with self.block(f"if {objects[outer]}:"):
                self.write(f"{objects[outer[:-1]]}[{outer[-1]!r}] = {objects[outer]}")

    def _read_in(self, target: Target, place: str) -> None:
        """A leaf of a field: an explicit "no value" clears (None), nothing at all leaves it."""
        rule = target.rule
        value = self._read(rule)
        with self.block(f"if {value} is not {'ABSENT' if rule.is_path else 'None'}:"):
            self._reach(rule, "value", f"{value} is not None")
            self.write(f"{place} = {self._cleared(value) if rule.is_path else value}")
        self._done()

    def _read(self, rule: Rule) -> str:
        """The value of a leaf that is read: ABSENT (a path's) or None (an expression's) for nothing."""
        nothing = "ABSENT" if rule.is_path else "None"
        self._start(rule)
        if rule.is_path and rule.lookup is None:
            value = self._path(rule, "ABSENT")
        else:
            with self.block("try:"):
                value = self._named(self._value(rule, nothing))
            with self.block("except LOST as error:"):
                lost = f"at(error, {rule.path!r}).path"
                if rule.required:
                    self.write(f"raise LeafError('bad-value', {lost}) from None")
                else:
                    self.write(f"drift.append({lost})")
                    self.write(f"{value} = {nothing}")
        if not rule.is_path:
            with self.block(f"if {value} == '':"):
                self.write(f"{value} = None")
        if rule.required:
            test = f"{self._cleared(value)} in (None, ABSENT)" if rule.is_path else f"{value} is None"
            with self.block(f"if {test}:"):
                self.write(f"raise LeafError('missing-value', {rule.path!r})")
        return value

    def _cleared(self, value: str) -> str:
        """A path's value, None for what means "no value"."""
        words = [f"{value} == ''"]
        if isinstance(self._empty, str) and self._empty:
            words.append(f"{value} == {self._empty!r}")
        elif isinstance(self._empty, bool):
            words.append(f"{value} is {self._empty}")
        return f"None if {' or '.join(words)} else {value}"

    def _value(self, rule: Rule, nothing: str) -> str:
        """The text of a leaf's value; its statements may raise what is in LOST."""
        if rule.setting is not None:
            return f"settings.get({rule.setting!r})"
        if rule.each is not None:
            return self._list(rule)
        if rule.lookup is None:
            return self._expression(rule.source)
        value = self._path(rule, nothing) if rule.is_path else self._expression(rule.source)
        return self._looked_up(rule, value, nothing)

    def _named(self, text: str) -> str:
        return text if text.isidentifier() else self.local("value", text)

    def _path(self, rule: Rule, nothing: str) -> str:
        path = rule.source.path if rule.source else None
        return self.local(path[-1], self._scope.read(self, path, nothing)) if path else nothing

    def _looked_up(self, rule: Rule, value: str, nothing: str) -> str:
        """What the lookup lists for a value; LeafError("unlisted") where it lists nothing."""
        name = self.fresh("LOOKUP")
        self.constants.append(f"{name} = {literal(rule.lookup)}")
        known = f"{value} is not None" + (f" and {value} is not ABSENT" if nothing == "ABSENT" else "")
        with self.block(f"if {known}:"):
            key = self.local("key", f"{value} if isinstance({value}, str) else word({value})")
            self.write(f"{value} = {name}.get({key}, UNLISTED)")
            for entry in rule.lookup or () if self._found else ():
                self._reach(rule, f"lookup {entry}", f"{key} == {entry!r}")
            with self.block(f"if {value} is UNLISTED:"):
                if rule.otherwise is not ABSENT:
                    self._reach(rule, "else")
                    self.write(f"{value} = {literal(rule.otherwise)}")
                else:
                    self.write(f"raise LeafError('unlisted', {rule.path!r})")
        return value

    def _expression(self, source: Expression | None, more: int = 3) -> str:
        """The value of an expression; of one that is too deep for these blocks, a function of its own."""
        text = source.source if source else ""
        tree = syntax.parse(text)
        self._rule = (self._rule[0], text, syntax.offsets(tree, text) if self._found else {})
        if syntax.blocks(tree) + self.depth + more <= DEEPEST:
            return self.expression(tree, Spot(self._scope))
        apart = Function(self.fresh("apart"), text)
        self.parts += [*apart.parts, apart.lines]
        self.calls |= apart.calls
        return self.local("apart", f"{apart.name}({self._scope.whole()})")

    def _list(self, rule: Rule) -> str:
        """The items of `each`, null where there are none."""
        each = rule.each
        assert each is not None
        items = self.local("items", "[]")
        outer = self._scope
        with self.bounded(_multiplies(each)), ExitStack() as blocks:
            for name, source in each.levels:
                self._level(name, self._expression(source), blocks)
            self._reach(rule, "each")
            item = self.local("item", "{}")
            for name, inner in each.fields:
                self._item(inner, f"{item}[{name!r}]")
            self.write(f"{items}.append({item})")
        self._scope = outer
        return f"{items} or None"

    def _level(self, name: str, found: str, blocks: ExitStack) -> None:
        """A level of a list: one more name in sight, read as an object where its members are asked for."""
        blocks.enter_context(self.block(f"if isinstance({found}, list):"))
        if self.working:
            self.write(f"work.spend(len({found}))")
        variable = self.fresh(name)
        blocks.enter_context(self.block(f"for {variable} in {found}:"))
        self._scope = self._scope.inside(name, variable)
        if any(len(path) > 1 and path[0] == name for path in self._once):
            view = self.local(name, f"{variable} if isinstance({variable}, dict) else EMPTY")
            self._scope.views[(name,)] = view

    def _item(self, rule: Rule, place: str) -> None:
        """A member of an item: left out where there is none."""
        if rule.is_path and rule.lookup is None:
            value = self._path(rule, "")
        elif rule.setting is not None:
            value = self.local("setting", self._value(rule, "None"))
        else:
            with self.block("try:"):
                value = self._named(self._value(rule, "None"))
            with self.block("except LOST as error:"):
                self.write(f"raise at(error, {rule.path!r}) from None")
        with self.block(f"if {value} is not None:"):
            self._reach(rule, "value")
            self.write(f"{place} = {value}")

    def _write_out(self, target: Target, place: str) -> None:
        """A leaf of the vendor's record: what is null is left out, or written as the vendor's "no value"."""
        rule = target.rule
        self._start(rule)
        clears = rule.is_path and self._empty is not ABSENT
        nothing = "ABSENT" if clears else "None"
        value = self._written(rule, nothing)
        with self.block(f"if {value} is not {nothing}:"):
            self._reach(rule, "value", f"{value} is not None")
            said = f"{literal(self._empty)} if {value} is None else {value}"
            self.write(f"{place} = {said if clears and self._empty is not None else value}")
        if rule.required:
            with self.block("else:"):
                self.write(f"raise LeafError('missing-value', {rule.path!r})")
        self._done()

    def _written(self, rule: Rule, nothing: str) -> str:
        if rule.is_path and rule.lookup is None:
            return self._member(rule, nothing) or self._path(rule, "" if nothing == "None" else nothing)
        with self.block("try:"):
            value = self._named(self._value(rule, nothing))
        with self.block("except LOST as error:"):
            self.write(f"{value} = {nothing}")
            with self.block("if at(error, ()).reason != 'unlisted':"):
                self.write(f"raise at(error, {rule.path!r}) from None")
        return value

    def _member(self, rule: Rule, nothing: str) -> str:
        """A member of a composite in `both`, null where the composite is there without it; "" elsewhere."""
        path = (rule.source and rule.source.path) or ()
        if rule.path[0] != "both" or len(path) < 2 or nothing == "None":
            return ""
        view = self._scope.views[path[:-1]]
        return self.local(path[-1], f"ABSENT if {view} is EMPTY else {view}.get({path[-1]!r})")

    def _start(self, rule: Rule) -> None:
        """What follows belongs to this leaf; what it shares with others is read before it may fail."""
        self._rule = (rule.path, "", {})
        place = self._document.place(*rule.path)
        self.comment = f"  # {place.file}:{place.line}"
        paths = {path for expression in rule.expressions() for path in expression.paths}
        levels = {name for name, _ in rule.each.levels} if rule.each else set()
        seen = sorted(path for path in paths if path[0] not in levels)
        for outer in prefixes(seen):
            self._see(outer)
        for path in seen:
            if self._once[path] > 1 and not (rule.is_path and rule.lookup is None):
                self._scope.keep(self, path)

    def _see(self, path: Names) -> None:
        """Read an object that leaves go through, whatever stands there, unless that was done before."""
        if path in self._scope.views:
            return
        value = self.local(path[-1], self._scope.read(self, path, "ABSENT"))
        with self.block(f"if not isinstance({value}, dict):"):
            self.write(f"{value} = below({value})")
        self._scope.views[path] = value

    def _done(self) -> None:
        self.comment = ""

    def _root(self) -> Here:
        return Spot(self._scope)

    def _reach(self, rule: Rule, what: str, condition: str = "") -> None:
        """Note that a point of a leaf is reached."""
        if self._found is None:
            return
        call = f"hit({self._found.add(rule.path, what)})"
        self.write(f"if {condition}:" if condition else call)
        if condition:
            self.write(f"    {call}")

    def _note(self, tree: Tree, branch: str) -> str | None:
        """The statement that notes a branch inside of an expression."""
        path, _, offsets = self._rule
        names = {"or_expression": "||", "and_expression": "&&", "comparator": "comparison"}
        what = (
            f"{names.get(tree['type'], 'filter' if tree['type'] == 'filter_projection' else 'loop')} {branch}"
        )
        assert self._found is not None
        return f"hit({self._found.add(path, what, offsets.get(id(tree)))})"
