"""What deliver makes of answers, switches, limits and unknown outcomes."""

from dataclasses import replace

import pytest

from hub import keys, limiter
from hub.connector import HttpRequest
from hub.errors import RetryError
from hub.ledger import Written
from hub.messages import Delivery
from hub.pipeline.deliver.parking import EARLY, HORIZON
from hub.pipeline.outlet import Outlet
from hub.store import Put
from hub.times import from_epoch, to_epoch
from tests.hub.pipeline.delivering import CRM, ERP, tell
from tests.hub.pipeline.delivery_vendors import answer, loses_the_answer, never_hears, refuses, says

# Answers.


@pytest.mark.parametrize("fault", [says(500), says(503), says(429), says(408), refuses])
def test_a_destination_that_is_not_ready_is_tried_again_until_it_is(known, fault):
    known.vendors.faults = [fault, fault, fault]
    assert tell(known).startswith("parked:")
    assert known.item(CRM, "c-1").agenda == keys.DUE
    known.rest()
    assert known.vendors.contacts["c1"]["firstname"] == "Ada"
    assert known.state(CRM, "c-1")["state"] == "ok"
    assert "attempts" not in known.state(CRM, "c-1")


def test_of_a_record_that_fails_by_itself_the_delay_grows_is_jittered_and_spreads_over_three_days(known):
    begun, delays = known.now, []
    crm = known.hub.catalog.connectors["crm"]
    while True:
        Outlet(known.hub, "crm.main", crm).ask(None, HttpRequest("GET", "https://crm.example/"))
        known.vendors.faults = [says(500)]
        if tell(known) == "parked:exhausted":
            break
        due = to_epoch(known.item(CRM, "c-1").at)
        delays.append(due - known.now)
        known.now = max(due, known.now + 61)
    assert delays[0] <= 2
    assert 300 < max(delays[:EARLY]) <= 900
    assert all(900 <= delay <= 14_400 for delay in delays[EARLY:])
    assert len(set(delays)) == len(delays) < 60
    assert HORIZON < known.now - begun < HORIZON + 14_400


def test_a_retry_after_is_a_floor_and_holds_for_every_record_of_the_account(known):
    known.entity("customer", "c-2", relay="never", email="eva@correo.example")
    known.vendors.faults = [says(429, retry_after="120")]
    assert tell(known) == "parked:status-429"
    assert to_epoch(known.item(CRM, "c-1").at) >= known.now + 120
    assert tell(known, id="c-2", customer="c-2") == "parked:rate-limit"
    assert len(known.vendors.asked) == 1
    known.now += 119
    assert tell(known, id="c-2", customer="c-2") == "parked:rate-limit"
    known.rest()
    assert len(known.vendors.contacts) == 2


def test_after_three_days_it_is_exhausted_and_listed_for_people(known):
    known.vendors.faults = [says(500)] * 2
    tell(known)
    known.now += HORIZON + 1
    assert tell(known) == "parked:exhausted"
    assert known.item(CRM, "c-1").agenda == keys.PARKED
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known) == "done"


def test_a_refusal_is_parked_as_rejected_with_its_reason_and_never_tried_again_by_itself(known):
    known.vendors.faults = [says(422, {"message": "ada@correo.example is not valid"})]
    assert tell(known) == "rejected"
    item = known.item(CRM, "c-1")
    assert (item.agenda, item.data["state"], item.data["reason"]) == (keys.PARKED, "rejected", "status-422")
    assert "correo" not in str(item.data)
    assert tell(known) == "unchanged"
    assert known.later(4 * 3600) == []


def test_a_rejected_record_is_tried_again_when_it_changes_or_is_replayed(known):
    known.vendors.faults = [says(422), says(422)]
    tell(known)
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known) == "rejected"
    assert tell(known, replay="r1") == "done"
    assert known.item(CRM, "c-1").agenda == keys.done(CRM)
    assert "reason" not in known.state(CRM, "c-1")


def test_what_was_rejected_counts_as_unwritten_even_when_the_old_value_returns(known):
    tell(known)
    known.entity("customer", "c-1", relay="never", stage="lead")
    known.vendors.faults = [says(422)]
    tell(known)
    known.entity("customer", "c-1", relay="never", stage=None)
    assert tell(known) == "done"


def test_a_record_that_does_not_fit_the_destination_is_rejected_before_any_call(known):
    known.entity("customer", "c-2", relay="never", given_name="Eva")
    assert tell(known, id="c-2") == "rejected"
    assert known.state(CRM, "c-2")["place"].startswith("connectors/crm.yaml:")
    assert known.vendors.asked == []


def test_an_entity_without_a_mapping_there_is_rejected(known):
    key = keys.root("order", "c-1")
    known.entity("order", "c-1", relay="never", number="1")
    assert known.store.read([key])
    assert tell(known, entity="order") == "rejected"
    assert known.state(CRM, "c-1", "order")["reason"] == "no-mapping"


def test_a_refused_credential_pauses_the_account_and_parks(known):
    known.vendors.token = "renewed"
    assert tell(known) == "parked:status-401"
    switch = keys.account("crm.main")
    assert known.store.read([switch])[switch].data == {"paused": True, "reason": "status-401"}
    assert known.secrets.refreshed == ["crm.main"]
    asked = len(known.vendors.asked)
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known) == "parked:paused"
    assert len(known.vendors.asked) == asked
    known.secrets.held["crm.main"] = [{"token": "renewed"}]
    known.switch("crm.main", paused=False)
    known.rest()
    assert known.vendors.contacts["c1"]["stage"] == "lead"


def test_a_credential_that_was_renewed_meanwhile_is_read_again(known, monkeypatch):
    known.vendors.token = "renewed"
    renewed = {"crm.main": [{"token": "renewed"}]}
    monkeypatch.setattr(known.secrets, "refresh", lambda name: known.secrets.held.update(renewed))
    assert tell(known) == "done"


def test_an_account_without_its_secret_is_paused(known):
    known.secrets.held.pop("crm.main")
    assert tell(known) == "parked:missing-secret"
    assert known.vendors.asked == []


# Switches.


@pytest.mark.parametrize("account", ["crm.main", "*"])
def test_a_paused_account_is_not_called(known, account):
    known.switch(account, paused=True)
    assert tell(known) == "parked:paused"
    assert known.vendors.asked == []
    known.switch(account, paused=False)
    known.rest()
    assert len(known.vendors.contacts) == 1


def test_a_paused_stage_calls_nobody(known):
    known.hub.settings = replace(known.hub.settings, pause_all=True)
    assert tell(known) == "parked:paused"
    assert tell(known, ERP) == "parked:paused"
    assert known.vendors.asked == []


def test_a_dry_run_records_what_it_would_write_and_forgets_it_with_the_first_write(known):
    known.switch("crm.main", dry_run=True)
    assert tell(known) == "skipped:dry-run"
    assert known.state(CRM, "c-1")["would"] == {"email": "ada@correo.example", "firstname": "Ada"}
    assert known.vendors.asked == []
    known.switch("crm.main", dry_run=False)
    assert tell(known) == "done"
    assert "would" not in known.state(CRM, "c-1")


# Unknown outcomes.


@pytest.mark.parametrize("fault", [loses_the_answer, never_hears])
@pytest.mark.parametrize("destination", [CRM, ERP])
def test_an_unknown_outcome_is_settled_by_writing_once_more_when_nothing_can_land_any_more(
    known, fault, destination
):
    known.vendors.faults = [fault] if destination == CRM else [says(404), says(404), fault]
    assert tell(known, destination) == "parked:timeout"
    assert known.state(destination, "c-1")["inflight"]["epoch"] == 1
    known.rest()
    assert len(known.vendors.contacts if destination == CRM else known.vendors.partners) == 1
    state = known.state(destination, "c-1")
    assert state["state"] == "ok"
    assert "inflight" not in state
    assert "ambiguous" not in state


def test_a_write_that_lands_late_is_overwritten_by_the_present_state(known):
    tell(known)
    known.entity("customer", "c-1", relay="never", stage="lead")
    known.vendors.faults = [never_hears]
    tell(known)
    known.now += 1
    known.entity("customer", "c-1", relay="never", stage="customer")
    assert tell(known) == "done"
    assert known.state(CRM, "c-1")["state"] == "settling"
    known.vendors.contacts["c1"]["stage"] = "lead"
    known.rest()
    assert known.vendors.contacts["c1"]["stage"] == "customer"
    assert known.state(CRM, "c-1")["state"] == "ok"


def test_an_answer_that_shows_nothing_is_an_unknown_outcome(known):
    known.vendors.faults = [lambda apply: answer(200, None)]
    assert tell(known) == "parked:unreadable-answer"
    known.rest()
    assert known.state(CRM, "c-1")["remote"] == "c1"


def test_the_intent_and_the_ledger_are_there_before_the_vendor_is_called(known):
    seen = {}
    known.vendors.faults = [lambda apply: seen.update(known.state(CRM, "c-1")) or apply()]
    assert tell(known) == "done"
    assert seen["inflight"]["epoch"] == 1
    now = from_epoch(known.now)
    assert Written.of(seen).is_echo("email", "ada@correo.example", now)
    assert Written.of(known.state(CRM, "c-1")).is_echo("given_name", "Ada", now)
    assert not Written.of(seen).is_echo("email", "eva@correo.example", now)


def test_while_somebody_else_may_be_creating_the_record_nobody_else_does(known):
    known.vendors.faults = [says(404), says(404), never_hears]
    tell(known, ERP)
    known.now += 5
    known.entity("customer", "c-1", relay="never", stage="lead")
    assert tell(known, ERP) == "parked:leased"
    assert known.state(ERP, "c-1")["inflight"]
    known.rest()
    assert len(known.vendors.partners) == 1


def test_two_workers_on_one_delivery_write_once_and_the_other_comes_again(known):
    def meanwhile(apply):
        item = known.item(CRM, "c-1")
        known.store.commit([Put(item)])
        return apply()

    known.vendors.faults = [meanwhile]
    with pytest.raises(RetryError, match="moved"):
        tell(known)
    known.now += 100
    assert tell(known) == "done"


def test_a_long_wait_for_the_limit_parks_without_an_intent(known):
    limiter.block(known.store, "crm.main", known.now + 2)
    assert tell(known) == "parked:rate-limit"
    assert "inflight" not in known.state(CRM, "c-1")
    known.rest()
    assert len(known.vendors.contacts) == 1


def test_a_wait_for_the_limit_between_two_calls_parks_and_goes_on_later(known):
    known.vendors.faults = [lambda apply: limiter.block(known.store, "erp.main", known.now + 60) or apply()]
    assert tell(known, ERP) == "parked:rate-limit"
    assert "inflight" not in known.state(ERP, "c-1")
    known.rest()
    assert len(known.vendors.partners) == 1


def test_a_parked_delivery_keeps_the_newest_message_and_its_attempts_grow(known):
    known.vendors.faults = [says(500)] * 3
    tell(known)
    known.later(5)
    known.now += 400
    tell(known)
    assert Delivery.loads(known.state(CRM, "c-1")["message"]).attempt == 1


def test_no_result_reason_or_state_holds_a_personal_value(known):
    known.vendors.faults = [says(422, {"error": "ada@correo.example"}), says(500), never_hears]
    results = [tell(known) for _ in range(2)] + [tell(known, ERP) for _ in range(2)]
    text = str(results) + str([item for item in known.store.items() if item.kind in ("delivery", "account")])
    assert "correo" not in text
    assert "Ada" not in text
