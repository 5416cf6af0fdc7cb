from dataclasses import replace

import pytest

import hub.pipeline.route as route_module
from hub import keys
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.pipeline.gathering import LEASE
from hub.pipeline.sweep import sweep
from hub.store import Put
from tests.hub.pipeline.delivering import World, connector
from tests.hub.pipeline.delivery_vendors import says

ADA = {"email": "ada@correo.example"}


def parked(world: World, many: int = 1) -> None:
    world.vendors.faults = [says(503)] * 2 * many
    for number in range(many):
        world.entity("customer", f"c-{number}", email=f"ada{number}@correo.example")
    world.deliver()


def test_what_is_not_due_stays(world):
    parked(world)
    assert sweep(world.hub) == {"deliveries": 0, "waiting": 0, "relayed": 0}


def test_a_due_delivery_is_sent_again_under_another_deduplication_id(world):
    parked(world)
    world.now += 60
    assert sweep(world.hub)["deliveries"] == 2
    attempts = [Delivery.loads(s.message.body).attempt for s in world.outbound.waiting]
    assert attempts == [1, 1]


def test_a_parked_delivery_of_a_customer_that_was_merged_is_delivered_for_the_winner_and_not_for_ever(world):
    parked(world)
    world.entity("customer", "c-9", relay="never", email="ada0@correo.example")
    world.merge("c-0", "c-9")
    world.rest()
    assert world.item("crm.main.contact", "c-0").agenda == keys.done("crm.main.contact")
    assert world.state("crm.main.contact", "c-0")["state"] == "superseded"
    assert world.state("crm.main.contact", "c-9")["state"] == "ok"
    assert world.later(4 * LEASE) == []


def test_a_parked_delivery_of_a_destination_or_an_entity_that_is_gone_is_not_tried_for_ever(world):
    parked(world)
    accounts = {name: one for name, one in world.hub.catalog.accounts.items() if name != "crm.main"}
    world.hub.catalog = replace(world.hub.catalog, accounts=accounts)
    del world.store._items[keys.root("customer", "c-0")]
    assert sorted(world.later(60)) == ["skipped:unknown-destination", "skipped:unknown-entity"]
    assert {item.data["state"] for item in world.store.items() if item.kind == "delivery"} == {"gone"}
    assert world.later(4 * LEASE) == []


def test_a_parked_act_of_a_destination_that_is_gone_is_not_tried_for_ever(world):
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", **ADA)
    world.switch("mail.main", paused=True)
    world.entity("order", "o-1", status="paid", number="1", customer=pk)
    world.deliver()
    accounts = {name: one for name, one in world.hub.catalog.accounts.items() if name != "mail.main"}
    world.hub.catalog = replace(world.hub.catalog, accounts=accounts)
    assert "skipped:unknown-destination" in world.later(400)
    assert [item.agenda for item in world.acts()] == ["done#mail.main.event"]


def test_what_was_sent_again_is_left_to_the_queue_until_it_must_be_lost(world):
    parked(world)
    world.now += 60
    sweep(world.hub)
    world.now += 60
    assert sweep(world.hub)["deliveries"] == 0
    world.now += LEASE
    world.outbound.waiting.clear()
    assert sweep(world.hub)["deliveries"] == 2
    world.deliver()
    assert len(world.vendors.contacts) == 1


def test_an_image_that_nobody_relayed_is_relayed_after_two_minutes(world):
    world.entity("customer", "c-1", relay="later", **ADA)
    assert sweep(world.hub)["relayed"] == 0
    world.now += 121
    assert sweep(world.hub)["relayed"] == 1
    world.deliver()
    assert len(world.vendors.contacts) == 1
    assert sweep(world.hub)["relayed"] == 0


def test_images_of_an_hour_ago_are_found_and_the_next_sweep_does_not_look_there_again(world, monkeypatch):
    world.entity("customer", "c-1", relay="later", **ADA)
    world.now += 3600
    assert sweep(world.hub)["relayed"] == 1
    world.now += 60
    asked = []
    page = world.store.page
    monkeypatch.setattr(world.store, "page", lambda pk, **how: asked.append(pk) or page(pk, **how))
    assert sweep(world.hub)["relayed"] == 0
    assert len([pk for pk in asked if pk.startswith("OUT#")]) == 16, "one query for each partition"


def test_an_image_whose_relay_meets_a_bug_holds_up_nobody(world, monkeypatch):
    for id in ("c-1", "c-2", "c-3"):
        world.entity("customer", id, relay="later", email=f"{id}@correo.example")
    ask = route_module._decide

    def broken(hub, image):
        if image.data["id"] == "c-2":
            raise KeyError("a bug")
        return ask(hub, image)

    monkeypatch.setattr(route_module, "_decide", broken)
    world.now += 121
    with pytest.raises(KeyError):
        sweep(world.hub)
    assert world.out("customer", "c-2", 1).data["reason"] == "bug:KeyError"
    world.deliver()
    assert len(world.vendors.contacts) == 2
    world.now += 60
    assert sweep(world.hub)["relayed"] == 0


def test_while_the_queue_fails_the_sweep_stays_where_it_is(world, monkeypatch):
    world.entity("customer", "c-1", relay="later", **ADA)
    world.now += 121

    def fail(messages):
        raise RetryError("queue")

    with monkeypatch.context() as broken, pytest.raises(RetryError):
        broken.setattr(world.outbound, "send", fail)
        sweep(world.hub)
    assert sweep(world.hub)["relayed"] == 1


def test_one_run_takes_up_no_more_than_its_budget_and_the_next_goes_on(world):
    parked(world, 10)
    world.now += 60
    assert sweep(world.hub, budget=7)["deliveries"] == 7
    assert sweep(world.hub, budget=7)["deliveries"] == 7
    assert sweep(world.hub, budget=7)["deliveries"] == 6


def test_lists_longer_than_a_page_are_read_to_their_end(world):
    for number in range(130):
        world.entity("customer", f"c-{number}", relay="later", email=f"ada{number}@correo.example")
    world.now += 121
    assert sweep(world.hub)["relayed"] == 130


def test_an_index_that_lags_behind_sends_nothing_again(world, monkeypatch):
    parked(world)
    world.now += 60
    stale = world.store.agenda(keys.DUE)
    sweep(world.hub)
    world.deliver()
    monkeypatch.setattr(
        world.store, "agenda", lambda name, **_: stale if name == keys.DUE else stale._replace(items=[])
    )
    assert sweep(world.hub)["deliveries"] == 0


def test_a_wait_that_cannot_be_decided_is_listed_for_people(world):
    world.entity("cart", "k-1", status="open")
    key = keys.root("cart", "k-1")
    root = world.store.read([key])[key]
    assert root.data["state"] == "active"
    world.store.commit([Put(replace(root, data={**root.data, "id": ""}))])
    world.now += 3600
    assert sweep(world.hub)["waiting"] == 1
    wait = keys.wait("reminder", "cart", "k-1")
    assert world.store.read([wait])[wait].agenda == keys.PARKED
    assert world.later(3600) == []


def test_a_wait_whose_condition_no_longer_holds_ends_although_nobody_relayed_the_change(world):
    world.entity("cart", "k-1", status="open")
    world.entity("cart", "k-1", relay="never", status="converted")
    assert world.later(3600) == []
    wait = keys.wait("reminder", "cart", "k-1")
    assert world.store.read([wait])[wait].data["state"] == "ended"


def test_a_sweep_that_stays_sends_each_delivery_at_its_turn(world, monkeypatch):
    connector(world, "crm", "limit: [1 per 10s]")
    for n in range(5):
        world.entity("customer", f"c-{n}", relay="never", email=f"ada{n}@correo.example")
        told = Delivery("crm.main.contact", "customer", f"c-{n}", 1, f"c-{n}", "sync")
        deliver(world.hub, told)
    sent, begun, inner = [], world.now, world.outbound.send
    monkeypatch.setattr(
        world.outbound, "send", lambda messages: sent.append(world.now - begun) or inner(messages)
    )
    assert sweep(world.hub, stay=30)["deliveries"] == 3
    assert sent == pytest.approx([10, 19.7, 29.4], abs=0.3)
    assert sweep(world.hub, stay=30)["deliveries"] == 1
    assert sent[-1] == pytest.approx(39.1, abs=0.3)
