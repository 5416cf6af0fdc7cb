"""What all calls to a vendor share: a Retry-After, the breaker, what answers say is left."""

import pytest

from hub import breaker, keys, limiter
from hub.connector import HttpRequest
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline.deliver import deliver, parking
from hub.pipeline.outlet import SLOW, Outlet
from hub.store import Tally
from hub.times import to_epoch
from tests.hub.pipeline.delivering import CRM, ERP, connector
from tests.hub.pipeline.delivery_vendors import answer, refuses, says

BODY = b'{"match": "email:x", "record": {"email": "x"}}'
REQUEST = HttpRequest("POST", "https://crm.example/contacts", {"Authorization": "Bearer good"}, BODY)


def numbers(world, account="crm.main"):
    key = keys.limit(account)
    found = world.store.read([key])
    return found[key].data if found else {}


def outlet(world):
    return Outlet(world.hub, "crm.main", world.hub.catalog.connectors["crm"])


def told(world, number, destination=CRM):
    """Deliver one customer's present version."""
    id = f"c-{number}"
    return deliver(world.hub, Delivery(destination, "customer", id, 1, id, "sync"))


def customers(world, count):
    for n in range(count):
        world.entity("customer", f"c-{n}", relay="never", email=f"ada{n}@correo.example")


def test_a_destination_that_is_down_is_left_alone_after_five_failures_and_comes_back(world):
    customers(world, 40)
    world.vendors.faults = [says(503)] * 500
    results = [told(world, n) for n in range(40)]
    assert results.count("parked:status-503") == 4
    assert results.count("parked:breaker-open") == 36, "the failure that opens it is the account's, too"
    assert len(world.vendors.asked) == 5
    for _ in range(60):
        world.later(60)
    assert len(world.vendors.asked) < 5 + 3 * 8
    assert world.vendors.contacts == {}
    world.vendors.faults = []
    world.rest()
    assert len(world.vendors.contacts) == 40
    assert numbers(world)["open"] == 0


def test_a_timeout_and_a_refused_connection_are_failures_and_a_rejection_is_none(world):
    customers(world, 12)
    world.vendors.faults = [says(422)] * 6
    assert {told(world, n) for n in range(6)} == {"rejected"}
    world.vendors.faults = [refuses] * 5
    assert {told(world, n) for n in range(6, 10)} == {"parked:connection"}
    assert {told(world, n) for n in (10, 11)} == {"parked:breaker-open"}


def test_a_destination_that_is_down_does_not_stop_another(world):
    customers(world, 10)
    world.vendors.faults = [says(503)] * 5
    for n in range(5):
        told(world, n)
    assert told(world, 6) == "parked:breaker-open"
    assert told(world, 6, ERP) == "done"


def test_what_waits_for_a_destination_that_stays_down_is_exhausted_after_three_days(world):
    customers(world, 6)
    world.vendors.faults = [says(503)] * 9_000
    for n in range(6):
        told(world, n)
    for _ in range(4 * 24):
        world.later(3600)
    assert {world.state(CRM, f"c-{n}")["state"] for n in range(6)} == {"exhausted"}
    assert {world.item(CRM, f"c-{n}").agenda for n in range(6)} == {keys.PARKED}


def test_a_calm_call_writes_the_numbers_once(world, monkeypatch):
    customers(world, 1)
    tallies, commits = [], []
    count, commit = world.store.count, world.store.commit
    monkeypatch.setattr(world.store, "count", lambda tally: tallies.append(tally) or count(tally))
    monkeypatch.setattr(world.store, "commit", lambda writes: commits.append(len(writes)) or commit(writes))
    assert told(world, 0) == "done"
    assert (tallies, commits) == ([], [2, 1])


def test_a_retry_after_that_a_fetch_was_told_holds_for_a_write(world):
    world.vendors.faults = [says(429, retry_after="90")]
    outcome, _ = outlet(world).ask(None, REQUEST)
    assert (outcome.kind, outcome.throttled) == ("retry", True)
    customers(world, 1)
    assert told(world, 0) == "parked:rate-limit"
    world.now += 91
    assert told(world, 0) == "done"


def test_one_call_too_many_leaves_the_account_alone_although_no_time_was_said(world):
    world.vendors.faults = [says(429)]
    outlet(world).ask(None, REQUEST)
    with pytest.raises(RetryError, match="rate-limit"):
        outlet(world).ask(None, REQUEST)
    world.now += 1
    outlet(world).ask(None, REQUEST)


def test_a_vendor_that_says_403_for_too_many_calls_is_left_alone_and_not_paused(world):
    connector(
        world,
        "crm",
        "responses:\n  - {if: status == `403` && body == null, then: throttle, after: {from: '`20`'}}\n",
    )
    customers(world, 2)
    world.vendors.faults = [says(403)]
    assert told(world, 0) == "parked:status-403"
    assert world.store.read([keys.account("crm.main")]) == {}
    assert told(world, 1) == "parked:rate-limit"
    world.rest()
    assert len(world.vendors.contacts) == 2


def test_what_an_answer_says_is_left_is_shared(world):
    connector(
        world,
        "crm",
        "limit: [100 per 1s]\n"
        "remaining:\n"
        "  - limit: 100 per 1s\n"
        '    left:  headers."x-left"\n'
        "    after: {from: 'headers.\"x-reset\"', unit: ms}\n",
    )
    world.vendors.faults = [says(200, {"id": "c1"}, x_left="0", x_reset="7000")]
    outlet(world).ask(None, REQUEST)
    with pytest.raises(RetryError) as caught:
        outlet(world).ask(None, REQUEST)
    assert caught.value.after == pytest.approx(7, abs=0.1)
    world.now += 7.1
    world.vendors.faults = [says(200, {"id": "c1"}, x_left="many"), says(200, {"id": "c1"})]
    for _ in range(2):
        outlet(world).ask(None, REQUEST)


def test_a_slow_account_gets_few_places_and_gives_them_back(world):
    def slow(apply):
        world.now += SLOW
        return answer(200, {"id": "c1"})

    world.vendors.faults = [slow]
    outlet(world).ask(None, REQUEST)
    held = [outlet(world) for _ in range(limiter.SLOW_PLACES + 1)]
    for one in held[:-1]:
        one.admit(None)
    with pytest.raises(RetryError, match="in-flight"):
        held[-1].admit(None)
    held[0].ask(None, REQUEST)
    held[-1].admit(None)
    assert len(numbers(world)["held"]) == limiter.SLOW_PLACES


@pytest.mark.parametrize("fault", [says(500), refuses, says(200, {"id": "c1"})])
def test_a_place_in_flight_is_free_again_however_the_call_ended(world, fault):
    connector(world, "crm", "limit: [1 at once]\n")
    customers(world, 1)
    world.vendors.faults = [fault]
    told(world, 0)
    assert "held" not in numbers(world)


def test_a_call_that_cannot_be_rendered_gives_its_place_back(world):
    connector(world, "crm", "limit: [1 at once]\n")
    world.entity("customer", "c-0", relay="never", given_name="Eva")
    assert told(world, 0) == "rejected"
    assert "held" not in numbers(world)


def test_over_the_cap_a_delivery_is_parked_at_once(world):
    connector(world, "crm", "limit: [1 at once]\n")
    customers(world, 2)
    world.vendors.faults = [lambda apply: results.append(told(world, 1)) or apply()]
    results = []
    assert told(world, 0) == "done"
    assert results == ["parked:in-flight"]
    world.rest()
    assert len(world.vendors.contacts) == 2


# One never slows another.


def test_a_broken_destination_slows_no_other_however_many_deliveries_wait_for_it(world):
    for n in range(150):
        world.entity("customer", f"c-{n}", email=f"ada{n}@correo.example")
    send, asked = world.vendors.send, []

    def broken(request):
        if "crm" in request.url:
            asked.append(world.now)
            return answer(503)
        return send(request)

    world.vendors.send = broken
    begun = world.now
    world.deliver()
    assert len(world.vendors.partners) == 150
    assert world.now - begun < 5
    assert len(asked) == breaker.IN_A_ROW
    world.later(20)
    world.entity("customer", "c-new", email="new@correo.example")
    world.deliver()
    assert len(world.vendors.partners) == 151
    for _ in range(60):
        world.later(60)
    assert len(asked) < breaker.IN_A_ROW + breaker.PROBES * 8
    world.vendors.send = send
    world.rest()
    assert len(world.vendors.contacts) == 151


def test_a_record_that_always_fails_blocks_no_other_customer_and_opens_no_breaker(world):
    customers(world, 40)
    send = world.vendors.send
    world.vendors.send = lambda request: answer(500) if b"ada7@" in (request.body or b"") else send(request)
    for minute in range(180):
        if minute < 40:
            told(world, minute)
        world.later(60)
    assert len(world.vendors.contacts) == 39
    assert world.state(CRM, "c-7")["attempts"] < 25
    assert not numbers(world).get("open")


def test_what_comes_back_after_an_outage_comes_at_the_rate_and_not_at_once(world):
    connector(world, "crm", "limit: [10 per 10s]")
    customers(world, 60)
    limiter.block(world.store, "crm.main", world.now + 3600)
    assert {told(world, n) for n in range(60)} == {"parked:rate-limit"}
    due = sorted(to_epoch(world.item(CRM, f"c-{n}").at) - world.now for n in range(60))
    assert due[0] == pytest.approx(3600, abs=1)
    assert due[-1] - due[0] == pytest.approx(59 * limiter.PACE, abs=1)


def test_who_only_ever_waited_for_a_destination_that_is_down_is_exhausted_after_three_days_too(world):
    customers(world, 1)
    world.store.count(Tally(keys.limit("crm.main"), put={"open": world.now + 5 * 86_400}))
    assert told(world, 0) == "parked:breaker-open"
    world.now += parking.HORIZON - 1
    assert told(world, 0) == "parked:breaker-open"
    world.now += 2
    assert told(world, 0) == "parked:exhausted"
    assert world.vendors.asked == []
