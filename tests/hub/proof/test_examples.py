"""The tests inside of a mapping, as they are run."""

import pytest

from hub.errors import FileError
from hub.proof.examples import examples
from hub.proof.lines import consent_line, read_line, written_line
from hub.proof.verdicts import verdict
from tests.hub.proof.project import catalog_of, project


@pytest.fixture
def said(tmp_path):
    """What the one test of a mapping of orders says: the paths that differ, or the mistake in the test."""
    folder = project(tmp_path)

    def run(test, leaves="number: id, status: {from: state, lookup: {P: paid}}"):
        text = f"entity: order\nin: {{{leaves}}}\ntests:\n  - {{name: one, {test}}}\n"
        (folder / "mappings" / "shop.order.yaml").write_text(text, encoding="utf-8")
        catalog, samples = catalog_of(folder)
        mapping = catalog.mappings["shop.order"]
        (example,) = examples(mapping, samples)
        if isinstance(example, FileError):
            return f"{example.code}: {example.message}"
        return [one.at for one in example.differences(mapping)]

    return run


def test_a_test_speaks_of_the_fields_that_it_names(said):
    assert said("in: {id: 7, state: P}, expect: {number: '7'}") == []
    assert said("in: {id: 7, state: P}, expect: {number: '8'}") == ["number"]


def test_what_is_not_understood_must_be_said(said):
    assert said("in: {id: 7, state: X}, expect: {number: '7'}") == ["drift status"]
    assert said("in: {id: 7, state: X}, drift: [status]") == []
    assert said("in: {id: 7, state: P}, drift: [status]") == ["drift status"]


def test_what_is_left_as_it_was_is_not_cleared(said):
    assert said("in: {id: 7}, left: [status]") == []
    assert said("in: {id: 7, state: null}, left: [status]") == ["status"]
    assert said("in: {id: 7, state: null}, expect: {status: null}") == []


def test_one_and_true_are_two_values(said):
    assert said("out: {number: 1}, expect: {n: true}", "number: id}\nout: {n: number") == ["n"]
    assert said("out: {number: 7.0}, expect: {n: 7}", "number: id}\nout: {n: number") == []


def test_a_list_that_is_longer_differs_behind_the_end(said):
    lists = "number: id}\nout: {n: number"
    assert said("out: {number: [1, 2]}, expect: {n: [1]}", lists) == ["n[1]"]
    assert said("out: {number: [1]}, expect: {n: [1, 2]}", lists) == ["n[1]"]


def test_the_closest_record_of_several_counts(said, tmp_path):
    receive = tmp_path / "connectors" / "shop.yaml"
    receive.write_text(
        receive.read_text().replace("  event_id", "  events: {one: 'body.orders'}\n  event_id")
    )
    receive.write_text(receive.read_text().replace("record: body.order", "record: one"))
    event = (
        '{"headers": {"x-topic": "order.created"}, "body": {"event": "e", "orders": [{"id": 1}, {"id": 2}]}}'
    )
    (tmp_path / "events" / "shop" / "orders.json").write_text(event)
    assert said("in: events/shop/orders.json, expect: {number: '2'}") == []
    assert said("in: events/shop/orders.json, expect: {number: '3'}") == ["number"]


@pytest.mark.parametrize(
    ("test", "mistake"),
    [
        ("expect: {}", "bad-test: a test has either in: or out:"),
        ("in: {}", "bad-test: a test says what it expects"),
        ("in: {}, expect: {}, rejected: x", "bad-test: of a record that is rejected"),
        ("out: {}, drift: [x]", "bad-test: left, consent and drift"),
        ("in: {}, account: shop.es, expect: {}", "unknown-account: shop has no account shop.es"),
        ("in: events/shop/none.json, expect: {}", "no-sample: events/shop/none.json is not a JSON file"),
        ("in: events/shop/customer.json, expect: {}", "no-sample: events/shop/customer.json has no record"),
        ("in: events/shop/hostile.json, expect: {}", "no-sample: the connector rejects"),
    ],
)
def test_a_test_that_cannot_be_run_is_a_mistake_in_the_file(said, tmp_path, test, mistake):
    hostile = '{"headers": {"x-topic": "order.created"}, "body": "["}'
    (tmp_path / "events" / "shop" / "hostile.json").write_text(hostile)
    assert said(test).startswith(mistake)


def test_a_mapping_without_tests_passes(tmp_path):
    folder = project(tmp_path)
    (folder / "mappings" / "shop.order.yaml").write_text("entity: order\nin: {number: id}\n")
    catalog, samples = catalog_of(folder)
    assert verdict(catalog.mappings["shop.order"], samples).passed


def test_the_line_of_a_part_is_that_of_its_leaf(tmp_path):
    catalog, _ = catalog_of(project(tmp_path))
    mapping = catalog.mappings["shop.customer"]
    assert read_line(mapping, ("address", "city")).line == 8
    assert read_line(mapping, ("address",)).line == 7
    assert read_line(mapping, ("note",)) is None
    assert written_line(mapping, ("home", "town")).line == 8
    assert consent_line(mapping, ("email.marketing", "at")).line == 18
    assert consent_line(mapping, ("sms.marketing",)) is None


def test_a_line_that_is_only_for_a_part_comes_before_that_of_the_whole(tmp_path):
    folder = project(tmp_path)
    text = "entity: customer\nin:\n  address: home\n  address.city: town\n"
    (folder / "mappings" / "shop.customer.yaml").write_text(text)
    mapping = catalog_of(folder)[0].mappings["shop.customer"]
    assert read_line(mapping, ("address", "city")).line == 4
    assert read_line(mapping, ("address", "line1")).line == 3
    assert read_line(mapping, ("address",)).line == 3
