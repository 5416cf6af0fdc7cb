"""Messages of queues and buses: opened by data, told once, parked where nobody can read them."""

import json
import random
from dataclasses import replace

import pytest

from hub import keys
from hub.catalog import Catalog
from hub.connector import HttpResponse, Request
from hub.documents import Document
from hub.pipeline.listen import Letter, NoDoorError, heard
from hub.pipeline.receive import Arrival, enqueue, receive
from hub.runner import Clock, Runner
from hub.secrets import MemorySecrets
from hub.settings import Settings
from tests.conftest import ROOT
from tests.memory_hub import NOW, memory_hub

QUEUE = "arn:aws:sqs:us-east-1:000000000000:commerce"
RECEIVED = "2026-11-23T04:00:00.000000Z"
TOKEN = {"access_token": "t", "expires_in": 172800, "token_type": "Bearer"}


def project(**accounts):
    """The shipped files, with shops of commercetools."""
    found = [one for one in Catalog.read(ROOT).documents if one[0] not in ("accounts", "flow")]
    settings = {"role": "shop", "country": "CO", "time_zone": "America/Bogota", "region": "r.gcp"}
    lines = {name: {**settings, "project": project} for name, project in accounts.items()}
    return Catalog.of([*found, ("accounts", Document("accounts.yaml", lines))])


class Commerce:
    """The API of the shop: whatever record is asked for."""

    def __init__(self):
        self.asked = []

    def send(self, request):
        self.asked.append(request.url)
        if request.url.endswith("/oauth/token"):
            return HttpResponse(200, {}, json.dumps(TOKEN).encode())
        kind = "order" if "/orders/" in request.url else "customer"
        record = json.loads((ROOT / f"events/commercetools/records/{kind}.whole.json").read_text())
        return HttpResponse(200, {}, json.dumps(record).encode())


@pytest.fixture
def hub():
    return listening()


def listening(account="commercetools.main", **more):
    clock = Clock(NOW)
    hub = memory_hub(
        clock=clock,
        random=random.Random(7),
        catalog=project(**{"commercetools.main": "tienda-co", **more}),
        client=Commerce(),
        secrets=MemorySecrets(
            {"pepper": [{"1": "p"}], "commercetools.main": [{"client_id": "i", "client_secret": "s"}]}
        ),
    )
    hub.settings = Settings(queues={QUEUE: account}, bus=account)
    return hub


def sample(name):
    return json.loads((ROOT / "events" / "commercetools" / f"{name}.json").read_text())["body"]


def letter(body, queue=QUEUE, **headers):
    text = body if isinstance(body, str) else json.dumps(body)
    return Letter(text, queue, RECEIVED, headers)


def hear(hub, *letters):
    for one in letters:
        enqueue(hub, heard(hub, one))
    runner = Runner(hub)
    runner.run()
    return [one.kind for one in runner.results if not isinstance(one, str)]


def parked(hub):
    return [item.data["reason"] for item in hub.store.agenda(keys.PARKED).items]


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("customer-changed", "customer"),
        ("customer-by-topic", "customer"),
        ("order", "order"),
        ("order-by-bus", "order"),
    ],
)
def test_a_message_is_an_event_whatever_envelope_it_comes_in(hub, name, resource):
    [event] = heard(hub, letter(sample(name)))
    assert (event.source, event.resource, event.received_at) == ("commercetools.main", resource, RECEIVED)
    assert hear(hub, letter(sample(name))) == ["applied"]


def test_the_same_message_by_a_queue_by_a_topic_and_by_a_bus_is_one_event(hub):
    plain = sample("customer-changed")
    wrapped = {"Type": "Notification", "Message": json.dumps(plain)}
    by_bus = {"detail-type": "Message", "source": "aws.partner/x", "detail": plain}
    found = {heard(hub, letter(one))[0].key for one in (plain, wrapped, by_bus)}
    assert len(found) == 1
    assert hear(hub, *map(letter, (plain, wrapped, by_bus))) == ["applied"]


def test_the_next_message_of_a_record_is_another_event(hub):
    keys_of = {heard(hub, letter({**sample("customer-changed"), "sequenceNumber": n}))[0].key for n in (2, 3)}
    assert len(keys_of) == 2


def test_a_whole_payload_is_not_fetched_and_a_thin_one_is(hub):
    hear(hub, letter(sample("order")))
    assert hub.client.asked == []
    hear(hub, letter({**sample("order"), "order": None, "payloadNotIncluded": {}, "sequenceNumber": 7}))
    assert hub.client.asked[-1].endswith("/tienda-co/orders/9e7d4c52-1b0a-4f7e-8a47-6f2b9c0d1e02")


def test_what_is_deleted_there_is_told_as_deleted(hub):
    [event] = heard(hub, letter(sample("customer-deleted")))
    assert event.deleted


@pytest.mark.parametrize("text", ["", "no json", "[1", '{"a": 1, "a": 2}', '{"Message": "no json"}'])
def test_a_message_that_cannot_be_read_is_parked_with_its_text_and_once(hub, text):
    assert hear(hub, letter(text), letter(text)) == ["parked"]
    assert parked(hub) == ["unreadable"]


def test_a_message_of_no_interest_is_left_out(hub):
    assert heard(hub, letter({**sample("order"), "resource": {"typeId": "product", "id": "1"}})) == []


def test_a_connector_for_all_its_accounts_tells_them_apart_by_the_message():
    hub = listening("commercetools", **{"commercetools.mx": "tienda-mx"})
    projects = ("tienda-co", "tienda-mx", "tienda-pe")
    told = [heard(hub, letter({**sample("order"), "projectKey": one}))[0] for one in projects]
    assert [one.account for one in told] == ["main", "mx", "unknown"]
    hear(hub, letter("no json"))
    assert parked(hub) == ["unreadable"]


@pytest.mark.parametrize(
    ("account", "queue"),
    [
        ("", QUEUE),
        ("nobody.co", QUEUE),
        ("shopify.co", QUEUE),
        ("shopify", QUEUE),
        ("commercetools.main", QUEUE + "2"),
        ("", ""),
    ],
)
def test_nothing_is_taken_for_whom_the_deployment_does_not_name(account, queue):
    hub = listening()
    hub.settings = replace(hub.settings, queues={QUEUE: account}, bus=account)
    with pytest.raises(NoDoorError):
        heard(hub, letter(sample("order"), queue))


def test_what_comes_by_a_queue_alone_has_no_door_for_webhooks(hub):
    for path in ("/v1/webhooks/commercetools/main", "/v1/webhooks/commercetools"):
        assert receive(hub, Arrival("POST", path, "", {}, json.dumps(sample("order")).encode())).status == 404


def test_attributes_of_a_message_are_its_headers(hub):
    parts = hub.catalog.connectors["commercetools"].reception
    one = letter("{}", **{"ce-type": "x"})
    [scope, *_] = parts.scopes(Request("POST", "", {}, one.headers, one.body.encode()))
    assert scope["headers"] == {"ce-type": "x"}
