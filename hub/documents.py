"""YAML files with JSON scalars only (and tables of two columns in CSV), and the place of everything in them.

The only module that knows YAML, and it loads the library only when a file is read: a document from
the artifact comes without it.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.errors import FileError, Place

Step = str | int

LARGEST = 1_000_000
"""Characters of a file; the largest that people wrote had some thousands."""

DEEPEST = 64
"""Objects and lists in each other: all that walk a file may recurse."""

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_WORDS = {"null": None, "true": True, "false": False}
_QUOTE = 'put the expression in double quotes: "…"'


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `data` is plain JSON, `places` gives line and column by JSON pointer.

    A pointer (`/in/updated_at`) leads to the key or list item, the pointer with `=` behind it to where
    the value's text starts. `file` is relative to the project; `lines` is empty in the artifact.
    """

    file: str
    data: Any
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()

    def place(self, *path: Step) -> Place:
        """Where the key or list item stands; the nearest known place on the way up."""
        return self._nearest(path, "")

    def value_place(self, *path: Step) -> Place:
        """Where the value's text starts (behind an opening quote); the nearest known place on the way up."""
        return self._nearest(path, "=")

    def error(
        self, code: str, message: str, *path: Step, hint: str = "", offset: int | None = None
    ) -> FileError:
        """A mistake at a key, or, with `offset`, at that character of the value's text."""
        place = self.place(*path) if offset is None else self._inside(self.value_place(*path), offset)
        text = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        return FileError(code, message, place, text=text, hint=hint)

    def _nearest(self, path: tuple[Step, ...], suffix: str) -> Place:
        for length in range(len(path), -1, -1):
            known = self.places.get(pointer(path[:length]) + (suffix if length == len(path) else ""))
            if known:
                return Place(self.file, *known)
        return Place(self.file, 1, 1)

    def _inside(self, start: Place, offset: int) -> Place:
        """The place of a character of a text that may go on over several lines."""
        line, column = start.line, start.column
        while line < len(self.lines):
            length = len(self.lines[line - 1].rstrip()) - column + 1
            if offset <= length:
                break
            following = self.lines[line]
            offset -= length + 1
            line, column = line + 1, len(following) - len(following.lstrip()) + 1
        return Place(self.file, line, column + self._escapes(line, column, offset) + offset)

    def _escapes(self, line: int, column: int, offset: int) -> int:
        """How many backslashes (or doubled quotes) of the file stand before a character of the text."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        escape = {'"': r"\\.", "'": "''"}.get(text[column - 2 : column - 1] if column > 1 else "")
        if not escape:
            return 0
        count = 0
        for match in re.finditer(escape, text[column - 1 :]):
            count += match.start() < offset + count
        return count


def read(path: Path, root: Path) -> Document:
    """The document of a file below `root`. Raises FileError."""
    file = path.relative_to(root).as_posix()
    try:
        return parse(path.read_text(encoding="utf-8"), file)
    except UnicodeDecodeError:
        raise FileError("not-utf-8", "the file is not UTF-8 text", Place(file, 1, 1)) from None


def parse(text: str, file: str) -> Document:
    """The document of a text. Raises FileError."""
    if len(text) > LARGEST:
        raise FileError("too-large", f"the file has more than {LARGEST:,} characters", Place(file, 1, 1))
    return _table(text, file) if file.endswith(".csv") else _yaml(text, file)


def _yaml(text: str, file: str) -> Document:
    import yaml

    lines = tuple(text.splitlines())
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        builder = _Builder(Document(file, None, {"": (1, 1)}, lines), yaml.parse(text, Loader=loader))
        return builder.document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(file, lines, error) from None
    except yaml.YAMLError:
        raise FileError("yaml", "the file holds characters that YAML forbids", Place(file, 1, 1)) from None


def _table(text: str, file: str) -> Document:
    """The words of a table, and what they are: two columns under a line that names them."""
    import csv

    document = Document(file, {}, {"": (1, 1)}, tuple(text.splitlines()))
    rows = csv.reader(document.lines, strict=True)
    try:
        for number, row in enumerate(rows):
            if row and number:
                _add_row(document, [cell.strip() for cell in row], rows.line_num)
    except csv.Error:
        raise FileError("not-a-table", "this line is no CSV", Place(file, rows.line_num, 1)) from None
    if not document.data:
        raise document.error("empty-file", "the file says nothing", hint="a line of names, then word,ours")
    return document


def _add_row(document: Document, row: list[str], line: int) -> None:
    place, text = Place(document.file, line, 1), document.lines[line - 1]
    if len(row) != 2 or not all(row):
        hint = "the vendor's word, a comma, ours; a word with a comma stands in double quotes"
        raise FileError("not-a-table", "a line has two columns", place, text=text, hint=hint)
    word, ours = row
    if word in document.data:
        first = document.places[pointer((word,))][0]
        raise FileError("duplicate-key", f'"{word}" is already set on line {first}', place, text=text)
    document.data[word] = ours
    document.places[pointer((word,))] = document.places[pointer((word,)) + "="] = (line, 1)


def pointer(path: tuple[Step, ...]) -> str:
    """The JSON pointer of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


class _Builder:
    """Builds plain data from YAML's events, noting places and refusing what is more than JSON."""

    def __init__(self, empty: Document, events: Iterator[Any]) -> None:
        self._document = empty
        self._events = events

    def document(self) -> Document:
        opening = [self._next(), self._next()]
        if len(opening) < 2 or type(opening[1]).__name__ != "DocumentStartEvent":
            raise self._document.error("empty-file", "the file says nothing")
        data = self._value(self._next(), "", 0)
        self._next()
        following = self._next()
        if type(following).__name__ != "StreamEndEvent":
            raise self._error("two-documents", "a file holds one document", following, "remove the `---`")
        return Document(self._document.file, data, self._document.places, self._document.lines)

    def _next(self) -> Any:
        return next(self._events)

    def _value(self, event: Any, at: str, depth: int) -> Any:
        """The value of an event. `at`: its JSON pointer; `depth`: how many stand around it."""
        kind = type(event).__name__
        self._refuse(event, kind)
        if depth > DEEPEST:
            hint = f"at most {DEEPEST} lists and objects stand in each other"
            raise self._error("nested-too-deep", "this is nested too deeply", event, hint)
        mark = event.start_mark
        self._document.places[at + "="] = (mark.line + 1, mark.column + 1)
        if kind == "MappingStartEvent":
            return self._mapping(event, at, depth)
        if kind == "SequenceStartEvent":
            return self._sequence(at, depth)
        self._document.places[at + "="] = self._text_start(event)
        return self._scalar(event)

    def _mapping(self, start: Any, at: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while type(event := self._next()).__name__ != "MappingEndEvent":
            key = self._key(event)
            here = at + pointer((key,))
            if key in found:
                line = self._document.places[here][0]
                raise self._error("duplicate-key", f'"{key}" is already set on line {line}', event)
            self._document.places[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            value = self._next()
            if start.flow_style and _is_blank(value):
                raise self._error("split-expression", f'"{key}" became a key of its own', event, _QUOTE)
            found[key] = self._value(value, here, depth + 1)
        return found

    def _key(self, event: Any) -> str:
        kind = type(event).__name__
        self._refuse(event, kind)
        if kind != "ScalarEvent":
            raise self._error("key-not-text", "a key is a text", event, _QUOTE)
        return str(event.value)

    def _sequence(self, at: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while type(event := self._next()).__name__ != "SequenceEndEvent":
            here = f"{at}/{len(found)}"
            self._document.places[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            found.append(self._value(event, here, depth + 1))
        return found

    def _scalar(self, event: Any) -> Any:
        if event.style not in {None, ""}:
            return event.value
        if event.value in _WORDS:
            return _WORDS[event.value]
        if event.value == "":
            raise self._error("no-value", "nothing stands here", event, "write null, or leave the key out")
        match = _NUMBER.fullmatch(event.value)
        if match is None:
            return event.value
        return self._number(event, whole=not (match[2] or match[3]))

    def _number(self, event: Any, whole: bool) -> int | float:
        try:
            number = int(event.value) if whole else float(event.value)
        except ValueError:  # more digits than Python reads
            number = math.inf
        if math.isinf(number):
            hint = "put it in quotes, and it is a text"
            raise self._error("bad-number", "no JSON reader takes so large a number", event, hint)
        return number

    def _text_start(self, event: Any) -> tuple[int, int]:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if event.style in {"'", '"'}:
            return line, column + 1
        if event.style == "|" and line < len(self._document.lines):
            first = self._document.lines[line]
            return line + 1, len(first) - len(first.lstrip()) + 1
        return line, column

    def _refuse(self, event: Any, kind: str) -> None:
        if kind == "AliasEvent":
            raise self._error("alias", f"*{event.anchor} would be a YAML alias", event, _QUOTE)
        if getattr(event, "anchor", None):
            raise self._error("anchor", f"&{event.anchor} would be a YAML anchor", event, _QUOTE)
        if getattr(event, "tag", None):
            raise self._error("tag", f"{event.tag} would be a YAML tag", event, _QUOTE)
        if getattr(event, "style", None) == ">":
            hint = "write the text on one line, or with | to keep its lines"
            raise self._error("folded-text", "folded text (>) is not allowed", event, hint)

    def _error(self, code: str, message: str, event: Any, hint: str = "") -> FileError:
        place = _place(self._document.file, event.start_mark)
        text = _text(self._document.lines, event.start_mark)
        return FileError(code, message, place, text=text, hint=hint)


def _is_blank(event: Any) -> bool:
    kind = type(event).__name__
    plain = getattr(event, "style", None) in {None, ""}
    return kind == "ScalarEvent" and event.value == "" and plain and not event.anchor and not event.tag


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


def _text(lines: tuple[str, ...], mark: Any) -> str:
    return lines[mark.line] if mark.line < len(lines) else ""


_VALUE = re.compile(r"""^\s*(?:-\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s:{\[][^:]*?):\s+)?(?P<value>\S.*?)\s*$""")
_TRAPS = (
    re.compile(r"^[@`!*&|%]"),
    re.compile(r"^\[.*\]\s*[.|\[]"),
    re.compile(r"^['\"].*['\"]\s*(\|\||&&|\||==|!=|\.|\[)"),
    re.compile(r"\]?\.\s*\{.*:"),
    re.compile(r"^\{.*[\w)\]]\[.*\]?"),
    re.compile(r"^\{.*[(`@!]"),
)


def _syntax_error(file: str, lines: tuple[str, ...], error: Any) -> FileError:
    """YAML's own complaint, with the cure where the line is an expression that YAML misreads."""
    if "quoted scalar" in (error.context or ""):
        place, text = _place(file, error.context_mark), _text(lines, error.context_mark)
        return FileError("yaml", "the quoted text has no end", place, text=text)
    mark = error.problem_mark or error.context_mark
    place, text = _place(file, mark), _text(lines, mark)
    if "\t" in text[: len(text) - len(text.lstrip())]:
        hint = "replace the tab by spaces"
        return FileError("tab", "lines are indented with spaces", place, text=text, hint=hint)
    match = _VALUE.match(text)
    if match and any(trap.search(match["value"]) for trap in _TRAPS):
        start = Place(file, mark.line + 1, match.start("value") + 1)
        message = "YAML reads this expression as something else"
        return FileError("unquoted-expression", message, start, text=text, hint=_QUOTE)
    return FileError("yaml", error.problem or "the file is not YAML", place, text=text)
