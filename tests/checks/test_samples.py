"""What sample events show of a connector that does not understand them."""

import json
import shutil
from pathlib import Path

import pytest

from hub.checks import check

BASE = Path(__file__).parent / "base"


@pytest.fixture
def project(tmp_path):
    """The base project, whose shop also tells of orders: `order(record, **more)` is one of its events."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "mappings/shop.order.yaml").write_text("entity: message\nin:\n  name: title\n")
    return tmp_path


def orders(project, lines):
    """Let the shop have a resource `order`, with these lines more."""
    file = project / "connectors/shop.yaml"
    text = file.read_text(encoding="utf-8")
    order = f"  order:\n    topics: [order.made, order.deleted]\n    id: text(id)\n    {lines}\n"
    file.write_text(text.replace("  customer:\n", f"{order}  customer:\n"), encoding="utf-8")


def sample(project, name, body, topic="order.made"):
    event = {"headers": {"X-Topic": topic}, "query": {}, "body": {"event": name, "title": "x", **body}}
    (project / f"events/shop/{name}.json").write_text(json.dumps(event), encoding="utf-8")


def found(project):
    """The mistakes as (code, what stands at the place, hint)."""
    shown = []
    for one in check(project).errors:
        lines = (project / one.place.file).read_text(encoding="utf-8").splitlines()
        at = lines[one.place.line - 1][one.place.column - 1 :]
        shown.append((one.code, at, one.hint))
    return shown


@pytest.mark.parametrize(
    ("source", "buyer", "hint"),
    [
        ("buyer", "u-7", "write {id: buyer}"),
        ("buyer", [{"id": "u-7"}], "write buyer | [0]"),
        ("customer_id || buyer", 7, "write {id: …}, with the names that its mapping reads"),
        ("buyer", True, "write buyer && {id: …}, with the names that its mapping reads"),
    ],
)
def test_a_contained_record_that_is_no_object_is_told(project, source, buyer, hint):
    orders(project, f'deleted: "`false`"\n    contains: {{customer: "{source}"}}')
    sample(project, "made", {"id": 1, "buyer": buyer})
    ((code, at, cure),) = found(project)
    assert code == "not-an-object"
    assert at.startswith(source)
    assert cure == hint


def test_an_object_and_nothing_at_all_are_right_for_a_contained_record(project):
    orders(project, 'deleted: "`false`"\n    contains: {customer: "buyer && {id: buyer.id}"}')
    for number, buyer in enumerate([{"id": 7}, None, "", False, []]):
        sample(project, f"made-{number}", {"id": 1, "buyer": buyer})
    assert found(project) == []


def test_a_contained_record_that_no_sample_has_is_told(project):
    orders(project, 'deleted: "`false`"\n    contains: {customer: byer}')
    sample(project, "made", {"id": 1, "buyer": {"id": 7}})
    ((code, at, cure),) = found(project)
    assert (code, at) == ("not-an-object", "byer}")
    assert cure == 'did you mean "buyer"?'


def test_a_contained_record_of_what_is_fetched_is_looked_at_too(project):
    get = 'get: {request: "GET /orders/{id}", id: id, record: order}'
    orders(project, f"{get}\n    contains: {{customer: buyer}}")
    (project / "events/shop/records").mkdir()
    (project / "events/shop/records/order.1.json").write_text(
        json.dumps({"order": {"id": 1, "title": "x", "buyer": "u-7"}}), encoding="utf-8"
    )
    assert [code for code, _, _ in found(project)] == ["not-an-object"]


def test_a_topic_of_deletions_without_deleted_is_told(project):
    orders(project, "version: id")
    ((code, at, cure),) = found(project)
    assert (code, at) == ("never-deleted", "order.deleted]")
    assert cure == "write deleted: headers.\"x-topic\" == 'order.deleted'"


def test_a_sample_of_a_deletion_that_deleted_does_not_see_is_told(project):
    orders(project, "deleted: headers.\"x-topic\" == 'order.delete'")
    sample(project, "gone", {"id": 1}, "order.deleted")
    ((code, at, cure),) = found(project)
    assert (code, at) == ("never-deleted", "headers.\"x-topic\" == 'order.delete'")
    assert cure == "write headers.\"x-topic\" == 'order.deleted', or `false` where the record lives on"


@pytest.mark.parametrize(
    "lines",
    [
        "deleted: headers.\"x-topic\" == 'order.deleted'",
        'deleted: "`false`"',
        'get: {request: "GET /orders/{id}", id: id}',
        "skip: headers.\"x-topic\" == 'order.deleted'",
    ],
)
def test_a_deletion_that_is_said_fetched_or_skipped_is_none_that_is_missed(project, lines):
    orders(project, lines)
    sample(project, "gone", {"id": 1}, "order.deleted")
    assert found(project) == []
