"""Acts: messages and e-mails that flows send, now or after a wait."""

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub import keys, limiter
from hub.flow import Flow
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.pipeline.flows import quiet_until
from hub.store import Item, Key, Put
from hub.times import from_epoch
from tests.hub.pipeline.delivering import World, project
from tests.hub.pipeline.delivery_vendors import loses_the_answer, never_hears, refuses, says

CART = {"status": "open", "url": "https://tienda.example/k-1", "created_at": "2026-11-23T16:00:00.000000Z"}
AFTER = "2026-11-23T16:30:00.000000Z"
BEFORE = "2026-11-23T15:30:00.000000Z"


@pytest.fixture
def shopper(world: World) -> World:
    """A world with a customer who may be reminded in both channels."""
    world.shopper = world.record("shop.co", "customer", "1", "c-1")
    ada = {"email": "ada@correo.example", "phone": "+573105550147"}
    world.entity("customer", "c-1", relay="never", given_name="Ada", **ada)
    world.consent("chat", "marketing", "phone", ada["phone"])
    world.consent("email", "marketing", "email", ada["email"])
    return world


def leave(world: World, id: str = "k-1", **fields: Any) -> None:
    """The customer leaves a cart."""
    world.entity("cart", id, customer=world.shopper, **{**CART, **fields})


def buy(world: World, placed_at: str, customer: str = "") -> None:
    world.entity("order", "o-1", status="open", placed_at=placed_at, customer=customer or world.shopper)


def reminded(world: World) -> tuple[int, int]:
    """How many chat messages and how many e-mails were sent."""
    return len(world.vendors.messages), len(world.vendors.events)


# Waiting and cancelling.


def test_a_cart_that_was_left_is_brought_to_mind_after_an_hour_in_both_channels(shopper):
    leave(shopper)
    assert shopper.later(3599) == []
    assert shopper.later(1) == ["done", "done"]
    assert shopper.vendors.messages == [{"text": "Your cart waits", "to": "+573105550147"}]
    url = "https://tienda.example/k-1"
    sent = {"name": "Cart abandoned", "url": url, "email": "ada@correo.example"}
    assert list(shopper.vendors.events.values()) == [sent]


def test_a_cart_is_brought_to_mind_once_however_often_it_changes_and_sweep_runs(shopper):
    leave(shopper)
    shopper.later(3600)
    leave(shopper, url="https://tienda.example/other")
    shopper.later(3600)
    shopper.later(3600)
    assert reminded(shopper) == (1, 1)


def test_a_cart_that_was_bought_meanwhile_is_not_brought_to_mind(shopper):
    leave(shopper)
    leave(shopper, status="converted")
    assert shopper.later(3600) == []


def test_an_order_of_the_same_customer_in_any_channel_cancels(shopper):
    leave(shopper)
    buy(shopper, AFTER)
    assert shopper.later(3600) == []
    key = keys.wait("reminder", "cart", "k-1")
    assert shopper.store.read([key])[key].data["state"] == "cancelled"


def test_an_order_that_was_told_before_the_cart_cancels_too(shopper):
    buy(shopper, AFTER)
    leave(shopper)
    assert shopper.later(3600) == []


def test_an_older_order_does_not_cancel(shopper):
    buy(shopper, BEFORE)
    leave(shopper)
    shopper.later(3600)
    assert reminded(shopper) == (1, 1)


def test_an_order_of_somebody_else_does_not_cancel(shopper):
    other = shopper.record("shop.co", "customer", "2", "c-2")
    shopper.entity("customer", "c-2", relay="never", given_name="Eva")
    buy(shopper, AFTER, other)
    leave(shopper)
    shopper.later(3600)
    assert reminded(shopper) == (1, 1)


def test_an_order_of_a_customer_that_turned_out_to_be_the_same_cancels(shopper):
    other = shopper.record("pos.bogota", "customer", "2", "c-2")
    shopper.entity("customer", "c-2", relay="never", given_name="Ada")
    leave(shopper)
    buy(shopper, AFTER, other)
    shopper.merge("c-2", "c-1")
    assert shopper.later(3600) == []


def test_an_order_between_due_and_send_cancels(shopper):
    leave(shopper)
    shopper.switch("chat.main", paused=True)
    shopper.switch("mail.main", paused=True)
    assert shopper.later(3600) == ["parked:paused", "parked:paused"]
    buy(shopper, AFTER)
    shopper.switch("chat.main", paused=False)
    shopper.switch("mail.main", paused=False)
    shopper.rest()
    assert reminded(shopper) == (0, 0)
    assert {item.data["reason"] for item in shopper.acts()} == {"cancelled"}


def test_a_cart_that_is_bought_between_due_and_send_is_not_brought_to_mind(shopper):
    leave(shopper)
    shopper.vendors.faults = [says(503), says(503)]
    shopper.later(3600)
    leave(shopper, status="converted")
    shopper.rest()
    assert reminded(shopper) == (0, 0)
    assert {item.data["reason"] for item in shopper.acts()} == {"condition"}


def test_a_cart_of_nobody_yet_waits_for_nobody(world):
    world.entity("cart", "k-1", **CART)
    assert world.later(3600) == ["skipped:no-address", "skipped:no-address"]


def test_a_wait_whose_cart_is_gone_ends(shopper):
    leave(shopper)
    key = keys.root("cart", "k-1")
    del shopper.store._items[key]
    assert shopper.later(3600) == []
    wait = keys.wait("reminder", "cart", "k-1")
    assert shopper.store.read([wait])[wait].agenda is None


# Consent and quiet hours.


@pytest.mark.parametrize("state", ["denied", "unknown"])
def test_what_was_not_granted_is_not_sent(shopper, state):
    shopper.consent("chat", "marketing", "phone", "+573105550147", state)
    leave(shopper)
    assert sorted(shopper.later(3600)) == ["done", "skipped:no-consent"]
    assert reminded(shopper) == (0, 1)


def test_consent_is_by_address_so_a_new_number_has_none(shopper):
    shopper.entity("customer", "c-1", relay="never", phone="+573105550199")
    leave(shopper)
    assert sorted(shopper.later(3600)) == ["done", "skipped:no-consent"]


def test_consent_withdrawn_while_it_waited_holds(shopper):
    leave(shopper)
    shopper.consent("email", "marketing", "email", "ada@correo.example", "denied")
    shopper.later(3600)
    assert reminded(shopper) == (1, 0)


def test_a_flow_without_a_purpose_needs_no_consent(shopper):
    shopper.consent("email", "marketing", "email", "ada@correo.example", "denied")
    shopper.entity("order", "o-1", status="paid", number="1001", customer=shopper.shopper)
    shopper.deliver()
    assert [sent["name"] for sent in shopper.vendors.events.values()] == ["Placed Order"]


def test_nothing_is_sent_in_quiet_hours_and_everything_after_them(shopper):
    shopper.now += 8.5 * 3600
    leave(shopper)
    assert shopper.later(3600) == ["parked:quiet-hours", "parked:quiet-hours"]
    assert reminded(shopper) == (0, 0)
    shopper.later(10.4 * 3600)
    assert reminded(shopper) == (0, 0)
    shopper.rest()
    assert reminded(shopper) == (1, 1)


@pytest.mark.parametrize(
    ("quiet", "local", "ends"),
    [
        (("21:00", "08:00"), "2026-11-23T20:59", None),
        (("21:00", "08:00"), "2026-11-23T21:00", "2026-11-24T08:00"),
        (("21:00", "08:00"), "2026-11-24T07:59", "2026-11-24T08:00"),
        (("21:00", "08:00"), "2026-11-24T08:00", None),
        (("13:00", "15:00"), "2026-11-23T13:30", "2026-11-23T15:00"),
        (("13:00", "15:00"), "2026-11-23T12:59", None),
        (("13:00", "15:00"), "2026-11-23T15:00", None),
    ],
)
def test_quiet_hours_are_local_and_may_cross_midnight(quiet, local, ends):
    zone = ZoneInfo("America/Bogota")

    def seconds(text: str) -> float:
        return dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()

    assert quiet_until(quiet, "America/Bogota", seconds(local)) == (seconds(ends) if ends else None)


def test_without_quiet_hours_it_is_never_quiet():
    assert quiet_until(None, "America/Bogota", 0.0) is None


# At most once.


def test_the_same_act_again_is_not_repeated(shopper):
    leave(shopper)
    shopper.later(3600)
    act = Delivery("chat.main.message", "cart", "k-1", 1, "c-1", "reminder", trigger="k-1", attempt=7)
    assert deliver(shopper.hub, act) == "unchanged"
    again = Delivery("chat.main.message", "cart", "k-1", 1, "c-1", "reminder", trigger="k-1", replay="r1")
    assert deliver(shopper.hub, again) == "unchanged"
    assert reminded(shopper) == (1, 1)


def only(world: World, destination: str) -> str:
    act = Delivery(destination, "cart", "k-1", 1, "c-1", "reminder", trigger="k-1")
    return deliver(world.hub, act)


@pytest.mark.parametrize("fault", [loses_the_answer, never_hears])
def test_a_message_whose_outcome_is_unknown_is_held_for_a_person(shopper, fault):
    leave(shopper)
    shopper.vendors.faults = [fault]
    assert only(shopper, "chat.main.message") == "parked:held"
    (act,) = shopper.acts()
    assert (act.agenda, act.data["reason"]) == (keys.PARKED, "unknown-outcome")
    assert only(shopper, "chat.main.message") == "unchanged"


def test_an_intent_without_a_result_is_held_for_a_person(shopper):
    leave(shopper)

    def crash(apply):
        raise KeyboardInterrupt

    shopper.vendors.faults = [crash]
    with pytest.raises(KeyboardInterrupt):
        only(shopper, "chat.main.message")
    assert only(shopper, "chat.main.message") == "parked:held"


def test_a_replay_that_was_ordered_before_the_message_was_held_does_not_send_it(shopper):
    """Two were ordered, and the first one's outcome is unknown: only who has seen that may send once more."""
    world = shopper
    leave(world)
    world.vendors.faults = [loses_the_answer]
    world.later(3_601)
    ordered = f"{from_epoch(world.now - 1)}-0a0a0a0a"
    act = Delivery("chat.main.message", "cart", "k-1", 1, "c-1", "reminder", trigger="k-1", replay=ordered)
    assert deliver(world.hub, act) == "unchanged"
    assert deliver(world.hub, replace(act, replay=f"{from_epoch(world.now + 1)}-0a0a0a0a")) == "done"


def test_a_held_message_is_sent_when_a_person_replays_it(shopper):
    leave(shopper)
    shopper.vendors.faults = [never_hears]
    only(shopper, "chat.main.message")
    act = Delivery("chat.main.message", "cart", "k-1", 1, "c-1", "reminder", trigger="k-1", replay="r1")
    assert deliver(shopper.hub, act) == "done"
    assert len(shopper.vendors.messages) == 1


@pytest.mark.parametrize("fault", [loses_the_answer, never_hears])
def test_where_the_vendor_knows_the_key_an_unknown_outcome_is_repeated(shopper, fault):
    leave(shopper)
    shopper.vendors.faults = [fault]
    assert only(shopper, "mail.main.event") == "parked:timeout"
    shopper.later(80)
    assert len(shopper.vendors.events) == 1
    assert len({body["unique_id"] for _, url, body in shopper.vendors.asked if url.endswith("/events")}) == 1


@pytest.mark.parametrize("fault", [says(429, retry_after="30"), says(503), refuses])
def test_a_message_that_was_certainly_not_sent_is_sent_later(shopper, fault):
    leave(shopper)
    shopper.vendors.faults = [fault]
    assert only(shopper, "chat.main.message").startswith("parked:")
    shopper.later(90)
    assert len(shopper.vendors.messages) == 1


def test_a_refused_message_is_rejected_and_not_tried_again(shopper):
    leave(shopper)
    shopper.vendors.faults = [says(400)]
    assert only(shopper, "chat.main.message") == "rejected"
    assert only(shopper, "chat.main.message") == "unchanged"
    assert shopper.acts()[0].agenda == keys.PARKED


def test_a_place_that_is_not_there_rejects_the_message(shopper):
    leave(shopper)
    shopper.vendors.faults = [says(404)]
    assert only(shopper, "chat.main.message") == "rejected"
    assert shopper.acts()[0].data["reason"] == "missing"


def test_a_dry_run_sends_nothing(shopper):
    shopper.switch("chat.main", dry_run=True)
    leave(shopper)
    assert only(shopper, "chat.main.message") == "skipped:dry-run"
    assert shopper.acts()[0].data["would"]["text"] == "Your cart waits"
    assert shopper.vendors.messages == []


def test_a_message_waits_for_the_limit_without_an_intent(shopper):
    leave(shopper)
    limiter.block(shopper.store, "chat.main", shopper.now + 60)
    assert only(shopper, "chat.main.message") == "parked:rate-limit"
    assert "inflight" not in shopper.acts()[0].data


def test_an_act_of_a_flow_or_an_entity_that_is_gone_is_skipped(shopper):
    gone = Delivery("chat.main.message", "cart", "k-9", 1, "c-1", "reminder", trigger="k-9")
    assert deliver(shopper.hub, gone) == "skipped:flow-or-entity-gone"
    leave(shopper)
    old = Delivery("chat.main.message", "cart", "k-1", 1, "c-1", "old-flow", trigger="k-1")
    assert deliver(shopper.hub, old) == "skipped:flow-or-entity-gone"
    moved = Delivery("crm.main.contact", "cart", "k-1", 1, "c-1", "reminder", trigger="k-1")
    assert deliver(shopper.hub, moved) == "skipped:flow-or-entity-gone"


def test_an_act_that_needs_its_customer_there_waits_until_the_customer_is_there(shopper):
    shopper.entity("order", "o-1", status="refunded", customer=shopper.shopper)
    assert shopper.deliver() == ["parked:waiting-for-customer"]
    assert shopper.vendors.notes == {}
    shopper.entity("customer", "c-1", given_name="Ada")
    shopper.rest()
    assert list(shopper.vendors.notes.values()) == [{"text": "Refunded", "partner": "e1"}]
    assert shopper.item("erp.main.partner", "c-1").data["state"] == "ok"


def test_an_act_without_once_happens_once_per_version_and_may_send_the_trigger_itself(shopper):
    shopper.entity("message", "m-1", name="answer", text="In M, yes", customer=shopper.shopper)
    shopper.deliver()
    shopper.entity("message", "m-1", text="In L, too")
    shopper.deliver()
    shopper.entity("message", "m-1", name="other")
    shopper.deliver()
    assert [sent["text"] for sent in shopper.vendors.messages] == ["In M, yes", "In L, too"]


def test_an_act_that_the_files_cannot_make_is_rejected(shopper):
    shopper.entity("order", "o-1", status="wrong", customer=shopper.shopper)
    assert shopper.deliver() == ["rejected", "rejected"]
    assert {item.data["reason"] for item in shopper.acts()} == {"no-mapping", "nothing-to-write-with"}


def test_a_credential_that_is_refused_pauses_and_the_message_waits(shopper):
    leave(shopper)
    shopper.vendors.token = "renewed"
    assert only(shopper, "chat.main.message") == "parked:status-401"
    assert only(shopper, "chat.main.message") == "parked:paused"
    shopper.secrets.held["chat.main"] = [{"token": "renewed"}]
    shopper.switch("chat.main", paused=False)
    shopper.rest()
    assert len(shopper.vendors.messages) == 1


def test_a_limit_reached_between_two_tries_of_one_message_parks_it_without_an_intent(shopper):
    leave(shopper)

    def refused(apply):
        limiter.block(shopper.store, "chat.main", shopper.now + 60)
        shopper.vendors.token = "renewed"
        shopper.secrets.held["chat.main"] = [{"token": "renewed"}]
        return says(401)(apply)

    shopper.vendors.faults = [refused]
    assert only(shopper, "chat.main.message") == "parked:rate-limit"
    assert "inflight" not in shopper.acts()[0].data
    shopper.rest()
    assert len(shopper.vendors.messages) == 1


# The customer's own hours.


@pytest.mark.parametrize(
    ("zone", "sent"),
    [
        ("America/Bogota", False),
        ("Europe/Madrid", False),
        ("Asia/Tokyo", True),
        ("Nowhere/Else", False),
        ("../etc", False),
        (None, False),
    ],
)
def test_it_is_quiet_by_the_customers_own_clock_where_it_is_known_else_by_the_accounts(shopper, zone, sent):
    shopper.now += 8.5 * 3600  # 21:30 in Bogotá after the wait, 03:30 in Madrid, 11:30 in Tokyo
    shopper.entity("customer", "c-1", relay="never", **({"time_zone": zone} if zone else {}))
    leave(shopper)
    shopper.later(3600)
    assert (reminded(shopper) == (1, 1)) is sent


# Deployments while a flow waits.


def deploy(world: World, **changes: object) -> None:
    """The reminder's file is another one from now on; None takes a key out."""
    flow = world.hub.catalog.flows["reminder"]
    data = {**flow.document.data, **changes}
    data = {name: value for name, value in data.items() if value is not None}
    flows = {**world.hub.catalog.flows, "reminder": Flow(replace(flow.document, data=data))}
    world.hub.catalog.__dict__["flows"] = flows


@pytest.fixture
def deployed(tmp_path):
    """A world of its own, whose files may change, with a customer who may be reminded and left a cart."""
    world = World(project(tmp_path))
    world.shopper = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", email="ada@correo.example", phone="+573105550147")
    world.consent("chat", "marketing", "phone", "+573105550147")
    world.consent("email", "marketing", "email", "ada@correo.example")
    leave(world)
    return world


def test_a_wait_that_became_longer_goes_on_from_when_it_began(deployed):
    deploy(deployed, wait="3h")
    assert deployed.later(3600) == []
    assert deployed.later(3600) == []
    assert deployed.later(3600) == ["done", "done"]


def test_a_flow_that_does_not_wait_any_more_sends_when_the_wait_was_due(deployed):
    deploy(deployed, wait=None)
    assert deployed.later(3600) == ["done", "done"]


def test_a_condition_that_was_deployed_meanwhile_holds(deployed):
    deploy(deployed, **{"if": "cart.status == 'abandoned'"})
    assert deployed.later(3600) == []
    assert reminded(deployed) == (0, 0)


def test_what_is_sent_is_what_the_file_says_now(deployed):
    send = deployed.hub.catalog.flows["reminder"].document.data["send"]
    deploy(deployed, send=[{**send[0], "with": {"text": "'Come back'"}}])
    assert deployed.later(3600) == ["done"]
    assert deployed.vendors.messages[0]["text"] == "Come back"


def test_a_once_that_changed_while_it_waited_sends_once(deployed):
    deploy(deployed, once="cart.url")
    deployed.later(3600)
    leave(deployed, url=CART["url"], status="open")
    deployed.later(3600)
    assert reminded(deployed) == (1, 1)


def test_a_once_that_changed_while_a_message_was_on_its_way_does_not_send_it_twice(deployed):
    deployed.switch("chat.main", paused=True)
    deployed.later(3600)
    deploy(deployed, once="cart.url")
    deployed.switch("chat.main", paused=False)
    deployed.rest()
    assert reminded(deployed) == (1, 1)


def test_a_flow_that_is_gone_ends_its_waits(deployed):
    deployed.hub.catalog.__dict__["flows"] = {}
    assert deployed.later(3600) == []
    assert reminded(deployed) == (0, 0)


def test_a_cart_that_was_merged_into_another_is_brought_to_mind_once_and_as_the_one_that_stays(shopper):
    leave(shopper)
    leave(shopper, "k-2")
    deploy(shopper, once=None)
    try:
        lost, won = keys.root("cart", "k-2"), keys.root("cart", "k-1")
        found = shopper.store.read([lost, won])
        named = Key("REC#lost#k-2", "REC")
        shopper.store.commit([Put(Item(named, "record", {"entity": "cart", "root": "k-1"}))])
        tombstone = {**found[lost].data, "state": "merged", "record": named.pk}
        shopper.store.commit([Put(Item(lost, "root", tombstone, found[lost].version))])
        leave(shopper, absorbed=["k-2"])
        shopper.later(3600)
        assert reminded(shopper) == (1, 1)
    finally:
        deploy(shopper, once="cart.id")


def test_the_fortieth_order_of_a_week_cancels_as_the_first_does(shopper):
    for number in range(40):
        shopper.entity("order", f"o-{number}", status="open", placed_at=BEFORE, customer=shopper.shopper)
    shopper.entity("order", "o-99", status="open", placed_at=AFTER, customer=shopper.shopper)
    leave(shopper)
    shopper.later(3600)
    assert reminded(shopper) == (0, 0)
