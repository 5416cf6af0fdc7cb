"""What an operator decides: merge, split, shared identifiers, and taking it back exactly."""

import random

import pytest

from hub import keys
from hub.errors import RecordError, RetryError
from hub.identity import Guards
from hub.messages import dumps
from hub.pipeline import decide
from hub.pipeline.decide import DecisionError, Order
from hub.pipeline.subjects import find
from tests.hub.pipeline.world import World, catalog, comparable, event

ADA = {"email": "ada@correo.co"}
BOB = {"email": "bob@correo.co"}
PHONE = {"phone": "+573001234567"}
WHY = Order("ana", "two people, one phone")


def world(*events, **options):
    made = World(files=catalog(**options))
    for one in events:
        assert made.tell(one).kind in ("applied", "echo")
    return made


def id_of(world, pk):
    return world.store.read([keys.Key(pk, "REC")])[keys.Key(pk, "REC")].data["root"]


def groups(world):
    return sorted(sorted(root.data["records"]) for root in world.customers())


def journal(world, id):
    return [item.data for item in world.store.page(f"ENT#customer#{id}", prefix="LOG#").items]


SHOP, CRM, POS = "REC#shop#co#customer#1", "REC#crm#main#customer#9", "REC#pos#one#customer#7"


def strangers():
    return world(
        event("shop.co", "1", 1, name="Ada", tags=["a"], **ADA), event("crm.main", "9", 2, name="Bob", **BOB)
    )


def couple():
    """A couple with one phone, taken for one person."""
    return world(
        event("shop.co", "1", 1, name="Ada", **ADA, **PHONE),
        event("crm.main", "9", 2, name="Bob", **BOB, **PHONE),
    )


def test_a_merge_makes_two_customers_one_and_is_written_down():
    made = strangers()
    younger = id_of(made, CRM)
    decision = decide.merge(made.hub, younger, id_of(made, SHOP), WHY)
    assert groups(made) == [[CRM, SHOP]]
    assert decision.after == {made.customer().data["id"]: [CRM, SHOP]}
    (entry,) = journal(made, decision.at)
    assert (entry["op"], entry["actor"], entry["reason"]) == ("merge", "ana", "two people, one phone")
    assert entry["before"] == {younger: [CRM], decision.at: [SHOP]}
    assert find(made.hub, "customer", younger).id == decision.at


def test_a_merge_that_is_taken_back_leaves_both_as_they_were_bit_by_bit():
    made = strangers()
    before = exact(made)
    decision = decide.merge(made.hub, id_of(made, SHOP), id_of(made, CRM), WHY)
    assert exact(made) != before
    decide.undo(made.hub, decision.at, decision.entry, WHY)
    assert exact(made) == before
    assert [entry["op"] for entry in journal(made, decision.at)] == ["merge", "split"]


def test_a_merge_can_be_made_taken_back_and_made_again():
    made = strangers()
    for _ in range(3):
        decision = decide.merge(made.hub, id_of(made, SHOP), id_of(made, CRM), WHY)
        assert len(groups(made)) == 1
        decide.undo(made.hub, decision.at, decision.entry, WHY)
        assert len(groups(made)) == 2


def test_a_merge_holds_whatever_their_sources_tell_afterwards():
    made = strangers()
    decide.merge(made.hub, id_of(made, SHOP), id_of(made, CRM), WHY)
    made.tell(event("shop.co", "1", 5, name="Ada", email="ada@otro.co"))
    made.tell(event("crm.main", "9", 6, name="Robert", **BOB))
    assert groups(made) == [[CRM, SHOP]]


def test_destinations_hear_of_a_merge_and_of_its_undoing():
    made = strangers()
    told = len(made.outbox())
    decision = decide.merge(made.hub, id_of(made, SHOP), id_of(made, CRM), WHY)
    (image,) = made.outbox()[told:]
    assert "id" in image.data["changed"]
    decide.undo(made.hub, decision.at, decision.entry, WHY)
    assert sorted(item.data["created"] for item in made.outbox()[told + 1 :]) == [False, True]


def test_one_customer_cannot_be_merged_with_itself_and_nobody_with_nobody():
    made = couple()
    id = made.customer().data["id"]
    with pytest.raises(DecisionError, match="one customer already"):
        decide.merge(made.hub, id, id, WHY)
    with pytest.raises(DecisionError, match="no customer"):
        decide.merge(made.hub, id, "f" * 24, WHY)


def test_a_merge_beyond_the_caps_is_refused_and_nothing_is_written():
    made = world(
        *(event("pos.one", str(n), n + 1, tax_id="900123456") for n in range(25)),
        event("shop.co", "1", 30, **ADA),
    )
    before = exact(made)
    with pytest.raises(DecisionError, match="25 records"):
        decide.merge(made.hub, id_of(made, SHOP), id_of(made, "REC#pos#one#customer#1"), WHY)
    assert exact(made) == before


def test_a_split_takes_a_record_out_and_leaves_its_values_with_it():
    made = couple()
    decide.split(made.hub, made.customer().data["id"], [CRM], WHY)
    assert groups(made) == [[CRM], [SHOP]]
    names = {root.data["fields"]["name"][0] for root in made.customers()}
    assert names == {"Ada", "Bob"}


def test_what_was_split_stays_apart_whatever_its_source_tells():
    made = couple()
    decide.split(made.hub, made.customer().data["id"], [CRM], WHY)
    made.tell(event("crm.main", "9", 7, name="Bob", **BOB, **PHONE))
    made.tell(event("shop.co", "1", 8, name="Ada", **ADA, **PHONE))
    assert groups(made) == [[CRM], [SHOP]]


def test_a_new_record_with_the_shared_phone_goes_to_the_one_who_kept_it():
    made = couple()
    decide.split(made.hub, made.customer().data["id"], [CRM], WHY)
    made.tell(event("pos.one", "7", 7, **PHONE))
    assert groups(made) == [[CRM], [POS, SHOP]]


def test_a_split_that_is_taken_back_joins_them_again():
    made = couple()
    before = exact(made)
    decision = decide.split(made.hub, made.customer().data["id"], [CRM], WHY)
    decide.undo(made.hub, decision.at, decision.entry, WHY)
    assert exact(made) == before


def test_a_merge_that_an_event_made_is_taken_back_too():
    made = world(event("shop.co", "1", 1, name="Ada", **ADA), event("pos.one", "7", 2, name="Bob", **PHONE))
    made.tell(event("crm.main", "9", 3, **ADA, **PHONE))
    winner = made.customer().data["id"]
    (entry,) = journal(made, winner)
    assert entry["event"] == "crm#main#customer/told#crm.main-3"
    assert len(entry["via"]) == 2
    decide.undo(made.hub, winner, "LOG#000000000002", WHY)
    assert groups(made) == [[CRM, SHOP], [POS]]


def test_only_records_of_the_customer_can_be_split_off_and_some_have_to_stay():
    made = couple()
    id = made.customer().data["id"]
    for records, said in (([POS], "name records"), ([], "name records"), ([CRM, SHOP], "has to stay")):
        with pytest.raises(DecisionError, match=said):
            decide.split(made.hub, id, records, WHY)


def test_a_shared_identifier_joins_nobody_any_more_and_can_be_made_to_join_again():
    made = couple()
    before = exact(made)
    phone = next(item.key.pk for item in made.store.items() if item.key.pk.startswith("ID#customer#phone#"))
    decision = decide.rule(made.hub, phone, "apart", WHY)
    made.tell(event("pos.one", "7", 7, **PHONE))
    assert groups(made) == [[CRM], [POS], [SHOP]]
    decide.undo(made.hub, decision.at, decision.entry, WHY)
    assert groups(made) == [[CRM, POS, SHOP]]
    assert before != exact(made)


def test_an_identifier_that_a_rule_demoted_joins_again_by_an_operators_word_and_stays_so():
    made = world(
        event("pos.one", "7", 1, name="Ada", tax_id="900123456", **PHONE),
        event("pos.one", "8", 2, name="Bob", tax_id="900123457", **PHONE),
        event("crm.main", "9", 3, **PHONE),
        guards=Guards(exclusive={"phone": frozenset({"tax_id"})}),
    )
    assert len(groups(made)) == 3
    phone = next(item for item in made.store.items() if item.key.pk.startswith("ID#customer#phone#"))
    assert (phone.data["why"], len(phone.data["records"])) == ("conflict", 3)
    decide.rule(made.hub, phone.key.pk, "joins", WHY)
    made.tell(event("pos.one", "8", 9, name="Bob", **PHONE))
    assert len(groups(made)) == 1


def test_an_automatic_split_is_taken_back_by_a_word_on_its_identifier():
    made = world(
        event("pos.one", "7", 1, name="Ada", **PHONE),
        event("pos.one", "8", 2, name="Bob", tax_id="900123457", **PHONE),
        event("pos.one", "7", 3, name="Ada", tax_id="900123456", **PHONE),
        guards=Guards(exclusive={"phone": frozenset({"tax_id"})}),
    )
    assert len(groups(made)) == 2
    id = id_of(made, POS)
    assert [entry["op"] for entry in journal(made, id)] == ["split"]
    entry = made.store.page(f"ENT#customer#{id}", prefix="LOG#").items[0].key.sk
    decide.undo(made.hub, id, entry, WHY)
    assert len(groups(made)) == 1


def test_a_preview_says_what_would_become_of_it_and_writes_nothing():
    made = couple()
    before, written = exact(made), len(made.store.stream)
    decision = decide.split(made.hub, made.customer().data["id"], [CRM], Order("ana", "", preview=True))
    assert sorted(decision.after.values()) == [[CRM], [SHOP]]
    assert (exact(made), len(made.store.stream)) == (before, written)


def test_a_decision_in_the_way_of_an_event_is_made_again_or_comes_again(monkeypatch):
    made = couple()

    def torn(*_):
        raise decide.Moved("torn reading")

    monkeypatch.setattr(decide, "survey", torn)
    with pytest.raises(RetryError, match="contended"):
        decide.split(made.hub, made.customer().data["id"], [CRM], WHY)


def exact(world):
    """All that is known of people, their links and timelines; less the notes of decisions themselves."""
    return {key: dumps(told) for key, value in comparable(world).items() if (told := _joining(key, value))}


def _joining(key, told):
    """A record or claim as far as it joins; all else as it is."""
    if key.sk == "CLAIM" and told != "demoted":
        return sorted(set(told[1]["records"]) - set(told[1].get("detached", ())))
    if key.sk != "REC":
        return told
    apart = set(told.get("detached", ()))
    claims = {pk: at for pk, at in told["claims"].items() if pk not in apart}
    return {name: value for name, value in told.items() if name != "detached"} | {"claims": claims}


@pytest.mark.parametrize("seed", range(40))
def test_any_merge_is_taken_back_bit_by_bit_in_any_world(seed):
    """Random people; two of them are merged, sources go on telling the same, and the merge is taken back."""
    rng = random.Random(seed)
    pools = {
        "email": [f"p{n}@correo.co" for n in range(4)],
        "phone": [f"+5730012345{n:02d}" for n in range(4)],
    }
    told = []
    for n in range(rng.randint(4, 9)):
        source = rng.choice(["shop.co", "crm.main", "pos.one", "erp.main"])
        fields = {name: rng.choice(values) for name, values in pools.items() if rng.random() < 0.6}
        told.append(event(source, str(rng.randint(1, 4)), n + 1, name=f"N{n}", tags=[str(n)], **fields))
    made = world(*told)
    people = [root.data["id"] for root in made.customers()]
    if len(people) < 2:
        return
    one, other = rng.sample(people, 2)
    before = exact(made)
    decision = decide.merge(made.hub, one, other, WHY)
    for again in rng.sample(told, 2):
        made.tell(again)
    decide.undo(made.hub, decision.at, decision.entry, WHY)
    assert exact(made) == before


def test_a_refusal_names_no_value():
    made = couple()
    with pytest.raises(DecisionError) as caught:
        decide.rule(made.hub, "ID#customer#phone#1.ada@correo.co", "apart", WHY)
    assert "ada" not in str(caught.value)
    assert not isinstance(caught.value, RecordError)
