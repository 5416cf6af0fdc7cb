"""What deliver writes where: desired state, what is known there, merges, finding and creating."""

from dataclasses import replace

import pytest

from hub import keys
from hub.errors import RecordError, RetryError
from hub.ledger import Written, fingerprint
from hub.messages import Event
from hub.store import Key, Put
from hub.times import from_epoch
from tests.hub.pipeline.delivering import ADA, CRM, ERP, ada, tell
from tests.hub.pipeline.delivery_vendors import loses_the_answer, never_hears, says


def at(world):
    return from_epoch(world.now)


# Desired state.


def test_a_new_customer_is_created_at_every_destination(world):
    ada(world)
    assert sorted(world.deliver()) == ["done", "done"]
    assert world.vendors.contacts == {"c1": {"email": "ada@correo.example", "firstname": "Ada"}}
    assert world.vendors.partners == {"e1": {"email": "ada@correo.example", "ref": "c-1", "name": "Ada"}}
    assert world.state(CRM, "c-1")["remote"] == "c1"
    assert world.state(ERP, "c-1")["state"] == "ok"


def test_the_same_message_again_changes_nothing(known):
    assert tell(known) == "done"
    before = known.item(CRM, "c-1")
    assert tell(known) == "unchanged"
    assert known.item(CRM, "c-1") == before
    assert len(known.vendors.asked) == 1


def test_an_older_message_delivers_what_is_true_now(known):
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known, epoch=1) == "done"
    assert known.vendors.contacts["c1"]["stage"] == "lead"
    assert tell(known) == "unchanged"


def test_a_change_of_what_is_not_mapped_calls_nobody_and_advances_the_epoch(known):
    tell(known)
    known.entity("customer", "c-1", relay="never", family_name="Lovelace")
    assert tell(known) == "unchanged"
    assert known.state(CRM, "c-1")["epoch"] == 2
    assert len(known.vendors.asked) == 1


def test_a_known_record_is_updated_by_its_id_even_when_its_key_changes(known):
    tell(known)
    known.entity("customer", "c-1", relay="never", email="lovelace@correo.example")
    assert tell(known) == "done"
    assert known.vendors.asked[-1][:2] == ("PATCH", "https://crm.example/contacts/c1")
    assert known.vendors.contacts == {"c1": {"email": "lovelace@correo.example", "firstname": "Ada"}}


def test_a_replay_does_not_repeat_what_is_done(known):
    tell(known)
    assert tell(known, replay="2026-11-24T00:00:00.000000Z-1") == "unchanged"
    known.entity("customer", "c-1", relay="never", nickname="not written there")
    assert tell(known, replay="2026-11-24T00:00:00.000000Z-2") == "unchanged"
    assert len(known.vendors.asked) == 1


def test_a_replay_that_says_again_repeats_what_is_done_once(known):
    tell(known)
    known.now += 1
    ordered = f"{from_epoch(known.now)}-00000000-again"
    known.now += 1
    assert tell(known, replay=ordered) == "done"
    assert tell(known, replay=ordered) == "unchanged"
    assert len(known.vendors.asked) == 2


def test_an_entity_that_is_unknown_and_a_destination_that_is_gone_are_skipped(known):
    assert tell(known, id="c-9") == "skipped:unknown-entity"
    assert tell(known, destination="crm.main.deal") == "skipped:unknown-destination"
    assert tell(known, destination="crm.old.contact") == "skipped:unknown-destination"
    assert tell(known, destination="nobody.main.contact") == "skipped:unknown-destination"


# What the destination knows already.


def test_a_change_that_came_from_the_destination_is_not_sent_back(known):
    pk = known.record("crm.main", "contact", "c77", "c-1", **ADA)
    known.entity("customer", "c-1", relay="never", records={pk: ""})
    assert tell(known) == "unchanged"
    assert known.vendors.asked == []
    assert known.state(CRM, "c-1")["remote"] == "c77"


def test_what_the_destination_does_not_tell_the_same_is_written_to_the_record_it_told_of(known):
    known.vendors.contacts["c77"] = {}
    pk = known.record("crm.main", "contact", "c77", "c-1", email="ada@correo.example")
    known.entity("customer", "c-1", relay="never", records={pk: ""})
    assert tell(known) == "done"
    assert known.vendors.contacts == {"c77": {"email": "ada@correo.example", "firstname": "Ada"}}


def test_a_value_set_there_meanwhile_is_overwritten_when_the_old_one_won_again(known):
    pk = known.record("crm.main", "contact", "c77", "c-1", **ADA)
    known.vendors.contacts["c77"] = {"email": "ada@correo.example", "firstname": "Ada"}
    known.entity("customer", "c-1", relay="never", records={pk: ""})
    tell(known)
    known.record("crm.main", "contact", "c77", "c-1", given_name="Augusta")
    known.vendors.contacts["c77"]["firstname"] = "Augusta"
    known.entity("customer", "c-1", relay="never", given_name="Augusta")
    known.entity("customer", "c-1", relay="never", given_name="Ada")
    assert tell(known) == "done"
    assert known.vendors.contacts["c77"]["firstname"] == "Ada"


def test_what_it_told_before_our_write_is_not_taken_for_what_it_has_now(known):
    pk = known.record("crm.main", "contact", "c77", "c-1", **ADA)
    known.vendors.contacts["c77"] = {"email": "ada@correo.example", "firstname": "Ada"}
    known.entity("customer", "c-1", relay="never", records={pk: ""})
    tell(known)
    known.entity("customer", "c-1", relay="never", given_name="Augusta")
    assert tell(known) == "done"
    known.entity("customer", "c-1", relay="never", given_name="Ada")
    assert tell(known) == "done"
    assert known.vendors.contacts["c77"]["firstname"] == "Ada"


def test_news_of_one_field_from_there_does_not_send_the_others_back(known):
    tell(known)
    pk = known.record("crm.main", "contact", "c1", "c-1", stage="customer")
    known.entity("customer", "c-1", relay="never", records={pk: ""}, stage="customer")
    assert tell(known) == "unchanged"
    assert len(known.vendors.asked) == 1


def test_what_only_we_write_is_written_although_the_rest_came_from_there(known):
    pk = known.record("erp.main", "partner", "e9", "c-1", email="ada@correo.example")
    known.vendors.partners["e9"] = {"email": "ada@correo.example"}
    known.entity("customer", "c-1", relay="never", records={pk: ""})
    assert tell(known, ERP) == "done"
    assert known.vendors.partners["e9"]["ref"] == "c-1"
    known.now += 3600
    known.record("erp.main", "partner", "e9", "c-1", email="eva@correo.example")
    known.entity("customer", "c-1", relay="never", email="eva@correo.example")
    assert tell(known, ERP) == "unchanged"


HOME = {"line1": "Calle 1", "city": "Bogotá", "country": "CO"}


def test_an_address_is_compared_by_the_members_that_are_written_there(known):
    pk = known.record("crm.main", "contact", "c77", "c-1", **ADA, address={**HOME, "region": "DC"})
    known.entity("customer", "c-1", relay="never", records={pk: ""}, address=HOME)
    assert tell(known) == "unchanged"
    known.record("crm.main", "contact", "c77", "c-1", address={"line1": "Calle 2"})
    known.vendors.contacts["c77"] = {}
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known) == "done"
    assert known.vendors.contacts["c77"]["place"] == {"street": "Calle 1", "town": "Bogotá"}


def test_the_echo_of_an_address_is_known_with_members_that_were_not_written(known):
    known.entity("customer", "c-1", relay="never", address=HOME)
    tell(known)
    written = Written.of(known.state(CRM, "c-1"))
    assert written.is_echo("address", HOME, at(known))
    assert not written.is_echo("address", {**HOME, "country": "EC"}, at(known))


def test_a_record_that_was_deleted_there_or_told_inside_another_gives_no_id(known):
    gone = known.record("crm.main", "contact", "c77", "c-1", __deleted__=True)
    guest = known.record("crm.main", "contact", "guest/1.ab", "c-1")
    known.entity("customer", "c-1", relay="never", records={gone: "", guest: ""})
    assert tell(known) == "done"
    assert known.state(CRM, "c-1")["remote"] == "c1"


def test_a_record_of_a_resource_with_several_entities_gives_its_id(known):
    pk = known.record("crm.main", "contact.customer", "c77", "c-1", **ADA)
    known.entity("customer", "c-1", relay="never", records={pk: ""})
    assert tell(known) == "unchanged"
    assert known.state(CRM, "c-1")["remote"] == "c77"


# Merged customers.


def test_a_message_for_a_merged_customer_is_delivered_for_the_winner(known):
    known.entity("customer", "c-2", relay="never", email="ada@correo.example", stage="lead")
    known.merge("c-1", "c-2")
    assert tell(known) == "done"
    assert known.state(CRM, "c-1") == {}
    assert known.state(CRM, "c-2")["remote"] == "c1"
    assert tell(known) == "unchanged"


def test_the_winner_adopts_the_id_of_the_customer_that_was_merged_into_it(known):
    tell(known)
    known.entity("customer", "c-2", relay="never", email="eva@correo.example")
    known.merge("c-1", "c-2")
    assert tell(known) == "done"
    assert known.vendors.asked[-1][:2] == ("PATCH", "https://crm.example/contacts/c1")
    assert known.state(CRM, "c-2")["remote"] == "c1"


def test_the_winner_takes_over_what_was_written_for_the_customer_that_was_merged_into_it(known):
    tell(known)
    known.entity("customer", "c-2", relay="never", **ADA)
    known.merge("c-1", "c-2")
    assert tell(known) == "unchanged"
    assert len(known.vendors.asked) == 1
    assert Written.of(known.state(CRM, "c-2")).is_echo("given_name", "Ada", at(known))
    pk = known.record("crm.main", "contact", "c1", "c-2", stage="customer")
    known.entity("customer", "c-2", relay="never", records={pk: ""}, stage="customer")
    assert tell(known) == "unchanged"


def test_seed_13723_a_creation_of_the_winner_without_an_answer_is_not_forgotten_where_the_loser_has_a_record(
    known,
):
    """What it made is no stranger's word when its webhook comes."""
    tell(known)
    known.entity("customer", "c-2", relay="never", email="eva@correo.example")
    known.vendors.faults = [never_hears]
    assert tell(known, id="c-2", customer="c-2") == "parked:timeout"
    known.merge("c-1", "c-2")
    known.entity("customer", "c-2", relay="never", **ADA)
    assert tell(known, id="c-2", customer="c-2") == "unchanged"
    state = known.state(CRM, "c-2")
    assert state["remote"] == "c1"
    assert state["stray"]["email"][0][0] == fingerprint("eva@correo.example")


def test_the_other_ids_of_a_merged_customer_are_reported_as_orphans(known):
    tell(known)
    known.entity("customer", "c-2", relay="never", email="eva@correo.example")
    tell(known, id="c-2", customer="c-2")
    known.merge("c-1", "c-2")
    known.entity("customer", "c-2", relay="never", stage="lead")
    assert tell(known, id="c-2") == "done"
    assert known.state(CRM, "c-2")["remote"] == "c2"
    assert known.state(CRM, "c-2")["orphans"] == ["c1"]


def test_a_torn_chain_of_merges_is_tried_again(known):
    for loser, winner in (("c-1", "c-2"), ("c-2", "c-3"), ("c-3", "c-4")):
        known.entity("customer", winner, relay="never", email="ada@correo.example")
        known.merge(loser, winner)
    with pytest.raises(RetryError):
        tell(known)


# Find, create, update.


def test_without_an_upsert_the_searches_are_asked_in_order_and_the_hit_is_updated(known):
    known.vendors.partners["e7"] = {"email": "ada@correo.example"}
    assert tell(known, ERP) == "done"
    assert [call[1].rpartition("/")[2] for call in known.vendors.asked] == ["search", "search", "e7"]
    assert known.vendors.partners["e7"]["ref"] == "c-1"


def test_a_search_for_what_the_record_does_not_have_is_left_out(known):
    known.entity("customer", "c-2", relay="never", given_name="Eva")
    assert tell(known, ERP, id="c-2") == "done"
    assert len(known.vendors.asked) == 2
    assert known.vendors.partners["e1"]["name"] == "Eva"


def test_two_hits_are_left_to_a_person_and_nothing_is_written(known):
    known.vendors.partners |= {"e7": {"email": "ada@correo.example"}, "e8": {"email": "ada@correo.example"}}
    assert tell(known, ERP) == "parked:ambiguous"
    assert known.vendors.writes == []
    assert known.item(ERP, "c-1").agenda == keys.PARKED
    assert tell(known, ERP) == "unchanged"


def test_a_known_record_that_is_gone_is_found_or_created_again(known):
    tell(known, ERP)
    known.vendors.partners.clear()
    known.vendors.partners["e5"] = {"ref": "nobody"}
    known.entity("customer", "c-1", relay="never", given_name="Augusta")
    assert tell(known, ERP) == "done"
    assert known.state(ERP, "c-1")["remote"] == "e2"
    assert known.vendors.partners["e2"]["name"] == "Augusta"


def test_a_contact_that_is_gone_is_upserted_again(known):
    tell(known)
    known.vendors.contacts.clear()
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known) == "done"
    assert known.vendors.contacts["c1"]["stage"] == "lead"


def test_a_search_or_an_upsert_that_is_not_there_does_not_end_in_a_loop(known):
    known.vendors.faults = [says(404)]
    assert tell(known, ERP) == "done"
    known.vendors.faults = [says(404)]
    assert tell(known) == "rejected"
    assert known.state(CRM, "c-1")["reason"] == "missing"


def test_a_search_that_may_not_be_sent_rejects_the_record(known, monkeypatch):
    def refuse(request):
        raise RecordError("bad-url", "not an address")

    monkeypatch.setattr(known.vendors, "send", refuse)
    assert tell(known, ERP) == "rejected"
    assert known.state(ERP, "c-1")["reason"] == "bad-url"


def test_a_destination_that_can_only_be_read_rejects_the_record(known):
    known.entity("customer", "c-1", stage="back")
    assert "rejected" in known.deliver()
    assert known.state("shop.co.customer", "c-1")["reason"] == "nothing-to-write-with"


def test_the_key_of_a_creation_is_the_same_on_every_attempt_and_another_for_another_version(world):
    world.entity("customer", "c-1", **ADA)
    world.deliver()
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.vendors.faults = [loses_the_answer, loses_the_answer]
    world.entity("order", "o-1", number="1001", status="paid", customer=pk)
    world.deliver()
    world.rest()
    sent = [h["Idempotency-Key"] for h in world.vendors.headers if "Idempotency-Key" in h]
    assert len(set(sent[:2])) == 1
    assert len(world.vendors.sales) == 1
    world.entity("order", "o-1", number="1001b")
    world.deliver()
    assert world.vendors.headers[-1]["Idempotency-Key"] != sent[0]
    assert list(world.vendors.sales.values()) == [{"number": "1001b", "partner": "e1"}]


def test_a_creation_whose_outcome_is_unknown_keeps_its_key_for_the_next_version(world):
    world.entity("customer", "c-1", **ADA)
    world.deliver()
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.vendors.faults = [loses_the_answer]
    world.entity("order", "o-1", number="1001", status="paid", customer=pk)
    world.deliver()
    world.now += 61
    world.entity("order", "o-1", number="1001b")
    world.deliver()
    world.rest()
    assert list(world.vendors.sales.values()) == [{"number": "1001b", "partner": "e1"}]


def test_a_record_waits_until_its_customer_exists_there(world):
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", **ADA)
    world.entity("order", "o-1", number="1001", status="paid", customer=pk)
    assert "parked:waiting-for-customer" in world.deliver()
    assert world.vendors.sales == {}
    world.entity("customer", "c-1", stage="lead")
    world.rest()
    assert list(world.vendors.sales.values()) == [{"number": "1001", "partner": "e1"}]


def test_a_customer_that_the_destination_told_of_itself_is_there(world):
    own = world.record("erp.main", "partner", "e9", "c-1")
    world.entity("customer", "c-1", relay="never", records={own: ""}, **ADA)
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.entity("order", "o-1", number="1001", status="paid", customer=pk)
    world.deliver()
    assert list(world.vendors.sales.values()) == [{"number": "1001", "partner": "e9"}]


def test_an_order_of_nobody_waits(world):
    world.entity("order", "o-1", number="1001", status="paid")
    assert "parked:waiting-for-customer" in world.deliver()


LOST = Key("REC#lost#c-1", "REC")
"""The record that the first merged customer was named after."""


def test_what_was_created_is_told_to_unify_as_whose_it_is(known):
    assert tell(known) == "done"
    [event] = [Event.loads(stored.message.body) for stored in known.inbound.waiting]
    assert (event.source, event.resource, event.id, event.via) == ("crm.main", "contact", "c1", "written")
    assert event.record["email"] == "ada@correo.example"
    known.entity("customer", "c-1", relay="never", stage="customer")
    assert tell(known) == "done"
    assert len(known.inbound.waiting) == 1


def test_a_delivery_of_a_customer_who_was_merged_twice_comes_to_rest(world):
    """Found by the fleet (seed 325): sent again under its first id, it found another item."""
    for id in ("c-1", "c-2", "c-3"):
        world.entity("customer", id, relay="never", **ADA)
    world.merge("c-1", "c-2")
    world.vendors.faults = [loses_the_answer]
    assert tell(world) == "parked:timeout"
    world.merge("c-2", "c-3")
    first = world.store.read([LOST])[LOST]
    world.store.commit([Put(replace(first, data={**first.data, "root": "c-3"}))])
    world.rest()
    assert not [item for item in world.store.items() if item.agenda == keys.DUE]


def test_seed_2315_an_upsert_by_another_address_waits_until_the_one_on_its_way_has_landed(world):
    """Else it would not find that record, and there would be two."""
    ada(world)
    world.vendors.faults = [never_hears]
    assert tell(world) == "parked:timeout"
    ada(world, given_name="Augusta")
    assert tell(world) == "done", "by the same address it is one record, whichever lands first"
    world.entity("customer", "c-2", relay="never", email="eva@correo.example")
    world.vendors.faults = [never_hears]
    assert tell(world, id="c-2", customer="c-2") == "parked:timeout"
    world.entity("customer", "c-2", relay="never", email="eva@nuevo.example")
    assert tell(world, id="c-2", customer="c-2", epoch=2) == "parked:leased"
    world.rest()
    assert [one["email"] for one in world.vendors.contacts.values()] == [ADA["email"], "eva@nuevo.example"]


def test_seed_10568_a_creation_of_a_customer_merged_into_this_one_is_waited_for(world):
    """Else the search does not find its record yet, and there would be two."""
    ada(world)
    world.vendors.faults = [says(200, {"found": []}), says(200, {"found": []}), never_hears]
    assert tell(world, ERP) == "parked:timeout"
    world.entity("customer", "c-2", relay="never", **ADA)
    world.merge("c-1", "c-2")
    assert tell(world, ERP, id="c-2", customer="c-2") == "parked:leased"
    world.vendors.partners["e7"] = {"ref": "c-1", "email": ADA["email"]}  # it lands after all
    world.rest()
    assert list(world.vendors.partners) == ["e7"]
    assert world.state(ERP, "c-2")["remote"] == "e7"


def test_seed_2315_of_a_customer_merged_into_this_one(world):
    world.entity("customer", "c-1", relay="never", email="eva@correo.example")
    world.vendors.faults = [never_hears]
    assert tell(world) == "parked:timeout"
    world.entity("customer", "c-2", relay="never", **ADA)
    world.merge("c-1", "c-2")
    assert tell(world, id="c-2", customer="c-2") == "parked:leased"


def test_a_request_that_may_still_land_is_written_over_once_more_though_its_customer_was_merged(world):
    """The state of the one that stays is another item: it takes over what is not settled."""
    ada(world)
    assert tell(world) == "done"
    ada(world, stage="lead")
    world.vendors.faults = [never_hears]
    assert tell(world) == "parked:timeout"
    world.entity("customer", "c-2", relay="never", **ADA)
    world.merge("c-1", "c-2")
    assert tell(world, id="c-2", customer="c-2") == "done"
    assert world.state(CRM, "c-2")["state"] == "settling"
    world.rest()
    assert world.state(CRM, "c-2")["state"] == "ok"
