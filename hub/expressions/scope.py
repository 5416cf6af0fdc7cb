"""What the expressions of a mapping see, taken apart into variables, so that nothing is read twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub.reprs import discreet

if TYPE_CHECKING:
    from hub.expressions.writer import Writer

Path = tuple[str, ...]


@discreet()
@dataclass(slots=True)
class Scope:
    """The first-level names that expressions see.

    `record`: the variable of the dict that holds all names that have no variable of their own in `names`;
    `views`: variables of dicts at paths, whatever the record has there; `values`: what was read before;
    `all`: of what may be no dict, and stands in a variable as a whole.
    """

    record: str
    names: dict[str, str] = field(default_factory=dict)
    views: dict[Path, str] = field(default_factory=dict)
    values: dict[Path, str] = field(default_factory=dict)
    all: str = ""

    def whole(self) -> str:
        """All names in one dict, as text."""
        named = "".join(f", {name!r}: {variable}" for name, variable in self.names.items())
        return f"{{**{self.record}{named}}}"

    def read(self, pen: "Writer", path: Path, default: str = "") -> str:
        """The value at a path, as text: `default` (None) where the last name is not there."""
        *parent, name = path
        if not parent:
            return self.names.get(name) or _get(self.record, name, default)
        view = self.views.get(tuple(parent))
        if view:
            return _get(view, name, default)
        outer = self.value(pen, tuple(parent))
        return f"{_get(outer, name, default)} if isinstance({outer}, dict) else {default or None}"

    def value(self, pen: "Writer", path: Path) -> str:
        """The variable of the value at a path, null where it leads nowhere; read now unless it was before."""
        if len(path) == 1 and path[0] in self.names:
            return self.names[path[0]]
        return self.values.get(path) or pen.local(path[-1], self.read(pen, path))

    def keep(self, pen: "Writer", path: Path) -> None:
        """Read a value now, for all that follows."""
        if not (len(path) == 1 and path[0] in self.names):
            self.values.setdefault(path, self.value(pen, path))

    def inside(self, name: str, variable: str) -> "Scope":
        """The scope of a level: one more name, over one of the same name."""
        return Scope(
            self.record,
            {**self.names, name: variable},
            dict(_without(name, self.views)),
            dict(_without(name, self.values)),
        )


@discreet()
@dataclass(frozen=True, slots=True)
class Spot:
    """A path from the start of a scope, of which nothing was read yet."""

    scope: Scope
    path: Path = ()

    @property
    def sure(self) -> bool:
        """Whether there is something: a scope of names is never null."""
        return not (self.path or self.scope.all)

    def member(self, name: str) -> "Spot":
        """What is one name further."""
        return Spot(self.scope, (*self.path, name))

    def value(self, pen: "Writer") -> str:
        """The variable of what is there."""
        if self.path:
            return self.scope.value(pen, self.path)
        return self.scope.all or pen.local("scope", self.scope.whole())


def prefixes(paths: Iterable[Path]) -> list[Path]:
    """What paths go through, the outermost first."""
    return sorted(
        {path[:length] for path in paths for length in range(1, len(path))}, key=lambda p: (len(p), p)
    )


def _get(record: str, name: str, default: str) -> str:
    return f"{record}.get({name!r}, {default})" if default else f"{record}.get({name!r})"


def _without(name: str, known: dict[Path, str]) -> Iterator[tuple[Path, str]]:
    return ((path, variable) for path, variable in known.items() if path[0] != name)
