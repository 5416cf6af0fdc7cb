"""What a delivery asks of AWS: a batch read, a transaction of intent and token, a write that closes it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from hub import keys
from hub.messages import Delivery, Event
from hub.pipeline.deliver import deliver
from hub.pipeline.deliver.ahead import Ahead
from hub.store import Item, Key, Put, Tally
from hub.store.memory import MemoryStore
from hub.times import to_epoch
from tests.hub.pipeline import two_way
from tests.hub.pipeline.delivering import CRM, ERP, World, connector, project

KEYS = [Key("A#1", "A"), Key("B#1", "B")]


class Asked(MemoryStore):
    """Notes what is asked of it."""

    def __init__(self, clock):
        super().__init__(clock)
        self.asked = []

    def read(self, keys):
        wanted = list(keys)
        self.asked.append(("read", len(wanted)))
        return super().read(wanted)

    def commit(self, writes):
        self.asked.append(("commit", len(writes)))
        super().commit(writes)

    def count(self, tally):
        self.asked.append(("count", 1))
        return super().count(tally)

    def page(self, *args, **named):
        self.asked.append(("page", 1))
        return super().page(*args, **named)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return project(tmp_path_factory.mktemp("two-way"), two_way.FILES)


@pytest.fixture
def asked(catalog):
    world = World(catalog)
    world.store = world.hub.store = Asked(world.clock)
    return world


def calls(world, destination, entity="customer", id="c-1", **more):
    """The calls that the delivery of the present version takes, and its result."""
    key = keys.root(entity, id)
    epoch = world.store.read([key])[key].version
    message = replace(Delivery(destination, entity, id, epoch, "c-1", "sync"), **more)
    world.store.asked.clear()
    result = deliver(world.hub, message)
    return result, [name for name, _ in world.store.asked]


def test_a_customer_who_is_written_takes_three_calls(asked):
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example")
    assert calls(asked, CRM) == ("done", ["read", "commit", "commit"])
    asked.now += 1
    asked.entity("customer", "c-1", relay="never", stage="lead")
    assert calls(asked, CRM) == ("done", ["read", "commit", "commit"])


def test_a_customer_whose_record_there_tells_of_itself_takes_three_calls_too(asked):
    own = asked.record("crm.main", "contact", "c9", "c-1", given_name="Ada")
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example", records={own: ""})
    asked.vendors.contacts["c9"] = {}
    assert calls(asked, CRM, record=own) == ("done", ["read", "commit", "commit"])
    assert asked.vendors.contacts["c9"]["email"] == "ada@correo.example"


def test_a_delivery_names_the_record_there_that_its_entity_is_made_of(files):
    """From the transaction of unify to the delivery."""
    world = two_way.known(files)
    world.shop.edit("shop1", phone="+573000000009")
    world.hear()
    while world.runner.unify() or world.runner.route():
        pass
    sent = [Delivery.loads(one.message.body) for one in world.hub.outbound.waiting]
    own = {one.destination: keys.told(one.record) for one in sent}
    assert {name: (told.destination, told.id) for name, told in own.items()} == {
        "crm.main.person": ("crm.main.person", "1"),
        "erp.main.person": ("erp.main.person", "erp1"),
        "shop.main.person": ("shop.main.person", "shop1"),
    }


def test_a_record_that_is_another_by_now_is_looked_for_where_the_entity_says(asked):
    """What was named when the delivery was sent is only what is read first."""
    old = asked.record("crm.main", "contact", "c8", "c-2", given_name="Eva")
    own = asked.record("crm.main", "contact", "c9", "c-1", given_name="Ada")
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example", records={own: ""})
    asked.vendors.contacts |= {"c8": {}, "c9": {}}
    assert calls(asked, CRM, record=old) == ("done", ["read", "read", "commit", "commit"])
    assert asked.vendors.contacts["c8"] == {}


def test_an_order_of_a_known_customer_takes_three_calls_too(asked):
    pk = asked.record("shop.co", "customer", "1", "c-1")
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example", records={pk: ""})
    assert calls(asked, ERP)[0] == "done"
    asked.now += 1
    asked.entity("order", "o-1", relay="never", number="1", status="paid", customer=pk)
    assert calls(asked, "erp.main.sale", "order", "o-1") == ("done", ["read", "commit", "commit"])


def test_what_there_is_nothing_to_do_about_takes_one_read(asked):
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example")
    calls(asked, CRM)
    assert calls(asked, CRM) == ("unchanged", ["read"])


def test_an_account_of_which_another_had_the_last_token_is_asked_again_and_the_intent_is_written_alone(asked):
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example")
    commit = asked.store.commit

    def meanwhile(writes):
        if len(writes) == 2:
            asked.store.asked.clear()
            MemoryStore.count(
                asked.store, Tally(keys.limit("crm.main"), put={"100 per 1s": asked.now + 0.01})
            )
        commit(writes)

    asked.store.commit = meanwhile
    result, took = calls(asked, CRM)
    assert (result, took) == ("done", ["commit", "count", "count", "commit", "commit"])


def test_what_was_read_ahead_is_answered_until_something_is_written():
    store = Asked(lambda: 0.0)
    store.commit([Put(Item(KEYS[0], "test", {"n": 1}))])
    ahead = Ahead(store, KEYS)
    store.asked.clear()
    assert (ahead.read(KEYS)[KEYS[0]].data, ahead.read(KEYS[1:])) == ({"n": 1}, {})
    assert store.asked == []
    assert ahead.read([*KEYS, Key("C#1", "C")]).keys() == {KEYS[0]}
    assert store.asked == [("read", 1)]
    store.commit([Put(Item(KEYS[0], "test", {"n": 2}, 1))])
    assert ahead.read(KEYS)[KEYS[0]].data == {"n": 1}
    ahead.commit([Put(Item(KEYS[1], "test", {"n": 3}))])
    assert [item.data["n"] for item in ahead.read(KEYS).values()] == [2, 3]


def test_numbers_that_were_changed_are_read_again():
    store = Asked(lambda: 0.0)
    ahead = Ahead(store, KEYS)
    ahead.count(Tally(KEYS[0], put={"n": 1}))
    assert ahead.read(KEYS)[KEYS[0]].data == {"n": 1.0}


def test_a_write_that_rests_on_what_is_old_by_now_is_refused(asked, monkeypatch):
    asked.entity("customer", "c-1", relay="never", email="ada@correo.example")
    deliver(asked.hub, Delivery(CRM, "customer", "c-1", 1, "c-1", "sync"))
    asked.entity("customer", "c-1", relay="never", stage="lead")
    inner = asked.store.read

    def read(wanted):
        found = inner(wanted)
        monkeypatch.setattr(asked.store, "read", inner)
        deliver(asked.hub, Delivery(CRM, "customer", "c-1", 2, "c-1", "sync"))
        return found

    monkeypatch.setattr(asked.store, "read", read)
    with pytest.raises(Exception, match="moved"):
        deliver(asked.hub, Delivery(CRM, "customer", "c-1", 2, "c-1", "sync"))
    assert asked.vendors.contacts["c1"]["stage"] == "lead"


# Lanes.

NOON = "2026-11-23T17:00:00.000000Z"


@pytest.mark.parametrize(
    ("via", "at", "lane"),
    [
        ("webhook", "2026-01-01T00:00:00.000000Z", ""),
        ("import", None, "backfill"),
        ("replay", NOON, "backfill"),
        ("poll", None, ""),
        ("poll", "2026-11-22T17:00:01.000000Z", ""),
        ("poll", "2026-11-22T16:59:59.000000Z", "backfill"),
    ],
)
def test_what_is_told_late_is_backfill(via, at, lane):
    event = Event("shop", "co", "order", "orders/create", "1", ("1",), NOON, at=at, via=via)
    assert event.lane == lane


def test_the_lane_of_an_event_is_that_of_its_deliveries(world):
    cause = {"event": "e", "source": "shop.co", "via": "import", "lane": "backfill"}
    image = world.entity("customer", "c-1", relay="never", email="ada@correo.example")
    world.route(replace(image, data={**image.data, "cause": cause}))
    sent = [Delivery.loads(stored.message.body) for stored in world.outbound.waiting]
    assert {delivery.lane for delivery in sent} == {"backfill"}


def test_backfill_is_parked_in_a_line_of_its_own_and_what_happens_now_gets_through(world):
    connector(world, "crm", "limit: [{bucket: 8, refill: 1 per 10s}]")
    for n in range(20):
        world.entity("customer", f"c-{n}", relay="never", email=f"ada{n}@correo.example")
    told = [Delivery(CRM, "customer", f"c-{n}", 1, f"c-{n}", "sync") for n in range(20)]
    late = [deliver(world.hub, replace(one, lane="backfill")) for one in told[:18]]
    assert late == ["done"] * 6 + ["parked:rate-limit"] * 12
    assert [deliver(world.hub, one) for one in told[18:]] == ["done"] * 2
    turns = [to_epoch(world.item(CRM, f"c-{n}").at) - world.now for n in range(6, 18)]
    gaps = [later - earlier for earlier, later in pairwise(turns)]
    assert all(9 < gap < 10 for gap in gaps)
    world.rest()
    assert len(world.vendors.contacts) == 20
