"""The stack with its functions' roles enforced, over TLS: what the template allows is enough, and no more."""

import base64
import hashlib
import hmac
import json
import time

import pytest
import urllib3

from hub.engine import Engine
from tests.conftest import ROOT, SECRETS, deployed

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def guarded(artifact):
    with Engine(ROOT / ".venv-engine", auth=True) as engine:
        yield deployed(engine, artifact)


@pytest.fixture(scope="module")
def http(guarded):
    return urllib3.PoolManager(ca_certs=guarded.engine.certificate, retries=False)


def test_an_event_passes_all_functions_with_the_roles_of_the_template(guarded, http):
    assert post_customer(guarded, http) == 200
    found = await_found(lambda: search(guarded, http))
    assert found["fields"]["email"]["value"] == "lucia.fernandez@correo.example"
    told = await_found(lambda: deliveries(guarded))
    assert {"hubspot.main.contact", "klaviyo.main.profile"} <= told
    for name in ("poll", "sweep", "erase"):
        answer = guarded.client("lambda").invoke(FunctionName=f"cauce-{name}", Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()


def test_a_file_that_is_left_comes_in_with_the_role_of_the_template(guarded):
    files, bucket = guarded.client("s3"), guarded.outputs["DropBucketName"]
    row = '{"id": 5, "email": "drop5@correo.example", "date_modified_gmt": "2026-11-20T12:00:00"}'
    files.put_object(Bucket=bucket, Key="drop/woocommerce.co/customer/a.jsonl", Body=row.encode())

    def report():
        return files.list_objects_v2(Bucket=bucket, Prefix="reports/").get("Contents")

    await_found(report)
    assert "Contents" not in files.list_objects_v2(Bucket=bucket, Prefix="drop/")


def test_somebody_is_erased_with_the_roles_of_the_template(guarded, http):
    assert post_customer(guarded, http) == 200
    found = await_found(lambda: search(guarded, http))
    answer = api(guarded, http, "POST", f"/v1/customers/{found['id']}/erase", {"actor": "t", "reason": "t"})
    assert (answer.status, answer.json()["state"]) == (200, "begun")
    long_ago(guarded, found["id"])
    for _ in range(2):
        run = guarded.client("lambda").invoke(FunctionName="cauce-erase", Payload=b"{}")
        assert "FunctionError" not in run, run["Payload"].read()
    answer = api(guarded, http, "GET", f"/v1/customers/{found['id']}/erasure")
    assert answer.json()["state"] in ("removed", "done")
    items = guarded.client("dynamodb").scan(TableName=guarded.outputs["TableName"])["Items"]
    assert "lucia.fernandez@correo.example" not in json.dumps(items)
    assert api(guarded, http, "GET", f"/v1/customers/{found['id']}").status == 410
    back = api(guarded, http, "POST", "/v1/customers/readmit", {"email": "lucia.fernandez@correo.example"})
    assert (back.status, back.json()["erasure"]) == (200, found["id"])


def long_ago(stack, id):
    """Let an erasure have begun long enough ago for nobody to be at work who has read the customer before."""
    key = {"pk": {"S": f"ERA#{id}"}, "sk": {"S": "ERA"}}
    table = {"TableName": stack.outputs["TableName"], "Key": key}
    held = stack.client("dynamodb").get_item(**table)["Item"]
    data = {**json.loads(held["data"]["S"]), "begun": "2026-01-01T00:00:00.000000Z"}
    stack.client("dynamodb").put_item(
        TableName=table["TableName"], Item={**held, "data": {"S": json.dumps(data)}}
    )


def test_a_permission_that_is_taken_away_is_missed(guarded, http):
    roles = guarded.client("iam")
    stack = guarded.client("cloudformation").describe_stack_resource(
        StackName="cauce", LogicalResourceId="ReceiveRole"
    )
    role = stack["StackResourceDetail"]["PhysicalResourceId"]
    policy = roles.get_role_policy(RoleName=role, PolicyName="receive")["PolicyDocument"]
    fewer = [one for one in policy["Statement"] if "sqs:SendMessage" not in one["Action"]]
    assert len(fewer) == len(policy["Statement"]) - 1
    replace_policy(roles, role, {**policy, "Statement": fewer})
    try:
        assert post_customer(guarded, http) >= 500
    finally:
        replace_policy(roles, role, policy)
    assert post_customer(guarded, http) == 200


def replace_policy(roles, role, policy):
    roles.put_role_policy(RoleName=role, PolicyName="receive", PolicyDocument=json.dumps(policy))


def post_customer(stack, http):
    sample = json.loads((ROOT / "events" / "shopify" / "customer.json").read_text())
    body = json.dumps(sample["body"]).encode()
    mac = hmac.new(SECRETS["shopify.co"]["client_secret"].encode(), body, hashlib.sha256).digest()
    headers = {**sample["headers"], "x-shopify-hmac-sha256": base64.b64encode(mac).decode()}
    return http.request("POST", f"{stack.api}/v1/webhooks/shopify/co", body=body, headers=headers).status


def api(stack, http, method, path, body=None):
    secret = stack.client("secretsmanager").get_secret_value(SecretId="cauce/api-key")["SecretString"]
    return http.request(
        method,
        f"{stack.api}{path}",
        body=None if body is None else json.dumps(body),
        headers={"authorization": f"Bearer {json.loads(secret)['key']}", "content-type": "application/json"},
    )


def search(stack, http):
    answer = api(stack, http, "POST", "/v1/customers/search", {"email": "lucia.fernandez@correo.example"})
    return answer.json() if answer.status == 200 else None


def deliveries(stack):
    items = stack.client("dynamodb").scan(TableName=stack.outputs["TableName"])["Items"]
    found = {one["pk"]["S"].split("#")[1] for one in items if one["pk"]["S"].startswith("DLV#")}
    return found if len(found) >= 4 else None


def await_found(ask, seconds=30):
    end = time.monotonic() + seconds
    while (found := ask()) is None:
        assert time.monotonic() < end, "it did not arrive"
        time.sleep(0.1)
    return found
