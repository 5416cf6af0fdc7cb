"""The stores that the suite runs on."""

import contextlib
import os
import time
import uuid

import boto3

from hub.store.dynamodb import DynamoStore

NOW = 1_790_000_000.0
ACCOUNT = "aws"
"""As `--store-endpoint`: the account and region of your credentials."""


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


class Patient(DynamoStore):
    """A store whose index is given the second that it may lag behind the table."""

    def agenda(self, *args, **options):
        time.sleep(1)
        return super().agenda(*args, **options)


def table_of_engine(client, clock):
    """A new table of the local engine."""
    name = f"contract-{len(client.list_tables()['TableNames'])}"
    create_table(client, name)
    return DynamoStore(name, clock=clock, sleep=lambda _: None, client=client)


@contextlib.contextmanager
def table_of(endpoint, clock):
    """A store on a new table of any endpoint, deleted afterwards. Away from AWS any credentials will do."""
    options = {}
    if endpoint != ACCOUNT:
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "eu-west-1"}
        options = {"endpoint_url": endpoint, **({} if "AWS_ACCESS_KEY_ID" in os.environ else keys)}
    client = boto3.client("dynamodb", **options)
    name = f"cauce-contract-{uuid.uuid4().hex[:12]}"
    create_table(client, name)
    try:
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        yield Patient(name, clock=clock, client=client)
    finally:
        client.delete_table(TableName=name)


def create_table(client, name):
    text = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "agenda", "at")]
    client.create_table(
        TableName=name,
        AttributeDefinitions=text,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "agenda",
                "KeySchema": [
                    {"AttributeName": "agenda", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
