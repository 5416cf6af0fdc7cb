import json

import pytest

from hub.connector import UNKNOWN, Connector, Request
from hub.documents import parse
from hub.errors import RecordError

RECEIVED = "2026-11-23T04:00:00.000000Z"

SHOP = """
receive:
  signature: {hmac: sha256, encoding: base64, header: X-Shop-Hmac, secret: client_secret}
  topic: headers."x-topic"
  event_id: ['headers."x-webhook-id"']
  at: updated_at
resources:
  customer:
    topics: [customers/update, customers/delete]
    id: text(id)
    deleted: headers."x-topic" == 'customers/delete'
  order:
    topics: [orders/create]
    id: text(id)
    version: updated_at
    skip: test == `true`
    contains: {customer: "customer || email && {email: email}"}
"""

CRM = """
receive:
  signature: {hmac: sha256, header: X-S, secret: client_secret}
  events: {event: body}
  topic: event.type
  event_id: [event.eventId, event.name]
  at: event.occurredAt
  account: {portal: text(event.portalId)}
resources:
  contact:
    topics: [changed, deleted]
    id: text(event.objectId)
    deleted: event.type == 'deleted'
    get: {request: "GET /contacts/{id}", id: text(id), version: updatedAt}
"""

CHAT = """
receive:
  handshake:
    if: query."hub.mode" == 'subscribe'
    token: query."hub.verify_token"
    secret: verify_token
    answer: query."hub.challenge"
  signature: {hmac: sha256, header: X-S, secret: app_secret}
  events: {entry: body.entry, change: entry.changes, item: "change.value.[messages, statuses][]"}
  topic: change.field
  event_id: [item.id, item.status]
  account: {phone_number_id: change.value.metadata.phone_number_id}
resources:
  message:
    topics: [messages]
    id: item.id
    version: item.timestamp
    record: "{message: item, contacts: change.value.contacts}"
"""


def connector(text, name="shop"):
    return Connector(parse(text, f"connectors/{name}.yaml"))


def request(body, headers=None, query=None, method="POST"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(method, "https://hub.example/x", query or {}, headers or {}, raw)


def shop_events(body, topic="orders/create", webhook="w1", zone="UTC"):
    headers = {"x-topic": topic} | ({"x-webhook-id": webhook} if webhook else {})
    return connector(SHOP).events(request(body, headers), "co", RECEIVED, zone)


def crm_event(number, **changes):
    told = {"eventId": number, "name": "phone", "type": "changed", "objectId": 301, "portalId": 4711}
    return {**told, "occurredAt": 1_795_187_110_000 + number, **changes}


def crm_events(*told):
    return connector(CRM, "crm").events(request(list(told)), "main", RECEIVED)


def test_a_body_is_one_event_with_its_record():
    body = {"id": 5, "updated_at": "2026-11-20T09:00:00-05:00", "test": False}
    (event,) = shop_events(body)
    assert (event.connector, event.account, event.resource, event.topic) == (
        "shop",
        "co",
        "order",
        "orders/create",
    )
    assert (event.id, event.event_id, event.record) == ("5", ("w1",), body)
    assert (event.at, event.received_at) == ("2026-11-20T14:00:00.000000Z", RECEIVED)
    assert (event.deleted, event.via, event.replay) == (False, "webhook", None)


def test_a_topic_that_no_resource_names_is_left_out():
    assert shop_events({"id": 5}, topic="themes/publish") == []
    assert connector(SHOP).events(request({"id": 5}), "co", RECEIVED) == []


def test_a_record_that_its_resource_skips_is_left_out():
    assert shop_events({"id": 5, "test": True}) == []


def test_a_deletion_is_told_as_one():
    assert shop_events({"id": 5}, topic="customers/delete")[0].deleted is True
    assert shop_events({"id": 5}, topic="customers/update")[0].deleted is False


def test_a_time_without_an_offset_is_read_in_the_accounts_zone():
    body = {"id": 5, "updated_at": "2026-11-20T09:00:00"}
    assert shop_events(body, zone="America/Bogota")[0].at == "2026-11-20T14:00:00.000000Z"


@pytest.mark.parametrize("at", [None, "soon", True, [], 10**40, "9999-12-31T23:59:59-05:00"])
def test_what_is_no_time_is_no_time(at):
    assert shop_events({"id": 5, "updated_at": at})[0].at is None


def test_a_time_that_cannot_be_read_loses_no_event():
    shop = connector(
        SHOP.replace("at: updated_at", "at: text(when)").replace("version: updated_at", "version: text(when)")
    )
    asked = request({"id": 5, "when": {}}, {"x-topic": "orders/create", "x-webhook-id": "w"})
    assert [event.at for event in shop.events(asked, "co", RECEIVED)] == [None]


def test_without_an_id_of_its_own_an_event_is_named_by_its_record():
    (one,), (same,), (other,) = (shop_events({"id": 5, "n": n}, webhook=None) for n in (1, 1, 2))
    assert one.key == same.key != other.key
    assert len(one.event_id[0]) == 64


def test_a_part_of_an_events_id_that_no_key_has_room_for_is_named_by_its_digest():
    (long,), (same,), (other,) = (shop_events({"id": 5}, webhook=w * 300) for w in "wwx")
    assert long.key == same.key != other.key
    assert len(long.event_id[0]) == 64


@pytest.mark.parametrize("id", [None, "", {"a": 1}, [1], "a" * 1025, "é" * 171])
def test_an_event_without_an_id_of_its_record_goes_on_to_be_parked(id):
    assert shop_events({"id": id})[0].id == ""


@pytest.mark.parametrize(("version", "at"), [(3, None), (1_795_187_110, "2026-11-20T15:05:10.000000Z")])
def test_a_version_that_counts_is_no_time(version, at):
    (event,) = connector(SHOP.replace("  at: updated_at\n", "")).events(
        request({"id": 5, "updated_at": version}, {"x-topic": "orders/create"}), "co", RECEIVED
    )
    assert event.at == at


@pytest.mark.parametrize(("second", "same"), [("04:00:59", True), ("04:01:00", False)])
def test_what_has_neither_id_nor_time_is_another_event_after_so_long(second, same):
    text = SHOP.replace("  event_id: ['headers.\"x-webhook-id\"']\n", "  anew: 1m\n")
    shop = Connector(parse(text, "connectors/shop.yaml"))
    request = Request("POST", "https://hub.example/", {}, {"x-topic": "customers/update"}, b'{"id": 7}')
    first, again = (
        shop.events(request, "co", f"2026-11-23T{at}.000000Z")[0].key for at in ("04:00:00", second)
    )
    assert (first == again) is same


def test_a_batch_is_one_event_per_item_and_thin_ones_carry_no_record():
    first, second = crm_events(crm_event(1), crm_event(2, objectId=302))
    assert [event.id for event in (first, second)] == ["301", "302"]
    assert (first.record, first.event_id) == (None, ("1", "phone"))
    assert first.at == "2026-11-20T15:05:10.001000Z"


def test_several_changes_of_one_contact_are_one_event_named_by_all_of_them():
    (joined,) = crm_events(crm_event(1), crm_event(3), crm_event(2))
    assert joined.event_id[:2] == ("3", "phone")
    assert joined.at == "2026-11-20T15:05:10.003000Z"
    (shuffled,) = crm_events(crm_event(2), crm_event(1), crm_event(3))
    assert shuffled == joined
    (fewer,) = crm_events(crm_event(2), crm_event(3))
    assert fewer.key != joined.key


def test_the_same_change_twice_in_one_batch_is_itself():
    assert crm_events(crm_event(1), crm_event(1)) == crm_events(crm_event(1))


def test_a_contact_that_changed_and_then_went_is_gone():
    (joined,) = crm_events(crm_event(2, type="deleted"), crm_event(1))
    assert (joined.deleted, joined.topic) == (True, "deleted")
    (tie,) = crm_events(crm_event(1, type="deleted"), crm_event(1))
    assert tie.deleted


def test_changes_without_an_id_are_not_joined():
    assert len(crm_events(crm_event(1, objectId=None), crm_event(2, objectId=None))) == 2


def test_absent_parts_of_an_event_id_are_empty():
    (event,) = crm_events(crm_event(1, name=None))
    assert event.event_id == ("1", "")


def chat_body(number="106", messages=(), statuses=()):
    value = {"metadata": {"phone_number_id": number}, "contacts": [{"wa_id": "57"}]}
    value |= {"messages": list(messages)} if messages else {}
    value |= {"statuses": list(statuses)} if statuses else {}
    return {"entry": [{"changes": [{"field": "messages", "value": value}]}]}


def test_levels_explode_and_earlier_ones_stay_in_scope():
    body = chat_body(
        messages=[{"id": "a", "timestamp": "1795187110"}], statuses=[{"id": "b", "status": "read"}]
    )
    first, second = connector(CHAT, "chat").events(request(body), "co", RECEIVED)
    assert first.record == {"message": {"id": "a", "timestamp": "1795187110"}, "contacts": [{"wa_id": "57"}]}
    assert (first.event_id, second.event_id) == (("a", ""), ("b", "read"))
    assert (first.at, second.at) == ("2026-11-20T15:05:10.000000Z", None)


def test_a_level_that_is_absent_gives_no_event():
    assert connector(CHAT, "chat").events(request({"entry": None}), "co", RECEIVED) == []


def test_a_body_that_cannot_be_read_as_events_is_refused_with_the_line():
    with pytest.raises(RecordError, match="bad-body") as caught:
        connector(SHOP + "    record: text(customer)\n").events(
            request({"id": 5, "customer": {}}, {"x-topic": "orders/create"}), "co", RECEIVED
        )
    assert caught.value.place.file == "connectors/shop.yaml"


@pytest.mark.parametrize("part", ["topic", "events", "event_id"])
def test_each_part_that_does_not_fit_the_body_is_refused(part):
    written = {"topic": "text(body)", "events": "{event: text(body)}", "event_id": "[text(body)]"}[part]
    text = "\n".join(line for line in SHOP.splitlines() if not line.strip().startswith(f"{part}:"))
    text = text.replace("receive:", f"receive:\n  {part}: {written}")
    with pytest.raises(RecordError, match="bad-body"):
        connector(text).events(request({"id": 5}, {"x-topic": "orders/create"}), "co", RECEIVED)


def test_each_event_of_an_apps_url_names_the_settings_of_its_account():
    crm = connector(CRM, "crm")
    asked = request([crm_event(1), crm_event(2, portalId=None)])
    assert crm.account_of(asked) == [[("portal", "4711")], []]
    assert crm.shared
    assert not connector(SHOP).shared


def test_events_of_an_apps_url_go_to_their_accounts():
    def owner(told):
        return ("main", "UTC") if told == [("portal", "4711")] else (UNKNOWN, "UTC")

    asked = request([crm_event(1), crm_event(1, portalId=12), crm_event(2)])
    events = connector(CRM, "crm").events_of_accounts(asked, owner, RECEIVED)
    assert [(event.account, event.event_id[0]) for event in events] == [("main", "2"), ("unknown", "1")]


def greeting(token="t", mode="subscribe"):
    query = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "<b>77</b>"}
    return request(b"", query=query, method="GET")


def test_a_handshake_with_the_right_token_is_answered_as_plain_text():
    reply = connector(CHAT, "chat").handshake(greeting(), {"verify_token": "t"})
    assert (reply.status, reply.body) == (200, "<b>77</b>")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("held", [{}, {"verify_token": ""}, {"verify_token": "other"}])
def test_a_handshake_with_another_token_is_refused(held):
    reply = connector(CHAT, "chat").handshake(greeting(token=""), held)
    assert (reply.status, reply.body) == (401, "")


def test_other_requests_are_no_handshake():
    assert connector(CHAT, "chat").handshake(greeting(mode="unsubscribe"), {}) is None
    assert connector(SHOP).handshake(request({}), {}) is None


PING = """
receive:
  handshake: {if: "method == 'POST' && body.webhook_id != null"}
"""


def test_an_unsigned_ping_may_be_answered_with_an_empty_body():
    shop = connector(PING.replace("!= null", "!= `null`"))
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert shop.handshake(request(b"webhook_id=7", form), {}).body == ""
    assert shop.handshake(request(b"webhook_id=7&webhook_id=8", form), {}) is None
    assert shop.handshake(request({"id": 7}), {}) is None
    assert shop.handshake(request(b"\xff", {"content-type": "image/png"}), {}) is None


def test_a_handshake_may_be_a_request_without_a_body_and_no_broken_one():
    empty = """
receive:
  handshake: {if: "method == 'POST' && body == ''", token: query.token, secret: verify_token}
  signature: {equals: query.token, secret: verify_token}
resources:
  order: {topics: [orders]}
"""
    books = connector(empty)
    held = {"verify_token": "t"}
    assert books.handshake(request(b"", query={"token": "t"}), held).status == 200
    assert books.handshake(request(b"", query={"token": "u"}), held).status == 401
    assert books.handshake(request(b'{"a":', query={"token": "t"}), held) is None
    assert books.handshake(request({}, query={"token": "t"}), held) is None


def test_a_handshake_whose_condition_fails_is_none():
    shop = connector(PING.replace("body.webhook_id != null", "text(headers) == 'a'"))
    assert shop.handshake(request({}), {}) is None


def test_a_connector_without_a_signature_lets_nobody_in():
    shop = connector(PING)
    assert not shop.verify(request({}), [{"k": "v"}], 0.0)
    assert shop.sign(request({}), {}, 0.0) == request({})
