"""Death before and after every call to AWS of deliver, sweep, relay, refresh: the real adapters, over moto.

Each death ends the process, with what it knew; another one goes on with table, queue and secrets. The vendors
end with what they have without a death. `--crashes 2` (`make soak`): a second death at each later call.
"""

import json
import random
import sys
from contextlib import suppress
from dataclasses import replace

import pytest

from hub import credentials, keys
from hub.errors import RetryError
from hub.messages import Delivery
from hub.pipeline import Hub
from hub.pipeline.deliver import deliver
from hub.pipeline.route import route
from hub.pipeline.sweep import sweep
from hub.queues import MemoryQueue, Message, SqsQueue
from hub.runner import Clock
from hub.secrets import AwsSecrets, MemorySecrets
from hub.settings import Settings
from hub.store import NUMBERS, Item, Put
from hub.store.dynamodb import DynamoStore, decode
from hub.store.memory import MemoryStore
from hub.times import from_epoch
from tests.hub.credentials.vendor import ACCOUNT, ROTATING, SECRETS, Vendor, catalog_of
from tests.hub.pipeline.delivering import ADA, CAUSE, CRM, NOON, PEPPER, World
from tests.hub.pipeline.delivery_vendors import Vendors
from tests.hub.store.stores import create_table
from tests.identity.crash import Crash
from tests.identity.test_crashes_aws import QUEUE, pretended

routing = sys.modules["hub.pipeline.route"]
"""The module: its package has a function of this name."""

NAMES = ("crm.main", "erp.main", "mail.main", "chat.main")
START = NOON + 1800
LATER = 601
"""Seconds between two sweeps: what was sent and lost is taken up again."""

ENDED = ("ok", "done", "sent")

SINGLE = "boundaries of calls to AWS in relay, deliver, sweep and refresh, each with a death"
PAIRS = "pairs of boundaries of calls to AWS in relay, deliver, sweep and refresh, a death at both"


class Life:
    """A stack of its own in the cloud, whose processes die at these call boundaries of its step."""

    def __init__(self, cloud, catalog, deaths=()):
        self.cloud, self.catalog, self.planned = cloud, catalog, deaths
        self.clock = Clock(START)
        self.vendors = Vendors(self.clock)
        self.deaths = 0
        cloud.tables += 1
        self.table = f"out{cloud.tables}"
        create_table(cloud.clients["dynamodb"], self.table)
        self.url, self.inbound = self._queue("out"), self._queue("in")

    def _queue(self, kind):
        name = f"{self.table}-{kind}.fifo"
        return self.cloud.clients["sqs"].create_queue(QueueName=name, Attributes=QUEUE)["QueueUrl"]

    def process(self, **parts):
        """A new process: it knows nothing."""
        clients, clock = self.cloud.clients, self.clock
        queues = {"outbound": SqsQueue(self.url), "inbound": SqsQueue(self.inbound)}
        secrets = AwsSecrets("cauce", clock)
        secrets.__dict__["_client"] = clients["secretsmanager"]
        for queue in queues.values():
            queue.__dict__["_client"] = clients["sqs"]
        store = DynamoStore(self.table, clock, sleep=clock.sleep, client=clients["dynamodb"])
        own = {"catalog": self.catalog, "client": self.vendors, "sleep": clock.sleep, "secrets": secrets}
        ports = {"store": store, "random": random.Random(7), **queues, **own, **parts}
        return Hub(Settings(), clock=clock, **ports)

    def fill(self, items):
        """What was before."""
        self.cloud.fill(self.process(), [item for item in items if item.kind != NUMBERS])

    def through(self, step, **parts):
        """What the step gives, in a new process after each death; its call boundaries are in `points`."""
        self.cloud.count, self.cloud.deaths, self.cloud.armed = 0, self.planned, True
        while True:
            try:
                given = step(self.process(**parts))
            except Crash:
                self.deaths += 1
                self.clock.now += 31
                continue
            self.cloud.armed, self.points = False, self.cloud.count
            return given

    def rest(self):
        """Deliver and sweep in memory until nothing is due: what a death left goes on there."""
        self.store = MemoryStore(self.clock)
        for item in self.items():
            if item.kind != NUMBERS:
                self.store._put(replace(item, version=item.version - 1))
        held = {"pepper": [{"1": PEPPER.secret}], **{name: [{"token": "good"}] for name in NAMES}}
        queue, secrets = MemoryQueue(self.clock), MemorySecrets(held)
        hub = self.process(store=self.store, outbound=queue, inbound=MemoryQueue(self.clock), secrets=secrets)
        queue.send(list(self._queued()))
        for _ in range(6):
            while taken := queue.receive():
                for stored in taken:
                    deliver(hub, Delivery.loads(stored.message.body))
                    queue.ack(stored)
            if not any(item.agenda in (keys.DUE, keys.WAITING) for item in self.store.items()):
                return
            self.clock.now += LATER
            sweep(hub)

    def _queued(self):
        receive = self.cloud.clients["sqs"].receive_message
        asked = {"QueueUrl": self.url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"]}
        while taken := receive(**asked).get("Messages"):
            for one in taken:
                told = one["Attributes"]
                yield Message(one["Body"], told["MessageGroupId"], told["MessageDeduplicationId"])

    def items(self):
        found = self.cloud.clients["dynamodb"].scan(TableName=self.table)["Items"]
        return sorted(map(decode, found), key=lambda item: item.key)

    def left(self):
        """What a death may not change."""
        kinds = ("delivery", "act", "waiting", "outbox")
        kept = ("state", "remote", "epoch", "hash", "rest", "decided")
        shown = [
            (item.key, item.agenda, {name: item.data.get(name) for name in kept})
            for item in self.store.items()
            if item.kind in kinds
        ]
        return shown, self.vendors.state(), len(self.vendors.messages)


@pytest.fixture(scope="module")
def cloud():
    with pretended() as made:
        secrets = {**{name: {"token": "good"} for name in NAMES}, ACCOUNT: SECRETS[ACCOUNT][0]}
        for name, secret in secrets.items():
            made.clients["secretsmanager"].create_secret(
                Name=f"cauce/{name}", SecretString=json.dumps(secret)
            )
        yield made


def before(catalog, **relay):
    """A customer and her paid order, as unify leaves them."""
    world = World(catalog)
    world.now = START - 600
    pk = world.record("shop.co", "customer", "1", "c-1", email=ADA["email"])
    world.entity("customer", "c-1", records={pk: ""}, **ADA, **relay)
    world.entity("order", "o-1", customer=pk, number="#1", status="paid", **relay)
    until = {"until": from_epoch(START - 900)}
    world.store.commit([Put(Item(keys.RELAYED, "cursor", until))])
    return world


def relayed(cloud, catalog, deaths=()):
    """The stream hands two images to route."""
    life, world = Life(cloud, catalog, deaths), before(catalog, relay="later")
    life.fill(world.store.items())
    life.through(lambda hub: route(hub, [item for item in life.items() if item.kind == "outbox"]))
    life.rest()
    return life


def delivered(cloud, catalog, deaths=()):
    """What a relay sent is delivered: an upsert, a search and a creation, one that needs it, an act."""
    life, world = Life(cloud, catalog, deaths), before(catalog)
    life.fill(world.store.items())
    messages = [Delivery.loads(one.message.body) for one in world.outbound.waiting]
    life.through(lambda hub: [_delivered(life, hub, message) for message in messages])
    life.rest()
    return life


def _delivered(life, hub, message):
    with suppress(RetryError):
        return deliver(hub, message)
    life.clock.now += 31
    return deliver(hub, message)


def swept(cloud, catalog, deaths=()):
    """A parked delivery, a wait that is over and two images that nobody relayed."""
    life, world = Life(cloud, catalog, deaths), before(catalog, relay="later")
    world.switch("crm.main", paused=True)
    message = Delivery(CRM, "customer", "c-1", 1, "c-1", "sync")
    assert deliver(world.hub, message) == "parked:paused"
    world.switch("crm.main", paused=False)
    world.entity("customer", "c-1", relay="never", phone="+573105550147")
    pk = next(item.key.pk for item in world.store.items() if item.kind == "record")
    world.consent("email", "marketing", "email", ADA["email"])
    world.entity("cart", "k-1", relay="never", customer=pk, status="open", url="u")
    wait = keys.wait("reminder", "cart", "k-1")
    data = {"flow": "reminder", "entity": "cart", "id": "k-1", "epoch": 1, "state": "waiting", "cause": CAUSE}
    due = {"agenda": keys.WAITING, "at": from_epoch(START - 60)}
    world.store.commit([Put(Item(wait, "waiting", data, **due))])
    life.fill(world.store.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            keys, "OUTBOX", "0e"
        )  # of the sixteen partitions the one with the images, and an empty one
        life.through(sweep)
    life.rest()
    return life


FLOWS = {"relay": relayed, "deliver": delivered, "sweep": swept}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_death_at_any_call_to_aws_leaves_the_vendors_the_same(flow, cloud, catalog, figure):
    calm = FLOWS[flow](cloud, catalog)
    wanted = calm.left()
    assert {data["state"] for _, _, data in wanted[0]} - {None} <= {*ENDED, "skipped"}
    for point in range(1, calm.points + 1):
        life = FLOWS[flow](cloud, catalog, (point,))
        assert (life.left(), life.deaths) == (wanted, 1), f"at call boundary {point} of {calm.points}"
    figure(SINGLE, calm.points)


@pytest.mark.parametrize("flow", FLOWS)
def test_a_second_death_changes_nothing_either(flow, cloud, catalog, figure, pytestconfig):
    if pytestconfig.getoption("--crashes") < 2:
        pytest.skip("make soak")
    calm = FLOWS[flow](cloud, catalog)
    wanted, tried = calm.left(), 0
    for first in range(1, calm.points + 1):
        once = FLOWS[flow](cloud, catalog, (first,))
        for second in range(first + 1, once.points + 1):
            life = FLOWS[flow](cloud, catalog, (first, second))
            assert (life.left(), life.deaths) == (wanted, 2), f"at {first} and {second}"
            tried += 1
    figure(PAIRS, tried)


def test_a_relay_that_marks_before_it_sends_is_found_out(cloud, catalog, monkeypatch):
    wanted, close, send = relayed(cloud, catalog).left(), routing._close, routing.send
    late = []
    monkeypatch.setattr(routing, "send", lambda hub, deliveries: late.append(deliveries))

    def hasty(hub, image, one):
        close(hub, image, one)
        send(hub, late.pop() if late else [])

    monkeypatch.setattr(routing, "_close", hasty)
    assert any(relayed(cloud, catalog, (point,)).left() != wanted for point in range(1, 20))


def refreshed(cloud, deaths=()):
    """A token that is over is renewed, with a refresh token for one use and half an hour more."""
    life = Life(cloud, catalog_of(ROTATING, "{}"), deaths)
    life.vendors = Vendor(life.clock, grace=1800.0)
    credentials.current(life.process(), ACCOUNT)
    life.clock.now += 3600
    return life, life.through(_current)


def _current(hub):
    """A token, at once or when the vendor and the lease of who died allow it."""
    while True:
        try:
            return credentials.current(hub, ACCOUNT)["access_token"]
        except RetryError as error:
            hub.sleep(max(error.after, 1.0))


def renewed(cloud, *deaths):
    """The call boundaries of a renewal with these deaths, and what does not hold of it then."""
    life, token = refreshed(cloud, deaths)
    vendor, (item,) = life.vendors, life.items()
    holds = {
        "the token is good": vendor.tokens[token] > vendor.now,
        "no refresh token is used when it is over": vendor.over == 0,
        "the token is kept": item.data["values"]["access_token"] == token,
        "the account lives": "dead" not in item.data,
        "it is renewed once, and once more for a death": len(vendor.refreshes) in range(2, 3 + len(deaths)),
        "who should die did": life.deaths == len(deaths),
    }
    return life.points, [what for what, is_so in holds.items() if not is_so]


def test_a_death_at_any_call_to_aws_of_a_renewal_loses_no_account(cloud, figure, pytestconfig):
    points, wrong = renewed(cloud)
    assert wrong == []
    pairs = []
    for first in range(1, points + 1):
        last, wrong = renewed(cloud, first)
        assert wrong == [], f"at call boundary {first} of {points}"
        pairs += [(first, second) for second in range(first + 1, last + 1)]
    figure(SINGLE, points)
    if pytestconfig.getoption("--crashes") > 1:
        for pair in pairs:
            assert renewed(cloud, *pair)[1] == [], f"at {pair}"
        figure(PAIRS, len(pairs))
