"""Expressions as plain Python functions: the source that the build ships, or that runs in memory.

Each node of a tree is a function of the value that it is applied to, so it becomes statements over a local
variable; JMESPath has no outer scope, and only `root()` sees where the expression began.
"""

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from hub.expressions import syntax
from hub.expressions.error import ExpressionError
from hub.expressions.expression import Built
from hub.expressions.functions import FUNCTIONS
from hub.expressions.syntax import Tree

_IMPORTS = """\
from hub.expressions.functions import FUNCTIONS
from hub.expressions.native import NATIVE
from hub.expressions.operators import empty, equal, flat, ordered
"""

_DEEPEST = 12
"""Blocks in one function: Python takes 20 loops and 100 levels, expressions know no such limit."""

_BOOLEAN = frozenset({"contains", "starts_with", "ends_with", "after", "before"})
_SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def built(source: str) -> Built:
    """The function of one expression, compiled in memory. Raises ExpressionError."""
    try:
        code = compile(module([source]), "<expression>", "exec")
    except (RecursionError, MemoryError, SyntaxError):
        raise ExpressionError("the expression is nested too deeply", 0) from None
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102 - written by this module, texts only as literals
    found: Built = namespace["EXPRESSIONS"][source]
    return found


def module(sources: Iterable[str]) -> str:
    """The source of a module with a function for each expression, and `EXPRESSIONS`: source -> Built.

    A plain path has none: its names are all that there is to know. Raises ExpressionError.
    """
    writers = [_Writer(f"e{number}", source) for number, source in enumerate(sources)]
    calls = sorted({name for writer in writers for name in writer.calls})
    bound = "".join(f"{name} = {_place(name)}[{name!r}].call\n" for name in calls)
    functions = [writer.text for writer in writers if writer.text]
    entries = "".join(f"    {writer.entry},\n" for writer in writers)
    return "\n\n".join([f"{_IMPORTS}\n{bound}", *functions, f"EXPRESSIONS = {{\n{entries}}}\n"])


def _place(name: str) -> str:
    return "FUNCTIONS" if name in FUNCTIONS else "NATIVE"


class _Writer:
    """Writes the function `name` of one expression.

    `text`: the function, after those of the parts that were too deep for it; `calls`: the functions that it
    calls; `entry`: what EXPRESSIONS says of it. Each method of a node writes statements, and gives the name
    of what holds the node's value over `here`.
    """

    def __init__(self, name: str, source: str) -> None:
        self.calls: set[str] = set()
        self._name = name
        self._numbers = count(1)
        self._parts: list[list[str]] = []
        self._lines = [f"# {source!r}"]
        self._depth = 0
        tree = syntax.parse(source)
        path = syntax.path(tree)
        self.entry = (
            f"{source!r}: ({'None' if path else name}, {path!r}, {tuple(sorted(syntax.paths(tree)))!r})"
        )
        self.text = "" if path else self._function(tree)

    def _function(self, tree: Tree) -> str:
        self._define(f"def {self._name}(scope):", tree, "scope")
        return "\n\n".join("\n".join(lines) + "\n" for lines in (*self._parts, self._lines))

    def _define(self, head: str, tree: Tree, here: str) -> None:
        self._write(head)
        with self._block():
            self._write(f"return {self._value(tree, here)}")

    def _write(self, line: str) -> None:
        self._lines.append("    " * self._depth + line)

    @contextmanager
    def _block(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    def _local(self, hint: str, value: str) -> str:
        name = self._fresh(hint)
        self._write(f"{name} = {value}")
        return name

    def _fresh(self, hint: str) -> str:
        return f"{hint}_{next(self._numbers)}"

    def _value(self, tree: Tree, here: str) -> str:
        """The name of what holds the value of a node over `here`."""
        if self._depth > _DEEPEST and tree["children"]:
            return self._local("part", f"{self._part(tree)}(scope, {here})")
        write = getattr(self, f"_{tree['type']}")
        return str(write(tree, here))

    def _part(self, tree: Tree) -> str:
        """The name of a function of its own for a node."""
        name = self._fresh(f"{self._name}_part")
        outer = self._lines, self._depth
        self._lines, self._depth = [], 0
        self._define(f"def {name}(scope, here):", tree, "here")
        self._parts.append(self._lines)
        self._lines, self._depth = outer
        return name

    def _operand(self, tree: Tree, here: str) -> str:
        """As `_value`, with a literal as it is."""
        return _literal(tree["value"]) if tree["type"] == "literal" else self._value(tree, here)

    def _operands(self, trees: list[Tree], here: str) -> list[str]:
        return [self._operand(tree, here) for tree in trees]

    def _current(self, tree: Tree, here: str) -> str:
        return here

    _identity = _current

    def _field(self, tree: Tree, here: str) -> str:
        name = tree["value"]
        hint = name if _NAME.fullmatch(name) else "field"
        return self._local(hint, f"{here}.get({name!r}) if isinstance({here}, dict) else None")

    def _literal(self, tree: Tree, here: str) -> str:
        return self._local("literal", _literal(tree["value"]))

    def _subexpression(self, tree: Tree, here: str) -> str:
        for child in tree["children"]:
            here = self._value(child, here)
        return here

    _index_expression = _pipe = _subexpression

    def _index(self, tree: Tree, here: str) -> str:
        index = tree["value"]
        enough = f"len({here}) > {index}" if index >= 0 else f"len({here}) >= {-index}"
        return self._local("item", f"{here}[{index}] if isinstance({here}, list) and {enough} else None")

    def _slice(self, tree: Tree, here: str) -> str:
        bounds = ":".join("" if bound is None else str(bound) for bound in tree["children"])
        return self._local("items", f"{here}[{bounds}] if isinstance({here}, list) else None")

    def _flatten(self, tree: Tree, here: str) -> str:
        return self._local("flat", f"flat({self._value(tree['children'][0], here)})")

    def _projection(self, tree: Tree, here: str) -> str:
        base, each = tree["children"]
        return self._loop(self._value(base, here), "list", each)

    def _value_projection(self, tree: Tree, here: str) -> str:
        base, each = tree["children"]
        return self._loop(self._value(base, here), "dict", each)

    def _filter_projection(self, tree: Tree, here: str) -> str:
        base, each, condition = tree["children"]
        return self._loop(self._value(base, here), "list", each, condition)

    def _loop(self, base: str, kind: str, each: Tree, condition: Tree | None = None) -> str:
        """The values of `each` that are not null over the items of a list, or over the values of a dict."""
        found = self._local("found", "None")
        self._write(f"if isinstance({base}, {kind}):")
        with self._block():
            self._write(f"{found} = []")
            item = self._fresh("item")
            self._write(f"for {item} in {base}{'.values()' if kind == 'dict' else ''}:")
            with self._block():
                if condition:
                    self._write(f"if {_false(condition, self._value(condition, item))}:")
                    self._write("    continue")
                value = self._value(each, item)
                self._write(f"if {value} is not None:")
                self._write(f"    {found}.append({value})")
        return found

    def _multi_select_list(self, tree: Tree, here: str) -> str:
        name = self._local("items", "None")
        self._write(f"if {here} is not None:")
        with self._block():
            self._write(f"{name} = [{', '.join(self._operands(tree['children'], here))}]")
        return name

    def _multi_select_dict(self, tree: Tree, here: str) -> str:
        name = self._local("record", "None")
        self._write(f"if {here} is not None:")
        with self._block():
            values = self._operands([pair["children"][0] for pair in tree["children"]], here)
            keys = [pair["value"] for pair in tree["children"]]
            pairs = ", ".join(f"{key!r}: {value}" for key, value in zip(keys, values, strict=True))
            self._write(f"{name} = {{{pairs}}}")
        return name

    def _or_expression(self, tree: Tree, here: str) -> str:
        left, right = tree["children"]
        name = self._local("either", self._value(left, here))
        self._write(f"if {_false(left, name)}:")
        with self._block():
            self._write(f"{name} = {self._operand(right, here)}")
        return name

    def _and_expression(self, tree: Tree, here: str) -> str:
        left, right = tree["children"]
        name = self._local("both", self._value(left, here))
        self._write(f"if {_true(left, name)}:")
        with self._block():
            self._write(f"{name} = {self._operand(right, here)}")
        return name

    def _not_expression(self, tree: Tree, here: str) -> str:
        [child] = tree["children"]
        return self._local("not", _false(child, self._value(child, here)))

    def _comparator(self, tree: Tree, here: str) -> str:
        left, right = tree["children"]
        fixed = right["type"] == "literal"
        first = self._value(left, here) if fixed else self._operand(left, here)
        second = self._operand(right, here)
        sign = tree["value"]
        if sign in _SIGNS:
            comparison = _order(_SIGNS[sign], left, right, first, second)
        elif left["type"] == "literal" and not fixed:
            comparison = _equality(sign == "eq", second, first, left)
        else:
            comparison = _equality(sign == "eq", first, second, right)
        return self._local(sign, comparison)

    def _expref(self, tree: Tree, here: str) -> str:
        name, item = self._fresh("by"), self._fresh("item")
        self._define(f"def {name}({item}):", tree["children"][0], item)
        return name

    def _function_expression(self, tree: Tree, here: str) -> str:
        name, children = tree["value"], tree["children"]
        if name == "root":
            return "scope"
        self.calls.add(name)
        arguments = self._operands(children, here)
        call = f"{name}({', '.join(arguments)})"
        if name in FUNCTIONS and not FUNCTIONS[name].takes_null:
            known = zip(children, arguments, strict=True)
            nulls = [f"{one} is None" for child, one in known if not _is_known(child)]
            call = f"None if {' or '.join(nulls)} else {call}" if nulls else call
        return self._local(name, call)


def _literal(value: Any) -> str:
    """A JSON value in Python; JSON as Python reads it has NaN and infinities."""
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{name!r}: {_literal(inner)}" for name, inner in value.items())
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
    """A condition: JMESPath takes the value of a node, held by `name`, for false."""
    return f"not {name}" if _is_boolean(tree) else f"not {name} and empty({name})"


def _true(tree: Tree, name: str) -> str:
    return name if _is_boolean(tree) else f"{name} or not empty({name})"


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
