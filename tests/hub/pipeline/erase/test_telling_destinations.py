"""What destinations are told of an erasure, when they are slow, paused, or cannot be asked at all."""

import json
from dataclasses import replace

import pytest

from hub import keys
from hub.connector import HttpResponse
from hub.demo.vendors.faults import Fault
from hub.errors import RecordError
from hub.identity import Pepper
from hub.pipeline.erase import Order, begin, erase, erasure_of
from hub.pipeline.serve import Question, serve
from hub.pipeline.sweep import sweep
from hub.pipeline.unify import Source, _park
from hub.store import Item, Put
from tests.hub.pipeline.erase.people import BY_HAND, Lived, left, left_at_vendors

KEY = {"authorization": "Bearer key"}


def api(day, method, path, body=None):
    content = b"" if body is None else json.dumps(body).encode()
    return serve(day.hub, Question(method, path, headers=KEY, body=content))


def receipts(day):
    found = day.hub.store.page(keys.erasure(day.id).pk, prefix="TO#", limit=100).items
    return {item.data["destination"]: item for item in found}


def switch(day, account, **data):
    key = keys.account(account)
    held = day.hub.store.read([key]).get(key, Item(key, "account"))
    day.hub.store.commit([Put(replace(held, data=data))])


@pytest.mark.parametrize("kind", ["429", "500", "refuse", "reset"])
def test_a_destination_in_trouble_is_asked_again_until_it_has_forgotten(kind):
    day = Lived()
    asked = day.town._arrived["hubspot.main"]
    day.town.faults += [Fault("hubspot.main", asked + n, kind) for n in (1, 2)]
    day.erase(rounds=30)
    assert receipts(day)["hubspot.main.contact"].data["state"] == "done"
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"
    assert left_at_vendors(day) <= BY_HAND


def test_a_page_that_says_yes_to_everything_is_no_receipt():
    day = Lived()
    asked = []

    class Captive:
        def send(self, request):
            asked.append(request.url)
            told = len(asked) == 1
            return HttpResponse(200, {}, b"<!doctype html>Sign in") if told else day.send(request)

    day.hub.__dict__["client"] = Captive()
    day.erase(rounds=30)
    assert left_at_vendors(day) <= BY_HAND
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"


def test_a_record_that_is_not_there_any_more_is_forgotten():
    day = Lived()
    day.town.tables["woocommerce.co"].put("customer", "201", None)
    day.town.tables["odoo.main"].put("partner", "57", None)
    day.erase()
    done = {name for name, item in receipts(day).items() if item.data["state"] == "done"}
    assert {"woocommerce.co.customer", "odoo.main.partner"} <= done


def test_a_paused_account_is_told_after_it_is_resumed_and_only_then_there_is_a_certificate():
    day = Lived()
    switch(day, "klaviyo.main", paused=True)
    day.erase(rounds=20)
    assert receipts(day)["klaviyo.main.profile"].data["state"] == "due"
    assert erasure_of(day.hub.store, day.id).data["state"] == "removed"
    assert left(day) == [], "our own data does not wait for them"
    switch(day, "klaviyo.main", paused=False)
    day.minutes(10)
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"
    assert left_at_vendors(day) <= BY_HAND


def test_a_dry_run_sends_nothing_and_the_receipt_says_so():
    day = Lived()
    switch(day, "*", dry_run=True)
    before = len(day.town.journal.calls())
    day.erase()
    assert len(day.town.journal.calls()) == before
    states = {item.data["state"] for item in receipts(day).values()}
    assert states == {"dry-run", "by-hand"}
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"


def test_what_a_person_has_to_do_is_parked_until_they_say_that_it_is_done():
    day = Lived()
    day.erase()
    listed = {one["destination"]: one for one in api(day, "GET", "/v1/parked").data["parked"]}
    assert set(listed) == {"shopify.co.customer", "whatsapp.co.contact"}
    shop = listed["shopify.co.customer"]
    assert (shop["kind"], shop["state"], shop["remote"]) == ("receipt", "by-hand", "8120044231001")
    assert "remote" not in listed["whatsapp.co.contact"], "that id is their phone"
    assert "by hand" in shop["task"] or "delete" in shop["task"]
    day.clock.now += 400
    assert api(day, "POST", "/v1/replay", {"events": [shop["id"]]}).data["sent"]
    day.rest()
    assert receipts(day)["shopify.co.customer"].data["state"] == "done-by-hand"
    assert left(day, ("8120044231001",)) == []
    assert len(api(day, "GET", "/v1/parked").data["parked"]) == 1


@pytest.mark.parametrize("more", [{"inflight": {"at": "2026-11-20T17:00:00.000000Z"}}, {}])
def test_a_write_under_way_or_whose_id_was_never_told_is_looked_for_by_hand(more):
    day = Lived()
    key = keys.delivery("klaviyo.main.profile", "customer", day.id)
    held = day.hub.store.read([key])[key]
    data = {name: value for name, value in held.data.items() if name != "remote"}
    day.hub.store.commit([Put(replace(held, data={**data, **more}))])
    day.erase()
    found = day.hub.store.page(keys.erasure(day.id).pk, prefix="TO#klaviyo").items
    assert "by-hand" in [item.data["state"] for item in found]


def test_nobody_is_read_or_told_from_the_moment_it_begins():
    day = Lived()
    answer = api(day, "POST", f"/v1/customers/{day.id}/erase", {"actor": "ana", "reason": "by letter"})
    assert (answer.status, answer.data["state"], answer.data["receipts"]) == (200, "begun", [])
    assert api(day, "GET", f"/v1/customers/{day.id}").status == 410
    for absorbed in day.customer.data["absorbed"]:
        assert api(day, "GET", f"/v1/customers/{absorbed}").status == 410
        assert api(day, "GET", f"/v1/customers/{absorbed}/erasure").data["id"] == day.id
    assert api(day, "POST", "/v1/customers/search", {"email": "lucia.fernandez@correo.example"}).status == 404
    assert api(day, "GET", f"/v1/customers/{day.id}/export").status == 404
    again = api(day, "POST", f"/v1/customers/{day.id}/erase", {"actor": "eva", "reason": "again"})
    assert again.data["actor"] == "ana"
    day.minutes()
    done = api(day, "GET", f"/v1/customers/{day.id}/erasure").data
    assert (done["state"], done["waiting"], done["certificate"]["actor"]) == ("done", 0, "ana")
    assert api(day, "GET", f"/v1/customers/{day.id}").status == 410
    assert api(day, "POST", "/v1/customers/readmit", {"phone": "310 555 0147", "country": "CO"}).status == 200


@pytest.mark.parametrize(
    "body", [{}, {"actor": "ana"}, {"actor": "", "reason": "x"}, {"actor": 1, "reason": "x"}]
)
def test_an_erasure_says_who_and_why(body):
    day = Lived()
    assert api(day, "POST", f"/v1/customers/{day.id}/erase", body).status == 400
    assert len(day.customers()) == 1


def test_who_is_not_there_cannot_be_erased_exported_or_readmitted():
    day = Lived()
    nobody = "0" * 24
    assert api(day, "POST", f"/v1/customers/{nobody}/erase", {"actor": "a", "reason": "b"}).status == 404
    for path in (
        f"/v1/customers/{nobody}/erasure",
        f"/v1/customers/{nobody}/export",
        f"/v1/customers/{nobody}",
    ):
        assert api(day, "GET", path).status == 404
    assert api(day, "POST", "/v1/customers/readmit", {"email": "nadie@correo.example"}).status == 404


def test_a_parked_event_about_them_goes_and_that_of_others_stays():
    day = Lived()
    event = next(e for e in day.history if e.topic == "orders/create" and e.connector == "shopify")
    peppers = [Pepper("1", "pepper")]
    text = {
        "hers": replace(event, event_id=("p1",), id="x1"),
        "other": replace(event, event_id=("p2",), id="x2"),
    }
    text["other"] = replace(
        text["other"], record={"id": 5, "email": "otra@correo.example", "note": "310 555 01"}
    )
    for name, one in text.items():
        day.hub.archive.put(f"raw/2026-11-20/{name}.jsonl", one.dumps())
        _park(
            day.hub, one, Source(f"raw/2026-11-20/{name}.jsonl", 0), RecordError("bad-value", "no"), peppers
        )
    day.erase()
    kinds = [one["topic"] for one in api(day, "GET", "/v1/parked").data["parked"] if one["kind"] == "event"]
    assert kinds == ["orders/create"]
    assert "raw/2026-11-20/hers.jsonl" not in day.hub.archive.texts
    assert "otra@correo.example" in day.hub.archive.texts["raw/2026-11-20/other.jsonl"]
    assert left(day) == []


def test_every_archived_line_is_pointed_to_by_something():
    day = Lived()
    day.again(day.history)
    day.again([replace(event, via="poll") for event in day.history])
    pointers = {
        tuple(item.data["archive"])
        for item in day.hub.store.items()
        if item.kind in ("marker", "timeline", "trail") and "archive" in item.data
    }
    lines = {
        (name, number)
        for name, text in day.hub.archive.texts.items()
        if name.startswith("raw/") and "/fetched-" not in name
        for number, line in enumerate(text.split("\n"))
        if line
    }
    assert lines <= pointers


def test_an_erasure_that_has_begun_is_found_by_the_clock_alone():
    day = Lived()
    begin(day.hub, day.id, Order("tests", "asked"))
    for _ in range(4):
        erase(day.hub)
        day.clock.now += 61
        sweep(day.hub)
    assert left(day) != [], "an image may be on its way"
    erase(day.hub)
    assert left(day) == []
    assert erasure_of(day.hub.store, day.id).data["state"] == "removed", "nobody has been told yet"


def test_what_only_repeats_what_we_wrote_is_found_in_the_archive_as_well():
    day = Lived()
    whole = day.town.state()["woocommerce.co"]["customer"]["201"]
    row = {name: whole[name] for name in ("id", "email", "first_name", "last_name", "date_modified_gmt")}
    known = next(e for e in day.history if e.connector == "woocommerce")
    day.clock.now += 60
    named = {"resource": "customer", "topic": "customer.updated", "id": "201", "event_id": ("echo",)}
    told = replace(known, **named, record=row, at=None, received_at="2026-11-20T17:40:00.000000Z")
    day.again([told])
    assert "echo" in [getattr(one, "kind", one) for one in day.runner.results]
    assert "trail" in {item.kind for item in day.hub.store.items()}
    day.erase()
    assert left(day) == []
