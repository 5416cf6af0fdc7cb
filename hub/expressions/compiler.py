"""Expressions as plain Python functions: the source that the build ships, or that runs in memory."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from hub.expressions import syntax
from hub.expressions.error import ExpressionError
from hub.expressions.expression import Built
from hub.expressions.functions import FUNCTIONS
from hub.expressions.syntax import Tree
from hub.expressions.writer import Writer

IMPORTS = """\
from hub.expressions.functions import FUNCTIONS
from hub.expressions.native import NATIVE
from hub.expressions.operators import EMPTY, Work, equal, flat, ordered
from hub.values import plain
"""


def built(source: str) -> Built:
    """The function of one expression, compiled in memory. Raises ExpressionError."""
    written = Function("e0", source)
    if written.path:
        return None, written.path, written.paths
    names = loaded(bound(written.calls) + written.text, "<expression>", _imported())
    return names[written.name], None, written.paths


@cache
def _imported() -> dict[str, Any]:
    """What every module of expressions imports."""
    return loaded(IMPORTS, "<imports>")


def loaded(text: str, file: str, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The names of a module of this text. `known`: those that it has without saying so.

    Raises ExpressionError where Python's own limits are passed.
    """
    try:
        code = compile(text, file, "exec")
    except (RecursionError, MemoryError, SyntaxError):
        raise ExpressionError("the expression is nested too deeply", 0) from None
    namespace = dict(known or {})
    exec(code, namespace)  # noqa: S102 - written by this module, texts only as literals
    return namespace


def module(sources: Iterable[str]) -> str:
    """The source of a module with a function for each expression, and `EXPRESSIONS`: source -> Built.

    A plain path has none: its names are all that there is to know. Raises ExpressionError.
    """
    writers = [Function(f"e{number}", source) for number, source in enumerate(sources)]
    functions = [writer.text for writer in writers if writer.text]
    entries = "".join(f"    {writer.entry},\n" for writer in writers)
    head = f"{IMPORTS}\n{bound({name for writer in writers for name in writer.calls})}"
    return "\n\n".join([head, *functions, f"EXPRESSIONS = {{\n{entries}}}\n"])


def bound(calls: Iterable[str]) -> str:
    """The statements that give the functions of expressions their names."""
    return "".join(f"{name} = {_place(name)}[{name!r}].call\n" for name in sorted(calls))


def _place(name: str) -> str:
    return "FUNCTIONS" if name in FUNCTIONS else "NATIVE"


class Function(Writer):
    """The function `name` of one expression.

    `text`: its source, after that of its parts, "" of a plain path; `path`: its names then, else None;
    `paths`: what it reads; `entry`: what EXPRESSIONS says of it. `tree` and `mark`: where somebody who has
    parsed it counts what is reached.
    """

    def __init__(
        self,
        name: str,
        source: str,
        tree: Tree | None = None,
        mark: Callable[[Tree, str], str | None] | None = None,
    ) -> None:
        super().__init__(name, mark)
        tree = tree or syntax.parse(source)
        self.path = syntax.path(tree)
        self.paths = tuple(sorted(syntax.paths(tree)))
        self.entry = f"{source!r}: ({'None' if self.path else name}, {self.path!r}, {self.paths!r})"
        self.text = ""
        if not self.path:
            self.write(f"# {source!r}")
            with self.block(f"def {name}(scope):"):
                self.write(f"return {self.expression(tree, 'scope')}")
            self.text = "\n\n".join("\n".join(lines) + "\n" for lines in (*self.parts, self.lines))
