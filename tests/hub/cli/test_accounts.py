import argparse
import io
import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from hub import keys
from hub.cli import accounts
from hub.cli.accounts import Stage, Vault
from hub.errors import HubError
from hub.store.memory import MemoryStore
from hub.times import from_epoch
from tests.hub.pipeline.delivering import NOON, project
from tests.hub.pipeline.delivery_vendors import Vendors, answer


class FakeVault:
    """Secrets in a dictionary."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, str]] = {}

        self.before: dict[str, dict[str, str]] = {}

    def get(self, name, stage="AWSCURRENT"):
        return (self.before if stage == "AWSPREVIOUS" else self.held).get(name, {})

    def put(self, name, values):
        self.before[name] = self.held.get(name, {})
        self.held[name] = values


LISTING = """
base_url: https://crm.example
auth: {bearer: token}
resources:
  contact:
    list: {request: "GET /contacts?since={since}", records: results, id: text(id)}
"""


@pytest.fixture
def stage(tmp_path):
    project(tmp_path)
    (tmp_path / "connectors/crm.yaml").write_text(LISTING, encoding="utf-8")
    clock = lambda: NOON  # noqa: E731
    catalog = accounts.Catalog.read(tmp_path)
    return Stage(catalog, FakeVault(), MemoryStore(clock), Vendors(clock), clock)


@pytest.fixture
def hub(stage, monkeypatch):
    """Runs `hub accounts …` on the stage: the exit code."""
    monkeypatch.setattr(accounts, "stage_of", lambda arguments: stage)
    parser = argparse.ArgumentParser()
    accounts.add(parser.add_subparsers())

    def run(*words: str) -> int:
        arguments = parser.parse_args(["accounts", *words])
        return arguments.run(arguments)

    return run


def test_list_shows_what_each_account_lacks_and_whether_it_is_paused(hub, stage, capsys):
    stage.vault.held["erp.main"] = {"token": "t"}
    hub("pause", "erp.main", "--reason", "stocktaking")
    hub("pause", "*")
    capsys.readouterr()
    assert hub("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["account", "role", "time", "zone", "secrets", "credential", "state"]
    (crm,) = (line for line in lines if line.startswith("crm.main "))
    (erp,) = (line for line in lines if line.startswith("erp.main"))
    assert "lacks token" in crm
    assert crm.endswith("active")
    assert "complete" in erp
    assert erp.endswith("paused (stocktaking)")
    assert "all accounts: paused (by hand)" in lines
    assert "connectors/crm.yaml:3:1: crm.main lacks token: hub accounts secret set crm.main" in lines


def test_list_knows_dry_runs_and_says_nothing_of_an_active_stage(hub, stage, capsys):
    hub("dry-run", "erp.main")
    capsys.readouterr()
    hub("list")
    out = capsys.readouterr().out
    assert "dry run" in out
    assert "all accounts" not in out
    hub("resume", "erp.main")
    hub("list")
    assert "dry run" not in capsys.readouterr().out


def test_pause_and_resume_switch_what_deliver_asks_and_note_who_did(hub, stage, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ana")
    key, told = keys.account("crm.main"), {"actor": "ana", "at": from_epoch(NOON)}
    hub("pause", "crm.main")
    assert stage.store.read([key])[key].data == {"paused": True, "reason": "by hand", **told}
    hub("resume", "crm.main")
    assert stage.store.read([key])[key].data == {"paused": False, "dry_run": False, "reason": "", **told}


def test_a_switch_that_somebody_else_has_just_moved_is_told(hub, stage, monkeypatch):
    monkeypatch.setattr(accounts, "switch", lambda *_, **__: False)
    with pytest.raises(HubError, match="somebody else"):
        hub("pause", "crm.main")


def test_the_whole_stage_is_paused_in_plain_words(hub, capsys):
    hub("pause", "*")
    assert capsys.readouterr().out.startswith("all accounts are paused")


def test_what_aws_refuses_is_one_line(hub, stage, monkeypatch):
    def refuse(arguments):
        raise ClientError(
            {"Error": {"Code": "ValidationError", "Message": "no such stack"}}, "DescribeStacks"
        )

    monkeypatch.setattr(accounts, "stage_of", refuse)
    with pytest.raises(HubError, match=r"AWS: .*no such stack"):
        hub("list")


@pytest.mark.parametrize("words", [("pause", "crm.old"), ("test", "crm.old"), ("secret", "set", "crm.old")])
def test_an_unknown_account_is_refused_with_the_known_ones(hub, words):
    with pytest.raises(HubError, match=r"no crm\.old: .*crm\.main"):
        hub(*words)


def test_a_secret_comes_from_standard_input_as_json(hub, stage, monkeypatch, capsys):
    stage.vault.held["crm.main"] = {"other": "stays"}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"token": "t-1"})))
    assert hub("secret", "set", "crm.main") == 0
    assert stage.vault.held["crm.main"] == {"other": "stays", "token": "t-1"}
    assert "t-1" not in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_secret_is_prompted_for_at_a_terminal_and_nothing_typed_keeps_it(hub, stage, monkeypatch):
    typed = iter(["t-2", ""])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    hub("secret", "set", "crm")
    hub("secret", "set", "crm")
    assert stage.vault.held["crm"] == {"token": "t-2"}


def test_a_secret_that_the_connector_does_not_know_is_refused(hub, stage, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"tokn": "t-1"}'))
    assert hub("secret", "set", "crm.main") == 1
    assert stage.vault.held == {}
    assert "crm knows no secret tokn" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[1]", "token"])
def test_standard_input_that_is_no_object_is_refused(hub, monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    with pytest.raises(HubError, match="no JSON object"):
        hub("secret", "set", "crm.main")


def test_test_asks_the_vendor_with_the_accounts_secret(hub, stage, capsys):
    stage.vault.held["crm.main"] = {"token": "good"}
    stage.client.faults = [lambda apply: answer(200, {"results": []})]
    assert hub("test", "crm.main") == 0
    assert "contact: done" in capsys.readouterr().out
    assert stage.client.asked[0][1] == "https://crm.example/contacts?since=2026-11-23T16%3A59%3A00.000000Z"


def test_test_fails_where_the_secret_is_refused_lacking_or_the_vendor_is_away(hub, stage, capsys):
    assert hub("test", "crm.main") == 1
    stage.vault.held["crm.main"] = {"token": "old"}
    stage.client.faults = [lambda apply: answer(401), _away]
    assert hub("test", "crm.main") == 1
    assert hub("test", "crm.main") == 1
    out = capsys.readouterr().out
    assert "lacks the secret token" in out
    assert "contact: pause, status-401" in out
    assert "contact: connection" in out


def _away(apply):
    raise accounts.RetryError("connection")


def test_all_accounts_are_tested_and_those_that_read_nothing_only_for_their_secrets(hub, stage, capsys):
    names = ("erp.main", "mail.main", "chat.main", "crm.main")
    stage.vault.held = {name: {"token": "good"} for name in names}
    stage.client.faults = [lambda apply: answer(200, {"results": []})]
    assert hub("test") == 0
    assert capsys.readouterr().out.count("secrets complete") == 4


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        yield


def test_the_vault_makes_a_secret_and_renews_it(aws):
    vault = Vault("cauce")
    assert vault.get("crm.main") == {}
    vault.put("crm.main", {"token": "t-1"})
    vault.put("crm.main", {"token": "t-2"})
    assert vault.get("crm.main") == {"token": "t-2"}
    assert vault.get("crm.main", "AWSPREVIOUS") == {"token": "t-1"}


class CloudFormation:
    """Knows one stack."""

    def describe_stacks(self, StackName):  # noqa: N803
        outputs = [{"OutputKey": "TableName", "OutputValue": f"{StackName}-table"}]
        return {"Stacks": [{"Outputs": outputs}]}


def test_the_table_is_the_stacks(aws, tmp_path, monkeypatch):
    make = boto3.client
    fakes = {"cloudformation": CloudFormation()}
    monkeypatch.setattr(boto3, "client", lambda name, **more: fakes.get(name) or make(name, **more))
    project(tmp_path)
    stage = accounts.stage_of(argparse.Namespace(root=tmp_path, stack="shop"))
    assert stage.store.table == "shop-table"
    assert stage.vault.stack == "shop"
    assert "crm.main" in stage.catalog.accounts
