"""hub try beyond what it prints on the project of tests/hub/proof."""

import json
import shutil
from pathlib import Path

import pytest

from hub.cli import main
from tests.hub.proof.project import project

ROOT = Path(__file__).parents[3]
MAPPING = """
entity: order
in:
  number: {setting: site}
  status: {from: s, lookup: {P: paid}, else: open}
  total:  length(id)
  items:
    each:   {group: groups, line: group.lines}
    fields: {sku: line}
"""


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """What `hub try` prints as JSON of a record."""
    folder = project(tmp_path)
    monkeypatch.chdir(folder)
    (folder / "mappings" / "shop.order.yaml").write_text(MAPPING)

    def run(record, *arguments):
        (folder / "record.json").write_text(json.dumps(record))
        assert main(["try", "shop.order", "record.json", "--json", "--explain", *arguments]) == 0
        return json.loads(capsys.readouterr().out)[0]

    return run


def leaves(said):
    return {one["at"]: one.get("meant", one.get("value", "none")) for one in said["leaves"]}


def test_each_leaf_is_shown_with_what_it_read(told):
    said = told({"id": 7, "s": "P", "groups": [{"lines": ["A", "B"]}, {"lines": None}, {"lines": ["C"]}]})
    found = leaves(said)
    assert found["number"] == "tienda"
    assert found["status"] == "paid"
    assert found["total"] == "none"
    assert [found[f"items[{number}].sku"] for number in range(3)] == ["A", "B", "C"]
    assert said["drift"] == ["mappings/shop.order.yaml:6:3"]


def test_what_a_lookup_makes_of_a_value_is_shown(told):
    assert leaves(told({"s": "X"}))["status"] == "open"
    assert leaves(told({"s": None}))["status"] is None


def test_settings_are_those_of_the_account(told):
    assert leaves(told({}, "--account", "shop.mx"))["number"] == "bazar"


def test_a_leaf_without_a_value_says_why(told, capsys):
    told({"id": 7})
    assert main(["try", "shop.order", "record.json", "--explain"]) == 0
    assert "(no value: a function got what it does not take)" in capsys.readouterr().out


def test_a_sample_of_which_nothing_is_mapped_is_plain_json(told, tmp_path, capsys):
    told({})
    (tmp_path / "events" / "shop" / "ping.json").write_text(
        '{"headers": {"X-Topic": "ping"}, "body": {"a": 1}}'
    )
    assert main(["try", "body.a", "events/shop/ping.json"]) == 0
    assert capsys.readouterr().out == "1\n"


def test_a_sample_that_a_connector_rejects_is_plain_json(told, tmp_path, capsys):
    told({})
    (tmp_path / "events" / "shop" / "bad.json").write_text(
        '{"headers": {"X-Topic": "order.created"}, "body": "["}'
    )
    assert main(["try", "body", "events/shop/bad.json"]) == 0
    assert capsys.readouterr().out == '"["\n'


def test_an_event_without_a_record_of_the_mapping_says_so(told, capsys):
    told({})
    assert main(["try", "shop.order", "events/shop/customer.json"]) == 0
    assert capsys.readouterr().out == "the event has no record of shop.order\n"


def test_a_file_that_is_no_json_is_refused(told, tmp_path, capsys):
    told({})
    (tmp_path / "text.json").write_text("{")
    assert main(["try", "shop.order", "text.json"]) == 2
    assert "text.json is not JSON, nor a file that holds it" in capsys.readouterr().err


def test_an_expression_sees_the_outermost_record_of_an_event(capsys):
    event = ROOT / "events" / "shopify" / "order.json"
    assert main(["try", "line_items[0].sku", str(event), "--root", str(ROOT)]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ('"RUANA-AZUL-U"\n', "as shopify.order sees it:\n")


def test_the_event_may_be_typed_in_place(capsys):
    assert main(["try", "digits(x)", '{"x": "1.018-4"}', "--root", str(ROOT)]) == 0
    assert json.loads(capsys.readouterr().out) == "10184"
    assert main(["try", "digits(x)", '{"x": ', "--root", str(ROOT)]) == 2
    assert "is not JSON" in capsys.readouterr().err


@pytest.fixture
def thin(tmp_path, monkeypatch):
    """A project with HubSpot alone, whose events name contacts."""
    for file in ("connectors/hubspot.yaml", "mappings/hubspot.contact.yaml", "accounts.yaml"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "entities", tmp_path / "entities")
    shutil.copytree(ROOT / "events/hubspot", tmp_path / "events/hubspot")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_of_an_event_that_names_a_record_the_fetched_one_is_shown(thin, capsys):
    assert main(["try", "hubspot.contact", "events/hubspot/contact-created.json"]) == 0
    assert "mateo.quiroga@correo.example" in capsys.readouterr().out
    assert main(["try", "firstname", "events/hubspot/contact-created.json"]) == 0
    assert capsys.readouterr().out == '"Mateo"\n'


def test_a_fetched_record_is_found_by_its_id_whatever_its_file_is_called(thin, capsys):
    records = thin / "events/hubspot/records"
    (records / "contact.302.json").rename(records / "contact.mateo.json")
    assert main(["try", "hubspot.contact", "events/hubspot/contact-created.json"]) == 0
    assert "mateo.quiroga@correo.example" in capsys.readouterr().out


def test_where_the_record_that_an_event_names_belongs_is_said(thin, capsys):
    (thin / "events/hubspot/records/contact.302.json").unlink()
    said = "put what its `get:` answers into events/hubspot/records/contact.302.json"
    assert main(["try", "hubspot.contact", "events/hubspot/contact-created.json"]) == 1
    assert said in capsys.readouterr().err
    assert main(["try", "body[0].objectId", "events/hubspot/contact-created.json"]) == 0
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == "302\n"


def test_a_deletion_names_no_record_that_could_be_fetched(thin, capsys):
    assert main(["try", "hubspot.contact", "events/hubspot/contact-deleted.json"]) == 0
    assert capsys.readouterr().out == "the event has no record of hubspot.contact\n"
