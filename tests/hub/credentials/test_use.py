"""The credential of an account: got when it is due, kept while it lives, and what a refusal does to it."""

import json
from dataclasses import replace

import pytest

from hub import credentials, keys
from hub.connector import Grant, Outcome
from hub.connector.auth import Held
from hub.credentials.keeping import connected
from hub.credentials.token import DUE
from hub.errors import PauseError, RetryError
from hub.pipeline.serve.switches import switch
from hub.store import Conflict, Put
from tests.hub.credentials.vendor import (
    ACCOUNT,
    ALONE,
    LASTING,
    ROTATING,
    SECRETS,
    Crash,
    Vendor,
    answer,
    busy,
    hub_of,
    loses_the_answer,
    never_hears,
    refuses,
)


class Counted:
    """A store that counts what is asked of it."""

    def __init__(self, store):
        self.store = store
        self.reads = self.commits = 0

    def read(self, keys):
        self.reads += 1
        return self.store.read(keys)

    def commit(self, writes):
        self.commits += 1
        return self.store.commit(writes)


def state(hub):
    key = keys.token(ACCOUNT)
    return hub.store.read([key])[key].data


def another(hub, **parts):
    """Another process of the same stack."""
    found = hub_of(vendor=hub.client, store=hub.store, **parts)
    found.__dict__["catalog"] = hub.catalog
    return found


def test_a_token_is_got_once_and_taken_from_memory_while_it_lives():
    hub = hub_of()
    hub.store = counted = Counted(hub.store)
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    asked = len(hub.client.asked)
    counted.reads = counted.commits = 0
    for _ in range(10):
        assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert (len(hub.client.asked), counted.reads, counted.commits) == (asked, 0, 0)


def test_a_cold_process_reads_one_item_and_no_secret():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    cold = another(hub)
    cold.store, cold.secrets = Counted(hub.store), None
    assert credentials.current(cold, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert (cold.store.reads, cold.store.commits) == (1, 0)


def test_a_renewal_costs_one_read_and_two_writes():
    hub = hub_of()
    hub.store = Counted(hub.store)
    credentials.current(hub, ACCOUNT)
    assert (hub.store.reads, hub.store.commits, len(hub.client.asked)) == (1, 2, 1)


def test_a_token_is_renewed_at_four_fifths_of_its_life_with_the_refresh_token_of_the_last_answer():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    hub.clock.now += 1800 * DUE - 1
    assert credentials.current(hub, ACCOUNT)["access_token"] == "a1-s3cret"
    hub.clock.now += 2
    assert credentials.current(hub, ACCOUNT)["access_token"] == "a2-s3cret"
    assert b"refresh_token=r1-s3cret" in hub.client.asked[-1].body
    assert state(hub)["refresh"] == "r2-s3cret"


def test_a_refresh_token_that_lasts_is_used_again():
    hub = hub_of(LASTING)
    hub.client.rotates = False
    for number in (1, 2, 3):
        assert credentials.current(hub, ACCOUNT)["access_token"] == f"a{number}-s3cret"
        hub.clock.now += 1700
    assert {dict(request.headers)["Authorization"] for request in hub.client.asked} == {
        "Basic YXBwOmFwcC1zM2NyZXQ="
    }


def test_a_client_by_itself_needs_no_refresh_token():
    hub = hub_of(ALONE, secrets={ACCOUNT: [{"client_id": "app", "client_secret": "s"}]})
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert hub.client.asked[0].body == b"grant_type=client_credentials&client_id=app&client_secret=s"


def test_the_client_is_the_apps_where_the_account_has_none():
    held = {"books": [{"client_id": "app", "client_secret": "s"}], ACCOUNT: [{"refresh_token": "r0-s3cret"}]}
    assert credentials.current(hub_of(secrets=held), ACCOUNT) == {"access_token": "a1-s3cret"}


def test_an_account_without_its_secrets_is_paused_and_nothing_is_written():
    hub = hub_of(secrets={})
    with pytest.raises(PauseError, match="missing-secret"):
        credentials.current(hub, ACCOUNT)
    assert hub.store.items() == []
    assert hub.client.asked == []


def test_what_an_operator_set_goes_with_the_token_where_requests_name_it():
    text = ROTATING + 'headers: {X-Tenant: "{secret.tenant}"}\n'
    held = {ACCOUNT: [{**SECRETS[ACCOUNT][0], "tenant": "t-1"}]}
    found = credentials.current(hub_of(text, secrets=held), ACCOUNT)
    assert (found["tenant"], found["access_token"]) == ("t-1", "a1-s3cret")


def test_while_a_vendor_is_away_the_old_token_is_used_until_it_is_over():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    hub.client.faults = [busy] * 100
    over = hub.clock.now + 1800 - 30
    hub.clock.now += 1500
    while hub.clock.now < over:
        assert credentials.current(hub, ACCOUNT)["access_token"] == "a1-s3cret"
        hub.clock.now += 7
    with pytest.raises(RetryError):
        credentials.current(hub, ACCOUNT)
    assert len(hub.client.asked) < 14  # 1, 2, 4, … 60 seconds apart
    hub.client.faults = []
    hub.clock.now += 61
    assert credentials.current(hub, ACCOUNT)["access_token"] == "a2-s3cret"
    assert hub.client.over == 0


def test_a_vendor_that_says_when_to_come_again_is_asked_then():
    hub = hub_of()
    hub.client.faults = [lambda apply: answer(429, **{"retry-after": "120"})]
    with pytest.raises(RetryError) as caught:
        credentials.current(hub, ACCOUNT)
    assert caught.value.after == 120
    hub.clock.now += 119
    with pytest.raises(RetryError):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 1
    assert credentials.current(hub, ACCOUNT)


@pytest.mark.parametrize("fault", [loses_the_answer, never_hears, refuses], ids=lambda fault: fault.__name__)
def test_an_answer_that_never_came_is_asked_for_again_at_once_where_the_vendor_allows_it(fault):
    hub = hub_of(vendor=Vendor(hub_of().clock, grace=1800))
    hub.client.faults = [fault]
    with pytest.raises(RetryError):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 2
    assert credentials.current(hub, ACCOUNT)
    assert "lost" not in state(hub)


def test_a_lost_answer_of_a_vendor_without_grace_is_named_as_what_it_is():
    hub = hub_of()
    hub.client.faults = [loses_the_answer]
    with pytest.raises(RetryError):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 2
    with pytest.raises(PauseError, match="credential-answer-lost"):
        credentials.current(hub, ACCOUNT)


def test_a_revoked_credential_is_not_asked_for_again_until_an_operator_gives_another():
    hub = hub_of()
    hub.client.refresh = "other"
    for _ in range(3):
        with pytest.raises(PauseError, match="credential-revoked"):
            credentials.current(hub, ACCOUNT)
        hub.clock.now += 3600
    assert len(hub.client.asked) == 1
    hub.secrets.held[ACCOUNT] = [{**SECRETS[ACCOUNT][0], "refresh_token": "other"}]
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert "dead" not in state(hub)


def test_a_new_consent_takes_over_from_a_living_credential_at_its_next_renewal():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    hub.client.refresh = "of another consent"
    hub.secrets.held[ACCOUNT] = [{**SECRETS[ACCOUNT][0], "refresh_token": "of another consent"}]
    hub.clock.now += 1500
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a2-s3cret"}


def test_a_dead_credential_serves_out_the_token_that_still_lives():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    hub.client.refresh = ""
    hub.clock.now += 1500
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert state(hub)["dead"] == "credential-revoked"
    hub.clock.now += 300
    with pytest.raises(PauseError, match="credential-revoked"):
        credentials.current(hub, ACCOUNT)


def test_a_client_that_is_refused_is_told_apart():
    hub = hub_of()
    hub.client.faults = [lambda apply: answer(401, {"error": "invalid_client"})]
    with pytest.raises(PauseError, match="credential-client-refused"):
        credentials.current(hub, ACCOUNT)


REFUSED = Outcome("pause", reason="status-401", renews=True)


def test_a_token_that_is_refused_is_replaced_once():
    hub = hub_of()
    used = credentials.current(hub, ACCOUNT)
    hub.clock.now += 100
    assert credentials.again(hub, ACCOUNT, used, REFUSED)
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a2-s3cret"}


def test_a_token_of_the_last_minute_that_is_refused_is_not_replaced():
    hub = hub_of()
    used = credentials.current(hub, ACCOUNT)
    hub.clock.now += 59
    assert not credentials.again(hub, ACCOUNT, used, REFUSED)
    assert len(hub.client.asked) == 1


def test_a_refusal_of_an_old_token_costs_nothing_where_there_is_a_newer_one():
    hub = hub_of()
    used = credentials.current(hub, ACCOUNT)
    late = another(hub)
    credentials.current(late, ACCOUNT)
    hub.clock.now += 1500
    credentials.current(hub, ACCOUNT)
    assert credentials.again(late, ACCOUNT, used, REFUSED)
    assert credentials.current(late, ACCOUNT) == {"access_token": "a2-s3cret"}
    assert len(hub.client.refreshes) == 2


def test_a_refusal_that_no_token_cures_asks_for_none():
    hub = hub_of()
    used = credentials.current(hub, ACCOUNT)
    hub.clock.now += 100
    assert not credentials.again(hub, ACCOUNT, used, Outcome("pause", reason="status-403"))
    assert not credentials.again(hub, ACCOUNT, used, Outcome("reject"))
    hub.client.refresh = ""
    assert not credentials.again(hub, ACCOUNT, used, REFUSED)
    with pytest.raises(PauseError):
        credentials.current(hub, ACCOUNT)


def test_where_the_token_server_is_away_a_refusal_is_tried_later_and_pauses_nobody():
    hub = hub_of()
    used = credentials.current(hub, ACCOUNT)
    hub.clock.now += 100
    hub.client.faults = [busy]
    with pytest.raises(RetryError):
        credentials.again(hub, ACCOUNT, used, REFUSED)


class Refusing:
    """A store that does not take the next writes after the first of each renewal."""

    def __init__(self, store, faults):
        self.store = store
        self.faults = faults

    def read(self, keys):
        return self.store.read(keys)

    def commit(self, writes):
        fault = self.faults.pop(0) if self.faults else None
        if fault == "after":
            self.store.commit(writes)
        if fault:
            raise RetryError("store-busy")
        return self.store.commit(writes)


def test_a_pair_that_could_not_be_written_is_written_as_soon_as_the_table_takes_it():
    hub = hub_of()
    table = hub.store
    hub.store = Refusing(table, [None, *["before"] * 6])
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert "refresh" not in state(hub) or state(hub)["refresh"] == "r0-s3cret"
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert state(hub)["refresh"] == "r1-s3cret"
    hub.clock.now += 1500
    assert credentials.current(another(hub), ACCOUNT) == {"access_token": "a2-s3cret"}


def test_a_write_whose_outcome_nobody_knows_is_read_again():
    hub = hub_of()
    hub.store = Refusing(hub.store, [None, "after"])
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert state(hub)["refresh"] == "r1-s3cret"
    assert len(hub.client.refreshes) == 1


def test_somebody_else_who_renews_is_waited_for_a_moment_and_then_asked_again_later():
    hub, waited = hub_of(), []
    rival = another(hub)
    send = hub.client.send

    def meanwhile(request):
        rival.sleep = waited.append
        with pytest.raises(RetryError, match="credential-renewal"):
            credentials.current(rival, ACCOUNT)
        return send(request)

    hub.client.send = meanwhile
    assert credentials.current(hub, ACCOUNT)
    assert 1.0 < sum(waited) < 2.0
    hub.client.send = send
    assert credentials.current(rival, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert len(hub.client.refreshes) == 1


def test_somebody_else_who_renews_does_not_keep_anybody_from_the_token_that_still_lives():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    rival = another(hub)
    hub.clock.now += 1500
    send = hub.client.send

    def meanwhile(request):
        assert credentials.current(rival, ACCOUNT) == {"access_token": "a1-s3cret"}
        return send(request)

    hub.client.send = meanwhile
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a2-s3cret"}
    hub.client.send = send
    hub.clock.now += 3
    assert credentials.current(rival, ACCOUNT) == {"access_token": "a2-s3cret"}


def test_two_who_were_both_answered_leave_a_pair_that_works():
    """The first is stopped after its answer for longer than its lease, and a second one asks meanwhile."""
    hub = hub_of(vendor=Vendor(hub_of().clock, grace=1800))
    rival = another(hub)
    send = hub.client.send

    def stopped(request):
        hub.client.send = send
        found = send(request)
        hub.clock.now += 31
        assert credentials.current(rival, ACCOUNT) == {"access_token": "a2-s3cret"}
        return found

    hub.client.send = stopped
    credentials.current(hub, ACCOUNT)
    assert state(hub)["refresh"] == "r2-s3cret"
    assert state(hub)["spare"] == ["r1-s3cret", "r0-s3cret"]
    hub.client.refresh = "r1-s3cret"
    hub.client.grace = 0
    hub.clock.now += 1500
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a3-s3cret"}


def test_who_was_stopped_before_it_asked_does_not_ask_any_more():
    hub = hub_of()
    commit = hub.store.commit

    def stopped(writes):
        commit(writes)
        hub.store.commit = commit
        hub.clock.now += 20

    hub.store.commit = stopped
    with pytest.raises(RetryError, match="credential-renewal"):
        credentials.current(hub, ACCOUNT)
    assert hub.client.asked == []
    hub.clock.now += 30
    assert credentials.current(hub, ACCOUNT)


def test_a_process_forgets_after_five_minutes_what_an_operator_may_have_connected_anew():
    hub = hub_of(vendor=Vendor(hub_of().clock, life=86_400))
    credentials.current(hub, ACCOUNT)
    key = keys.token(ACCOUNT)
    item = hub.store.read([key])[key]
    hub.store.commit([Put(replace(item, data={**item.data, "values": {"access_token": "anew"}}))])
    hub.clock.now += 299
    assert credentials.current(hub, ACCOUNT)["access_token"] == "a1-s3cret"
    hub.clock.now += 2
    assert credentials.current(hub, ACCOUNT)["access_token"] == "anew"


def test_a_conflict_at_the_lease_leaves_the_asking_to_the_other():
    hub = hub_of()
    commit = hub.store.commit

    def taken(writes):
        hub.store.commit = commit
        credentials.current(another(hub), ACCOUNT)
        raise Conflict([keys.token(ACCOUNT)])

    hub.store.commit = taken
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
    assert len(hub.client.refreshes) == 1


def test_nothing_of_it_can_be_seen_in_a_repr():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    text = repr([hub.tokens, hub.store.items(), hub.tokens.seen, *hub.tokens.seen.values()])
    assert "s3cret" not in text
    assert "s3cret" in json.dumps(state(hub))


def test_a_consent_given_while_somebody_renews_is_what_stays():
    hub = hub_of()
    credentials.current(hub, ACCOUNT)
    hub.clock.now += 1500
    send = hub.client.send

    def meanwhile(request):
        hub.client.send = send
        given = Grant({"access_token": "of another consent"}, "r-another", 1800.0)
        connected(another(hub), ACCOUNT, given, hub.clock.now)
        return send(request)

    hub.client.send = meanwhile
    assert credentials.current(hub, ACCOUNT) == {"access_token": "of another consent"}
    assert (state(hub)["refresh"], "spare" in state(hub)) == ("r-another", False)


def test_an_attempt_that_nobody_finished_explains_what_was_lost():
    hub = hub_of()
    commit, writes = hub.store.commit, []

    def dies(batch):
        writes.append(batch)
        if len(writes) == 2:
            raise Crash
        commit(batch)

    hub.store.commit = dies
    with pytest.raises(Crash):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 31
    hub.store.commit = commit
    with pytest.raises(PauseError, match="credential-answer-lost"):
        credentials.current(another(hub), ACCOUNT)


def test_the_secrets_of_a_request_show_whose_they_are_and_no_more():
    held = Held({"client_secret": "s3cret"}, ACCOUNT)
    assert (repr(held), held["client_secret"]) == ("Held(books.co)", "s3cret")


def test_an_operator_who_resumes_the_account_lets_a_dead_credential_be_tried_once_more():
    hub = hub_of()
    right, hub.client.refresh = hub.client.refresh, "other"
    with pytest.raises(PauseError):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 60
    switch(hub.store, ACCOUNT, "resume", actor="ops", reason="", now=hub.clock())
    hub.clock.now += 60
    for _ in range(3):
        with pytest.raises(PauseError):
            credentials.current(hub, ACCOUNT)
    assert len(hub.client.asked) == 2
    hub.client.refresh = right
    switch(hub.store, ACCOUNT, "resume", actor="ops", reason="", now=hub.clock() + 1)
    hub.clock.now += 60
    assert credentials.current(hub, ACCOUNT) == {"access_token": "a1-s3cret"}
