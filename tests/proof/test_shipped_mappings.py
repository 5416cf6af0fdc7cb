"""What the tests inside of the shipped mappings hold."""

from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.proof.coverage import coverage, percent
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
def test_the_tests_of_a_mapping_reach_every_leaf_and_branch(name, catalog, samples):
    mapping = catalog.mappings[name]
    found = coverage(mapping, verdict(mapping, samples).examples)
    assert found.share == (len(found.points), len(found.points)), found.lines()
    assert found.points


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_tests_of_a_mapping_notice_nine_of_ten_changes(name, catalog, samples, pytestconfig):
    """Of a fifth of the changes, in which chance may hide one more; of all of them with `--examples`."""
    whole = pytestconfig.getoption("--examples")
    found = score(catalog.mappings[name], samples, fraction=1.0 if whole else 0.2)
    chance = not whole and len(found.unnoticed) < 2
    assert chance or percent(found.share) >= (90 if whole else 85), found.lines()
    assert found.noticed > (10 if whole else 1)
