from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.documents import read
from hub.entity import Entity
from hub.errors import RetryError
from hub.identity import Claim, Guards, Node, Pepper, components, entity_id, hashed, lifted, peppers

GUARDS = Guards(
    degree=5,
    logins=frozenset({"shop"}),
    exclusive={"phone": frozenset({"tax_id", "email"}), "email": frozenset({"tax_id"})},
)
ENTITY = Entity(read(Path("entities/customer.yaml"), Path()))


def claim(told):
    """`phone:1` -> the key of the claim."""
    namespace, _, value = told.partition(":")
    return f"ID#customer#{namespace}#{value or 'x'}"


def node(key, *told, created="2026", login=False, detached=()):
    asserted = frozenset(map(claim, told))
    return Node(key, created, asserted, frozenset(map(claim, detached)), login)


def claims(*nodes, strong=(), guards=GUARDS):
    found = {}
    for one in nodes:
        for key in one.claims:
            held = found.get(key, Claim(key, key in set(map(claim, strong))))
            apart = held.detached | ({one.key} if key in one.detached else set())
            found[key] = replace(held.with_record(one.key, guards), detached=frozenset(apart))
    known = {one.key: one for one in nodes}
    return {key: one.judged(known, guards) for key, one in found.items()}


def keys(groups):
    return [[one.key for one in group] for group in groups]


def grouped(*nodes, **options):
    return keys(components(nodes, claims(*nodes, **options)))


def test_records_that_share_an_identifier_belong_together_across_several_steps():
    nodes = [node("A", "email"), node("B", "email", "phone"), node("C", "phone"), node("D", "other")]
    assert grouped(*nodes) == [["A", "B", "C"], ["D"]]


def test_the_oldest_record_leads_its_component():
    assert grouped(node("B", "email", created="2026-02"), node("A", "email", created="2026-03")) == [
        ["B", "A"]
    ]


def test_a_person_may_stand_in_many_systems_with_one_phone():
    assert len(grouped(*(node(f"REC#system{n}#main#customer#1", "phone") for n in range(12)))) == 1


def test_a_weak_identifier_of_too_many_records_of_one_account_joins_nobody():
    nodes = [node(f"REC#pos#one#customer#{n}", "phone") for n in range(GUARDS.degree + 1)]
    assert len(grouped(*nodes[:-1])) == 1
    assert len(grouped(*nodes)) == GUARDS.degree + 1


def test_a_strong_identifier_joins_however_many_assert_it():
    assert len(grouped(*(node(f"R{n}", "tax_id") for n in range(20)), strong=["tax_id"])) == 1


def test_two_logins_of_one_shop_are_two_people_whatever_they_share():
    couple = [node(f"REC#shop#co#customer#{n}", "phone", f"email:{n}", login=True) for n in (1, 2)]
    chat = node("REC#whatsapp#co#contact#5", "phone")
    assert len(grouped(*couple, chat)) == 3


def test_a_login_and_a_guest_of_one_shop_are_one_person():
    guest = node("REC#shop#co#customer#guest/x", "email")
    assert len(grouped(node("REC#shop#co#customer#1", "email", login=True), guest)) == 1


def test_records_of_one_account_that_differ_in_an_exclusive_field_are_two_people():
    one, two = (node(f"REC#pos#one#customer#{n}", "phone", f"tax_id:{n}") for n in (1, 2))
    assert len(grouped(one, two, strong=["tax_id:1", "tax_id:2"])) == 2


def test_records_of_two_accounts_may_differ_in_it():
    one, two = (node(f"REC#pos{n}#one#customer#1", "phone", f"tax_id:{n}") for n in (1, 2))
    assert len(grouped(one, two, strong=["tax_id:1", "tax_id:2"])) == 1


def test_a_record_that_corrected_its_own_value_contradicts_nobody():
    one = node("REC#pos#one#customer#1", "phone", "tax_id:1", "tax_id:2")
    assert len(grouped(one, node("REC#crm#main#contact#9", "phone"))) == 1


def test_what_was_demoted_says_why():
    crowd = [node(f"REC#pos#one#customer#{n}", "phone", "email", f"tax_id:{n}") for n in range(2)]
    more = [node(f"REC#pos#one#customer#{n}", "phone") for n in range(2, 8)]
    found = claims(*crowd, *more)
    assert (found[claim("phone")].why, found[claim("email")].why) == ("degree", "conflict")


def test_a_detached_record_is_counted_but_not_joined():
    nodes = [node(f"REC#pos#one#customer#{n}", "phone") for n in range(2)]
    apart = node("REC#pos#one#customer#9", "phone", "loyalty_id", detached=["phone"])
    assert grouped(*nodes, apart) == [["REC#pos#one#customer#0", "REC#pos#one#customer#1"], [apart.key]]
    assert claims(*nodes, apart)[claim("phone")].records >= {apart.key}


def test_an_operators_word_is_not_overruled():
    nodes = [node(f"REC#pos#one#customer#{n}", "phone") for n in range(9)]
    known = {one.key: one for one in nodes}
    told = frozenset(known)
    assert not Claim(claim("phone"), False, told, ruled="joins").judged(known, GUARDS).demoted
    assert Claim(claim("tax_id"), True, told, ruled="apart").judged(known, GUARDS).why == "operator"


def test_a_demoted_claim_takes_as_many_records_as_one_entity_may_have_and_is_frozen_then():
    demoted = Claim(claim("phone"), False, frozenset(map(str, range(24))), why="degree")
    full = demoted.with_record("Y", GUARDS)
    assert "Y" in full.records
    assert full.with_record("Z", GUARDS) is full


@given(
    st.lists(
        st.tuples(
            st.integers(0, 8),
            st.sampled_from(["email:1", "email:2", "phone:1", "phone:2", "tax_id:1", "tax_id:2"]),
        ),
        max_size=14,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_assertions_leaves_no_trace(assertions, random):
    shuffled = assertions + random.sample(assertions, k=len(assertions) // 2)
    random.shuffle(shuffled)
    assert told_one_by_one(assertions) == told_one_by_one(shuffled)


def told_one_by_one(assertions):
    """The components after the rules looked at each assertion as it came."""
    found, asserted = {}, {}
    for record, told in assertions:
        key, name = f"REC#pos#{record % 2}#customer#{record}", claim(told)
        asserted.setdefault(key, set()).add(name)
        found[name] = found.get(name, Claim(name, told.startswith("tax"))).with_record(key, GUARDS)
        known = {one: Node(one, "2026", frozenset(told)) for one, told in asserted.items()}
        found |= {one: found[one].judged(known, GUARDS) for one in asserted[key]}
    nodes = [Node(one, "2026", frozenset(told)) for one, told in asserted.items()]
    return keys(components(nodes, found))


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        ("email", "noreply@tienda.co"),
        ("email", "no-reply@tienda.co"),
        ("email", "info@tienda.co"),
        ("email", "facturacion@tienda.co"),
        ("email", "lucia@example.com"),
        ("email", "a@test"),
        ("email", "x7gk2@marketplace.amazon.com.mx"),
        ("email", "nadie@sincorreo.com"),
        ("phone", "+573333333333"),
        ("phone", "+15555550199"),
        ("phone", "+573001234567"),
        ("tax_id", "000000"),
        ("tax_id", "222222222222"),
        ("tax_id", "[object Object]"),
        ("loyalty_id", "NULL"),
        ("loyalty_id", "0"),
        ("loyalty_id", "-0-"),
        ("loyalty_id", ""),
        ("loyalty_id", None),
        ("loyalty_id", "Consumidor final"),
    ],
)
def test_placeholders_and_role_mailboxes_tell_nobody(namespace, value):
    assert not ENTITY.guards.eligible(namespace, value, "shop")


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        ("email", "lucia@correo.example"),
        ("phone", "+573001112233"),
        ("tax_id", "900123456-7"),
        ("email", "infonet@x.co"),
        ("email", "ventasio@x.co"),
        ("email", "marketplace@amazonia.co"),
    ],
)
def test_what_names_a_person_is_eligible(namespace, value):
    assert ENTITY.guards.eligible(namespace, value, "shop")


def test_an_untrusted_source_identifies_nobody_in_that_field():
    assert ENTITY.guards.eligible("tax_id", "900123456", "erp")
    assert not ENTITY.guards.eligible("tax_id", "900123456", "support")
    assert ENTITY.guards.eligible("phone", "+573001112233", "support")


def test_the_lists_of_names_that_name_nobody_end_on_hostile_values():
    hostile = ["a" * 254 + "@", "+" + "1" * 5000, "x" * 5000 + "!", "sin " * 1200, "a@" + "b." * 2000]
    told = {(text, name) for text in hostile for name in ("email", "phone", "tax_id", "loyalty_id")}
    named = {(text, name) for text, name in told if ENTITY.guards.eligible(name, text, "shop")}
    assert ("+" + "1" * 5000, "phone") not in named
    assert ("x" * 5000 + "!", "loyalty_id") in named


def test_a_hashed_identifier_names_its_pepper_and_hides_its_value():
    one, other = Pepper("1", "secret"), Pepper("2", "secret")
    assert hashed(one, "email", "a@x.co").startswith("1.")
    assert "a@x.co" not in hashed(one, "email", "a@x.co")
    assert len({hashed(one, "email", "x"), hashed(one, "phone", "x"), hashed(other, "email", "x")}) == 3


def test_an_entity_is_named_after_its_oldest_record():
    assert entity_id("REC#shopify#co#customer#1") == entity_id("REC#shopify#co#customer#1")
    assert len(entity_id("x")) == 24


def versions(**secret):
    return [pepper.version for pepper in peppers([secret])]


def test_the_newest_pepper_comes_first_by_number_and_none_below_the_floor():
    ten = {str(n): f"pepper {n}" for n in range(1, 11)}
    assert versions(**ten) == [str(n) for n in range(10, 0, -1)]
    assert versions(**ten, floor="9") == ["10", "9"]
    assert versions(**{"1": "a", "2": "b"}, floor="2") == ["2"]


def test_without_one_of_the_peppers_nothing_is_told():
    with pytest.raises(RetryError, match="pepper-incomplete"):
        peppers([{"1": "a", "3": "c"}])
    with pytest.raises(RetryError, match="pepper-incomplete"):
        peppers([{"2": "b"}])


def test_a_hash_is_brought_to_a_newer_pepper_without_its_value():
    newest, middle, oldest = peppers([{"1": "a", "2": "b", "3": "c"}])
    old, new = hashed(oldest, "email", "a@x.co"), hashed(newest, "email", "a@x.co")
    assert lifted(newest, old) == lifted(newest, hashed(middle, "email", "a@x.co")) == new
    assert lifted(oldest, old) == old
    assert lifted(middle, new) == new
    assert lifted(newest, "0123456789abcdef") == "0123456789abcdef"
    assert newest.base == oldest


def test_one_pepper_hashes_as_it_did_before_there_were_layers():
    (only,) = peppers([{"1": "pepper"}])
    assert hashed(only, "email", "a@x.co") == hashed(Pepper("1", "pepper"), "email", "a@x.co")


@pytest.mark.parametrize("secret", [[], [{}]])
def test_a_pepper_that_is_still_being_made_is_waited_for(secret):
    with pytest.raises(RetryError, match="no-pepper"):
        peppers(secret)
