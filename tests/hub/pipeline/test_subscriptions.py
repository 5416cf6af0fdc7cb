"""A vendor that no longer sends is told again where to send, and what it did not tell is asked for."""

import json
import random
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub import keys
from hub.catalog import Catalog
from hub.connector import HttpResponse
from hub.messages import Event
from hub.pipeline.poll import poll
from hub.pipeline.sources import Told, note
from hub.pipeline.subscriptions import look, states, wish
from hub.secrets import MemorySecrets
from hub.store import Item, Put
from hub.times import from_epoch
from tests.memory_hub import PUBLIC, memory_hub

CATALOG = Catalog.read(Path(__file__).parents[3])
ACCOUNTS = ("shopify.co", "square.bogota", "woocommerce.co")
SECRETS = {
    "shopify.co": {"client_secret": "c", "access_token": "t"},
    "square.bogota": {"signature_key": "by hand", "access_token": "t"},
    "woocommerce.co": {"webhook_secret": "w", "consumer_key": "k", "consumer_secret": "s"},
}


class Crash(BaseException):
    """The function ends here."""


class Vendor:
    """One vendor's subscriptions, in its own words, and the customers or orders that changed."""

    def __init__(self, name):
        self.name, self.subs, self.count, self.rows, self.status = name, {}, 0, [], 200

    def answer(self, request):
        parts = urlsplit(request.url)
        if self.status != 200:
            return HttpResponse(self.status)
        path, body = parts.path, json.loads(request.body) if request.body else {}
        if "webhooks" not in path:
            return self.listed(path, dict(parse_qsl(parts.query)))
        if request.method == "DELETE":
            found = self.subs.pop(path.rpartition("/")[2].removesuffix(".json"), None)
            return HttpResponse(200 if found else 404, {}, b"{}")
        return self.created(body) if request.method == "POST" else self.all()

    def created(self, body):
        told = body.get("webhook") or body.get("subscription") or body
        address = told.get("address") or told.get("notification_url") or told["delivery_url"]
        topics = told.get("event_types") or [told["topic"]]
        taken = any(one["address"] == address and one["topics"] == topics for one in self.subs.values())
        if taken and self.name == "shopify":
            return HttpResponse(422)
        self.count += 1
        id = str(self.count)
        key = f"key {id}"
        self.subs[id] = {"address": address, "topics": topics, "active": True, "key": key, "told": told}
        return self.json(self.shown(id), {"shopify": "webhook", "square": "subscription"}.get(self.name))

    def all(self):
        found = [self.shown(id) for id in self.subs]
        if self.name == "square" and not found:
            return HttpResponse(200, {}, b"{}")
        return self.json(found, {"shopify": "webhooks", "square": "subscriptions"}.get(self.name))

    def shown(self, id):
        one = self.subs[id]
        if self.name == "square":
            shown = {"id": id, "notification_url": one["address"], "event_types": one["topics"]}
            return {**shown, "enabled": one["active"], "signature_key": one["key"]}
        if self.name == "shopify":
            return {"id": int(id), "address": one["address"], "topic": one["topics"][0]}
        status = "active" if one["active"] else "disabled"
        return {"id": int(id), "delivery_url": one["address"], "topic": one["topics"][0], "status": status}

    def listed(self, path, query):
        if self.name == "woocommerce":
            return self.json(self.rows if "orders" in path else [], None)
        name = "customers" if "customers" in path else path.rpartition("/")[2].removesuffix(".json")
        return self.json(self.rows if name == "customers" else [], name)

    def json(self, value, under):
        return HttpResponse(200, {}, json.dumps({under: value} if under else value).encode())


class Place:
    """A hub and its three vendors. `crash_at`: the boundary of a call or commit at which it ends."""

    def __init__(self):
        self.vendors = {name: Vendor(name.partition(".")[0]) for name in ACCOUNTS}
        self.crash_at = self.boundaries = None
        held = MemorySecrets({name: [dict(secrets)] for name, secrets in SECRETS.items()})
        files = {name: CATALOG.accounts[name] for name in ACCOUNTS}
        catalog = Catalog.of([one for one in CATALOG.documents if one[0] != "accounts"])
        catalog.accounts.update(files)
        self.hub = memory_hub(catalog=catalog, secrets=held, client=self, random=random.Random(1))
        commit = self.hub.store.commit
        self.hub.store.commit = lambda writes: self.bound(lambda: commit(writes))
        put = held.put
        held.put = lambda name, values: self.bound(lambda: put(name, values))

    def send(self, request):
        host = urlsplit(request.url).netloc
        name = {"tienda-co.myshopify.com": "shopify.co", "connect.squareup.com": "square.bogota"}
        return self.bound(lambda: self.vendors[name.get(host, "woocommerce.co")].answer(request))

    def bound(self, act):
        self.step()
        done = act()
        self.step()
        return done

    def step(self):
        if self.crash_at is not None:
            self.crash_at -= 1
            if self.crash_at < 0:
                self.crash_at = None
                raise Crash

    def hour(self, hours=1):
        self.hub.clock.now += 3601 * hours
        return {one.source: one for one in look(self.hub)}

    def sends(self, account):
        """How often each topic is sent to us."""
        key = account.partition(".")[2]
        address = f"{PUBLIC}/v1/webhooks/{self.vendors[account].name}/{key}"
        active = [one for one in self.vendors[account].subs.values() if one["active"]]
        return sorted(topic for one in active if one["address"] == address for topic in one["topics"])

    def wanted(self, account):
        return sorted(self.hub.catalog.connectors[account.partition(".")[0]].reception.topics)

    def state(self, account):
        return states(self.hub)[account]["state"]


@pytest.fixture
def place():
    return Place()


@pytest.fixture(params=ACCOUNTS)
def account(request):
    return request.param


def test_nothing_is_subscribed_that_nobody_asked_for(place):
    assert place.hour() == {}
    assert place.sends("shopify.co") == []
    assert states(place.hub)["shopify.co"]["state"] == "not asked for"


def test_what_is_asked_for_is_made_once_and_found_as_it_should_be(place, account):
    wish(place.hub, account, wanted=True)
    assert place.hour()[account].state == "made"
    assert place.sends(account) == place.wanted(account)
    count = place.vendors[account].count
    assert [place.hour()[account].state for _ in range(3)] == ["ok"] * 3
    assert place.vendors[account].count == count


def test_it_is_looked_at_each_hour_and_not_more_often(place, account):
    wish(place.hub, account, wanted=True)
    place.hour()
    place.hub.clock.now += 300
    assert look(place.hub) == []


def test_the_secret_that_we_chose_is_told_and_that_of_the_vendor_is_kept(place):
    for name in ("square.bogota", "woocommerce.co"):
        wish(place.hub, name, wanted=True)
    place.hour()
    assert {one["told"]["secret"] for one in place.vendors["woocommerce.co"].subs.values()} == {"w"}
    current, before = place.hub.secrets.get("square.bogota")
    assert (current["signature_key"], before["signature_key"]) == ("key 1", "by hand")
    assert current["access_token"] == "t"


def told(place, account, at):
    """A webhook came at this time."""
    now, place.hub.clock.now = place.hub.clock.now, at
    note(place.hub, [Told(account, "webhook", "applied")])
    place.hub.tally.noted.clear()
    place.hub.clock.now = now


def test_one_that_the_vendor_dropped_is_made_anew_and_the_gap_is_asked_for(place, account):
    wish(place.hub, account, wanted=True)
    place.hour()
    poll(place.hub)
    last = place.hub.clock()
    told(place, account, last)
    name = "order" if account == "woocommerce.co" else "customer"
    key = keys.cursor(account, name)
    item = place.hub.store.read([key])[key]
    far = from_epoch(last + 3000)  # a poll has come further than the last webhook, in another way
    place.hub.store.commit([Put(Item(key, "cursor", {**item.data, "since": far}, item.version))])
    place.vendors[account].subs.clear()
    at = from_epoch(last + 60)
    place.vendors[account].rows = [
        {"id": 5, "updated_at": at, "date_modified_gmt": at[:19], "email": "ana@correo.co"}
    ]
    place.hub.inbound.waiting.clear()
    assert place.hour()[account].state == "gone"
    assert place.sends(account) == place.wanted(account)
    poll(place.hub)
    (event,) = [Event.loads(one.message.body) for one in place.hub.inbound.waiting]
    assert (event.source, event.resource, event.id, event.via) == (account, name, "5", "reconcile")
    place.hour()
    assert place.sends(account) == place.wanted(account)


@pytest.mark.parametrize("name", ["square.bogota", "woocommerce.co"])
def test_one_that_the_vendor_disabled_is_replaced(place, name):
    wish(place.hub, name, wanted=True)
    place.hour()
    next(iter(place.vendors[name].subs.values()))["active"] = False
    assert place.hour()[name].state == "gone"
    assert place.sends(name) == place.wanted(name)
    assert all(one["active"] for one in place.vendors[name].subs.values())


def test_one_topic_that_is_lacking_is_made_alone(place):
    wish(place.hub, "shopify.co", wanted=True)
    place.hour()
    place.vendors["shopify.co"].subs.pop("3")
    looked = place.hour()["shopify.co"]
    assert (looked.state, looked.made, looked.removed) == ("gone", 1, 0)


def test_those_of_others_are_left_alone_and_a_second_of_ours_is_taken_away(place):
    others = {
        "address": "https://elsewhere.example",
        "topics": ["order.created"],
        "active": True,
        "key": "",
        "told": {},
    }
    place.vendors["woocommerce.co"].subs["77"] = others
    wish(place.hub, "woocommerce.co", wanted=True)
    place.hour()
    twin = dict(place.vendors["woocommerce.co"].subs["1"])
    place.vendors["woocommerce.co"].subs["9999"] = twin
    assert place.hour()["woocommerce.co"].removed == 1
    assert place.sends("woocommerce.co") == place.wanted("woocommerce.co")
    wish(place.hub, "woocommerce.co", wanted=False)
    assert place.hour()["woocommerce.co"].state == "removed"
    assert list(place.vendors["woocommerce.co"].subs) == ["77"]


def test_a_crash_at_any_boundary_leaves_what_the_next_look_puts_right(account):
    boundary, crashed = 0, True
    while crashed:
        place = Place()
        wish(place.hub, account, wanted=True)
        place.crash_at = boundary
        try:
            place.hour()
            crashed = False
        except Crash:
            place.hour()
        place.crash_at = None
        place.hour()
        assert place.sends(account) == place.wanted(account), boundary
        signed = place.hub.secrets.get("square.bogota")[0]["signature_key"]
        known = [one["key"] for one in place.vendors["square.bogota"].subs.values()]
        assert account != "square.bogota" or known == [signed], boundary
        boundary += 1
    assert boundary > 6


def test_two_looks_at_once_make_one(place, account):
    wish(place.hub, account, wanted=True)
    read, item = place.hub.store.read, keys.subscriptions(account)
    stale = read([item])
    place.hour()
    place.hub.store.read = lambda wanted: stale if list(wanted) == [item] else read(wanted)
    assert place.hour()[account].error == "looked-at-elsewhere"
    assert place.sends(account) == place.wanted(account)


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "status-401"), (500, "status-500"), (400, "status-400")]
)
def test_trouble_is_told_and_tried_again_soon(place, status, reason):
    wish(place.hub, "shopify.co", wanted=True)
    place.vendors["shopify.co"].status = status
    looked = place.hour()["shopify.co"]
    assert (looked.state, looked.error, place.state("shopify.co")) == ("trouble", reason, "trouble")
    place.vendors["shopify.co"].status = 200
    place.hub.clock.now += 301
    assert [one.state for one in look(place.hub)] == ["made"]


def test_a_vendor_that_answers_404_where_none_is_there_has_none(place):
    vendor = place.vendors["shopify.co"]
    shown = vendor.all
    vendor.all = lambda: shown() if vendor.subs else HttpResponse(404, {}, b'{"error": "not found"}')
    wish(place.hub, "shopify.co", wanted=True)
    assert place.hour()["shopify.co"].state == "made"
    assert place.hour()["shopify.co"].state == "ok"


def test_a_vendor_without_an_api_for_it_cannot_be_asked(place):
    with pytest.raises(LookupError):
        wish(place.hub, "odoo.main", wanted=True)


def test_one_that_ends_is_made_anew_before_and_nothing_is_called_gone(place, monkeypatch):
    part = place.hub.catalog.connectors["woocommerce"].document.data["subscribe"]
    monkeypatch.setitem(part, "lives", "4d")
    monkeypatch.setitem(part["list"], "expires", "until")
    monkeypatch.setitem(part["create"]["body"], "until", "{until}")
    vendor = place.vendors["woocommerce.co"]
    shown = vendor.shown
    vendor.shown = lambda id: {**shown(id), "until": vendor.subs[id]["told"]["until"]}
    wish(place.hub, "woocommerce.co", wanted=True)
    assert place.hour()["woocommerce.co"].state == "made"
    told = {one["told"]["until"][:16] for one in vendor.subs.values()}
    assert told == {from_epoch(place.hub.clock() + 4 * 86_400)[:16]}
    first = set(vendor.subs)
    assert place.hour(71)["woocommerce.co"].state == "ok"
    looked = place.hour()["woocommerce.co"]
    assert (looked.state, looked.made, looked.removed) == ("made", len(first), len(first))
    assert place.sends("woocommerce.co") == place.wanted("woocommerce.co")
    assert not first & set(vendor.subs)
    vendor.subs.popitem()
    assert place.hour()["woocommerce.co"].state == "gone"
