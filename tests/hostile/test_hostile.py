"""What cannot be read ends in a clear error, in little time and memory, whatever it is."""

import importlib
import re

import pytest

from tests.hostile.confined import Confinement

MODULES = ("expressions", "files", "payloads")
SECONDS = 3.0
"""CPU that any input may take: a tenth of what a function has."""

ALL = [
    (module, name, case)
    for module in MODULES
    for name, case in importlib.import_module(f"tests.hostile.{module}").CASES.items()
]


@pytest.fixture(scope="module")
def confinement():
    with Confinement() as made:
        yield made


@pytest.mark.parametrize(
    ("module", "name", "case"), ALL, ids=[f"{module}: {name}" for module, name, _ in ALL]
)
def test_it_ends_soon_and_says_why(module, name, case, confinement):
    done = confinement.run(module, name)
    assert re.match(case.wanted, done["outcome"]), done["outcome"]
    assert done["seconds"] < SECONDS
