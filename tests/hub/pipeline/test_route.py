from dataclasses import replace

import pytest

from hub import keys
from hub.documents import Document
from hub.errors import RetryError
from hub.flow import Flow
from hub.messages import Delivery
from hub.pipeline.route import route
from hub.queues import Message
from tests.hub.pipeline.delivering import World

CAUSE = "e0" * 8
READS = "customer.traits.orders >= `2` && customer.traits.rfm.recency_score == `null`"


def queued(world: World) -> list[Delivery]:
    return [Delivery.loads(stored.message.body) for stored in world.outbound.waiting]


def out(world: World, entity: str, id: str, epoch: int):
    return world.out(entity, id, epoch)


def test_every_destination_of_a_flow_gets_one_message(world):
    world.entity("customer", "c-1", email="ada@correo.example")
    assert queued(world) == [
        Delivery("crm.main.contact", "customer", "c-1", 1, "c-1", "sync", cause=CAUSE),
        Delivery("erp.main.partner", "customer", "c-1", 1, "c-1", "sync", cause=CAUSE),
    ]


def test_a_flow_whose_condition_does_not_hold_sends_nothing(world):
    world.entity("customer", "c-1", given_name="Ada")
    assert queued(world) == []


def test_a_relayed_image_is_no_longer_pending(world):
    world.entity("customer", "c-1", email="ada@correo.example")
    assert world.pending() == []


def test_a_relayed_image_keeps_no_value_and_says_what_each_flow_made_of_it(world):
    world.entity("customer", "c-1", email="ada@correo.example")
    world.entity("customer", "c-2", given_name="Ada")
    told, quiet = out(world, "customer", "c-1", 1).data, out(world, "customer", "c-2", 1).data
    assert "ada@" not in str(told)
    assert (told["changed"], told["decided"]) == (["email"], {"sync": "", "back": "condition"})
    assert quiet["decided"] == {"sync": "condition", "back": "condition"}


def test_a_relayed_image_says_who_waits(world):
    world.entity("cart", "k-1", status="open")
    assert out(world, "cart", "k-1", 1).data["decided"] == {"reminder": "waits"}


def test_relaying_twice_sends_nothing_twice(world):
    image = world.entity("customer", "c-1", email="ada@correo.example")
    world.route(image, image)
    assert len(queued(world)) == 2


def test_an_act_names_what_it_happens_once_for_and_state_does_not(world):
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", email="ada@correo.example")
    world.entity("order", "o-1", number="1001", status="paid", customer=pk)
    sent = {delivery.flow: delivery for delivery in queued(world)}
    assert sent["thanks"].trigger == "o-1"
    assert sent["sales"].trigger == ""
    assert {delivery.customer for delivery in sent.values()} == {"c-1"}


def test_when_the_queue_fails_it_is_raised_and_the_image_stays_pending(world, monkeypatch):
    image = world.entity("customer", "c-1", relay="later", email="ada@correo.example")

    def fail(messages: list[Message]) -> None:
        raise RetryError("queue")

    monkeypatch.setattr(world.outbound, "send", fail)
    with pytest.raises(RetryError):
        route(world.hub, [image])
    assert world.pending() == [image]


def test_an_image_that_a_flow_cannot_read_is_listed_and_the_others_go_on(world):
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", email="ada@correo.example")
    world.entity("order", "", number="1001", status="paid", customer=pk)
    item = out(world, "order", "", 1)
    assert item.agenda == keys.PARKED
    assert item.data["reason"].startswith("thanks:")
    assert [delivery.flow for delivery in queued(world)] == ["sales"]


def test_nothing_to_relay_asks_nothing_of_the_queue(world):
    assert route(world.hub, []) == 0
    assert world.outbound.calls == 0


# Waits.


def waiting(world: World, id: str = "k-1"):
    key = keys.wait("reminder", "cart", id)
    return world.store.read([key])[key]


def test_a_flow_that_waits_sends_nothing_now(world):
    world.entity("cart", "k-1", status="open")
    assert queued(world) == []
    assert waiting(world).agenda == keys.WAITING
    assert waiting(world).at == "2026-11-23T18:00:00.000000Z"


def test_a_change_starts_the_wait_again_and_a_late_relay_does_not(world):
    first = world.entity("cart", "k-1", status="open")
    world.now += 600
    world.entity("cart", "k-1", url="https://tienda.example/k-1")
    assert waiting(world).at == "2026-11-23T18:10:00.000000Z"
    world.now += 600
    world.route(first)
    assert waiting(world).at == "2026-11-23T18:10:00.000000Z"


def test_a_change_after_which_the_condition_fails_ends_the_wait(world):
    world.entity("cart", "k-1", status="open")
    world.entity("cart", "k-1", status="converted")
    assert waiting(world).agenda is None
    assert waiting(world).data["state"] == "ended"


def test_a_wait_that_somebody_else_started_just_now_is_routed_again(world, monkeypatch):
    image = world.entity("cart", "k-1", relay="later", status="open")
    monkeypatch.setattr("hub.pipeline.flows.commit_once", lambda store, item: False)
    with pytest.raises(RetryError, match="moved"):
        route(world.hub, [image])


def test_what_may_cancel_a_wait_leaves_a_note_under_its_customer_once(world):
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", email="ada@correo.example")
    image = world.entity("order", "o-1", status="open", customer=pk)
    note = keys.note("c-1", "reminder", "order", "o-1")
    assert world.store.read([note])[note].data == {"entity": "order", "id": "o-1", "epoch": 1}
    world.route(image)
    assert world.store.read([note])[note].version == 1
    world.entity("order", "o-1", status="fulfilled")
    assert world.store.read([note])[note].data["epoch"] == 2


def test_an_order_of_nobody_leaves_no_note(world):
    world.entity("order", "o-1", status="open")
    assert [item for item in world.store.items() if item.kind == "note"] == []


def test_a_change_of_traits_alone_is_told_only_to_flows_that_read_traits(world):
    told = world.entity("customer", "c-1", relay="never", email="ada@correo.example")
    image = replace(told, data={**told.data, "changed": ["traits"], "traits": {"orders": 2}})
    world.route(image)
    assert queued(world) == []
    plain = world.hub.catalog.flows["sync"]
    document = Document(plain.document.file, {**plain.document.data, "if": READS}, plain.document.places)
    world.hub.catalog = replace(world.hub.catalog, flows={"sync": Flow(document)})
    world.route(image)
    assert {delivery.flow for delivery in queued(world)} == {"sync"}
    world.outbound.waiting.clear()
    world.route(replace(image, data={**image.data, "traits": {"orders": 1}}))
    assert queued(world) == []
