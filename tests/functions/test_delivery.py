"""The envelopes of route, deliver and sweep."""

import threading
from dataclasses import replace

import pytest

from functions import deliver, route, sweep
from hub import keys, logs
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline import deliver as step
from hub.store import Item
from hub.store.dynamodb import encode
from tests.envelopes import message
from tests.hub.pipeline.delivering import World, connector, project


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def world(catalog, monkeypatch):
    world = World(catalog)
    for function in (route, deliver, sweep):
        monkeypatch.setattr(function, "current", lambda: world.hub)
    return world


def written(item: Item, name: str = "INSERT") -> dict:
    """What the stream tells of an item that was written."""
    return {"eventName": name, "dynamodb": {"NewImage": encode(replace(item, version=item.version - 1))}}


def test_new_outbox_items_are_relayed_and_everything_else_is_left(world):
    image = world.entity("customer", "c-1", relay="later", email="ada@correo.example")
    other = world.store.read([keys.root("customer", "c-1")]).popitem()[1]
    event = {"Records": [written(image), written(other), written(image, "MODIFY")]}
    event["Records"].append({"eventName": "REMOVE", "dynamodb": {"Keys": {}}})
    assert route.handler(event, None) == {"batchItemFailures": []}
    assert len(world.outbound.waiting) == 2


def test_a_relay_that_fails_raises_so_that_the_whole_batch_comes_again(world, monkeypatch):
    image = world.entity("customer", "c-1", relay="later", email="ada@correo.example")

    def fail(messages):
        raise RetryError("queue")

    monkeypatch.setattr(world.outbound, "send", fail)
    with pytest.raises(logs.Crash, match="RetryError"):
        route.handler({"Records": [written(image)]}, None)


def deliveries(world: World, *ids: str) -> list[dict]:
    for id in ids:
        world.entity("customer", id, relay="never", email=f"{id}@correo.example")
    told = [Delivery("crm.main.contact", "customer", id, 1, id, "sync") for id in ids]
    return [message(f"m-{number}", delivery.dumps(), delivery.group) for number, delivery in enumerate(told)]


def test_deliveries_are_made_in_order_and_their_results_are_logged(world, caplog):
    assert deliver.handler({"Records": deliveries(world, "c-1", "c-2")}, None) == {"batchItemFailures": []}
    assert len(world.vendors.contacts) == 2
    assert [(record.message, record.id) for record in caplog.records] == [("done", "c-1"), ("done", "c-2")]
    assert "correo" not in caplog.text


def test_the_deliveries_of_a_batch_overlap_in_time(world):
    meeting = threading.Barrier(5)

    def together(apply):
        meeting.wait(timeout=10)
        return apply()

    world.vendors.faults = [together] * 5
    records = deliveries(world, *(f"c-{n}" for n in range(5)))
    assert deliver.handler({"Records": records}, None) == {"batchItemFailures": []}
    assert len(world.vendors.contacts) == 5


def test_what_is_of_one_group_stays_in_order_while_others_go_on(world, monkeypatch):
    done, first = [], threading.Event()

    def slow_at_first(hub, delivery):
        if delivery.id == "c-0":
            assert first.wait(timeout=10)
        done.append(delivery.id)
        if delivery.id == "c-2":
            first.set()
        return "done"

    monkeypatch.setattr(step, "deliver", slow_at_first)
    records = deliveries(world, "c-0", "c-1", "c-2")
    records[1]["attributes"]["MessageGroupId"] = records[0]["attributes"]["MessageGroupId"]
    assert deliver.handler({"Records": records}, None) == {"batchItemFailures": []}
    assert done == ["c-2", "c-0", "c-1"]


class Clock:
    """Lambda's context, with this time left."""

    def __init__(self, *left: int) -> None:
        self.left = list(left)

    def get_remaining_time_in_millis(self) -> int:
        return self.left.pop(0)


def test_what_might_not_end_before_the_function_does_is_not_begun_and_comes_again(world, monkeypatch):
    postponed = []
    monkeypatch.setattr(world.outbound, "postpone", lambda *given: postponed.append(given[1]))
    records = deliveries(world, "c-0", "c-1")
    records[1]["attributes"]["MessageGroupId"] = records[0]["attributes"]["MessageGroupId"]
    failed = deliver.handler({"Records": records}, Clock(30_000, 19_999))["batchItemFailures"]
    assert failed == [{"itemIdentifier": "m-1"}]
    assert len(world.vendors.contacts) == 1
    assert postponed == [5.0]


def test_a_slow_destination_does_not_hold_up_another_of_its_batch(world):
    other = threading.Event()

    def waits(apply):
        assert other.wait(timeout=10), "the other one waited for the slow one"
        return apply()

    (slow,) = deliveries(world, "c-0")
    told = Delivery("erp.main.partner", "customer", "c-0", 1, "c-0", "sync")
    fast = message("m-9", told.dumps(), told.group)
    world.vendors.faults = []
    send = world.vendors.send

    def sent(request):
        if "crm" in request.url:
            return waits(lambda: send(request))
        answered = send(request)
        if not request.url.endswith("/search"):
            other.set()
        return answered

    world.vendors.send = sent
    assert deliver.handler({"Records": [slow, fast]}, None) == {"batchItemFailures": []}
    assert (len(world.vendors.contacts), len(world.vendors.partners)) == (1, 1)


def test_a_failure_and_what_is_behind_it_of_its_group_come_again_and_the_others_go_on(world, monkeypatch):
    records = [*deliveries(world, "c-1", "c-2", "c-3"), message("m-3", "", "group of c-2")]
    records[1]["attributes"]["MessageGroupId"] = "group of c-2"
    postponed = []
    monkeypatch.setattr(world.outbound, "postpone", lambda *given: postponed.append(given))
    inner = step.deliver
    moved = lambda hub, d: _raise(RetryError("moved")) if d.id == "c-2" else inner(hub, d)  # noqa: E731
    monkeypatch.setattr(step, "deliver", moved)
    failed = deliver.handler({"Records": records}, None)["batchItemFailures"]
    assert failed == [{"itemIdentifier": "m-1"}, {"itemIdentifier": "m-3"}]
    assert len(world.vendors.contacts) == 2
    assert postponed == [("receipt-m-1", 5.0), ("receipt-m-3", 5.0)]


def test_a_bug_is_logged_without_what_it_says(world, monkeypatch, caplog):
    monkeypatch.setattr(step, "deliver", lambda hub, d: _raise(KeyError("ada@correo.example")))
    failed = deliver.handler({"Records": deliveries(world, "c-1")}, None)["batchItemFailures"]
    assert failed == [{"itemIdentifier": "m-0"}]
    assert (caplog.records[-1].message, caplog.records[-1].error) == ("failed", "KeyError")
    assert "correo" not in caplog.text


def test_a_message_of_another_format_comes_again_until_the_dead_letter_queue_has_it(world):
    failed = deliver.handler({"Records": [message("m-0", '{"format": 2}')]}, None)["batchItemFailures"]
    assert failed == [{"itemIdentifier": "m-0"}]


def test_a_sweep_says_what_it_took_up(world):
    world.entity("customer", "c-1", relay="later", email="ada@correo.example")
    world.now += 200
    assert sweep.handler({}, None) == {"deliveries": 0, "waiting": 0, "relayed": 1}


def test_only_the_sweep_of_the_schedule_stays_for_what_becomes_due(world):
    connector(world, "crm", "limit: [1 per 10s]")
    deliver.handler({"Records": deliveries(world, *(f"c-{n}" for n in range(4)))}, None)
    assert sweep.handler({}, None)["deliveries"] == 0
    begun = world.now
    assert sweep.handler({"source": "aws.events"}, None)["deliveries"] == 3
    assert 27 < world.now - begun <= 60


def _raise(error: Exception) -> str:
    raise error
