"""Death at every boundary of a replay by query: its reads, writes and sends, and what follows from them.

Before it, one of each kind is parked: two deliveries that were refused, an act that was refused, a message
whose outcome nobody knows, an image and a wait whose flow could not be read, an event that a guard held up.
Then the files and the vendors are mended, and an operator replays it all, page by page; who dies is asked for
the same page again, at once or when all that was sent already is done. Pairs: a sample here, `--crashes 2`
(`make soak`) for all.
"""

import random
import re
from dataclasses import replace

import pytest

from hub import keys
from hub.pipeline.serve.replay import Batch
from hub.pipeline.serve.replay import replay as ordered
from hub.store import Put
from hub.times import from_epoch
from tests.hub.pipeline.delivering import project
from tests.hub.pipeline.delivery_vendors import never_hears, says
from tests.identity.crash import ADA, CRM, OWN_FILES, SHOP, TEL, Crash, Flow, Run, _timeless, told
from tests.identity.view import view

MENDED = {
    **OWN_FILES,
    "mappings/shop.checkout.yaml": "entity: cart\nin: {url: url, status: status, created_at: created_at}\n",
    "connectors/shop.yaml": OWN_FILES["connectors/shop.yaml"].replace(
        "checkout: {id: text(id)}", "checkout: {id: text(id), contains: {customer: customer}}"
    ),
    "flows/word.yaml": """
on: order
if: order.status == 'paid'
once: order.id
send:
  - {to: chat.message, with: {text: "'Thanks'"}}
""",
    "flows/reminder.yaml": """
on: cart
if: cart.status == 'open'
wait: 1h
cancel: {order: "after(order.placed_at, cart.created_at)"}
once: cart.id
send:
  - {to: mail.event, with: {name: "'Cart abandoned'", url: cart.url}}
""",
}
BROKEN = {
    **MENDED,
    "entities/customer.yaml": MENDED["entities/customer.yaml"].replace("degree: 1", "degree: 1, records: 1"),
    "flows/sales.yaml": "on: order\nif: sum(order.status) == `1`\nsend: [erp.sale]\n",
    "flows/reminder.yaml": MENDED["flows/reminder.yaml"].replace(
        "after(order.placed_at, cart.created_at)", "sum(order.status) == `1`"
    ),
}
BUYER = {"id": "1", **ADA}
BEFORE = [
    told(SHOP, "1", 1, name="Ada", **ADA, **TEL),
    told(SHOP, "1001", 2, "order", name="#1001", status="paid", customer=BUYER),
    told(SHOP, "7", 3, "checkout", url="u", status="open", created_at="2026-11-23T16:03:00Z", customer=BUYER),
    told(CRM, "c1", 4, "contact", firstname="Ada King", **ADA),
]
PAGE = 2
TIME = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+Z|\b1[78]\d{8}\b")
"""Times, and revisions, which are the second of the replay."""
SAMPLE = 60
"""Pairs of deaths that the usual run tries, of each way to go on."""


class Refuses:
    """What every vendor answers while it is not mended; for ever one more."""

    def __init__(self, vendors):
        self.vendors = vendors

    def __bool__(self):
        return True

    def pop(self, _):
        return never_hears if "//chat" in self.vendors.asked[-1][1] else says(422)


class Replayed(Run):
    """A life in which what was parked is replayed. `patient`: who dies is asked again when all is done."""

    pause = 1

    def __init__(self, catalogs, deaths=(), *, patient=False):
        self.mended = catalogs["mended"]
        self.patient = patient
        super().__init__(catalogs["broken"], Flow("replay", BEFORE, []), deaths)

    def live(self):
        """All of it: the points of the replay itself, all points, and what is left."""
        self.vendors.faults = Refuses(self.vendors)
        self._come(self.flow.before)
        self._rest()
        self.clock.now += 4000
        self.runner.sweep()
        self.vendors.faults = []
        self.parked = [item for item in self.store.items() if item.agenda == keys.PARKED]
        self.hub.catalog = self.mended
        self.clock.now += 60
        self.begun = from_epoch(self.clock.now)
        self.boundaries.armed = True
        self._walk()
        own = self.boundaries.count
        self._rest()
        self.boundaries.armed = False
        return own, self.boundaries.count, self.left()

    def _walk(self):
        after = None
        while True:
            answer = self._order({"since": "1d", "limit": PAGE, "after": after})
            after = answer["next"]
            if after is None:
                return

    def _order(self, body):
        while True:
            try:
                return ordered(self.hub, body)
            except Crash:
                self.crashes += 1
                self.runner.recover()
                self.clock.now += 5
                if self.patient:
                    self._rest()

    def _rest(self):
        """Until nothing is due; waits that were parked are listed anew, and are due at once."""
        super()._rest()
        while any(item.agenda == keys.WAITING and item.at <= self._now() for item in self.store.items()):
            self._survive(self.runner.sweep)
            super()._rest()

    def _now(self):
        return from_epoch(self.clock.now)

    def left(self):
        """What a death may not change; times since the replay began count as one."""
        items = self.store.items()
        data = {item.key: item.data for item in items}
        found = {
            "state": _timeless(view(items)),
            "deliveries": sorted((k, data[k]["state"], data[k]["remote"]) for k in data if k.sk == "DLV"),
            "acts": sorted((k, data[k]["state"]) for k in data if k.sk == "ACT" and "chat" not in k.pk),
            "waits": sorted((k, data[k]["state"]) for k in data if k.sk == "WAIT"),
            "images": sorted(_decided(item) for item in items if item.kind == "outbox"),
            "parked": sorted(i.key for i in items if i.agenda == keys.PARKED and "chat" not in i.key.pk),
            "queued": self.hub.inbound.depth() + self.hub.outbound.depth(),
            "vendors": self.vendors.state(),
        }
        return {name: TIME.sub(self._dated, repr(value)) for name, value in found.items()}

    def _dated(self, time):
        told = time[0] if time[0].endswith("Z") else from_epoch(float(time[0]))
        return time[0] if told < self.begun else "since"

    def messages(self):
        """How often the message left that no vendor can be asked about, and whether a person holds it."""
        acts = [item for item in self.store.items() if item.kind == "act" and "chat" in item.key.pk]
        return len(self.vendors.messages), [item.data["state"] for item in acts]


def _decided(image):
    told = image.data
    return told["entity"], told["id"], sorted(told.get("decided", {}).items())


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory):
    files = {"mended": MENDED, "broken": BROKEN}
    return {name: project(tmp_path_factory.mktemp(name), own) for name, own in files.items()}


@pytest.fixture(scope="module", params=[False, True], ids=["at once", "when all is done"])
def calm(request, catalogs):
    """The way to go on, the boundaries of the replay and of all, and what is left without a death."""
    life = Replayed(catalogs, patient=request.param)
    own, points, left = life.live()
    assert sorted({item.kind for item in life.parked}) == ["act", "delivery", "marker", "outbox", "waiting"]
    assert (left["parked"], left["queued"]) == ("[]", "0")
    assert left["waits"].endswith("'sent')]")
    assert life.messages() == (1, ["done"])
    return request.param, own, points, left


def differs(catalogs, calm, *deaths):
    """What a life with these deaths leaves that is not as it is without them."""
    patient, _, _, wanted = calm
    life = Replayed(catalogs, deaths, patient=patient)
    left = life.live()[2]
    sent, states = life.messages()
    once = (sent, states) == (1, ["done"]) or (sent <= 1 and states == ["held"])
    return [name for name in wanted if left[name] != wanted[name]] + ([] if once else ["messages"])


def test_a_death_at_any_boundary_of_a_replay_leaves_the_same(catalogs, calm, figure):
    patient, own, points, _ = calm
    points = own if patient else points  # what follows is the same, however the operator goes on
    for point in range(1, points + 1):
        assert differs(catalogs, calm, point) == [], f"at boundary {point} of {points}"
    figure("boundaries of replays and of what follows, each with a death", points)


def test_a_second_death_changes_nothing_either(catalogs, calm, figure, pytestconfig):
    """Pairs of which the first is in the replay: two in what follows are `test_fleet_crashes`'."""
    patient, own, _, _ = calm
    longer = {first: Replayed(catalogs, (first,), patient=patient).live()[1] for first in range(1, own + 1)}
    pairs = [(first, second) for first, last in longer.items() for second in range(first + 1, last + 1)]
    if pytestconfig.getoption("--crashes") < 2:
        pairs = random.Random(26).sample(pairs, SAMPLE)
    for pair in pairs:
        assert differs(catalogs, calm, *pair) == [], f"at {pair}"
    figure("replays with two deaths", len(pairs))


def test_of_two_orders_the_second_is_no_word_on_what_the_first_did(catalogs):
    """The order died when all was sent, and came again; the first one's message died when it was sent."""
    life = Replayed(catalogs)
    life.live()
    pairs = [(first, second) for first in (17, 18) for second in range(110, 130)]
    lives = [Replayed(catalogs, pair) for pair in pairs]
    for life in lives:
        life.live()
    assert any(life.messages() == (1, ["held"]) for life in lives)
    assert all(life.messages()[0] <= 1 for life in lives)


def test_a_replay_that_takes_things_off_the_list_itself_is_found_out(catalogs, calm, monkeypatch):
    add = Batch.add

    def hasty(batch, item):
        add(batch, item)
        batch.hub.store.commit([Put(replace(item, agenda=None, at=None))])

    monkeypatch.setattr(Batch, "add", hasty)
    assert any(differs(catalogs, calm, point) for point in range(1, calm[1] + 1))
