"""Messages out on the local engine, with the roles enforced: a real queue, a bus with a rule to a queue."""

import json
import shutil
import sys
import time

import pytest
import urllib3

from hub import keys
from hub.artifact import build, here
from hub.engine import Engine
from hub.times import from_epoch
from tests.conftest import ROOT, SECRETS, Stack
from tests.engine.test_permissions import await_found, post_customer
from tests.envelopes import message

pytestmark = pytest.mark.engine

HERE = "us-east-1:000000000000"
FIFO = f"arn:aws:sqs:{HERE}:customers.fifo"
CLOSED = f"arn:aws:sqs:{HERE}:closed"
BUS = f"arn:aws:events:{HERE}:event-bus/crm"
ACCOUNTS = f"""
shopify.co: {{role: shop, shop: tienda-co, country: CO, time_zone: America/Bogota}}
cloudevents.queue:  {{role: other, arn: "{FIFO}"}}
cloudevents.bus:    {{role: other, arn: "{BUS}"}}
cloudevents.closed: {{role: other, arn: "{CLOSED}"}}
"""
FLOW = """
on: {0}
send: [cloudevents.queue.{0}, cloudevents.bus.{0}, cloudevents.closed.{0}]
"""


def project(folder):
    """The shipped files, with a shop whose customers and orders go to a queue, a bus and a closed queue."""
    for name in ("connectors", "entities", "events", "functions", "hub", "mappings", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "flows").mkdir()
    for entity in ("customer", "order"):
        (folder / "flows" / f"{entity}.yaml").write_text(FLOW.format(entity))
    (folder / "accounts.yaml").write_text(ACCOUNTS)
    (folder / "owners.yaml").write_text("{}\n")
    return folder


class Doors(Stack):
    """The stack, with the queues that are read here."""

    def read(self, queue):
        """The messages that wait in a queue, taken out."""
        sqs, found = self.client("sqs"), []
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        while some := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
        ).get("Messages"):
            found += some
            for one in some:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return found

    def held(self):
        """The deliveries of customers: destination -> (the item, its data)."""
        items = self.client("dynamodb").scan(TableName=self.outputs["TableName"])["Items"]
        named = [one for one in items if one["pk"]["S"].startswith("DLV#cloudevents.")]
        told = {one["pk"]["S"].split("#")[1]: (one, json.loads(one["data"]["S"])) for one in named}
        return {name.split(".")[1]: one for name, one in told.items() if name.endswith(".customer")}

    def states(self):
        return {name: data["state"] for name, (_, data) in self.held().items()}


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    out = ROOT / "build" / "test-artifact-out"
    folder = project(tmp_path_factory.mktemp("project"))
    build(folder, out, platform=here(), python=f"{sys.version_info.major}.{sys.version_info.minor}")
    with Engine(ROOT / ".venv-engine", auth=True) as engine:
        sqs, events = engine.client("sqs"), engine.client("events")
        sqs.create_queue(QueueName="customers.fifo", Attributes={"FifoQueue": "true"})
        for name in ("closed", "heard"):
            sqs.create_queue(QueueName=name)
        events.create_event_bus(Name="crm")
        pattern = {"source": ["cauce"], "detail-type": ["customer.updated"]}
        events.put_rule(Name="heard", EventBusName="crm", EventPattern=json.dumps(pattern))
        target = {"Id": "heard", "Arn": f"arn:aws:sqs:{HERE}:heard"}
        events.put_targets(Rule="heard", EventBusName="crm", Targets=[target])
        parameters = {"VendorUrl": "http://127.0.0.1:9", "OutQueueArns": FIFO, "OutBusArns": BUS}
        outputs = engine.deploy(ROOT / "template.yaml", out, parameters=parameters)
        for name, values in SECRETS.items():
            engine.client("secretsmanager").create_secret(
                Name=f"cauce/{name}", SecretString=json.dumps(values)
            )
        yield Doors(engine, outputs, engine.api(outputs))


@pytest.fixture(scope="module")
def told(doors):
    """A customer who was told of: the messages that came of it, on the queue and by the bus."""
    http = urllib3.PoolManager(ca_certs=doors.engine.certificate, retries=False)
    assert post_customer(doors, http) == 200
    await_found(lambda: doors.states() if doors.states().get("closed") == "due" else None)
    await_found(lambda: doors.states()["bus"] == "ok" or None)
    queue = await_found(lambda: doors.read("customers.fifo") or None)
    bus = await_found(lambda: doors.read("heard") or None)
    return queue, bus


def test_a_customer_comes_once_on_the_queue_and_once_by_the_bus(told):
    [queued], [event] = told
    body, envelope = json.loads(queued["Body"]), json.loads(event["Body"])
    assert body["type"] == "customer.updated"
    assert body["data"]["email"] == "lucia.fernandez@correo.example"
    assert queued["Attributes"]["MessageGroupId"] == body["data"]["id"] == body["subject"]
    assert queued["Attributes"]["MessageDeduplicationId"] == body["id"]
    attributes = {name: one["StringValue"] for name, one in queued["MessageAttributes"].items()}
    assert attributes["idempotency-key"] == body["id"]
    assert (envelope["source"], envelope["detail-type"]) == ("cauce", "customer.updated")
    assert envelope["detail"]["data"] == body["data"]


def test_a_queue_that_no_right_was_given_to_pauses_its_account_alone(doors, told):
    items = doors.client("dynamodb").scan(TableName=doors.outputs["TableName"])["Items"]
    accounts = [one for one in items if one.get("kind") == {"S": "account"}]
    paused = [(one["pk"]["S"], json.loads(one["data"]["S"])["reason"]) for one in accounts]
    assert paused == [(keys.account("cloudevents.closed").pk, "status-403")]
    assert doors.states() == {"queue": "ok", "bus": "ok", "closed": "due"}
    assert doors.read("closed") == []


def test_a_delivery_that_is_asked_for_again_sends_nothing(doors, told):
    _, data = doors.held()["queue"]
    record = {**message("m-1", data["message"]), "eventSource": "aws:sqs"}
    assert invoked(doors, "deliver", {"Records": [record]}) == {"batchItemFailures": []}
    assert doors.read("customers.fifo") == []


def test_what_died_behind_its_message_sends_it_again_under_the_same_key(doors, told):
    """The queue knows it again; by the bus it comes a second time, and its id says so."""
    _, [first] = told
    for name in ("queue", "bus"):
        died(doors, *doors.held()[name])
    invoked(doors, "sweep", {})
    for name in ("queue", "bus"):
        await_found(lambda name=name: doors.states()[name] == "ok" or None)
        assert sends(doors.held()[name][1]) == 2
    [again] = await_found(lambda: doors.read("heard") or None)
    assert json.loads(again["Body"])["detail"] == json.loads(first["Body"])["detail"]
    assert doors.read("customers.fifo") == []


def invoked(stack, function, event):
    answer = stack.client("lambda").invoke(FunctionName=f"cauce-{function}", Payload=json.dumps(event))
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return said


def sends(data):
    """How often a delivery's journal says that AWS took its message."""
    return sum(call[:2] == ["upsert", 200] for entry in data["log"] for call in entry["calls"])


def died(stack, item, data):
    """Let a delivery be as it was while its message was under way, long enough ago for it to have landed."""
    ago = from_epoch(time.time() - 120)
    begun = {"state": "sending", "hash": "unknown", "rest": "unknown", "ambiguous": None}
    data = {**data, **begun, "inflight": {"epoch": data["epoch"], "first": data["epoch"], "at": ago}}
    held = {**item, "data": {"S": json.dumps(data)}, "agenda": {"S": "due"}, "at": {"S": ago}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["TableName"], Item=held)
