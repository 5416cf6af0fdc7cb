"""Two records of a destination whose customers turn out to be one, and come apart again."""

from dataclasses import replace

import pytest

from hub import keys
from hub.catalog import Catalog
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.store import Put
from hub.times import from_epoch
from tests.hub.pipeline.delivering import ADA, FILES, World
from tests.hub.pipeline.delivery_vendors import answer, never_hears, says

NAME = "crm.main.contact"
MERGE = '    merge: {request: POST /merge, body: {stays: "{id}", goes: "{other}"}, id: id}\n'
ARCHIVE = '    archive: {request: "POST /archive/{id}"}\n'
RESTORE = '    restore: {request: "POST /restore/{id}"}\n'


@pytest.fixture
def project(tmp_path):
    """Makes a world whose CRM has these calls beside its usual ones."""

    def made(*calls):
        for name, text in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                text + "".join(calls) if name == "connectors/crm.yaml" else text, encoding="utf-8"
            )
        world = World(Catalog.read(tmp_path))
        world.vendors.contacts |= {"c7": {"email": "ada@correo.example"}, "c8": {"email": "ada@work.example"}}
        first = world.record("crm.main", "contact", "c7", "c-1", email="ada@correo.example")
        second = world.record("crm.main", "contact", "c8", "c-2", email="ada@work.example")
        world.entity("customer", "c-1", relay="never", records={first: ""}, **ADA)
        world.entity("customer", "c-2", relay="never", records={second: ""}, email="ada@work.example")
        tell(world, "c-1")
        tell(world, "c-2")
        world.merge("c-2", "c-1")
        world.entity(
            "customer", "c-1", relay="never", records={first: "", second: ""}, email="ada@work.example"
        )
        world.now += 60
        world.vendors.asked.clear()
        return world

    return made


def tell(world, id="c-1", **more):
    return deliver(world.hub, Delivery(NAME, "customer", id, 1, id, "sync", **more))


def asked(world):
    return [(method, url.removeprefix("https://crm.example")) for method, url, _ in world.vendors.asked]


def receipt(world, id="c8", of="c-1"):
    return world.state(NAME, of)["superseded"][id][0]


def unmerge(world):
    """c-2 is a customer of its own again."""
    first, second = (keys.record("crm", "main", "contact", id).pk for id in ("c7", "c8"))
    world.entity("customer", "c-1", relay="never", records={first: ""}, absorbed=[])
    fields = {"email": "ada@work.example", "given_name": "Eva"}
    world.entity("customer", "c-2", relay="never", records={second: ""}, **fields)
    key = keys.root("customer", "c-2")
    root = world.store.read([key])[key]
    world.store.commit([Put(replace(root, data={**root.data, "origin": "c-1"}))])
    world.now += 60
    world.vendors.asked.clear()


def test_the_other_record_is_merged_there_before_the_one_that_stays_is_written(project):
    world = project(MERGE)
    world.vendors.faults = [lambda apply: answer(200, {"id": "c7"})]
    assert tell(world) == "done"
    assert asked(world) == [("POST", "/merge"), ("PATCH", "/contacts/c7")]
    assert world.vendors.asked[0][2] == {"stays": "c7", "goes": "c8"}
    assert receipt(world) == "merged"


def test_it_is_merged_once(project):
    world = project(MERGE)
    world.vendors.faults = [lambda apply: answer(200, {"id": "c7"})]
    tell(world)
    world.entity("customer", "c-1", relay="never", given_name="Augusta")
    world.vendors.asked.clear()
    tell(world)
    assert asked(world) == [("PATCH", "/contacts/c7")]


def test_a_merge_that_gives_the_record_another_id_is_followed(project):
    world = project(MERGE)
    world.vendors.contacts["c9"] = {}
    world.vendors.faults = [lambda apply: answer(200, {"id": "c9"})]
    assert tell(world) == "done"
    assert world.state(NAME, "c-1")["remote"] == "c9"


def test_a_merge_whose_answer_is_lost_goes_on_where_it_was(project):
    world = project(MERGE)
    world.vendors.faults = [never_hears]
    assert tell(world).startswith("parked")
    world.vendors.faults = [says(404)]
    world.rest()
    assert receipt(world) == "gone"
    assert world.state(NAME, "c-1")["state"] == "ok"


def test_after_a_crash_between_merge_and_write_only_the_write_is_done(project):
    world = project(MERGE)
    world.vendors.faults = [lambda apply: answer(200, {"id": "c7"}), says(503)]
    assert tell(world).startswith("parked")
    world.vendors.asked.clear()
    world.rest()
    assert ("POST", "/merge") not in asked(world)
    assert world.state(NAME, "c-1")["state"] == "ok"


def test_a_merge_that_is_refused_is_for_a_person_and_the_write_is_done(project):
    world = project(MERGE)
    world.vendors.faults = [says(400)]
    assert tell(world) == "done"
    state = world.state(NAME, "c-1")
    assert (state["state"], state["reason"]) == ("by-hand", "two-records")
    assert "c8" in state["task"]
    assert world.item(NAME, "c-1").agenda == keys.PARKED


def test_where_nothing_can_be_merged_the_other_record_is_put_away(project):
    world = project(ARCHIVE)
    world.vendors.faults = [lambda apply: answer(200, {})]
    assert tell(world) == "done"
    assert asked(world) == [("POST", "/archive/c8"), ("PATCH", "/contacts/c7")]
    assert receipt(world) == "archived"


def test_where_nothing_can_be_done_a_person_is_asked_and_says_with_a_replay_that_it_is_done(project):
    world = project()
    assert tell(world) == "done"
    assert world.state(NAME, "c-1")["state"] == "by-hand"
    assert tell(world) == "unchanged"
    assert tell(world, replay="2026-11-24T00:00:00.000000Z-1") == "done"
    assert world.state(NAME, "c-1")["state"] == "ok"
    assert receipt(world) == "done-by-hand"


def put_away_and_unmerged(world):
    """The second record is archived with the merge, which is then undone; the vendor answers again."""
    world.vendors.faults = [lambda apply: answer(200, {})]
    tell(world)
    unmerge(world)
    world.vendors.faults = [lambda apply: answer(200, {})]


def test_a_record_that_was_put_away_is_taken_out_again_after_an_unmerge(project):
    world = project(ARCHIVE, RESTORE)
    put_away_and_unmerged(world)
    assert tell(world, "c-2") == "done"
    assert asked(world) == [("POST", "/restore/c8"), ("PATCH", "/contacts/c8")]
    assert receipt(world, of="c-2") == "restored"


def test_a_request_without_an_outcome_from_before_the_merge_keeps_nobody_from_being_written(project):
    """What was noted of the record went with it; that the request may land did not."""
    world = project(ARCHIVE, RESTORE)
    lost = world.item(NAME, "c-2")
    begun = {"inflight": {"epoch": 1, "first": 1, "at": from_epoch(world.now)}}
    world.store.commit([Put(replace(lost, data={**lost.data, **begun}))])
    put_away_and_unmerged(world)
    assert tell(world, "c-2") == "done"
    assert asked(world) == [("POST", "/restore/c8"), ("PATCH", "/contacts/c8")]


def test_what_was_merged_there_is_never_written_as_if_it_were_another_record(project):
    world = project(MERGE)
    world.vendors.faults = [lambda apply: answer(200, {"id": "c7"})]
    tell(world)
    unmerge(world)
    assert tell(world, "c-2") == "parked:by-hand"
    assert asked(world) == []
    state = world.state(NAME, "c-2")
    assert (state["state"], state["reason"]) == ("by-hand", "merged-there")
    assert "make one for this customer" in state["task"]


def test_after_a_person_took_them_apart_a_replay_writes_the_new_record(project):
    world = project(MERGE)
    world.vendors.faults = [lambda apply: answer(200, {"id": "c7"})]
    tell(world)
    unmerge(world)
    tell(world, "c-2")
    world.vendors.contacts = {"c7": {"email": "ada@correo.example"}, "c9": {"email": "ada@work.example"}}
    assert tell(world, "c-2", replay="2026-11-24T00:00:00.000000Z-1") == "done"
    assert world.state(NAME, "c-2")["remote"] == "c9"


def test_without_a_call_that_restores_a_person_takes_it_out_of_the_archive(project):
    world = project(ARCHIVE)
    world.vendors.faults = [lambda apply: answer(200, {})]
    tell(world)
    unmerge(world)
    assert tell(world, "c-2") == "parked:by-hand"
    assert "restore c8" in world.state(NAME, "c-2")["task"]
