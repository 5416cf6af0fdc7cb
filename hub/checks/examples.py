"""The tests inside of the mappings."""

from collections.abc import Iterable, Iterator

from hub.errors import FileError
from hub.mapping import Mapping
from hub.proof.differences import Difference, shown
from hub.proof.examples import Example


def check(mapping: Mapping, tests: Iterable[Example | FileError]) -> Iterator[FileError]:
    """What the tests of a mapping expect and does not come out."""
    for example in tests:
        yield from [example] if isinstance(example, FileError) else _failures(mapping, example)


def _failures(mapping: Mapping, example: Example) -> Iterator[FileError]:
    for one in example.differences(mapping):
        yield _rejected(mapping, example, one) if one.said else _failed(mapping, example, one)


def _failed(mapping: Mapping, example: Example, one: Difference) -> FileError:
    message = f'"{example.name}": {one.at} is {shown(one.came)}'
    path = ("tests", example.number, *one.path)
    return mapping.document.error("test-failed", message, *path, hint=f"expected {shown(one.expected)}")


def _rejected(mapping: Mapping, example: Example, one: Difference) -> FileError:
    message = f'"{example.name}" is rejected: {one.line}: {one.came}: {one.said}'
    return mapping.document.error("test-failed", message, "tests", example.number)
