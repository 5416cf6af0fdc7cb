"""What went wrong at peers with identity and effects, one test each; the numbers are CORRECTNESS's F-rows."""

import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.catalog import Catalog
from hub.errors import RetryError
from hub.identity import Guards
from hub.messages import Event
from hub.pipeline import decide
from hub.pipeline.subjects import root_of
from hub.store import Conflict
from hub.store.dynamodb import DynamoStore
from tests.hub.pipeline.world import World, catalog, event
from tests.identity import people, reference
from tests.identity.shelf import Shelf
from tests.identity.storm import Stormy, Weather, Workers
from tests.identity.test_mutants import Overtaken
from tests.identity.view import broken, differences, view

ADA, EVA, TEL = {"email": "ada@correo.co"}, {"email": "eva@correo.co"}, {"phone": "+573108642097"}
ORDER = decide.Order("ana", "she called")
SHIPPED = Catalog.read(Path(__file__).parents[2]).entities["customer"].guards


def world(**changes):
    return World(store=Shelf(), files=catalog(guards=SHIPPED, **changes))


def ids(world):
    return sorted(root.data["id"] for root in world.customers())


def test_f01_a_shared_device_does_not_fuse_two_known_users_and_what_it_joined_can_be_taken_back():
    """rudderlabs/rudder-transformer#1180: a device's id fused two users for good."""
    home = world(device_id=("newest", "weak"))
    home.tell(event("shop.co", "1", 1, device_id="d-1", **ADA))
    home.tell(event("shop.co", "2", 2, device_id="d-1", **EVA))
    assert len(home.customers()) == 2
    home.tell(event("crm.main", "9", 3, device_id="d-1"))
    assert len(home.customers()) == 3


@pytest.mark.parametrize(
    "nobody", ["null", "0", "anonymous", "[object Object]", "undefined", "-1", "0000", ""]
)
def test_f02_placeholders_merge_nobody(nobody):
    """Segment's blocked values, PostHog's illegal distinct ids: constants that merged hundreds."""
    home = world()
    for n in range(1, 21):
        account = ("shop.co", "crm.main", "pos.one", "erp.main")[n % 4]
        home.tell(event(account, str(n), n, email=nobody, phone=nobody, tax_id=nobody))
    assert len(home.customers()) == 20


def test_f03_merges_at_the_same_time_leave_one_customer_with_the_oldest_id_and_time():
    """PostHog #3190, #10337, PR#34839: two pods merged one person, with a wrong id and created_at."""
    told = [
        event("shop.co", "1", 1, **ADA),
        event("pos.one", "7", 2, **TEL),
        event("crm.main", "9", 3, **ADA, **TEL),
        event("erp.main", "5", 4, **ADA, **TEL),
    ]
    for seed in range(40):
        store = stormed(told * 2, seed)
        (root,) = [item for item in store.items() if item.kind == "root" and item.data["state"] == "active"]
        assert root.data["records"] == {
            "REC#shop#co#customer#1": "2026-01-01T00:01:00.000000Z",
            "REC#pos#one#customer#7": "2026-01-01T00:02:00.000000Z",
            "REC#crm#main#customer#9": "2026-01-01T00:03:00.000000Z",
            "REC#erp#main#customer#5": "2026-01-01T00:04:00.000000Z",
        }
        assert root.data["fields"]["created_at"][:2] == [
            "2026-01-01T00:01:00.000000Z",
            "REC#shop#co#customer#1",
        ]


def stormed(told, seed):
    """The store after four workers applied these at the same time; every effect once."""
    rng = random.Random(seed)
    store = Stormy(rng, Weather(4, 0.3, torn=True, crash=0.02, refuse=0.0, lost=0.1, again=0.0))
    Workers(store, people.FILES[3][0], list(told), rng).run()
    assert broken(store.transactions) == []
    return store


def test_f04_two_updates_at_the_same_time_are_both_kept():
    """PostHog #21048: "A & B updating the same time, one of them getting lost"."""
    store = Overtaken(lambda: None)
    first, rival = World(store=store), World(store=store)
    first.tell(event("shop.co", "1", 1, **ADA))
    store.rival = lambda: rival.tell(event("shop.co", "1", 2, name="Ada"))
    first.tell(event("shop.co", "1", 3, birth_date="1815-12-10"))
    assert (first.value("name"), first.value("birth_date")) == ("Ada", "1815-12-10")


class Refusing(Shelf):
    """A store on which somebody else is always faster."""

    refuses = False

    def commit(self, writes):
        if self.refuses:
            raise Conflict([writes[0].item.key])
        super().commit(writes)


def test_f05_a_merge_that_fails_is_no_success():
    """PostHog PR#82672: unmapped outcomes of a merge became silent success."""
    home = World(store=Refusing())
    home.tell(event("shop.co", "1", 1, **ADA))
    home.store.refuses = True
    merging = event("crm.main", "9", 2, **ADA)
    with pytest.raises(RetryError, match="contended"):
        home.tell(merging)
    assert len(home.store.transactions) == 1
    home.store.refuses = False
    assert home.tell(merging).kind == "applied"
    assert len(home.customer().data["records"]) == 2


def test_f05_parking_an_event_that_is_being_parked_comes_again():
    home = World(store=Refusing())
    home.store.refuses = True
    with pytest.raises(RetryError, match="contended"):
        home.tell(event(id=""))


def test_f06_an_identifier_of_a_crowd_grows_neither_profile_nor_item():
    """PostHog #21049, PR#72823: ids without bound stalled the pipeline."""
    home = world()
    for n in range(1, 61):
        assert home.tell(event("pos.one", str(n), n, **TEL)).kind == "applied"
    (claim,) = [item for item in home.store.items() if item.kind == "claim"]
    assert len(claim.data["records"]) <= SHIPPED.records
    assert claim.version <= SHIPPED.records
    assert max(len(root.data["records"]) for root in home.customers()) == 1


def test_f07_a_merge_keeps_traits_history_and_former_ids():
    """Tracardi #892, #784, #875: traits lost, history on the old id."""
    home = world()
    home.tell(event("shop.co", "1", 1, name="Ada", tags=["vip"], **ADA))
    home.tell(event("pos.one", "7", 2, birth_date="1815-12-10", tags=["club"], **TEL))
    former = ids(home)
    home.tell(event("crm.main", "9", 3, **ADA, **TEL))
    assert home.value("tags") == ["vip", "club"]
    assert (home.value("name"), home.value("birth_date")) == ("Ada", "1815-12-10")
    entries = [
        item for pk in home.customer().data["records"] for item in home.store.page(pk, prefix="T#").items
    ]
    assert len(entries) == 3
    assert {root_of(home.store, "customer", id).key for id in former} == {home.customer().key}


def test_f08_a_merge_asks_no_index_that_may_lag_behind():
    """Apache Unomi PR#258: a merge missed the event that was just written."""
    home = world()  # a shelf has no index
    home.tell(event("shop.co", "1", 1, **ADA))
    home.tell(event("crm.main", "9", 2, **ADA))
    assert len(home.customer().data["records"]) == 2
    asked = []
    answer = {"Responses": {}, "UnprocessedKeys": {}}
    client = SimpleNamespace(batch_get_item=lambda RequestItems: asked.append(RequestItems) or answer)  # noqa: N803
    DynamoStore("hub", client=client).read([home.customer().key])
    assert asked[0]["hub"]["ConsistentRead"] is True


def test_f09_a_source_that_may_not_identify_merges_into_nobody():
    """Unomi PR#73: an unauthenticated identify could merge into somebody else's profile."""
    guards = Guards(trusted={"tax_id": frozenset({"erp"}), "email": frozenset({"erp", "shop"})})
    home = World(files=catalog(guards=guards))
    home.tell(event("erp.main", "5", 1, tax_id="900123456", **ADA))
    home.tell(event("pos.one", "7", 2, tax_id="900123456", **ADA))
    assert len(home.customers()) == 2


def test_f10_a_merge_is_taken_back_to_the_last_bit():
    """SORMAS#4436, openlibrary#8232: no unmerge."""
    home = world()
    home.tell(event("shop.co", "1", 1, name="Ada", tags=["vip"], **ADA))
    home.tell(event("pos.one", "7", 2, name="A", tags=["club"], **TEL))
    before = view(home.store.items())["entity"]
    one, other = ids(home)
    decide.merge(home.hub, one, other, ORDER)
    assert len(home.customers()) == 1
    merged = home.customer()
    (entry,) = home.store.page(merged.key.pk, prefix="LOG#").items
    decide.undo(home.hub, merged.data["id"], entry.key.sk, ORDER)
    assert view(home.store.items())["entity"] == before
    assert all(not root.data["absorbed"] for root in home.customers())


def test_f10_an_identifier_taken_from_a_record_does_not_stop_those_it_joined():
    """Found by the schedules: its former company could not be told of any more."""
    home = World(store=Shelf())
    home.tell(event("shop.co", "1", 1, tax_id="900123456", **ADA))
    home.tell(event("erp.main", "5", 2, tax_id="900123456"))
    home.tell(event("pos.one", "7", 3, **ADA))
    decide.split(home.hub, home.customer().data["id"], ["REC#shop#co#customer#1"], ORDER)
    assert home.tell(event("pos.one", "7", 4, **EVA)).kind == "applied"
    assert home.tell(event("erp.main", "5", 5, **TEL)).kind == "applied"
    assert len(home.customers()) == 3


def test_f10_a_split_whose_id_goes_to_an_older_record_is_in_the_journal():
    """Found by the schedules: who was split off, when the id that stayed had become another's in between."""
    home = World(store=Shelf(), files=catalog(guards=Guards(degree=2)))
    home.tell(event("pos.one", "2", 12, **TEL))
    home.tell(event("pos.one", "6", 9, **TEL, **ADA))
    home.tell(event("pos.one", "5", 1, **TEL, **ADA))
    assert len(home.customers()) == 2
    assert broken(home.store.transactions) == []
    splits = [item for item in home.store.items() if item.kind == "log" and item.data["op"] == "split"]
    assert len(splits) == 1


def test_f12_one_event_in_two_executions_is_applied_once():
    """n8n#38083, #31837: one POST, two executions 30 to 155 ms apart."""
    told = event("shop.co", "1001", 1, "order", number="#1", status="paid", customer={"id": "1", **ADA})
    for seed in range(40):
        store = stormed([told] * 6, seed)
        kinds = [item.kind for item in store.stream]
        assert (kinds.count("marker"), kinds.count("timeline"), kinds.count("outbox")) == (1, 1, 2)


def test_f17_checking_and_applying_are_one_act():
    """Convoy's dedup.go: checked first, written later."""
    store = Overtaken(lambda: None)
    first, rival = World(store=store), World(store=store)
    told = event("shop.co", "1", 1, **ADA)
    results = []
    store.rival = lambda: results.append(rival.tell(told).kind)
    results.append(first.tell(told).kind)
    assert results == ["applied", "duplicate"]
    assert len(store.transactions) == 1


def test_f17_no_two_events_have_one_key():
    """stellarBank#39: parts that were joined without a fence."""
    one = event("shop.co", "1", 1, **ADA)
    parts = [("a#b", "c"), ("a", "b#c"), ("a", "b", "c"), ("a%23b", "c"), ("a%2523b", "c")]
    assert len({replace(one, event_id=part).key for part in parts}) == len(parts)
    assert Event.loads(one.dumps()).key == one.key


def test_f17_ties_are_decided_by_what_was_told_not_by_who_came_first():
    """Found by the schedules: a winner that goes back among equal times, the latest of two."""
    told = [
        event("shop.co", "1", n, at=2, **{**ADA, "name": name})
        for n, name in enumerate(("Ada", "Ada", "Eva", "Ada"), start=1)
    ]
    told += [event("shop.co", "2", n, at=2, name="Mary", **ADA) for n in (8, 9)]
    wanted = reference.final(told, people.rules(people.FILES[3][0]))
    for seed in range(30):
        home = World(store=Shelf(), files=people.FILES[3][0])
        for one in random.Random(seed).sample(told, k=len(told)):
            home.tell(one)
        assert differences(view(home.store.items()), wanted) == []
