"""The points of a mapping that tests can reach: its leaves, and the ways through each."""

from dataclasses import dataclass, field

from hub.mapping.running import Path


@dataclass(frozen=True, slots=True)
class Point:
    """One of them. `path`: the leaf in the file, or the level of a list; `offset`: character of its
    expression's text, None for the leaf as a whole.

    `what`: `value` (there is one), `required` (there is none, and it must be); `lookup <word>`, `else`,
    `unlisted`; `each` (an item); `|| left`, `|| right`, `&& left`, `&& right` (which side gave the value),
    `comparison true`, `comparison false`, `filter keeps`, `filter drops`, `filter enters`, `loop enters`.
    """

    number: int
    path: Path
    offset: int | None
    what: str


@dataclass(slots=True)
class Points:
    """The points found so far."""

    found: list[Point] = field(default_factory=list)

    def add(self, path: Path, what: str, offset: int | None = None) -> int:
        """The number of a new point."""
        self.found.append(Point(len(self.found), path, offset, what))
        return len(self.found) - 1
