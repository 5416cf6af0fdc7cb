"""What mappings make of samples, and of the tests in their files: each is compiled once, and run once."""

from collections.abc import Iterator
from dataclasses import replace

from hub.catalog import Catalog
from hub.checks import examples, trials, untested
from hub.checks.names import unknown_field
from hub.errors import FileError
from hub.proof.examples import Example
from hub.proof.examples import examples as tests_of
from hub.samples import Samples


def check(catalog: Catalog, samples: Samples) -> Iterator[FileError]:
    """What comes out otherwise than the mappings' tests expect, or is understood in no sample."""
    for mapping in catalog.mappings.values():
        entity = catalog.entities.get(mapping.entity)
        if entity is None or any(unknown_field(entity, target.names) for target in mapping.reads):
            continue
        reached: set[int] = set()
        noting = replace(mapping, code=None, probe=reached.add)
        yield from trials.check(noting, samples)
        reached.clear()
        tests = list(tests_of(noting, samples))
        yield from examples.check(noting, tests)
        if tests and all(isinstance(one, Example) for one in tests):
            yield from untested.check(noting, reached)
