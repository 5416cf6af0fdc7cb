"""What an operator asks by the API: deliveries by query, groups, replays, switches, and why."""

import json
from dataclasses import replace

import pytest

from hub import keys
from hub.catalog import Catalog
from hub.documents import Document
from hub.messages import Delivery
from hub.pipeline.deliver import deliver
from hub.pipeline.serve import Question, serve
from hub.pipeline.serve.exchange import Page
from hub.pipeline.serve.finding import find
from hub.pipeline.serve.masks import shape
from hub.pipeline.serve.remedies import DEVELOPER, NOBODY, OPERATOR, remedy
from hub.pipeline.serve.wanted import Wanted
from hub.store import Item, Put
from hub.times import from_epoch
from tests.docs.test_guides import served_day
from tests.hub.pipeline.delivering import ADA, CRM, ERP, ada, connector, tell
from tests.hub.pipeline.delivery_vendors import loses_the_answer, never_hears, refuses, says
from tests.hub.pipeline.test_serve import KEY
from tests.journey import Day


class Desk:
    """The API of a world."""

    def __init__(self, world):
        self.world, self.hub = world, world.hub
        self.hub.secrets.held["api-key"] = [{"key": "k-2"}]

    def ask(self, method, path, body=None, *, status=200, **query):
        content = json.dumps(body).encode() if body is not None else b""
        answer = serve(self.hub, Question(method, path, query, KEY, content))
        assert answer.status == status, answer.data
        return answer.data

    def deliveries(self, **query):
        return self.ask("GET", "/v1/deliveries", **query)["deliveries"]

    def post(self, path, status=200, **body):
        return self.ask("POST", path, body, status=status)


@pytest.fixture
def desk(world):
    return Desk(world)


def customers(world, count):
    """So many customers, each told to the CRM at a time of its own."""
    for number in range(count):
        world.now += 1
        world.entity("customer", f"c-{number}", relay="never", email=f"ada{number}@correo.example")
        message = Delivery(CRM, "customer", f"c-{number}", 1, f"c-{number}", "sync")
        deliver(world.hub, message)


# Deliveries by query.


def test_what_needs_somebody_comes_first_then_the_newest(desk, world):
    customers(world, 2)
    world.vendors.faults = [says(422)]
    world.now += 5
    ada(world, stage="x")
    world.deliver()
    listed = desk.deliveries()
    assert listed[0]["state"] == "rejected"
    done = [one["at"] for one in listed if one["state"] == "ok"]
    assert len(done) >= 2


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"state": "parked"}, 1),
        ({"state": "rejected", "reason": "status-422"}, 1),
        ({"state": "done"}, 1),
        ({"destination": CRM}, 1),
        ({"account": "erp.main"}, 1),
        ({"connector": "crm"}, 1),
        ({"flow": "sync"}, 2),
        ({"flow": "sales"}, 0),
        ({"account": "erp"}, 1),
        ({"destination": "crm.contact"}, 1),
        ({"reason": "422"}, 1),
        ({"group": "00000000"}, 0),
        ({"since": "17:00"}, 2),
        ({"until": "2026-11-23"}, 0),
        ({"since": "2026-11-23T16:00"}, 2),
        ({"since": "2026-11-23 16:00:30"}, 2),
        ({"since": "17:30+00:30"}, 2),
        ({"entity": "order"}, 0),
        ({"since": "1m"}, 2),
        ({"until": "1m"}, 0),
        ({"since": "2026-11-23T17:00:00Z", "until": "2026-11-23T17:00:01Z"}, 2),
        ({"customer": "c-1"}, 2),
    ],
)
def test_deliveries_are_found_by_what_is_known_of_them(desk, world, query, count):
    pk = world.record("shop.co", "customer", "1", "c-1", email=ADA["email"])
    world.vendors.faults = [says(422)]
    world.entity("customer", "c-1", records={pk: ""}, **ADA)
    world.deliver()
    assert len(desk.deliveries(**query)) == count


def test_what_was_merged_away_is_found_under_who_took_it_over(desk, world):
    pk = world.record("shop.co", "customer", "1", "c-9", email=ADA["email"])
    ada(world)
    world.deliver()
    world.entity("customer", "c-9", relay="never", records={pk: ""}, email="other@correo.example")
    world.merge("c-1", "c-9")
    assert {one["entity_id"] for one in desk.deliveries(customer="c-1")} == {"c-1"}


def test_pages_give_each_once_although_what_was_given_leaves_the_list_meanwhile(world):
    for number in range(60):
        world.entity("customer", f"c-{number}", relay="never", email=f"ada{number}@correo.example")
        world.vendors.faults = [says(422)]
        deliver(world.hub, Delivery(CRM, "customer", f"c-{number}", 1, f"c-{number}", "sync"))
    seen, after = [], None
    while True:
        part = find(world.hub, Wanted(), Page(7, after), [keys.PARKED])
        seen += [item.key.pk for item in part.items]
        for item in part.items:
            world.store.commit([Put(replace(item, agenda=None, at=None))])
        after = part.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"account": "cmr.main"}, "did you mean crm.main"),
        ({"account": "main"}, "did you mean crm.main or erp.main or"),
        ({"account": "zzz"}, "there is "),
        ({"destination": "crm.contract"}, "did you mean crm.main.contact"),
        ({"destination": "crm"}, "did you mean crm.main.contact"),
        ({"connector": "cmr"}, "did you mean crm"),
        ({"flow": "synch"}, "did you mean sync"),
        ({"entity": "custmer"}, "did you mean customer"),
        ({"group": "x"}, "eight digits"),
        ({"source": "shop.co"}, "hub events --source"),
    ],
)
def test_a_name_that_the_files_do_not_have_is_told_with_those_that_are_like_it(desk, query, said):
    assert said in desk.ask("GET", "/v1/deliveries", status=400, **query)["message"]


def test_a_destination_that_no_flow_has_any_more_is_still_found(desk, world):
    ada(world)
    world.deliver()
    world.hub.catalog = replace(world.hub.catalog, flows={})
    assert len(desk.deliveries(destination=CRM)) == 1


def test_the_deliveries_of_one_customer_come_in_parts(desk, known):
    tell(known)
    tell(known, ERP)
    first = desk.ask("GET", "/v1/deliveries", customer="c-1", limit="1")
    rest = desk.ask("GET", "/v1/deliveries", customer="c-1", limit="1", after=first["next"])
    found = [one["destination"] for part in (first, rest) for one in part["deliveries"]]
    assert (sorted(found), rest["next"]) == ([CRM, ERP], None)
    desk.ask("GET", "/v1/deliveries", status=400, customer="c-1", after="x")


def test_a_question_that_is_not_well_formed_is_told(desk):
    for query in ({"state": "odd"}, {"since": "yesterday"}, {"after": "x"}, {"limit": "0"}):
        desk.ask("GET", "/v1/deliveries", status=400, **query)
    desk.post("/v1/deliveries/search", 400, whose="ada")
    desk.post("/v1/deliveries/search", 404, whose={"email": "nobody@correo.example"})
    desk.post("/v1/deliveries/search", 400, flow=1)
    desk.post("/v1/deliveries/show", 400, delivery=1)
    desk.post("/v1/deliveries/show", 400, delivery="x", more=1)
    desk.post("/v1/deliveries/show", 404, delivery="ENT#customer#c-1")


# The story of one.


def show(desk, destination=CRM, **more):
    return desk.post("/v1/deliveries/show", delivery=keys.delivery(destination, "customer", "c-1").pk, **more)


def test_a_story_says_what_differs_there_by_field_and_line(desk, known):
    tell(known)
    known.entity("customer", "c-1", relay="never", given_name="Augusta", stage="lead")
    now = show(desk)["now"]
    assert (now["would"], now["there"]["email"], now["there"]["given_name"]) == ("write", "same", "other")
    assert now["there"]["stage"] == "nothing"
    assert now["lines"]["given_name"].startswith("mappings/crm.contact.yaml:")
    assert "Augusta" not in json.dumps(show(desk))
    assert show(desk, values=True)["now"]["record"]["firstname"] == "Augusta"


@pytest.mark.parametrize(
    ("change", "would"),
    [
        (lambda world: world.switch("crm.main", paused=True), {"would": "refused-again", "but": "paused"}),
        (lambda world: world.switch("*", dry_run=True), {"would": "refused-again", "but": "dry-run"}),
        (lambda world: world.catalog_without("mappings"), {"would": "fail", "reason": "no-mapping"}),
        (lambda world: world.catalog_without("accounts"), {"would": "unknown-destination"}),
    ],
)
def test_a_story_foresees_what_would_come_of_it(desk, known, change, would):
    def without(part):
        held = desk.hub.catalog
        empty = {"mappings": {"mappings": {}}, "accounts": {"accounts": {}}}[part]
        known.hub.catalog = replace(held, **empty)

    known.catalog_without = without
    known.vendors.faults = [says(422)]
    tell(known)
    change(known)
    now = show(desk)["now"]
    assert {name: now.get(name) for name in would} == would


def test_what_was_refused_is_compared_with_what_would_be_sent_now(desk, known):
    known.vendors.faults = [says(422)]
    tell(known)
    assert show(desk)["now"]["would"] == "refused-again"
    held = known.state(CRM, "c-1")["refused"]
    assert "ada" not in json.dumps(held).lower()
    known.entity("customer", "c-1", relay="never", given_name="Augusta")
    now = show(desk)["now"]
    assert (now["would"], now["asked_otherwise"]) == ("write", False)
    [changed] = now["changed"]
    assert changed["member"] == "firstname"
    assert changed["line"].startswith("mappings/crm.contact.yaml:")
    tell(known)
    assert "refused" not in known.state(CRM, "c-1")


def test_a_connector_that_asks_otherwise_may_be_taken(desk, known):
    known.vendors.faults = [says(422)]
    tell(known)
    connector(known, "crm", "base_url: https://new.crm.example")
    now = show(desk)["now"]
    assert (now["would"], now["changed"], now["asked_otherwise"]) == ("write", [], True)


def test_a_preview_shows_values_to_who_asks_for_them(desk, world):
    world.vendors.faults = [says(422), says(422)]
    ada(world)
    world.deliver()
    for values in (True, False):
        told = desk.post("/v1/replay", state="rejected", preview=True, sample=2, values=values)
        assert (ADA["email"] in json.dumps(told)) is values
    desk.post("/v1/replay", 400, state="rejected", preview=True, values="yes")


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (1210.5, "9999.9"),
        (1210, "9999"),
        (1210.0, "9999"),
        (-3, "-9"),
        ("900.123.456-8", "999.999.999-9"),
        ("Ana Gil", "aaa aaa"),
        ("2026-11-20T14:00:00Z", "2026-11-20T14:00:00Z"),
        ("1990-05-02", "9999-99-99"),
        (True, True),
        (None, None),
        ([1, 2], ["9", "…"]),
    ],
)
def test_a_form_shows_what_a_value_looks_like_and_not_what_it_is(value, form):
    assert shape(value) == form


# Who must act.


@pytest.mark.parametrize(
    ("fault", "state", "owner"),
    [
        (says(422), "rejected", "data owner"),
        (says(401), "due", "operator"),
        (says(503), "due", "nobody"),
        (refuses, "due", "operator"),
        (never_hears, "due", "operator"),
        (loses_the_answer, "due", "operator"),
    ],
)
def test_who_must_act_follows_from_the_class_of_the_error(desk, known, fault, state, owner):
    known.vendors.faults = [fault, fault]
    tell(known)
    told = show(desk)
    assert (told["state"], told["owner"]) == (state, owner)
    assert told["hint"]


@pytest.mark.parametrize(
    ("told", "owner"),
    [
        ({"kind": "event", "reason": "fetch-timeout"}, OPERATOR),
        ({"kind": "request", "do": "export"}, OPERATOR),
        ({"kind": "delivery", "state": "exhausted", "reason": "status-503", "destination": CRM}, OPERATOR),
        ({"kind": "delivery", "state": "dry-run", "destination": CRM}, OPERATOR),
        ({"kind": "outbox", "reason": "sales:no-value"}, "integrator"),
        ({"kind": "waiting", "flow": "reminder", "reason": "once-is-empty"}, "integrator"),
        ({"kind": "event", "reason": "missing-value", "place": "mappings/x.y.yaml:3:1"}, "integrator"),
        ({"kind": "event", "reason": "future-time"}, "data owner"),
        ({"kind": "act", "state": "held", "reason": "unknown-outcome", "destination": CRM}, OPERATOR),
        ({"kind": "delivery", "state": "skipped", "reason": "no-consent", "destination": CRM}, NOBODY),
        ({"kind": "delivery", "state": "rejected", "reason": "never-seen", "destination": CRM}, DEVELOPER),
    ],
)
def test_every_class_of_error_has_an_owner_and_a_hint(world, told, owner):
    found = remedy(world.hub.catalog, told)
    assert found.owner == owner
    assert found.why
    assert "{account}" not in found.hint


def test_a_queue_that_lets_nobody_in_is_mended_in_aws_and_no_secret_is_asked_for():
    data = {"base_url": "{account.arn}", "resources": {"customer": {"upsert": {"request": "SEND"}}}}
    catalog = Catalog.of([("connector", Document("connectors/queue.yaml", data))])
    told = {"kind": "delivery", "state": "due", "reason": "status-403", "destination": "queue.main.customer"}
    found = remedy(catalog, told)
    assert found.owner == OPERATOR
    assert "OutQueueArns" in found.hint and "`hub resume queue.main`" in found.hint
    assert "secret" not in found.hint


# Replays by query.


def test_a_replay_by_query_leaves_what_is_done_alone(desk, world):
    ada(world)
    world.deliver()
    asked = len(world.vendors.asked)
    assert desk.post("/v1/replay", account="crm.main")["sent"] == []
    desk.post("/v1/replay", 400, state="done")
    desk.post("/v1/replay", 400)
    desk.post("/v1/replay", 400, account="crm.main", after=1)
    desk.post("/v1/replay", 400, account="crm.main", sample=99)
    desk.post("/v1/replay", 400, events=["x"], account="crm.main")
    world.deliver()
    assert len(world.vendors.asked) == asked


def test_what_is_done_is_named_and_said_again_or_left_alone(desk, world):
    ada(world)
    world.deliver()
    done, asked = keys.delivery(CRM, "customer", "c-1").pk, len(world.vendors.asked)
    for preview in (True, False):
        told = desk.post("/v1/replay", events=[done], preview=preview, sample=1)
        assert (told["sent"], told["sample"]) == ([], [])
        assert told["skipped"] == [{"id": done, "reason": "done"}]
    desk.post("/v1/replay", 400, account="crm.main", again=True)
    desk.post("/v1/replay", 400, events=[done], again="yes")
    world.deliver()
    assert len(world.vendors.asked) == asked
    world.now += 1
    told = desk.post("/v1/replay", events=[done], again=True)
    assert [one["id"] for one in told["sent"]] == [done]
    world.now += 1
    world.deliver()
    assert len(world.vendors.asked) == asked + 1


def test_an_act_that_is_done_is_never_done_twice(desk, world):
    world.entity("customer", "c-1", relay="never", **ADA)
    act = Delivery(CRM, "customer", "c-1", 1, "c-1", "sync", trigger="c-1")
    world.store.commit([Put(Item(keys.act(act), "act", {"state": "done", "message": act.dumps()}))])
    told = desk.post("/v1/replay", events=[keys.act(act).pk], again=True)
    assert told["skipped"] == [{"id": keys.act(act).pk, "reason": "done-once"}]


def test_a_replay_says_how_long_it_takes_at_a_tenth_of_the_rate(desk, world):
    world.vendors.faults = [says(422), says(422)]
    ada(world)
    world.deliver()
    answer = desk.post("/v1/replay", state="rejected", preview=True, sample=2)
    assert answer["pace"] == pytest.approx(0.1, rel=0.05)
    assert {one["would"] for one in answer["sample"]} == {"refused-again"}
    assert "ada" not in json.dumps(answer).lower()


def test_what_a_replay_sends_goes_behind_what_happens_now(desk, world):
    world.vendors.faults = [says(422), says(422)]
    ada(world)
    world.deliver()
    desk.post("/v1/replay", account="erp.main")
    [sent] = [Delivery.loads(stored.message.body) for stored in world.outbound.waiting]
    assert (sent.destination, sent.lane) == (ERP, "backfill")


# Switches.


def test_an_account_is_paused_and_resumed_by_name_with_who_and_why(desk, known):
    told = desk.post("/v1/accounts/pause", account="crm.main", actor="ana", reason="the month closes")
    assert (told["state"], told["actor"], told["reason"]) == ("paused", "ana", "the month closes")
    assert tell(known) == "parked:paused"
    states = {one["account"]: one["state"] for one in desk.ask("GET", "/v1/accounts")["accounts"]}
    assert (states["crm.main"], states["*"]) == ("paused", "active")
    assert desk.post("/v1/accounts/resume", account="crm.main", actor="ana")["state"] == "active"
    assert tell(known) == "done"


def test_a_switch_wants_an_account_that_there_is_and_says_who_and_why(desk):
    desk.post("/v1/accounts/pause", 404, account="no.main", actor="ana", reason="x")
    desk.post("/v1/accounts/pause", 400, account="crm.main", actor="ana")
    desk.post("/v1/accounts/pause", 400, account="crm.main", reason="x")
    desk.post("/v1/accounts/pause", 400, account="crm.main", actor="ana", reason="x", more=1)
    desk.ask("POST", "/v1/accounts/explode", {}, status=404)


# Events, and why.


def event_of(desk, topic):
    events = desk.ask("GET", "/v1/events", limit="100")["events"]
    return next(one["name"] for one in events if one["topic"] == topic)


def verdicts(desk, event, destination):
    return [one["verdict"] for one in desk.post("/v1/why", event=event, destination=destination)["verdicts"]]


@pytest.fixture
def day():
    return Day()


def test_a_cart_waits_and_then_says_what_kept_its_reminder(day):
    number = next(n for n, chapter in enumerate(day.chapters) if "checkout" in str(chapter.file))
    day.live(number)
    desk = Desk(day)
    event = event_of(desk, "checkouts/create")
    [told] = desk.post("/v1/why", event=event, destination="klaviyo.event")["verdicts"]
    assert (told["verdict"], told["place"]) == ("waits", "flows/abandoned-cart.yaml:4")
    assert told["until"] > from_epoch(day.clock())
    day.later(3700)
    [told] = desk.post("/v1/why", event=event, destination="whatsapp.message")["verdicts"]
    assert told["verdict"] in ("no-consent", "no-address", "sent")
    assert told["place"]


def test_a_parked_event_says_so_and_where(day):
    desk = Desk(served_day())
    [parked] = desk.ask("POST", "/v1/parked/search", {"reason": "future-time"})["parked"]
    assert not parked["id"].startswith("EVT#")
    told = desk.post("/v1/why", event=parked["id"], destination="hubspot.contact")
    assert [one["verdict"] for one in told["verdicts"]] == ["parked"]
    story = desk.post("/v1/events/show", event=parked["id"])
    assert story["remedy"]["owner"] == "data owner"
    assert desk.post("/v1/replay", events=[parked["id"]])["sent"][0]["reason"] == "future-time"


def test_a_parked_event_is_foreseen_with_the_files_as_they_are_now():
    desk = Desk(served_day())
    answer = desk.post("/v1/replay", reason="future-time", preview=True, sample=1)
    assert answer["sample"][0]["would"] == "fail"
    assert answer["sample"][0]["reason"] == "future-time"


def test_events_are_paged_by_the_objects_of_the_archive(day, monkeypatch):
    day.live(0, 1, 2)
    desk = Desk(day)
    monkeypatch.setattr("hub.pipeline.serve.archived.OBJECTS", 1)
    whole, after = [], {}
    while True:
        part = desk.ask("GET", "/v1/events", limit="100", **after)
        whole += [one["name"] for one in part["events"]]
        if part["next"] is None:
            break
        after = {"after": part["next"]}
    assert len(whole) == len(set(whole)) > 2


def test_events_of_one_part_are_paged_the_newest_first(day):
    day.live(0, 1, 2)
    desk = Desk(day)
    whole = desk.ask("GET", "/v1/events", limit="100")["events"]
    seen, after = [], {}
    while True:
        part = desk.ask("GET", "/v1/events", limit="2", **after)
        assert len(part["events"]) <= 2
        seen += part["events"]
        if part["next"] is None:
            break
        after = {"after": part["next"]}
    assert seen == whole
    desk.ask("GET", "/v1/events", status=400, after=".x")


def test_an_event_costs_what_its_items_and_calls_cost(day):
    day.story()
    desk = Desk(day)
    cost = desk.post("/v1/events/show", event=event_of(desk, "orders/create"))["cost"]
    assert cost["units"]["write units"] >= 10
    assert 1 < cost["dollars_per_million"] < 100
    assert cost["prices_as_of"] == "2026-06-01"


def test_what_is_asked_of_events_is_well_formed(day):
    desk = Desk(day)
    for body in ({}, {"event": 1}, {"event": "x"}, {"event": "EVT#a#b#c#d"}, {"event": "0" * 16}):
        answer = serve(desk.hub, Question("POST", "/v1/events/show", {}, KEY, json.dumps(body).encode()))
        assert answer.status in (400, 404)
    desk.post("/v1/why", 404, event="x")
    desk.post("/v1/why", 400, destination="hubspot.contact")
    desk.post("/v1/why", 400, event="x", record={})
    desk.post("/v1/events/search", 400, state="applied")
    desk.post("/v1/events/search", 400, customer="x", whose={})
    desk.post("/v1/events/search", 400, customer=1)
    desk.post("/v1/events/search", 400, customer="c", after="x")
    desk.post("/v1/events/show", 400, event="x", values="yes")
