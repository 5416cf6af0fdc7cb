"""What the vendors remember: an append-only file of JSON lines, from which all state is read again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hub.times import from_epoch, to_epoch

Row = dict[str, Any]


class Journal:
    """Entries in the order in which they happened; with `path` on disk, where they survive SIGKILL."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.entries: list[Row] = list(_read(path)) if path and path.exists() else []
        if path and self.entries:
            path.write_text("".join(_line(entry) for entry in self.entries), encoding="utf-8")

    def append(self, entry: Row) -> None:
        """Keeps one entry; it is with the operating system when this returns."""
        self.entries.append(entry)
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_line(entry))

    def calls(self) -> list[Row]:
        """The log of calls."""
        return [entry["call"] for entry in self.entries if "call" in entry]


class Tables:
    """The records of one account, by table and id."""

    def __init__(self, account: str, journal: Journal, clock: "Story") -> None:
        self.account = account
        self.clock = clock
        self._journal = journal
        self._rows: dict[str, dict[str, Row]] = {}
        for entry in journal.entries:
            if entry.get("account") == account:
                self._set(entry["table"], entry["id"], entry["row"])

    def rows(self, table: str) -> dict[str, Row]:
        """All rows of a table by id, in the order of their creation."""
        return self._rows.get(table, {})

    def get(self, table: str, id: str) -> Row | None:
        """One row."""
        return self.rows(table).get(id)

    def put(self, table: str, id: str, row: Row | None) -> None:
        """Writes one row; None removes it."""
        self._journal.append({"account": self.account, "table": table, "id": id, "row": row})
        self._set(table, id, row)

    def where(self, table: str, fits: Callable[[Row], bool]) -> list[str]:
        """The ids of the rows that fit."""
        return [id for id, row in self.rows(table).items() if fits(row)]

    def number(self, name: str, first: int) -> int:
        """The next of a series of numbers, never given twice."""
        last = self.get("series", name)
        value = last["last"] + 1 if last else first
        self.put("series", name, {"last": value})
        return value

    def state(self) -> dict[str, dict[str, Row]]:
        """Everything but the series."""
        return {table: rows for table, rows in self._rows.items() if table != "series"}

    def _set(self, table: str, id: str, row: Row | None) -> None:
        rows = self._rows.setdefault(table, {})
        if row is None:
            rows.pop(id, None)
        else:
            rows[id] = row


class Story:
    """A clock for a day that is told: it starts at a canonical time and moves a second with each reading."""

    def __init__(self, start: str) -> None:
        self.now = to_epoch(start)

    def __call__(self) -> str:
        """The next moment, as canonical time."""
        self.now += 1
        return from_epoch(self.now)

    def reach(self, moment: str) -> None:
        """Moves on to a canonical time, never back."""
        self.now = max(self.now, to_epoch(moment))


def _line(entry: Row) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"


def _read(path: Path) -> Iterator[Row]:
    """The whole lines: a process that is killed may leave half of the last one."""
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        yield json.loads(line)
