import random
import sys
from types import SimpleNamespace

import pytest

from hub.accounts import Account
from hub.archive import S3Archive
from hub.catalog import Catalog
from hub.client import HttpClient, Publisher
from hub.connector import Connector
from hub.documents import Document
from hub.pipeline import Hub, current, sandboxed
from hub.queues import SqsQueue
from hub.secrets import AwsSecrets
from hub.settings import Settings
from hub.store.dynamodb import DynamoStore
from tests.memory_hub import catalog


def test_each_part_is_made_from_the_settings_when_it_is_first_used():
    hub = Hub(Settings(stack="s", table="t", inbound_url="in", outbound_url="out", bucket="b"))
    assert isinstance(hub.store, DynamoStore)
    assert hub.store.table == "t"
    assert isinstance(hub.inbound, SqsQueue)
    assert (hub.inbound.url, hub.outbound.url) == ("in", "out")
    assert isinstance(hub.archive, S3Archive)
    assert isinstance(hub.secrets, AwsSecrets)
    assert isinstance(hub.client, Publisher) and isinstance(hub.client.http, HttpClient)
    assert (hub.archive.bucket, hub.secrets.stack, hub.client.http.plain) == ("b", "s", False)
    assert isinstance(hub.random, random.Random)


def test_a_part_that_is_passed_in_is_the_part():
    assert Hub(Settings(), inbound="queue").inbound == "queue"


def test_a_part_that_no_step_knows_is_refused():
    with pytest.raises(TypeError, match="inbond"):
        Hub(Settings(), inbond="queue")


def test_a_process_has_one_hub(monkeypatch):
    monkeypatch.setenv("STACK", "dev-7")
    current.cache_clear()
    assert current() is current()
    assert current().settings.stack == "dev-7"
    current.cache_clear()


def test_the_files_of_the_artifact_come_before_those_of_the_folder(monkeypatch):
    frozen = catalog().freeze()
    monkeypatch.setitem(sys.modules, "compiled", SimpleNamespace(DATA=frozen, MAPPINGS={}))
    assert set(Hub(Settings()).catalog.connectors) == {"shop", "crm", "chat", "quiet"}


def test_without_an_artifact_the_files_of_the_folder_are_read(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "compiled", None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "shop.yaml").write_text("standing: {}")
    assert set(Hub(Settings()).catalog.connectors) == {"shop"}


def test_a_sandbox_stands_for_every_vendor_and_keeps_the_paths():
    moved = sandboxed(catalog(), "http://127.0.0.1:9/")
    assert isinstance(moved, Catalog)
    assert moved.accounts["shop.co"].base_url == "http://127.0.0.1:9/shop.co/api"
    assert moved.accounts["crm.main"].base_url == "http://127.0.0.1:9/crm.main"
    assert moved.accounts["shop.co"].settings == {"shop": "tienda", "time_zone": "America/Bogota"}


def test_a_sandbox_keeps_the_path_of_an_accounts_own_url():
    known = catalog()
    known.accounts["odd.co"] = known.accounts["shop.co"].of("odd.co", {"base_url": "https://odd.example/v1"})
    assert sandboxed(known, "http://s").accounts["odd.co"].base_url == "http://s/odd.co/v1"


def test_without_a_sandbox_accounts_are_as_written():
    known = catalog()
    assert sandboxed(known, "") is known


def test_a_sandbox_leaves_messages_in_the_aws_that_the_stack_is_in(tmp_path):
    known = catalog()
    send = {"request": "SEND", "headers": {}, "body": {}}
    data = {"base_url": "{account.arn}", "resources": {"customer": {"upsert": send}}}
    known.connectors["queue"] = Connector(Document("connectors/queue.yaml", data))
    known.accounts["queue.main"] = Account.of("queue.main", {"arn": "arn:aws:sqs:us-east-1:111122223333:q"})
    assert sandboxed(known, "http://s").accounts["queue.main"] == known.accounts["queue.main"]
