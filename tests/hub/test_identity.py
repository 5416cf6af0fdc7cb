import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import RetryError
from hub.identity import DEGREE, Claim, Node, Pepper, components, eligible, entity_id, hashed, peppers


def node(key, *claims, created="2026"):
    return Node(key, created, frozenset(claims))


def claims(*nodes, strong=()):
    found = {}
    for one in nodes:
        for key in one.claims:
            found[key] = found.get(key, Claim(key, key in strong)).with_record(one.key)
    return found


def keys(groups):
    return [[one.key for one in group] for group in groups]


def test_records_that_share_an_identifier_belong_together_across_several_steps():
    nodes = [node("A", "mail"), node("B", "mail", "phone"), node("C", "phone"), node("D", "other")]
    assert keys(components(nodes, claims(*nodes))) == [["A", "B", "C"], ["D"]]


def test_the_oldest_record_leads_its_component():
    nodes = [node("B", "mail", created="2026-02"), node("A", "mail", created="2026-03")]
    assert keys(components(nodes, claims(*nodes))) == [["B", "A"]]


def test_a_person_may_stand_in_many_systems_with_one_phone():
    nodes = [node(f"REC#system{n}#main#customer#1", "phone") for n in range(12)]
    assert len(components(nodes, claims(*nodes))) == 1


def test_a_weak_identifier_of_too_many_records_of_one_account_joins_nobody():
    nodes = [node(f"REC#pos#one#customer#{n}", "phone") for n in range(DEGREE + 1)]
    assert len(components(nodes[:-1], claims(*nodes[:-1]))) == 1
    assert len(components(nodes, claims(*nodes))) == DEGREE + 1


def test_a_strong_identifier_joins_however_many_assert_it():
    nodes = [node(f"R{n}", "tax") for n in range(20)]
    assert len(components(nodes, claims(*nodes, strong={"tax"}))) == 1


def test_a_demoted_claim_is_frozen():
    demoted = Claim("c", False, frozenset("AB"), demoted=True)
    assert demoted.with_record("Z") is demoted


@given(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from("abcd")), max_size=14),
    st.randoms(use_true_random=False),
)
def test_the_order_of_assertions_leaves_no_trace(assertions, random):
    shuffled = assertions + random.sample(assertions, k=len(assertions) // 2)
    random.shuffle(shuffled)
    assert grouped(assertions) == grouped(shuffled)


def grouped(assertions):
    found, asserted = {}, {}
    for record, claim in assertions:
        asserted.setdefault(f"R{record}", set()).add(claim)
        found[claim] = found.get(claim, Claim(claim, strong=False)).with_record(f"R{record}")
    return keys(components([node(key, *claims) for key, claims in asserted.items()], found))


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        ("email", "noreply@tienda.co"),
        ("email", "no-reply@tienda.co"),
        ("email", "info@tienda.co"),
        ("email", "lucia@example.com"),
        ("email", "a@test"),
        ("phone", "+573333333333"),
        ("phone", "+15551230199"),
        ("tax_id", "000000"),
        ("tax_id", "[object Object]"),
        ("loyalty_id", "NULL"),
        ("loyalty_id", ""),
        ("loyalty_id", None),
    ],
)
def test_placeholders_and_role_mailboxes_tell_nobody(namespace, value):
    assert not eligible(namespace, value)


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        ("email", "lucia@correo.example"),
        ("phone", "+573001234567"),
        ("tax_id", "900123456-7"),
        ("email", "infonet@x.co"),
    ],
)
def test_what_names_a_person_is_eligible(namespace, value):
    assert eligible(namespace, value)


def test_a_hashed_identifier_names_its_pepper_and_hides_its_value():
    one, other = Pepper("1", "secret"), Pepper("2", "secret")
    assert hashed(one, "email", "a@x.co").startswith("1.")
    assert "a@x.co" not in hashed(one, "email", "a@x.co")
    assert len({hashed(one, "email", "x"), hashed(one, "phone", "x"), hashed(other, "email", "x")}) == 3


def test_an_entity_is_named_after_its_oldest_record():
    assert entity_id("REC#shopify#co#customer#1") == entity_id("REC#shopify#co#customer#1")
    assert len(entity_id("x")) == 24


def test_the_newest_pepper_comes_first_by_number():
    assert [pepper.version for pepper in peppers([{"2": "b", "10": "c", "1": "a"}])] == ["10", "2", "1"]


@pytest.mark.parametrize("secret", [[], [{}]])
def test_a_pepper_that_is_still_being_made_is_waited_for(secret):
    with pytest.raises(RetryError, match="no-pepper"):
        peppers(secret)
