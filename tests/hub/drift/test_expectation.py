"""What the samples of a mapping prove of every record."""

import pytest

from hub.documents import pointer
from hub.drift.expectation import claims, proven
from hub.mapping import ABSENT
from hub.mapping.claims import Claim
from tests.hub.drift.project import opened, person, write


def by_pointer(found):
    held = {}
    for path, claim in found:
        held[pointer(path)] = (*held.get(pointer(path), ()), claim)
    return held


@pytest.fixture
def shop(tmp_path):
    return opened(write(tmp_path))


def test_a_plain_path_has_one_expectation(shop):
    catalog, samples = shop
    found = by_pointer(claims(catalog.mappings["shop.customer"], samples))
    assert found["/in/email"] == (Claim(("email",), frozenset({"text"}), always=True),)
    assert found["/in/stage"][0].path == ("kind",)


def test_what_a_guest_does_not_tell_is_expected_of_records_with_an_id(shop):
    catalog, samples = shop
    found = by_pointer(claims(catalog.mappings["shop.customer"], samples))
    (name,) = found["/in/given_name"]
    assert (name.always, name.beside) == (True, ("payload", "id"))
    assert name.broken({"payload": {}}) == ""
    assert name.broken({"payload": {"id": 7}}) == "vanished"


def test_each_path_of_a_computed_line_is_expected_but_not_those_inside_of_lists(shop):
    catalog, samples = shop
    found = by_pointer(claims(catalog.mappings["shop.order"], samples))
    assert [claim.path for claim in found["/in/total"]] == [("currency",), ("total",)]
    assert [claim.kinds for claim in found["/in/items"]] == [frozenset({"list"})]
    assert not any("fields" in pointer for pointer in found)


def test_one_sample_proves_kinds_and_no_presence(shop):
    catalog, _ = shop
    found = by_pointer(proven(catalog.mappings["shop.customer"], [person(), person()]))
    assert (found["/in/email"][0].kinds, found["/in/email"][0].always) == ({"text"}, False)


def test_a_vendor_that_leaves_out_what_it_does_not_know_promises_nothing(shop):
    catalog, _ = shop
    sparse = [{"id": number, "email": f"p{number}@correo.example"} for number in range(5)]
    assert not by_pointer(proven(catalog.mappings["shop.customer"], sparse))["/in/email"][0].always


def test_records_that_the_mapping_cannot_read_prove_nothing(shop):
    catalog, _ = shop
    assert by_pointer(proven(catalog.mappings["shop.customer"], [[1], "x"])) == {}


def test_a_surprise_is_a_missing_key_or_another_kind():
    claim = Claim(("a", "b"), frozenset({"text"}), always=True)
    assert claim.broken({"a": {}}) == "vanished"
    assert claim.broken({"a": {"b": 1}}) == "changed"
    assert [claim.broken({"a": {"b": value}}) for value in ("x", None, "")] == ["", "", ""]
    assert claim.broken({"a": None}) == ""
    assert claim.broken({"a": {"b": False}}, empty=False) == ""
    assert Claim(("a",), frozenset(), always=False).broken({"a": 1}, ABSENT) == ""


def test_partial_examples_break_no_claim_and_tell_kinds_of_what_no_sample_has(tmp_path):
    text = (
        "entity: customer\nin: {email: email, stage: odd, given_name: first_name}\n"
        "tests:\n  - {name: partial, in: {id: 9, first_name: 4, odd: 5}, expect: {given_name: '4'}}\n"
    )
    catalog, samples = opened(write(tmp_path, **{"mappings__shop.customer": text}))
    found = by_pointer(claims(catalog.mappings["shop.customer"], samples))
    assert found["/in/email"][0].always
    assert found["/in/given_name"][0].kinds == {"text"}
    assert (found["/in/stage"][0].kinds, found["/in/stage"][0].always) == ({"number"}, False)
