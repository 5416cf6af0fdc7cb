"""The drop, in memory and on S3: what is there is listed, read by parts, and removed only as that file."""

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from hub.drop import MemoryDrop, OtherFileError, S3Drop, opened
from hub.errors import RetryError

NAME = "drop/movilventas.co/visit/march.csv"


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="drop")
        yield boto3.client("s3")


@pytest.fixture(params=["memory", "s3"])
def yard(request, aws):
    """A drop, and how somebody leaves something in it."""
    if request.param == "s3":
        return S3Drop("drop"), lambda name, text: aws.put_object(Bucket="drop", Key=name, Body=text)
    drop = MemoryDrop()
    return drop, lambda name, text: drop.leave(name, text, 1_795_406_400.0)


def test_what_was_left_is_listed_and_what_the_hub_said_is_not(yard):
    drop, leave = yard
    for name in (NAME, "drop/a/b/c.csv"):
        leave(name, b"1")
    drop.report("reports/a/b/c.csv.report.json", "{}")
    assert [one.name for one in drop.files()] == ["drop/a/b/c.csv", NAME]
    assert {one.size for one in drop.files()} == {1}
    assert all(one.at.endswith("Z") for one in drop.files())


def test_it_is_read_from_any_byte_on_line_by_line(yard):
    drop, leave = yard
    leave(NAME, b"one\ntwo\n" * 200_000)
    [left] = drop.files()
    file = opened(drop, left)
    assert file.readline() == b"one\n"
    file.seek(1_200_004)
    assert file.readline() == b"two\n"
    assert len(file.read()) == 1_600_000 - 1_200_008
    assert file.read() == b""


def test_an_empty_file_has_no_lines(yard):
    drop, leave = yard
    leave(NAME, b"")
    [left] = drop.files()
    assert opened(drop, left).readline() == b""


def test_another_file_of_that_name_is_neither_read_nor_removed(yard):
    drop, leave = yard
    leave(NAME, b"one")
    [left] = drop.files()
    leave(NAME, b"two")
    with pytest.raises(OtherFileError):
        drop.read(left, 0, 3)


def test_what_is_gone_is_not_read_and_need_not_be_removed(yard):
    drop, leave = yard
    leave(NAME, b"one")
    [left] = drop.files()
    drop.remove(left)
    drop.remove(left)
    assert list(drop.files()) == []
    with pytest.raises(OtherFileError):
        drop.read(left, 0, 3)


def test_a_memory_drop_keeps_the_other_file():
    """moto does not know the condition of a deletion; the local engine does (tests/engine)."""
    drop = MemoryDrop()
    drop.leave(NAME, b"one", 0.0)
    [left] = drop.files()
    drop.leave(NAME, b"two", 0.0)
    drop.remove(left)
    assert len(drop.held) == 1


def test_folders_are_no_files_and_thousands_are_listed(aws):
    for number in range(1005):
        aws.put_object(Bucket="drop", Key=f"drop/a.b/c/{number:04}.csv", Body=b"")
    aws.put_object(Bucket="drop", Key="drop/a.b/c/", Body=b"")
    assert len(list(S3Drop("drop").files())) == 1005


def test_s3_that_does_not_answer_or_refuses_is_asked_again(aws, monkeypatch):
    with pytest.raises(RetryError, match="drop"):
        list(S3Drop("other").files())
    drop = S3Drop("drop")

    def broken(**_):
        raise EndpointConnectionError(endpoint_url="x")

    monkeypatch.setattr(drop._client, "list_objects_v2", broken)
    with pytest.raises(RetryError, match="drop"):
        list(drop.files())
