"""Consents: what holds, the ledger of what was told, and that nothing is told without them."""

import itertools
import json
import random
from types import SimpleNamespace

import pytest

from hub import keys
from hub.messages import digest
from hub.pipeline.consents import allowed, consents_of
from tests.hub.pipeline.delivering import World as Delivering
from tests.hub.pipeline.delivering import project
from tests.hub.pipeline.world import World, catalog, event

ADA = {"email": "ada@correo.co"}
FLOW = """
on: customer
if: customer.email != null
purpose: marketing
send: [list.member]
"""
LIST = {
    "connectors/list.yaml": """
channel: email
base_url: https://crm.example
auth: {bearer: token}
limit: [100 per 1s]
resources:
  member:
    id: text(id)
    upsert: {request: POST /contacts, body: {match: "email:{record.email}", record: "{record}"}, id: id}
    update: {request: "PATCH /contacts/{id}", body: {record: "{record}"}, id: id}
""",
    "mappings/list.member.yaml": "entity: customer\nboth: {email: email, firstname: given_name}\n",
    "flows/list.yaml": FLOW,
}


def at(minute):
    return f"2026-01-01T00:{minute:02d}:00.000000Z"


def says(state, minute, address="ada@correo.co", channel="email"):
    kind = "email" if "@" in address else "phone"
    told = {"channel": channel, "purpose": "marketing", "address_type": kind, "address": address}
    return {**told, "state": state, "at": minute and at(minute)}


def told(n, *consents, source="shop.co", **fields):
    return event(source, "1", n, consent=list(consents), **{**ADA, **fields})


def ledger(world):
    """What stands of each consent, and its entries."""
    return {item.key: item.data for item in world.store.items() if item.key.pk.startswith("CON#")}


def stands(world):
    return [data["state"] for key, data in ledger(world).items() if key.sk == "CON"]


def entries(world):
    return [(data["state"], data["event"]) for key, data in ledger(world).items() if key.sk != "CON"]


def name(one):
    return digest(one.key)[:16]


@pytest.fixture
def world():
    files = catalog()
    marketing = SimpleNamespace(addresses={("email", "marketing"): "email", ("sms", "marketing"): "phone"})
    files.mappings, files.flows = {"shop.customer": marketing}, {}
    return World(files=files)


# What holds, and what was told.


def test_what_holds_names_the_event_that_decided_and_where_its_raw_text_is():
    world = World()
    one = told(1, says("granted", 5))
    world.tell(one)
    (key, data), (entry, proof) = sorted(ledger(world).items())
    assert (key.sk, data["state"], data["at"]) == ("CON", "granted", at(5))
    shown = {"source": "shop.co", "topic": "customer/told", "event": name(one), "archive": ["raw/x", 0]}
    assert {name: data[name] for name in shown} == shown
    assert entry.sk.startswith(f"H#{at(5)}#")
    assert proof == {"state": "granted", **shown}


def test_a_statement_that_comes_late_changes_nothing_but_stands_in_the_ledger():
    world = World()
    late = told(2, says("granted", 3))
    world.tell(told(1, says("denied", 5)))
    world.tell(late)
    assert stands(world) == ["denied"]
    assert ("granted", name(late)) in entries(world)


def test_the_same_statement_told_with_every_edit_is_one_entry_and_no_further_write():
    world = World()
    for n in range(1, 9):
        world.tell(told(n, says("granted", 5), name=f"Ada {n}"))
    events = sorted(digest(told(n).key)[:16] for n in range(1, 9))
    assert entries(world) == [("granted", events[0])]
    written = len([item for item in world.store.stream if item.key.pk.startswith("CON#")])
    world.tell(told(9, says("granted", 5), name="Ada 9"))
    more = len([item for item in world.store.stream if item.key.pk.startswith("CON#")])
    assert more == written or name(told(9)) < events[0]


def test_a_statement_without_a_time_is_of_the_time_of_its_event():
    world = World()
    world.tell(told(7, says("denied", None)))
    assert [key.sk[:29] for key in ledger(world) if key.sk != "CON"] == [f"H#{at(7)}"]


def test_a_statement_of_the_future_is_parked_because_nothing_could_take_it_back():
    world = World()
    ahead = {**says("granted", 1), "at": "2026-01-02T00:10:01.000000Z"}
    assert world.tell(told(1, ahead)).reason == "future-time"
    assert ledger(world) == {}


def test_what_is_unknown_says_nothing():
    world = World()
    world.tell(told(1, says("unknown", 5)))
    assert ledger(world) == {}


def test_of_two_statements_in_one_event_the_later_and_the_stricter_hold():
    world = World()
    world.tell(told(1, says("granted", 5), says("denied", 5), says("granted", 4)))
    assert stands(world) == ["denied"]
    assert len(entries(world)) == 3


SAID = [
    told(1, says("granted", 5)),
    told(2, says("denied", 5)),
    told(3, says("granted", 5)),
    told(4, says("granted", 9), says("denied", 2, "+573105550147", "sms"), source="crm.main"),
    told(5, says("denied", 7), source="crm.main"),
    told(6, says("denied", 9), says("granted", 2, "+573105550147", "sms"), source="pos.one"),
]


def test_any_order_with_repetitions_leaves_one_state_and_one_ledger():
    rng = random.Random(17)
    left = set()
    for order in itertools.permutations(SAID):
        world = World()
        again = list(order)
        for _ in range(3):
            again.insert(rng.randrange(len(again) + 1), rng.choice(SAID))
        for one in again:
            world.tell(one)
        left.add(json.dumps([[*key, data] for key, data in sorted(ledger(world).items())]))
    assert len(left) == 1
    assert stands(world) == ["denied", "denied"]
    assert len(entries(world)) == 7


def test_random_ledgers_are_a_function_of_what_was_told():
    rng = random.Random(5)
    for round in range(150):
        events = [
            told(n, *(says(rng.choice(["granted", "denied", "unknown"]), rng.randrange(4))
                      for _ in range(rng.randrange(1, 3))), source=rng.choice(["shop.co", "crm.main"]))
            for n in range(1, rng.randrange(3, 9))
        ]  # fmt: skip
        calm, wild = World(), World()
        for one in events:
            calm.tell(one)
        for one in rng.sample(events + events, k=2 * len(events)):
            wild.tell(one)
        assert ledger(wild) == ledger(calm), round


# Who may be told.


def test_the_address_of_a_channel_is_what_the_files_tell_it_for(world):
    world.hub.catalog.mappings["ads.audience"] = SimpleNamespace(addresses={("ads", "profiling"): "email"})
    ads = {**says("granted", 1, channel="ads"), "purpose": "profiling"}
    world.tell(told(1, ads))
    assert allowed(world.hub, "profiling", "ads", ADA) == ""
    assert allowed(world.hub, "profiling", "ads", {"email": "other@correo.co"}) == "no-consent"
    assert allowed(world.hub, "profiling", "ads", {"phone": "+573105550147"}) == "no-address"
    assert allowed(world.hub, "profiling", None, ADA) == "no-address"


def test_one_address_that_denied_forbids_what_another_granted(world):
    world.hub.catalog.mappings["other"] = SimpleNamespace(addresses={("ads", "marketing"): "email"})
    world.hub.catalog.mappings["more"] = SimpleNamespace(addresses={("ads", "marketing"): "phone"})
    phone = "+573105550147"
    world.tell(told(1, says("granted", 1, channel="ads")))
    assert allowed(world.hub, "marketing", "ads", {**ADA, "phone": phone}) == ""
    world.tell(told(2, says("denied", 1, phone, "ads")))
    assert allowed(world.hub, "marketing", "ads", {**ADA, "phone": phone}) == "no-consent"
    assert allowed(world.hub, "marketing", "ads", ADA) == ""


def test_a_customer_is_shown_with_every_consent_that_the_files_know(world):
    first, last = told(1, says("granted", 5)), told(2, says("denied", 6), source="crm.main")
    world.tell(first)
    world.tell(last)
    email, sms = consents_of(world.hub, {**ADA, "phone": "+573105550147"})
    assert (email["channel"], email["purpose"], email["kind"]) == ("email", "marketing", "email")
    assert (email["state"], email["event"], email["source"]) == ("denied", name(last), "crm.main")
    assert [(one["state"], one["event"]) for one in email["history"]] == [
        ("denied", name(last)), ("granted", name(first)),
    ]  # fmt: skip
    assert (sms["state"], sms["history"]) == ("unknown", [])


def test_who_has_no_address_has_no_consent_to_show(world):
    assert consents_of(world.hub, {"name": "Ada"}) == []


@pytest.fixture
def listed(tmp_path):
    """A world with an email list to which customers are sent who consented."""
    for path, text in LIST.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    files = project(tmp_path)
    (tmp_path / "accounts.yaml").open("a").write("list.main: {role: email, country: CO}\n")
    files = type(files).read(tmp_path)
    world = Delivering(files)
    world.secrets.held["list.main"] = [{"token": "good"}]
    return world


def wrote(world):
    return [item.data["state"] for item in world.store.items() if item.key.pk.startswith("DLV#list")]


def told_firstnames(world):
    return [record["firstname"] for record in world.vendors.contacts.values()]


def join(world, **fields):
    world.entity("customer", "c-1", **{**ADA, "given_name": "Ada", **fields})
    return world.deliver()


def test_a_flow_of_state_with_a_purpose_tells_nothing_without_a_grant(listed):
    listed.hub.catalog.flows.pop("sync")
    assert join(listed) == ["skipped:no-consent"]
    assert listed.vendors.asked == []
    assert wrote(listed) == ["skipped"]


def test_it_tells_with_a_grant_and_nothing_new_after_it_was_withdrawn(listed):
    listed.hub.catalog.flows.pop("sync")
    listed.consent("email", "marketing", "email", ADA["email"])
    assert join(listed) == ["done"]
    listed.consent("email", "marketing", "email", ADA["email"], "denied")
    assert join(listed, given_name="Ada King") == ["skipped:no-consent"]
    assert told_firstnames(listed) == ["Ada"]
    listed.consent("email", "marketing", "email", ADA["email"])
    assert join(listed, given_name="Ada King") == ["done"]
    assert told_firstnames(listed) == ["Ada King"]


def test_it_tells_nothing_of_a_customer_without_an_address(listed):
    listed.hub.catalog.flows["list"].__dict__["condition"] = None
    listed.entity("customer", "c-1", given_name="Ada")
    assert listed.deliver() == ["skipped:no-address"]


def test_a_new_address_has_no_grant_of_the_old_one(listed):
    listed.hub.catalog.flows.pop("sync")
    listed.consent("email", "marketing", "email", ADA["email"])
    assert join(listed) == ["done"]
    assert join(listed, email="other@correo.co") == ["skipped:no-consent"]


# A grant is news, although no field of the customer moves.


def images(world):
    return [item.data["changed"] for item in world.outbox()]


def test_a_consent_that_turns_wakes_the_flows_and_one_that_is_repeated_does_not():
    world = World()
    world.tell(told(1, name="Ada"))
    before = len(images(world))
    world.tell(told(2, says("granted", 5), name="Ada"))
    assert images(world)[before:] == [["consent"]]
    world.tell(told(3, says("granted", 5), name="Ada"))
    world.tell(told(4, says("granted", 6), name="Ada"))
    assert len(images(world)) == before + 1
    world.tell(told(5, says("denied", 7), name="Ada"))
    assert images(world)[before:] == [["consent"]] * 2
    key = keys.root("customer", world.customer().data["id"])
    assert world.outbox()[-1].data["epoch"] == world.store.read([key])[key].version


def test_a_consent_told_with_a_new_name_is_one_image():
    world = World()
    world.tell(told(1, name="Ada"))
    world.tell(told(2, says("granted", 5), name="Ada King"))
    assert images(world)[1:] == [["name"]]
