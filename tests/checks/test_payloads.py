"""What is known of a mapping's records, from samples and from the schema beside them."""

import json
import shutil
from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.checks import check
from hub.checks.payloads import Payloads
from hub.checks.types import ANY
from hub.samples import Samples

BASE = Path(__file__).parent / "base"


@pytest.fixture
def project(tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def change(project, file, old, new):
    path = project / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def scope(project):
    catalog = Catalog.read(project)
    return Payloads(Samples(project, catalog)).scope(catalog.mappings["shop.customer"])


def codes(project):
    return [error.code for error in check(project).errors]


def schema(project, data):
    (project / "events/shop/customer.schema.json").write_text(json.dumps(data), encoding="utf-8")


def test_without_a_sample_and_a_schema_anything_may_be(project):
    shutil.rmtree(project / "events")
    assert scope(project) == ANY


def test_names_and_types_are_those_of_samples_and_schema_together(project):
    schema(project, {"properties": {"email": {"type": "string"}, "vip": {"type": "boolean"}}})
    found = scope(project)
    assert found.member("vip").some == {"boolean"}
    assert found.member("orders_count").some == {"number"}
    assert found.member("nothing") is None


def test_a_schema_is_enough(project):
    shutil.rmtree(project / "events/shop")
    (project / "events/shop").mkdir()
    schema(project, {"properties": {"email": {"type": "string"}, "first_name": {"type": "string"}}})
    assert codes(project) == []
    change(project, "mappings/shop.customer.yaml", "first_name", "frist_name")
    assert codes(project) == ["unknown-source-field"]


def test_the_schema_is_of_the_record_before_the_mapping_looks_inside(project):
    shutil.rmtree(project / "events/shop")
    (project / "events/shop").mkdir()
    change(project, "mappings/shop.customer.yaml", "entity: customer", "entity: customer\nrecord: customer")
    inner = {"type": "object", "properties": {"email": {}, "first_name": {"type": "number"}}}
    schema(project, {"type": "object", "properties": {"customer": inner, "at": {"type": "string"}}})
    found = scope(project)
    assert found.member("first_name").some == {"number"}
    assert found.member("payload").member("at").some == {"text"}
    assert found.member("at") is None


def test_a_schema_that_says_nothing_of_the_record_forbids_nothing(project):
    shutil.rmtree(project / "events/shop")
    (project / "events/shop").mkdir()
    schema(project, {"type": "object"})
    assert codes(project) == []


def test_what_stands_for_no_value_says_nothing_of_the_type(project):
    change(project, "events/shop/buyer.json", '"active"', 'false, "ref": [false, {"a": false}], "note": ""')
    change(project, "connectors/shop.yaml", "empty: null", "empty: false")
    found = scope(project)
    assert found.member("state") == ANY
    assert found.member("note") == ANY
    assert found.member("accepts_marketing").some == {"boolean"}


def test_levels_inside_of_items_are_known_by_their_samples(project):
    change(project, "events/shop/buyer.json", '"quantity": 1', '"taxes": [{"rate": 19}]')
    change(
        project,
        "mappings/shop.customer.yaml",
        "in:",
        "in:\n  tags: {each: {order: orders, tax: order.taxes}, fields: {rate: tax.rate, sku: order.sku}}",
    )
    assert codes(project) == []
    change(project, "mappings/shop.customer.yaml", "tax.rate", "tax.raet")
    assert codes(project) == ["unknown-source-field"]
    change(project, "mappings/shop.customer.yaml", "tax.raet", "tax.rate")
    change(project, "mappings/shop.customer.yaml", "order.taxes", "order.txs")
    assert "unknown-source-field" in codes(project)


def test_lists_in_the_items_of_lists_are_checked_too(project):
    change(project, "events/shop/buyer.json", '"quantity": 1', '"taxes": [{"rate": 19}]')
    each = "{each: {order: orders}, fields: {taxes: {each: {tax: order.taxes}, fields: {rate: tax.rat}}}}"
    change(project, "mappings/shop.customer.yaml", "in:", f"in:\n  tags: {each}")
    assert codes(project) == ["unknown-source-field"]


def test_outwards_a_list_is_built_of_the_entity(project):
    change(
        project,
        "mappings/shop.customer.yaml",
        "in:",
        "out:\n  lines:\n    each: {order: orders}\n"
        "    fields: {sku: order.sku, who: given_name, fixed: {setting: site}}\nin:",
    )
    assert codes(project) == []
    change(project, "mappings/shop.customer.yaml", "order: orders", "order: email")
    assert codes(project) == ["each-of-no-list"]


def test_where_nothing_shows_it_a_name_may_be_there_but_not_a_word_of_the_field(project):
    shutil.rmtree(project / "events/shop")
    leaves = "stage: lead\n  channel: web\n  tags: {each: {tag: tags}, fields: {name: tag.name}}"
    change(project, "mappings/shop.customer.yaml", "in:", f"in:\n  {leaves}")
    assert codes(project) == ["bare-text"]


THIN = 'get: {request: "GET /customers/{id}", id: id}'
RECORD = "events/shop/records/customer.<id>.json"


@pytest.mark.parametrize(
    ("leaf", "code", "hint"),
    [
        ("stage: lead", "bare-text", "write \"'lead'\""),
        ("vip: first_name && first_name == gold", "bare-text", "write 'gold'"),
        ("channel: '\"gold\"'", "quoted-name", "write 'gold'"),
        ("channel: frist_name", "unknown-source-field", 'did you mean "first_name"?'),
        ("channel: x.y", "unknown-source-field", "there is email, first_name"),
    ],
)
def test_of_a_record_that_is_fetched_and_nowhere_shown_a_name_may_be_right(project, leaf, code, hint):
    shutil.rmtree(project / "events/shop")
    change(project, "connectors/shop.yaml", "id: text(id)", f"id: text(id)\n    {THIN}")
    inline = "tests:\n  - {name: a, in: {email: a@b.co, first_name: A}, expect: {given_name: A}}\n"
    change(project, "mappings/shop.customer.yaml", "in:", f"{inline}in:\n  {leaf}")
    (error,) = [one for one in check(project).errors if one.code != "untested-field"]
    assert error.code == code
    assert error.hint == f"{hint}, or show the record: {RECORD}"
    if code == "bare-text":
        assert error.message.endswith("is read as the name of a field, and no sample shows one")


def test_a_record_that_is_fetched_and_shown_has_no_other_names(project):
    change(project, "connectors/shop.yaml", "id: text(id)", f"id: text(id)\n    {THIN}")
    (project / "events/shop/records").mkdir()
    shown = {"id": 7, "email": "a@b.co", "first_name": "A"}
    (project / "events/shop/records/customer.7.json").write_text(json.dumps(shown), encoding="utf-8")
    change(project, "mappings/shop.customer.yaml", "in:", "in:\n  stage: lead")
    (error,) = check(project).errors
    assert (error.code, error.hint) == ("bare-text", "write \"'lead'\"")
    assert error.message == '"lead" is read as the name of a field, which there is not'


@pytest.mark.parametrize(
    "source", ["state != `null`", "state == currency", "!contains(labels, 'x')", "!`null`"]
)
def test_who_asks_for_null_outright_means_it(project, source):
    change(project, "mappings/shop.customer.yaml", "in:", f'in:\n  vip: "{source}"')
    assert codes(project) == []


def test_a_sample_that_is_nested_without_end_is_a_mistake_of_that_file(project):
    (project / "events/shop/deep.json").write_text("[" * 100_000, encoding="utf-8")
    [error] = check(project).errors
    assert (error.code, error.place.file) == ("not-json", "events/shop/deep.json")


def test_of_long_lists_and_deep_samples_nothing_is_said(project):
    deep = "[" * 60 + "]" * 60
    long = json.dumps([{f"name{number}": number} for number in range(500)])
    change(project, "events/shop/buyer.json", '"active"', f'"active", "deep": {deep}, "long": {long}')
    change(
        project, "mappings/shop.customer.yaml", "in:", "in:\n  channel: long[0].name900\n  stage: deep[0].x"
    )
    assert scope(project).member("long").item is None
    assert "unknown-source-field" not in codes(project)


def test_a_schema_whose_references_multiply_is_read_in_part(project):
    branches = {f"b{number}": {"$ref": f"#/$defs/d{number}"} for number in range(12)}
    schema(project, {"properties": branches, "$defs": {f"d{n}": {"properties": branches} for n in range(12)}})
    assert codes(project) == []
    assert scope(project).member("orders_count").some == {"number"}


def test_what_is_no_schema_is_said_once(project):
    schema(project, {"properties": {"state": {"enum": "active"}}})
    assert codes(project) == ["bad-schema"]
    (project / "events/shop/customer.schema.json").write_text("[" * 100_000, encoding="utf-8")
    assert codes(project) == ["not-json"]
