import pytest

from hub.connector import Connector
from hub.documents import parse
from hub.errors import RecordError
from hub.messages import Event

SHOP = """
resources:
  customer:
    id: text(id)
    version: updated_at
  contact:
    id: event.objectId
    get: {request: "GET /contacts/{id}", id: text(id), version: updatedAt}
    list: {request: GET /contacts, records: results, version: changed}
  order:
    id: text(id)
    contains:
      customer: "customer || email && {email: email}"
      contact: billing
    needs: [customer]
    idempotency: {header: Idempotency-Key, max: 30, spent_by: 5xx}
    find:
      - {request: "GET /orders?reference={id}", id: "[0].id"}
      - {request: "GET /orders?email={record.email}", id: "[0].id"}
    upsert: {request: PUT /orders}
    create: {request: POST /orders}
    update: {request: "PUT /orders/{id}"}
    delete: {request: "DELETE /orders/{id}"}
  message:
    send: {request: POST /messages}
  nothing: {}
"""


@pytest.fixture
def shop():
    return Connector(parse(SHOP, "connectors/shop.yaml"))


def order(id="9"):
    return Event("shop", "co", "order", "orders/create", id, ("w",), "2026-11-23T04:00:00.000000Z")


def test_calls_are_named_by_what_they_do(shop):
    resource = shop.resources["order"]
    calls = [resource.upsert, resource.create, resource.update, resource.delete, *resource.find]
    assert [call.name for call in calls] == ["upsert", "create", "update", "delete", "find", "find"]
    assert shop.resources["message"].send.name == "send"
    assert shop.resources["contact"].list.name == "list"


def test_what_the_file_leaves_out_is_absent(shop):
    nothing = shop.resources["nothing"]
    assert (nothing.get, nothing.list, nothing.find, nothing.send) == (None, None, (), None)
    assert (nothing.topics, nothing.needs, nothing.contains, nothing.idempotency) == ((), (), {}, None)
    assert (nothing.identify({"id": 1}), nothing.version_of({"id": 1})) == (None, None)


def test_fetched_records_are_identified_by_the_read_and_others_by_the_resource(shop):
    assert shop.resources["contact"].identify({"id": 301}) == "301"
    assert shop.resources["customer"].identify({"id": 7}) == "7"


@pytest.mark.parametrize("record", [{}, {"id": None}, {"id": ""}, {"id": {}}, "text", None])
def test_a_record_without_an_id_has_none(shop, record):
    assert shop.resources["customer"].identify(record) is None


def test_the_version_of_a_list_comes_before_that_of_a_get(shop):
    contact = shop.resources["contact"]
    assert contact.version_of({"changed": 2, "updatedAt": 1}) == 2
    assert contact.version_of({"updatedAt": 1}) == 1


def test_a_contained_record_has_its_own_id(shop):
    found = shop.contained(order(), {"id": 9, "customer": {"id": 7}, "billing": {"id": 8}})
    assert found == [("customer", "7", {"id": 7}), ("contact", "8", {"id": 8})]


def test_a_contained_record_without_an_id_is_named_by_the_outer_one(shop):
    found = shop.contained(order(), {"id": 9, "customer": None, "email": "a@b"})
    assert found == [("customer", "order/9", {"email": "a@b"})]


def test_null_contains_nothing(shop):
    assert shop.contained(order(), {"id": 9, "email": ""}) == []
    assert shop.contained(order(), None) == []


def test_a_contained_record_that_cannot_be_read_names_the_line():
    shop = Connector(
        parse(SHOP.replace("contact: billing", "contact: text(billing)"), "connectors/shop.yaml")
    )
    with pytest.raises(RecordError, match="bad-record") as caught:
        shop.contained(order(), {"billing": {}})
    assert caught.value.place.file == "connectors/shop.yaml"


def test_an_idempotency_key_fits_the_vendors_length(shop):
    idempotency = shop.resources["order"].idempotency
    assert idempotency.repeatable
    assert idempotency.key("short") == "short"
    assert len(idempotency.key("k" * 31)) == 30
    assert idempotency.key("k" * 31) != idempotency.key("k" * 32)


def test_a_record_may_say_of_itself_that_it_is_gone():
    connector = Connector(
        parse(
            """
resources:
  contact:
    get:  {request: "GET /contacts/{id}", deleted: active == `false`}
    list: {request: GET /contacts, deleted: record.state == 'deleted'}
  order:
    get:  {request: "GET /orders/{id}"}
""",
            "connectors/shop.yaml",
        )
    )
    contact, order = connector.resources["contact"], connector.resources["order"]
    assert contact.gone({"active": False}, "get")
    assert contact.gone({"state": "deleted"}, "list")
    assert not contact.gone({"active": True}, "get")
    assert not contact.gone({"active": None}, "get")
    assert not contact.gone("nonsense", "list")
    assert not order.gone({"active": False}, "get")
    assert not order.gone({"state": "deleted"}, "list")
