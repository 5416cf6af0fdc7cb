"""What differs between the files of two catalogues, entry by entry, each with its place."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.catalog import Catalog
from hub.documents import Document, Step
from hub.errors import Place
from hub.mapping import ABSENT

Path = tuple[Step, ...]

UNFELT = frozenset({"tests", "standing"})
"""Parts of a file that nothing of a running hub reads."""

LONGEST = 100
"""Characters of a value that are shown of an edit."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry that differs. `path`: its keys, () for a whole file; `place` is in the new file where it is
    still there, else in the old one.
    """

    path: Path
    before: Any
    after: Any
    place: Place

    @property
    def lines(self) -> tuple[str, ...]:
        """What stood there and what stands there now, marked with - and +."""
        if not self.path:
            return ("- (the file was there)",) if self.after is ABSENT else ("+ (the file is new)",)
        sides = (("-", self.before), ("+", self.after))
        return tuple(f"{sign} {self._name}: {_short(value)}" for sign, value in sides if value is not ABSENT)

    @property
    def _name(self) -> str:
        """The path without the part of the file that its place shows anyway."""
        shown = self.path[1:] if self.path[0] in ("in", "out", "both") and len(self.path) > 1 else self.path
        return ".".join(map(str, shown))


def edits(before: Catalog, after: Catalog) -> list[Edit]:
    """The entries that differ, file by file."""
    old, new = _files(before), _files(after)
    found = (
        edit for file in sorted(old.keys() | new.keys()) for edit in _of_file(old.get(file), new.get(file))
    )
    return list(found)


def within(found: Iterable[Edit], file: str, *paths: Path) -> tuple[Edit, ...]:
    """The edits of a file at, below or above any of these paths."""
    return tuple(
        edit for edit in found if edit.place.file == file and any(_meet(edit.path, path) for path in paths)
    )


def _meet(one: Path, other: Path) -> bool:
    return all(step == beside for step, beside in zip(one, other, strict=False))


def _files(catalog: Catalog) -> dict[str, Document]:
    return {document.file: document for _, document in catalog.documents}


def _of_file(old: Document | None, new: Document | None) -> Iterator[Edit]:
    if old is None or new is None:
        known = old or new
        assert known is not None
        sides = (ABSENT if old is None else old.data, ABSENT if new is None else new.data)
        yield Edit((), *sides, Place(known.file, 1, 1))
        return
    for path, was, now in _differing(old.data, new.data, ()):
        if path[:1] and path[0] in UNFELT:
            continue
        yield Edit(path, was, now, (old if now is ABSENT else new).place(*path))


def _differing(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    """The innermost entries that differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            yield from _differing(old.get(name, ABSENT), new.get(name, ABSENT), (*path, name))
    elif _alike(old, new):
        for number, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _differing(was, now, (*path, number))
    elif old != new or type(old) is not type(new):
        yield path, old, new


def _alike(old: Any, new: Any) -> bool:
    """Two lists of as many objects or lists: their items are compared one by one."""
    if not (isinstance(old, list) and isinstance(new, list) and len(old) == len(new)):
        return False
    return all(isinstance(item, dict | list) for item in (*old, *new))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
