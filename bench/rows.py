"""One measured figure, and how figures are shown."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A figure. `most` and `least`: what it may be; None where nothing was promised.

    `spread`: the lower and upper quartile, where it was measured in rounds.
    """

    group: str
    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        low = self.least is None or self.value >= self.least
        return low and (self.most is None or self.value <= self.most)

    @property
    def promise(self) -> str:
        """What was promised, empty where nothing was."""
        least = "" if self.least is None else f"at least {_number(self.least)}"
        return least or ("" if self.most is None else f"at most {_number(self.most)}")


def show(rows: Sequence[Row], as_json: bool, seconds: float) -> int:
    """Print the figures; the exit code: 1 where a promise is broken."""
    if as_json:
        print(json.dumps(plain(rows), indent=1))
    else:
        print("\n".join(table(rows)))
        print(f"\n{seconds:.0f} s")
    return 0 if all(row.kept for row in rows) else 1


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
    spread = "" if row.spread is None else f"{_number(row.spread[0])} to {_number(row.spread[1])}"
    mark = ("  kept" if row.kept else "  BROKEN") if row.promise else ""
    return f"  {row.name:<58}{_number(row.value):>12} {row.unit:<12}{spread:<16}{row.promise}{mark}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.3g}"
