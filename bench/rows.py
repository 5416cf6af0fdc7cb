"""One measured figure, and how figures are shown."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A figure. `most`: what it may be; None where nothing was promised."""

    group: str
    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.most is None or self.value <= self.most


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The figures by group, the broken promises marked."""
    for group, members in groupby(rows, key=lambda row: row.group):
        yield ""
        yield group
        yield from (_line(row) for row in members)


def plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The figures as JSON."""
    return [asdict(row) | {"kept": row.kept} for row in rows]


def _line(row: Row) -> str:
    promise = "" if row.most is None else f"  at most {_number(row.most)}" + ("" if row.kept else "  BROKEN")
    return f"  {row.name:<58}{_number(row.value):>12} {row.unit:<12}{promise}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.3g}"
