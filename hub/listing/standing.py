"""How far a connector was verified, part by part, as its file says; `spec` and `vectors` are tested."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hub.connector import Connector

LEVELS = ("spec", "vectors", "documentation", "unverified")
"""By what: the vendor's own OpenAPI file, signed examples, documentation, or nothing."""

DOUBTFUL = 0.25
"""A greater part than this without evidence makes a connector unverified as a whole."""

_INCIDENTAL = frozenset({"limits", "errors", "responses", "remaining", "ties", "bulk"})
"""Parts that may be unverified without what is sent or received being in doubt."""

_COMMENT = re.compile(r"\s#\s(.*)$")


@dataclass(frozen=True)
class Standing:
    """The `standing:` of a connector."""

    connector: Connector

    @property
    def parts(self) -> dict[str, str]:
        """Part -> level."""
        return dict(self.connector.data.get("standing") or {})

    @property
    def level(self) -> str:
        """The strongest evidence there is; `unverified` where a quarter of what matters and more has none."""
        told = [level for part, level in self.parts.items() if part not in _INCIDENTAL]
        if not told or told.count("unverified") > len(told) * DOUBTFUL:
            return "unverified"
        return next(level for level in LEVELS if level in told)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The parts that nothing verified."""
        return tuple(part for part, level in self.parts.items() if level == "unverified")

    def said(self) -> Iterator[tuple[str, str, str]]:
        """Each part with its level and the source that the file names beside it."""
        for part, level in self.parts.items():
            yield part, level, self._source(part)

    def _source(self, part: str) -> str:
        document = self.connector.document
        line = document.place("standing", part).line
        match = _COMMENT.search(document.lines[line - 1]) if line <= len(document.lines) else None
        return match[1].strip() if match else ""
