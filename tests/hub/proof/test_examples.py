"""The tests inside of a mapping, as they are run."""

import pytest

from hub.errors import FileError
from hub.proof.examples import examples
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
    assert said("out: {number: 7}, expect: {n: true}", "number: id}\nout: {n: number") == ["n"]
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
