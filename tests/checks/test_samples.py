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


ANSWERED = """
base_url: https://shop.example
resources:
  customer:
    id: text(id)
    get:    {request: "GET /customers/{id}", record: data, id: id}
    list:   {request: GET /customers, records: data, id: id}
    find:
      - {request: "GET /customers?q={coalesce(record.email, '-')}", records: data, id: "data[0].id"}
      - {request: "GET /b?q={coalesce(record.email, '-')}", records: data, where: e == record.email, id: n}
    create: {request: POST /customers, body: "{record}", id: data.id}
    update:
      request: PUT /customers
      body: {all: [{k: "{id}", c: "{record}"}]}
      id: id
      bulk: {at: all, name: k, max: 9, results: {at: results, name: k}}
"""


@pytest.fixture
def answering(tmp_path):
    """The mistakes of a connector with an answer to one of its calls."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "connectors/other.yaml").write_text(ANSWERED, encoding="utf-8")
    (tmp_path / "mappings/other.customer.yaml").write_text("entity: customer\nin:\n  email: email\n")
    (tmp_path / "events/other/answers").mkdir(parents=True)

    def look(name, answer):
        file = tmp_path / f"events/other/answers/{name}.json"
        file.write_text(answer if isinstance(answer, str) else json.dumps(answer), encoding="utf-8")
        return found(tmp_path)

    return look


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("get", {"data": {"id": 7}}),
        ("list", {"data": [{"id": 7}, {"id": 8}]}),
        ("list", {"data": []}),
        ("find", {"data": [{"id": 7, "n": 7}]}),
        ("find", {"data": []}),
        ("create", {"data": {"id": 7}}),
        ("update", {"id": 7}),
        ("update", {"results": [{"k": "a", "id": 7}]}),
    ],
)
def test_an_answer_that_has_its_ids_is_right(answering, call, body):
    assert answering(f"customer.{call}", {"status": 200, "headers": {}, "body": body}) == []


@pytest.mark.parametrize(
    ("call", "body", "line", "hint"),
    [
        ("get", {"data": {"customer": {"id": 7}}}, "id}", 'did you mean "customer.id"?'),
        ("get", {"customer": {"id": 7}}, "id}", ""),
        ("list", {"data": [{"id": 7}, {"uid": 8}]}, "id}", ""),
        ("find", {"data": [{"node": {"id": 7}, "n": 7}]}, 'data[0].id"}', 'did you mean "data[0].node.id"?'),
        ("find", {"data": [{"id": 7, "e": "x"}]}, "n}", ""),
        ("create", {"id": 7}, "data.id}", 'did you mean "id"?'),
        ("create", None, "data.id}", ""),
        ("update", {"results": []}, "id", ""),
    ],
)
def test_an_answer_in_which_no_id_is_found_is_told_at_the_line_that_looks_for_it(
    answering, call, body, line, hint
):
    assert answering(f"customer.{call}", {"body": body}) == [("no-id", line, hint)]


def test_an_answer_that_refuses_has_no_id(answering):
    assert answering("customer.create", {"status": 422, "body": {"error": "email"}}) == []


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("customer.serch", "unknown-call", "there is create, find, get, list, update"),
        ("customer.updte", "unknown-call", 'did you mean "update"?'),
        ("customer", "unknown-call", "there is create, find, get, list, update"),
        ("costumer.get", "unknown-resource", 'did you mean "customer"?'),
        ("subscribe.list", "unknown-call", ""),
    ],
)
def test_an_answer_that_nothing_asks_for_is_told(answering, name, code, hint):
    ((found_code, _, cure),) = answering(name, {"status": 200, "body": {"id": 7}})
    assert (found_code, cure) == (code, hint)


@pytest.mark.parametrize("answer", [[1], {"data": {"id": 7}}, {"status": "200"}, {"headers": []}])
def test_an_answer_of_another_form_is_told(answering, answer):
    ((code, _, cure),) = answering("customer.create", answer)
    assert code == "bad-answer"
    assert cure == '{"status": 200, "headers": {}, "body": …}, each where it says something'


def test_an_answer_that_is_no_json_or_holds_a_secret_is_told(answering):
    assert [code for code, _, _ in answering("customer.create", "{")] == ["not-json"]
    secret = {"body": {"data": {"id": "shpat_" + "0123456789abcdef" * 2}}}
    assert [code for code, _, _ in answering("customer.create", secret)] == ["secret-in-sample"]
