"""Leaves that no test of their file gives a value: nobody would notice if they were wrong."""

from collections.abc import Iterator
from dataclasses import replace

from hub.catalog import Catalog
from hub.checks.names import unknown_field
from hub.errors import FileError, RecordError
from hub.mapping import Mapping, compiler
from hub.mapping.running import Path
from hub.proof.examples import Example, examples, parts
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """The leaves of mappings with tests that none of them sets."""
    for mapping in catalog.mappings.values():
        entity = catalog.entities.get(mapping.entity)
        sound = entity and not any(unknown_field(entity, target.names) for target in mapping.reads)
        tests = [one for one in examples(mapping, samples) if isinstance(one, Example)] if sound else []
        if tests and len(tests) == len(mapping.tests):
            yield from _leaves(mapping, tests)


def _leaves(mapping: Mapping, tests: list[Example]) -> Iterator[FileError]:
    reached: set[int] = set()
    probed = replace(mapping, probe=reached.add)
    for test in tests:
        _run(probed, test)
    values = [point for point in compiler.points(mapping.document, mapping.leaves) if point.what == "value"]
    tested = {point.path for point in values if point.number in reached}
    for path in dict.fromkeys(point.path for point in values if point.path not in tested):
        yield _untested(mapping, path)


def _run(mapping: Mapping, test: Example) -> None:
    for record in test.records:
        try:
            parts(mapping, test.inward, record, test.context)
        except RecordError:
            continue


def _untested(mapping: Mapping, path: Path) -> FileError:
    name = ".".join(str(step) for step in path[1:] if step != "fields")
    message = f"no test of this file has a value for {name}"
    return mapping.document.error("untested-field", message, *path, hint=_hint(path))


def _hint(path: Path) -> str:
    kind = {"in": "in:", "consent": "in:", "out": "out:"}.get(str(path[0]), "in: or out:")
    return f"add it to a test with {kind}"
