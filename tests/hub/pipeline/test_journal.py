"""The journal of a delivery, and the list on which each delivery is found."""

import json
from dataclasses import replace

import pytest

from hub import keys
from hub.errors import RetryError
from hub.messages import Event, dumps
from hub.pipeline.deliver import journal
from hub.pipeline.deliver.journal import Attempt
from hub.store import Conflict, Tally
from tests.hub.pipeline.delivering import ADA, CRM, ERP, ada, tell
from tests.hub.pipeline.delivery_vendors import loses_the_answer, refuses, says


def log(world, destination=CRM):
    return world.state(destination, "c-1")["log"]


def slow(seconds, world):
    """A vendor that takes its time."""

    def answer(apply):
        world.now += seconds
        return apply()

    return answer


def test_an_attempt_notes_each_call_with_its_status_and_how_long_it_took(known):
    known.vendors.faults = [slow(0.25, known)]
    tell(known, ERP)
    [attempt] = log(known, ERP)
    assert attempt["result"] == "ok"
    assert attempt["calls"] == [["find", 200, 250], ["find", 200, 0], ["create", 201, 0]]
    assert (attempt["epoch"], attempt["flow"]) == (1, "sync")


def test_an_attempt_is_one_entry_although_its_intent_was_written_before(known):
    tell(known)
    assert [entry["result"] for entry in log(known)] == ["ok"]


def test_a_crash_after_the_intent_leaves_its_entry_and_the_next_attempt_another(known):
    def crash(apply):
        raise KeyboardInterrupt

    known.vendors.faults = [crash]
    with pytest.raises(KeyboardInterrupt):
        tell(known)
    known.now += 700
    tell(known)
    assert [entry["result"] for entry in log(known)] == ["sending", "ok"]


@pytest.mark.parametrize(
    ("fault", "call", "reason"),
    [
        (refuses, ["upsert", "-"], "connection"),
        (loses_the_answer, ["upsert", "-"], "timeout"),
        (says(503), ["upsert", 503], "status-503"),
    ],
)
def test_an_attempt_that_failed_says_why_and_what_came_of_its_calls(known, fault, call, reason):
    known.vendors.faults = [fault]
    tell(known)
    [attempt] = log(known)
    assert (attempt["result"], attempt["reason"], attempt["calls"][0][:2]) == ("due", reason, call)


def test_the_event_that_caused_it_is_named_by_its_mark(world):
    event = Event("shop", "co", "customer", "t", "1", ("e-1",), "2026-11-23T17:00:00.000000Z")
    image = world.entity("customer", "c-1", relay="never", **ADA)
    world.route(replace(image, data={**image.data, "cause": {"event": event.mark}}))
    world.deliver()
    assert log(world)[-1]["cause"] == event.mark


def test_what_a_wait_led_to_names_the_event_that_began_it(shopper):
    [act] = shopper.acts()
    assert act.data["log"][-1]["cause"] == "e0" * 8


@pytest.fixture
def shopper(world):
    """A cart that was left, and its reminder."""
    world.entity("customer", "c-1", relay="never", **ADA, phone="+573105550147")
    world.consent("email", "marketing", "email", ADA["email"])
    pk = world.record("shop.co", "customer", "1", "c-1", email=ADA["email"])
    world.entity("cart", "k-1", status="open", created_at="2026-11-23T16:00:00.000000Z", customer=pk)
    world.later(3700)
    acts = [item for item in world.acts() if item.data["state"] == "done"]
    world.acts = lambda: acts
    return world


def test_no_attempt_is_lost_where_others_took_a_token_in_the_same_moment(known, monkeypatch):
    known.vendors.faults = [says(422), says(404)]
    tell(known)
    crowded(known, monkeypatch)
    for number in range(3):
        known.now += 61
        tell(known, replay=f"2026-11-23T17:00:0{number}.000000Z-00000000")
    statuses = [call[1] for entry in log(known) for call in entry["calls"]]
    assert statuses[:2] == [422, 404]
    assert [entry["result"] for entry in log(known)][-1] == "ok"


def test_no_attempt_is_lost_where_one_waits_for_its_turn_after_that(known, monkeypatch):
    known.vendors.faults = [says(422)]
    tell(known)
    crowded(known, monkeypatch)
    known.now += 61
    monkeypatch.setattr("hub.pipeline.outlet.Outlet.admit", busy)
    tell(known, replay="2026-11-23T17:00:09.000000Z-00000000")
    assert [entry["reason"] for entry in log(known)] == ["status-422", "rate-limit"]


def busy(outlet, call, patience=0.0):
    raise RetryError("rate-limit", after=1.0)


def crowded(world, monkeypatch):
    """Whoever writes a state with numbers is refused: somebody else has just changed those."""
    commit = world.store.commit

    def refused(writes):
        numbers = [write.key for write in writes if isinstance(write, Tally)]
        if numbers and len(writes) > 1:
            raise Conflict(numbers)
        commit(writes)

    monkeypatch.setattr(world.store, "commit", refused)


def test_what_only_waited_goes_before_what_asked_the_vendor(known):
    entries = {}
    for number in range(40):
        called = number in (2, 11)
        attempt = Attempt(float(number), [["create", 422, 1]] if called else [])
        entries["log"] = attempt.note(entries, "rejected" if called else "due", f"r-{number}", Delivery_())
    kept = entries["log"]
    assert [entry["calls"][0][1] for entry in kept if "calls" in entry] == [422, 422]
    assert kept[0]["earlier"] + len(kept) == 40
    assert len(dumps(kept)) <= journal.BYTES


def test_waiting_again_for_the_same_is_counted_and_pushes_nothing_out(known):
    known.vendors.faults = [says(503)]
    tell(known)
    known.switch("crm.main", paused=True)
    for _ in range(30):
        known.later(400)
    failed, waited = log(known)
    assert (failed["reason"], waited["reason"]) == ("status-503", "paused")
    assert waited["times"] >= 29
    assert waited["first"] < waited["at"]


def test_the_journal_and_with_it_the_item_stay_small(known):
    known.vendors.faults = [fault for _ in range(40) for fault in (says(503), refuses)]
    for _ in range(40):
        tell(known, ERP, replay=f"2026-11-23T17:00:00.000000Z-{known.now:08.0f}"[:36])
        known.now += 61
    entries = log(known, ERP)
    assert 2 <= len(entries) <= journal.MOST
    assert len(dumps(entries)) <= journal.BYTES
    assert entries[-1]["at"] > entries[0]["at"]
    assert len(dumps(known.state(ERP, "c-1"))) < 3_000


def test_an_attempt_of_many_calls_keeps_its_last_ones():
    attempt = Attempt(0.0, [["find", 200, n] for n in range(50)])
    [entry] = attempt.note({}, "ok", None, Delivery_())
    assert [call[2] for call in entry["calls"]] == list(range(42, 50))


class Delivery_:  # noqa: N801
    """What an attempt reads of a delivery."""

    epoch, flow, cause, replay = 1, "sync", "", None


def test_the_journal_holds_no_value_of_the_person_and_no_address(known):
    known.vendors.faults = [says(422, {"error": "ada@correo.example is not valid"})]
    tell(known)
    said = json.dumps(log(known))
    for value in (*ADA.values(), "https://", "crm.example"):
        assert value not in said


# The lists.


def test_every_delivery_is_on_a_list_in_whatever_state(world):
    ada(world)
    assert {item.agenda for item in deliveries(world)} == set()
    world.vendors.faults = [says(422), refuses]
    world.deliver()
    assert {item.agenda for item in deliveries(world)} == {keys.PARKED, keys.DUE}
    world.rest()
    tell(world, replay="r1")
    done = world.store.agenda(keys.done(CRM)).items
    assert [item.data["state"] for item in done] == ["ok"]
    assert all(item.agenda and item.at for item in deliveries(world))


def test_dry_runs_and_what_was_skipped_are_found_by_destination_and_time(known):
    known.switch("crm.main", dry_run=True)
    tell(known)
    [item] = known.store.agenda(keys.done(CRM)).items
    assert item.data["state"] == "dry-run"
    assert item.at == log(known)[-1]["at"]


def deliveries(world):
    return [item for item in world.store.items() if item.kind in ("delivery", "act")]
