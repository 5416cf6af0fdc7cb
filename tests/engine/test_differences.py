"""Where the local engine is not AWS, as far as the hub leans on it.

A new version of the engine that closes or opens a gap fails here. AWS is right in each of them.
"""

import io
import json
import time
import zipfile

import pytest
import urllib3

from hub.engine import Engine
from tests.conftest import ROOT, deployed

pytestmark = pytest.mark.engine

ROLE = "arn:aws:iam::000000000000:role/any"
# Answers `c` as failed, and raises for a batch with `x` in it.
RELAY = """
import json
def handler(event, context):
    names = [record["dynamodb"]["NewImage"]["pk"]["S"] for record in event["Records"]]
    print("BATCH " + json.dumps(names))
    if "x" in names:
        raise ValueError("x")
    numbers = dict(zip(names, (record["dynamodb"]["SequenceNumber"] for record in event["Records"])))
    return {"batchItemFailures": [{"itemIdentifier": numbers["c"]}] if "c" in numbers else []}
"""


@pytest.fixture(scope="module")
def engine():
    with Engine(ROOT / ".venv-engine") as engine:
        yield engine


@pytest.fixture
def relayed(engine):
    """Write items to a table with a stream whose function is RELAY; the batches that it got."""
    tables, functions = engine.client("dynamodb"), engine.client("lambda")
    key = {"AttributeName": "pk", "KeyType": "HASH"}
    table = tables.create_table(
        TableName="items",
        KeySchema=[key],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    make_function(functions, "cauce-relay", RELAY)

    def relay(*names, seconds=4.0):
        for name in names:
            tables.put_item(TableName="items", Item={"pk": {"S": name}})
        functions.create_event_source_mapping(
            EventSourceArn=table["LatestStreamArn"],
            FunctionName="cauce-relay",
            StartingPosition="TRIM_HORIZON",
            FunctionResponseTypes=["ReportBatchItemFailures"],
            MaximumRetryAttempts=1,
            BisectBatchOnFunctionError=True,
        )
        time.sleep(seconds)
        lines = [line for _, line in engine.logs("cauce", "relay") if line.startswith("BATCH")]
        return [json.loads(line.removeprefix("BATCH ")) for line in lines]

    yield relay
    for mapping in functions.list_event_source_mappings(FunctionName="cauce-relay")["EventSourceMappings"]:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
    functions.delete_function(FunctionName="cauce-relay")
    tables.delete_table(TableName="items")
    engine.client("logs").delete_log_group(logGroupName="/aws/lambda/cauce-relay")


def make_function(functions, name, code, runtime="python3.11"):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("step.py", code)
    functions.create_function(
        FunctionName=name,
        Runtime=runtime,
        Handler="step.handler",
        Role=ROLE,
        Code={"ZipFile": held.getvalue()},
    )


def test_a_partial_failure_of_a_stream_batch_is_lost(relayed):
    """AWS comes back with c and d. So route raises instead."""
    assert relayed("a", "b", "c", "d") == [["a", "b", "c", "d"]]


def test_a_stream_batch_that_raises_comes_back_whole_without_bisection_or_limit(relayed):
    """AWS would halve it, and give up after one retry. So what route does is idempotent, all or nothing."""
    batches = relayed("a", "x")
    assert len(batches) > 2
    assert all(batch == ["a", "x"] for batch in batches)


def test_functions_run_on_the_servers_own_python_and_see_its_packages(engine):
    """So the artifact is tested with AWS's runtime client."""
    functions = engine.client("lambda")
    code = "import sys, hypercorn\ndef handler(event, context):\n    return list(sys.version_info[:2])\n"
    make_function(functions, "other", code, runtime="python3.13")
    answer = functions.invoke(FunctionName="other", Payload=b"{}")["Payload"].read()
    assert json.loads(answer) != [3, 13]


def test_its_own_health_page_hides_that_of_an_api(engine):
    """So ours is /v1/health."""
    answer = urllib3.request("GET", f"{engine.url}/health", retries=False)
    assert answer.json()["services"]


def test_a_dead_letter_queue_cannot_be_redriven_by_the_service(engine):
    """So redriving is receive, send, delete."""
    queues = engine.client("sqs")
    with pytest.raises(queues.exceptions.ClientError, match="InvalidAction"):
        queues.start_message_move_task(SourceArn="arn:aws:sqs:us-east-1:000000000000:dead")


def test_a_restart_keeps_items_functions_and_routes_and_new_items_are_relayed(artifact, tmp_path):
    """But not the stream's records: sweep relays what was not."""
    with Engine(ROOT / ".venv-engine", home=tmp_path) as engine:
        stack = deployed(engine, artifact)
        put_outbox(stack, 1)
        await_log(engine, "route", 1)
        engine.stop()
        engine.start()
        tables = engine.client("dynamodb")
        assert tables.scan(TableName=stack.outputs["TableName"], Select="COUNT")["Count"] >= 1
        answer = urllib3.request("GET", f"{stack.api}/v1/health", retries=False, timeout=30)
        assert answer.json()["status"] == "ok"
        put_outbox(stack, 2)
        await_log(engine, "route", 2)


def put_outbox(stack, epoch):
    event = json.loads((ROOT / "events" / "route.json").read_text())
    image = event["Records"][0]["dynamodb"]["NewImage"]
    image["sk"] = {"S": f"{image['sk']['S']}#{epoch}"}
    stack.client("dynamodb").put_item(TableName=stack.outputs["TableName"], Item=image)


def await_log(engine, function, runs, seconds=20):
    end = time.monotonic() + seconds
    while sum(line.startswith("REPORT") for _, line in engine.logs("cauce", function)) < runs:
        assert time.monotonic() < end, f"{function} did not run {runs} times"
        time.sleep(0.1)
