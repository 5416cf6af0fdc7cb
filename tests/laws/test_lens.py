"""The laws of `both`, for every mapping that is shipped: what was written reads as what was meant.

get reads the canonical fields of a record, put lays what is written over a record that is there. Values are
compared by the normal form of their field's type; a field of which a record says nothing counts as null.
"""

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalog import Catalog
from hub.documents import Document
from hub.errors import RecordError
from hub.mapping import ABSENT, Mapping
from hub.messages import dumps
from hub.samples import Samples
from tests.laws.spellings import SHORT, ZONES, known, sent

ROOT = Path(__file__).parents[2]
CATALOG = Catalog.read(ROOT)
SAMPLES = Samples(ROOT, CATALOG)
WRITING = [name for name, mapping in CATALOG.mappings.items() if mapping.writes]
WITH_BOTH = [name for name, mapping in CATALOG.mappings.items() if mapping.both]

REGIONS = st.sampled_from(sorted(ZONES))


@dataclass(frozen=True, eq=False)
class Lens:
    """What a mapping's `both:` says alone, for an account in `region`; records are as `both` names them."""

    mapping: Mapping
    region: str

    @classmethod
    @cache
    def of(cls, name, region):
        whole = CATALOG.mappings[name]
        data = {"entity": whole.entity, "both": whole.document.data["both"]}
        document = Document(whole.document.file, data, whole.document.places)
        return cls(Mapping(document, whole.entities, whole.empty), region)

    @cached_property
    def context(self):
        return context(self.mapping, self.region)

    @property
    def clears(self):
        """Whether there is a way to write that there is no value any more."""
        return self.mapping.empty is not ABSENT

    @property
    def nothing(self):
        """How the vendor says that there is no value."""
        return self.mapping.empty if self.clears else None

    @cached_property
    def leaves(self):
        """(vendor's names, field, part or "", lookup or {}) of each line."""
        lookups = {target.rule.path: target.rule.lookup for target in self.mapping.reads}
        found = []
        for target in self.mapping.writes:
            name, _, part = self.mapping.both[".".join(target.names)].partition(".")
            field = self.mapping.model.fields[name]
            found.append((target.names, field, part, lookups[target.rule.path] or {}))
        return found

    def told(self, record):
        return self.mapping.told_back(record, self.context)

    def get(self, record):
        return self.mapping.inward(record, self.context).fields

    def put(self, record, fields):
        return laid_over(record, self.mapping.outward(fields, {}, self.context))

    def mapped(self, fields):
        """What of canonical fields can be told: parts that have a line, words that have a word there."""
        found = {}
        for _, field, part, lookup in self.leaves:
            value = fields.get(field.name, ABSENT)
            if value is ABSENT or (lookup and value is not None and value not in lookup.values()):
                continue
            if part and value is not None:
                inner = {part: value[part]} if part in value else {}
                value = {**(found.get(field.name) or {}), **inner} or None
            found[field.name] = value
        return found

    def same(self, names, field, part, lookup, first, second):
        """Whether two values of a vendor's key mean the same."""
        return self._form(names, field, part, lookup, first) == self._form(names, field, part, lookup, second)

    def _form(self, names, field, part, lookup, record):
        value = walked(record, names)
        blank = value is ABSENT or (isinstance(value, str) and not value.strip())
        fields = {field.name: None} if blank else self.get(nested(names, value))
        return fields.get(field.name, ("not understood", value))


def context(mapping, region):
    """A context of the connector's account, in another country."""
    there = SAMPLES.context(mapping)
    return replace(there, account=replace(there.account, country=region, time_zone=ZONES[region]))


def laid_over(record, written):
    """A record with what is written in place of what was there; neither is changed."""
    if not isinstance(record, dict) or not isinstance(written, dict):
        return written
    return {**record, **{name: laid_over(record.get(name), value) for name, value in written.items()}}


def walked(record, names):
    """The value below names: null below null, ABSENT where there is none."""
    for name in names:
        if record is None:
            return None
        if not isinstance(record, dict) or name not in record:
            return ABSENT
        record = record[name]
    return record


@st.composite
def vendor_records(draw, lens):
    """A record with any of the mapped keys, and perhaps nonsense in place of what holds some of them."""
    record = {"id": 7}
    for names, field, part, lookup in lens.leaves:
        if draw(st.integers(0, 3)):
            value = draw(sent(field, part, lens.region, lens.nothing, tuple(lookup)))
            record = merged(record, nested(names, value))
    for name, value in record.items():
        if isinstance(value, dict) and not draw(st.integers(0, 9)):
            record[name] = draw(st.sampled_from([None, "text", [], {}]))
    return record


def nested(names, value):
    for name in reversed(names):
        value = {name: value}
    return value


def merged(record, other):
    both = isinstance(record, dict) and isinstance(other, dict)
    return {**record, **{k: merged(record.get(k), v) for k, v in other.items()}} if both else other


def canonical_fields(model, region):
    """Some fields of an entity in normal form, or null."""
    return st.fixed_dictionaries({}, optional={n: known(f, region) for n, f in model.fields.items()})


def fields_of(lens):
    """As `canonical_fields`, where words that a lookup lists are likely."""
    listed = {
        field.name: st.sampled_from([*lookup.values(), None]) | SHORT.map(str.strip).filter(bool)
        for _, field, _, lookup in lens.leaves
        if lookup
    }
    plain = {field.name: known(field, lens.region) for _, field, _, _ in lens.leaves}
    return st.fixed_dictionaries({}, optional={**plain, **listed})


@pytest.mark.parametrize("name", WITH_BOTH)
def test_what_was_written_is_read_and_what_was_read_is_written(name, examples):
    @examples(60)
    @given(st.data(), REGIONS)
    def laws(data, region):
        lens = Lens.of(name, region)
        record = data.draw(vendor_records(lens))
        first, second = data.draw(fields_of(lens)), data.draw(fields_of(lens))
        read_what_was_written(lens, record, first)
        write_what_was_read(lens, record)
        write_twice(lens, record, first, second)

    laws()


def read_what_was_written(lens, record, fields):
    written = lens.put(record, fields)
    assert lens.told(written) == {**lens.told(record), **lens.mapped(fields)}
    if lens.clears:
        read = lens.get(written)
        meant = lens.mapped(fields)
        assert {name: read.get(name, ABSENT) for name in meant} == meant


def write_what_was_read(lens, record):
    again = lens.put(record, lens.get(record))
    for leaf in lens.leaves:
        assert lens.same(*leaf, record, again), ".".join(leaf[0])


def write_twice(lens, record, first, second):
    twice = lens.put(lens.put(record, first), second)
    unlisted = {
        field.name
        for _, field, _, lookup in lens.leaves
        if lookup and field.name in first and second.get(field.name) not in (None, *lookup.values())
    }
    later = {name: value for name, value in second.items() if name not in unlisted}
    assert twice == lens.put(record, {**first, **later})


@pytest.mark.parametrize("name", WRITING)
def test_writing_is_a_pure_function_that_is_told_back(name, examples):
    mapping = CATALOG.mappings[name]

    @examples(60)
    @given(st.data(), REGIONS)
    def laws(data, region):
        there = context(mapping, region)
        fields = {"id": "c1", **data.draw(canonical_fields(mapping.model, region))}
        customer = {"id": "c2", "ids": {"odoo": "57"}, "email": "ada@correo.example"}
        before = deepcopy((fields, customer))
        written = said(lambda: mapping.outward(fields, customer, there))
        assert (fields, customer) == before
        assert dumps(said(lambda: mapping.outward(*deepcopy(before), there))) == dumps(written)
        if mapping.both and "refused" not in written:
            told = Lens.of(name, region).mapped(fields)
            nothing = dict.fromkeys(mapping.told_back({}, there))
            assert mapping.told_back(written, there) == {**nothing, **told}

    laws()


def said(call):
    """What comes out of it, or why nothing does."""
    try:
        return call()
    except RecordError as error:
        return {"refused": error.reason, "place": str(error.place)}
