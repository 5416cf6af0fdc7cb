"""What listen makes of Lambda's envelopes: a queue's failures come again, a bus's are raised."""

import json

import pytest

from functions import listen as function
from hub.errors import RetryError
from hub.logs import Crash
from hub.messages import Event
from tests.hub.pipeline.test_listen import QUEUE, listening, sample


@pytest.fixture
def hub(monkeypatch):
    hub = listening()
    monkeypatch.setattr(function, "current", lambda: hub)
    return hub


def record(id, body, queue=QUEUE, group=None, **attributes):
    told = {"SentTimestamp": "1795406400123", "ApproximateReceiveCount": "1"}
    if group:
        told["MessageGroupId"] = group
    return {
        "messageId": id,
        "receiptHandle": id,
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": told,
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in attributes.items()
        },
        "eventSourceARN": queue,
    }


def handle(*records):
    answer = function.handler({"Records": list(records)}, None)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def queued(hub):
    return [Event.loads(stored.message.body) for stored in hub.inbound.waiting]


def test_a_batch_is_on_the_queue_with_the_times_at_which_it_was_sent(hub):
    assert handle(record("1", sample("order")), record("2", sample("customer-changed"))) == []
    assert [one.resource for one in queued(hub)] == ["order", "customer"]
    assert {one.received_at for one in queued(hub)} == {"2026-11-23T04:00:00.123000Z"}
    assert hub.inbound.calls == 1, "one call for a batch"


def test_a_poison_message_is_parked_and_holds_up_nobody(hub):
    assert handle(record("1", "poison"), record("2", sample("order"))) == []
    assert [one.topic for one in queued(hub)] == ["unread/message", "order"]


def test_messages_of_a_queue_that_nobody_named_come_again_alone(hub):
    assert handle(record("1", sample("order"), queue="arn:other"), record("2", sample("order"))) == ["1"]
    assert len(queued(hub)) == 1


def test_what_is_behind_a_failure_in_its_group_comes_again_too(hub):
    batch = [
        record("1", sample("order"), queue="arn:other.fifo", group="a"),
        record("2", sample("order"), group="a"),
        record("3", sample("order"), group="b"),
    ]
    assert handle(*batch) == ["1", "2"]


def test_a_queue_that_does_not_take_them_gives_the_whole_batch_back(hub, monkeypatch):
    def refuse(messages):
        raise RetryError("queue")

    monkeypatch.setattr(hub.inbound, "send", refuse)
    with pytest.raises(Crash):
        handle(record("1", sample("order")))


def test_an_event_of_a_bus_is_on_the_queue(hub):
    assert function.handler(sample("order-by-bus"), None) == {}
    [event] = queued(hub)
    assert (event.resource, event.received_at) == ("order", "2026-11-20T16:21:12.000000Z")


def test_an_event_of_a_bus_for_nobody_is_raised_and_kept_by_lambda(hub, caplog):
    hub.settings = type(hub.settings)()
    with pytest.raises(Crash):
        function.handler(sample("order-by-bus"), None)
    assert "lucia" not in caplog.text


def test_no_value_of_a_message_stands_in_a_log(hub, caplog):
    handle(record("1", sample("order"), queue="arn:other"), record("2", "nora.campos@correo.example"))
    assert "correo" not in json.dumps([vars(one) for one in caplog.records], default=str)
