"""hub import --drop: the file lies in the bucket, the hub's own load reads it, its report is told."""

import argparse
import json
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from hub.cli import importing, leaving, main
from hub.cli.api import ApiError
from hub.cli.leaving import Yard, yard_of
from hub.drop import S3Drop
from hub.pipeline.load import load
from tests.hub.pipeline.test_load import Yard as Hub
from tests.hub.pipeline.test_load import csv_of


@pytest.fixture
def office(tmp_path, monkeypatch, capsys):
    """Somebody leaves files in a bucket of S3 whose hub is in memory and works while one waits."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        files = boto3.client("s3")
        files.create_bucket(Bucket="drop")
        yard = Hub()
        yard.hub.__dict__["drop"] = S3Drop("drop")
        monkeypatch.setattr(importing, "yard_of", lambda arguments: Yard(files, "drop"))
        shop = SimpleNamespace(sleep=lambda seconds: load(yard.hub, 600))
        monkeypatch.setattr(importing, "Shop", lambda: shop)

        def says(name, text, *words):
            (tmp_path / name).write_text(text, encoding="utf-8")
            code = main(["import", "woocommerce", "customer", str(tmp_path / name), "--drop", *words])
            told = capsys.readouterr()
            return code, told.out, told.err

        yield SimpleNamespace(says=says, yard=yard, files=files)


def test_a_file_is_left_and_what_became_of_it_is_told(office):
    code, out, err = office.says("march.csv", csv_of(1, 2))
    assert (code, out) == (0, "done: 2 rows, 2 sent on, 0 known already\n")
    assert "left as s3://drop/drop/woocommerce.co/customer/march.csv" in err
    office.yard.run()
    assert office.says("march.csv", csv_of(2, 1))[1] == "done: 2 rows, 0 sent on, 2 known already\n"


def test_lines_that_are_parked_are_named(office):
    code, out, _ = office.says("march.csv", csv_of(1) + "no row\r\n")
    assert (code, out.splitlines()[1]) == (1, "  1 × unreadable  line 3")


def test_a_file_that_is_refused_is_told_with_the_reason(office):
    code, out, err = office.says("march.csv", "id;id\r\n1;2\r\n")
    assert (code, out.partition(":")[0]) == (1, "refused")
    assert "the first row has to name each column once" in err


def test_what_aws_refuses_is_told_without_a_traceback(office):
    office.files.delete_bucket(Bucket="drop")
    code, out, err = office.says("march.csv", csv_of(1))
    assert (code, out) == (1, "")
    assert "AWS: " in err
    assert "NoSuchBucket" in err


def test_nobody_has_to_wait(office):
    assert office.says("march.csv", csv_of(1), "--no-wait")[:2] == (0, "")
    assert [one.name for one in S3Drop("drop").files()] == ["drop/woocommerce.co/customer/march.csv"]


def test_the_bucket_is_that_of_the_stack_or_of_the_hub_on_this_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(leaving, "outputs", lambda stack: {"DropBucketName": f"{stack}-drop"})
    asked = argparse.Namespace(dev=False, stack="staging", root=tmp_path)
    assert yard_of(asked).bucket == "staging-drop"
    monkeypatch.setattr(leaving, "outputs", lambda stack: {})
    with pytest.raises(ApiError, match="deploy it again"):
        yard_of(asked)
    monkeypatch.setattr(leaving, "project_root", lambda root: tmp_path)
    asked.dev = True
    with pytest.raises(ApiError, match="make dev"):
        yard_of(asked)
    told = {"url": "u", "key": "k", "aws": "http://127.0.0.1:4566", "drop": "dev-drop"}
    (tmp_path / "build" / "demo").mkdir(parents=True)
    (tmp_path / "build" / "demo" / "hub.json").write_text(json.dumps(told))
    found = yard_of(asked)
    assert (found.bucket, found.files.meta.endpoint_url) == ("dev-drop", "http://127.0.0.1:4566")
