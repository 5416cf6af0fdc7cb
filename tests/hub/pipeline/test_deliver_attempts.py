"""What an attempt leaves behind when it wrote nothing, or nobody knows: the notes by which echoes are known,
the creation that is on its way, the id that a search found, and what that said."""

import pytest

from hub.messages import FOUND, WRITTEN, Event
from tests.hub.pipeline.delivering import ADA, CRM, ERP, FILES, World, project, tell
from tests.hub.pipeline.delivery_vendors import answer, loses_the_answer, never_hears, refuses, says

SALE = "erp.main.sale"


def creating(*faults):
    """Answers to the two searches that find nothing, and then these."""
    return [says(200, {"found": []}), says(200, {"found": []}), *faults]


@pytest.mark.parametrize("fault", [never_hears, says(500), says(429)])
def test_a_search_that_fails_is_no_write(known, fault):
    known.vendors.faults = [fault]
    assert tell(known, ERP).startswith("parked:")
    state = known.state(ERP, "c-1")
    assert "inflight" not in state
    assert "wrote" not in state


@pytest.mark.parametrize("fault", [says(429), says(401), says(401), says(422), refuses])
def test_a_write_that_was_refused_leaves_no_note(known, fault):
    """Seed 9519 of the fleet: the note made an echo of what a person wrote."""
    known.vendors.faults = [fault, fault]
    assert tell(known) != "done"
    assert "wrote" not in known.state(CRM, "c-1")
    assert "inflight" not in known.state(CRM, "c-1")


@pytest.mark.parametrize("fault", [never_hears, says(502)])
def test_a_write_that_a_gateway_or_nobody_answered_leaves_its_note(known, fault):
    known.vendors.faults = [fault]
    assert tell(known).startswith("parked:")
    assert known.state(CRM, "c-1")["wrote"]["email"]


def test_what_was_noted_before_a_refused_write_is_noted_still(known):
    assert tell(known) == "done"
    before = known.state(CRM, "c-1")
    known.entity("customer", "c-1", relay="never", stage="customer")
    known.vendors.faults = [says(429)]
    assert tell(known).startswith("parked:")
    state = known.state(CRM, "c-1")
    assert [state[name] for name in ("wrote", "landed", "remote")] == [
        before[name] for name in ("wrote", "landed", "remote")
    ]


def test_seed_15263_a_write_without_an_answer_is_known_still_when_the_next_one_is_answered(known):
    known.vendors.faults = [loses_the_answer]
    assert tell(known).startswith("parked:")
    sent = known.state(CRM, "c-1")["inflight"]["at"]
    known.now += 80
    assert tell(known) == "done"
    landed = known.state(CRM, "c-1")["landed"]
    assert [bool(when) for when in landed.values()] == [False, True]
    assert min(landed) == sent


@pytest.mark.parametrize("fault", [says(429), says(500), never_hears])
def test_seed_5985_a_failed_search_does_not_forget_the_creation_that_is_on_its_way(known, fault):
    known.vendors.faults = creating(loses_the_answer)
    assert tell(known, ERP).startswith("parked:")
    sent = known.state(ERP, "c-1")["inflight"]
    known.now += 80
    known.vendors.faults = [fault]
    assert tell(known, ERP).startswith("parked:")
    assert known.state(ERP, "c-1")["inflight"] == sent


def test_a_second_request_that_was_refused_leaves_the_first_on_its_way(known):
    known.vendors.faults = creating(loses_the_answer)
    tell(known, ERP)
    sent = known.state(ERP, "c-1")["inflight"]
    known.now += 80
    known.vendors.faults = creating(says(503))
    assert tell(known, ERP).startswith("parked:")
    assert known.state(ERP, "c-1")["inflight"] == sent


def test_the_id_that_a_search_found_is_known_although_the_update_was_not_answered(known):
    known.vendors.partners["e7"] = {"ref": "c-1"}
    known.vendors.faults = [says(200, {"found": [{"id": "e7"}]}), loses_the_answer]
    assert tell(known, ERP).startswith("parked:")
    assert known.state(ERP, "c-1")["remote"] == "e7"
    [event] = [Event.loads(stored.message.body) for stored in known.inbound.waiting]
    assert (event.id, event.via) == ("e7", "written")


def test_what_was_created_is_known_although_its_update_was_refused(world):
    world.entity("customer", "c-1", **ADA)
    world.deliver()
    pk = world.record("shop.co", "customer", "1", "c-1")
    world.vendors.faults = [loses_the_answer]
    world.entity("order", "o-1", number="1001", status="paid", customer=pk)
    world.deliver()
    world.now += 80
    world.entity("order", "o-1", number="1001b")
    world.vendors.faults = [lambda apply: apply(), says(429)]
    world.deliver()

    assert world.state(SALE, "o-1", "order")["remote"] == "e1"


# What a search finds.

TOLD = "2026-11-23T12:00:00.000000Z"
TIMED = FILES | {
    "connectors/erp.yaml": FILES["connectors/erp.yaml"].replace(
        "  partner:\n", "  partner:\n    version: updated\n"
    )
}


@pytest.fixture
def timed(tmp_path):
    """A world in which the ERP's records say since when they are as they are."""
    world = World(project(tmp_path, TIMED))
    world.entity("customer", "c-1", relay="never", **ADA)
    return world


def found(**record):
    return says(200, {"found": [{"id": "e7", **record}]})


def test_seed_8469_what_a_search_finds_is_heard_before_it_is_written_over(timed):
    timed.vendors.faults = [found(email="ada@correo.example", name="Augusta", updated=TOLD)]
    timed.vendors.partners["e7"] = {}
    assert tell(timed, ERP) == "done"
    whose, told = [Event.loads(stored.message.body) for stored in timed.inbound.waiting]
    assert (told.topic, told.id, told.at) == (f"{FOUND}partner", "e7", TOLD)
    assert (whose.topic, whose.id) == (f"{WRITTEN}partner", "e7")
    assert whose.group == told.group
    assert told.record["name"] == "Augusta"


@pytest.mark.parametrize(("ref", "left"), [("c-1", False), ("c-9", True), (None, True)])
def test_seed_8404_a_record_with_our_own_id_is_what_the_request_without_an_answer_made(timed, ref, left):
    """Then no other record can be: that of a person, made at the same time, is heard."""
    timed.vendors.faults = creating(loses_the_answer)
    assert tell(timed, ERP).startswith("parked:")
    timed.now += 80
    timed.vendors.partners["e7"] = {}
    timed.vendors.faults = [found(email="ada@correo.example", ref=ref, updated=TOLD)]
    assert tell(timed, ERP) == "done"
    assert ("stray" in timed.state(ERP, "c-1")) is left


def test_what_does_not_say_since_when_it_is_so_is_not_heard(timed):
    """It would tell of now what was before our write."""
    timed.vendors.faults = [found(email="ada@correo.example")]
    timed.vendors.partners["e7"] = {}
    assert tell(timed, ERP) == "done"
    [event] = [Event.loads(stored.message.body) for stored in timed.inbound.waiting]
    assert event.via == "written"


def test_another_record_than_the_one_that_is_updated_is_not_heard(timed):
    timed.vendors.partners["e8"] = {}
    answered = {"found": [{"id": "e8", "updated": TOLD}]}
    timed.vendors.faults = [lambda apply: answer(200, answered)]
    assert tell(timed, ERP) == "done"
    assert [Event.loads(one.message.body).id for one in timed.inbound.waiting] == ["e8", "e8"]
