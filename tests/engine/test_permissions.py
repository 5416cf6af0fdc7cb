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


def search(stack, http):
    secret = stack.client("secretsmanager").get_secret_value(SecretId="cauce/api-key")["SecretString"]
    answer = http.request(
        "POST",
        f"{stack.api}/v1/customers/search",
        body=json.dumps({"email": "lucia.fernandez@correo.example"}),
        headers={"authorization": f"Bearer {json.loads(secret)['key']}", "content-type": "application/json"},
    )
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
