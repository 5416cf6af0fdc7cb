"""The parts of an expression, each with its value over what it is applied to."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hub.expressions import EvaluationError, compiler, syntax
from hub.expressions.expression import FAILURES
from hub.expressions.syntax import Tree

Run = Callable[[Any], Any]


@lru_cache(maxsize=4096)
def tree_of(source: str) -> Tree:
    """The tree of an expression. Raises ExpressionError."""
    return syntax.parse(source)


def value_of(tree: Tree, here: Any) -> Any:
    """The value of a part over `here`, None where it has none."""
    try:
        return _run_of(tree)(here)
    except (EvaluationError, *FAILURES):
        return None


def is_true(value: Any) -> bool:
    """What JMESPath takes for true."""
    return value is not None and value is not False and value not in ("", [], {})


_RUNS: dict[int, tuple[Tree, Run]] = {}
"""The functions of parts, by the part's `id`; the part is kept, so that no other has its id."""


def _run_of(tree: Tree) -> Run:
    known = _RUNS.get(id(tree))
    if known is None:
        known = _RUNS[id(tree)] = (tree, _made(tree))
    return known[1]


def _made(tree: Tree) -> Run:
    path = syntax.path(tree)
    if path:
        return lambda here: _walked(path, here)
    function = compiler.Function("part", "part", tree)
    source = f"{compiler.IMPORTS}\n{compiler.bound(function.calls)}\n\n{function.text}"
    run: Run = compiler.loaded(source, "<part>")["part"]
    return run


def _walked(path: tuple[str, ...], here: Any) -> Any:
    for name in path:
        here = here.get(name) if isinstance(here, dict) else None
    return here
