"""What unify takes for a repetition of our own writes, and what for news: which notes speak of a record, and
what of them was before a telling. The rule of times itself: tests/hub/test_ledger.py."""

from dataclasses import replace

import pytest

from hub import keys, ledger
from hub.messages import FOUND, WRITTEN
from hub.store import Item, Put
from tests.hub.pipeline.world import World, event

ADA = {"email": "ada@correo.co"}
EVA = {"email": "eva@correo.co", "phone": "+573001234567"}
CRM = "crm.main"


def minute(number):
    return f"2026-01-01T{number // 60:02d}:{number % 60:02d}:00.000000Z"


@pytest.fixture
def world():
    """A customer whom the shop has told, by the name of Ada."""
    made = World()
    made.tell(event("shop.co", "1", 1, name="Ada", **ADA))
    return made


def eva(world):
    """The id of another customer, whom the shop tells as Eva."""
    world.tell(event("shop.co", "2", 2, name="Eva", **EVA))
    (id,) = [root.data["id"] for root in world.customers() if root.data["fields"]["name"][0] == "Eva"]
    return id


def noted(world, at, remote=None, landed=None, customer=None, stray=None, left=None, **fields):
    """What a delivery to the CRM noted at a minute; when it `landed` there, by the CRM's clock."""
    id = customer or world.customer().data["id"]
    data = {
        "wrote": ledger.entry(fields, minute(at)),
        "remote": remote,
        "landed": {minute(at): [minute(landed), True]} if landed else None,
        "stray": ledger.entry(stray[1], minute(stray[0])) if stray else None,
        "left": {"remote": left[1], "wrote": ledger.entry(left[2], minute(left[0]))} if left else None,
    }
    kept = {name: value for name, value in data.items() if value is not None}
    world.store.commit([Put(Item(keys.delivery("crm.main.customer", "customer", id), "delivery", kept))])


def told(id, n, topic="", **record):
    """What the CRM tells of a record at a minute."""
    made = event(CRM, id, n, **record)
    return replace(made, topic=f"{topic}customer", received_at=minute(n)) if topic else made


def register(world, id, field):
    key = keys.record("crm", "main", "customer", id)
    held = world.store.read([key])[key].data["registers"].get(field)
    return held if held and held[0] is not None else None


def test_what_was_told_before_our_write_is_news_though_it_is_heard_after_it(world):
    noted(world, 30, "9", landed=30, name="Ada", **ADA)
    assert world.tell(told("9", 20, name="Ada", **ADA)).kind == "applied"
    assert register(world, "9", "name")[1][0][0] == minute(20)


def test_what_we_say_ourselves_of_our_creation_is_no_news_whatever_was_written_since(world):
    """Seed 7995 of the fleet: it was heard after the next write."""
    noted(world, 30, "9", landed=30, name="Ada King", **ADA)
    world.tell(told("9", 40, WRITTEN, name="Ada", **ADA))
    assert register(world, "9", "name") is None
    assert len(world.customer().data["records"]) == 2


def test_what_a_search_found_is_no_echo_of_the_write_that_followed_it(world):
    """Seed 8469 of the fleet; the CRM's clock is ahead."""
    noted(world, 30, name="Ada", **ADA)
    found = replace(told("9", 35, FOUND, name="Ada", **ADA), received_at=minute(30))
    assert world.tell(found).kind == "applied"
    assert register(world, "9", "email")[1][0][0] == minute(35)


def test_what_a_search_found_may_be_an_echo_of_what_was_written_before_it(world):
    wrote = ledger.entry({"name": "Ada", **ADA}, minute(30), ledger.entry({"name": "Ada", **ADA}, minute(20)))
    key = keys.delivery("crm.main.customer", "customer", world.customer().data["id"])
    world.store.commit([Put(Item(key, "delivery", {"wrote": wrote}))])
    found = replace(told("9", 21, FOUND, name="Ada", **ADA), received_at=minute(30))
    assert world.tell(found).kind == "echo"


def test_a_request_for_another_record_makes_no_echo_where_a_delivery_knows_this_one(world):
    """Seed 3998 of the fleet: two customers turned out to be one, and the creation for one had no answer."""
    noted(world, 30, "9", landed=30, name="Ada", **ADA)
    world.tell(told("9", 31, name="Ada", **ADA))
    noted(world, 40, customer=eva(world), name="Eva", **EVA)
    world.tell(told("9", 42, name="Ada", **ADA, phone=EVA["phone"]))
    assert len(world.customers()) == 1
    assert register(world, "9", "phone")[1][0][0] == minute(42)


def test_before_a_telling_joins_two_customers_only_its_own_has_written_a_record(world):
    """The same, where neither creation has an answer yet."""
    noted(world, 30, name="Ada", **ADA)
    world.tell(told("9", 31, name="Ada", **ADA))
    noted(world, 40, customer=eva(world), name="Eva", **EVA)
    world.tell(told("9", 42, name="Ada", **ADA, phone=EVA["phone"]))
    assert register(world, "9", "phone")[1][0][0] == minute(42)


def test_seed_1983_a_creation_makes_all_fields_at_once(world):
    """A person made the same customer while ours was on its way: another name, so it is not ours."""
    noted(world, 30, name="Ada", **ADA)
    world.tell(told("8", 31, name="Augusta", created_at=minute(31), **ADA))
    assert register(world, "8", "email")[1][0][0] == minute(31)
    assert world.tell(told("9", 32, name="Ada", created_at=minute(32), **ADA)).kind == "echo"


def test_seed_2739_a_record_that_a_search_found_may_be_what_a_creation_of_a_merged_customer_made(world):
    noted(world, 30, customer=eva(world), name="Eva", **EVA)
    world.tell(event("shop.co", "2", 3, name="Eva", **EVA | ADA))
    noted(world, 40, "9", landed=40, name="Eva", **EVA)
    assert world.tell(told("9", 32, name="Eva", created_at=minute(32), **EVA)).kind == "echo"
    assert register(world, "9", "name") is None


def test_seed_12473_an_upsert_of_a_merged_customer_may_land_late_on_the_record_that_is_known(world):
    """It wrote the same identifiers, so it hits the same record; one by other identifiers does not (3998)."""
    noted(world, 39, customer=eva(world), name="Eva", **EVA)
    world.tell(event("shop.co", "2", 3, name="Eva", **EVA | ADA))
    noted(world, 40, "9", landed=40, name="Augusta", **EVA)
    world.tell(replace(told("9", 41, name="Eva", **EVA), at=minute(40).replace(":00.", ":10.")))
    assert register(world, "9", "name") is None


def test_of_a_record_that_is_older_than_its_telling_single_fields_may_be_ours(world):
    noted(world, 30, name="Ada", **ADA)
    world.tell(told("9", 33, name="Augusta", created_at=minute(32), **ADA))
    assert register(world, "9", "email") is None
    assert register(world, "9", "name")[0] == "Augusta"


def test_seed_9206_what_a_request_made_late_beside_another_record_is_no_strangers_word(world):
    noted(world, 40, "8", landed=40, name="Augusta", stray=(30, {"name": "Ada", **ADA}), **ADA)
    assert world.tell(told("9", 32, name="Ada", created_at=minute(32), **ADA)).kind == "echo"
    world.tell(told("9", 90, name="Ada", phone=EVA["phone"], created_at=minute(32), **ADA))
    assert register(world, "9", "name") is None
    assert register(world, "9", "phone")[1][0][0] == minute(90)


def test_seed_8361_what_we_wrote_to_a_record_that_is_gone_is_no_news_when_it_comes_late(world):
    noted(world, 40, "9", landed=40, left=(30, "8", ADA), name="Augusta", **ADA)
    assert world.tell(told("8", 31, **ADA)).kind == "echo"
    assert world.tell(told("8", 32, name="Eva", **ADA)).kind == "applied"


def test_a_record_that_was_there_before_the_request_is_not_what_it_made(world):
    noted(world, 40, "8", landed=40, name="Augusta", stray=(30, {"name": "Ada", **ADA}), **ADA)
    assert world.tell(told("9", 32, name="Ada", created_at=minute(10), **ADA)).kind == "applied"
    assert register(world, "9", "name")[0] == "Ada"


def test_seed_1183_that_what_we_wrote_stands_there_does_not_confirm_what_the_record_said_before(world):
    """The same value: a late edit between the two, which we wrote over, is newer than its own word."""
    noted(world, 30, "9", landed=30, name="Ada", **ADA)
    world.tell(told("9", 10, name="Ada", **ADA))
    world.tell(told("9", 50, name="Ada", **ADA))
    world.tell(told("9", 20, name="Augusta", **ADA))
    value, run, _ = register(world, "9", "name")
    assert (value, [stamp[0] for stamp in run]) == ("Augusta", [minute(20)])


def test_seed_3794_what_a_late_edit_was_set_back_to_was_set_once_more(world):
    """It was the record's own word, and ours: that it was set back is known by the late edit."""
    noted(world, 30, "9", landed=30, name="Ada", **ADA)
    for minutes, name in ((10, "Ada"), (50, "Ada"), (40, "Augusta")):
        world.tell(told("9", minutes, name=name, **ADA))
    value, run, other = register(world, "9", "name")
    assert (value, [stamp[0] for stamp in run], other[0]) == ("Ada", [minute(50)], minute(40))


def test_where_we_wrote_nothing_since_it_does(world):
    noted(world, 5, "9", landed=5, name="Ada", **ADA)
    for minutes, name in ((8, "Augusta"), (10, "Ada"), (50, "Ada")):
        world.tell(told("9", minutes, name=name, **ADA))
    assert [stamp[0] for stamp in register(world, "9", "name")[1]] == [minute(10), minute(50)]
