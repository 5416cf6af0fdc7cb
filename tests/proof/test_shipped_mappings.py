"""What the tests inside of the shipped mappings hold."""

from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.proof.mutation import score
from hub.proof.verdicts import verdict
from hub.samples import Samples

ROOT = Path(__file__).parents[2]
MAPPINGS = sorted(path.stem for path in (ROOT / "mappings").glob("*.yaml"))


@pytest.fixture(scope="module")
def catalog():
    return Catalog.read(ROOT)


@pytest.fixture(scope="module")
def samples(catalog):
    return Samples(ROOT, catalog)


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_tests_of_a_mapping_pass(name, catalog, samples):
    assert verdict(catalog.mappings[name], samples).passed


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_tests_of_a_mapping_notice_nine_of_ten_changes(name, catalog, samples):
    found = score(catalog.mappings[name], samples)
    assert found.percent >= 90, [str(one.mutant.place) for one in found.unnoticed]
    assert found.noticed > 20
