"""What the samples promise holds for everything that the vendors of the demo tell: no alarm is false."""

from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.drift.expectation import claims
from hub.mapping import Mapping
from hub.samples import Samples
from tests.journey import Day

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def told():
    """The records of the whole story, each with the name of the mapping that read it."""
    found = []
    inward = Mapping.inward

    def noting(self, record, context):
        found.append((self.name, record))
        return inward(self, record, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mapping, "inward", noting)
        Day().story()
    return found


def test_no_record_of_the_story_breaks_a_promise(told):
    catalog = Catalog.read(ROOT)
    samples = Samples(ROOT, catalog)
    broken = [
        (name, path)
        for name, record in told
        for path, claim in claims(catalog.mappings[name], samples)
        if claim.broken(catalog.mappings[name].scope(record), catalog.mappings[name].empty)
    ]
    assert len({name for name, _ in told}) == 10
    assert broken == []


def test_the_promises_would_notice_a_renamed_field(told):
    catalog = Catalog.read(ROOT)
    mapping = catalog.mappings["shopify.customer"]
    record = next(dict(record) for name, record in told if name == mapping.name and record.get("id"))
    record["firstName"] = record.pop("first_name")
    found = claims(mapping, Samples(ROOT, catalog))
    broken = [path for path, claim in found if claim.broken(mapping.scope(record), mapping.empty)]
    assert broken == [("in", "given_name")]
