"""A patch for what was renamed is proposed only when it is proven."""

import json
import subprocess

import pytest

from hub.cli import main
from hub.drift.findings import Survey
from hub.drift.renames import Rename
from hub.proposal.patch import patch
from hub.proposal.renaming import renamed_sample
from tests.docs.project import copy
from tests.hub.drift.project import event, opened, order, person, write


def proposed(tmp_path, events, mapping="shop.customer", **files):
    catalog, samples = opened(write(tmp_path, **files))
    mapping = catalog.mappings[mapping]
    survey = Survey(mapping, samples.context(mapping), samples.connector(mapping))
    for record in samples.recorded(mapping):
        survey.sample(record)
    for record in samples.examples(mapping):
        survey.example(record)
    for record in events:
        survey.event(record)
    return patch(survey.report(catalog), samples, events)


def changes(found):
    """The lines of the mapping that change."""
    own = found.diff.split("--- a/")[1]
    return [line for line in own.splitlines() if line[:1] in "+-" and line[:3] != "+++"]


def renamed(record, **names):
    return {names.get(name, name): value for name, value in record.items()}


def people(**names):
    return [renamed(person(number), **names) for number in range(1, 7)]


def test_a_line_reads_the_new_name_and_nothing_else_moves(tmp_path):
    found = proposed(tmp_path, people(first_name="firstName"))
    assert changes(found)[:2] == ["-  given_name:   first_name", "+  given_name:   firstName"]
    assert found.diff.startswith("--- a/mappings/shop.customer.yaml\n+++ b/mappings/shop.customer.yaml\n@@")
    assert (found.tests, found.by_hand) == (1, ())


def test_several_renames_are_one_patch(tmp_path):
    found = proposed(tmp_path, people(first_name="firstName", changed="changed_at", kind="kinds"))
    assert len(changes(found)) == 6
    assert {one.new for one in found.renames} == {("firstName",), ("changed_at",), ("kinds",)}


def test_all_lines_below_a_renamed_object_follow(tmp_path):
    found = proposed(tmp_path, people(place="places"))
    assert changes(found) == ["-  address.city: place.city", "+  address.city: places.city"]


def test_names_inside_of_lists_follow_in_their_level_only(tmp_path):
    events = [order(n, lines=[{"sku": "A", "prices": "1"}]) for n in range(6)]
    (before, after) = changes(proposed(tmp_path, events, "shop.order"))
    assert after == before.replace("-", "+", 1).replace("line.price,", "line.prices,")


def test_a_renamed_list_follows_in_each(tmp_path):
    events = [renamed(order(n), lines="lines_") for n in range(6)]
    (_, after) = changes(proposed(tmp_path, events, "shop.order"))
    assert after == "+    each:   {line: lines_}"


def test_both_directions_follow(tmp_path):
    text = (
        "entity: customer\nrecord: person\nboth:\n  email: email\n  place:\n    city: address.city\n"
        "tests:\n  - name: one\n    in: {person: {email: a@correo.example, place: {city: Cali}}}\n"
        "    expect: {address: {city: Cali}}\n"
        "  - name: two\n    out: {email: a@correo.example, address: {city: Cali}}\n"
        "    expect: {email: a@correo.example, place: {city: Cali}}\n"
    )
    events = [
        {"id": n, "person": {"email": f"a{n}@correo.example", "place": {"citys": "Cali"}}} for n in range(9)
    ]
    found = proposed(tmp_path, events, **{"mappings__shop.customer": text})
    assert changes(found)[:2] == ["-    city: address.city", "+    citys: address.city"]
    assert changes(found)[3] == "+    in: {person: {email: a@correo.example, place: {citys: Cali}}}"
    events = [
        {"id": n, "person": {"email": f"a{n}@correo.example", "places": {"city": "Cali"}}} for n in range(9)
    ]
    found = proposed(tmp_path, events, **{"mappings__shop.customer": text})
    assert changes(found)[:2] == ["-  place:", "+  places:"]


def test_consents_and_what_lies_around_the_record_follow(tmp_path):
    text = (
        "entity: customer\nrecord: place\nin: {address.city: city, given_name: payload.first_name}\n"
        "consent:\n  email.news:\n    address: payload.email\n"
        "    state: {from: payload.kind, lookup: {L: granted}}\n"
        "tests:\n  - {name: a, in: {first_name: Ada, place: {city: Cali}}, expect: {given_name: Ada}}\n"
    )
    found = proposed(
        tmp_path, people(kind="kinds", first_name="firstName"), **{"mappings__shop.customer": text}
    )
    assert len(changes(found)) == 6
    assert "payload.firstName" in found.diff
    assert "payload.kinds" in found.diff


@pytest.mark.parametrize("new", ["first name", "first-name"])
def test_a_name_that_needs_quotes_is_left_to_people(tmp_path, new):
    assert proposed(tmp_path, people(first_name=new)) is None


def test_nothing_is_proposed_where_nothing_was_renamed(tmp_path):
    assert proposed(tmp_path, people(first_name="odd")) is None


def test_nothing_is_proposed_that_the_events_do_not_pass(tmp_path):
    text = "entity: order\nin:\n  number: {from: code, required: true}\n"
    events = [order(n, code=..., codes="N") for n in range(6)]
    assert proposed(tmp_path, events, "shop.order", **{"mappings__shop.order": text})
    events = [*events, order(7, code=..., codes=None)]
    assert proposed(tmp_path, events, "shop.order", **{"mappings__shop.order": text}) is None


def test_nothing_is_proposed_that_the_own_tests_do_not_pass(tmp_path):
    text = (
        "entity: customer\nin: {given_name: first_name}\n"
        "tests:\n  - {name: wrong, in: events/shop/customer.json, expect: {given_name: Eva}}\n"
    )
    assert proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": text}) is None


def test_a_text_that_only_looks_like_the_name_stays(tmp_path):
    text = "entity: customer\nin:\n  given_name: \"first_name == 'first_name' && 'x' || first_name\"\n"
    (_, after) = changes(
        proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": text})
    )
    assert after == "+  given_name: \"firstName == 'first_name' && 'x' || firstName\""


def test_a_name_that_stands_for_something_else_too_is_left_to_people(tmp_path):
    text = "entity: customer\nin:\n  given_name: coalesce(name.city, first_name)\n  stage: place.first_name\n"
    found = proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": text})
    assert changes(found) == [
        "-  given_name: coalesce(name.city, first_name)",
        "+  given_name: coalesce(name.city, firstName)",
    ]
    text = "entity: customer\nin:\n  given_name: coalesce(place.first_name, first_name)\n"
    assert proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": text}) is None


def test_a_rename_says_what_became_what(tmp_path):
    (one,) = proposed(tmp_path, people(first_name="firstName")).renames
    assert one == Rename(("first_name",), ("firstName",), 0.99, "name, values, form")


def test_a_name_that_is_taken_in_the_file_is_left_to_people(tmp_path):
    text = "entity: customer\nboth: {first_name: given_name, firstName: stage}\n"
    assert proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": text}) is None


def test_samples_that_cannot_be_read_are_passed_over(tmp_path):
    broken = tmp_path / "events" / "shop" / "broken.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("no JSON")
    assert "broken" not in proposed(tmp_path, people(first_name="firstName")).diff


def test_a_sample_that_cannot_be_renamed_in_is_left_to_people(tmp_path):
    folder = tmp_path / "events" / "shop"
    folder.mkdir(parents=True)
    odd = json.dumps(event("customer", person(3))).replace("first_name", "first\\u005fname")
    (folder / "odd.json").write_text(odd)
    twice = event("customer", {**person(4), "odd": {"first_name": 1, "firstName": 2}})
    (folder / "twice.json").write_text(json.dumps(twice))
    found = proposed(tmp_path, people(first_name="firstName"))
    assert found.by_hand == ("events/shop/odd.json",)
    assert '"odd": {"first_name": 1, "firstName": 2}' in found.diff


def test_samples_in_which_the_new_name_is_taken_are_left_to_people(tmp_path):
    catalog, samples = opened(write(tmp_path))
    mapping = catalog.mappings["shop.customer"]
    known = [Rename(("first_name",), ("firstName",), 0.9, "")]
    (tmp_path / "events" / "shop" / "both.json").write_text(
        json.dumps(event("customer", {**person(), "firstName": "x"}))
    )
    assert renamed_sample(samples, mapping, "events/shop/both.json", known) is None
    before, after = renamed_sample(samples, mapping, "events/shop/customer.json", known)
    assert (before.data["body"]["first_name"], after.data["body"]["firstName"]) == ("Ada", "Ada")


def test_a_vendor_that_renames_a_field_is_followed_by_one_patch(tmp_path, capsys):
    (tmp_path / "project").mkdir()
    root = copy(tmp_path / "project")
    told = json.loads((root / "events" / "shopify" / "customer.json").read_text())["body"]
    told["firstName"] = told.pop("first_name")
    (tmp_path / "day.jsonl").write_text("".join(json.dumps({**told, "id": n}) + "\n" for n in range(8)))
    arguments = ["drift", "shopify.customer", "--events", str(tmp_path / "day.jsonl"), "--root", str(root)]
    assert main([*arguments, "--json"]) == 1
    (shown,) = json.loads(capsys.readouterr().out)
    subprocess.run(["git", "apply", "-"], input=shown["patch"], text=True, cwd=root, check=True)
    assert main(["check", "--root", str(root)]) == 0, capsys.readouterr().out
    assert main(arguments) == 0, capsys.readouterr().out


def test_a_table_beside_the_mapping_stays_with_its_line(tmp_path):
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "kinds.csv").write_text("vendor,ours\nL,lead\nC,customer\n")
    text = (
        "entity: customer\nin:\n  stage: {from: kind, lookup: kinds}\n"
        "tests:\n  - {name: a, in: {kind: C}, expect: {stage: customer}}\n"
    )
    found = proposed(tmp_path, people(kind="kinds"), **{"mappings__shop.customer": text})
    assert set(changes(found)) == {
        "-  stage: {from: kind, lookup: kinds}",
        "+  stage: {from: kinds, lookup: kinds}",
        "-  - {name: a, in: {kind: C}, expect: {stage: customer}}",
        "+  - {name: a, in: {kinds: C}, expect: {stage: customer}}",
    }


def test_what_a_test_expects_to_be_written_follows(tmp_path):
    text = (
        "entity: customer\nboth: {first_name: given_name}\n"
        "tests:\n  - {name: a, out: {given_name: Ada}, expect: {first_name: Ada}}\n"
        "  - {name: b, out: {email: a@correo.example}, expect: {}}\n"
    )
    found = proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": text})
    assert set(changes(found)) == {
        "-both: {first_name: given_name}",
        "+both: {firstName: given_name}",
        "-  - {name: a, out: {given_name: Ada}, expect: {first_name: Ada}}",
        "+  - {name: a, out: {given_name: Ada}, expect: {firstName: Ada}}",
    }
    taken = text.replace("expect: {first_name: Ada}", "expect: {first_name: Ada, firstName: x}")
    assert proposed(tmp_path, people(first_name="firstName"), **{"mappings__shop.customer": taken}) is None
