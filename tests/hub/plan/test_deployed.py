"""What a deployed stack runs and what came in there, asked of a made-up AWS."""

import io
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from hub.archive import S3Archive
from hub.catalog import Catalog
from hub.cli import deployed, main
from hub.cli.deployed import Deployed, DeployedError
from hub.messages import Event
from hub.plan.baseline import BaselineError, artifact
from tests.hub.plan.scenarios import PROJECT, SCENARIOS, project

CUSTOMER = {
    "id": 701,
    "email": "Ana.Prada@correo.example",
    "first_name": "Ana",
    "changed": "2026-11-20T15:00:00Z",
}
TOLD = Event(
    "shop",
    "co",
    "customer",
    "customer.changed",
    "701",
    ("s-1",),
    "2026-11-20T15:00:02.000000Z",
    None,
    CUSTOMER,
)
THIN = Event("crm", "main", "contact", "contact.changed", "7", ("c-1",), "2026-11-20T15:05:02.000000Z")
FETCHED = replace(THIN, record={"id": 7, "email": "ana.prada@correo.example", "first": "Ana"})


def code(text, name="compiled.py"):
    """A function's code, whose files are in this module."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, text)
    return held.getvalue()


def module(folder):
    return f"import os\n\nDATA = {Catalog.read(folder).freeze()!r}\n"


class Cloud:
    """Lambda and CloudFormation as a stack's owner sees them; S3 is moto's."""

    exceptions = SimpleNamespace()

    def get_function(self, FunctionName):  # noqa: N803
        assert FunctionName == "shop-receive"
        return {"Code": {"Location": "https://code.example/signed"}}

    def describe_stacks(self, StackName):  # noqa: N803
        if StackName == "other":
            return {"Stacks": [{"Outputs": []}]}
        if StackName != "shop":
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": "no such stack"}}, "DescribeStacks"
            )
        return {"Stacks": [{"Outputs": [{"OutputKey": "BucketName", "OutputValue": "archive"}]}]}


@pytest.fixture
def archive(monkeypatch):
    """The stack's archive; its functions run the project of this folder."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        real = boto3.client("s3")
        real.create_bucket(Bucket="archive")
        monkeypatch.setattr(deployed, "_client", lambda service: real if service == "s3" else Cloud())
        monkeypatch.setattr(deployed, "_downloaded", lambda url: code(module(PROJECT)))
        yield S3Archive("archive")


def lines(*events):
    return "\n".join(event.dumps() for event in events)


@pytest.mark.parametrize("name", ["compiled.py", "compiled/__init__.py"])
def test_the_files_of_an_artifact_are_read_and_never_run(name):
    found = artifact(code(f"{module(PROJECT)}\nraise SystemExit('was run')\n", name))
    assert found.mappings.keys() == Catalog.read(PROJECT).mappings.keys()


@pytest.mark.parametrize(
    "held",
    [
        b"no zip file",
        code("DATA = open('/etc/passwd').read()"),
        code("DATA = {'revision': 'r'}"),
        code("def DATA(: pass"),
        code("OTHER = {}"),
        code("", "handler.py"),
    ],
)
def test_other_code_is_refused(held):
    with pytest.raises(BaselineError, match=r"the deployed function|hold no files"):
        artifact(held)


def test_what_a_stack_runs_is_compared_on_what_came_in_there(archive, tmp_path, capsys):
    archive.put("raw/2026-11-19/a.jsonl", lines(TOLD, THIN))
    archive.put("raw/2026-11-19/fetched-b.jsonl", lines(FETCHED))
    after = project(tmp_path / "after", *SCENARIOS["a-renamed-source-field"])
    assert main(["plan", "--root", str(after), "--stack", "shop"]) == 1
    said = capsys.readouterr().out
    assert "  before  what shop runs\n" in said
    assert "  events  the archive of shop\n" in said
    assert "shop.customer given_name: 1 of 1 records, 1 no longer told" in said
    assert "raw/2026-11-19/a.jsonl:1  customer 701  A••• → (not told)" in said
    assert "not replayed" not in said


def test_a_thin_event_whose_record_was_not_kept_is_said(archive, tmp_path, capsys):
    archive.put("raw/2026-11-19/a.jsonl", lines(THIN))
    contact = [("mappings/crm.contact.yaml", "stage: {field: stage,", "level: {field: stage,")]
    assert main(["plan", "--root", str(project(tmp_path / "after", *contact)), "--stack", "shop"]) == 0
    assert "1 event not replayed: what a fetch answered is not recorded" in capsys.readouterr().out


def test_the_last_events_come_oldest_first_and_each_once(archive):
    told = [replace(TOLD, event_id=(f"s-{number}",)) for number in range(7)]
    archive.put("raw/2026-11-18/a.jsonl", lines(*told[:3]))
    archive.put("raw/2026-11-19/b.jsonl", lines(*told[2:]))
    found = Deployed("shop").events(4)
    assert [one.told.event_id[0] for one in found.events] == ["s-3", "s-4", "s-5", "s-6"]
    assert Deployed("shop").events(100).events[0].label == "raw/2026-11-18/a.jsonl:1"
    assert len(Deployed("shop").events(100).events) == 7
    assert Deployed("shop").events(0).events == []


def test_of_one_day_the_last_written_comes_first():
    contents = [{"LastModified": number, "Key": name} for number, name in ((2, "b"), (1, "c"), (3, "a"))]
    pages = SimpleNamespace(paginate=lambda **_: [{"Contents": contents[:2]}, {"Contents": contents[2:]}, {}])
    storage = SimpleNamespace(get_paginator=lambda _: pages)
    assert deployed._listed(storage, "archive", "raw/2026-11-19/") == ["a", "b", "c"]


def test_what_was_fetched_wins_over_the_thin_event_whichever_is_read_first(archive):
    archive.put("raw/2026-11-18/fetched-a.jsonl", lines(FETCHED))
    archive.put("raw/2026-11-19/b.jsonl", lines(THIN))
    (only,) = Deployed("shop").events(10).events
    assert only.told.record == FETCHED.record


def test_a_line_that_is_no_event_is_counted(archive):
    archive.put("raw/2026-11-18/a.jsonl", "{}\n" + lines(TOLD))
    found = Deployed("shop").events(10)
    assert (len(found.events), found.unread) == (1, ["raw/2026-11-18/a.jsonl:1"])


def test_a_stack_that_cannot_be_asked_is_said(archive, tmp_path, capsys):
    with pytest.raises(DeployedError, match="names no BucketName"):
        Deployed("other").events(1)
    root = str(project(tmp_path / "after"))
    assert main(["plan", "--root", root, "--against", str(PROJECT), "--stack", "none"]) == 2
    assert "hub plan: AWS: " in capsys.readouterr().err


class Page:
    """What a download gives."""

    def __init__(self, status):
        self.status = status
        self.data = b"zip"


@pytest.mark.parametrize("status", [200, 403])
def test_the_code_is_downloaded_from_the_address_that_aws_gives(monkeypatch, status):
    monkeypatch.setattr("urllib3.PoolManager.request", lambda self, method, url: Page(status))
    if status == 200:
        assert deployed._downloaded("https://code.example/signed") == b"zip"
    else:
        with pytest.raises(DeployedError, match="status 403"):
            deployed._downloaded("https://code.example/signed")


def test_a_download_that_does_not_come_is_said():
    with pytest.raises(DeployedError, match="cannot be downloaded"):
        deployed._downloaded("http://127.0.0.1:9/nobody")
