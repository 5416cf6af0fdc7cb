"""A destination that does not find a record of ours any more says that it was deleted there."""

import pytest

from hub import keys
from hub.golden import DELETED
from hub.messages import GONE
from hub.pipeline.deliver.calls import RECORDS_GONE
from hub.queues import MemoryQueue
from hub.store import Put
from tests.hub.pipeline.delivering import CRM, World, project, tell
from tests.hub.pipeline.delivery_vendors import Crash, answer, says
from tests.hub.pipeline.two_way import FILES, NAMES, SYSTEMS, known

WITH_GET = {
    "connectors/crm.yaml": FILES["connectors/crm.yaml"].replace(
        "    id: text(id)\n", '    id: text(id)\n    get: {request: "GET /people/{id}"}\n'
    )
}
ONLY_UPDATES = {
    "connectors/crm.yaml": "\n".join(
        line
        for line in FILES["connectors/crm.yaml"].splitlines()
        if not line.strip().startswith(("find:", "- {request: POST /search", "create:"))
    )
}
WRONG_PORTAL = {
    "connectors/crm.yaml": FILES["connectors/crm.yaml"].replace(
        "resources:\n",
        "responses: [{if: \"body.error == 'no such portal'\", then: pause}]\nresources:\n",
    )
}


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory):
    told = {"plain": {}, "get": WITH_GET, "only updates": ONLY_UPDATES, "wrong portal": WRONG_PORTAL}
    return {name: project(tmp_path_factory.mktemp("gone"), {**FILES, **own}) for name, own in told.items()}


def told_elsewhere(catalog):
    """A world in which the shop says all that the CRM does but the stage."""
    world = known(catalog)
    world.shop.edit("shop1", email="ada@nuevo.example", given_name="Augusta", phone="+573000000001")
    world.settle().later(3600)
    return world


@pytest.fixture
def bare(catalog):
    """A deployment in which nobody has told anything yet."""
    return World(catalog)


@pytest.fixture
def world(catalogs):
    return told_elsewhere(catalogs["plain"])


def agree(world):
    """Whether every system has what the hub has, but for what nobody tells any more."""
    return all(
        world.person(system)[name] == world.golden[name]
        for system in SYSTEMS
        for name in NAMES
        if world.golden[name] is not None
    )


def record(world, id="1"):
    """What the hub holds of a contact of the CRM."""
    key = keys.record("crm", "main", "person", id)
    return world.store.read([key])[key].data


def is_deleted(world, id="1"):
    return DELETED in record(world, id)["registers"]


def entries(world):
    """The timeline's entries that say of a record that it is gone."""
    return [i for i in world.store.items() if i.data.get("topic", "").startswith(GONE) and "facts" in i.data]


def lost(world):
    """A contact is deleted in the CRM, which tells nobody; then somebody changes the customer elsewhere."""
    world.crm.lose("1")
    world.shop.edit("shop1", phone="+573000000009")
    return world


def search(apply):
    """A request that goes well."""
    return apply()


def parked(world):
    return [item.data for item in world.store.items() if item.agenda == keys.PARKED]


@pytest.mark.parametrize("files", ["plain", "get"])
def test_a_record_that_an_update_does_not_find_is_deleted_as_if_its_webhook_had_said_so(catalogs, files):
    world = told_elsewhere(catalogs[files])
    lost(world).settle()
    assert is_deleted(world)
    assert len(entries(world)) == 1
    assert agree(world)
    assert parked(world) == []
    assert world.delivery("crm")["remote"] != "1"


def test_what_was_written_to_it_is_known_still_and_what_it_did_not_take_is_not(world):
    before = world.delivery("crm")
    lost(world).settle()
    left = world.delivery("crm")["left"]
    assert left == {name: before[name] for name in ("remote", "wrote", "landed", "seen")}


def test_what_only_that_record_told_is_golden_no_longer(world):
    assert world.golden["stage"] == "lead"
    lost(world).settle()
    assert world.golden["stage"] is None
    assert world.golden["given_name"] == "Augusta"
    assert world.golden["phone"] == "+573000000009"
    assert world.person("crm")["stage"] == "lead", "what was written stays until somebody says otherwise"


def test_the_delivery_that_follows_at_once_knows_one_record_there(world):
    """Unify has not heard yet that the other one is gone."""
    lost(world)
    world.hear()
    world.runner.run()
    inbound, world.hub.inbound = world.hub.inbound, MemoryQueue(world.clock)
    world.shop.edit("shop1", phone="+573000000010")
    world.settle()
    assert world.delivery("crm")["state"] == "ok"
    world.hub.inbound = inbound
    world.settle()
    assert agree(world)
    assert parked(world) == []


def test_a_death_before_the_delivery_is_closed_tells_it_once(world, monkeypatch):
    lost(world)
    world.hear()
    commit, dead = world.store.commit, []

    def dies(writes):
        closes = [w for w in writes if isinstance(w, Put) and w.item.data.get("state") == "ok"]
        if not dead and any("crm" in w.item.key.pk for w in closes):
            dead.append(True)
            raise Crash
        commit(writes)

    monkeypatch.setattr(world.store, "commit", dies)
    with pytest.raises(Crash):
        world.runner.run()
    world.runner.recover()
    world.settle()
    assert dead == [True]
    assert len(entries(world)) == 1
    assert (agree(world), is_deleted(world), parked(world)) == (True, True, [])


def test_a_record_that_may_not_be_written_but_can_be_read_is_not_deleted(catalogs):
    world = told_elsewhere(catalogs["get"])
    world.shop.edit("shop1", phone="+573000000009")
    world.crm.faults = [says(404), says(422), says(422)]
    world.settle()
    assert not is_deleted(world)
    assert world.golden["stage"] == "lead"


def test_a_404_that_the_connector_takes_for_something_else_is_no_word_on_a_record(catalogs):
    world = told_elsewhere(catalogs["wrong portal"])
    world.shop.edit("shop1", phone="+573000000009")
    world.crm.faults = [lambda _: answer(404, {"error": "no such portal"})]
    world.hear()
    world.runner.run()
    key = keys.account("crm.main")
    assert world.store.read([key])[key].data["paused"]
    assert not is_deleted(world)
    assert len(world.crm.people) == 1


def test_a_search_that_fails_is_no_word_yet(world):
    lost(world)
    world.crm.faults = [says(404), says(500)]
    world.hear()
    world.runner.run()
    assert not is_deleted(world)
    world.settle()
    assert is_deleted(world)
    assert agree(world)


def test_a_record_that_is_found_again_by_its_search_is_not_deleted(world):
    world.shop.edit("shop1", phone="+573000000009")
    world.crm.faults = [says(404)]
    world.settle()
    assert not is_deleted(world)
    assert world.delivery("crm")["remote"] == "1"
    assert agree(world)


def test_an_address_at_which_nothing_is_says_nothing_of_a_record(world):
    """As where somebody has switched off the vendor's own API: searching and creating find nothing, too."""
    world.shop.edit("shop1", phone="+573000000009")
    world.crm.faults = [says(404)] * 3
    world.settle()
    assert [one["reason"] for one in parked(world)] == ["missing"]
    assert not is_deleted(world)
    assert world.golden["stage"] == "lead"


def test_where_nothing_can_be_updated_or_found_or_created_nothing_is_said_of_the_record(catalogs):
    world = told_elsewhere(catalogs["plain"])
    world.hub.catalog = catalogs["only updates"]
    lost(world).settle()
    assert [one["reason"] for one in parked(world)] == ["nothing-to-write-with"]
    assert not is_deleted(world)


def test_where_nothing_can_be_created_instead_the_delivery_is_parked_and_the_record_is_deleted(world):
    lost(world)
    world.crm.faults = [says(404), search, says(422), search, says(422)]
    world.settle()
    assert is_deleted(world)
    assert [one["state"] for one in parked(world)] == ["rejected"]
    world.shop.edit("shop1", phone="+573000000010")
    world.settle()
    assert agree(world)
    assert len(entries(world)) == 1
    assert parked(world) == []


# Five in a row: the key may be another account's.


def lose_all(world):
    """Seven customers whom the CRM has, and who change when it has none of them any more."""
    for number in range(1, 8):
        world.entity("customer", f"c-{number}", relay="never", email=f"ada{number}@correo.example")
        assert told_of(world, number) == "done"
    world.vendors.contacts.clear()
    for number in range(1, 8):
        world.entity("customer", f"c-{number}", relay="never", stage="customer")


def told_of(world, *numbers):
    results = [tell(world, id=f"c-{number}", customer=f"c-{number}", epoch=9) for number in numbers]
    return results if len(numbers) > 1 else results[0]


def test_of_records_that_are_gone_in_a_row_the_fifth_pauses_the_account_and_none_is_made_in_its_place(bare):
    lose_all(bare)
    assert told_of(bare, 1, 2, 3, 4, 5, 6) == [*["done"] * 4, f"parked:{RECORDS_GONE}", "parked:paused"]
    assert len(bare.vendors.contacts) == 4
    assert bare.state(CRM, "c-5")["remote"] == "c5"
    key = keys.account("crm.main")
    held = bare.store.read([key])[key].data
    assert (held["paused"], held["reason"]) == (True, RECORDS_GONE)


def test_who_resumes_the_account_says_that_they_are_gone(bare):
    lose_all(bare)
    told_of(bare, 1, 2, 3, 4, 5)
    bare.switch("crm.main", paused=False)
    assert told_of(bare, 5, 6, 7) == ["done"] * 3


def test_a_record_that_is_found_ends_the_row(bare):
    lose_all(bare)
    bare.vendors.contacts["c4"] = {"email": "ada4@correo.example"}
    assert told_of(bare, 1, 2, 3, 4, 5, 6, 7) == ["done"] * 7
