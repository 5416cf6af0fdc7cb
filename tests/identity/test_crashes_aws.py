"""Death at every call to AWS, before and after, by botocore's own events: the real adapters, over moto.

moto is for one thread: nothing here is about concurrency.
"""

import random
from contextlib import contextmanager, suppress
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from hub.archive import MemoryArchive, S3Archive
from hub.pipeline import Hub, decide
from hub.pipeline.unify import unify
from hub.queues import Message, SqsQueue
from hub.runner import Clock
from hub.secrets import AwsSecrets, MemorySecrets
from hub.settings import Settings
from hub.store import Key
from hub.store.dynamodb import DynamoStore, decode, encode
from hub.store.memory import MemoryStore
from tests.hub.pipeline.delivering import NOON
from tests.hub.store.stores import create_table
from tests.identity.crash import FLOWS, Crash
from tests.identity.test_crashes import catalog as catalog  # noqa: PLC0414 - the fixture
from tests.identity.view import view

SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager")
UNIFIED = [flow for flow in FLOWS if flow.name != "buy"]
QUEUE = {"FifoQueue": "true"}


class Cloud:
    """One moto for many runs: its clients, whose calls are counted, and die where it was chosen."""

    def __init__(self):
        self.clients = {name: boto3.client(name) for name in SERVICES}
        self.clients["s3"].create_bucket(
            Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        self.clients["secretsmanager"].create_secret(Name="cauce/pepper", SecretString='{"1": "p"}')
        self.tables = self.count = 0
        self.deaths = ()
        self.armed = False
        for client in self.clients.values():
            client.meta.events.register_first("before-call.*.*", self._cross)
            client.meta.events.register_last("after-call.*.*", self._cross)

    def _cross(self, **_):
        if self.armed:
            self.count += 1
            if self.count in self.deaths:
                raise Crash

    def hub(self, catalog):
        """A hub over a new table and a new queue."""
        self.tables += 1
        name = f"hub{self.tables}"
        create_table(self.clients["dynamodb"], name)
        url = self.clients["sqs"].create_queue(QueueName=f"{name}.fifo", Attributes=QUEUE)["QueueUrl"]
        clock = Clock(NOON)
        parts = {
            "inbound": SqsQueue(url),
            "archive": S3Archive("raw"),
            "secrets": AwsSecrets("cauce", clock),
        }
        for part, service in (("inbound", "sqs"), ("archive", "s3"), ("secrets", "secretsmanager")):
            parts[part].__dict__["_client"] = self.clients[service]
        store = DynamoStore(name, clock, sleep=clock.sleep, client=self.clients["dynamodb"])
        rest = {"catalog": catalog, "random": random.Random(7), "sleep": clock.sleep}
        return Hub(Settings(), clock=clock, store=store, **parts, **rest)

    def fill(self, hub, items):
        """What was before, put there without a transaction."""
        for item in items:
            image = encode(replace(item, version=item.version - 1))
            self.clients["dynamodb"].put_item(TableName=hub.store.table, Item=image)

    def left(self, hub):
        """What a crash may not change."""
        found = self.clients["dynamodb"].scan(TableName=hub.store.table)["Items"]
        items = sorted(map(decode, found), key=lambda item: item.key)
        return view(items), [(i.key, i.version, i.data) for i in items if i.kind in ("outbox", "timeline")]


@contextmanager
def pretended():
    """AWS as moto plays it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        yield Cloud()


@pytest.fixture(scope="module")
def cloud():
    with pretended() as made:
        yield made


def before(catalog, flow):
    """The items before the flow, as a hub in memory writes them."""
    clock = Clock(NOON)
    parts = {"store": MemoryStore(clock), "archive": MemoryArchive(), "catalog": catalog}
    hub = Hub(Settings(), clock=clock, secrets=MemorySecrets({"pepper": [{"1": "p"}]}), **parts)
    for told in flow.before:
        assert [result.kind for result in unify(hub, [told.dumps()])] == ["applied"]
    return hub.store.items()


def live(cloud, catalog, flow, death=0):
    """The points that a flow crosses, and what it leaves."""
    hub = cloud.hub(catalog)
    cloud.fill(hub, before(catalog, flow))
    cloud.count, cloud.deaths, cloud.armed = 0, (death,), True
    for told in flow.events:
        until_done(cloud, lambda told=told: hub.inbound.send([Message(told.dumps(), told.group, told.dedup)]))
        cloud.armed = False
        received = cloud.clients["sqs"].receive_message(QueueUrl=hub.inbound.url, MaxNumberOfMessages=10)
        cloud.armed = True
        for message in received["Messages"]:
            until_done(cloud, lambda body=message["Body"]: list(unify(hub, [body])))
    if flow.decision:
        until_done(cloud, lambda: order(hub, *flow.decision))
    cloud.armed = False
    return cloud.count, cloud.left(hub)


def until_done(cloud, work):
    while True:
        with suppress(Crash):
            return work()


def order(hub, word, id, *rest):
    def customer(id):
        key = Key(f"REC#shop#co#customer#{id}", "REC")
        return hub.store.read([key])[key].data["root"]

    rest = [customer(rest[0])] if word is decide.merge else rest
    with suppress(decide.DecisionError):
        word(hub, customer(id), *rest, decide.Order("ana", "she called"))


@pytest.mark.parametrize("flow", UNIFIED, ids=lambda flow: flow.name)
def test_a_death_at_any_call_to_aws_changes_nothing(flow, cloud, catalog, figure):
    points, calm = live(cloud, catalog, flow)
    for point in range(1, points + 1):
        assert live(cloud, catalog, flow, point)[1] == calm, f"at call boundary {point} of {points}"
    figure("boundaries of calls to AWS, each with a death", points)
