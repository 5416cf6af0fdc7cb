"""Several systems that are edited at once: who wins, what is put back, and that it comes to rest."""

import pytest

from hub import keys
from hub.catalog import Catalog
from tests.hub.pipeline.two_way import FILES, known


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    root = tmp_path_factory.mktemp("two-way")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Catalog.read(root)


@pytest.fixture
def world(files):
    return known(files)


def test_a_change_in_one_system_is_written_once_to_each_other_one(world):
    world.shop.edit("shop1", given_name="Augusta")
    world.settle()
    assert world.equal
    assert [len(world.systems[name].writes) for name in ("crm", "erp", "shop")] == [1, 1, 0]


def test_somebody_elses_change_of_an_owned_field_is_put_back(world):
    world.shop.edit("shop1", stage="vip")
    world.settle()
    assert world.equal
    assert world.golden["stage"] == "lead"
    assert [len(world.systems[name].writes) for name in ("crm", "erp", "shop")] == [0, 0, 1]


def test_it_is_put_back_again_when_they_insist(world):
    for _ in range(3):
        world.shop.edit("shop1", stage="vip")
        world.settle().later(600)
        assert world.equal
    assert len(world.shop.writes) == 3


def test_a_value_that_is_set_again_after_we_overwrote_it_wins_again(world):
    world.crm.edit(phone="+573000000001")
    world.settle().later(300)
    world.shop.edit("shop1", phone="+573000000002")
    world.settle().later(300)
    world.crm.edit(phone="+573000000001")
    world.settle()
    assert world.equal
    assert world.golden["phone"] == "+573000000001"


def test_a_value_that_is_set_back_to_what_we_wrote_wins_again(world):
    world.crm.edit(phone="+573000000001")
    world.settle().later(300)
    world.shop.edit("shop1", phone="+573000000002")
    world.settle().later(30)
    world.shop.edit("shop1", phone="+573000000001")
    world.settle()
    assert world.equal
    assert world.golden["phone"] == "+573000000001"


def test_two_people_at_the_same_second_are_both_heard(world):
    world.crm.edit(phone="+573000000001")
    world.shop.edit("shop1", email="ada@nuevo.example")
    world.settle()
    assert world.equal
    assert (world.golden["phone"], world.golden["email"]) == ("+573000000001", "ada@nuevo.example")


def test_two_people_on_one_field_at_the_same_second_end_with_one_value_everywhere(world):
    world.crm.edit(phone="+573000000001")
    world.shop.edit("shop1", phone="+573000000002")
    world.settle()
    assert world.equal
    assert world.golden["phone"] in ("+573000000001", "+573000000002")


def test_a_change_that_was_on_its_way_when_we_overwrote_it_is_not_lost(world):
    world.shop.edit("shop1", given_name="Augusta")
    world.hear()
    world.later(1).erp.edit("erp1", phone="+573000000009")  # told only after our write of the old phone
    late = world.erp.webhooks[:]
    world.erp.webhooks.clear()
    world.later(1).runner.run()
    world.settle()
    world.erp.webhooks += late
    world.settle()
    assert world.equal
    assert world.golden["phone"] == "+573000000009"


def test_what_a_destination_stores_in_its_own_form_is_no_news(world):
    world.crm.stores = lambda name, value: value.upper() if name == "given_name" else value
    world.shop.edit("shop1", given_name="Augusta")
    world.settle().later(86_400 * 3)
    world.crm.tell_again()
    world.settle()
    assert world.golden["given_name"] == "Augusta"
    assert world.person("crm")["given_name"] == "AUGUSTA"
    assert world.writes == 2


def conflicts(world):
    page = world.store.agenda(keys.CONFLICTS)
    return [(item.kind, sorted(item.data.get("contested", ()))) for item in page.items]


def test_an_owned_field_that_somebody_else_changed_is_listed_until_its_owner_says_more(world):
    world.shop.edit("shop1", stage="vip")
    world.settle().later(600)
    assert conflicts(world) == [("root", ["stage"])]
    world.crm.edit(given_name="Augusta")
    world.settle().later(600)
    assert conflicts(world) == [("root", ["stage"])]
    world.crm.edit(stage="customer")
    world.settle()
    assert conflicts(world) == []
    assert world.equal


def test_an_owner_who_adopts_the_others_value_ends_the_conflict(world):
    world.shop.edit("shop1", stage="vip")
    world.settle().later(600)
    world.crm.edit(stage="vip")
    world.settle()
    assert conflicts(world) == []
    assert world.equal
