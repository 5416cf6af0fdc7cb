"""The rows of a file that is imported: CSV or lines of JSON, with the byte at which each begins."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hub.connector.body import answer
from hub.errors import HubError

DELIMITERS = ",;\t|"
LARGEST_FIELD = 10 * 1024 * 1024
BOM = "\ufeff"
MARKED = 64 * 1024
"""Bytes by which a file is known again, with its size."""


class RowsError(HubError):
    """The file cannot be read as it was said: the message is for the person at the keyboard."""


class Row(NamedTuple):
    """`record`: None for a line that is no row. `line`: its number from 1; `end`: byte behind it."""

    record: dict[str, Any] | None
    line: int
    end: int


class Lines:
    """The lines of a file as text. `offset`: bytes read so far; `number`: lines read so far."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file, self.encoding = file, encoding
        self.offset = self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self.file.readline()
        if not raw:
            raise StopIteration
        self.number += 1
        self.offset += len(raw)
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError:
            raise RowsError(f"line {self.number} is not {self.encoding}: say --encoding, as cp1252") from None
        return text.removeprefix(BOM) if self.number == 1 else text

    def skip(self, offset: int, number: int) -> None:
        """Go on behind this byte, which is the end of this line."""
        self.file.seek(offset)
        self.offset, self.number = offset, number


def mark(path: Path) -> dict[str, Any]:
    """What a file is known by: a digest of its beginning and end, and its size."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(MARKED)
        file.seek(max(0, size - MARKED))
        return {"mark": hashlib.sha256(start + file.read()).hexdigest(), "size": size}


def rows(file: BinaryIO, *, form: str, delimiter: str, encoding: str, at: tuple[int, int]) -> Iterator[Row]:
    """The rows behind the byte and line `at`. `form`: csv or jsonl. Raises RowsError."""
    lines = Lines(file, encoding)
    yield from _csv(lines, delimiter, at) if form == "csv" else _json(lines, at)


def _json(lines: Lines, at: tuple[int, int]) -> Iterator[Row]:
    lines.skip(*at)
    for text in lines:
        if text.strip():
            yield Row(_object(text), lines.number, lines.offset)


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
    for cells in _cells(lines, delimiter):
        if not any(cells):
            continue
        whole = len(cells) == len(names)
        record = {name: cell for name, cell in zip(names, cells, strict=False) if cell} if whole else None
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
