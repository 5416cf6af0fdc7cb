import json
from dataclasses import replace

import pytest

from hub.accounts import Account
from hub.connector import Request
from hub.errors import RetryError
from hub.messages import Event
from hub.pipeline.receive import LARGEST_BODY, Arrival, late, receive
from tests.memory_hub import NOW, memory_hub, signed

SHOP = "/v1/webhooks/shop/co"
CRM = "/v1/webhooks/crm"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def hub():
    return memory_hub()


def order(
    hub,
    body=b'{"id": 7, "updated_at": "2026-11-23T03:00:00Z"}',
    secret="new",
    webhook="w1",
    path=SHOP,
    **changes,
):
    headers = {**JSON, "X-Topic": "orders/create", "X-Webhook-Id": webhook}
    headers = signed(hub, path, body, {"client_secret": secret}, headers)
    return Arrival("POST", path, "", {**headers, **changes}, body)


def change(number=1, portal=4711):
    told = {"eventId": number, "type": "changed", "objectId": number, "portalId": portal}
    return {**told, "occurredAt": NOW * 1000}


def changes(hub, told, path=CRM, secret="app", query=""):
    body = json.dumps(told).encode()
    return Arrival("POST", path, query, signed(hub, path, body, {"client_secret": secret}, JSON, query), body)


def events(hub):
    return [Event.loads(stored.message.body) for stored in hub.inbound.waiting]


def test_a_signed_webhook_is_on_the_queue_before_it_is_answered(hub):
    reply = receive(hub, order(hub))
    (event,) = events(hub)
    assert (reply.status, reply.body) == (200, "")
    assert (event.source, event.resource, event.id, event.event_id) == ("shop.co", "order", "7", ("w1",))
    assert event.received_at == "2026-11-23T04:00:00.000000Z"
    stored = hub.inbound.waiting[0].message
    assert (stored.group, stored.dedup) == (event.group, event.dedup)


def test_header_names_come_in_any_case(hub):
    arrival = order(hub)
    upper = {name.upper(): text for name, text in arrival.headers.items()}
    assert receive(hub, replace(arrival, headers=upper)).status == 200
    assert len(events(hub)) == 1


def test_a_repeated_webhook_is_one_message(hub):
    receive(hub, order(hub))
    hub.clock.now += 60
    assert receive(hub, order(hub)).status == 200
    assert len(events(hub)) == 1


def test_the_previous_secret_is_good_while_it_is_rotated(hub):
    assert receive(hub, order(hub, secret="old")).status == 200
    assert hub.secrets.refreshed == []


def test_a_secret_that_was_rotated_a_moment_ago_is_read_again(hub):
    class Rotating:
        fresh = False

        def get(self, name):
            return [{"client_secret": "newest" if self.fresh else "new"}]

        def refresh(self, name):
            self.fresh = True

    rotated = memory_hub(secrets=Rotating())
    assert receive(rotated, order(hub, secret="newest")).status == 200


@pytest.mark.parametrize("secret", ["wrong", "own"])
def test_a_wrong_signature_is_refused_without_a_word_after_fresh_secrets_were_asked_for(hub, secret):
    reply = receive(hub, order(hub, secret=secret))
    assert (reply.status, reply.body, reply.headers) == (401, "", {})
    assert hub.secrets.refreshed == ["shop.co"]
    assert events(hub) == []


def test_a_missing_signature_is_refused(hub):
    assert receive(hub, Arrival("POST", SHOP, "", JSON, b'{"id": 7}')).status == 401


def test_a_stale_signature_is_refused(hub):
    arrival = changes(hub, [change()])
    hub.clock.now += 301
    assert receive(hub, arrival).status == 401


def test_an_account_without_secrets_lets_nobody_in(hub):
    hub.secrets.held.clear()
    assert receive(hub, order(hub)).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v1/webhooks",
        "/v1/webhooks/",
        "/v1/webhooks/nobody/co",
        "/v1/webhooks/shop/mx",
        "/v1/webhooks/shop/co/more",
        "/v1/webhooks/shop",
        "/v1/webhooks/quiet/co",
        "/v2/webhooks/shop/co",
        "/v1/webhooks/shop/%2e%2e",
    ],
)
def test_an_unknown_connector_or_account_is_not_found(hub, path):
    reply = receive(hub, replace(order(hub), path=path))
    assert (reply.status, reply.body) == (404, "")


def test_a_body_over_a_mebibyte_is_too_large(hub):
    assert receive(hub, order(hub, b'"' + b"x" * (LARGEST_BODY - 2) + b'"')).status == 200
    assert receive(hub, order(hub, b'"' + b"x" * (LARGEST_BODY - 1) + b'"')).status == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"id": 1, "id": 2}', b'{"id": NaN}', b"[" * 65 + b"]" * 65, b"[" * 90_000]
)
def test_a_signed_body_that_is_malformed_is_refused(hub, body):
    assert receive(hub, order(hub, body)).status == 400
    assert events(hub) == []


def test_another_content_type_is_refused(hub):
    assert receive(hub, order(hub, **{"Content-Type": "text/plain"})).status == 415


def test_a_webhook_of_no_interest_is_accepted(hub):
    assert receive(hub, order(hub, **{"X-Topic": "themes/publish"})).status == 200
    assert hub.inbound.calls == 0


def test_the_signed_url_is_the_registered_one_and_never_the_host_header(hub):
    arrival = changes(hub, [change()], query="a=1")
    assert receive(hub, replace(arrival, headers={**arrival.headers, "Host": "evil.example"})).status == 200
    assert receive(hub, replace(arrival, query="a=2")).status == 401


def test_an_account_may_have_a_registered_url_of_its_own(hub):
    own = replace(hub.catalog.accounts["crm.main"], public_url="https://own.example/")
    hub.catalog.accounts["crm.main"] = own
    body = json.dumps([change()]).encode()
    path = "/v1/webhooks/crm/main"
    assert receive(hub, changes(hub, [change()], path, "own")).status == 401
    connector = hub.catalog.connectors["crm"]
    headers = connector.sign(
        Request("POST", "https://own.example" + path, {}, {}, body), {"client_secret": "own"}, NOW
    ).headers
    assert receive(hub, Arrival("POST", path, "", headers, body)).status == 200


def test_an_apps_url_finds_the_account_in_the_signed_body(hub):
    assert receive(hub, changes(hub, [change(1), change(2)])).status == 200
    assert {event.source for event in events(hub)} == {"crm.main"}


def test_events_of_accounts_that_nobody_entered_are_kept_for_people(hub):
    receive(hub, changes(hub, [change(1, portal=1), change(2, portal=None)]))
    assert {event.source for event in events(hub)} == {"crm.unknown"}


@pytest.mark.parametrize("portal", ["", "None", None])
def test_an_account_without_the_setting_is_never_meant(hub, portal):
    hub.catalog.accounts["crm.odd"] = Account.of("crm.odd", {})
    receive(hub, changes(hub, [change(1, portal=portal)]))
    assert {event.source for event in events(hub)} == {"crm.unknown"}


def test_the_secrets_of_an_app_and_of_an_account_are_not_exchangeable(hub):
    assert receive(hub, changes(hub, [change()], CRM, "own")).status == 401
    assert receive(hub, changes(hub, [change()], "/v1/webhooks/crm/main", "app")).status == 401
    assert receive(hub, changes(hub, [change()], "/v1/webhooks/crm/main", "own")).status == 200


def test_ten_events_are_one_call(hub):
    receive(hub, changes(hub, [change(number) for number in range(20)]))
    assert (hub.inbound.calls, len(events(hub))) == (2, 20)


def test_a_large_event_travels_as_a_claim_check(hub):
    body = json.dumps({"id": 7, "note": "é" * 510_000}, ensure_ascii=False).encode()
    assert receive(hub, order(hub, body)).status == 200
    claim = json.loads(hub.inbound.waiting[0].message.body)
    assert claim["format"] == 1
    assert json.loads(hub.archive.texts[claim["claim"]])["id"] == "7"


@pytest.mark.parametrize(("waited", "connector"), [(0, ""), (5, ""), (5.001, "shop"), (600, "shop")])
def test_an_answer_is_late_when_the_vendor_no_longer_waits_for_it(hub, waited, connector):
    arrival = replace(order(hub), at=hub.clock())
    hub.clock.now += waited
    assert late(hub, arrival) == connector


def test_no_answer_is_late_where_the_vendor_does_not_say_or_the_gateway_tells_no_time(hub):
    told, untimed = replace(changes(hub, [change()]), at=hub.clock()), order(hub)
    unknown = replace(order(hub), path="/v1/webhooks/nobody/co", at=hub.clock())
    hub.clock.now += 600
    assert [late(hub, one) for one in (told, untimed, unknown)] == ["", "", ""]


def test_a_queue_that_does_not_take_the_events_is_raised():
    class Failing:
        def send(self, messages):
            raise RetryError("queue")

    hub = memory_hub(inbound=Failing())
    with pytest.raises(RetryError):
        receive(hub, order(hub))


def greeting(token, mode="subscribe"):
    return Arrival("get", "/v1/webhooks/chat/co", f"mode={mode}&token={token}&challenge=77")


@pytest.mark.parametrize("token", ["v2", "v1"])
def test_a_handshake_is_answered_under_either_token(hub, token):
    reply = receive(hub, greeting(token))
    assert (reply.status, reply.body) == (200, "77")


def test_a_handshake_with_another_token_is_refused(hub):
    assert receive(hub, greeting("v3")).status == 401
    assert receive(hub, greeting("v2", mode="other")).status == 401


def test_a_handshake_that_needs_no_token_asks_for_no_secret():
    hub = memory_hub()
    chat = hub.catalog.connectors["chat"]
    del chat.document.data["receive"]["handshake"]["secret"]
    hub.secrets.held.clear()
    assert receive(hub, greeting("")).body == "77"


def test_a_form_is_received_as_one(hub):
    body = b"type=message&id=5&text=Hola"
    path = "/v1/webhooks/chat/co"
    headers = signed(hub, path, body, {"app_secret": "s"}, FORM)
    assert receive(hub, Arrival("POST", path, "", headers, body)).status == 200
    assert events(hub)[0].record == {"type": "message", "id": "5", "text": "Hola"}
    assert receive(hub, Arrival("POST", path, "", {**headers, **JSON}, body)).status == 415


def test_a_second_account_is_found_by_its_own_settings(hub):
    hub.catalog.accounts["crm.mx"] = Account.of("crm.mx", {"portal": 12})
    receive(hub, changes(hub, [change(1, portal=12), change(2)]))
    assert [event.source for event in events(hub)] == ["crm.mx", "crm.main"]
