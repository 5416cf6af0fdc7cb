import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from hub.errors import RetryError
from hub.secrets import AwsSecrets, MemorySecrets


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def manager(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("secretsmanager")
        client.create_secret(Name="dev/shopify.co", SecretString=json.dumps({"client_secret": "one"}))
        yield client


def rotate(manager, value):
    manager.put_secret_value(SecretId="dev/shopify.co", SecretString=json.dumps({"client_secret": value}))


def test_memory_secrets_answer_what_they_hold_and_note_refreshes():
    secrets = MemorySecrets({"a": [{"k": "v"}]})
    secrets.refresh("a")
    assert (secrets.get("a"), secrets.get("b"), secrets.refreshed) == ([{"k": "v"}], [], ["a"])


def test_a_secret_that_was_never_rotated_is_alone(manager):
    assert AwsSecrets("dev", Clock()).get("shopify.co") == [{"client_secret": "one"}]


def test_while_it_is_rotated_the_previous_secret_comes_second(manager):
    rotate(manager, "two")
    assert AwsSecrets("dev", Clock()).get("shopify.co") == [
        {"client_secret": "two"},
        {"client_secret": "one"},
    ]


def test_an_account_without_a_secret_has_none(manager):
    assert AwsSecrets("dev", Clock()).get("shopify.mx") == []


def test_secrets_are_read_again_after_five_minutes(manager):
    clock = Clock()
    secrets = AwsSecrets("dev", clock)
    secrets.get("shopify.co")
    rotate(manager, "two")
    clock.now = 299
    assert secrets.get("shopify.co") == [{"client_secret": "one"}]
    clock.now = 300
    assert secrets.get("shopify.co")[0] == {"client_secret": "two"}


def test_a_refresh_reads_fresh_secrets_but_only_once_a_minute(manager):
    clock = Clock()
    secrets = AwsSecrets("dev", clock)
    secrets.get("shopify.co")
    for value, at, expected in [("two", 1, "two"), ("three", 60, "two"), ("four", 61, "four")]:
        rotate(manager, value)
        clock.now = at
        secrets.refresh("shopify.co")
        assert secrets.get("shopify.co")[0] == {"client_secret": expected}


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://secretsmanager"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue"),
    ],
)
def test_a_manager_that_does_not_answer_is_a_reason_to_retry(manager, error):
    class Failing:
        def get_secret_value(self, **_):
            raise error

    secrets = AwsSecrets("dev", Clock())
    secrets.__dict__["_client"] = Failing()
    with pytest.raises(RetryError, match="secrets"):
        secrets.get("shopify.co")
