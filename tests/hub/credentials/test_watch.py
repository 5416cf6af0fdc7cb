"""What poll sees every five minutes of credentials that nobody uses."""

import pytest

from hub import credentials
from hub.credentials.watch import Finding, watch
from hub.errors import RetryError
from hub.times import from_epoch
from tests.hub.credentials.vendor import ACCOUNT, ROTATING, Vendor, busy, hub_of, loses_the_answer
from tests.memory_hub import NOW

DAY = 86_400.0
ENDING = ROTATING.replace("rotates: true", "rotates: true, refresh_lives: 100d")


def test_an_account_that_was_never_used_is_left_alone():
    hub = hub_of()
    assert watch(hub) == []
    assert hub.client.asked == []


def test_a_token_that_lives_is_left_alone():
    hub = hub_of(ENDING)
    credentials.current(hub, ACCOUNT)
    hub.clock.now += 20 * DAY
    assert watch(hub) == []
    assert len(hub.client.asked) == 1


def test_an_idle_credential_is_renewed_at_half_of_its_refresh_tokens_life():
    hub = hub_of(ENDING)
    credentials.current(hub, ACCOUNT)
    for _ in range(50):
        hub.clock.now += 7 * DAY
        assert watch(hub) == []
    assert 6 <= len(hub.client.refreshes) <= 8
    assert credentials.current(hub, ACCOUNT)


def test_a_refresh_token_that_nothing_renews_is_announced_two_weeks_ahead():
    hub = hub_of(ENDING.replace("rotates: true, ", ""))
    hub.client.rotates = False
    credentials.current(hub, ACCOUNT)
    hub.clock.now += 85 * DAY
    assert watch(hub) == []
    hub.clock.now += 2 * DAY
    assert watch(hub) == [Finding("credential-ends", ACCOUNT, "credential-connect-again")]


def test_a_dead_credential_is_told_at_each_run_until_it_lives():
    hub = hub_of()
    hub.client.refresh = "other"
    with pytest.raises(Exception, match="credential-revoked"):
        credentials.current(hub, ACCOUNT)
    for _ in range(2):
        assert watch(hub) == [Finding("credential-dead", ACCOUNT, "credential-revoked")]
        hub.clock.now += 300
    assert len(hub.client.asked) == 1


def test_a_lost_answer_is_asked_for_within_the_grace_period_although_nobody_calls():
    hub = hub_of(vendor=Vendor(hub_of().clock, grace=1800))
    hub.client.faults = [loses_the_answer]
    with pytest.raises(RetryError):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 300
    assert watch(hub) == []
    hub.clock.now += 3600
    assert credentials.current(hub, ACCOUNT)


def test_a_vendor_that_is_away_is_no_finding_and_stops_nobody():
    hub = hub_of()
    hub.client.faults = [busy] * 9
    with pytest.raises(RetryError):
        credentials.current(hub, ACCOUNT)
    hub.clock.now += 300
    assert watch(hub) == []


@pytest.mark.parametrize("days", [13, -3])
def test_a_secret_whose_end_the_files_name_is_announced_two_weeks_ahead(days):
    day = from_epoch(NOW + days * DAY)[:10]
    hub = hub_of("auth: {bearer: token}\nresources: {}", settings=f"{{secret_ends: {day}}}")
    assert watch(hub) == [Finding("credential-ends", ACCOUNT, "credential-set-another")]
    hub.clock.now -= 40 * DAY
    assert watch(hub) == []
