"""Python statements for the nodes of an expression.

Each node of a tree is a function of the value that it is applied to, so it becomes statements over a local
variable; JMESPath has no outer scope, and only `root()` sees where the expression began.
"""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from hub.expressions import growth, syntax
from hub.expressions.functions import FUNCTIONS
from hub.expressions.inline import INLINE
from hub.expressions.scope import Scope, Spot
from hub.expressions.syntax import Tree

Here = str | Spot
"""What a node is applied to: a variable, or a place in the scope."""

DEEPEST = 12
"""Blocks in one function: Python takes 20 loops and 100 levels, expressions know no such limit."""

_BOOLEAN = frozenset({"contains", "starts_with", "ends_with", "after", "before", "boolean", "is_tax_id"})
_SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


class Writer:
    """Writes the functions of a module, one statement after another.

    `lines`: what was written, each with `comment` behind it, `depth` blocks deep; `parts`: functions beside
    them, for what was too deep; `calls`: the functions of expressions that are called; `working`: whether
    what is written counts its work. Each method of a node writes statements, and gives the text of its value.
    `mark`, where somebody counts what is reached, gives the statement that notes a branch of a node.
    """

    def __init__(self, name: str, mark: Callable[[Tree, str], str | None] | None = None) -> None:
        self.calls: set[str] = set()
        self.lines: list[str] = []
        self.parts: list[list[str]] = []
        self.name = name
        self.depth = 0
        self.comment = ""
        self.working = False
        self._mark = mark
        self._numbers = count(1)

    def write(self, line: str) -> None:
        """One line, as deep as the block is."""
        self.lines.append("    " * self.depth + line + self.comment)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands below `head`."""
        self.write(head)
        self.depth += 1
        yield
        self.depth -= 1

    def local(self, hint: str, value: str) -> str:
        """A new variable with this value."""
        name = self.fresh(hint)
        self.write(f"{name} = {value}")
        return name

    def fresh(self, hint: str) -> str:
        """A name that nothing else has; `hint` may be any text."""
        return f"{hint if _NAME.fullmatch(hint) else 'field'}_{next(self._numbers)}"

    def expression(self, tree: Tree, here: Here) -> str:
        """The text of an expression's value, within bounds of work where that may outgrow what is read."""
        with self.bounded(growth.outgrows(tree)):
            value = self.value(tree, here)
            self._pay(value)
            return value

    @contextmanager
    def bounded(self, needed: bool) -> Iterator[None]:
        """What is written inside counts its work, where that is needed."""
        outer = self.working
        if needed and not outer:
            self.write("work = Work()")
        self.working = needed or outer
        yield
        self.working = outer

    def value(self, tree: Tree, here: Here) -> str:
        """The text of what holds the value of a node over `here`."""
        found = self._place(tree, here)
        return found if isinstance(found, str) else found.value(self)

    def _place(self, tree: Tree, here: Here) -> Here:
        """As `value`, or a place in the scope, of which nothing is read before it is known what for."""
        if self.depth > DEEPEST and tree["children"]:
            return self._apart(tree, here)
        write = getattr(self, f"_{tree['type']}")
        found: Here = write(tree, here)
        return found

    def _apart(self, tree: Tree, here: Here) -> str:
        """The value of a node that has a function of its own."""
        name = self.fresh(f"{self.name}_part")
        work = ", work" if self.working else ""
        call = f"{name}(scope, {self._variable(here)}{work})"
        outer = self.lines, self.depth
        self.lines, self.depth = [], 0
        with self.block(f"def {name}(scope, here{work}):"):
            self.write(f"return {self.value(tree, 'here')}")
        self.parts.append(self.lines)
        self.lines, self.depth = outer
        return self.local("part", call)

    def _variable(self, here: Here) -> str:
        return here if isinstance(here, str) else here.value(self)

    def _reached(self, tree: Tree, branch: str) -> None:
        note = self._mark(tree, branch) if self._mark else None
        if note:
            self.write(note)

    def _operand(self, tree: Tree, here: Here) -> str:
        """As `value`, with a literal as it is."""
        return literal(tree["value"]) if tree["type"] == "literal" else self.value(tree, here)

    def _operands(self, trees: list[Tree], here: Here) -> list[str]:
        return [self._operand(tree, here) for tree in trees]

    def _current(self, tree: Tree, here: Here) -> Here:
        return here

    _identity = _current

    def _field(self, tree: Tree, here: Here) -> Here:
        name = tree["value"]
        if isinstance(here, Spot):
            return here.member(name)
        return self.local(name, f"{here}.get({name!r}) if isinstance({here}, dict) else None")

    def _literal(self, tree: Tree, here: Here) -> str:
        return self.local("literal", literal(tree["value"]))

    def _subexpression(self, tree: Tree, here: Here) -> Here:
        for child in tree["children"]:
            here = self._place(child, here)
        return here

    _index_expression = _pipe = _subexpression

    def _index(self, tree: Tree, here: Here) -> str:
        index, items = tree["value"], self._variable(here)
        enough = f"len({items}) > {index}" if index >= 0 else f"len({items}) >= {-index}"
        enough = items if index in (0, -1) else enough
        return self.local("item", f"{items}[{index}] if isinstance({items}, list) and {enough} else None")

    def _slice(self, tree: Tree, here: Here) -> str:
        bounds = ":".join("" if bound is None else str(bound) for bound in tree["children"])
        items = self._variable(here)
        return self.local("items", f"{items}[{bounds}] if isinstance({items}, list) else None")

    def _flatten(self, tree: Tree, here: Here) -> str:
        items = self.value(tree["children"][0], here)
        self._pay(items)
        return self.local("flat", f"flat({items})")

    def _projection(self, tree: Tree, here: Here) -> str:
        base, each = tree["children"]
        return self._loop(tree, self.value(base, here), "list", each)

    def _value_projection(self, tree: Tree, here: Here) -> str:
        base, each = tree["children"]
        return self._loop(tree, self.value(base, here), "dict", each)

    def _filter_projection(self, tree: Tree, here: Here) -> str:
        base, each, condition = tree["children"]
        return self._loop(tree, self.value(base, here), "list", each, condition)

    def _loop(self, tree: Tree, base: str, kind: str, each: Tree, condition: Tree | None = None) -> str:
        """The values of `each` that are not null over the items of a list, or over the values of a dict."""
        found = self.local("found", "None")
        with self.block(f"if isinstance({base}, {kind}):"):
            self.write(f"{found} = []")
            if self.working:
                self.write(f"work.spend(len({base}))")
            item = self.fresh("item")
            with self.block(f"for {item} in {base}{'.values()' if kind == 'dict' else ''}:"):
                self._reached(tree, "enters")
                here = self._item(item, [each, condition] if condition else [each])
                if condition:
                    with self.block(f"if {_false(condition, self.value(condition, here))}:"):
                        self._reached(tree, "drops")
                        self.write("continue")
                    self._reached(tree, "keeps")
                value = self.value(each, here)
                with self.block(f"if {value} is not None:"):
                    self.write(f"{found}.append({value})")
        return found

    def _item(self, item: str, trees: list[Tree]) -> Here:
        """An item of a loop: looked at once where several of its members are asked for."""
        if len({path[0] for tree in trees for path in syntax.paths(tree)}) < 2:
            return item
        view = self.local("item", f"{item} if isinstance({item}, dict) else EMPTY")
        return Spot(Scope(view, all=item))

    def _multi_select_list(self, tree: Tree, here: Here) -> str:
        return self._select("items", here, lambda: f"[{', '.join(self._operands(tree['children'], here))}]")

    def _multi_select_dict(self, tree: Tree, here: Here) -> str:
        def record() -> str:
            values = self._operands([pair["children"][0] for pair in tree["children"]], here)
            keys = [pair["value"] for pair in tree["children"]]
            return f"{{{', '.join(f'{key!r}: {value}' for key, value in zip(keys, values, strict=True))}}}"

        return self._select("record", here, record)

    def _select(self, hint: str, here: Here, built: Callable[[], str]) -> str:
        """What is built of a value, null where that is null; the scope itself is never null."""
        if isinstance(here, Spot) and here.sure:
            return self.local(hint, built())
        name = self.local(hint, "None")
        with self.block(f"if {self._variable(here)} is not None:"):
            self.write(f"{name} = {built()}")
        return name

    def _or_expression(self, tree: Tree, here: Here) -> str:
        left, right = tree["children"]
        name = self.local("either", self.value(left, here))
        self._branch(tree, f"if {_false(left, name)}:", name, right, here)
        return name

    def _and_expression(self, tree: Tree, here: Here) -> str:
        left, right = tree["children"]
        name = self.local("both", self.value(left, here))
        self._branch(tree, f"if {_true(left, name)}:", name, right, here)
        return name

    def _branch(self, tree: Tree, head: str, name: str, right: Tree, here: Here) -> None:
        with self.block(head):
            self._reached(tree, "right")
            self.write(f"{name} = {self._operand(right, here)}")
        if self._mark:
            with self.block("else:"):
                self._reached(tree, "left")
                self.write("pass")

    def _not_expression(self, tree: Tree, here: Here) -> str:
        [child] = tree["children"]
        return self.local("not", _false(child, self.value(child, here)))

    def _comparator(self, tree: Tree, here: Here) -> str:
        left, right = tree["children"]
        fixed = right["type"] == "literal"
        first = self.value(left, here) if fixed else self._operand(left, here)
        second = self._operand(right, here)
        self._pay(first, second)
        sign = tree["value"]
        if sign in _SIGNS:
            comparison = _order(_SIGNS[sign], left, right, first, second)
        elif left["type"] == "literal" and not fixed:
            comparison = _equality(sign == "eq", second, first, left)
        else:
            comparison = _equality(sign == "eq", first, second, right)
        name = self.local(sign, comparison)
        self._truth(tree, name)
        return name

    def _truth(self, tree: Tree, name: str) -> None:
        """Note that a comparison was true, or was not."""
        if self._mark:
            with self.block(f"if {name}:"):
                self._reached(tree, "true")
                self.write("pass")
            with self.block("else:"):
                self._reached(tree, "false")
                self.write("pass")

    def _expref(self, tree: Tree, here: Here) -> str:
        name, item = self.fresh("by"), self.fresh("item")
        with self.block(f"def {name}({item}):"):
            self.write(f"return {self.value(tree['children'][0], item)}")
        return name

    def _function_expression(self, tree: Tree, here: Here) -> Here:
        name, children = tree["value"], tree["children"]
        if name == "root":
            return self._root()
        if self.working or name not in INLINE:
            self.calls.add(name)
        arguments = self._operands(children, here)
        self._pay(*(one for child, one in zip(children, arguments, strict=True) if child["type"] != "expref"))
        inline = None if self.working else INLINE.get(name)
        call = inline(arguments) if inline else f"{name}({', '.join(arguments)})"
        if name in FUNCTIONS and not FUNCTIONS[name].takes_null:
            known = zip(children, arguments, strict=True)
            nulls = [f"{one} is None" for child, one in known if not _is_known(child)]
            call = f"None if {' or '.join(nulls)} else {call}" if nulls else call
        return self.local(name, call)

    def _root(self) -> Here:
        return "scope"

    def _pay(self, *values: str) -> None:
        if self.working and values:
            self.write(f"work.pay({', '.join(values)})")


def literal(value: Any) -> str:
    """A JSON value in Python; JSON as Python reads it has NaN and infinities."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{name!r}: {literal(inner)}" for name, inner in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def _is_known(tree: Tree) -> bool:
    """Whether a node is a literal other than null."""
    return tree["type"] == "literal" and tree["value"] is not None


def _is_boolean(tree: Tree) -> bool:
    """Whether the value of a node is true, false or null."""
    kind, children = tree["type"], tree["children"]
    if kind in ("or_expression", "and_expression"):
        return all(map(_is_boolean, children))
    called = kind == "function_expression" and tree["value"] in _BOOLEAN
    return called or kind in ("comparator", "not_expression")


def _false(tree: Tree, name: str) -> str:
    """A condition: JMESPath takes the value of a node, held by `name`, for false; 0 is true."""
    if _is_boolean(tree):
        return f"not {name}"
    return f"not {name} and ({name} is None or {name} is False or {name} != 0)"


def _true(tree: Tree, name: str) -> str:
    return name if _is_boolean(tree) else f"{name} or ({name} == 0 and {name} is not False)"


def _order(sign: str, left: Tree, right: Tree, first: str, second: str) -> str:
    """A comparison, null where a side is neither a number nor a text."""
    sides = [f"ordered({name})" for tree, name in ((left, first), (right, second)) if not _is_ordered(tree)]
    comparison = f"{first} {sign} {second}"
    return f"{comparison} if {' and '.join(sides)} else None" if sides else comparison


def _is_ordered(tree: Tree) -> bool:
    value = tree.get("value")
    return tree["type"] == "literal" and isinstance(value, int | float | str) and not isinstance(value, bool)


def _equality(same: bool, first: str, second: str, right: Tree) -> str:
    """Python's own comparison where one side is a literal that Python takes for nothing else."""
    literal = right["type"] == "literal"
    value = right.get("value")
    if literal and (value is None or isinstance(value, bool)):
        return f"{first} {'is' if same else 'is not'} {second}"
    if literal and isinstance(value, int | float | str) and value not in (0, 1):
        return f"{first} {'==' if same else '!='} {second}"
    return f"{'' if same else 'not '}equal({first}, {second})"
