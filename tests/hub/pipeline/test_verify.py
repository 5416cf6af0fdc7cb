"""An act whose outcome is unknown is settled by what its vendor tells, and never done twice."""

import pytest

from hub import identity, keys
from hub.catalog import Catalog
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.pipeline.deliver.desire import idempotency_key
from hub.store import Item, Put
from tests.hub.pipeline.delivering import FILES, PEPPER, World
from tests.hub.pipeline.delivery_vendors import answer, loses_the_answer, never_hears, says

NAME = "chat.main.message"
TOLD = "    verify: {told: name}\n"
ASKED = '    verify: {request: "GET /messages?key={key}", id: id}\n'
CART = {"status": "open", "url": "https://tienda.example/k-1", "created_at": "2026-11-23T16:00:00.000000Z"}
ACT = Delivery(NAME, "cart", "k-1", 1, "c-1", "reminder", trigger="k-1")


@pytest.fixture
def project(tmp_path):
    """Makes a world in which a cart was left, and the chat tells what became of a message like this."""

    def made(verify):
        for name, text in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + (verify if name == "connectors/chat.yaml" else ""), encoding="utf-8")
        world = World(Catalog.read(tmp_path))
        shopper = world.record("shop.co", "customer", "1", "c-1")
        world.entity("customer", "c-1", relay="never", email="ada@correo.co", phone="+573105550147")
        world.consent("chat", "marketing", "phone", "+573105550147")
        world.entity("cart", "k-1", relay="never", customer=shopper, **CART)
        return world

    return made


def told_back(world):
    """The status webhook was unified: a message with the key of the act."""
    key = idempotency_key(NAME, "reminder", "k-1")
    claim = keys.claim("message", "name", identity.hashed(PEPPER, "name", key))
    world.store.commit([Put(Item(claim, "claim", {"records": ["REC#chat#main#message#m1"], "strong": True}))])


def state(world):
    (act,) = world.acts()
    return act.data["state"]


def test_a_status_webhook_with_its_key_settles_an_act_whose_answer_was_lost(project):
    world = project(TOLD)
    world.vendors.faults = [loses_the_answer]
    assert deliver(world.hub, ACT) == "parked:verifying"
    told_back(world)
    world.rest()
    assert state(world) == "done"
    assert len(world.vendors.messages) == 1


def test_without_a_word_of_the_vendor_it_is_held_for_a_person_after_an_hour(project):
    world = project(TOLD)
    world.vendors.faults = [never_hears]
    deliver(world.hub, ACT)
    world.rest(0.5)
    assert state(world) == "due"
    world.rest()
    assert state(world) == "held"
    assert world.vendors.messages == []


def test_a_replay_of_what_is_held_looks_first_and_sends_only_what_the_vendor_does_not_have(project):
    world = project(TOLD)
    world.vendors.faults = [loses_the_answer]
    deliver(world.hub, ACT)
    world.rest()
    assert state(world) == "held"
    told_back(world)
    again = Delivery.loads(ACT.dumps().replace('"replay":null', '"replay":"2026-11-24T00:00:00.000000Z-1"'))
    assert deliver(world.hub, again) == "done"
    assert len(world.vendors.messages) == 1


def test_a_crash_between_the_intent_and_the_answer_is_settled_the_same_way(project):
    world = project(TOLD)

    def crash(apply):
        apply()
        raise KeyboardInterrupt

    world.vendors.faults = [crash]
    with pytest.raises(KeyboardInterrupt):
        deliver(world.hub, ACT)
    told_back(world)
    assert deliver(world.hub, ACT) == "done"
    assert len(world.vendors.messages) == 1


@pytest.mark.parametrize(("fault", "sent"), [(loses_the_answer, 0), (never_hears, 1)])
def test_where_the_vendor_can_be_asked_it_is_and_only_what_is_not_there_is_sent_again(project, fault, sent):
    world = project(ASKED)
    world.vendors.faults = [fault]
    assert deliver(world.hub, ACT) == "parked:verifying"
    assert deliver(world.hub, ACT) == "parked:verifying"  # it may still land: nobody is asked yet
    assert len(world.vendors.asked) == 1
    there = bool(world.vendors.messages)
    world.vendors.faults = [lambda apply: answer(200, {"id": "m1"}) if there else answer(404)]
    world.rest()
    assert state(world) == "done"
    assert len(world.vendors.messages) == 1
    assert [method for method, _, _ in world.vendors.asked].count("GET") == 1


def test_a_vendor_that_cannot_be_asked_now_is_asked_later(project):
    world = project(ASKED)
    world.vendors.faults = [loses_the_answer]
    deliver(world.hub, ACT)
    world.vendors.faults = [says(503), says(503), lambda apply: answer(200, {"id": "m1"})]
    world.rest()
    assert state(world) == "done"
    assert len(world.vendors.messages) == 1
