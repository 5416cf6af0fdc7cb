import itertools
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hub import keys, ledger
from hub.connector import HttpResponse, Limit, Outcome
from hub.errors import PauseError, RetryError
from hub.messages import Event, digest, dumps
from hub.pipeline.subjects import find
from hub.pipeline.unify import unify
from hub.secrets import MemorySecrets
from hub.store import Item, Put
from hub.store.memory import MemoryStore
from tests.hub.pipeline.world import World, catalog, comparable, event, snapshot

ADA = {"email": "ada@correo.co"}
PHONE = {"phone": "+573001234567"}


def test_a_new_record_founds_a_customer_who_knows_where_each_field_came_from():
    world = World()
    assert world.tell(event(name="Ada", **ADA)).kind == "applied"
    root = world.customer()
    value, record, at, *_ = root.data["fields"]["email"]
    assert (value, record, at) == ("ada@correo.co", "REC#shop#co#customer#1", "2026-01-01T00:01:00.000000Z")
    assert list(root.data["records"]) == ["REC#shop#co#customer#1"]


def test_an_event_that_comes_after_its_marker_is_gone_is_applied_over_its_timeline_entry():
    world = World()
    told = event(email="ada@correo.co")
    world.tell(told)
    world.now += 36 * 86_400
    assert world.tell(told).kind == "applied"
    (entry,) = [item for item in world.store.items() if item.kind == "timeline"]
    assert (entry.version, world.value("email")) == (2, "ada@correo.co")


def test_the_same_event_again_changes_nothing():
    world = World()
    world.tell(event(**ADA))
    before, written = snapshot(world.store), len(world.store.stream)
    assert world.tell(event(**ADA)).kind == "duplicate"
    assert (snapshot(world.store), len(world.store.stream)) == (before, written)


def test_one_event_id_with_another_body_is_kept_for_review():
    world = World()
    world.tell(event(**ADA))
    assert world.tell(event(email="eve@correo.co")).reason == "same-id-other-body"
    assert world.value("email") == "ada@correo.co"
    assert world.store.agenda(keys.PARKED).items[0].data["reason"] == "same-id-other-body"


def test_a_source_that_writes_the_same_record_anew_when_it_sends_again_tells_nothing_else():
    world = World()
    first = event(**ADA)
    compact, spaced = first.dumps(), json.dumps(dict(reversed(first.record.items())))
    world.hub.archive.put("raw/x", compact)
    world.tell(Event.loads(compact))
    assert world.tell(event(**ADA).as_written(spaced)).kind == "duplicate"
    world.hub.archive.delete("raw/x")
    assert world.tell(event(**ADA).as_written(spaced)).reason == "same-id-other-body"


def test_systems_that_share_an_identifier_tell_of_one_customer():
    world = World()
    world.tell(event("shop.co", "1", 1, **ADA))
    world.tell(event("crm.main", "9", 2, name="Ada Lovelace", **ADA, **PHONE))
    world.tell(event("pos.one", "7", 3, **PHONE))
    assert set(world.customer().data["records"]) == {
        "REC#shop#co#customer#1", "REC#crm#main#customer#9", "REC#pos#one#customer#7",
    }  # fmt: skip


def test_customers_that_turn_out_to_be_one_are_merged_in_the_same_transaction():
    world = World()
    world.tell(event("shop.co", "1", 1, **ADA))
    world.tell(event("pos.one", "7", 2, **PHONE))
    elder, younger = sorted(world.customers(), key=lambda root: min(root.data["records"].values()))
    world.tell(event("crm.main", "9", 3, **ADA, **PHONE))
    winner = world.customer()
    assert winner.data["id"] == elder.data["id"]
    assert winner.data["absorbed"] == [younger.data["id"]]
    gone = world.store.read([younger.key])[younger.key]
    assert gone.data["state"] == "merged"
    assert find(world.hub, "customer", younger.data["id"]).id == elder.data["id"]
    told = [item for item in world.outbox() if "id" in item.data["changed"]]
    assert [item.data["id"] for item in told] == [elder.data["id"]]


def test_an_older_event_that_comes_late_loses_its_values_but_not_its_identifiers():
    world = World()
    world.tell(event("crm.main", "9", 5, name="Ada King", **ADA))
    world.tell(event("crm.main", "9", 2, name="Ada Byron", **PHONE))
    world.tell(event("pos.one", "7", 6, **PHONE))
    assert world.value("name") == "Ada King"
    assert len(world.customer().data["records"]) == 2


def test_an_order_is_told_with_its_customer_in_one_transaction():
    world = World()
    world.tell(event("shop.co", "1001", 1, "order", number="#1", status="paid", customer={"id": "1", **ADA}))
    (order,) = world.orders()
    assert order.data["customer"] == "REC#shop#co#customer#1"
    images = {item.data["entity"]: item.data for item in world.outbox()}
    assert images["order"]["customer"] == world.customer().data["id"]
    assert images["order"]["customer_fields"]["email"] == "ada@correo.co"
    entries = world.store.page("REC#shop#co#customer#1", prefix="T#").items
    assert [entry.data["facts"] for entry in entries] == [{"number": "#1", "status": "paid"}]


def test_a_guest_who_buys_often_is_one_record():
    world = World()
    for n in range(1, 9):
        world.tell(event("shop.co", f"10{n}", n, "order", number=f"#{n}", customer=ADA))
    assert len(world.customer().data["records"]) == 1
    assert len(world.orders()) == 8


def test_an_order_that_shop_and_erp_know_is_one_order():
    world = World()
    world.tell(event("shop.co", "1001", 1, "order", number="#1", reference="R-1", customer=ADA))
    world.tell(event("erp.main", "77", 2, "order", number="S77", reference="R-1", status="fulfilled"))
    (order,) = world.orders()
    assert order.data["fields"]["number"][0] == "#1"
    assert order.data["fields"]["status"][0] == "fulfilled"


def test_an_order_goes_back_to_whom_another_system_named_later():
    world = World()
    bob = {"id": "9", "email": "bob@correo.co"}
    world.tell(event("erp.main", "77", 1, "order", reference="R-1"))
    world.tell(event("shop.co", "1001", 2, "order", at=3, reference="R-1", customer={"id": "1", **ADA}))
    world.tell(event("erp.main", "9", 3, at=1, email=bob["email"]))
    world.tell(event("erp.main", "77", 4, "order", reference="R-1", customer=bob))
    assert world.orders()[0].data["customer"] == "REC#erp#main#customer#9"
    world.tell(event("erp.main", "77", 5, "order", at=2, reference="R-1", customer=bob))
    assert world.orders()[0].data["customer"] == "REC#shop#co#customer#1"


def test_only_changed_values_reach_the_outbox():
    world = World()
    world.tell(event("shop.co", "1", 1, **ADA))
    world.tell(event("shop.co", "1", 2, **ADA))
    assert len(world.outbox()) == 1
    world.tell(event("shop.co", "1", 3, email="ada@otro.co"))
    assert [item.data["changed"] for item in world.outbox()] == [["email"], ["email"]]


def test_a_cleared_value_gives_way_to_another_source():
    world = World()
    world.tell(event("shop.co", "1", 1, name="Ada", **ADA))
    world.tell(event("crm.main", "9", 2, name="Ada King", **ADA))
    world.tell(event("crm.main", "9", 3, name=None))
    assert world.value("name") == "Ada"


def test_a_union_loses_what_no_source_says_any_more():
    world = World()
    world.tell(event("shop.co", "1", 1, tags=["vip"], **ADA))
    world.tell(event("crm.main", "9", 2, tags=["web"], **ADA))
    world.tell(event("crm.main", "9", 3, tags=["new"]))
    assert world.value("tags") == ["vip", "new"]


def test_a_deleted_record_says_nothing_any_more():
    world = World()
    world.tell(event("shop.co", "1", 1, name="Ada", **ADA))
    world.tell(event("crm.main", "9", 2, name="Ada King", **ADA))
    world.tell(event("crm.main", "9", 3, deleted=True))
    assert world.value("name") == "Ada"


def test_a_record_that_joins_is_put_right_at_its_own_system_although_nothing_of_the_customer_moved():
    world = World()
    world.tell(event("shop.co", "1", 2, name="Ada", birth_date="1990-01-01", **ADA))
    world.tell(event("crm.main", "9", 5, **ADA))
    told = world.outbox()[-1].data
    assert told["changed"] == []
    assert told["back"] == [keys.record("crm", "main", "customer", "9").pk, "birth_date", "name"]


def test_a_record_that_is_never_written_is_not_put_right():
    world = World()
    world.tell(event("crm.main", "9", 2, name="Ada", **ADA))
    world.tell(event("shop.co", "1", 5, **ADA))
    assert len(world.outbox()) == 1


def test_a_value_that_does_not_win_is_put_back_where_it_was_told():
    world = World()
    world.tell(event("erp.main", "1", 1, tax_id="900", **ADA))
    world.tell(event("crm.main", "9", 2, tax_id="900", **ADA))
    world.tell(event("crm.main", "9", 3, tax_id="111", **ADA))
    told = world.outbox()[-1].data
    assert (told["changed"], told["back"][1:]) == ([], ["tax_id"])
    assert told["fields"]["tax_id"] == "900"


def test_what_we_wrote_ourselves_is_an_echo_and_no_news():
    world = World()
    world.tell(event("shop.co", "1", 1, name="Ada", **ADA))
    customer = world.customer().data["id"]
    wrote = ledger.entry({"email": "ada@correo.co", "name": "Ada"}, "2026-01-01T00:00:00.000000Z")
    note = Item(keys.delivery("crm.main.customer", "customer", customer), "delivery", {"wrote": wrote})
    world.store.commit([Put(note)])
    result = world.tell(event("crm.main", "9", 2, name="Ada", **ADA))
    assert result.kind == "echo"
    assert len(world.customer().data["records"]) == 2
    assert len(world.outbox()) == 1
    assert world.customer().data["fields"]["name"][1] == "REC#shop#co#customer#1"
    assert world.tell(event("crm.main", "9", 3, name="Ada King", **ADA)).kind == "applied"
    assert world.value("name") == "Ada King"


def test_a_time_from_the_future_is_parked():
    world = World()
    result = world.tell(event(updated_at="2026-01-02T00:11:00.000000Z", **ADA))
    assert (result.kind, result.reason) == ("parked", "future-time")
    assert world.customers() == []


def test_an_unknown_account_is_parked():
    world = World()
    assert world.tell(event("shop.unknown", **ADA)).reason == "unknown-account"


def test_an_event_without_an_id_is_parked():
    assert World().tell(event(id="", **ADA)).reason == "missing-id"


def test_a_parked_event_is_applied_by_a_replay_and_only_then():
    world = World()
    late = event(updated_at="2026-01-02T00:11:00.000000Z", **ADA)
    world.tell(late)
    assert world.tell(late).kind == "duplicate"
    fixed = event(replay="2026-01-03T00:00:00.000000Z-ab", **ADA)
    assert world.tell(fixed).kind == "applied"
    assert world.value("email") == "ada@correo.co"
    assert world.store.agenda(keys.PARKED).items == []


def test_a_replay_under_new_files_wins_over_the_first_telling():
    world = World()
    world.tell(event(name="WRONG", **ADA))
    again = event(name="Ada", replay="2026-01-03T00:00:00.000000Z-ab", **ADA)
    assert world.tell(again).kind == "unchanged"
    world.hub.catalog = catalog(revision="r2")
    assert world.tell(again).kind == "applied"
    assert world.value("name") == "Ada"


def test_an_edited_priority_takes_effect_with_the_next_event():
    world = World()
    world.tell(event("shop.co", "1", 2, name="Shop", **ADA))
    world.tell(event("crm.main", "9", 1, name="Crm", **ADA))
    assert world.value("name") == "Crm"
    world.hub.catalog = catalog(revision="r2", name=("newest", ""))
    world.tell(event("shop.co", "1", 3, tags=["x"], **ADA))
    assert world.value("name") == "Shop"


def test_the_owner_keeps_a_field():
    world = World()
    world.tell(event("erp.main", "5", 1, tax_id="900123456", **ADA))
    world.tell(event("shop.co", "1", 2, tax_id="111", **ADA))
    assert world.value("tax_id") == "900123456"


def test_an_opt_out_wins_at_the_same_time_and_unknown_says_nothing():
    world = World()

    def consent(state, minute):
        at = f"2026-01-01T00:{minute:02d}:00.000000Z"
        return [{"channel": "email", "purpose": "marketing", "address_type": "email",
                 "address": "ada@correo.co", "state": state, "at": at}]  # fmt: skip

    def state():
        return [item.data["state"] for item in world.store.items() if item.kind == "consent"]

    world.tell(event(n=1, consent=consent("denied", 5), **ADA))
    world.tell(event(n=2, consent=consent("granted", 5), **ADA))
    world.tell(event(n=3, consent=consent("unknown", 9), **ADA))
    assert state() == ["denied"]
    world.tell(event(n=4, consent=consent("granted", 6), **ADA))
    assert state() == ["granted"]


def test_too_many_records_of_one_person_are_parked_and_nothing_is_half_applied():
    world = World()
    for n in range(25):
        assert world.tell(event("pos.one", str(n), n + 1, tax_id="900123456")).kind == "applied"
    before = len(world.customer().data["records"])
    assert world.tell(event("pos.one", "99", 60, tax_id="900123456")).reason == "too-many-records"
    assert len(world.customer().data["records"]) == before == 25


def test_a_phone_of_a_crowd_splits_them_again():
    world = World()
    for n in range(5):
        world.tell(event("pos.one", str(n), n + 1, email=f"p{n}@correo.co", **PHONE))
    assert len(world.customers()) == 1
    world.tell(event("pos.one", "6", 9, email="p6@correo.co", **PHONE))
    assert len(world.customers()) == 6
    assert all(len(root.data["records"]) == 1 for root in world.customers())
    assert all(not root.data["absorbed"] for root in world.customers())


class Counting(MemoryStore):
    """A store that counts its calls."""

    def __init__(self, clock):
        super().__init__(clock)
        self.calls = []

    def read(self, keys):
        self.calls.append("read")
        return super().read(keys)

    def commit(self, writes):
        self.calls.append("commit")
        return super().commit(writes)

    def page(self, *args, **options):
        self.calls.append("page")
        return super().page(*args, **options)


def test_the_fast_path_takes_two_batch_reads_and_one_transaction():
    world = World(store=Counting(lambda: 1_790_000_000.0))
    world.tell(event("shop.co", "1001", 1, "order", number="#1", status="open", customer={"id": "1", **ADA}))
    world.store.calls.clear()
    world.tell(event("shop.co", "1001", 2, "order", number="#1", status="paid", customer={"id": "1", **ADA}))
    assert world.store.calls == ["read", "read", "commit"]


SCENARIO = [
    event("shop.co", "1", 1, name="Ada", **ADA),
    event("crm.main", "9", 2, name="Ada King", tags=["vip"], **PHONE),
    event("pos.one", "7", 3, tags=["club"], tax_id="900123456", **PHONE),
    event("shop.co", "1001", 4, "order", number="#1", status="paid", customer={"id": "1", **ADA, **PHONE}),
    event("shop.co", "1", 5, name=None, birth_date="1815-12-10", **ADA),
]


def test_every_order_of_arrival_ends_in_one_state():
    states = set()
    for order in itertools.permutations(SCENARIO):
        world = World()
        for told in order:
            world.tell(told)
        states.add(dumps({str(key): data for key, data in comparable(world).items()}))
    assert len(states) == 1


def test_a_batch_is_archived_before_it_is_applied_and_points_to_it():
    world = World()
    told = event(**ADA)
    results = list(unify(world.hub, [told.dumps(), event(n=2, **PHONE).dumps()]))
    assert [result.kind for result in results] == ["applied", "applied"]
    name, line = world.marker(told).data["archive"]
    assert world.hub.archive.get(name).splitlines()[line] == told.dumps()


def test_a_claim_check_is_fetched():
    world = World()
    told = event(**ADA)
    world.hub.archive.put(f"claims/{digest('x')}", told.dumps())
    (result,) = unify(world.hub, [dumps({"format": 1, "claim": f"claims/{digest('x')}"})])
    assert result.kind == "applied"


class Unreachable:
    """The HTTP client of a source that does not answer, or answers that it is busy."""

    def __init__(self, answer=None):
        self.answer = answer

    def send(self, request):
        if self.answer is None:
            raise RetryError("timeout")
        return self.answer


def thin(world, answer=None):
    """An event that names a contact only, of a source that cannot be asked."""
    world.hub.client = Unreachable(answer)
    resource = world.hub.catalog.connectors["crm"].resources["customer"]
    resource.get = SimpleNamespace(
        render=lambda *_: None, signed=lambda *_: None, record=lambda response: response.json()
    )
    outcome = Outcome("retry", reason="status-429", after=7.0)
    world.hub.catalog.connectors["crm"].meaning = lambda *_: outcome
    return replace(event("crm.main", "9"), record=None)


def test_an_event_whose_source_is_busy_comes_again_after_what_the_source_says():
    world = World()
    with pytest.raises(RetryError) as caught:
        world.tell(thin(world, answer=HttpResponse(429)))
    assert (caught.value.reason, caught.value.after) == ("fetch-status-429", 7.0)


def test_fetches_keep_the_rate_limit_of_their_source():
    world = World()
    told = thin(world, answer=HttpResponse(429))
    world.hub.catalog.connectors["crm"].limits = (Limit("1 per 60s", interval=60.0, burst=1.0),)
    reasons = []
    for _ in range(2):
        with pytest.raises(RetryError) as caught:
            world.tell(told)
        reasons.append(caught.value.reason)
    assert reasons == ["fetch-status-429", "fetch-rate-limit"]
    assert caught.value.after == pytest.approx(60, abs=1)


def test_an_event_whose_source_never_answers_is_parked_in_the_end_and_can_be_replayed():
    world = World()
    told = thin(world)
    result = world.tell(told, last=True)
    assert (result.kind, result.reason) == ("parked", "fetch-timeout")
    assert world.store.agenda(keys.PARKED).items[0].data["archive"] == ["raw/x", 0]


def test_an_event_whose_source_lacks_its_secret_waits_for_it_and_is_parked_in_the_end():
    def refused(*_):
        raise PauseError("missing-secret", "crm.main")

    world = World()
    told = thin(world)
    world.hub.catalog.connectors["crm"].resources["customer"].get.render = refused
    with pytest.raises(RetryError, match="fetch-missing-secret"):
        world.tell(told)
    assert world.tell(told, last=True).reason == "fetch-missing-secret"


def test_a_record_told_again_and_again_stays_on_the_fast_path():
    world = World(store=Counting(lambda: 1_790_000_000.0))
    told = {"birth_date": None, "tags": ["vip"], "address": {"line1": "Calle 1"}, **ADA}
    for n in range(1, 9):
        world.store.calls.clear()
        world.tell(event("shop.co", "1", n, **told, name=f"Ada {n}"))
    assert world.store.calls == ["read", "read", "commit"]


def test_without_a_pepper_nothing_is_applied_yet():
    world = World()
    world.hub.secrets = MemorySecrets({})
    with pytest.raises(RetryError):
        list(unify(world.hub, [event(**ADA).dumps()]))


def test_what_was_fetched_is_archived_as_the_event_that_it_made():
    world = World()
    told = thin(world, answer=HttpResponse(200, {}, b'{"email": "ana@b.example"}'))
    world.hub.catalog.connectors["crm"].meaning = lambda *_: Outcome("done", reason="status-200")
    assert world.tell(told).kind == "applied"
    ((name, text),) = world.hub.archive.texts.items()
    assert name.startswith("raw/20")
    assert "/fetched-" in name
    assert Event.loads(text) == replace(told, record={"email": "ana@b.example"})


def test_a_fetched_record_that_says_that_it_is_gone_is_deleted():
    world = World()
    told = thin(world, answer=HttpResponse(200, {}, b'{"email": "ana@b.example", "state": "deleted"}'))
    connector = world.hub.catalog.connectors["crm"]
    connector.meaning = lambda *_: Outcome("done", reason="status-200")
    connector.resources["customer"].gone = lambda record, call: (record["state"], call) == ("deleted", "get")
    assert world.tell(told).kind == "applied"
    ((_, text),) = world.hub.archive.texts.items()
    assert Event.loads(text).deleted
