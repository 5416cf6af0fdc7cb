import json
import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from moto import mock_aws

from hub import identity, keys, ledger
from hub.documents import Document
from hub.entity import Entity
from hub.errors import RecordError, RetryError
from hub.messages import Delivery, Event
from hub.pipeline.serve import Question, serve
from hub.pipeline.unify import unify
from hub.queues import MemoryQueue
from hub.store import Item, Key, Put
from hub.store.dynamodb import DynamoStore
from hub.store.memory import MemoryStore
from tests.hub.pipeline.world import NOW, FakeConnector, FakeMapping, World, account, event
from tests.hub.store.stores import create_table

KEY = {"authorization": "Bearer k-2"}
ADA = {"email": "ada@correo.co"}
PHONE = {"phone": "+573105550147"}


CUSTOMER = {
    "email": {"type": "email", "identifies": "weak"},
    "phone": {"type": "phone", "identifies": "weak"},
    "tax_id": {"type": "text", "identifies": "strong"},
    "given_name": {"type": "text"},
}
ORDER = {"number": {"type": "text", "keep": "first"}, "status": {"type": "text"}}


def entity(name, fields, customer=False):
    return Entity(Document(f"entities/{name}.yaml", {"name": name, "customer": customer, "fields": fields}))


def flow(on, send):
    plain = {"purpose": None, "cancel": {}, "condition": None, "wait": None, "once": None}
    return SimpleNamespace(name=f"{on}-sync", on=on, send=send, **plain)


def files():
    connectors = {name: FakeConnector(name, writable=name == "crm") for name in ("shop", "crm", "pos")}
    for connector in connectors.values():
        for resource in connector.resources.values():
            resource.send = None
    connectors["crm"].resources["text"] = SimpleNamespace(name="text", send=object())
    sends = [SimpleNamespace(to=to, fields=None) for to in ("crm.main.customer", "crm.main.text")]
    events = SimpleNamespace(to="crm.main.order", fields={"name": "x"})
    return SimpleNamespace(
        revision="r1",
        entities={
            "customer": entity("customer", CUSTOMER),
            "order": entity("order", ORDER, customer=True),
        },
        connectors=connectors,
        accounts={
            n: account(n, r) for n, r in (("shop.co", "shop"), ("crm.main", "crm"), ("pos.one", "pos"))
        },
        owners=SimpleNamespace(owner=lambda entity, field: None),
        mappings_of=lambda connector, resource: [FakeMapping(f"{connector}.{resource}", resource)],
        mappings={},
        flows={
            "sync": flow("customer", [*sends, events]),
            "orders": flow("order", [SimpleNamespace(to="pos.one.order", fields=None)]),
        },
        destination=lambda to: to,
    )


class Desk(World):
    """The world, seen from the API."""

    def __init__(self, store=None):
        super().__init__(store, files())
        self.inbound, self.outbound = (MemoryQueue(lambda: self.now) for _ in range(2))
        self.hub.__dict__.update(inbound=self.inbound, outbound=self.outbound, random=random.Random(7))
        self.hub.secrets.held["api-key"] = [{"key": "k-2"}, {"key": "k-1"}]

    def ask(self, method, path, body=None, headers=KEY, **query):
        told = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return serve(self.hub, Question(method, path, query, headers, told))

    def search(self, **body):
        return self.ask("POST", "/v1/customers/search", body)

    def get(self, id, **query):
        return self.ask("GET", f"/v1/customers/{id}", **query)

    def unify(self, *events):
        return list(unify(self.hub, [one.dumps() for one in events]))

    def replay(self, **body):
        return self.ask("POST", "/v1/replay", body).data

    def parked(self, **query):
        return self.ask("GET", "/v1/parked", **query).data

    def sent(self):
        return [Event.loads(stored.message.body) for stored in self.inbound.waiting]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def ada(desk):
    """A customer of three systems."""
    desk.tell(event("shop.co", "1", 1, given_name="Ada", **ADA))
    desk.tell(event("crm.main", "9", 2, **ADA, **PHONE))
    desk.tell(event("pos.one", "7", 3, **PHONE))
    return desk


# Who may ask


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic k-2"},
        {"authorization": "Bearer k-3"},
        {"authorization": "Bearer k-2 "},
        {"authorization": "Bearer \ud800"},
        {"authorization": "k-2"},
    ],
)
def test_without_the_key_every_question_gets_401_and_an_empty_body(desk, headers):
    for method, path in [("GET", "/v1/parked"), ("GET", "/v1/nothing"), ("PUT", "/v1/parked")]:
        answer = desk.ask(method, path, headers=headers)
        assert (answer.status, answer.data) == (401, None)


def test_a_deployment_without_a_key_lets_nobody_in(desk):
    desk.hub.secrets.held["api-key"] = [{"key": ""}]
    assert desk.ask("GET", "/v1/parked", headers={"authorization": "Bearer "}).status == 401


def test_the_key_before_is_good_while_the_new_one_is_being_handed_out(desk):
    assert desk.ask("GET", "/v1/parked", headers={"authorization": "bearer k-1"}).status == 200


def test_a_key_that_was_just_set_is_fetched(desk):
    desk.hub.secrets.refresh = lambda name: desk.hub.secrets.held.update({name: [{"key": "k-3"}]})
    assert desk.ask("GET", "/v1/parked", headers={"authorization": "Bearer k-3"}).status == 200


def test_health_is_for_everybody(desk):
    answer = desk.ask("GET", "/v1/health", headers={})
    assert (answer.status, answer.data) == (200, {"status": "ok", "revision": "r1"})


# Questions that are not as they should be


def test_an_unknown_path_is_404_and_another_method_405(desk):
    assert desk.ask("GET", "/v1/customers").status == 404
    assert desk.ask("GET", "/v1/customers/0123").status == 404
    answer = desk.ask("DELETE", "/v1/parked")
    assert (answer.status, answer.headers) == (405, {"allow": "GET"})


def test_a_body_over_64_kib_is_413(desk):
    assert desk.ask("POST", "/v1/replay", b"x" * (64 * 1024 + 1)).status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'"x"',
        b"[" * 60_000,
        b'{"email": "\\ud800@correo.co"}',
        b'{"n": 1' + b"0" * 5000,
    ],
    ids=range(8),
)
def test_a_body_that_is_no_json_object_is_400(desk, body):
    assert desk.ask("POST", "/v1/customers/search", body).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "eve@correo.co", "phone": "+573105550147"},
        {"given_name": "eve@correo.co"},
        {"email": ["eve@correo.co"]},
        {"email": "eve@correo.co" * 99},
        {"email": "eve@correo"},
        {"phone": "+57310eve@correo.co"},
        {"phone": "3105550147", "country": "Colombia eve@correo.co"},
        {"external_id": "eve@correo.co"},
        {"external_id": {"source": "shop.co", "id": "eve@correo.co"}},
        {"external_id": {"source": "shop.eve@correo.co", "resource": "customer", "id": "1"}},
        {"external_id": {"source": "shop.co", "resource": "customer", "id": 1}},
        {"external_id": {"source": "shop.co", "resource": "customer", "id": ""}},
        {"eve@correo.co": 1},
    ],
)
def test_a_search_that_names_nobody_clearly_is_400_and_repeats_nothing(desk, body):
    answer = desk.ask("POST", "/v1/customers/search", body)
    assert (answer.status, answer.data["error"]) == (400, "bad-request")
    assert "eve@" not in json.dumps(answer.data)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "ten"},
        {"limit": "²"},
        {"limit": "1000000"},
        {"after": "T#"},
    ],
)
def test_a_page_that_cannot_be_is_400(ada, query):
    assert ada.get(ada.customer().data["id"], **query).status == 400
    assert ada.ask("GET", "/v1/parked", **query).status == 400


def test_a_busy_table_is_503_and_worth_asking_again(desk):
    class Busy(MemoryStore):
        def read(self, keys):
            raise RetryError("store-busy")

    desk.hub.store = Busy()
    answer = desk.search(**ADA)
    assert (answer.status, answer.headers) == (503, {"retry-after": "1"})


# One customer


def test_every_identifier_in_any_writing_finds_the_same_customer(ada):
    id = ada.customer().data["id"]
    for body in [
        {"email": " ADA@Correo.co "},
        {"phone": "310 555 0147"},
        {"phone": "(310) 5550147", "country": "co"},
        {"external_id": {"source": "pos.one", "resource": "customer", "id": "7"}},
    ]:
        assert ada.search(**body).data["id"] == id


def test_a_phone_is_read_in_the_country_that_is_asked_for(ada):
    assert ada.search(phone="310 555 0147", country="ES").status == 400


def test_who_is_not_known_is_404(ada):
    for answer in [
        ada.search(email="eve@correo.co"),
        ada.search(external_id={"source": "shop.co", "resource": "customer", "id": "404"}),
        ada.get("0" * 24),
    ]:
        assert (answer.status, answer.data["error"]) == (404, "unknown-customer")


def test_an_older_pepper_still_finds_what_was_hashed_with_it(ada):
    id = ada.customer().data["id"]
    ada.hub.secrets.held["pepper"] = [{"1": "pepper", "2": "new"}]
    assert ada.search(**ADA).data["id"] == id


def test_an_identifier_that_too_many_share_names_nobody(desk):
    for n in range(1, identity.Guards().degree + 2):
        desk.tell(event("shop.co", str(n), n, **PHONE))
    answer = desk.search(**PHONE)
    assert (answer.status, answer.data["error"]) == (409, "shared-identifier")


def test_an_order_is_found_as_its_customer(desk):
    desk.tell(event("shop.co", "1001", 1, "order", number="#1", customer={"id": "1", **ADA}))
    asked = {"source": "shop.co", "resource": "order", "id": "1001"}
    assert desk.search(external_id=asked).data["fields"]["email"]["value"] == "ada@correo.co"


def test_an_order_of_nobody_is_404(desk):
    desk.tell(event("shop.co", "1001", 1, "order", number="#1"))
    assert desk.search(external_id={"source": "shop.co", "resource": "order", "id": "1001"}).status == 404


def test_each_field_says_where_it_comes_from(ada):
    told = ada.search(**ADA).data["fields"]["given_name"]
    assert told == {
        "value": "Ada", "source": "shop.co", "resource": "customer", "id": "1",
        "at": "2026-01-01T00:01:00.000000Z",
    }  # fmt: skip


def test_the_records_are_named_oldest_first(ada):
    records = ada.search(**ADA).data["records"]
    assert [(one["source"], one["id"]) for one in records] == [
        ("shop.co", "1"),
        ("crm.main", "9"),
        ("pos.one", "7"),
    ]


def test_an_id_that_was_merged_away_is_answered_with_the_winner(desk):
    desk.tell(event("shop.co", "1", 1, **ADA))
    desk.tell(event("pos.one", "7", 2, **PHONE))
    loser = next(root.data["id"] for root in desk.customers() if "phone" in root.data["fields"])
    desk.tell(event("crm.main", "9", 3, **ADA, **PHONE))
    data = desk.get(loser).data
    assert (data["id"], data["merged_from"]) == (desk.customer().data["id"], loser)
    assert "merged_from" not in desk.get(data["id"]).data


def test_a_merge_that_is_being_written_is_asked_again(desk):
    for one in ("a", "b"):
        root = {"entity": "customer", "id": one * 24, "state": "merged", "record": "REC#x"}
        desk.store.commit([Put(Item(keys.root("customer", one * 24), "root", root))])
    desk.store.commit([Put(Item(Key("REC#x", "REC"), "record", {"entity": "customer", "root": "b" * 24}))])
    assert desk.get("a" * 24).status == 503


# The timeline


def test_the_timeline_is_in_the_order_of_the_sources_not_of_arrival(desk):
    desk.tell(event("crm.main", "9", 1, at=30, **ADA))
    desk.tell(event("shop.co", "1", 2, at=10, **ADA))
    desk.tell(event("shop.co", "1001", 3, "order", at=20, number="#1", customer={"id": "1", **ADA}))
    entries = desk.search(**ADA).data["timeline"]["entries"]
    assert [(one["entity"], one["source"]) for one in entries] == [
        ("customer", "shop.co"), ("order", "shop.co"), ("customer", "crm.main"),
    ]  # fmt: skip
    assert entries[1] == {
        "at": "2026-01-01T00:20:00.000000Z", "entity": "order", "topic": "order/told",
        "facts": {"number": "#1"}, "source": "shop.co", "resource": "order", "id": "1001",
    }  # fmt: skip


def pages(desk, id, **query):
    found, after = [], {}
    while True:
        page = desk.get(id, **query, **after).data["timeline"]
        found += [one["at"] for one in page["entries"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def test_pages_give_each_entry_once_forwards_and_backwards(ada):
    for n in range(4, 14):
        ada.tell(event("shop.co", "1", n, given_name=f"Ada {n}", **ADA))
    id = ada.customer().data["id"]
    everything = pages(ada, id, limit="100")
    assert everything == sorted(everything)
    assert len(everything) == 13
    for limit in ("1", "2", "5", "13"):
        assert pages(ada, id, limit=limit) == everything
        assert pages(ada, id, limit=limit, order="newest") == everything[::-1]


def test_an_event_that_stands_under_two_records_is_shown_once(ada):
    told = next(item for item in ada.store.items() if item.kind == "timeline")
    twice = replace(told, key=keys.Key("REC#pos#one#customer#7", told.key.sk), version=0)
    ada.store.commit([Put(twice)])
    assert len(pages(ada, ada.customer().data["id"], limit="1")) == 3


def test_what_a_profile_reads_does_not_grow_with_the_history():
    class Counting(MemoryStore):
        read_items = 0

        def read(self, keys):
            found = super().read(keys)
            self.read_items += len(found)
            return found

        def page(self, pk, **options):
            page = super().page(pk, **options)
            self.read_items += len(page.items)
            return page

    store = Counting()
    desk = Desk(store)
    costs = []
    for n in range(1, 60):
        desk.tell(event("shop.co", "1", n, given_name=f"Ada {n}", **ADA))
        store.read_items = 0
        desk.get(desk.customer().data["id"], limit="5")
        costs.append(store.read_items)
    assert costs[-1] == costs[10] == 7  # the root, and a page with one more to know that there is more


# Who has been told


def test_a_destination_that_was_never_told_says_so(ada):
    assert ada.search(**ADA).data["deliveries"] == [{"destination": "crm.main.customer", "state": "none"}]


def test_a_delivery_is_shown_without_what_is_its_own_business(ada):
    id = ada.customer().data["id"]
    at = "2026-01-03T00:00:00.000000Z"
    data = {
        "state": "due", "epoch": 3, "remote": "9", "attempts": 2, "reason": "timeout", "hash": "h",
        "wrote": ledger.entry({"email": "ada@correo.co"}, at), "message": "{}",
    }  # fmt: skip
    due = "2026-01-04T00:00:00.000000Z"
    ada.store.commit(
        [
            Put(
                Item(
                    keys.delivery("crm.main.customer", "customer", id),
                    "delivery",
                    data,
                    agenda=keys.DUE,
                    at=due,
                )
            )
        ]
    )
    assert ada.search(**ADA).data["deliveries"] == [
        {
            "destination": "crm.main.customer", "state": "due", "epoch": 3, "remote": "9", "attempts": 2,
            "reason": "timeout", "told_at": at, "due_at": due,
        }
    ]  # fmt: skip


# What is parked, and sending it again


def park(desk, id, reason="no-mapping", at="2026-01-05T00:00:00.000000Z", n=1):
    """An event that unify could not apply."""
    told = event("shop.co", id, n, **ADA)
    desk.hub.catalog.mappings_of = refuse(reason)
    desk.unify(replace(told, received_at=at))
    desk.hub.catalog.mappings_of = files().mappings_of
    return keys.event(told.key).pk


def refuse(reason):
    def mappings_of(connector, resource):
        raise RecordError(reason, "cannot be mapped")

    return mappings_of


def delivery(**changes):
    made = Delivery("crm.main.customer", "customer", "0" * 24, 3, "0" * 24, "sync")
    return replace(made, **changes)


def park_delivery(desk, at="2026-01-06T00:00:00.000000Z", **changes):
    made = delivery(**changes)
    key = keys.delivery(made.destination, made.entity, made.id)
    data = {"state": "rejected", "reason": "bad-email", "place": "m.yaml:3:1", "message": made.dumps()}
    desk.store.commit([Put(Item(key, "delivery", data, agenda=keys.PARKED, at=at))])
    return key.pk


def test_what_is_parked_says_why_and_where_without_values(desk):
    id = park(desk, "1")
    to = park_delivery(desk)
    first, second = desk.parked()["parked"]
    assert first == {
        "id": id, "kind": "event", "reason": "no-mapping", "message": "cannot be mapped", "source": "shop.co",
        "resource": "customer", "topic": "customer/told", "received_at": "2026-01-05T00:00:00.000000Z",
        "at": "2026-01-05T00:00:00.000000Z",
    }  # fmt: skip
    assert second == {
        "id": to, "kind": "delivery", "state": "rejected", "reason": "bad-email", "place": "m.yaml:3:1",
        "destination": "crm.main.customer", "flow": "sync", "entity": "customer", "entity_id": "0" * 24,
        "customer": "0" * 24, "at": "2026-01-06T00:00:00.000000Z",
    }  # fmt: skip
    assert "ada" not in json.dumps(desk.parked())


@pytest.fixture(params=["memory", "moto"])
def any_desk(request, monkeypatch):
    """The desk over each store: cursors start queries from keys that no item has."""
    if request.param == "memory":
        yield Desk()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        store = DynamoStore("hub", clock=lambda: NOW, sleep=lambda _: None)
        create_table(store.client, "hub")
        yield Desk(store)


def test_pages_of_parked_items_give_each_once_even_when_many_have_one_time(any_desk):
    desk = any_desk
    wanted = [park(desk, str(n), n=n) for n in range(1, 8)] + [park_delivery(desk)]
    found, after = [], {}
    while after is not None:
        page = desk.parked(limit="2", **after)
        found += [one["id"] for one in page["parked"]]
        assert page["next"] is None or "shop" not in page["next"]
        after = {"after": page["next"]} if page["next"] else None
    assert sorted(found) == sorted(wanted)


def test_what_the_index_still_lists_but_was_dealt_with_is_left_out(desk):
    park(desk, "1")
    stale = desk.store.agenda(keys.PARKED)
    desk.store.agenda = lambda *_, **__: stale
    marker = stale.items[0]
    desk.store.commit([Put(replace(marker, agenda=None, at=None))])
    assert desk.parked() == {"parked": [], "next": None}


def test_a_parked_event_is_sent_again_as_it_was_received_and_then_applied(desk):
    id = park(desk, "1")
    answer = desk.replay(events=[id])
    assert answer["sent"] == [{"id": id, "reason": "no-mapping", "at": "shop.co"}]
    (sent,) = desk.sent()
    assert (sent.replay, sent.via, sent.received_at) == (
        answer["replay"],
        "replay",
        "2026-01-05T00:00:00.000000Z",
    )
    assert desk.unify(sent)[0].kind == "applied"
    assert desk.parked()["parked"] == []
    assert desk.value("email") == "ada@correo.co"


def test_each_replay_passes_the_queues_deduplication(desk):
    id = park(desk, "1")
    desk.replay(events=[id])
    desk.replay(events=[id])
    assert len({sent.replay for sent in desk.sent()}) == 2


def test_a_replay_id_tells_when_it_was(desk):
    park(desk, "1")
    desk.replay(reason="no-mapping")
    assert desk.sent()[0].revision == int(desk.now)


def test_an_event_that_came_with_a_used_id_is_replayed_under_its_own(desk):
    desk.unify(event(**ADA))
    desk.unify(event(email="eve@correo.co"))
    (parked,) = desk.parked()["parked"]
    desk.replay(events=[parked["id"]])
    assert keys.event(desk.sent()[0].key).pk == parked["id"]


def test_an_applied_event_may_be_told_again(desk):
    told = event(**ADA)
    desk.unify(told)
    desk.replay(events=[keys.event(told.key).pk])
    assert [sent.id for sent in desk.sent()] == ["1"]


def test_events_of_one_batch_are_read_from_the_archive_once(desk):
    desk.hub.catalog.mappings_of = refuse("no-mapping")
    desk.unify(event(n=1, id="1", **ADA), event(n=2, id="2", **PHONE))
    read, get = [], desk.hub.archive.get
    desk.hub.archive.get = lambda name: read.append(name) or get(name)
    assert len(desk.replay(reason="no-mapping")["sent"]) == len(desk.sent()) == 2
    assert len(read) == 1


def test_a_search_for_a_reason_ends_after_a_thousand_parked_items(desk):
    for n in range(1001):
        park_delivery(desk, at=f"2026-01-06T00:00:00.{n:06d}Z", id=f"{n:024x}")
    answer = desk.replay(reason="no-mapping", limit=100)
    assert answer["sent"] == []
    assert answer["next"] is not None


def test_a_preview_sends_nothing(desk):
    id = park(desk, "1")
    answer = desk.replay(events=[id], preview=True)
    assert (answer["replay"], answer["preview"], answer["sent"][0]["id"]) == (None, True, id)
    assert desk.sent() == []


def test_parked_deliveries_go_to_the_outbound_queue(desk):
    id = park_delivery(desk)
    answer = desk.replay(reason="bad-email")
    (stored,) = desk.outbound.waiting
    assert Delivery.loads(stored.message.body) == delivery(replay=answer["replay"], lane="backfill")
    told = {"state": "rejected", "at": "crm.main.customer"}
    assert answer["sent"] == [{"id": id, "reason": "bad-email", **told}]


def test_a_wait_that_failed_is_put_where_sweep_finds_it(desk):
    key = keys.wait("cart", "cart", "1")
    data = {"entity": "cart", "reason": "once-is-empty"}
    desk.store.commit([Put(Item(key, "waiting", data, agenda=keys.PARKED, at="2026-01-05T00:00:00.000000Z"))])
    (parked,) = desk.parked()["parked"]
    assert desk.replay(events=[parked["id"]])["skipped"] == []
    (item,) = desk.store.agenda(keys.WAITING).items
    assert (item.key, item.data) == (key, {"entity": "cart"})


def test_flows_are_asked_again_about_a_change_that_one_of_them_could_not_read(desk):
    key = keys.outbox("2026-01-05T00:00:00.000000Z", "a" * 16, "customer", "1", 3)
    data = {"entity": "customer", "id": "1", "epoch": 3, "fields": ADA, "changed": ["email"], "customer": "1"}
    image = Item(key, "outbox", {**data, "reason": "sync:x"}, agenda=keys.PARKED, at=key.sk[:27])
    desk.store.commit([Put(image)])
    (parked,) = desk.parked()["parked"]
    desk.hub.catalog.connectors["crm"].resources["order"].send = object()
    assert desk.replay(events=[parked["id"]])["skipped"] == []
    assert {Delivery.loads(stored.message.body).id for stored in desk.outbound.waiting} == {"1"}
    assert desk.parked()["parked"] == []


def test_a_flow_that_somebody_else_took_up_meanwhile_is_left_to_them(desk):
    key = keys.wait("cart", "cart", "1")
    item = Item(key, "waiting", {"reason": "x"}, agenda=keys.PARKED, at="2026-01-05T00:00:00.000000Z")
    desk.store.commit([Put(item)])
    held = desk.store.read([key])
    desk.store.commit([Put(replace(held[key], agenda=None, at=None))])
    desk.store.read = lambda wanted: held
    assert desk.replay(events=[key.pk])["sent"] == [{"id": key.pk, "reason": "x"}]
    assert desk.store.agenda(keys.WAITING).items == []


def test_what_cannot_be_sent_again_is_told(desk):
    id = park(desk, "1")
    desk.hub.archive.texts.clear()
    unknown = ["EVT#shop#co#t#404", "ENT#customer#1", "OUT##E#1", "EVT#", ""]
    skipped = desk.replay(events=[id, *unknown])["skipped"]
    assert skipped[0] == {"id": id, "reason": "not-in-the-archive"}
    assert [one["id"] for one in skipped[1:]] == unknown


def test_a_replay_by_reason_takes_only_these_and_goes_on_where_it_stopped(desk):
    wanted = [park(desk, str(n), "no-mapping" if n % 2 else "bad-record", n=n) for n in range(1, 8)][::2]
    first = desk.replay(reason="no-mapping", limit=2)
    assert len(first["sent"]) == 2
    rest = desk.replay(reason="no-mapping", after=first["next"])
    assert sorted(one["id"] for one in first["sent"] + rest["sent"]) == sorted(wanted)
    assert rest["next"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": ["EVT#a"], "reason": "x"},
        {"events": []},
        {"events": "EVT#a"},
        {"events": [1]},
        {"events": ["EVT#" + "a" * 2048]},
        {"events": ["EVT#a"] * 101},
        {"events": ["EVT#a"], "preview": "no"},
        {"reason": 1},
        {"reason": "x", "limit": True},
        {"reason": "x", "after": "eve@correo.co"},
        {"reason": "x", "after": 7},
    ],
)
def test_a_replay_that_is_not_clear_is_400(desk, body):
    answer = desk.ask("POST", "/v1/replay", body)
    assert (answer.status, answer.data["error"]) == (400, "bad-request")
    assert "eve@" not in json.dumps(answer.data)
