"""Deliveries that wait go together where a vendor takes several in one request: each as if it went alone."""

from dataclasses import replace

import pytest

from hub import keys
from hub.messages import BACKFILL, Delivery
from hub.pipeline.deliver import carry, deliver, together
from hub.pipeline.deliver.crowd import BEGINS, Crowd
from hub.pipeline.sweep import sweep
from hub.store import Tally
from hub.times import to_epoch
from tests.hub.pipeline.delivering import CRM, FILES, project
from tests.hub.pipeline.delivery_vendors import answer, loses_the_answer, never_hears, says

MOST = 8
BULK = f"""
        request: POST /contacts/batch
        at:      inputs
        max:     {MOST}
        name:    trace
        results: {{at: done, name: trace}}
        errors:  {{at: failed, name: context.trace}}
"""
CONNECTOR = f"""
base_url: https://crm.example
auth: {{bearer: token}}
limit: [100 per 1s]
responses:
  - {{if: "status == `207`", then: reject}}
resources:
  contact:
    id: text(id)
    upsert:
      request: POST /contacts
      body: {{match: "email:{{record.email}}", record: "{{record}}"}}
      id: id
      bulk:
        body: {{inputs: [{{trace: "{{key}}", match: "{{record.email}}", record: "{{record}}"}}]}}
        once: lower(match)
{BULK}
    update:
      request: "PATCH /contacts/{{id}}"
      body: {{record: "{{record}}"}}
      id: id
      bulk:
        body: {{inputs: [{{trace: "{{key}}", id: "{{id}}", record: "{{record}}"}}]}}
        once: id
{BULK}
"""


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    files = {
        **FILES,
        "connectors/crm.yaml": CONNECTOR,
        "flows/sync.yaml": "on: customer\nsend: [crm.contact]\n",
    }
    return project(tmp_path_factory.mktemp("bulk"), files)


def email(n):
    return f"ada{n}@correo.example"


def waiting(world, count, start=0, **fields):
    """So many customers whose deliveries wait, because the account is paused: then it is resumed."""
    world.switch("crm.main", paused=True)
    for n in range(start, start + count):
        world.entity("customer", f"c-{n}", **{"email": email(n), "given_name": f"Ada {n}", **fields})
    assert set(world.deliver()) == {"parked:paused"}
    world.switch("crm.main", paused=False)
    world.vendors.asked.clear()


def batches(world):
    """How many records each request for several held."""
    return [len(body["inputs"]) for _, url, body in world.vendors.asked if url.endswith("/batch")]


def singles(world):
    return [url for _, url, _ in world.vendors.asked if not url.endswith("/batch")]


def states(world, count):
    return [world.state(CRM, f"c-{n}")["state"] for n in range(count)]


def all_there(world, count, **fields):
    held = sorted(one["firstname"] for one in world.vendors.contacts.values())
    return held == sorted(fields.get("name", f"Ada {n}") for n in range(count))


def test_what_waits_goes_together_and_each_is_closed_by_itself(world):
    waiting(world, 20)
    assert world.later(400) == ["done"] * 20
    assert batches(world) == [8, 8, 4]
    assert singles(world) == []
    assert all_there(world, 20)
    said = []
    for n in range(20):
        state = world.state(CRM, f"c-{n}")
        assert state["state"] == "ok"
        assert world.vendors.contacts[state["remote"]]["email"] == email(n)
        assert state["wrote"]["email"]
        said += state["log"][-1]["calls"]
    assert said.count(["upsert of 8", 200, 0]) == 16
    assert said.count(["upsert of 4", 200, 0]) == 4
    assert len(world.inbound.waiting) == 20  # unify is told whose records these are


def test_who_is_known_there_is_updated_together_by_the_ids(world):
    waiting(world, 5)
    world.later(400)
    waiting(world, 5, given_name="Ana")
    assert world.later(400) == ["done"] * 5
    assert [body["inputs"][0]["id"] for _, _, body in world.vendors.asked]
    assert batches(world) == [5]
    assert all_there(world, 5, name="Ana")


def test_the_known_and_the_new_go_in_requests_of_their_own(world):
    waiting(world, 3)
    world.later(400)
    waiting(world, 6)
    assert world.later(400).count("done") == 6 - 3
    assert states(world, 6) == ["ok"] * 6
    assert batches(world) == [3]
    assert len(world.vendors.contacts) == 6


def test_nothing_waits_for_others_to_come(world):
    world.entity("customer", "c-1", email=email(1), given_name="Ada 1")
    assert world.deliver() == ["done"]
    assert batches(world) == []
    waiting(world, 1, start=2)
    assert world.later(400) == ["done"]
    assert batches(world) == []


def test_one_call_is_counted_for_all_of_them(world):
    waiting(world, MOST)
    before = world.now + 400
    world.later(400)
    numbers = world.store.read([keys.limit("crm.main")])[keys.limit("crm.main")].data
    assert numbers["100 per 1s"] - before < 2 / 96


def test_what_a_vendor_refuses_alone_is_parked_alone(world):
    world.vendors.wrong = email(3)
    waiting(world, 6)
    assert sorted(world.later(400)) == ["done"] * 5 + ["parked:refused-in-bulk"]
    world.rest()
    assert states(world, 6) == ["ok", "ok", "ok", "rejected", "ok", "ok"]
    refused = world.state(CRM, "c-3")
    assert refused["reason"] == "status-400"
    assert refused["said"]["status"] == 400
    assert batches(world) == [6]
    assert len(singles(world)) == 1


def test_one_poisonous_record_does_not_park_the_others(world):
    world.vendors.poison = email(5)
    waiting(world, MOST)
    world.rest()
    assert states(world, MOST) == ["ok"] * 5 + ["rejected"] + ["ok"] * 2
    assert len(world.vendors.asked) <= 8  # 8, 4 4, 2 2, 1 1 and nothing more
    assert batches(world)[0] == 8
    assert len(world.vendors.contacts) == MOST - 1


def test_a_refused_record_goes_with_others_again_once_it_got_through(world):
    world.vendors.poison = email(0)
    waiting(world, 2)
    world.rest()
    assert states(world, 2) == ["rejected", "ok"]
    assert world.state(CRM, "c-0")["most"] == 1
    assert "most" not in world.state(CRM, "c-1")
    world.vendors.poison = ""
    waiting(world, 2, given_name="Ana")
    world.rest()
    assert batches(world) == []
    assert "most" not in world.state(CRM, "c-0")


@pytest.mark.parametrize("fault", [loses_the_answer, never_hears])
def test_an_answer_that_never_comes_leaves_each_in_doubt_and_each_settles(world, fault):
    waiting(world, 6)
    world.vendors.faults = [fault]
    assert world.later(400) == ["parked:timeout"] * 6
    for n in range(6):
        assert world.state(CRM, f"c-{n}")["inflight"]
        assert to_epoch(world.item(CRM, f"c-{n}").at) >= world.now + 75
    world.rest()
    assert states(world, 6) == ["ok"] * 6
    assert len(world.vendors.contacts) == 6
    assert all_there(world, 6)


def test_who_is_in_no_list_of_the_answer_is_in_doubt(world):
    def forgetful(apply):
        told = apply().json()
        return answer(200, {"done": told["done"][:-1]})

    waiting(world, 4)
    world.vendors.faults = [forgetful]
    assert sorted(world.later(400)) == ["done"] * 3 + ["parked:unnamed-in-answer"]
    [doubtful] = [n for n in range(4) if world.state(CRM, f"c-{n}").get("inflight")]
    assert world.state(CRM, f"c-{doubtful}")["most"] == 1
    world.rest()
    assert states(world, 4) == ["ok"] * 4
    assert len(world.vendors.contacts) == 4


def test_a_name_that_is_told_twice_says_nothing(world):
    def stutters(apply):
        told = apply().json()
        return answer(200, {"done": [*told["done"], {**told["done"][0], "id": "other"}]})

    waiting(world, 3)
    world.vendors.faults = [stutters]
    assert sorted(world.later(400)) == ["done"] * 2 + ["parked:unnamed-in-answer"]


def test_a_yes_that_cannot_be_read_is_no_yes(world):
    waiting(world, 3)
    world.vendors.faults = [says(200, "<html>")]
    assert world.later(400) == ["parked:unreadable-answer"] * 3
    world.rest()
    assert states(world, 3) == ["ok"] * 3


@pytest.mark.parametrize("status", [500, 429])
def test_a_vendor_that_cannot_now_is_asked_again_for_all(world, status):
    waiting(world, 4)
    world.vendors.faults = [says(status)]
    assert world.later(400) == [f"parked:status-{status}"] * 4
    assert {world.state(CRM, f"c-{n}")["attempts"] for n in range(4)} == {1}
    world.rest()
    assert states(world, 4) == ["ok"] * 4


def test_a_credential_that_was_renewed_is_read_again_for_the_whole_call(world):
    waiting(world, 4)
    world.vendors.token = "new"
    world.secrets.refresh = lambda name: world.secrets.put(name, {"token": "new"})
    assert world.later(400) == ["done"] * 4
    assert batches(world) == [4, 4]
    assert [call[:2] for call in world.state(CRM, "c-0")["log"][-1]["calls"]] == [
        ["upsert of 4", 401],
        ["upsert of 4", 200],
    ]


def test_a_dead_credential_pauses_the_account_and_no_record_is_to_blame(world):
    waiting(world, 4)
    world.vendors.token = "other"
    assert world.later(400) == ["parked:status-401"] * 4
    assert world.store.read([keys.account("crm.main")])[keys.account("crm.main")].data["paused"]
    world.vendors.token = "good"
    world.switch("crm.main", paused=False)
    world.rest()
    assert states(world, 4) == ["ok"] * 4


def test_a_dry_run_sends_nothing(world):
    waiting(world, 4)
    world.switch("crm.main", dry_run=True)
    assert world.later(400) == ["skipped:dry-run"] * 4
    assert world.vendors.asked == []


def test_two_customers_of_one_address_do_not_go_in_one_call(world):
    waiting(world, 3)
    world.entity("customer", "c-9", relay="never", email=email(1).upper(), given_name="Ada 1")
    message = Delivery(CRM, "customer", "c-9", 1, "c-9", "sync")
    world.switch("crm.main", paused=True)
    deliver(world.hub, message)
    world.switch("crm.main", paused=False)
    world.now += 400
    sweep(world.hub)
    assert sorted(world.deliver()) == ["done"] * 3 + ["parked:goes-alone"]
    assert world.later(0) == ["done"]
    assert batches(world) == [3]


def test_a_record_whose_request_cannot_be_made_is_rejected_by_itself(world):
    waiting(world, 3)
    world.entity("customer", "c-1", relay="never", email=None, given_name="Ada 1")
    assert sorted(world.later(400)) == ["done"] * 2 + ["parked:goes-alone"]
    assert world.later(0) == ["rejected"]
    assert batches(world) == [2]


def test_a_delivery_that_somebody_is_at_is_left_to_them(world):
    waiting(world, 3)
    world.now += 400
    sweep(world.hub)
    [crowd] = [one.message.body for one in world.outbound.waiting]
    assert crowd.startswith(BEGINS)
    live = Delivery(CRM, "customer", "c-1", 1, "c-1", "sync", attempt=7)
    assert deliver(world.hub, live) == "done"
    assert [result for _, result in carry(world.hub, crowd)] == ["done"] * 2
    assert [result for _, result in carry(world.hub, crowd)] == []
    assert len(world.vendors.contacts) == 3


def test_who_is_taken_by_another_between_reading_and_intent_drops_out(world):
    waiting(world, 3)
    world.now += 400
    sweep(world.hub)
    [crowd] = [one.message.body for one in world.outbound.waiting]
    commit, met = world.store.commit, []

    def meets(writes):
        if not met and len(writes) == 3:
            met.append(True)
            world.store.commit = commit
            live = Delivery(CRM, "customer", "c-1", 1, "c-1", "sync", attempt=7)
            assert deliver(world.hub, live) == "done"
        return commit(writes)

    world.store.commit = meets
    results = {delivery.id: result for delivery, result in carry(world.hub, crowd)}
    assert results == {"c-0": "done", "c-1": "skipped:moved", "c-2": "done"}
    assert batches(world) == [2]


def test_a_newer_version_that_is_written_meanwhile_stands_in_the_end(world):
    """The batch is on its way while the customer changes and is delivered live; then the batch lands."""
    waiting(world, 3)

    def meanwhile(apply):
        world.entity("customer", "c-1", given_name="Newer")
        world.deliver()
        return apply()

    world.vendors.faults = [meanwhile]
    world.later(400)
    world.rest()
    assert states(world, 3) == ["ok"] * 3
    assert sorted(one["firstname"] for one in world.vendors.contacts.values()) == ["Ada 0", "Ada 2", "Newer"]


def test_an_account_without_a_token_parks_them_for_one_turn(world):
    waiting(world, 5)
    world.store.count(_blocked(world.now + 400 + 60))
    assert world.later(400) == ["parked:rate-limit"] * 5
    assert len({world.item(CRM, f"c-{n}").at for n in range(5)}) == 1
    world.later(70)
    assert states(world, 5) == ["ok"] * 5
    assert batches(world) == [5]


def _blocked(until):
    return Tally(keys.limit("crm.main"), put={"block": until})


def test_turns_of_those_who_will_go_together_are_a_share_of_a_call_apart(world):
    world.store.count(_blocked(world.now + 60))
    for n in range(10):
        world.entity("customer", f"c-{n}", email=email(n), given_name=f"Ada {n}")
    assert world.deliver() == ["parked:rate-limit"] * 10
    turns = sorted(to_epoch(world.item(CRM, f"c-{n}").at) for n in range(10))
    assert turns[-1] - turns[0] < 2 / 96
    world.later(70)
    assert batches(world) == [8, 2]


def test_a_backfill_does_not_take_a_token_from_those_who_wait(world):
    world.store.count(_blocked(world.now + 0.5))
    for n in range(3):
        world.entity("customer", f"c-{n}", relay="never", email=email(n), given_name=f"Ada {n}")
    told = [Delivery(CRM, "customer", f"c-{n}", 1, f"c-{n}", "sync", lane=BACKFILL) for n in range(3)]
    assert deliver(world.hub, told[0]) == "parked:rate-limit"
    world.now += 0.6
    assert deliver(world.hub, told[1]) == "parked:rate-limit"
    assert deliver(world.hub, replace(told[2], lane="")) == "done"
    world.now += 0.1
    sweep(world.hub)
    assert world.deliver() == ["done"] * 2
    assert batches(world) == [2]


def test_lanes_do_not_mix(world):
    waiting(world, 2)
    for n in (2, 3):
        world.entity("customer", f"c-{n}", relay="never", email=email(n), given_name=f"Ada {n}")
        world.switch("crm.main", paused=True)
        deliver(world.hub, Delivery(CRM, "customer", f"c-{n}", 1, f"c-{n}", "sync", lane=BACKFILL))
    world.switch("crm.main", paused=False)
    world.later(400)
    assert batches(world) == [2, 2]


def test_a_destination_that_is_gone_retires_all_of_them(world):
    waiting(world, 2)
    world.now += 400
    sweep(world.hub)
    [crowd] = [one.message.body for one in world.outbound.waiting]
    world.hub.catalog = replace(world.hub.catalog, accounts={})
    assert carry(world.hub, crowd) == []
    assert states(world, 2) == ["gone", "gone"]


def test_another_format_of_message_is_none():
    with pytest.raises(ValueError, match="unknown message format"):
        Crowd.loads('{"crowd":["a.b.c","customer"],"format":2}')


def test_a_bug_in_one_does_not_keep_the_others(world, monkeypatch):
    inner = together.prepared

    def bug(hub, target, delivery):
        if delivery.id == "c-1":
            raise ZeroDivisionError
        return inner(hub, target, delivery)

    waiting(world, 3)
    world.now += 400
    sweep(world.hub)
    [crowd] = [one.message.body for one in world.outbound.waiting]
    monkeypatch.setattr(together, "prepared", bug)
    with pytest.raises(ZeroDivisionError):
        carry(world.hub, crowd)
    assert [world.state(CRM, f"c-{n}").get("remote") is not None for n in range(3)] == [True, False, True]
    monkeypatch.undo()
    assert [result for _, result in carry(world.hub, crowd)] == ["parked:goes-alone"]
    assert world.later(0) == ["done"]
    assert states(world, 3) == ["ok"] * 3
