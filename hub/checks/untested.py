"""Leaves that no test of their file gives a value: nobody would notice if they were wrong."""

from collections.abc import Iterator

from hub.errors import FileError
from hub.mapping import Mapping
from hub.mapping.running import Path


def check(mapping: Mapping, reached: set[int]) -> Iterator[FileError]:
    """The leaves that no test sets. `reached`: the points of the mapping that they came by."""
    values = [point for point in mapping.points if point.what == "value"]
    tested = {point.path for point in values if point.number in reached}
    for path in dict.fromkeys(point.path for point in values if point.path not in tested):
        yield _untested(mapping, path)


def _untested(mapping: Mapping, path: Path) -> FileError:
    name = ".".join(str(step) for step in path[1:] if step != "fields")
    message = f"no test of this file has a value for {name}"
    return mapping.document.error("untested-field", message, *path, hint=_hint(path))


def _hint(path: Path) -> str:
    kind = {"in": "in:", "consent": "in:", "out": "out:"}.get(str(path[0]), "in: or out:")
    return f"add it to a test with {kind}"
