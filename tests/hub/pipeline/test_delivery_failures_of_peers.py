"""What went wrong at peers with deliveries, one test each; the numbers are CORRECTNESS's F-rows."""

import json

import pytest

from hub import keys
from hub.connector import Request
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.pipeline.receive import Arrival, receive
from tests.fleet.weather import Weather
from tests.fleet.world import World as Fleet
from tests.hub.pipeline.delivering import CRM, NOON, tell
from tests.hub.pipeline.delivery_vendors import Crash, loses_the_answer


def dies(apply):
    """The vendor did it, and our process died before it heard."""
    apply()
    raise Crash


def test_f11_no_webhook_is_acknowledged_before_the_queue_has_it():
    """n8n#6867, #25080: acknowledged with 200, and the data were missing."""
    fleet = Fleet(0, systems=("shop.co",), only=frozenset(), weather=Weather())
    record = {"id": "1", "email": "ada@correo.co", "updated": "2026-11-23T13:00:00Z"}
    body = json.dumps({"event": "1", "topic": "customer.saved", "at": record["updated"], "record": record})
    request = Request("POST", "/v1/webhooks/shop/co", {}, {}, body.encode())
    signed = fleet.hub.catalog.connectors["shop"].sign(request, {"signing": "signs-shop.co"}, fleet.now)
    arrival = Arrival(
        "POST", request.url, "", {"content-type": "application/json", **signed.headers}, request.body
    )
    kept = fleet.hub.inbound.send
    fleet.hub.inbound.send = lambda messages: (_ for _ in ()).throw(RetryError("queue"))
    with pytest.raises(RetryError, match="queue"):
        receive(fleet.hub, arrival)
    fleet.hub.inbound.send = kept
    assert receive(fleet.hub, arrival).status == 200
    assert len(fleet.hub.inbound.waiting) == 1


def test_f15_an_intent_of_a_process_that_died_holds_nobody_up_for_good(known):
    """powertools #1038, #4759, #8386: a record in progress was stuck, or another's was overwritten."""
    known.vendors.faults = [dies]
    with pytest.raises(Crash):
        tell(known)
    assert known.state(CRM, "c-1")["state"] == "sending"
    known.rest()
    assert known.state(CRM, "c-1")["state"] == "ok"
    assert len(known.vendors.contacts) == 1


def test_f15_a_worker_that_comes_late_overwrites_no_state(known):
    """powertools typescript#3673: what an earlier invocation knew leaked into a later one."""

    def overtaken(apply):
        known.entity("customer", "c-1", relay="never", stage="customer")
        tell(known)
        return apply()

    known.vendors.faults = [overtaken]
    with pytest.raises(RetryError, match="moved"):
        tell(known)
    known.rest()
    assert [contact["stage"] for contact in known.vendors.contacts.values()] == ["customer"]


def test_f16_every_attempt_at_one_delivery_has_one_key(known):
    """liwala/ay-framework#252: a retry gave the delivery a new id, and the consumer's dedupe broke."""
    known.record("erp.main", "partner", "e1", "c-1")
    pk = known.record("shop.co", "customer", "1", "c-1")
    known.entity("customer", "c-1", relay="never", records={"REC#erp#main#partner#e1": "", pk: ""})
    known.entity("order", "o-1", relay="never", number="1001", status="paid", customer=pk)
    known.vendors.faults = [loses_the_answer, loses_the_answer]
    deliver(known.hub, Delivery("erp.main.sale", "order", "o-1", 1, "c-1", "sales"))
    known.rest()
    sent = {headers["Idempotency-Key"] for headers in known.vendors.headers if "Idempotency-Key" in headers}
    assert len(known.vendors.headers) >= 3
    assert (len(known.vendors.sales), len(sent)) == (1, 1)


def test_f18_bookkeeping_that_fails_after_a_write_starts_no_storm(known, monkeypatch):
    """Outpost #276: a log that could not be written after a 2xx had the event delivered without end."""
    commit, refused = known.store.commit, []

    def failing(writes):
        states = [write.item.data.get("state") for write in writes if hasattr(write, "item")]
        if "ok" in states and len(refused) < 3:
            refused.append(known.now)
            raise RetryError("store")
        commit(writes)

    monkeypatch.setattr(known.store, "commit", failing)
    for _ in range(3):
        with pytest.raises(RetryError):
            tell(known)
        known.now += 75
    known.rest()
    assert not [item for item in known.store.items() if item.agenda == keys.DUE]
    assert len(known.vendors.contacts) == 1
    assert len(known.vendors.writes) <= 5, "one for each try, and one that settles it"
    assert known.now < NOON + 3600
