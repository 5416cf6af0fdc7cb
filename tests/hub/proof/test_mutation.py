"""Which changes of a mapping its tests notice."""

import pytest

from hub.proof.mutants import mutants
from hub.proof.mutation import score
from hub.proof.shapes import Shape, entity_sample
from tests.hub.proof.project import catalog_of, project

EMPTY = Shape((), "")


@pytest.fixture
def mapping(tmp_path):
    """A mapping of orders, and the samples of its project."""
    folder = project(tmp_path)

    def made(leaves, *tests):
        lines = [f"  - {{name: one, {test}}}" for test in tests]
        text = "\n".join(["entity: order", *leaves.splitlines(), "tests:", *lines]) + "\n"
        (folder / "mappings" / "shop.order.yaml").write_text(text, encoding="utf-8")
        catalog, samples = catalog_of(folder)
        return catalog.mappings["shop.order"], samples

    return made


def said(mapping, inward=EMPTY):
    return [
        f"{one.place.place.line}:{one.place.place.column} {one.what}"
        for one in mutants(mapping, inward, EMPTY)
    ]


def test_every_part_of_a_leaf_is_changed(mapping):
    leaf = "in:\n  status: {from: s, lookup: {P: paid, O: open, X: open}, else: open, required: true}"
    made, _ = mapping(leaf, "in: {}, expect: {}")
    assert said(made) == [
        "3:18 it became `null`",
        "3:18 s became s_",
        "3:30 it was taken out",
        "3:30 its value was exchanged with that of O",
        "3:39 it was taken out",
        "3:39 its value was exchanged with that of P",
        "3:48 it was taken out",
        "3:48 its value was exchanged with that of P",
        "3:58 it was taken out",
        "3:3 it is not required any more",
    ]


def test_a_table_of_its_own_is_taken_out_as_a_whole(mapping, tmp_path):
    made, samples = mapping("in:\n  status: {from: s, lookup: states}", "in: {s: P}, expect: {status: paid}")
    (tmp_path / "mappings" / "states.csv").write_text(
        "theirs,ours\nP,paid\nO,open\nX,cancelled\nY,cancelled\n"
    )
    catalog, samples = catalog_of(tmp_path)
    made = catalog.mappings["shop.order"]
    assert "3:21 it was taken out" in said(made)
    assert len(said(made)) == 4
    assert score(made, samples).noticed == 3


def test_every_level_and_leaf_of_a_list_is_changed(mapping):
    leaf = "in:\n  items: {each: {line: a.lines}, fields: {sku: line.sku}}"
    made, _ = mapping(leaf, "in: {}, expect: {}")
    assert said(made, Shape(({"a": {"lines": [{"sku": "A", "name": "B", "n": 1}]}},), "")) == [
        "3:3 it was taken out",
        "3:24 it became an empty list",
        "3:24 it became `null`",
        "3:26 lines became lines_",
        "3:48 it became `null`",
        "3:53 sku became name",
    ]


def test_pairs_are_renamed_and_exchanged(mapping):
    made, _ = mapping(
        "both:\n  a: number\n  b: {field: status, lookup: {P: paid}, required: true}", "in: {}, expect: {}"
    )
    assert said(made, Shape(({"a": "1", "b": "P", "c": "x"},), "")) == [
        "3:3 it was taken out",
        "3:3 a became c",
        "3:3 it became required",
        "3:3 number was exchanged with status",
        "4:3 it was taken out",
        "4:3 b became c",
        "4:31 it was taken out",
        "4:3 it is not required any more",
        "4:3 status was exchanged with number",
    ]
    exchanged = list(mutants(made, EMPTY, EMPTY))[2].data["both"]
    assert exchanged == {"a": "status", "b": {"field": "number", "lookup": {"P": "paid"}, "required": True}}


def test_consents_settings_and_the_record_are_changed(mapping):
    consent = """email.news: {address: a, state: "'granted'", at: b}"""
    leaf = f"record: r\nin:\n  number: {{setting: site}}\nconsent:\n  {consent}"
    made, _ = mapping(leaf, "in: {}, expect: {}")
    assert said(made) == [
        "4:3 it was taken out",
        "6:3 it was taken out",
        "6:25 it became `null`",
        "6:25 a became a_",
        "6:16 it became required",
        "6:36 it became `null`",
        "6:36 'granted' became 'other'",
        "6:28 it became required",
        "6:52 it became `null`",
        "6:52 b became b_",
        "6:48 it became required",
        "2:1 it was taken out",
    ]


def test_a_change_that_no_test_notices_is_shown_with_a_record_that_would(mapping):
    made, samples = mapping("in:\n  number: coalesce(a, b)", "in: {a: x, b: y}, expect: {number: x}")
    hints = {one.mutant.what: one.hint for one in score(made, samples).unnoticed}
    assert hints["b became a"] == 'test "one" with a left out: number is "y", and would be left out'
    assert hints["it became required"].endswith("it is taken, and would be rejected (missing-value)")


def test_a_field_that_no_test_expects_is_to_be_expected(mapping):
    made, samples = mapping("in:\n  number: a", "in: {a: x}, expect: {}")
    hints = {one.mutant.what: one.hint for one in score(made, samples).unnoticed}
    assert hints["it became `null`"] == 'expect in "one": number is "x", and would be left out'


def test_a_change_that_gives_the_same_is_not_counted(mapping):
    made, samples = mapping("in:\n  number: text(a)", "in: {a: x}, expect: {number: x}", "in: {}, expect: {}")
    found = score(made, samples)
    assert [one.what for one in found.same] == ["text() dropped"] or found.unnoticed
    assert found.share[0] + len(found.unnoticed) + len(found.same) == 4


def test_a_part_of_the_mutants_is_the_same_part_each_time(mapping):
    made, samples = mapping("in:\n  number: coalesce(a, b)", "in: {a: x, b: y}, expect: {number: x}")
    counts = [score(made, samples, fraction=0.5).share for _ in range(2)]
    assert counts[0] == counts[1]
    assert counts[0][1] < score(made, samples).share[1]


def test_what_a_mapping_writes_is_compared_too(mapping):
    made, samples = mapping("out:\n  n: number", "out: {number: '7'}, expect: {n: '7'}")
    assert [one.hint for one in score(made, samples).unnoticed] == [
        'test "one" with number left out: it is taken, and would be rejected (missing-value)'
    ]


def test_an_entity_made_up_has_the_normal_form_of_each_field(tmp_path):
    catalog, _ = catalog_of(project(tmp_path))
    for entity in catalog.entities.values():
        for name, value in entity_sample(entity).items():
            assert entity.fields[name].normalise(value, region="CO") == value


def test_exchanged_entries_have_each_other_s_value(mapping):
    made, _ = mapping("in:\n  status: {from: s, lookup: {P: paid, O: open}}", "in: {}, expect: {}")
    (exchanged, *_) = [one.data for one in mutants(made, EMPTY, EMPTY) if "exchanged" in one.what]
    assert exchanged["in"]["status"]["lookup"] == {"P": "open", "O": "paid"}


def test_a_hint_is_of_a_record_that_is_understood(mapping):
    leaf = """in:\n  number: '`["ALTA"]`[?@ == upper(root().a)] | [0]'"""
    made, samples = mapping(leaf, "in: {a: x}, left: [number]")
    hints = {one.mutant.what: one.hint for one in score(made, samples).unnoticed}
    assert hints["upper() dropped"] == 'test "one" with a is "alta": number is "ALTA", and would be left out'


def test_the_payload_is_no_name_beside_others():
    shape = Shape(({"a": {"x": 1}, "payload": {"a": {"x": 1}}, "b": {}},), "")
    assert shape.siblings(("a",)) == ["b"]
    assert shape.siblings(("a", "x")) == []
