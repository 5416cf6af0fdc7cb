"""Deliveries, fetches and polls of an account whose credential lives for a while."""

import pytest

from hub import keys
from hub.catalog import Catalog
from hub.messages import Event
from hub.pipeline.poll import poll
from hub.pipeline.unify.telling import FetchError, _fetched
from tests.hub.credentials.vendor import ACCOUNT, ROTATING, busy, hub_of
from tests.hub.credentials.vendor import Vendor as TokenServer
from tests.hub.pipeline.delivering import ADA, FILES, World, project, tell
from tests.hub.pipeline.delivery_vendors import Vendors, says
from tests.memory_hub import Clock

AUTH = """auth: {oauth2: {token: "https://id.crm.example/token", grant: refresh_token, rotates: true}}
responses:
  - {if: "status == `200` && body.error == 'token_expired'", then: renew}"""


class Crm(Vendors):
    """The CRM with its token server."""

    def __init__(self, clock):
        super().__init__(clock)
        self.server = TokenServer(Clock(clock()))

    def send(self, request):
        if "/token" not in request.url:
            return super().send(request)
        self.server.clock.now = self.clock()
        found = self.server.send(request)
        self.token = next(reversed(self.server.tokens), self.token)
        return found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    project(root)
    crm = root / "connectors/crm.yaml"
    crm.write_text(FILES["connectors/crm.yaml"].replace("auth: {bearer: token}", AUTH), encoding="utf-8")
    return Catalog.read(root)


@pytest.fixture
def known(files):
    world = World(files)
    world.vendors = world.hub.client = Crm(world.clock)
    held = {"client_id": "app", "client_secret": "app-s3cret", "refresh_token": "r0-s3cret"}
    world.secrets.held["crm.main"] = [held]
    world.entity("customer", "c-1", relay="never", **ADA)
    return world


def switch(world):
    key = keys.account("crm.main")
    found = world.store.read([key]).get(key)
    return found.data if found else {}


def test_a_delivery_goes_out_with_a_token_that_was_got_for_it(known):
    assert tell(known) == "done"
    assert known.vendors.headers[0]["Authorization"] == "Bearer a1-s3cret"
    assert len(known.vendors.server.refreshes) == 1


@pytest.mark.parametrize(
    "refusal", [says(401), says(200, {"error": "token_expired"})], ids=["401", "in its body"]
)
def test_a_token_that_is_over_before_its_time_is_replaced_and_the_call_made_again(known, refusal):
    tell(known)
    known.now += 120
    known.entity("customer", "c-1", relay="never", stage="lead")
    known.vendors.faults = [refusal]
    assert tell(known) == "done"
    assert known.vendors.headers[-1]["Authorization"] == "Bearer a2-s3cret"
    assert known.vendors.contacts["c1"]["stage"] == "lead"


def test_a_credential_that_is_refused_twice_pauses_the_account(known):
    tell(known)
    known.now += 120
    known.entity("customer", "c-1", relay="never", stage="lead")
    known.vendors.faults = [says(401), says(401)]
    assert tell(known) == "parked:status-401"
    assert switch(known) == {"paused": True, "reason": "status-401"}
    assert len(known.vendors.server.refreshes) == 2


def test_a_dead_credential_pauses_its_destination_and_says_so(known):
    known.vendors.server.refresh = "revoked"
    assert tell(known) == "parked:credential-revoked"
    assert switch(known) == {"paused": True, "reason": "credential-revoked"}
    assert known.vendors.asked == []
    known.secrets.held["crm.main"][0]["refresh_token"] = "revoked"  # consented to anew
    known.switch("crm.main", paused=False)
    known.rest()
    assert known.vendors.contacts["c1"]["firstname"] == "Ada"


def test_a_token_server_that_is_away_parks_and_pauses_nobody(known):
    known.vendors.server.faults = [busy, busy]
    assert tell(known) == "parked:credential-unreachable"
    assert switch(known) == {}
    assert known.vendors.asked == []
    known.rest()
    assert known.vendors.contacts["c1"]["firstname"] == "Ada"


LISTING = ROTATING.replace(
    "{get:", '{id: id, list: {request: "GET /invoices?since={since}", records: "[@]"}, get:'
)


def test_a_poll_replaces_a_token_that_is_refused():
    hub = hub_of(LISTING)
    assert [one.error for one in poll(hub)] == [""]
    hub.client.tokens.clear()
    hub.clock.now += 120
    [polled] = poll(hub)
    assert (polled.error, polled.records) == ("", 1)
    assert len(hub.client.refreshes) == 2


def test_a_poll_without_a_credential_says_why():
    hub = hub_of(LISTING)
    hub.client.refresh = "other"
    assert [one.error for one in poll(hub)] == ["credential-revoked"]


THIN = Event("books", "co", "invoice", "t", "7", ("1",), "2026-11-23T04:00:00.000000Z")


def test_a_fetch_replaces_a_token_that_is_refused_and_waits_where_none_can_be_had():
    hub = hub_of(ROTATING)
    account = hub.catalog.accounts[ACCOUNT]
    assert _fetched(hub, THIN, account).record == {"id": "7"}
    hub.client.tokens.clear()
    hub.clock.now += 120
    assert _fetched(hub, THIN, account).record == {"id": "7"}
    hub.client.refresh = ""
    hub.clock.now += 3600
    with pytest.raises(FetchError, match="fetch-credential-revoked"):
        _fetched(hub, THIN, account)
