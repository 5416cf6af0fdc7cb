"""One test for each failure of other products (the delivering half) that this hub must not have.

The half that is about who is who is in tests/identity/test_failures_of_peers.py.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import keys
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.store.memory import MemoryStore
from tests.hub.pipeline.delivering import CRM, ada, project, tell
from tests.hub.pipeline.delivery_vendors import loses_the_answer, says
from tests.hub.pipeline.two_way import FILES, known

TEXT = st.text(alphabet="ab#%", min_size=1, max_size=4)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return project(tmp_path_factory.mktemp("peers"), FILES)


def test_f01_two_people_behind_one_shared_phone_stay_two_records_at_every_destination(files):
    world = known(files)
    world.crm.edit("2", email="eva@correo.example", given_name="Eva", phone="+573105550147")
    world.settle()
    emails = {
        name: sorted(p["email"] for p in system.people.values()) for name, system in world.systems.items()
    }
    assert set(map(tuple, emails.values())) == {("ada@correo.example", "eva@correo.example")}


def test_f14_a_change_goes_round_no_circle_between_systems_that_tell_our_own_writes_back(files):
    world = known(files)
    world.shop.edit("shop1", given_name="Augusta")
    world.settle(twice=1.0, shuffled=True).later(86_400)
    for system, id in ((world.crm, "1"), (world.erp, "erp1"), (world.shop, "shop1")):
        system.tell_again(id)  # something that we do not map: the whole record is told once more
    world.settle()
    assert world.writes == 2
    assert world.equal


def test_f14_a_circle_that_systems_make_among_themselves_is_broken(files):
    world = known(files)
    world.crm.reacts = lambda record: {"phone": "+573000000001"} if record["phone"] != "+573000000001" else {}
    world.erp.reacts = lambda record: {"phone": "+573000000002"} if record["phone"] != "+573000000002" else {}
    world.shop.edit("shop1", phone="+573000000003")
    world.settle()
    assert "looping" in (world.delivery("crm")["state"], world.delivery("erp")["state"])
    assert world.writes < 40


@pytest.mark.parametrize("fault", [says(503), says(429), loses_the_answer])
def test_f16_a_retry_has_the_id_of_the_first_attempt(world, fault):
    shopper = world.record("shop.co", "customer", "1", "c-1")
    world.entity("customer", "c-1", relay="never", email="ada@correo.example")
    world.entity("order", "o-1", status="paid", number="1001", customer=shopper)
    world.vendors.faults = [fault, fault]
    world.deliver()
    world.rest()
    ids = [body["unique_id"] for _, url, body in world.vendors.asked if url.endswith("/events")]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert len(world.vendors.events) == 1


@given(st.lists(TEXT, min_size=3, max_size=3), st.lists(TEXT, min_size=3, max_size=3))
def test_f17_no_two_deliveries_have_one_key(one, other):
    def of(parts):
        made = Delivery(parts[0], "customer", parts[1], 1, "", parts[2], trigger="t")
        act = Delivery(parts[0], "customer", "c", 1, "", parts[1], trigger=parts[2])
        state = keys.delivery(parts[0], parts[1], parts[2])
        return made.dedup, keys.act(act), state, made.group if parts[0] else ""

    if one != other:
        mine, theirs = of(one), of(other)
        assert all(a != b for a, b in zip(mine[:3], theirs[:3], strict=True))


def test_f17_two_workers_with_one_act_send_one_message(world):
    world.entity("customer", "c-1", relay="never", phone="+573105550147")
    world.entity("message", "m-1", relay="never", name="answer", text="hello", customer="")
    act = Delivery("chat.main.message", "message", "m-1", 1, "c-1", "answer", trigger="m-1")

    def meanwhile(apply):
        with pytest.raises(RetryError):
            other = replace(act)
            raise RetryError(deliver(world.hub, other))
        return apply()

    world.vendors.faults = [meanwhile]
    with pytest.raises(RetryError):
        deliver(world.hub, act)
    assert len(world.vendors.messages) == 1


class Forgetful(MemoryStore):
    """A table that fails the next writes that close a delivery."""

    failures = 0

    def commit(self, writes):
        if self.failures and any(_closes(write) for write in writes):
            self.failures -= 1
            raise RetryError("store")
        super().commit(writes)


def _closes(write):
    item = getattr(write, "item", None)
    closed = ("ok", "done", "settling")
    return item is not None and item.kind in ("delivery", "act") and item.data["state"] in closed


def forgetful(world, failures):
    store = Forgetful(world.clock)
    store.__dict__.update(world.store.__dict__)
    store.failures = failures
    world.store = world.hub.__dict__["store"] = store


def test_f18_bookkeeping_that_fails_after_the_write_makes_no_storm_of_writes(world):
    ada(world)
    world.outbound.waiting.clear()
    forgetful(world, 3)
    for _ in range(3):
        with pytest.raises(RetryError):
            tell(world)
    assert tell(world) in ("done", "unchanged")
    world.rest()
    assert len(world.vendors.contacts) == 1
    assert world.state(CRM, "c-1")["state"] == "ok"
    written = len(world.vendors.writes)
    assert written <= 5
    for _ in range(5):
        tell(world)
    assert len(world.vendors.writes) == written


def test_f18_a_message_whose_bookkeeping_fails_is_sent_once(world):
    world.entity("customer", "c-1", relay="never", phone="+573105550147")
    world.entity("message", "m-1", relay="never", name="answer", text="hello", customer="")
    act = Delivery("chat.main.message", "message", "m-1", 1, "c-1", "answer", trigger="m-1")
    forgetful(world, 2)
    with pytest.raises(RetryError):
        deliver(world.hub, act)
    assert deliver(world.hub, act) == "parked:held"
    assert len(world.vendors.messages) == 1
