"""A second pepper is added while events go on: whoever is known stays known, at every moment, in any order.

Workers that know the new pepper, workers that do not yet, and the job that brings items meet at every
read. In the end nothing lies under the old one, and all is as if there had only ever been the new one.
"""

import random

import pytest

from hub import keys
from hub.errors import RetryError
from hub.identity import Guards, peppers
from hub.pipeline import decide
from hub.pipeline.rekey import brought
from hub.pipeline.unify import Source, apply
from hub.pipeline.unify.lens import MOVED
from hub.pipeline.unify.state import Reading
from hub.secrets import MemorySecrets
from hub.store import Conflict, Key
from hub.store.memory import MemoryStore
from tests.hub.pipeline.test_consents import says
from tests.hub.pipeline.world import NOW, World, catalog, comparable, event

OLD = {"1": "a pepper"}
BOTH = {**OLD, "2": "another"}
LAST = {**BOTH, "floor": "2"}
THREE = {**BOTH, "3": "a third"}
MAIL, OTHER = {"email": "ada@correo.co"}, {"email": "ada.king@correo.co"}
PHONE, TAX = {"phone": "+573001234567"}, {"tax_id": "900123456"}
EVENTS = [
    event("shop.co", "1", 1, name="Ada", consent=[says("granted", 5)], **MAIL),
    event("crm.main", "9", 2, name="Ada King", **PHONE),
    event("pos.one", "7", 3, tags=["club"], **TAX, **PHONE),
    event("erp.main", "5", 4, name="A. King", **TAX),
    event(
        "shop.co",
        "1",
        5,
        name="Ada",
        **OTHER,
        consent=[says("denied", 7), says("granted", 7, OTHER["email"])],
    ),
    event("crm.main", "9", 6, **MAIL, consent=[says("granted", 6)]),
    event("shop.co", "1001", 7, "order", number="#1", customer={"id": "1", **OTHER, **PHONE}),
    event("shop.co", "1002", 8, "order", number="#2", customer=MAIL),
    *(event("pos.one", f"crowd {n}", 9 + n, tags=[str(n)], **PHONE) for n in range(6)),
]


def worker(store, secret, seed=1, records=25):
    """A worker that knows this secret."""
    world = World(store=store, files=catalog(guards=Guards(degree=3, records=records)))
    world.hub.secrets = MemorySecrets({"pepper": [dict(secret)]})
    world.hub.random = random.Random(seed)
    return world


def tell(world, told):
    known = peppers(world.hub.secrets.get("pepper"))
    return apply(world.hub, told, Source("raw/x", 0), known)


def bring(store, secret=BOTH):
    newest = peppers([secret])[0]
    return brought(store, store.items(), newest, NOW)


def bring_all(store, secret=BOTH):
    for _ in range(9):
        if bring(store, secret) == (0, 0):
            return
    raise AssertionError("there is no end")


def left(store, secret):
    """What there is, as it is when nothing lies under an older pepper any more."""
    newest = peppers([secret])[0].version
    world = worker(store, secret)
    kept = {}
    for key, data in comparable(world).items():
        old = key.pk.startswith(("ID#", "CON#")) and not key.pk.rpartition("#")[2].startswith(f"{newest}.")
        if not old:
            kept[key] = data
    return kept


def ledger(store, secret):
    newest = peppers([secret])[0].version
    found = (item for item in store.items() if item.key.pk.startswith("CON#"))
    return {item.key: item.data for item in found if item.key.pk.rpartition("#")[2].startswith(f"{newest}.")}


def lying_below(store, secret):
    """Claims that are alive under an older pepper, and items that name one."""
    newest = peppers([secret])[0]
    alive = [i for i in store.items() if i.key.sk == "CLAIM" and MOVED not in i.data]
    named = [i for i in store.items() if i.kind in ("record", "log")]
    old = [i.key for i in alive if keys.lifted_claim(i.key.pk, newest) != i.key.pk]
    texts = [pk for i in named for pk in (*i.data.get("claims", ()), *i.data.get("via", ()))]
    return old + [pk for pk in texts if keys.lifted_claim(pk, newest) != pk]


def dangling(store, secret):
    """What records name under the newest pepper and is not there."""
    newest = peppers([secret])[0].version
    named = {pk for item in store.items() if item.kind == "record" for pk in item.data["claims"]}
    new = [Key(pk, "CLAIM") for pk in named if pk.rpartition("#")[2].startswith(f"{newest}.")]
    return set(new) - store.read(new).keys()


class Met(MemoryStore):
    """A store at which, while one worker reads, others write."""

    def __init__(self, rng, rivals):
        super().__init__(lambda: NOW)
        self.rng, self.rivals, self.armed = rng, rivals, True

    def read(self, wanted):
        found = {}
        for key in wanted:
            if self.armed and self.rng.random() < 0.05:
                self.armed = False
                try:
                    self.rng.choice(self.rivals)(self)
                except RetryError:
                    pass
                finally:
                    self.armed = True
            found |= super().read([key])
        return found

    def commit(self, writes):
        if self.armed and self.rng.random() < 0.1:
            raise Conflict([])
        super().commit(writes)


def some_item(rng):
    """The job, at one item."""

    def run(store):
        items = store.items()
        if items:
            brought(store, [rng.choice(items)], peppers([BOTH])[0], NOW)

    return run


def some_event(rng, events, secret):
    return lambda store: tell(worker(store, secret), rng.choice(events))


@pytest.mark.parametrize("seed", range(250))
def test_every_schedule_of_a_rotation_ends_as_if_there_had_only_been_the_new_pepper(seed):
    rng = random.Random(seed)
    events = rng.sample(EVENTS, k=rng.randint(3, len(EVENTS)))
    calm = MemoryStore(lambda: NOW)
    for told in events:
        tell(worker(calm, LAST), told)
    rivals = [some_item(rng), some_event(rng, events, OLD), some_event(rng, events, BOTH)]
    store = Met(rng, rivals)
    waiting = [*events, *rng.sample(events, k=2)]
    rng.shuffle(waiting)
    while waiting:
        told = waiting.pop()
        knows = rng.choice([OLD, BOTH]) if rng.random() < 0.9 else BOTH
        try:
            tell(worker(store, knows, seed), told)
        except RetryError:
            waiting.insert(0, told)
    store.armed = False
    assert dangling(store, BOTH) == set()
    bring_all(store)
    assert lying_below(store, BOTH) == []
    assert left(store, BOTH) == left(calm, LAST)
    assert ledger(store, BOTH) == ledger(calm, LAST)


def known_people(secret=OLD):
    store = MemoryStore(lambda: NOW)
    for told in EVENTS[:4]:
        tell(worker(store, secret), told)
    return store


def test_a_known_customer_is_found_before_during_and_after():
    store = known_people()
    size = len(store.items())
    newcomer = event("crm.main", "77", 40, **MAIL)
    assert tell(worker(store, BOTH), newcomer).kind == "applied"
    roots = [
        root for root in worker(store, BOTH).customers() if "REC#crm#main#customer#77" in root.data["records"]
    ]
    assert "REC#shop#co#customer#1" in roots[0].data["records"]
    bring_all(store)
    later = event("erp.main", "78", 41, **MAIL)
    tell(worker(store, LAST), later)
    (root,) = [r for r in worker(store, LAST).customers() if "REC#erp#main#customer#78" in r.data["records"]]
    assert {"REC#shop#co#customer#1", "REC#crm#main#customer#77"} < root.data["records"].keys()
    assert size < len(store.items())


def test_a_former_email_whose_value_is_no_longer_anywhere_is_found_too():
    store = known_people()
    tell(worker(store, OLD), EVENTS[4])
    bring_all(store)
    tell(worker(store, LAST), event("crm.main", "77", 40, **MAIL))
    (root,) = [r for r in worker(store, LAST).customers() if "REC#crm#main#customer#77" in r.data["records"]]
    assert "REC#shop#co#customer#1" in root.data["records"]


def test_a_worker_that_does_not_know_the_new_pepper_waits_and_reads_the_secret_again():
    store = known_people()
    tell(worker(store, BOTH), event("crm.main", "77", 40, **MAIL))
    late = worker(store, OLD)
    with pytest.raises(RetryError, match="new-pepper"):
        tell(late, event("erp.main", "78", 41, **MAIL))
    assert late.hub.secrets.refreshed == ["pepper"]
    with pytest.raises(RetryError, match="new-pepper"):
        new = event("shop.co", "2", 42, email="eva@correo.co")
        tell(worker(store, BOTH), new)
        tell(late, event("crm.main", "79", 43, email="eva@correo.co"))


def test_what_was_demoted_stays_demoted_and_moves_although_it_is_frozen():
    store = MemoryStore(lambda: NOW)
    for told in EVENTS[8:]:
        tell(worker(store, OLD, records=6), told)
    apart = len(worker(store, OLD, records=6).customers())
    assert apart == 6
    tell(worker(store, BOTH, records=6), event("pos.one", "crowd 9", 50, **PHONE))
    tell(worker(store, BOTH, records=6), event("pos.one", "crowd 10", 51, **PHONE))
    assert len(worker(store, BOTH, records=6).customers()) == apart + 2
    assert dangling(store, BOTH) == set()
    bring_all(store)
    tell(worker(store, LAST, records=6), event("pos.one", "crowd 11", 52, **PHONE))
    assert len(worker(store, LAST, records=6).customers()) == apart + 3


def test_a_guest_who_buys_again_after_the_rotation_is_the_same_record():
    store = MemoryStore(lambda: NOW)
    tell(worker(store, OLD), EVENTS[7])
    bring_all(store)
    tell(worker(store, LAST), event("shop.co", "1003", 60, "order", number="#3", customer=MAIL))
    (root,) = worker(store, LAST).customers()
    assert len(root.data["records"]) == 1


def test_an_operators_decision_of_before_can_be_taken_back_after():
    store = known_people()
    tell(worker(store, OLD), EVENTS[5])
    world = worker(store, OLD)
    root = next(root for root in world.customers() if len(root.data["records"]) > 2)
    order = decide.Order("ana", "two people")
    made = decide.split(world.hub, root.data["id"], ["REC#shop#co#customer#1"], order)
    count = len(world.customers())
    bring_all(store)
    decide.undo(worker(store, LAST).hub, made.at, made.entry, order)
    assert len(worker(store, LAST).customers()) == count - 1


def test_a_third_pepper_may_come_before_the_second_is_done():
    store = known_people()
    tell(worker(store, BOTH), event("crm.main", "77", 40, **MAIL))
    tell(worker(store, THREE), event("erp.main", "78", 41, **MAIL))
    (root,) = [r for r in worker(store, THREE).customers() if "REC#erp#main#customer#78" in r.data["records"]]
    assert len(root.data["records"]) >= 3
    bring_all(store, THREE)
    assert lying_below(store, THREE) == []


def test_with_one_pepper_nothing_more_is_read_or_written():
    class Counting(MemoryStore):
        asked = 0

        def read(self, wanted):
            wanted = list(wanted)
            self.asked += len(wanted)
            return super().read(wanted)

    counts = []
    for secret in (OLD, LAST):
        store = Counting(lambda: NOW)
        for told in EVENTS:
            tell(worker(store, secret), told)
        counts.append((store.asked, len(store.stream)))
    assert counts[0] == counts[1]
    assert Reading(store).lens.stored([]) == []
    assert Key("ID#x#y#1.a", "CLAIM") not in store.read([Key("ID#x#y#1.a", "CLAIM")])
