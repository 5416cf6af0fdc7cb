"""One expression: compiled once, evaluated often."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

from hub.expressions.error import EvaluationError, Finding

Path = tuple[str, ...]
Built = tuple[Callable[[Any], Any] | None, Path | None, tuple[Path, ...]]
"""A function of the scope or the plain path that it is, and the paths that it reads."""

FAILURES = (ValueError, TypeError, AttributeError, ArithmeticError, LookupError, OSError, RecursionError)
"""What functions raise for values that they cannot take: any other exception is a bug."""


class Expression:
    """A compiled expression. `names`: the first-level names that it reads; `paths`: with what follows each.

    `path`: its names where it is only a plain path (`a.b.c`), else None.
    """

    __slots__ = ("_run", "names", "path", "paths", "source")

    def __init__(self, source: str, built: Built) -> None:
        self.source = source
        run, self.path, paths = built
        self._run = run or partial(_walk, self.path or ())
        self.paths = frozenset(paths)
        self.names = frozenset(path[0] for path in paths)

    def __call__(self, scope: Any) -> Any:
        """Its value over a scope. Raises EvaluationError, without values."""
        try:
            return self._run(scope)
        except FAILURES:
            raise EvaluationError("no-value") from None

    def findings(self) -> Iterator[Finding]:
        """Forms that are forbidden because they give wrong results for values that occur."""
        from hub.expressions import syntax  # only people's tools ask, and its parser is slow to import

        return syntax.findings(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


def _walk(path: Path, scope: Any) -> Any:
    for name in path:
        if not isinstance(scope, dict):
            return None
        scope = scope.get(name)
    return scope


@lru_cache(maxsize=4096)
def compile(source: str) -> Expression:
    """The expression of a text, as the build wrote it or compiled now; cached. Raises ExpressionError."""
    built = _built().get(source)
    if built is None:
        from hub.expressions import compiler  # not where there is a build: its parser is slow to import

        built = compiler.built(source)
    return Expression(source, built)


@lru_cache(maxsize=1)
def _built() -> dict[str, Built]:
    """The expressions of the artifact; none without a build."""
    try:
        import compiled  # the build writes it into the artifact
    except ImportError:
        return {}
    return getattr(compiled, "EXPRESSIONS", {})
