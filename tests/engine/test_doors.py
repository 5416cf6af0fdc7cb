"""The doors beside webhooks on the local engine: a file that is left, messages of other systems."""

import json
import shutil
import sys

import pytest

from hub.artifact import build, here
from hub.engine import Engine
from tests.conftest import ROOT, Stack
from tests.engine.test_permissions import await_found

pytestmark = pytest.mark.engine

HEADER = "id;email;first_name;last_name;date_modified_gmt\r\n"
ROWS = "".join(f"{n};drop{n}@correo.example;Ana;Díaz;2026-11-20T12:00:00\r\n" for n in range(1, 4))


def leave(stack, name, text):
    bucket = stack.outputs["DropBucketName"]
    stack.client("s3").put_object(Bucket=bucket, Key=name, Body=text.encode("cp1252"))


def report(stack, name):
    files = stack.client("s3")
    try:
        answer = files.get_object(Bucket=stack.outputs["DropBucketName"], Key=name)
    except files.exceptions.NoSuchKey:
        return None
    return json.loads(answer["Body"].read())


def left(stack):
    listed = stack.client("s3").list_objects_v2(Bucket=stack.outputs["DropBucketName"], Prefix="drop/")
    return [one["Key"] for one in listed.get("Contents", [])]


def items(stack, kind):
    held = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"])["Items"]
    return [json.loads(one["data"]["S"]) for one in held if one.get("kind", {}).get("S") == kind]


def test_a_file_that_is_left_comes_in_by_itself_and_its_bad_line_is_parked(stack):
    name = "woocommerce.co/customer/march.csv"
    leave(stack, f"drop/{name}", HEADER + ROWS + "9;no row\r\n")
    told = await_found(lambda: report(stack, f"reports/{name}.report.json"))
    assert (told["state"], told["rows"], told["sent"]) == ("done", 3, 4)
    assert told["unreadable"] == {"count": 1, "lines": [5]}

    def applied():
        markers = [one for one in items(stack, "marker") if one["source"] == "woocommerce.co"]
        return sorted(one["status"] for one in markers) if len(markers) == 4 else None

    assert await_found(applied) == ["applied", "applied", "applied", "parked"]
    assert left(stack) == []


ACCOUNT = (
    "commercetools.main: {role: shop, project: tienda-co, region: us-central1.gcp, country: CO, "
    "time_zone: America/Bogota}\n"
)
SOURCE = "commerce.tienda-co"  # only a partner may say aws.partner/…


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    """A stack of a project that has a shop of commercetools, with both of its doors."""
    project, out = tmp_path_factory.mktemp("project"), ROOT / "build" / "test-artifact-doors"
    for name in ("connectors", "entities", "events", "flows", "functions", "hub", "mappings", "requirements"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "owners.yaml", project)
    (project / "accounts.yaml").write_text((ROOT / "accounts.yaml").read_text() + ACCOUNT)
    build(project, out, platform=here(), python=f"{sys.version_info.major}.{sys.version_info.minor}")
    with Engine(ROOT / ".venv-engine") as engine:
        queue = engine.client("sqs").create_queue(QueueName="commerce")["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:{engine.account}:commerce"
        parameters = {
            "VendorUrl": "http://127.0.0.1:9",
            "InQueueArn": arn,
            "InQueueAccount": "commercetools.main",
            "InBusName": "default",
            "InBusSource": "commerce.",
            "InBusAccount": "commercetools",
        }
        outputs = engine.deploy(ROOT / "template.yaml", out, parameters=parameters)
        yield Stack(engine, outputs, engine.api(outputs)), queue


def told(stack, **marker):
    """The status of the one event whose marker says this, None as long as there is none."""
    found = [one for one in items(stack, "marker") if marker.items() <= one.items()]
    return found[0]["status"] if found else None


def commerce(name):
    return json.loads((ROOT / f"events/commercetools/{name}.json").read_text())["body"]


def test_messages_of_another_systems_queue_come_in_and_a_poisonous_one_is_parked(listening):
    stack, queue = listening
    order = commerce("order")
    for body in ("poison", json.dumps({"Type": "Notification", "Message": json.dumps(order)})):
        stack.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    assert await_found(lambda: told(stack, source="commercetools.main", resource="order")) == "applied"
    assert await_found(lambda: told(stack, topic="unread/message")) == "parked"
    left = stack.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessages"] == left["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_events_of_a_bus_come_in_and_those_of_another_source_do_not(listening):
    stack, _ = listening
    told_of = {**commerce("order")["order"], "id": "by-bus", "orderNumber": "T-2000", "customerEmail": None}
    message = {**commerce("order"), "resource": {"typeId": "order", "id": "by-bus"}, "order": told_of}
    for source, number in (("somebody.else", 1), (SOURCE, 2)):
        detail = {**message, "sequenceNumber": number}
        entry = {"Source": source, "DetailType": "Message", "Detail": json.dumps(detail)}
        answer = stack.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0
    await_found(lambda: [one for one in keys_of(stack) if "#by-bus#" in one and one.endswith("#2")] or None)
    assert not [one for one in keys_of(stack) if "#by-bus#" in one and one.endswith("#1")]


def keys_of(stack):
    held = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"])["Items"]
    return [one["pk"]["S"] for one in held if one["kind"]["S"] == "marker"]
