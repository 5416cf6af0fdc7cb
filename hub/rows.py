"""The rows of a file that is imported: CSV or lines of JSON, with the byte at which each begins."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hub.connector.body import answer
from hub.errors import HubError
from hub.reprs import discreet

DELIMITERS = ",;\t|"
LARGEST_FIELD = 10 * 1024 * 1024
"""Bytes of a line, and characters of a cell: with more, something else is read than rows."""

BOM = "\ufeff"
MARKED = 64 * 1024
"""Bytes by which a file is known again, with its size."""

ANY = ""
"""The encoding of a file of which nothing is said: UTF-8, and a line that is none is Windows' Latin."""


class RowsError(HubError):
    """The file cannot be read as it was said: the message is for the person whose file it is."""


@discreet("line", "end")
class Row(NamedTuple):
    """`record`: None for a line that is no row, whose `text` it is. `line`: its number from 1; `end`: byte
    behind it.
    """

    record: dict[str, Any] | None
    line: int
    end: int
    text: str = ""


class Lines:
    """The lines of a file as text. `offset`: bytes read so far; `number`: lines read so far."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file, self.encoding = file, encoding
        self.offset = self.number = 0
        self._since: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self.file.readline(LARGEST_FIELD + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        self.offset += len(raw)
        if len(raw) > LARGEST_FIELD:
            raise RowsError(f"line {self.number} is too long: {LARGEST_FIELD} bytes are the most")
        text = self._decoded(raw)
        text = text.removeprefix(BOM) if self.number == 1 else text
        self._since.append(text)
        return text

    def skip(self, offset: int, number: int) -> None:
        """Go on behind this byte, which is the end of this line."""
        self.file.seek(offset)
        self.offset, self.number = offset, number

    def taken(self) -> str:
        """The text since this was asked before."""
        text = "".join(self._since)
        self._since.clear()
        return text

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode(self.encoding or "utf-8")
        except UnicodeDecodeError:
            if self.encoding == ANY:
                return raw.decode("cp1252", "replace")
            raise RowsError(f"line {self.number} is not {self.encoding}: say --encoding, as cp1252") from None


def mark(path: Path) -> dict[str, Any]:
    """What a file is known by: a digest of its beginning and end, and its size."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(MARKED)
        file.seek(max(0, size - MARKED))
        return {"mark": hashlib.sha256(start + file.read()).hexdigest(), "size": size}


def rows(
    file: BinaryIO, *, form: str, delimiter: str = "", encoding: str = ANY, at: tuple[int, int] = (0, 0)
) -> Iterator[Row]:
    """The rows behind the byte and line `at`. `form`: csv or jsonl. Raises RowsError."""
    lines = Lines(file, encoding)
    yield from _csv(lines, delimiter, at) if form == "csv" else _json(lines, at)


def _json(lines: Lines, at: tuple[int, int]) -> Iterator[Row]:
    lines.skip(*at)
    for text in lines:
        lines.taken()
        if text.strip():
            record = _object(text)
            yield Row(record, lines.number, lines.offset, "" if record is not None else text)


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = answer(text.encode())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _csv(lines: Lines, delimiter: str, at: tuple[int, int]) -> Iterator[Row]:
    """Each row as an object of texts: a cell that is empty is left out, so that it says nothing."""
    csv.field_size_limit(LARGEST_FIELD)
    first = next(lines, "")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own way to say it
        delimiter, first = delimiter or first[4], next(lines, "")
    names, delimiter = _names(first, lines, delimiter)
    if at[0] > lines.offset:
        lines.skip(*at)
    lines.taken()
    for cells in _cells(lines, delimiter):
        text = lines.taken()
        if not any(cells):
            continue
        if len(cells) != len(names):
            yield Row(None, lines.number, lines.offset, text)
            continue
        record = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
        yield Row(record, lines.number, lines.offset)


def _names(first: str, lines: Lines, delimiter: str) -> tuple[list[str], str]:
    """The names of the columns: the header may go over several lines."""
    chosen = delimiter or max(DELIMITERS, key=first.count)
    names = next(csv.reader(_behind(first, lines), delimiter=chosen), [])
    names = [name.strip() for name in names]
    if not all(names) or len(set(names)) < len(names):
        raise RowsError("the first row has to name each column once")
    return names, chosen


def _behind(first: str, lines: Lines) -> Iterator[str]:
    yield first
    yield from lines


def _cells(lines: Lines, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise RowsError(f"line {lines.number}: {error}") from None
