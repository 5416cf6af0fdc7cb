"""Somebody who was erased stays erased, whatever comes in again and by whichever way."""

from dataclasses import asdict, replace

import pytest

from hub.pipeline.erase import Order, begin, certificate, erasure_of
from hub.pipeline.erase.restore import readmit, reapply
from hub.pipeline.outbox import KEPT
from hub.pipeline.serve.search import named
from hub.runner import Runner
from hub.store import Put
from hub.store.memory import MemoryStore
from tests.hub.pipeline.erase.people import (
    BY_HAND,
    Lived,
    kinds,
    lasting,
    left,
    left_at_vendors,
    polled,
    replayed,
    shuffled,
)


@pytest.fixture(scope="module")
def erased():
    day = Lived()
    assert len({value for _, value in left(day)}) == 7, "the story does not name her in every way"
    day.erase()
    return day


def test_nothing_of_the_person_is_left_in_the_table_or_the_archive(erased):
    assert left(erased) == []


def test_the_vendors_who_can_be_asked_have_forgotten_them(erased):
    assert left_at_vendors(erased) <= BY_HAND
    sold = erased.town.state()["woocommerce.co"].get("order", {})
    assert all(order["total"] for order in sold.values()), "a sale stays a sale"


def test_every_destination_has_a_receipt_and_the_certificate_names_them(erased):
    issued = erasure_of(erased.hub.store, erased.id).data["certificate"]
    assert {(one["destination"], one["state"]) for one in issued["receipts"]} >= {
        ("hubspot.main.contact", "done"),
        ("klaviyo.main.profile", "done"),
        ("odoo.main.partner", "done"),
        ("square.bogota.customer", "done"),
        ("woocommerce.co.customer", "done"),
        ("shopify.co.customer", "by-hand"),
        ("whatsapp.co.contact", "by-hand"),
    }
    assert certificate.verify(erased.hub, issued)
    assert not certificate.verify(erased.hub, {**issued, "actor": "somebody else"})
    assert certificate.kept(erased.hub, erased.id)["certificate"] == issued
    assert issued["counts"]["timeline"] >= 15


def test_what_is_left_is_who_was_erased_and_no_more(erased):
    assert set(kinds(erased)) == {"cursor", "root", "outbox", "erasure", "receipt", "suppression"}
    images = [item.data for item in erased.hub.store.items() if item.kind == "outbox"]
    assert all(set(data) <= {*KEPT, "relayed", "decided"} for data in images), "only what was relayed"
    roots = [item.data for item in erased.hub.store.items() if item.kind == "root"]
    assert all(set(data) == {"entity", "id", "state", "erasure"} for data in roots)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("way", ["webhook", "replay", "poll"])
def test_the_whole_history_told_again_doubled_and_shuffled_brings_nothing_back(way, seed):
    day = Lived()
    day.erase()
    before = {item.key: item.data for item in lasting(day)}
    told = {"webhook": day.history, "replay": replayed(day.history, day), "poll": polled(day.history)}[way]
    day.again(shuffled(told, seed))
    assert {item.key: item.data for item in lasting(day)} == before
    assert left(day) == []
    assert left_at_vendors(day) <= BY_HAND


def test_history_that_comes_in_while_the_erasure_is_under_way_is_dropped_as_well():
    for minute in range(6):
        day = Lived()
        begin(day.hub, day.id, Order("tests", "she asked"))
        day.minutes(minute)
        day.again(shuffled(day.history, minute))
        day.minutes(10)
        assert left(day) == [], minute
        assert left_at_vendors(day) <= BY_HAND


def test_the_polls_of_the_clock_bring_nothing_back(erased):
    before = kinds(erased)
    erased.runner.poll()
    erased.rest()
    assert kinds(erased) == before


def test_a_later_order_reaches_the_erp_without_its_customer():
    day = Lived()
    day.erase()
    [sample] = [e for e in day.history if e.topic == "orders/create" and e.connector == "shopify"][:1]
    at = "2026-11-25T10:00:00Z"
    record = {**sample.record, "id": 999001, "name": "#2000", "updated_at": at, "created_at": at}
    record["customer"] = {**(record["customer"] or {}), "updated_at": at}
    later = type(sample)(
        **{**plain(sample), "id": "999001", "event_id": ("later",), "record": record, "at": at}
    )
    day.clock.now += 6 * 86_400
    day.again([later])
    assert "suppressed" not in [getattr(r, "kind", r) for r in day.runner.results[-1:]]
    orders = [i for i in day.hub.store.items() if i.kind == "root" and i.data["entity"] == "order"]
    assert [i.data["customer"] for i in orders if i.data["state"] == "active"] == [""]
    assert day.customers() == []
    assert left(day) == []


def plain(event):
    return {**asdict(event), "received_at": "2026-11-26T15:00:00.000000Z"}


def test_somebody_who_comes_back_is_known_again_from_then_on():
    day = Lived()
    day.erase()
    day.again(day.history)
    assert day.customers() == []
    assert readmit(day.hub, named(day.hub, {"email": "lucia.fernandez@correo.example"})) == day.id
    day.again(shuffled(day.history, 1))
    assert day.customers() == [], "history counts for nothing"
    [sample] = [e for e in day.history if e.topic == "customers/create" and e.connector == "shopify"]
    day.clock.now += 86_400 * 6
    at = "2026-11-25T10:00:00Z"
    day.again(
        [
            type(sample)(
                **{
                    **plain(sample),
                    "event_id": ("back",),
                    "record": {**sample.record, "updated_at": at},
                    "at": at,
                }
            )
        ]
    )
    [back] = day.customers()
    assert back.data["fields"]["email"][0] == "lucia.fernandez@correo.example"
    assert "REC#shopify#co#customer#8120044231001" in back.data["records"]
    begin(day.hub, back.data["id"], Order("tests", "again"))
    day.minutes()
    assert left(day) == []


def test_an_identifier_that_somebody_else_has_later_is_not_theirs_but_they_are_known():
    day = Lived()
    day.erase()
    [sample] = [e for e in day.history if e.topic == "customers/create" and e.connector == "shopify"]
    day.clock.now += 86_400 * 6
    at = "2026-11-25T10:00:00Z"
    told = {"email": "otra.persona@correo.example", "phone": "+573105550147", "first_name": "Otra"}
    record = {"id": 77, **told, "updated_at": at, "created_at": at}
    day.again(
        [type(sample)(**{**plain(sample), "id": "77", "event_id": ("other",), "record": record, "at": at})]
    )
    [other] = day.customers()
    assert other.data["fields"]["email"][0] == "otra.persona@correo.example"
    assert "phone" not in other.data["fields"]
    assert left(day) == []


def test_a_table_restored_from_a_backup_forgets_them_again():
    day = Lived()
    backup = day.hub.store.items()
    day.erase()
    restored = MemoryStore(day.clock)
    for item in backup:
        restored.commit([Put(replace(item, version=0))])
    day.hub.__dict__["store"] = restored
    day.runner = Runner(day.hub)
    assert reapply(day.hub) == {"erasures": 1, "suppressions": 10, "begun": 1}
    day.again(day.history)
    day.minutes()
    assert left(day) == []
    assert reapply(day.hub)["begun"] == 0
    assert erasure_of(day.hub.store, day.id).data["state"] == "done"


def test_an_event_of_a_known_customer_asks_for_no_suppression():
    day = Lived()
    read, asked = day.hub.store.read, []
    day.hub.store.read = lambda wanted: read(asked.extend(kept := list(wanted)) or kept)
    [known] = [e for e in day.history if e.topic == "customers/create" and e.connector == "shopify"]
    record = {**known.record, "first_name": "Luz", "updated_at": "2026-11-20T17:30:00Z"}
    day.again([replace(known, event_id=("edit",), record=record, received_at="2026-11-20T17:31:00.000000Z")])
    assert day.customers()[0].data["fields"]["family_name"][0] == "Fernández Ríos"
    assert asked and not [key for key in asked if key.pk.startswith("SUP#")]
    record = {**record, "phone": "+573015550188"}
    day.again([replace(known, event_id=("more",), record=record, received_at="2026-11-20T17:32:00.000000Z")])
    assert len([key for key in asked if key.pk.startswith("SUP#")]) >= 1, "a new identifier does"
