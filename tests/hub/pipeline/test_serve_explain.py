"""Why somebody is one customer: what `GET /v1/customers/{id}/explain` answers."""

import json
from dataclasses import replace

import pytest

from hub.documents import Document
from hub.entity import Entity
from hub.pipeline.serve.masks import masked
from hub.store.memory import MemoryStore
from tests.hub.pipeline.test_serve import ADA, PHONE, Desk
from tests.hub.pipeline.world import event
from tests.journey import Day

WHY = {"actor": "ana", "reason": "two people, one phone"}
FIELDS = {
    "email": {"type": "email", "identifies": "weak"},
    "phone": {"type": "phone", "identifies": "weak"},
    "tax_id": {"type": "text", "identifies": "strong"},
    "name": {"type": "text", "keep": {"priority": ["crm", "shop"]}},
    "tags": {"type": "list", "keep": "union"},
    "birth_date": {"type": "date", "keep": "first"},
    "address": {"type": "address"},
}
GUARDS = {
    "exclusive": {"phone": ["tax_id"]},
    "never": {"email": ["info@.*"]},
}


class Town(Desk):
    """A desk whose customers have all kinds of fields."""

    def __init__(self, store=None):
        super().__init__(store)
        data = {"name": "customer", "customer": False, "fields": FIELDS, "guards": GUARDS}
        self.hub.catalog.entities["customer"] = Entity(Document("entities/customer.yaml", data))

    def explained(self, id=None, **query):
        answer = self.get(f"{id or self.customer().data['id']}/explain", **query)
        assert answer.status == 200, answer
        return answer.data

    def decide(self, path, **body):
        return self.ask("POST", f"/v1/customers/{path}", {**WHY, **body})

    def id_of(self, source, id):
        search = self.search(external_id={"source": source, "resource": "customer", "id": id})
        return search.data["id"]


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def ada(town):
    """A customer of three systems."""
    town.tell(event("shop.co", "1", 1, name="Ada", **ADA))
    town.tell(event("crm.main", "9", 2, name="Ada Ruiz", **ADA, **PHONE))
    town.tell(event("pos.one", "7", 3, **PHONE))
    return town


def named(records):
    return [(one["source"], one["id"]) for one in records]


def identifier(told, name):
    (found,) = (one for one in told["identifiers"] if one["name"] == name)
    return found


# How the records came together


def test_records_stand_in_the_order_in_which_they_came_each_with_the_link_to_one_before(ada):
    first, second, third = ada.explained()["records"]
    assert named([first, second, third]) == [("shop.co", "1"), ("crm.main", "9"), ("pos.one", "7")]
    assert first["came"] is None
    assert second["came"]["by"] == "email"
    assert second["came"]["with"] == {"source": "shop.co", "resource": "customer", "id": "1"}
    assert third["came"]["by"] == "phone"
    assert third["came"]["with"]["source"] == "crm.main"


def test_a_link_names_the_event_that_told_it_first_on_either_side_and_the_rule(ada):
    ada.tell(event("shop.co", "1", 5, name="Ada", **ADA))
    came = ada.explained()["records"][1]["came"]
    assert came["rule"] == "same email"
    assert came["since"] == "2026-01-01T00:02:00.000000Z"
    assert [(side["source"], side["at"], side["topic"]) for side in (came["there"], came["here"])] == [
        ("shop.co", "2026-01-01T00:01:00.000000Z", "customer/told"),
        ("crm.main", "2026-01-01T00:02:00.000000Z", "customer/told"),
    ]


def test_the_event_is_found_where_its_own_time_is_another_than_the_records(town):
    """Vendors tell a record's last change, and some time later the event."""
    told = event("pos.one", "7", 9, updated_at="2026-01-01T00:04:00.000000Z", **PHONE)
    town.tell(told)
    first = town.explained()["records"][0]["first"]
    assert (first["at"], first["topic"]) == ("2026-01-01T00:04:00.000000Z", "customer/told")


def test_a_strong_identifier_is_called_so(town):
    town.tell(event("shop.co", "1", 1, tax_id="900123456"))
    town.tell(event("crm.main", "9", 2, tax_id="900123456"))
    assert town.explained()["records"][1]["came"]["rule"] == "same tax id (strong)"


def test_values_are_masked_and_nowhere_in_the_answer_unless_asked_for(ada):
    told = ada.explained()
    assert identifier(told, "email")["value"] == "a•••@correo.co"
    assert identifier(told, "phone")["value"] == told["fields"]["phone"]["value"] == "••••0147"
    assert "ada@" not in json.dumps(told)
    assert "3105550147" not in json.dumps(told)
    told = ada.explained(values="true")
    assert told["fields"]["phone"]["value"] == identifier(told, "phone")["value"] == "+573105550147"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("ada@correo.co", "a•••@correo.co"), ("+573105550147", "••••0147"), ("1234567", "••••"), ("", "••••")],
)
def test_a_mask_shows_enough_to_recognise_and_nothing_of_what_is_short(value, shown):
    assert masked(value) == shown


def test_an_identifier_that_no_record_says_any_more_has_no_value(ada):
    ada.tell(event("shop.co", "1", 5, email="ada@otro.co"))
    ada.tell(event("crm.main", "9", 6, email="ada@otro.co", **PHONE))
    values = [one["value"] for one in ada.explained()["identifiers"] if one["name"] == "email"]
    assert sorted(values, key=str) == [None, "a•••@otro.co"]


def test_the_value_is_known_under_each_pepper(ada):
    ada.hub.secrets.held["pepper"] = [{"1": "pepper", "2": "new"}]
    assert identifier(ada.explained(), "phone")["value"] == "••••0147"


def test_who_was_joined_by_hand_says_by_whom_and_why(town):
    town.tell(event("shop.co", "1", 1, **ADA))
    town.tell(event("crm.main", "9", 2, **PHONE))
    ids = [town.id_of("shop.co", "1"), town.id_of("crm.main", "9")]
    assert town.decide("merge", ids=ids).status == 200
    came = town.explained()["records"][1]["came"]
    assert (came["by"], came["actor"], came["reason"]) == ("hand", "ana", "two people, one phone")
    assert {one["name"] for one in town.explained()["identifiers"]} == {"email", "phone"}


def test_what_the_hub_wrote_itself_is_told_as_repeated():
    day = Day()
    day.story()
    (customer,) = day.customers()
    records = explained(day, customer.data["id"])["records"]
    repeated = [one["source"] for one in records if one["came"] and one["came"]["here"].get("repeated")]
    assert sorted(repeated) == ["hubspot.main", "woocommerce.co"]


def test_what_a_search_found_at_a_destination_is_its_own_word():
    """The ERP knew her before the hub wrote to it, and says so by what the search found."""
    day = Day()
    day.story()
    (customer,) = day.customers()
    first = explained(day, customer.data["id"])["records"][0]
    assert (first["source"], first["first"]["topic"]) == ("odoo.main", "found/partner")
    assert first["first"]["at"] < "2026-11-20"


def explained(day, id):
    from hub.pipeline.serve.explain import explain

    return explain(day.hub, id)


# What joins nobody


def test_an_identifier_of_too_many_says_of_how_many_and_where(town):
    for n in range(1, 8):
        town.tell(event("pos.one", str(n), n, **PHONE))
    told = town.explained(town.id_of("pos.one", "1"))
    phone = identifier(told, "phone")
    assert (phone["state"], phone["why"]) == ("apart", "degree")
    assert phone["most"]["source"] == "pos.one"
    assert phone["most"]["records"] > told["guards"]["degree"]
    assert phone["elsewhere"] == phone["most"]["records"] - 1


def test_an_identifier_of_two_people_of_one_account_says_so(town):
    town.tell(event("pos.one", "7", 1, tax_id="900123456", **PHONE))
    town.tell(event("pos.one", "8", 2, tax_id="900123457", **PHONE))
    phone = identifier(town.explained(town.id_of("pos.one", "7")), "phone")
    assert (phone["state"], phone["why"]) == ("apart", "conflict")


def test_an_operators_word_on_an_identifier_is_told_with_name_and_reason(ada):
    assert ada.decide("shared", **PHONE, shared=True).status == 200
    phone = identifier(ada.explained(ada.id_of("crm.main", "9")), "phone")
    assert (phone["why"], phone["ruled"], phone["actor"]) == ("operator", "apart", "ana")


def test_a_value_that_names_nobody_is_told_as_ignored(town):
    town.tell(event("shop.co", "1", 1, email="info@tienda.co", **PHONE))
    ignored = identifier(town.explained(), "email")
    assert (ignored["state"], ignored["value"]) == ("ignored", "i•••@tienda.co")
    assert named(ignored["told"]) == [("shop.co", "1")]


def test_what_was_taken_from_a_record_is_told_as_detached(ada):
    id = ada.customer().data["id"]
    pos = {"source": "pos.one", "resource": "customer", "id": "7"}
    assert ada.decide(f"{id}/split", records=[pos]).status == 200
    phone = identifier(ada.explained(ada.id_of("pos.one", "7")), "phone")
    assert (phone["state"], phone["elsewhere"]) == ("alone", 1)
    assert phone["told"][0]["detached"] is True


# Why each field says what it says


def test_each_field_has_its_rule_and_the_values_that_did_not_win_best_first(town):
    town.tell(event("shop.co", "1", 1, name="Ada", birth_date="1990-01-01", tags=["a"], **ADA))
    town.tell(event("crm.main", "9", 2, name="Ada Ruiz", birth_date="1990-02-02", tags=["b"], **ADA))
    town.tell(event("pos.one", "7", 3, name="A. Ruiz", email="ada@correo.co"))
    fields = town.explained()["fields"]
    rules = {name: told["rule"] for name, told in fields.items()}
    assert rules == {"birth_date": "first", "email": "newest", "name": "priority", "tags": "union"}
    assert (fields["name"]["value"], fields["name"]["roles"]) == ("Ada Ruiz", ["crm", "shop"])
    assert [(one["value"], one["source"]) for one in fields["name"]["others"]] == [
        ("Ada", "shop.co"), ("A. Ruiz", "pos.one"),
    ]  # fmt: skip
    assert [one["value"] for one in fields["tags"]["others"]] == [["b"], ["a"]]
    assert [one["value"] for one in fields["birth_date"]["others"]] == ["1990-02-02"]


def test_an_owner_decides_whatever_the_others_say(ada):
    del ada.hub.catalog.__dict__["rules of unify"]  # other files are another catalogue
    ada.hub.catalog.owners.owner = lambda entity, field: "shop" if field == "name" else None
    ada.tell(event("shop.co", "1", 7, name="Ada R.", **ADA, **PHONE))
    name = ada.explained()["fields"]["name"]
    assert (name["value"], name["rule"], name["roles"]) == ("Ada R.", "owner", ["shop"])


def test_the_parts_of_an_address_that_another_supplied_are_named(town):
    town.tell(
        event("crm.main", "9", 1, address={"line1": "Calle 1", "city": "Cali", "line2": "Apto 2"}, **ADA)
    )
    town.tell(event("shop.co", "1", 2, address={"line1": "Calle 1", "city": "Cali"}, **ADA))
    address = town.explained()["fields"]["address"]
    assert (address["source"], address["value"]["line2"]) == ("shop.co", "Apto 2")
    assert address["completed"]["line2"] == {"source": "crm.main", "resource": "customer", "id": "9"}


# Who is asked for, and what it costs


def test_an_unknown_customer_is_404_and_one_that_was_merged_away_leads_on(town):
    assert town.get(f"{'0' * 24}/explain").status == 404
    assert town.get(f"{'0' * 24}/log").status == 404
    town.tell(event("shop.co", "1", 1, **ADA))
    town.tell(event("pos.one", "7", 2, **PHONE))
    loser = town.id_of("pos.one", "7")
    town.tell(event("crm.main", "9", 3, **ADA, **PHONE))
    told = town.explained(loser)
    assert (told["id"], told["merged_from"]) == (town.customer().data["id"], loser)


def test_the_zone_of_the_times_is_the_accounts_own_where_they_have_one(ada):
    ada.hub.catalog.accounts["shop.co"].time_zone = "America/Bogota"
    assert ada.explained()["time_zone"] == "UTC"
    for account in ada.hub.catalog.accounts.values():
        account.time_zone = "America/Bogota"
    assert ada.explained()["time_zone"] == "America/Bogota"


class Counting(MemoryStore):
    """Counts the items that are read."""

    count = 0

    def read(self, keys):
        found = super().read(keys)
        self.count += len(found)
        return found

    def page(self, pk, **options):
        page = super().page(pk, **options)
        self.count += len(page.items)
        return page


def test_what_an_explanation_reads_does_not_grow_with_the_history():
    town = Town(Counting())
    costs = []
    for n in range(1, 80):
        town.tell(event("shop.co", "1", n, name=f"Ada {n}", **ADA))
        town.store.count = 0
        town.explained()
        costs.append(town.store.count)
    assert costs[-1] == costs[10]


def test_an_explanation_of_a_customer_whose_records_just_move_is_asked_again(ada):
    id = ada.customer().data["id"]
    read = ada.store.read

    def moved(keys):
        return {key: item for key, item in read(keys).items() if item.kind != "record"}

    ada.hub.store.read = moved
    assert ada.get(f"{id}/explain").status == 503


def test_a_search_names_who_an_identifier_still_joins(ada):
    """The phone was taken from the till's record: it names the one who kept it."""
    id = ada.customer().data["id"]
    crm = {"source": "crm.main", "resource": "customer", "id": "9"}
    shop = {"source": "shop.co", "resource": "customer", "id": "1"}
    assert ada.decide(f"{id}/split", records=[crm, shop]).status == 200
    assert ada.search(**PHONE).data["id"] == ada.id_of("pos.one", "7")


# The timeline follows who belongs together


def journey(town, id):
    """The whole timeline of a customer, page by page."""
    found, after = [], {}
    while True:
        page = town.get(id, limit="2", **after).data["timeline"]
        found += [(one["at"], one["source"]) for one in page["entries"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def test_the_timeline_follows_merge_and_split_with_late_arrivals_in_place(ada):
    id = ada.customer().data["id"]
    pos = {"source": "pos.one", "resource": "customer", "id": "7"}
    split = ada.decide(f"{id}/split", records=[pos]).data
    (other,) = (one for one in split["after"] if one != id)
    late = replace(event("pos.one", "7", 20, at=2, **PHONE), received_at="2026-01-02T00:00:00.000000Z")
    ada.tell(late)
    ada.tell(event("shop.co", "1", 21, at=90, name="Ada", **ADA))
    minute = "2026-01-01T{:02d}:{:02d}:00.000000Z".format
    assert journey(ada, other) == [(minute(0, 2), "pos.one"), (minute(0, 3), "pos.one")]
    assert journey(ada, id) == [
        (minute(0, 1), "shop.co"), (minute(0, 2), "crm.main"), (minute(1, 30), "shop.co"),
    ]  # fmt: skip
    assert ada.decide(f"{id}/undo", entry=split["entry"]).status == 200
    together = [(minute(0, 1), "shop.co"), *[(minute(0, 2), s) for s in ("crm.main", "pos.one")]]
    assert sorted(journey(ada, id)) == [*together, (minute(0, 3), "pos.one"), (minute(1, 30), "shop.co")]
    assert journey(ada, other) == journey(ada, id)
    assert [at for at, _ in journey(ada, id)] == sorted(at for at, _ in journey(ada, id))
