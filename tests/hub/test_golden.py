import json

from hypothesis import given
from hypothesis import strategies as st

from hub.golden import DELETED, Member, Policy, Register, Stamp, confirmed, fold, losers, overlay

POLICIES = {
    "email": Policy("newest"),
    "number": Policy("first"),
    "tags": Policy("union"),
    "stage": Policy("priority", ("crm", "shop")),
    "tax_id": Policy("newest", owner="erp"),
}


def register(value, at="2026-01", event="e", revision=0):
    return Register.of(value, at, event, revision)


def member(key, role="shop", created="2026", **registers):
    return Member(key, role, created, registers)


def test_the_newest_value_wins_and_says_where_it_comes_from():
    old = member("A", email=register("old@x.co", "2026-01"))
    new = member("B", email=register("new@x.co", "2026-02", "e2"))
    assert fold([old, new], POLICIES)["email"] == ("new@x.co", "B", "2026-02", "e2", 0)


def test_a_cleared_value_leaves_the_field_to_the_next_source():
    members = [member("A", email=register("a@x.co", "2026-01")), member("B", email=register(None, "2026-02"))]
    assert fold(members, POLICIES)["email"].value == "a@x.co"


def test_first_keeps_what_the_oldest_record_says():
    members = [
        member("A", created="2026-05", number=register("2", "2026-01")),
        member("B", created="2026-01", number=register("1", "2026-09")),
    ]
    assert fold(members, POLICIES)["number"].value == "1"


def test_union_gathers_in_the_order_of_the_records_without_repetition():
    members = [
        member("B", created="2", tags=register(["vip", "web"])),
        member("A", created="1", tags=register(["web", "new"])),
    ]
    assert fold(members, POLICIES)["tags"].value == ["web", "new", "vip"]


def test_priority_prefers_the_role_listed_first_then_the_newest():
    shop = member("A", "shop", stage=register("lead", "2026-09"))
    crm = member("B", "crm", stage=register("customer", "2026-01"))
    pos = member("C", "pos", stage=register("walk-in", "2026-10"))
    assert fold([shop, crm, pos], POLICIES)["stage"].value == "customer"
    assert fold([shop, pos], POLICIES)["stage"].value == "lead"
    assert fold([pos], POLICIES)["stage"].value == "walk-in"


def test_the_owner_of_a_field_wins_whenever_it_says_something():
    erp = member("A", "erp", tax_id=register("900", "2026-01"))
    shop = member("B", "shop", tax_id=register("111", "2026-09"))
    assert fold([erp, shop], POLICIES)["tax_id"].value == "900"
    assert fold([shop], POLICIES)["tax_id"].value == "111"


def test_a_deleted_record_says_nothing_until_it_speaks_again():
    gone = {DELETED: register(True, "2026-05")}
    before = member("A", email=register("a@x.co", "2026-01"), **gone)
    after = member("A", email=register("a@x.co", "2026-06"), **gone)
    assert fold([before], POLICIES) == {}
    assert fold([after], POLICIES)["email"].value == "a@x.co"


def test_overlay_keeps_the_later_value_and_names_the_registers_that_moved():
    held = {"email": register("b", "2026-02"), "number": register("1")}
    told = {"email": register("a", "2026-01"), "number": register("2", "2026-03")}
    registers, moved = overlay(held, told)
    assert moved == {"email", "number"}  # the older value of email is noted, it does not win
    assert overlay(registers, told)[1] == set()
    assert (registers["email"].value, registers["number"].value) == ("b", "2")


def test_a_replay_wins_over_the_first_telling_at_the_same_time():
    held, _ = overlay({}, {"email": register("wrong")})
    assert overlay(held, {"email": register("right", revision=5)})[0]["email"].value == "right"
    assert overlay(held, {"email": register("wrong")})[1] == set()


def test_a_value_told_again_holds_since_it_was_first_told_and_does_not_win_as_news():
    crm, _ = overlay({}, {"email": register("old@x.co", "2026-01", "e1")})
    crm, moved = overlay(crm, {"email": register("old@x.co", "2026-05", "e5")})
    assert (crm["email"].since.at, crm["email"].last.at, moved) == ("2026-01", "2026-05", {"email"})
    shop = member("B", email=register("new@x.co", "2026-03", "e3"))
    assert fold([Member("A", "crm", "2026", crm), shop], POLICIES)["email"].value == "new@x.co"


def test_a_value_that_comes_late_does_not_replace_one_that_was_confirmed_after_it():
    held, _ = overlay({}, {"email": register("a", "2026-01")})
    held, _ = overlay(held, {"email": register("a", "2026-05", "e5")})
    held, _ = overlay(held, {"email": register("b", "2026-03", "e3")})
    assert (held["email"].value, held["email"].since.at) == ("a", "2026-05")


def test_an_address_is_completed_from_the_same_address_elsewhere_only():
    policies = {"address": Policy("newest")}
    whole = member("A", address=register({"line1": "Carrera 7", "line2": "Apto 502"}, "2026-01"))
    partial = member("B", address=register({"line1": "Carrera 7", "city": "Bogotá"}, "2026-02"))
    moved = member("C", address=register({"line1": "Calle 1", "city": "Cali"}, "2026-03"))
    completed = {"line1": "Carrera 7", "line2": "Apto 502", "city": "Bogotá"}
    assert fold([whole, partial], policies)["address"].value == completed
    assert fold([whole, partial, moved], policies)["address"].value == {"line1": "Calle 1", "city": "Cali"}


def test_losers_come_best_first_without_the_winner():
    members = [member(k, email=register(k, f"2026-0{n}")) for n, k in enumerate("ABC", 1)]
    assert [value.value for value in losers(members, POLICIES, "email")] == ["B", "A"]


tellings = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(sorted(POLICIES)),
        st.sampled_from(["x", "y", None]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["e", "f"]),
    ),
    max_size=8,
    unique_by=lambda t: (t[0], t[1], t[3], t[4]),
)


@given(tellings, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_tellings_leave_no_trace(told, random):
    shuffled = told + random.sample(told, k=len(told) // 2)
    random.shuffle(shuffled)
    assert folded(told) == folded(shuffled)


def folded(told):
    records = {"A": {}, "B": {}}
    for key, name, value, at, event in told:
        records[key], _ = overlay(records[key], {name: register(value, at, event)})
    return fold([Member(k, "shop", k, r) for k, r in records.items()], POLICIES)


VALUES = st.sampled_from(["1", "2", None, ["1"], {"a": "1"}])
STAMPS = st.tuples(
    st.sampled_from(["2026-01", "2026-02", "2026-03"]), st.sampled_from("abcd"), st.integers(0, 1)
)


@given(st.lists(st.tuples(VALUES, STAMPS), min_size=1, max_size=9), VALUES, STAMPS)
def test_what_is_only_confirmed_is_stored_as_if_it_was_overlaid(history, value, stamp):
    held = {}
    for told, when in history:
        held, _ = overlay(held, {"field": Register.of(told, *when)})
    stored = json.loads(json.dumps(held["field"]))
    found = confirmed({"field": stored}, {"field": value}, Stamp(*stamp)).get("field")
    after, moved = overlay(held, {"field": Register.of(value, *stamp)})
    newest = value == held["field"].value and Stamp(*stamp) > held["field"].last
    assert (found is not None) == newest
    if found is not None:
        assert moved == {"field"}
        assert json.dumps(found) == json.dumps(after["field"])
